"""Trade-offs between values as arrays: best–worst sets, picks, rankings."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from mfp_stats.design.data import BestWorst, Bools, Ints, Picks, Rankings
from mfp_stats.design.report import Report, people
from mfp_stats.frames.columns import columns_of, item_code
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role
from mfp_stats.responses import MISSING_CODES, Status

_NOT_ASKED = MISSING_CODES[Status.NOT_ASKED]
_DONT_KNOW = MISSING_CODES[Status.DONT_KNOW]


def tradeoff_items(questionnaire: Questionnaire, *types: ItemType) -> list[Item]:
    """Return the trade-off items of the given types that offer at least two values."""
    return [
        i
        for i in questionnaire.with_role(Role.VALUE_TRADEOFF)
        if i.type in types and (values_of(i, tuple(questionnaire.values)) >= 0).sum() >= 2
    ]


def best_worst(
    sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report
) -> BestWorst | None:
    """Return the answered best–worst tasks; None where there are none."""
    values = tuple(questionnaire.values)
    items = tradeoff_items(questionnaire, ItemType.BEST_WORST)
    widest = max((len(i.options) for i in items), default=0)
    tasks = [_best_worst_item(sheet, item, values, widest, report) for item in items]
    return BestWorst(*_stacked(tasks)) if any(len(t[0]) for t in tasks) else None


def picks(sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report) -> Picks | None:
    """Return the pick-k tasks (select_one and select_multiple) that carry information.

    Options that are not values ("other") are ignored. Choosing no value or every one of them
    does not order any two, so such answers are left out and counted.
    """
    values = tuple(questionnaire.values)
    items = tradeoff_items(questionnaire, ItemType.SELECT_MULTIPLE, ItemType.SELECT_ONE)
    tasks = [pick_item(sheet, item, values, report) for item in items]
    if not any(len(t[0]) for t in tasks):
        return None
    person, offered, chosen = _stacked(tasks)
    return Picks(person, offered.astype(np.bool_), chosen.astype(np.bool_))


def rankings(sheet: pl.DataFrame, questionnaire: Questionnaire, report: Report) -> Rankings | None:
    """Return full and partial rankings of at least two values; None where there are none."""
    values = tuple(questionnaire.values)
    items = tradeoff_items(questionnaire, ItemType.RANK)
    tasks = [_rank_item(sheet, item, values, report) for item in items]
    if not any(len(t[0]) for t in tasks):
        return None
    person, offered, order = _stacked(tasks)
    return Rankings(person, offered.astype(np.bool_), order)


def undecided(
    sheet: pl.DataFrame, questionnaire: Questionnaire, group: Ints, groups: Sequence[str]
) -> dict[str, int] | None:
    """Count the people of each group who answered "don't know" to a trade-off.

    None where the survey has no trade-off.
    """
    items = questionnaire.with_role(Role.VALUE_TRADEOFF)
    if not items:
        return None
    flag = pl.any_horizontal(item_code(i) == _DONT_KNOW for i in items)
    unsure = sheet.select(flag).to_series().to_numpy()
    counts = np.bincount(group[unsure], minlength=len(groups))
    return {name: int(n) for name, n in zip(groups, counts, strict=True)}


def values_of(item: Item, values: tuple[str, ...]) -> Ints:
    """Return the value index of each option, -1 for options that are not values."""
    index = {name: k for k, name in enumerate(values)}
    return np.array([index.get(name, -1) for name in item.option_names], dtype=np.int64)


def _codes(sheet: pl.DataFrame, item: Item) -> Ints:
    """Return the codes of an item's parts, shape (person, part)."""
    return sheet.select(columns_of(item)).to_numpy().astype(np.int64)


