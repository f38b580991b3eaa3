"""Plain-language findings on what people believe to lead to what, and on what would follow."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from mfp_stats.views.findings import SURE, Row, preferred, worldview_once
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import chance, count, interval, listed, number, quoted

BELIEVED: Final = "A causal map is what people believe to lead to what, not what does."
MEANING: Final = (
    "−1 is much less, 0 no difference, 1 much more. Points are posterior means, lines 90 % "
    "intervals."
)
#: What is implied of proposals rests on what the questionnaire has them do (``moves``).
PUSHES_ASSUMED: Final = (
    "Which concepts a proposal pushes, and how hard, is an assumption of the questionnaire: nobody "
    "was asked about it."
)
#: Said wherever it is told what would follow from a push.
WHAT_IF_UNTESTED: Final = (
    "What would follow from a push is untested: no later wave and no pilot has scored it."
)
#: Links, or disagreements, that one list of findings names.
NAMED: Final = 3


def assumed(transmission: float) -> str:
    """Say what what-ifs rest on beside the answers."""
    return (
        "What follows from a push rests on an assumption that no answer holds: that a link which "
        f"everybody thinks as strong as can be passes on {100 * transmission:.0f} % of a move."
    )


def describe_map(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return sentences on links, on what follows from a push, and on what people say themselves.

    Parameters
    ----------
    tables
        ``map_links``, ``map_groups``, ``map_pairs``, ``map_worldviews``, ``map_effects`` and
        ``map_proposals``.
    """
    links = tables["map_links"]
    if links.is_empty():
        return ["Nobody was asked what leads to what."]
    rows = links.to_dicts()
    groups = preferred(tables["map_groups"])
    of_groups = list(_groups(groups))
    named: set[int] = set()
    return [
        _summary(links, tables["map_pairs"]),
        *_opposite(tables["map_pairs"], named),
        *_alike(rows),
        *_open(rows),
        *of_groups,
        *_disagreements(tables["map_proposals"], named),
        *_pushes(tables["map_effects"]),
        *_unsettled(tables["map_worldviews"]),
        BELIEVED,
        assumed(tables["map_worldviews"]["transmission"][0]),
        *([PUSHES_ASSUMED] if len(tables["map_proposals"]) else []),
        *([WHAT_IF_UNTESTED] if len(tables["map_effects"]) else []),
        *([weighting_note(groups["weighting"][0])] if of_groups else []),
    ]


def _summary(links: pl.DataFrame, pairs: pl.DataFrame) -> str:
    ends = links.select("cause", "effect").unique()
    concepts = len({*ends["cause"], *ends["effect"]})
    made = "one link" if len(ends) == 1 else f"{count(len(ends))} links"
    of = f"{made} between {count(concepts)} concepts"
    if pairs.is_empty():
        return f"All people are taken together, with one map: {of}."
    opposite = pairs.filter(pl.col("probability_opposite") >= SURE)
    found = len(opposite.select("cause", "effect").unique())
    if not found:
        return f"The survey does not show that worldviews see any of {of} with opposite signs."
    return f"Of {of}, two worldviews very probably see {count(found)} with opposite signs."


def _opposite(pairs: pl.DataFrame, named: set[int]) -> Iterator[str]:
    if pairs.is_empty():
        return
    rows = pairs.filter(pl.col("probability_opposite") >= SURE)
    rows = rows.sort("probability_opposite", descending=True, maintain_order=True)
    for row in rows.head(NAMED).to_dicts():
        up, down = ("_a", "_b") if row["strength_a"] > row["strength_b"] else ("_b", "_a")
        yield (
            f"In {worldview_once(row, named, up)} more {quoted(row['cause_label'])} raises "
            f"{quoted(row['effect_label'])}; in {worldview_once(row, named, down)} it lowers it "
            f"(probability of opposite signs {chance(row['probability_opposite'])})."
        )
    yield from _more(len(rows))


def _more(total: int) -> Iterator[str]:
    if total > NAMED:
        yield f"And {count(total - NAMED)} more; the table has all of them."


def _link(row: Row, verb: str) -> str:
    return f"{quoted(row['cause_label'])} {verb} {quoted(row['effect_label'])}"


def _by_link(rows: Sequence[Row]) -> list[list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["cause"], row["effect"]), []).append(row)
    return list(found.values())


