"""Four ways to carry error of measurement into the split of a gap, on the same surveys.

*Conditioned* is the product's way: moments of what was measured without a look at responses, and
every draw of the response model conditioned on one draw of them. *Plausible values* draws
everybody's values, worldview and expectations, again without responses, and takes them for exact,
ten times over. *Raw ratings* takes answers for numbers. *Joint* fits persons' values, expectations
and responses at once; only memberships are taken over (:mod:`tests.suites.joint`).

All four then split the gap by the product's own rule. What differs is what they take for known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.data import BestWorst, Expectations, Floats, Index
from mfp_stats.fitting.conditioning import condition_draws
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.likelihoods.response_slots import response_slots
from mfp_stats.quantities.expected import PersonExpectations
from mfp_stats.quantities.gap_tables import POOLED, gap_table
from mfp_stats.quantities.gaps import PARTS, ResponseParameters, parameters
from mfp_stats.quantities.index import ImportanceMoments, index_of
from mfp_stats.quantities.memberships import bounded_log
from mfp_stats.quantities.population import draw_people
from mfp_stats.quantities.response_draws import Measured, draw_responses
from mfp_stats.quantities.response_rows import ResponseRows
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import simulate_survey
from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.truths import DEFAULT_EFFECT, named_truth
from mfp_stats.workflow.basis import ChosenWorldviews, PeopleDraws
from mfp_stats.workflow.prefield.rows import CLASSES, MODELS
from mfp_stats.workflow.responses import index_at, mean_index, measure_people
from mfp_stats.workflow.task import Task
from mfp_stats.workflow.values import fit_values
from mfp_stats.workflow.worldviews import fit_worldviews
from tests.suites.acceptance import CONFIDENT, NAMED, Quiet
from tests.suites.joint import sample_joint
from tests.suites.provenance import ROOT, code_digest, model_digest
from tests.suites.rows import Row
from tests.suites.suite import Cell, Figure, Replicate, Suite, grid

ROUTES: Final = ("conditioned", "plausible", "raw", "joint")
PEOPLE: Final = 400
REPLICATES: Final = 3
DRAWS, TUNE = 600, 400
#: Plausible values a person, and draws of the response model for each of them.
PLAUSIBLE, EACH = 10, 40
#: A share of deviations of practically 0: what is given as exact is.
EXACT: Final = {"deviation": 1e-3, "deviation_log_sd": 1e-3}


def prepare(cell: Cell) -> Replicate:
    """Return what runs the replicates of one truth."""
    return partial(
        replicate, load(ROOT / "tests" / "acceptance"), str(cell.options["truth"]), PEOPLE
    )


def replicate(questionnaire: Questionnaire, name: str, n: int, seed: int) -> dict[str, Any]:
    """Simulate one survey and split its gap on every route."""
    truth = named_truth(questionnaire, name, seed=seed)
    simulated = simulate_survey(questionnaire, truth, n=n, seed=seed)
    data = replace(build_model_data(simulated.sheet, questionnaire), ratings=None)
    survey = _Survey.measured_of(data, questionnaire, seed, truth.consequence_sd)
    if survey is None:
        return {"refused": True}
    true = true_decomposition(questionnaire, truth, people=20_000)
    a, b = data.groups[:2]
    phi = true["phi"]
    both = (phi.sel(reference=a, other=b) - phi.sel(reference=b, other=a)) / 2
    gap = true["gap"].sel(reference=a, other=b)
    turned = (both * np.sign(gap)).mean("intervention")
    return {
        "weight": float(truth.consequence_weight),
        "true": [float(turned.sel(part=part)) for part in PARTS[:-1]],
        **{route: getattr(survey, route)() for route in ROUTES},
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Survey:
    """One survey, measured without a look at responses."""

    measured: Measured
    questionnaire: Questionnaire
    seed: int
    deviation: float  #: the true sd of persons' own expectations

    @classmethod
    def measured_of(
        cls, data: ModelData, questionnaire: Questionnaire, seed: int, deviation: float
    ) -> "_Survey | None":
        task = Task(
            data=data,
            questionnaire=questionnaire,
            settings=FitSettings(draws=DRAWS, tune=TUNE, seed=seed, cores=1),
            models={name: load_model(ROOT / "models" / f"{name}.py") for name in MODELS},
            priors={},
            report=Quiet(),  # type: ignore[arg-type]
            patient=True,
        )
        people, held = fit_values(task).basis, fit_worldviews(task, only=CLASSES).basis
        if not isinstance(people, PeopleDraws) or not isinstance(held, ChosenWorldviews):
            return None
        measured, _ = measure_people(task, people, held)
        return None if measured is None else cls(measured, questionnaire, seed, deviation)

    @property
    def share(self) -> float:
        """The true share of a rating's noise that is the person."""
        return self.deviation**2 / (self.deviation**2 + NOISE)

    def conditioned(self) -> dict[str, Any]:
        """As the product does."""
        measured = self.measured
        index = mean_index(measured)
        model, drawn = self._sampled(index, measured.draws // 4, {})
        assert measured.data.responses is not None
        slots = response_slots(measured.data.responses)
        moments = (slots.moments(index_at(measured, s)) for s in range(measured.draws))
        return self._split(measured, condition_draws(model, drawn, moments))

    def plausible(self) -> dict[str, Any]:
        """Ten values of everything a person, each taken for exact."""
        which = np.linspace(0, self.measured.draws - 1, PLAUSIBLE).astype(np.int64)
        found = []
        for k, s in enumerate(which):
            index = self._as_exact(int(s), np.random.default_rng((self.seed, k)))
            found.append(self._sampled(index, EACH // 4, EXACT)[1])
        posterior = xr.concat(found, "draw")
        assert self.measured.expected is not None
        # Chains one after the other: in each of the four the plausible values follow each other.
        rows = np.tile(np.repeat(which, EACH // 4), 4)
        expected = replace(
            self.measured.expected,
            log_membership=self.measured.log_membership[rows],
            expectation=self.measured.expected.expectation[rows],
            cutpoints=self.measured.expected.cutpoints[rows],
        )
        measured = replace(
            self.measured,
            v=self.measured.v[rows],
            log_membership=expected.log_membership,
            expected=expected,
        )
        return self._split(measured, posterior, share=self.share)

    def _as_exact(self, s: int, rng: np.random.Generator) -> Index:
        """Return the index of values, worldviews and expectations drawn for each person."""
        measured = self.measured
        assert measured.expected is not None
        everyone = np.arange(len(measured.data.group))
        held = measured.expected.at(s)
        drawn = draw_people(everyone, measured.v[s], held, measured.layout, self.share, rng)
        cells = np.zeros((len(everyone), 1, held.place.shape[2]))
        for array, cells_of in (
            (drawn.consequences, measured.layout.outcomes),
            (drawn.signals, measured.layout.told),
        ):
            for x, (places, which) in enumerate(cells_of):
                cells[:, 0, places] = array[x][:, which]
        return self._exactly(cells, drawn.values)

    def _exactly(self, cells: Floats, v: Floats) -> Index:
        """Return the index of expectations (N, 1, J) and values (N, K) that are known."""
        nothing = np.zeros_like(cells)
        people = PersonExpectations(np.ones(cells.shape[:2]), cells, nothing, nothing)
        return index_of(people, ImportanceMoments.of(v[None]), self.measured.layout)

    def raw(self) -> dict[str, Any]:
        """Answers as numbers: distance from the neutral answer, and counts of best and worst."""
        cells, v = self._numbers()
        held = self.measured.expected
        assert held is not None
        index = self._exactly(cells, v)
        _, drawn = self._sampled(index, EACH * PLAUSIBLE // 4, EXACT)
        draws = drawn.sizes["chain"] * drawn.sizes["draw"]
        measured = replace(
            self.measured,
            v=np.broadcast_to(v, (draws, *v.shape)),
            log_membership=np.zeros((draws, len(v), 1)),
            expected=_Numbers(cells, held.rated),  # type: ignore[arg-type]
        )
        return self._split(measured, drawn)

    def _numbers(self) -> tuple[Floats, Floats]:
        """Return ratings (N, 1, J), the group's mean where none was asked, and values (N, K)."""
        measured = self.measured
        assert measured.expected is not None and measured.data.best_worst is not None
        rated = measured.expected.rated
        numbers = np.where(rated.answers >= 0, rated.answers - rated.neutral[rated.scale], np.nan)
        for g in np.unique(measured.data.group):
            inside = measured.data.group == g
            mean = np.nanmean(numbers[inside], axis=0)
            numbers[inside] = np.where(np.isnan(numbers[inside]), mean, numbers[inside])
        return numbers[:, None], _best_minus_worst(measured.data)

    def joint(self) -> dict[str, Any]:
        """Everything at once."""
        found = sample_joint(self.measured, seed=self.seed)
        measured = replace(
            self.measured,
            v=found.v,
            expected=found,  # type: ignore[arg-type]
            log_membership=bounded_log(found.membership),
        )
        return self._split(measured, found.posterior) | {"r_hat": found.r_hat}

    def _sampled(
        self, index: Index, draws: int, priors: Mapping[str, float]
    ) -> tuple[Any, xr.Dataset]:
        """Sample the response model at one index; also the model."""
        data = replace(self.measured.data, index=index)
        loaded = load_model(ROOT / "models" / "responses.py")
        model = loaded.build(data, priors=dict(priors))
        settings = FitSettings(draws=draws, tune=300, seed=self.seed, cores=1)
        return model, sample(model, settings)["posterior"].to_dataset()

    def _split(
        self, measured: Measured, posterior: xr.Dataset, *, share: float | None = None
    ) -> dict[str, Any]:
        """Split the gap of the first two groups, all proposals together."""
        given = measured.data.responses
        assert given is not None
        drawn: list[ResponseParameters] = parameters(posterior, given.accept)
        if share is not None:
            drawn = [replace(one, deviation_share=share) for one in drawn]
        groups = np.arange(len(measured.data.groups))
        found = draw_responses(measured, drawn, groups, {"unweighted": None})
        rows = ResponseRows(found, measured, self.questionnaire.floor)
        row = gap_table(found, rows, measured).row(
            by_predicate=pl.col("intervention") == POOLED, named=True
        )
        return {
            "weight": float(posterior["expected_weight"].mean()),
            "verdict": row["verdict"],
            "parts": [row[f"{part}_mean"] for part in PARTS],
            "gap": row["gap_mean"],
            "observed": row["observed_gap"],
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """Numbers in the place of draws of expectations: the same in every draw."""

    cells: Floats  #: (N, 1, J)
    rated: Expectations

    def at(self, _: int) -> PersonExpectations:
        """Return everybody's numbers."""
        nothing = np.zeros_like(self.cells)
        return PersonExpectations(np.ones(self.cells.shape[:2]), self.cells, nothing, nothing)

    def cuts(self, _: int) -> list[Floats]:
        """Return the cut points of every scale: halfway between two numbers."""
        scales = zip(self.rated.levels, self.rated.neutral, strict=True)
        return [np.arange(levels - 1) + 0.5 - neutral for levels, neutral in scales]


def _best_minus_worst(data: ModelData) -> Floats:
    """Return how much more often a person chose each value as best than as worst, (N, K)."""
    tasks = data.best_worst
    assert isinstance(tasks, BestWorst)
    counts = np.zeros((len(data.respondents), len(data.values)))
    for chosen, sign in ((tasks.best, 1.0), (tasks.worst, -1.0)):
        there = chosen >= 0
        at = tasks.shown[there, chosen[there]]
        np.add.at(counts, (tasks.person[there], at), sign)
    return np.asarray(counts - counts.mean(axis=1, keepdims=True))


def summarise(rows: Sequence[Row]) -> list[Figure]:
    """Set every route beside the truth, by truth."""
    figures = []
    for truth in NAMED:
        done = [row.shown for row in rows if row.cell == f"truth={truth}" and row.shown]
        for route in ROUTES:
            found = [r[route] for r in done if r.get(route)]
            if not found:
                continue
            verdicts = [f["verdict"] for f in found]
            wrong = sum(v in CONFIDENT and v != truth for v in verdicts)
            weight = np.mean([f["weight"] / r["weight"] for f, r in zip(found, done, strict=True)])
            off = [
                np.abs(np.array(f["parts"][:4]) - r["true"]).max()
                for f, r in zip(found, done, strict=True)
            ]
            said = ", ".join(f"{v} ×{verdicts.count(v)}" for v in dict.fromkeys(verdicts))
            value = f"{said}; β {weight:.2f} of the true one; worst part off by {np.mean(off):.3f}"
            figures.append(Figure(f"{truth}: {route}", value, "", None if not wrong else False))
    return figures


def suites() -> tuple[Suite, ...]:
    """Return the one suite."""
    one = Suite(
        name="routes",
        title="Four ways to carry error of measurement into the split of a gap, on equal surveys.",
        cells=grid(REPLICATES, truth=NAMED),
        settings={
            "people": PEOPLE,
            "draws": DRAWS,
            "tune": TUNE,
            "plausible": PLAUSIBLE,
            "each": EACH,
            "effect": DEFAULT_EFFECT,
            "models": {m: model_digest(ROOT / "models" / f"{m}.py") for m in MODELS},
            "code": code_digest("fitting.conditioning"),
        },
        prepare=prepare,
        summarise=summarise,
        limit_s=5400.0,
    )
    return (one,)