def _best_worst_item(
    sheet: pl.DataFrame, item: Item, values: tuple[str, ...], widest: int, report: Report
) -> tuple[Ints, ...]:
    value = values_of(item, values)
    best, worst = _codes(sheet, item).T
    # Position of each option among those that are values.
    place = np.where(value >= 0, np.cumsum(value >= 0) - 1, -1)
    answered = best >= 0
    best_place = place[best.clip(0)]
    usable = answered & (best_place >= 0) & (best != worst)
    if lost := int((answered & ~usable).sum()):
        report.note(
            f"{item.name}: {people(lost)} left out, who chose something that is not on the "
            "list of values or the same as best and as worst."
        )
    given_worst = np.where(worst >= 0, place[worst.clip(0)], -1)
    shown = np.full(widest, -1, dtype=np.int64)
    shown[: (value >= 0).sum()] = value[value >= 0]
    person = np.flatnonzero(usable)
    return person, np.tile(shown, (len(person), 1)), best_place[usable], given_worst[usable]


def pick_item(
    sheet: pl.DataFrame, item: Item, values: tuple[str, ...], report: Report
) -> tuple[Ints | Bools, ...]:
    """Return person, offered and chosen of a pick; what tells nothing is left out and noted."""
    value = values_of(item, values)
    offered, chosen = _offered_and_chosen(_codes(sheet, item), item, value, len(values))
    answered = sheet.select(item_code(item)).to_series().to_numpy() >= 0
    number = chosen.sum(axis=1)
    nothing = answered & (number == 0)
    everything = answered & (number > 0) & (number == offered.sum(axis=1))
    for lost, why in ((nothing, "chose none of the values"), (everything, "chose all of them")):
        if n := int(lost.sum()):
            report.note(f"{item.name}: {people(n)} left out, who {why}.")
    person = np.flatnonzero(answered & ~nothing & ~everything)
    return person, offered[person], chosen[person]


def _offered_and_chosen(codes: Ints, item: Item, value: Ints, values: int) -> tuple[Bools, Bools]:
    """Return which values were offered and chosen, both of shape (person, K)."""
    offered = np.zeros((len(codes), values), dtype=np.bool_)
    chosen = np.zeros_like(offered)
    for k, v in enumerate(value):
        if v < 0:
            continue
        if item.type is ItemType.SELECT_ONE:
            offered[:, v] = True
            chosen[:, v] = codes[:, 0] == k
        else:
            offered[:, v] = codes[:, k] >= 0
            chosen[:, v] = codes[:, k] == 1
    return offered, chosen


def _rank_item(
    sheet: pl.DataFrame, item: Item, values: tuple[str, ...], report: Report
) -> tuple[Ints | Bools, ...]:
    value = values_of(item, values)
    is_value = value >= 0
    ranks = _codes(sheet, item)[:, is_value]
    ranked = ranks >= 1
    unranked = len(sheet) + ranks.shape[1] + 1
    first = np.argsort(np.where(ranked, ranks, unranked), axis=1, kind="stable")
    order = np.full((len(ranks), len(values)), -1, dtype=np.int64)
    number = ranked.sum(axis=1)
    places = np.arange(ranks.shape[1])
    order[:, : ranks.shape[1]] = np.where(places < number[:, None], value[is_value][first], -1)
    offered = np.zeros((len(ranks), len(values)), dtype=np.bool_)
    # A value that an earlier version of the questionnaire lacked was not ranked below the others.
    offered[:, value[is_value]] = ranks != _NOT_ASKED
    answered = sheet.select(item_code(item)).to_series().to_numpy() >= 0
    tied = _has_ties(ranks)
    if n := int((answered & tied).sum()):
        report.note(f"{item.name}: {people(n)} left out, who gave two values the same rank.")
    if n := int((answered & (number == 0)).sum()):
        report.note(f"{item.name}: {people(n)} left out, who ranked none of the values.")
    person = np.flatnonzero(answered & ~tied & (number > 0))
    return person, offered[person], order[person]


def _has_ties(ranks: Ints) -> Bools:
    placed = np.sort(np.where(ranks >= 1, ranks, -np.arange(1, ranks.shape[1] + 1)), axis=1)
    return np.asarray((np.diff(placed, axis=1) == 0).any(axis=1))


def _stacked(tasks: Sequence[tuple[Ints | Bools, ...]]) -> list[Ints]:
    """Stack the fields of all items' tasks, person by person."""
    fields = [np.concatenate(field) for field in zip(*tasks, strict=True)]
    order = np.argsort(fields[0], kind="stable")
    return [field[order] for field in fields]