def _alike(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the links of which every worldview is sure, with the same sign."""
    for verb, sign in (("raises", 1), ("lowers", -1)):
        sure = [
            _link(part[0], verb)
            for part in _by_link(rows)
            if all(_sign(row["probability_positive"]) == sign for row in part)
        ]
        if sure:
            more = [f"{count(len(sure) - NAMED)} more"] if len(sure) > NAMED else []
            where = (
                "In every worldview, more" if len({r["worldview"] for r in rows}) > 1 else "More"
            )
            yield f"{where} {listed([*sure[:NAMED], *more])}."


def _sign(probability_positive: float) -> int:
    """Return 1 or −1 where the survey is sure of a sign, else 0."""
    if probability_positive >= SURE:
        return 1
    return -1 if probability_positive <= 1 - SURE else 0


def _open(rows: Sequence[Row]) -> Iterator[str]:
    unsure = [
        _link(part[0], "raises or lowers")
        for part in _by_link(rows)
        if not any(_sign(row["probability_positive"]) for row in part)
    ]
    if unsure:
        yield f"The survey cannot tell for any worldview whether {', or '.join(unsure)}."


def _groups(groups: pl.DataFrame) -> Iterator[str]:
    """Yield the links that groups, through the worldviews they hold, see with opposite signs."""
    for part in _by_link(groups.filter(pl.col("group") != "").to_dicts()):
        up, down = (
            [quoted(r["group_label"]) for r in part if _sign(r["probability_positive"]) == sign]
            for sign in (1, -1)
        )
        if up and down:
            yield (
                f"On average, more {_link(part[0], 'raises')} for {listed(up)}, and lowers it for "
                f"{listed(down)}."
            )


def _disagreements(proposals: pl.DataFrame, named: set[int]) -> Iterator[str]:
    """Yield where a map implies the opposite of what its people say.

    Not of concepts that the questionnaire itself has a proposal push: what is implied of them is
    mostly that assumption.
    """
    if proposals.is_empty():
        return
    asked = proposals.filter(~pl.col("pushed")).drop_nulls("probability_opposite")
    if asked.is_empty():
        return
    rows = asked.filter(pl.col("probability_opposite_least") >= SURE)
    rows = rows.sort("probability_opposite_least", descending=True, maintain_order=True)
    if rows.is_empty():
        yield (
            "The survey does not show that any map implies the opposite of what its people expect "
            "of a proposal."
        )
    for row in rows.head(NAMED).to_dicts():
        implied, said = ("lower", "raise") if row["implied_mean"] < 0 else ("raise", "lower")
        whose, concept = worldview_once(row, named), quoted(row["concept_label"])
        yield (
            f"If {quoted(row['intervention_label'])} pushes what the questionnaire assumes: by the "
            f"map of {whose} it would {implied} {concept}; people of worldview {row['worldview']} "
            f"expect it to {said} {concept} (probability of opposite signs "
            f"{chance(row['probability_opposite_least'])})."
        )
    yield from _more(len(rows))


def _pushes(effects: pl.DataFrame) -> Iterator[str]:
    """Yield the strongest effect over another concept, of those sure whatever links pass on."""
    if effects.is_empty():
        return
    for part in effects.filter(~pl.col("direct")).partition_by("worldview", maintain_order=True):
        sure = [row for row in part.to_dicts() if _sign_however_much(row)]
        if sure:
            row = max(sure, key=lambda r: abs(r["total_mean"]))
            verb = "raises" if row["total_mean"] > 0 else "lowers"
            size = interval(*(row[f"total_{end}"] for end in ("mean", "q05", "q95")))
            yield (
                f"By the map of worldview {row['worldview']} a push on "
                f"{quoted(row['cause_label'])} {verb} {quoted(row['effect_label'])} by way of "
                f"others: {size} of the push."
            )


def _sign_however_much(row: Row) -> int:
    """Return the sign of an effect that is sure at every transmission looked at, else 0.

    Where ways of different length go against each other, the sign may hang on the transmission.
    """
    least, most = (_sign(row[f"probability_positive_{end}"]) for end in ("least", "most"))
    return least if least == most else 0


def _unsettled(worldviews: pl.DataFrame) -> Iterator[str]:
    """Yield why a push has no number: loops may together return more than they get, or nearly.

    One loop by itself cannot return more than it gets; so its signs do not tell how a push goes on.
    """
    for row in worldviews.filter(~pl.col("settles")).to_dicts():
        yield (
            f"What a push would do by the map of worldview {row['worldview']} has no number: "
            f"{_loops(row)}, {_returning(row)}."
        )


def _loops(row: Row) -> str:
    labels = row["loop_labels"]
    acted_on = [*labels[1:], *labels[:1]]
    steps = [
        f"{quoted(one)} {'raises' if up else 'lowers'} {quoted(other)}"
        for one, other, up in zip(labels, acted_on, row["loop_raises"], strict=True)
    ]
    if row["only_loop"]:
        return f"its loop, in which {listed(steps)}"
    return f"its loops together, in the strongest of which {listed(steps)}"


def _returning(row: Row) -> str:
    """Return how often loops carry a push on without end, and how often that is too near to call.

    Said apart, since loops that come near it still bring a push to an end.
    """
    carry, come = ("carries", "comes") if row["only_loop"] else ("carry", "come")
    endless, near = row["endless_share"], row["unsettled_share"] - row["endless_share"]
    ever = f"{carry} a push on without end in {_draws(endless)}"
    if not near:
        return ever
    if not endless:
        return f"{come} too near to carrying a push on without end to call in {_draws(near)}"
    return f"{ever} and {come} too near to that to call in {_draws(near)}"


def _draws(share: float) -> str:
    whole = number(100 * share)
    return f"{'less than 1' if whole == '0' else whole} % of draws"
