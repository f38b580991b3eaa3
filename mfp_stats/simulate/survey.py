"""Whole surveys from a questionnaire and known parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.errors import DesignError, Fault
from mfp_stats.frames.columns import PLAIN, columns_of, sheet_schema, status_column
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role
from mfp_stats.responses import MISSING_CODES, Status
from mfp_stats.simulate.asked import Asked, Bools, applies, draw_asked
from mfp_stats.simulate.information import shift, told_people
from mfp_stats.simulate.part_worths import part_worth_faults
from mfp_stats.simulate.people import Ints, People, draw_people, supposed_support
from mfp_stats.simulate.roles import Answered, Context, answer
from mfp_stats.simulate.seeds import generator
from mfp_stats.simulate.truth import Truth

#: Most people of one simulation: a long questionnaire takes about 25 kB of memory a person.
MOST: Final = 100_000
#: Filled in by the organiser, never by respondents.
_BOOKKEEPING = (Role.WEIGHT, Role.ARM, Role.WAVE)


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A simulated survey, and the truth that it was drawn from.

    ``persons`` holds what is true of each person, over ``respondent`` (with coordinates
    ``group`` and ``worldview``, names) and ``value``, ``intervention``, ``signal``: ``v``
    (values, logit scale), ``importance`` (w, shares), ``consistency`` (s_i), ``style`` (δ_i),
    ``m`` (consequences), ``s`` (signals), ``support`` (η).
    """

    sheet: pl.DataFrame
    truth: Truth
    persons: xr.Dataset


def simulate_survey(
    questionnaire: Questionnaire,
    truth: Truth,
    *,
    n: int,
    seed: int,
    wave: str = "1",
    again: bool = False,
) -> Simulated:
    """Draw n people and their answers to every item.

    Parameters
    ----------
    questionnaire
        Every role and item type is answered; arms, planned missingness and orders are drawn as
        the web form draws them.
    truth
        Parameters, e.g. of :func:`mfp_stats.simulate.default_truth` for this questionnaire.
    n
        Number of respondents.
    seed
        The same seed gives the same survey in every process.
    wave
        Name of the wave.
    again
        Whether the people of this seed answer once more: the same people, told the same, with new
        answers to all but who they trust.

    Returns
    -------
    Simulated
        Its sheet can be stored and fitted like a collected or imported one. ``submitted`` is
        null: nobody handed anything in.

    Raises
    ------
    DesignError
        The truth is of another questionnaire, n is below 1 or above ``MOST``, or seed below 0.
    """
    _check(questionnaire, truth, n)
    respondents = tuple(f"simulated-{seed}-{k:06d}" for k in range(1, n + 1))
    people = draw_people(truth, n=n, seed=seed)
    asked = draw_asked(questionnaire, respondents)
    columns: dict[str, pl.Series] = dict(
        _head(questionnaire, truth, respondents, asked, wave, seed)
    )
    supposed = {b: supposed_support(truth, people, m) for b, m in truth.stipulated.items()}
    context = Context(questionnaire, truth, people, asked, supposed)
    told = told_people(questionnaire, truth, asked.arms, wave)
    steady = {one.trust for one in questionnaire.information.values()}
    for item in questionnaire.items:
        anew = ("again",) if again and item.name not in steady else ()
        rng = generator(seed, "answers", item.name, *anew)
        moved = shift(item, questionnaire, truth, people.worldview, told, columns, again=again)
        missing = _missing(item, asked, applies(item, questionnaire, columns, n))
        if item.role in _BOOKKEEPING or item.type is ItemType.NOTE:
            columns |= _bookkeeping(item, questionnaire, columns, n)
        else:
            columns |= _columns(item, answer(item, context, rng, moved), missing, truth, rng)
    schema = sheet_schema(questionnaire)
    sheet = pl.DataFrame([columns[name].cast(t).alias(name) for name, t in schema.items()])
    return Simulated(sheet, truth, _labelled(truth, people, respondents))


def _check(questionnaire: Questionnaire, truth: Truth, n: int) -> None:
    expected = {
        "groups": tuple(o.name for o in questionnaire.groups),
        "values": tuple(questionnaire.values),
        "interventions": tuple(questionnaire.interventions),
        "signals": tuple(questionnaire.signals),
    }
    faults = [
        Fault(f"truth.{axis}", "does not match the questionnaire", known=names)
        for axis, names in expected.items()
        if getattr(truth, axis) != names
    ]
    stipulating = {b.name for b in questionnaire.blocks if b.stipulates is not None}
    if set(truth.stipulated) != stipulating:
        what = "does not match the blocks that stipulate consequences"
        faults.append(Fault("truth.stipulated", what, known=tuple(sorted(stipulating))))
    faults += part_worth_faults(questionnaire, truth.part_worths)
    if n < 1:
        faults.append(Fault("n", "a survey has at least one person"))
    if n > MOST:
        faults.append(Fault("n", f"is {n:,}; at most {MOST:,} people are simulated at once"))
    if faults:
        raise DesignError(faults, about=f"simulating {questionnaire.survey!r}")


