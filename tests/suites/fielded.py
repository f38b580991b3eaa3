"""Acceptance's surveys as they are fielded: people are weighted, and worldviews counted.

Those who answer are not the population: in every group, holders of the first worldview answer more
often than others, and weights put that right. How many worldviews there are is found out, as a fit
does it. What is true is true of the population.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import numpy as np
import xarray as xr
from scipy.special import log_softmax, softmax

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import Truth, simulate_survey
from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.truth import Floats
from mfp_stats.simulate.truths import DEFAULT_EFFECT
from mfp_stats.workflow.prefield.fit import FittedSurvey, fit_survey
from mfp_stats.workflow.prefield.rows import DRAWS, MODELS, TUNE
from tests.suites.acceptance import CODE, CONFIDENT, MIXED, NAMED, RIGHT, Quiet, truth_of
from tests.suites.coverage import coverage_figures
from tests.suites.displayed import PEOPLE, covered
from tests.suites.intervals import share_words
from tests.suites.provenance import ROOT, code_digest, model_digest
from tests.suites.rows import Row
from tests.suites.suite import Cell, Figure, Replicate, Suite, grid, outcomes

SIZE: Final = 300
REPLICATES: Final = 2
#: By how much more likely, in logits, holders of the first worldview are to answer: weights of
#: 300 people count as much as some 240 do alike.
ANSWERS_MORE: Final = 1.0
FILES: Final = (*MODELS, "worldview_continuum")
NOTE: Final = (
    "Holders of the first worldview answer more often, and weights put that right; worldviews are "
    "counted, not known. Estimates are the weighted ones, the truth is the population's."
)


def prepare(cell: Cell) -> Replicate:
    """Return what runs the replicates of one truth."""
    return partial(replicate, load(ROOT / "tests" / "acceptance"), str(cell.options["truth"]))


def replicate(questionnaire: Questionnaire, name: str, seed: int) -> dict[str, Any]:
    """Simulate and fit one survey."""
    truth = truth_of(questionnaire, name, seed)
    data = answered(questionnaire, truth, n=SIZE, seed=seed)
    models = {file: load_model(ROOT / "models" / f"{file}.py") for file in FILES}
    settings = FitSettings(draws=DRAWS, tune=TUNE, seed=seed, cores=1)
    report: Any = Quiet()
    found = fit_survey(data, questionnaire, models, settings, report, classes=None)
    if refused := _refused(found):
        return {"refused": refused}
    true = true_decomposition(questionnaire, truth, people=PEOPLE)
    pooled = found.told_of("gap").filter(intervention=POOLED).row(0, named=True)
    return {
        "worldviews": found.table("worldviews")["worldview"].n_unique(),
        "verdict": pooled["verdict"],
        "warning": pooled["warning"],
        "weights": round(float(1 / np.square(data.weight).mean()), 3),
        "covered": covered(found, true, questionnaire, truth),
    }


def answered(questionnaire: Questionnaire, truth: Truth, *, n: int, seed: int) -> ModelData:
    """Return the answers of n people of whom some kinds answer more often, with their weights.

    Parameters
    ----------
    questionnaire, truth
        A survey and the parameters of its population.
    n, seed
        People who answer, and what they are drawn by.
    """
    answering = replace(truth, class_shares=shares_answering(truth.class_shares))
    simulated = simulate_survey(questionnaire, answering, n=n, seed=seed)
    data = build_model_data(simulated.sheet, questionnaire)
    # Ratings would only take time.
    return replace(data, ratings=None, weight=_weights(truth, answering, simulated.persons, data))


def shares_answering(shares: Floats) -> Floats:
    """Return the worldviews' shares among those who answer, (G, C), of those in the population."""
    more = np.zeros(shares.shape[1])
    more[0] = ANSWERS_MORE
    return np.asarray(softmax(log_softmax(np.log(shares), axis=1) + more, axis=1))


def _weights(truth: Truth, answering: Truth, persons: xr.Dataset, data: ModelData) -> Floats:
    """Return how many people of the population each one stands for, (N,), mean 1."""
    people = persons.sel(respondent=list(data.respondents))
    group = [truth.groups.index(str(name)) for name in people["group"].values]
    held = [truth.classes.index(str(name)) for name in people["worldview"].values]
    weight = (truth.class_shares / answering.class_shares)[group, held]
    return np.asarray(weight / weight.mean())


def _refused(found: FittedSurvey) -> list[str]:
    """Return the failed steps for which no gap is shown; a rival may fail without harm."""
    (rests_on,) = (t.rests_on for t in found.responses.tables if t.name == "gap")
    failed = [step for step in rests_on if step in found.failed]
    return failed or (["gap"] if found.table("gap").is_empty() else [])


def summarise(rows: Sequence[Row]) -> list[Figure]:
    """Set the rows against what is asked of the acceptance suite."""
    done = [row.shown for row in rows if row.shown]
    numbers = [result["worldviews"] for result in done]
    counted = ", ".join(f"{numbers.count(k)} × {k}" for k in sorted(set(numbers)))
    told = [(row.cell.removeprefix("truth="), row.shown["verdict"]) for row in rows if row.shown]
    named = [(truth, verdict) for truth, verdict in told if truth in NAMED]
    right = sum(verdict in RIGHT[truth] for truth, verdict in named)
    wrong = sum(verdict in CONFIDENT for _, verdict in named) - right
    of = sum(row.cell.removeprefix("truth=") in NAMED for row in rows)
    return [
        *outcomes(rows),
        Figure("worldviews found (two are there)", counted, "", None),
        Figure("right verdicts", share_words(right, of), "", None),
        Figure("confident verdicts that are wrong", share_words(wrong, of), "≤ 5 %", not wrong),
        *coverage_figures(done),
    ]


def suites() -> tuple[Suite, ...]:
    """Return the one suite."""
    one = Suite(
        name="fielded",
        title="Surveys as they are fielded: weighted, and with worldviews counted.",
        cells=grid(lambda _: REPLICATES, truth=(*NAMED, MIXED)),
        settings={
            "n": SIZE,
            "draws": DRAWS,
            "tune": TUNE,
            "effect": DEFAULT_EFFECT,
            "answers_more": ANSWERS_MORE,
            "models": {m: model_digest(ROOT / "models" / f"{m}.py") for m in FILES},
            "code": code_digest(*CODE, "quantities.worldview_models", "quantities.worldviews"),
        },
        prepare=prepare,
        summarise=summarise,
        note=NOTE,
        limit_s=5400.0,
    )
    return (one,)
