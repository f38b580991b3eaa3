"""The acceptance suite (method, section 7): surveys of seven known truths, and what is said.

Every replicate simulates a survey of the short instrument, fits it as the product does, and keeps
the verdict and whether the intervals of displayed quantities hold the true values. The number of
worldviews is taken as known, two, which saves three quarters of the time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.gap_tables import POOLED, RATIONALISED, UNDERSTATED
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import Truth, default_truth, simulate_survey
from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.truths import DEFAULT_EFFECT, NAMES, named_truth
from mfp_stats.workflow.prefield.fit import FittedSurvey, fit_survey
from mfp_stats.workflow.prefield.rows import CLASSES, DRAWS, MODELS, TUNE
from tests.suites.coverage import Tally, coverage_figures, tally
from tests.suites.intervals import share_words
from tests.suites.next_wave import next_wave_figures, score_next_wave
from tests.suites.provenance import ROOT, code_digest, model_digest
from tests.suites.rows import Row
from tests.suites.suite import Cell, Figure, Replicate, Suite, grid

#: Truths in which one cause carries the gap, and should be named.
NAMED: Final = ("values", "models", "signals", "residual")
#: Verdicts that state something.
CONFIDENT: Final = (*NAMED, "no_gap")
#: What a confident verdict may be under each truth. Where beliefs are rationalised the gap is a
#: residual one, and the observational split, which cannot know, is to be flagged.
RIGHT: Final[Mapping[str, tuple[str, ...]]] = {
    **{name: (name,) for name in NAMED},
    "style": ("no_gap",),
    "none": ("no_gap",),
    "rationalised": ("residual",),
}
SIZES: Final = {300: 6, 900: 12, 2700: 4}
#: Of rationalised beliefs only these have a truth: what people state is not what they expect.
TRUE_ANYWAY: Final = ("gap", "acceptance", "overlap")
#: What makes estimates, verdicts and warnings out of draws.
CODE: Final = (
    "fitting.conditioning",
    *(
        f"quantities.{name}"
        for name in (
            *("expected", "gap_tables", "gaps", "index", "observed_acceptance", "overlap"),
            *("persons", "population", "response_draws", "shapley"),
            *("stipulated", "values", "verdicts", "weighted_residual"),
        )
    ),
    *(f"simulate.{name}" for name in ("decomposition", "people", "survey", "truths")),
)
#: Surveys in which everything differs between groups a little, for intervals: in the seven truths
#: nearly everything is the same, as it never is.
MIXED: Final = "mixed"
MIXED_SIZES: Final = {300: 6, 900: 12}


class Quiet:
    """A report that nobody reads."""

    def begin(self, step: str) -> None:
        """Do nothing."""

    def progress(self, chains: object) -> None:
        """Do nothing."""

    def cancelled(self) -> bool:
        """Never."""
        return False


def fit(
    data: ModelData, questionnaire: Questionnaire, settings: FitSettings, *, root: Path = ROOT
) -> FittedSurvey:
    """Fit values, worldviews, expectations and responses as the check before fieldwork does."""
    models = {name: load_model(root / "models" / f"{name}.py") for name in MODELS}
    return fit_survey(data, questionnaire, models, settings, Quiet())  # type: ignore[arg-type]


def prepare(cell: Cell) -> Replicate:
    """Return what runs the replicates of one truth and size."""
    questionnaire = load(ROOT / "tests" / "acceptance")
    return partial(replicate, questionnaire, str(cell.options["truth"]), int(cell.options["n"]))


def replicate(questionnaire: Questionnaire, name: str, n: int, seed: int) -> dict[str, Any]:
    """Simulate and fit one survey."""
    if name == MIXED:
        truth = default_truth(questionnaire, seed=seed, classes=CLASSES)
    else:
        truth = named_truth(questionnaire, name, seed=seed)
    simulated = simulate_survey(questionnaire, truth, n=n, seed=seed)
    data = build_model_data(simulated.sheet, questionnaire)
    # Ratings are what response style is about; elsewhere they only take time.
    evidence = data if name == "style" else replace(data, ratings=None)
    found = fit(evidence, questionnaire, FitSettings(draws=DRAWS, tune=TUNE, seed=seed, cores=1))
    if found.failed:
        return {"refused": found.failed}
    gap = found.table("gap")
    pooled = gap.filter(intervention=POOLED).row(0, named=True)
    true = true_decomposition(questionnaire, truth, people=20_000)
    result = {
        "verdict": pooled["verdict"],
        "probability": pooled["verdict_probability"],
        "each": gap.filter(pl.col("intervention") != POOLED)["verdict"].to_list(),
        "warning": pooled["warning"],
        "warnings": gap.filter(pl.col("intervention") != POOLED)["warning"].to_list(),
        "disagreement": pooled["disagreement_probability"],
        "parts": [pooled[f"{part}_mean"] for part in PARTS],
        "gap": pooled["gap_mean"],
        "covered": {
            kind: held
            for kind, held in _covered(found, true, truth, data).items()
            if name != "rationalised" or kind in TRUE_ANYWAY
        },
    }
    result["next_wave"] = score_next_wave(found, questionnaire, truth, n=n, seed=seed)
    return result | (_style(found) if name == "style" else {})


def _covered(
    found: FittedSurvey, true: xr.Dataset, truth: Truth, data: ModelData
) -> dict[str, dict[str, Tally]]:
    """Count for each kind of quantity the intervals that hold the truth, and all of them."""
    gap = found.table("gap").filter(pl.col("intervention") != POOLED).to_dicts()
    accepts = found.table("acceptance").to_dicts()
    share = {
        (row["group"], row["intervention"]): float(
            true["acceptance"].sel(group=row["group"], intervention=row["intervention"])
        )
        for row in accepts
    }
    a, b = data.groups[:2]
    # Like groups overlap by 1, the end of the scale; rounded more finely than what is shown.
    overlap = round(float(true["overlap"].sel(reference=a, other=b)), 3)
    shown = [
        {name: round(row[name], 3) for name in row if name.startswith("normalised_")}
        for row in found.table("overlap_revealed").iter_rows(named=True)
    ]
    return {
        "gap": tally((row, "gap", _true_gap(true, row, (a, b))) for row in gap),
        "cause": tally(
            (row, part, _true_split(true, row, part, (a, b))) for row in gap for part in PARTS
        ),
        "acceptance": tally(
            ((r, "accepts", share[r["group"], r["intervention"]]) for r in accepts), around=None
        ),
        "overlap": tally(((row, "normalised", overlap) for row in shown), around=1.0),
        "divergence": tally(_expected(found, truth, data)),
    }


def _true_gap(true: xr.Dataset, row: Mapping[str, Any], pair: tuple[str, str]) -> float:
    at = {"reference": pair[0], "other": pair[1], "intervention": row["intervention"]}
    return float(true["gap"].sel(at))


def _true_split(
    true: xr.Dataset, row: Mapping[str, Any], part: str, pair: tuple[str, str]
) -> float:
    at = {"intervention": row["intervention"], "part": part}
    forward, back = (
        float(true["phi"].sel(reference=r, other=o, **at)) for r, o in (pair, pair[::-1])
    )
    return (forward - back) / 2


def _expected(
    found: FittedSurvey, truth: Truth, data: ModelData
) -> Iterator[tuple[Mapping[str, Any], str, float]]:
    """Yield every outcome's difference in expectations with the true one."""
    # membership is independent of what groups deviate by
    expects = (
        np.einsum("gc,cxk->gxk", truth.class_shares, truth.consequence_means)
        + truth.consequence_deviations
    )
    a, b = (truth.groups.index(g) for g in data.groups[:2])
    for row in found.table("divergence").iter_rows(named=True):
        x = truth.interventions.index(row["intervention"])
        k = truth.values.index(row["value"])
        yield row, "difference", float(expects[b, x, k] - expects[a, x, k])