def _head(
    questionnaire: Questionnaire,
    truth: Truth,
    respondents: tuple[str, ...],
    asked: Asked,
    wave: str,
    seed: int,
) -> Iterator[tuple[str, pl.Series]]:
    n = len(respondents)
    weight: list[float] | None = None
    if questionnaire.weight is not None:
        drawn = np.exp(truth.weight_sd * generator(seed, "weight").standard_normal(n))
        weight = (drawn / drawn.mean()).tolist()
    yield "respondent", pl.Series(respondents)
    yield "wave", pl.Series([wave] * n)
    yield "weight", pl.Series(weight or [None] * n, dtype=pl.Float64)
    yield "arms", pl.Series(asked.arms, dtype=pl.String)
    yield "shown", pl.Series(asked.shown, dtype=pl.String)
    yield "submitted", pl.Series([None] * n, dtype=pl.Datetime("us", "UTC"))


def _missing(item: Item, asked: Asked, relevant: Bools) -> Ints:
    """Return 0 where an item is put to a person, else why not, shape (N,)."""
    not_asked, not_applicable = (
        MISSING_CODES[Status.NOT_ASKED],
        MISSING_CODES[Status.NOT_APPLICABLE],
    )
    codes = np.where(asked.items[item.name], np.where(relevant, 0, not_applicable), not_asked)
    return codes.astype(np.int64)


def _columns(
    item: Item, answered: Answered, missing: Ints, truth: Truth, rng: np.random.Generator
) -> Iterator[tuple[str, pl.Series]]:
    """Yield the sheet's columns of an item after nonresponse."""
    status = _nonresponse(item, answered, missing, truth, rng)
    gone = status < 0
    if answered.codes is not None:
        for column, codes in zip(columns_of(item), answered.codes.T, strict=True):
            yield column, pl.Series(np.where(gone, status, codes), dtype=pl.Int16)
        return
    if answered.number is not None:
        value = pl.Series(answered.number, dtype=pl.Float64)
    else:
        value = pl.Series([answered.text] * len(gone), dtype=pl.String)
    yield item.name, value.set(pl.Series(gone), None)
    yield status_column(item), pl.Series(status, dtype=pl.Int16)


def _nonresponse(
    item: Item, answered: Answered, missing: Ints, truth: Truth, rng: np.random.Generator
) -> Ints:
    """Return 0 where a person answers, else a missing code; what is not offered is not used."""
    unsure = truth.dont_know_rate if answered.dont_know is None else answered.dont_know
    rates = {
        Status.DONT_KNOW: unsure if Status.DONT_KNOW in item.missing else 0.0,
        Status.REFUSED: truth.refusal_rate if Status.REFUSED in item.missing else 0.0,
        Status.SKIPPED: 0.0 if item.required else truth.skip_rate,
    }
    status = missing.copy()
    for kind, rate in rates.items():
        happens = rng.random(len(status)) < rate
        status[happens & (status == 0)] = MISSING_CODES[kind]
    return status


def _bookkeeping(
    item: Item, questionnaire: Questionnaire, columns: dict[str, pl.Series], n: int
) -> dict[str, pl.Series]:
    """Return the columns of an item that nobody is asked; the weight item repeats the weight."""
    if item.type not in PLAIN:
        codes = pl.Series([MISSING_CODES[Status.NOT_ASKED]] * n, dtype=pl.Int16)
        return dict.fromkeys(columns_of(item), codes)
    if item.name == questionnaire.weight:
        return {item.name: columns["weight"], status_column(item): pl.Series([0] * n)}
    return {
        item.name: pl.Series([None] * n, dtype=PLAIN[item.type]),
        status_column(item): pl.Series([MISSING_CODES[Status.NOT_ASKED]] * n),
    }


def _labelled(truth: Truth, people: People, respondents: tuple[str, ...]) -> xr.Dataset:
    person = ("respondent",)
    return xr.Dataset(
        {
            "v": ((*person, "value"), people.values),
            "importance": ((*person, "value"), people.importance),
            "consistency": (person, people.consistency),
            "style": (person, people.style),
            "m": ((*person, "intervention", "value"), people.consequences),
            "s": ((*person, "intervention", "signal"), people.signals),
            "support": ((*person, "intervention"), people.support),
        },
        coords={
            "respondent": np.array(respondents),
            "group": (person, np.array(truth.groups)[people.group]),
            "worldview": (person, np.array(truth.classes)[people.worldview]),
            "value": np.array(truth.values, dtype=np.str_),
            "intervention": np.array(truth.interventions, dtype=np.str_),
            "signal": np.array(truth.signals, dtype=np.str_),
        },
    )
