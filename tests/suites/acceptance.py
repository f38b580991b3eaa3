"""The acceptance suite (method, section 7): surveys of seven known truths, and what is said.

Every replicate simulates a survey of the short instrument, fits it as the product does, and keeps
the verdict and whether the intervals of displayed quantities hold the true values. The number of
worldviews is taken as known, two, which saves three quarters of the time.
"""

from collections.abc import Mapping, Sequence
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
from mfp_stats.quantities.gap_draws import RATIONALISED, UNDERSTATED
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import Truth, default_truth, simulate_survey
from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.truths import DEFAULT_EFFECT, NAMES, named_truth
from mfp_stats.workflow.prefield.fit import FittedSurvey, fit_survey, told
from mfp_stats.workflow.prefield.plan import NONE
from mfp_stats.workflow.prefield.rows import CLASSES, DRAWS, MODELS, TUNE
from mfp_stats.workflow.prefield.survey import widest_split
from tests.suites.coverage import WIDTH, coverage_figures, tally
from tests.suites.displayed import PEOPLE, covered, joint_claims, joint_figures, single_verdicts
from tests.suites.intervals import share_words
from tests.suites.next_wave import next_wave_figures, score_next_wave
from tests.suites.prefield import prefield_figures
from tests.suites.provenance import ROOT, code_digest, model_digest
from tests.suites.rows import Row
from tests.suites.suite import Cell, Figure, Replicate, Suite, grid, outcomes

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
TRUE_ANYWAY: Final = (
    *("gap", "acceptance", "overlap", "share", "signal"),
    *("signal in a worldview", "worldview in a group"),
)
#: What makes estimates, verdicts and warnings out of draws.
CODE: Final = (
    "fitting.conditioning",
    *(
        f"quantities.{name}"
        for name in (
            *("expected", "gap_draws", "gap_tables", "gaps", "group_expectations", "index"),
            "judged_gap",
            *("observed_acceptance", "overlap"),
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
#: What figures do not say of themselves.
NOTE: Final = (
    "The number of worldviews, two, is taken as known, and nobody is weighted. Intervals of one "
    "survey have errors in common, so that counts over all of them are less certain than binomial "
    "intervals say. Estimates lean towards no difference: where there is none, intervals hold it "
    "more often than 90 % of the time. Shares of a gap, swaps, splits from one group, worldviews' "
    "shares and signals within worldviews are counted in later rows only. Not counted are guesses, "
    "and overlap in ratings."
)


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


def truth_of(questionnaire: Questionnaire, name: str, seed: int) -> Truth:
    """Return a named truth, or one in which everything differs a little."""
    if name == MIXED:
        return default_truth(questionnaire, seed=seed, classes=CLASSES)
    return named_truth(questionnaire, name, seed=seed)


def replicate(questionnaire: Questionnaire, name: str, n: int, seed: int) -> dict[str, Any]:
    """Simulate and fit one survey."""
    truth = truth_of(questionnaire, name, seed)
    simulated = simulate_survey(questionnaire, truth, n=n, seed=seed)
    data = build_model_data(simulated.sheet, questionnaire)
    # Ratings are what response style is about; elsewhere they only take time.
    evidence = data if name == "style" else replace(data, ratings=None)
    found = fit(evidence, questionnaire, FitSettings(draws=DRAWS, tune=TUNE, seed=seed, cores=1))
    if found.failed:
        return {"refused": found.failed}
    gap = found.table("gap")
    pooled = gap.filter(intervention=POOLED).row(0, named=True)
    true = true_decomposition(questionnaire, truth, people=PEOPLE)
    result = {
        "verdict": pooled["verdict"],
        "probability": pooled["verdict_probability"],
        "each": gap.filter(pl.col("intervention") != POOLED)["verdict"].to_list(),
        "singly": single_verdicts(found, true, RIGHT[name] if name == "rationalised" else ()),
        "warning": pooled["warning"],
        "warnings": gap.filter(pl.col("intervention") != POOLED)["warning"].to_list(),
        "disagreement": pooled["disagreement_probability"],
        "checked": pooled["checked_probability"],
        "parts": [pooled[f"{part}_mean"] for part in PARTS],
        "gap": pooled["gap_mean"],
        "covered": {
            kind: held
            for kind, held in covered(found, true, questionnaire, truth).items()
            if name != "rationalised" or kind in TRUE_ANYWAY
        },
    }
    result["joint"] = joint_claims(found, true)
    if name in (*NAMED, NONE):
        result["check"] = _as_checked(found, true, name)
    result["next_wave"] = score_next_wave(found, questionnaire, truth, n=n, seed=seed)
    return result | (_style(found) if name == "style" else {})


def _as_checked(found: FittedSurvey, true: xr.Dataset, name: str) -> dict[str, Any]:
    """Return what a check before fieldwork would keep of the survey."""
    if name == NONE:
        return {"split": [0.0] * len(PARTS), "widest": [], **told(found)}
    split, widest = widest_split(true, found.data.groups)
    return {"split": [float(part) for part in split], "widest": list(widest), **told(found)}


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
    done = [row for row in rows if row.shown]
    results = [row.shown for row in done if row.shown]
    return [
        *outcomes(rows),
        *_confident(done),
        *_power(rows),
        *coverage_figures([*results, *pooled_coverage(done)]),
        *joint_figures(results),
        *_special(done),
        *_flagged(rows),
        *next_wave_figures(results),
        *prefield_figures(rows),
    ]


def pooled_coverage(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Count intervals of all proposals together that hold the truth, as ``covered`` does.

    Of the four truths that name a cause. Kept are means and covariances, so that intervals are
    normal ones. All proposals of a truth have its gap; each part is turned as the gap is.
    """
    found = []
    for row in rows:
        if row.result is None or not any(row.cell.startswith(f"truth={t} ") for t in NAMED):
            continue
        (pair,) = row.result["check"]["pairs"]
        mean, true = np.array(pair["mean"]), np.array(row.result["check"]["split"])
        covariance = np.array(pair["covariance"])
        sd = np.sqrt(covariance.diagonal())
        whole = _normal("gap", mean.sum(), np.sqrt(covariance.sum()), true.sum())
        each = [_normal("part", *numbers) for numbers in zip(mean, sd, true, strict=True)]
        counts = {"gap, all proposals": tally([whole]), "cause, all proposals": tally(each)}
        found.append({"covered": counts})
    return found


def _normal(name: str, mean: float, sd: float, true: float) -> tuple[dict[str, float], str, float]:
    """Return a row for :func:`tests.suites.coverage.tally` with a normal 90 % interval."""
    ends = {f"{name}_q05": mean - WIDTH / 2 * sd, f"{name}_q95": mean + WIDTH / 2 * sd}
    return {f"{name}_mean": mean, **ends}, name, true


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
        *_singly(rows),
    ]


def _singly(rows: Sequence[Row]) -> list[Figure]:
    """Count confident verdicts on single proposals; those of one survey have errors in common."""
    figures = []
    for mixed, what in ((False, "the seven truths"), (True, "where everything differs a little")):
        told = [
            word
            for row in rows
            if row.result is not None and (f"truth={MIXED}" in row.cell) == mixed
            for word in row.result["singly"]
        ]
        wrong, confident = told.count("wrong"), len(told) - told.count("open")
        passed = None if not confident else wrong <= 0.05 * confident
        name = f"single proposals, {what}: confident verdicts that are wrong"
        figures.append(Figure(name, share_words(wrong, confident), "≤ 5 %", passed))
    return figures


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
        note=NOTE,
        limit_s=3600.0,
    )
    return (one,)