def _style(found: FittedSurvey) -> dict[str, Any]:
    """Return claimed overlap, and whether any importance share differs credibly between groups."""
    overlap = found.table("overlap_claimed").row(0, named=True)
    shares = found.table("values_claimed")
    first, second = shares["group"].unique(maintain_order=True).to_list()[:2]
    both = shares.filter(group=first).join(shares.filter(group=second), on="value")
    apart = (both["q05"] > both["q95_right"]) | (both["q95"] < both["q05_right"])
    return {"overlap": overlap["normalised_mean"], "apart": int(apart.sum()), "values": len(both)}


def summarise(rows: Sequence[Row]) -> list[Figure]:
    """Set the rows against what issue and method ask for."""
    done = [row for row in rows if row.result is not None and "refused" not in row.result]
    refused = sum(row.result is not None and "refused" in row.result for row in rows)
    crashed = sum(row.failure is not None for row in rows)
    return [
        Figure("replicates", f"{len(rows)}", "", None),
        Figure("refused by the gate", f"{refused}", "counted", None),
        Figure("failed", f"{crashed}", "0", crashed == 0),
        *_confident(done),
        *_power(rows),
        *coverage_figures([row.result for row in done if row.result]),
        *_special(done),
        *_flagged(rows),
        *next_wave_figures([row.result for row in done if row.result]),
    ]


