"""Plain-language findings: the sentences that stand above every table and chart.

A sentence names a difference only where the posterior carries it; otherwise it says that the
survey cannot tell. Thresholds are stated here once and quoted in the documentation.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import (
    GROUPS,
    Compared,
    capital,
    count,
    interval,
    listed,
    of_pairs,
    percent,
    quoted,
)

#: A group's first value is named only where its posterior probability of being first reaches this.
SURE: Final = 0.9
#: Normalised overlap whose whole 90 % interval lies at or above this reads "nearly the same".
NEARLY_SAME: Final = 0.95
#: ... and whose whole interval lies at or below this reads "clearly different"; one that lies
#: between the two reads "somewhat different", and one that reaches over one of them alone "at
#: least" or "at most" that.
CLEARLY_DIFFERENT: Final = 0.9
#: Pairs of groups that a sentence names before it says how many more there are.
NAMED: Final = 3

#: How estimates may be weighted, those first that are told where there are several.
WEIGHTINGS: Final = ("weighted", "raked", "unweighted")

#: What the number means, for captions.
OVERLAP_MEANING: Final = (
    "Overlap: how much of their priorities two people from different groups share, where 1 is as "
    f"alike as members of one group. With 90 % intervals; below {CLEARLY_DIFFERENT} we say clearly "
    f"different, above {NEARLY_SAME} nearly the same."
)
#: What else the chart of it shows.
OVERLAP_LINES: Final = "The dashed lines stand at these two."

#: How each version of the priorities is asked for, in words.
VERSION_WORDS: Final = {
    "revealed": "in trade-offs",
    "claimed": "in importance ratings",
    "perceived": "as others see them",
}
#: What is compared with trade-offs, by kind of difference.
COMPARED: Final = {
    "claimed_revealed": "ratings",
    "perceived_revealed": "guesses of what others want",
}
GUESSED_OVERLAP: Final = (
    "Whether groups think that they are farther apart than they are, guesses do not tell: people "
    "were asked what most of a group would choose, and so name its first value more often than the "
    "group itself gives it weight, even where nobody is mistaken. Mistakes show in the order of "
    "values that they guess."
)
#: What the kinds of pairs are called in a list, in the order in which they are told.
_KINDS: Final = {
    "apart": "Clearly different",
    "at_least": "At least somewhat different",
    "between": "Somewhat different",
    "at_most": "At most somewhat different",
    "alike": "Nearly the same",
    "open": "The survey cannot tell",
}
_VERDICTS: Final = {
    "one_worldview": "The answers do not fall into distinct worldviews: one pattern of beliefs "
    "predicts them about as well as several.",
    "gradual": "Beliefs differ by degree: a gradual scale predicts the answers better than "
    "distinct worldviews.",
    "cannot_tell": "The survey cannot tell whether there are distinct worldviews or only "
    "differences of degree.",
}
#: How several worldviews are to be read then.
_READ: Final = {
    "gradual": " Read those below as regions of a continuum, not as camps.",
    "cannot_tell": " Read those below with care.",
}

Row = dict[str, Any]


def worldview_once(row: Row, named: set[int], end: str = "") -> str:
    """Return a worldview by its number, and by what it holds where it comes first.

    ``named`` are the numbers that came before, and grows; ``end`` is that of the columns.
    """
    number = row[f"worldview{end}"]
    if number in named:
        return f"worldview {number}"
    named.add(number)
    return f"worldview {number}, {quoted(row[f'name{end}'])},"


def turned(row: Row, name: str, *, by: str) -> tuple[float, float, float]:
    """Return an estimate and its interval, turned so that ``by`` is positive."""
    mean, low, high = (row[f"{name}_{end}"] for end in ("mean", "q05", "q95"))
    return (mean, low, high) if row[f"{by}_mean"] >= 0 else (-mean, -high, -low)


def preferred(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the one weighting that findings are told by: weighted where there is."""
    there = set(table["weighting"])
    best = next((w for w in WEIGHTINGS if w in there), "")
    return table.filter(pl.col("weighting") == best)


def describe_overlap(overlap: pl.DataFrame, compared: Compared = GROUPS) -> list[str]:
    """Return sentences on how far pairs of groups share priorities.

    For each version (trade-offs, ratings): first a summary, then which pairs are how alike. At the
    end of all, how they are weighted.

    Parameters
    ----------
    overlap
        The table ``overlap``.
    compared
        What the groups are.
    """
    if overlap.width == 0:
        return [f"This survey asked for no priorities that {compared.many} could be compared by."]
    if overlap.is_empty():
        return [f"There are not two {compared.many} large enough to compare."]
    frame = preferred(overlap)
    versions = frame["version"].unique(maintain_order=True)
    told = [s for version in versions for s in _version(frame, version, compared)]
    return [*told, weighting_note(frame["weighting"][0])]


