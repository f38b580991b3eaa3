"""Whole surveys of people who were told something: signs of κ, and intervals that hold the truth.

Each replicate draws how two worldviews respond, by trust in the source, simulates two waves of the
same people, and fits worldviews and updating as the product does. That there are two worldviews is
taken as known.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design import build_model_data
from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.memberships import memberships_without
from mfp_stats.quantities.updating_verdicts import BACKFIRES, FOLLOWS
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import Simulated, Truth, simulate_survey
from mfp_stats.simulate.truth import Response
from mfp_stats.workflow.basis import ChosenWorldviews
from mfp_stats.workflow.task import Part
from tests.suites.coverage import coverage_figures, tally
from tests.suites.intervals import share_words
from tests.suites.provenance import ROOT, code_digest, model_digest
from tests.suites.rows import Row
from tests.suites.suite import Cell, Figure, Replicate, Suite, grid, outcomes
from tests.updating.fitting import fit
from tests.updating.informed import informed, true_support, truth_of

SIZES: Final = {300: 20, 900: 40}
#: sd of how worldviews respond, in logits.
APART: Final = 0.5
DRAWS, TUNE = 500, 400
#: What makes the table out of draws.
CODE: Final = (
    "fitting.conditioning",
    *(f"quantities.{name}" for name in ("memberships", "updating")),
    *(f"quantities.updating_{name}" for name in ("moves", "verdicts")),
)


def prepare(cell: Cell) -> Replicate:
    """Return what runs the replicates of one size."""
    return partial(replicate, int(cell.options["n"]))


def replicate(n: int, seed: int) -> dict[str, Any]:
    """Simulate and fit one survey."""
    questionnaire, rng = informed(), np.random.default_rng(seed)
    beliefs, support = APART * rng.standard_normal((2, 2, 2))
    response = Response(beliefs, support, lasts=float(rng.uniform()))
    truth = truth_of(questionnaire, response, seed=seed % 1000)
    first, again = (
        simulate_survey(questionnaire, truth, n=n, seed=seed, wave=str(k + 1), again=k > 0)
        for k in range(2)
    )
    data = build_model_data(pl.concat([first.sheet, again.sheet]), questionnaire)
    settings = FitSettings(draws=DRAWS, tune=TUNE, seed=seed, cores=1)
    worldviews, updating = fit(data, questionnaire, settings, ROOT)
    if failed := [*worldviews.failed, *updating.failed]:
        return {"refused": failed}
    order = _order(worldviews, data, first)
    rows = updating.tables[0].frame.filter(pl.col("worldview") > 0).to_dicts()
    return {
        **_signs(rows, truth, order),
        "covered": {
            "response of beliefs": tally(_beliefs(rows, truth, order)),
            "move of support": tally(_support(rows, questionnaire, truth, order)),
        },
    }


def _order(worldviews: Part, data: ModelData, simulated: Simulated) -> Ints:
    """Return the true class of each fitted worldview, (C,)."""
    assert isinstance(worldviews.basis, ChosenWorldviews)
    matched = worldviews.basis.matched
    mean = sum(memberships_without(matched, data, ())) / matched["profile"][:, :, 0, 0].size
    held = dict(
        zip(
            simulated.persons["respondent"].values,
            simulated.persons["worldview"].values == "worldview_2",
            strict=True,
        )
    )
    second = np.array([held[name] for name in data.respondents])
    of_second, of_first = (np.asarray(mean)[who].mean(axis=0) for who in (second, ~second))
    return np.asarray(of_second > of_first, dtype=np.int64)


def _of(row: Mapping[str, Any], by_trust: Floats, order: Ints) -> float:
    """Return what is true of a row: of beliefs or support, (2, C) by trust and class."""
    return float(by_trust[int(row["trust"] == "trusts"), order[row["worldview"] - 1]])


def _left(row: Mapping[str, Any], truth: Truth) -> float:
    return truth.information["report"].lasts if row["occasion"] == "later" else 1.0


def _signs(rows: Sequence[Mapping[str, Any]], truth: Truth, order: Ints) -> dict[str, int]:
    """Count signs of κ of beliefs at once that are told, and those that are told wrongly."""
    told = wrong = of = 0
    for row in rows:
        if (row["kind"], row["occasion"]) != ("belief", "at_once"):
            continue
        of += 1
        true = _of(row, truth.information["report"].beliefs, order)
        if row["verdict"] in (FOLLOWS, BACKFIRES):
            told += 1
            wrong += (row["verdict"] == FOLLOWS) != (true > 0)
    return {"signs": of, "told": told, "wrong": wrong}


def _beliefs(
    rows: Sequence[Mapping[str, Any]], truth: Truth, order: Ints
) -> list[tuple[Mapping[str, Any], str, float]]:
    beliefs = truth.information["report"].beliefs
    return [
        (row, "response", _left(row, truth) * _of(row, beliefs, order))
        for row in rows
        if row["kind"] == "belief"
    ]


def _support(
    rows: Sequence[Mapping[str, Any]], questionnaire: Questionnaire, truth: Truth, order: Ints
) -> list[tuple[Mapping[str, Any], str, float]]:
    moved = true_support(questionnaire, truth)
    return [
        (row, "shift", _of(row, moved, order))
        for row in rows
        if (row["kind"], row["occasion"]) == ("support", "at_once")
    ]


def summarise(rows: Sequence[Row]) -> list[Figure]:
    """Set the rows against what the issue asks for."""
    done = [row.shown for row in rows if row.shown]
    signs, told, wrong = (sum(r[name] for r in done) for name in ("signs", "told", "wrong"))
    enough = len(rows) >= sum(SIZES.values())
    right = signs - wrong
    return [
        *outcomes(rows),
        Figure("signs that are told", share_words(told, signs), "", None),
        Figure(
            "signs of κ that are right or left open",
            share_words(right, signs),
            "≥ 95 %",
            right >= 0.95 * signs if enough else None,
        ),
        *coverage_figures(done),
    ]


def suites() -> tuple[Suite, ...]:
    """Return the one suite."""
    models = ("worldviews", "updating")
    one = Suite(
        name="updating",
        title="Whether people take information, by worldview and trust in its source.",
        cells=grid(lambda options: SIZES[int(options["n"])], n=SIZES),
        settings={
            "draws": DRAWS,
            "tune": TUNE,
            "apart": APART,
            "models": {m: model_digest(ROOT / "models" / f"{m}.py") for m in models},
            "code": code_digest(*CODE),
        },
        prepare=prepare,
        summarise=summarise,
    )
    return (one,)
