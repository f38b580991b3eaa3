"""Who is asked what: arms, planned missingness, order and relevance."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mfp_stats.collect.assignment import assign
from mfp_stats.frames.columns import PLAIN, columns_of, status_column
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role
from mfp_stats.questionnaire.relevant import Answer, evaluate, parse_relevant, references
from mfp_stats.responses import MISSING_CODES, Status

Bools = NDArray[np.bool_]

_STATED = {MISSING_CODES[s]: s.value for s in (Status.DONT_KNOW, Status.REFUSED)}


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What each of N people is asked, as the web form would draw it for their instance id."""

    arms: tuple[str | None, ...]  #: JSON
    shown: tuple[str | None, ...]  #: JSON
    items: Mapping[str, Bools]  #: (N,) by item
    support_first: Mapping[str, Bools]  #: (N,) by block: support was asked before it


def draw_asked(questionnaire: Questionnaire, respondents: tuple[str, ...]) -> Asked:
    """Assign arms, interventions and orders to respondents.

    In an imported survey nothing is known of what was shown: everyone is asked everything that
    planned missingness does not withhold, and the record stays null.
    """
    assignments = [assign(questionnaire, respondent) for respondent in respondents]
    place = {item.name: k for k, item in enumerate(questionnaire.items)}
    seen = np.zeros((len(place), len(respondents)), dtype=np.bool_)
    for person, assignment in enumerate(assignments):
        seen[[place[name] for name in assignment.items], person] = True
    orders = [tuple(assignment.blocks) for assignment in assignments]
    support = {i.block for i in questionnaire.with_role(Role.RESPONSE) if not i.stipulated}
    first = {
        block.name: np.array([_comes_after(block.name, support, order) for order in orders])
        for block in questionnaire.blocks
    }
    fielded = questionnaire.source == "fielded"
    arms = tuple(json.dumps(dict(a.arms)) if fielded else None for a in assignments)
    shown = tuple(json.dumps(a.shown()) if fielded else None for a in assignments)
    return Asked(arms, shown, {name: seen[k] for name, k in place.items()}, first)


def _comes_after(block: str, others: set[str], order: tuple[str, ...]) -> bool:
    return block in order and not others.isdisjoint(order[: order.index(block)])


def applies(
    item: Item, questionnaire: Questionnaire, answers: Mapping[str, pl.Series], n: int
) -> Bools:
    """Return whose answers so far make an item relevant, shape (n,).

    Parameters
    ----------
    answers
        Sheet columns of the items before this one.
    """
    if not item.relevant.strip():
        return np.ones(n, dtype=np.bool_)
    sources = [questionnaire.item(name) for name in references(parse_relevant(item.relevant))]
    columns = [c for s in sources for c in _needed(s)]
    rows = pl.DataFrame([answers[c].alias(c) for c in columns])
    # Few combinations of answers occur, so each is evaluated once.
    known: dict[tuple[object, ...], bool] = {}
    result = np.zeros(n, dtype=np.bool_)
    for person, row in enumerate(rows.iter_rows()):
        if row not in known:
            cells = dict(zip(columns, row, strict=True))
            known[row] = evaluate(item.relevant, {s.name: _answer(s, cells) for s in sources})
        result[person] = known[row]
    return result


def _needed(item: Item) -> tuple[str, ...]:
    status = (status_column(item),) if item.type in PLAIN else ()
    return (*columns_of(item), *status)


def _answer(item: Item, cells: Mapping[str, object]) -> Answer:
    """Return an answer in the words of a ``relevant`` expression."""
    codes = [cells[column] for column in columns_of(item)]
    status = cells[status_column(item)] if item.type in PLAIN else codes[0]
    assert isinstance(status, int)
    if status < 0:
        return _STATED.get(status)
    if item.type in PLAIN:
        value = codes[0]
        return value if isinstance(value, str | float) else None
    chosen = [int(code) for code in codes if isinstance(code, int)]
    names = item.option_names
    match item.type:
        case ItemType.SELECT_ONE:
            return names[chosen[0]]
        case ItemType.SELECT_MULTIPLE:
            return tuple(n for n, code in zip(names, chosen, strict=True) if code == 1)
        case ItemType.RANK:
            return tuple(n for _, n in sorted(zip(chosen, names, strict=True)))
        case _:
            return tuple(names[code] for code in chosen if code >= 0)