def describe_overlap_briefly(overlap: pl.DataFrame, compared: Compared = GROUPS) -> list[str]:
    """Return the sentences of the first version, and of each other one its summary alone."""
    if overlap.is_empty():
        return describe_overlap(overlap, compared)
    frame = preferred(overlap)
    versions = frame["version"].unique(maintain_order=True).to_list()
    (*first, note), *others = (
        describe_overlap(frame.filter(pl.col("version") == v), compared) for v in versions
    )
    return [*first, *(sentences[0] for sentences in others), note]


def _version(overlap: pl.DataFrame, version: str, compared: Compared) -> Iterator[str]:
    """Yield the sentences on one version (revealed, claimed) of the priorities."""
    kinds: dict[str, list[Row]] = {kind: [] for kind in _KINDS}
    rows = overlap.filter(pl.col("version") == version).sort("normalised_mean")
    for row in rows.to_dicts():
        kinds[overlap_kind(row)].append(row)
    yield _summary(kinds, VERSION_WORDS.get(version, version), compared.many)
    for kind, name in _KINDS.items():
        if kinds[kind]:
            yield f"{name}: {_pairs(kinds[kind])}."


def overlap_kind(row: Row) -> str:
    """Return how alike a row of the overlap table says that a pair is: a key of ``_KINDS``."""
    low, high = row["normalised_q05"], row["normalised_q95"]
    if low >= NEARLY_SAME:
        return "alike"
    if high <= CLEARLY_DIFFERENT:
        return "apart"
    if high <= NEARLY_SAME:
        return "between" if low >= CLEARLY_DIFFERENT else "at_least"
    return "at_most" if low >= CLEARLY_DIFFERENT else "open"


def _summary(kinds: dict[str, list[Row]], asked: str, groups: str) -> str:
    """Return the sentence on all pairs together."""
    there = [kind for kind, rows in kinds.items() if rows]
    total = sum(len(rows) for rows in kinds.values())
    who = f"The two {groups}" if total == 1 else f"All {groups}"
    match there:
        case ["open"]:
            whom = f"the two {groups}" if total == 1 else f"any two {groups}"
            return f"The survey cannot tell how far {whom} share priorities {asked}."
        case ["alike"]:
            return f"{who} have nearly the same priorities {asked}."
        case ["apart" | "at_least" | "between" | "at_most" as kind]:
            verb = "have"
            if total > 1:
                who, verb = f"Every pair of {groups}", "has"
            return f"{who} {verb} {_KINDS[kind].lower()} priorities {asked}."
    sure = [kind for kind in there if kind != "open"]
    told = [f"{count(len(kinds[k]))} {_KINDS[k].lower()} ones" for k in sure]
    first = len(kinds[sure[0]])
    verb = "sets" if first == 1 else "set"
    told[0] = f"{count(first)} {verb} {_KINDS[sure[0]].lower()} priorities {asked}"
    unsure = f"; for {count(len(kinds['open']))} the survey cannot tell" if kinds["open"] else ""
    return f"Of {count(total)} pairs of {groups}, {listed(told)}{unsure}."


def _pairs(rows: list[Row]) -> str:
    """Return the first pairs of a kind with their overlaps, and how many more there are."""
    named = [
        f"{quoted(r['group_a_label'])} and {quoted(r['group_b_label'])}, overlap "
        + interval(r["normalised_mean"], r["normalised_q05"], r["normalised_q95"])
        for r in rows[:NAMED]
    ]
    more = len(rows) - NAMED
    rest = f"; and {count(more)} more pair{'' if more == 1 else 's'}" if more > 0 else ""
    return "; ".join(named) + rest


def describe_differences(
    differences: pl.DataFrame, kind: str = "claimed_revealed", compared: Compared = GROUPS
) -> list[str]:
    """Return whether groups look more alike in one version than in trade-offs, and the weighting.

    Of guesses none is told: what *most* of a group would choose is guessed with more agreement than
    there is in the group, so that groups look farther apart even where nobody is mistaken.

    Parameters
    ----------
    differences
        Rows of the table ``overlap_differences`` of one kind of difference and one weighting.
    kind
        ``claimed_revealed`` (ratings) or ``perceived_revealed`` (as others see them).
    compared
        What the groups are.
    """
    note = weighting_note(differences["weighting"][0])
    if kind == "perceived_revealed":
        return [GUESSED_OVERLAP, note]
    return [_differing(differences, COMPARED[kind], compared), note]