def _of(rows: Sequence[Row], truth: str, n: int) -> list[Mapping[str, Any]]:
    return [r.result for r in rows if r.cell == f"truth={truth} n={n}" and r.result is not None]


def _confident(rows: Sequence[Row]) -> list[Figure]:
    wrong: dict[str, int] = {}
    confident = 0
    for truth in NAMES:
        for n in SIZES:
            for result in _of(rows, truth, n):
                if result["verdict"] not in CONFIDENT:
                    continue
                confident += 1
                if result["verdict"] not in RIGHT[truth]:
                    wrong[f"{truth} n={n}"] = wrong.get(f"{truth} n={n}", 0) + 1
    number = sum(wrong.values())
    worst = max(wrong.values(), default=0)
    passed = None if not confident else number <= 0.05 * confident
    return [
        Figure(
            "confident verdicts that are wrong", share_words(number, confident), "≤ 5 %", passed
        ),
        Figure("most of them for one truth and n", f"{worst}", "≤ 1", worst <= 1),
    ]


def _power(rows: Sequence[Row]) -> list[Figure]:
    figures = []
    for truth in (*NAMED, "none"):
        # A refused survey has no right verdict.
        found = [r.get("verdict") for r in _of(rows, truth, 900)]
        right = sum(v == truth for v in found)
        least, of = 10, 12
        if truth == "none":
            right, least = sum(v in ("no_gap", "cannot_tell") for v in found), 11
        passed = right >= least * len(found) / of if len(found) >= of else None
        name = f"{truth}, n = 900: right verdict"
        figures.append(Figure(name, share_words(right, len(found)), f"≥ {least} of {of}", passed))
    return figures


def _special(rows: Sequence[Row]) -> list[Figure]:
    styled = [r for n in SIZES for r in _of(rows, "style", n)]
    figures = []
    if styled:
        mean = float(np.mean([r["overlap"] for r in styled]))
        figures.append(
            Figure("style only: mean claimed overlap", f"{mean:.3f}", "≥ 0.97", mean >= 0.97)
        )
        apart, of = sum(r["apart"] for r in styled), sum(r["values"] for r in styled)
        figures.append(
            Figure(
                "style only: importance apart", share_words(apart, of), "≤ 5 %", apart <= 0.05 * of
            )
        )
    return figures


def _flagged(rows: Sequence[Row]) -> list[Figure]:
    """Count warnings of the randomised check where they are due, and where they are not.

    A refused survey has no warning.
    """
    found = _of(rows, "rationalised", 900)
    due = sum(r.get("warning") == RATIONALISED for r in found)
    passed = due >= 0.8 * len(found) if len(found) >= SIZES[900] else None
    figures = [
        Figure("rationalised, n = 900: flagged", share_words(due, len(found)), "≥ 80 %", passed)
    ]
    others = [r for r in rows if r.result is not None and "rationalised" not in r.cell]
    told = [r.result for r in others if r.result and "warning" in r.result]
    for warning in (RATIONALISED, UNDERSTATED):
        pooled = sum(r["warning"] == warning for r in told)
        each = [w for r in told for w in r["warnings"]]
        for what, count, of in (
            ("all proposals together", pooled, len(told)),
            ("single proposals", each.count(warning), len(each)),
        ):
            name = f"called {warning} where nothing is, {what}"
            figures.append(Figure(name, share_words(count, of), "", None))
    return figures


def suites() -> tuple[Suite, ...]:
    """Return the one suite; its rows are comparable while models and settings stay the same."""
    one = Suite(
        name="acceptance",
        title="Seven truths: right verdicts or “cannot tell”, and intervals that hold the truth.",
        cells=(
            *grid(lambda options: SIZES[int(options["n"])], truth=NAMES, n=SIZES),
            *grid(lambda options: MIXED_SIZES[int(options["n"])], truth=(MIXED,), n=MIXED_SIZES),
        ),
        settings={
            "draws": DRAWS,
            "tune": TUNE,
            "classes": CLASSES,
            "effect": DEFAULT_EFFECT,
            "models": {m: model_digest(ROOT / "models" / f"{m}.py") for m in MODELS},
            "code": code_digest(*CODE),
        },
        prepare=prepare,
        summarise=summarise,
        limit_s=3600.0,
    )
    return (one,)
