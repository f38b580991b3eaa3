"""Plain-language findings of the search: which design to try, and how sure that is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from mfp_stats.design.data import MIDDLE
from mfp_stats.quantities.search.front import AS_GOOD, MARKED
from mfp_stats.quantities.search.sweep import LEAST_DRAWS
from mfp_stats.quantities.zones import MET_BY_ALL
from mfp_stats.views.findings import Row, preferred
from mfp_stats.views.gap_warnings import first_quoted
from mfp_stats.views.search_belief_findings import needs_of_first
from mfp_stats.views.search_words import (
    ACCEPTING,
    UNTESTED,
    Taking,
    all_reach,
    design_name,
    worldview_names,
)
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import capital, chance, count, listed, number, percent, points, quoted
from mfp_stats.views.zero import is_neutral, zero_words

#: Probability from which one thing is said to be more than another.
_SURE: Final = 0.9
#: Probability of what is likelier than not.
_LIKELIER: Final = 0.5
#: Standard errors of a share of draws within which it lies 95 times out of 100.
_SPREAD: Final = 1.96
#: Draws from which chance in drawing moves a probability by five points at most: the gate's own.
_ENOUGH: Final = 400
_ENDS: Final = ("mean", "q05", "q95")


def describe_search(
    search: pl.DataFrame,
    summary: pl.DataFrame,
    worldviews: pl.DataFrame,
    taking: Taking = ACCEPTING,
) -> list[str]:
    """Return sentences on the best designs, after what warns of them.

    Parameters
    ----------
    search, summary
        Of one coalition and threshold, any weightings; of several the preferred one is told.
    worldviews
        The table ``worldviews``: their names.
    taking
        What people do with a design.
    """
    if search.is_empty():
        return ["This survey cannot tell which designs people would accept."]
    rows = preferred(search).to_dicts()
    about = preferred(summary).row(0, named=True)
    return [
        *_bent(about),
        _headline(rows, about, taking),
        *_sureness(rows, about),
        *_against_fielded(rows, about),
        *(needs_of_first(rows, about) if about["threshold"] else ()),
        *_effects(rows, worldview_names(worldviews)),
        *_marks(rows, about),
        *_how(about),
        UNTESTED,
        *_tested(rows),
        weighting_note(about["weighting"]),
    ]


def _bent(about: Row) -> Iterator[str]:
    """Yield the warning on beliefs that may follow support, which designs would act through."""
    if labels := about.get("rationalised"):  # choices between pairs rest on no stated belief
        yield (
            "Warning: designs act here through what people say they believe. On "
            f"{first_quoted(labels)} people may have stated consequences that fit what they "
            "already supported. So take what a design or another belief would do as a description, "
            "not as an effect."
        )


def _headline(rows: Sequence[Row], about: Row, taking: Taking) -> str:
    """Return which design comes first, or why none does."""
    if not about["threshold"]:
        return f"{capital(MET_BY_ALL)}."
    first, of = rows[0], f"{about['designs']:,} designs"
    if about["tied"] > 1:
        those = of if about["complete"] else f"the {about['looked_at']:,} designs looked at"
        return (
            f"{about['tied']:,} of {those} tie for the first place: nothing that was asked tells "
            "them apart, so none is ranked before another."
        )
    who = "the group" if about["size"] == 1 else f"each of the {count(about['size'])} groups"
    share = f"at least {number(100 * about['threshold'])} % of {who}"
    predicted = f"is predicted to be {taking.done} by {share}"
    whose = "its share" if about["size"] == 1 else "the worst group's share"
    worst = f"{whose} is {percent(*(first[f'worst_{e}'] for e in _ENDS))}"
    name, joint = quoted(design_name(first)), chance(first["joint_probability"])
    if about["complete"] and about["lowest_joint_probability"] >= 1:
        return (
            f"Every design {predicted}, so that this threshold tells none from another. In {name} "
            f"{worst}, the most of all."
        )
    if first["joint_probability"] < _LIKELIER:
        return (
            f"No design {predicted} more probably than not: {name} comes first, with probability "
            f"{joint}; {worst}."
        )
    return f"Of {of}, {name} comes first: it {predicted} with probability {joint}; {worst}."


def _sureness(rows: Sequence[Row], about: Row) -> Iterator[str]:
    """Yield how sure it is that the first is the best, and what it may cost."""
    first = rows[0]
    if about["tied"] > 1 or about["designs"] < 2:
        return
    where = "" if about["size"] == 1 else " in its worst group"
    name, sure = quoted(design_name(first)), chance(first["best_probability"])
    best = f"Chance that no other design does better{where} than {name}: {sure}."
    regret = [first[f"regret_{end}"] for end in _ENDS]
    lost = any(number(100 * end) != "0" for end in regret)
    yield f"{best} The best may gain {points(*regret)} over it." if lost else best
    if about["as_good"] > 1:
        designs = f"{count(about['as_good'])} designs"
        yield (
            f"{capital(designs if about['complete'] else f'at least {designs}')} are as good as "
            "any: the worst group's share is expected to fall short by at most "
            f"{number(100 * AS_GOOD, 1)} points."
        )


def _against_fielded(rows: Sequence[Row], about: Row) -> Iterator[str]:
    """Yield how new designs stand to the proposals that people were asked about."""
    if about["fielded_best"] is None:
        yield (
            "No proposal that people were asked about has an estimate in every group of the "
            "coalition, so that no design is held against them."
        )
        return
    unknown = about["fielded_unknown"]
    every = "every proposal fielded" + (" with an estimate in all groups" if unknown else "")
    yield _new_designs(rows, about, every)
    if not any(row["rank"] is None for row in rows if row["intervention_label"] is not None):
        joint = chance(about["fielded_best_joint_probability"])
        outside = "" if about["fielded_best_searched"] else ", not among the designs searched,"
        yield (
            f"Of the proposals fielded, {quoted(about['fielded_best'])}{outside} comes first: "
            f"{all_reach(about)} with probability {joint}."
        )
    if unknown:
        yield (
            f"Nothing is held against {first_quoted(unknown)}: not all groups of the coalition "
            "were asked about it, or enough of them."
        )


def _new_designs(rows: Sequence[Row], about: Row, every: str) -> str:
    """Return which designs that nobody was asked about do better than all that were fielded."""
    new = [row for row in rows if row["intervention"] is None]
    alone = about["size"] == 1

    def better(does: str, its: str) -> str:
        return (
            f"very probably {does} better {'' if alone else f'in {its} worst group '}than {every}"
        )

    unasked = "that nobody was asked about"
    head = "Of the best trade-offs"
    if sum(row["on_front"] for row in rows) < about["front"]:
        head += " told of here"
    sure = [row for row in new if (row["betters_fielded_probability"] or 0) >= _SURE]
    if not sure:
        top = max((row["betters_fielded_probability"] or 0 for row in new), default=0.0)
        likeliest = f": the likeliest does with probability {chance(top)}" if new else ""
        return f"{head}, none {unasked} {better('does', 'its')}{likeliest}."
    name, probability = design_name(sure[0]), sure[0]["betters_fielded_probability"]
    of = f"{quoted(name)} does with probability {chance(probability)}"
    if len(sure) == 1:
        return f"{head}, one {unasked} {better('does', 'its')}: {of}."
    return f"{head}, {count(len(sure))} {unasked} {better('do', 'their')}: the first of them, {of}."


def _effects(rows: Sequence[Row], names: Mapping[int, str]) -> Iterator[str]:
    """Yield what each worldview expects of the first design."""
    first, said = rows[0], []
    better, worse, neither = _sides(first)
    for key in first:
        if not (key.startswith("effect_") and key.endswith("_mean")):
            continue
        worldview = int(key.split("_")[1])
        low, high = first[f"effect_{worldview}_q05"], first[f"effect_{worldview}_q95"]
        told = better if low > 0 else worse if high < 0 else neither
        name = quoted(names[worldview]) if worldview in names else "everyone"
        said.append(f"{name} expects {told}")
    if said:
        name = quoted(design_name(first))
        yield f"By their own models of what {name} would do, {listed(said)}."


def _sides(row: Row) -> tuple[str, str, str]:
    """Return what is above, below and around 0; good and harm only where it is a neutral answer."""
    if is_neutral(row):
        return "good", "harm", "neither good nor harm for sure"
    zero = zero_words([MIDDLE])
    return f"more than {zero}", f"less than {zero}", f"neither more nor less than {zero} for sure"


def _marks(rows: Sequence[Row], about: Row) -> Iterator[str]:
    marked = [row for row in rows if row["confirm"]]
    if marked:
        told = listed([f"{quoted(design_name(row))} ({_far(row)})" for row in marked])
        yield f"Confirm in the next wave: {told}."
    elif about["tied"] <= 1:
        yield "No design that nobody was asked about is promising enough to be put to people next."
    if about["front"] > MARKED:
        yield _trade_offs(rows, about)


def _trade_offs(rows: Sequence[Row], about: Row) -> str:
    """Return how many designs there are that none betters, or that may be the best all the same."""
    front = [row for row in rows if row["on_front"]]
    better = sum(row["undominated"] for row in front)
    head = f"{capital(count(about['front']))} designs are the best trade-offs"
    told = "what does better than one of them on one count does worse on another"
    if len(front) < about["front"]:  # not all of them are told of
        return f"{head}: {told}, but for some that may turn out to be the best all the same."
    if better == len(front):
        return f"{head}: {told}."
    more = f"{count(len(front) - better)} more may turn out to be the best all the same"
    told = told.replace("one of them", "it") if better == 1 else told
    return f"{head}. Of {count(better)} of them, {told}; {more}."


def _tested(rows: Sequence[Row]) -> Iterator[str]:
    """Yield of which proposals fielded a later wave has scored what groups make of them."""
    if names := [quoted(design_name(row)) for row in rows if row.get("tested")]:
        yield (
            f"But a later wave has scored who accepts {listed(names)}, group by group; what is "
            "said of groups together is untested of these too."
        )


def _far(row: Row) -> str:
    """Return how far a design lies from what was fielded."""
    unseen = ", with a level that nobody saw" if row["unseen_level"] else ""
    things = "attribute" if row["distance"] == 1 else "attributes"
    return f"{count(row['distance'])} {things} from any fielded{unseen}"


def _how(about: Row) -> Iterator[str]:
    if about["draws"] < _ENOUGH:
        off = number(100 * _SPREAD / (2 * about["draws"] ** 0.5))
        fewer = ", fewer than usual" if about["draws"] < LEAST_DRAWS else ""
        yield (
            f"This rests on {about['draws']} posterior draws{fewer}: by that alone a probability "
            f"near one half may be off by {off} points."
        )
    if not about["complete"]:
        yield (
            f"{about['designs']:,} designs are too many to look at all: attributes were exchanged "
            f"one at a time from many starts, which looked at {about['looked_at']:,} of them."
        )
    if about["usual"]:
        yield f"Attributes that are not named are as in most proposals: {about['usual']}."
    yield from about["notes"]