def _differing(differences: pl.DataFrame, what: str, compared: Compared) -> str:
    """Return the sentence on all pairs, of what people said in the place of trade-offs."""
    more = len(differences.filter(pl.col("q05") > 0))
    less = len(differences.filter(pl.col("q95") < 0))
    total = len(differences)
    if not more and not less:
        return f"The survey cannot tell {what} and trade-offs apart: no pair's overlap differs."
    if total == 1:
        alike = "more" if more else "less"
        return f"The two {compared.many} look {alike} alike in {what} than in trade-offs."
    told = [f"{count(more)} {_look(more)} more alike"] if more else []
    told += [f"{count(less)} {_look(less)} less alike"] if less else []
    open_ = total - more - less
    rest = f"; for {'the other' if open_ == 1 else 'the others'} the survey cannot tell"
    if not open_ and len(told) == 1:
        whole = capital(of_pairs(total, total, compared.many))
        return f"{whole} look {'more' if more else 'less'} alike in {what} than in trade-offs."
    return (
        f"Of {count(total)} pairs of {compared.many}, {listed(told)} in {what} than in trade-offs"
        f"{rest if open_ else ''}."
    )


def _look(pairs: int) -> str:
    return "looks" if pairs == 1 else "look"


def describe_values(values: pl.DataFrame) -> list[str]:
    """Return one sentence a group and version on what it puts first, or that nobody can tell.

    The last one says how they are weighted.
    """
    if values.is_empty():
        return []
    frame = preferred(values)
    parts = frame.group_by(["version", "group"], maintain_order=True)
    return [*(_first(part) for _, part in parts), weighting_note(frame["weighting"][0])]


def _first(part: pl.DataFrame) -> str:
    """Return the sentence on one group's first priority."""
    ranked = part.sort("mean", descending=True).to_dicts()
    top, asked = ranked[0], VERSION_WORDS.get(ranked[0]["version"], ranked[0]["version"])
    who = f"{quoted(top['group_label'])}, {asked}"
    if top["top_probability"] >= SURE:
        return (
            f"{who}: {quoted(top['value_label'])} comes first, with "
            f"{percent(top['mean'], top['q05'], top['q95'])} of the importance."
        )
    rivals = [r for r in ranked if r["top_probability"] >= 1 - SURE]
    labels = [quoted(r["value_label"]) for r in (rivals if len(rivals) > 1 else ranked[:2])]
    return f"{who}: the survey cannot tell which comes first, {' or '.join(labels)}."


def describe_worldviews(
    worldviews: pl.DataFrame,
    models: pl.DataFrame,
    cautions: pl.DataFrame | None = None,
    compared: Compared = GROUPS,
) -> list[str]:
    """Return sentences on how many worldviews there are, who holds them and what to beware of.

    Where there are shares, one says how they are weighted.
    """
    if models.is_empty():
        return ["This survey asked for no beliefs that worldviews could be made of."]
    chosen = models.filter(pl.col("chosen")).to_dicts()
    shares = preferred(worldviews)
    everyone = shares.filter(pl.col("group") == "").sort("worldview").to_dicts()
    sentences = [_number(chosen[0])]
    if len(everyone) < 2:
        return sentences
    for row in everyone:
        held = shares.filter((pl.col("worldview") == row["worldview"]) & (pl.col("group") != ""))
        ranked = held.sort("mean", descending=True).to_dicts()
        sentences.append(_held(row, ranked, compared.many))
    told = [] if cautions is None or cautions.is_empty() else cautions["caution"].to_list()
    return [*sentences, weighting_note(shares["weighting"][0]), *told]


def _number(chosen: Row) -> str:
    """Return what the comparison of models says about the number of worldviews."""
    verdict, classes = chosen["verdict"], int(chosen["classes"])
    if verdict != "worldviews":
        below = "" if classes == 1 else _READ.get(verdict, "")
        return f"{_VERDICTS[verdict]}{below}"
    more = ", perhaps more: no larger number could be compared" if chosen["at_limit"] else ""
    return f"The answers fall into {count(classes)} distinct worldviews{more}."


def _held(row: Row, held: list[Row], groups: str) -> str:
    share = percent(row["mean"], row["q05"], row["q95"])
    leans = f"Worldview {row['worldview']}, which leans to {quoted(row['name'])},"
    sentence = f"{leans} is held by {share} of all"
    if len(held) < 2:
        return f"{sentence}."
    if held[0]["q05"] <= held[-1]["q95"]:
        return f"{sentence}; the survey cannot tell that its share differs between {groups}."
    most, least = (
        f"{quoted(r['group_label'])}, {percent(r['mean'], r['q05'], r['q95'])}"
        for r in (held[0], held[-1])
    )
    return f"{sentence}: most among {most}; least among {least}."
