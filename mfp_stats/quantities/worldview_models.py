"""How many worldviews there are, or whether people differ by degree: compared, never forced.

Candidates are compared by how well they predict the answers of a person left out: PSIS-LOO with
a whole person as the unit (Vehtari, Gelman & Gabry 2017; Vehtari et al. 2024).
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import arviz as az
import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats
from mfp_stats.errors import Fault, FitRefused

CONTINUUM: Final = "continuum"
#: A difference counts where it exceeds this many standard errors ...
SURE: Final = 2.0
#: ... and this many log units: below it the normal approximation says little (Sivula et al. 2020).
SMALL: Final = 4.0
#: So many log units a person are next to nothing: one person's answers, about 3 % likelier.
LITTLE: Final = 0.03
#: Log densities that differ by no more than this over all draws do not depend on the draw.
ROUNDING: Final = 1e-9

Verdict = Literal["worldviews", "one_worldview", "gradual", "cannot_tell"]

_WORDS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """How well a model predicts each person left out. N = persons."""

    elpd: Floats  #: (N,) expected log predictive density
    high_pareto_k: int  #: persons for whom the approximation is unreliable

    @property
    def total(self) -> float:
        """Sum over persons."""
        return float(self.elpd.sum())

    @property
    def se(self) -> float:
        """Standard error of the sum."""
        return float(np.sqrt(len(self.elpd)) * self.elpd.std())


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A model that was fitted. ``prediction`` is None where its draws failed their checks."""

    classes: int  #: 0 for the continuum
    prediction: Prediction | None

    @property
    def name(self) -> str:
        """Its name in tables."""
        return model_name(self.classes)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Which candidate is reported, and what may be said about it."""

    candidates: tuple[Candidate, ...]
    chosen: int  #: number of worldviews reported
    verdict: Verdict
    #: No larger number could be compared with the chosen one, which is more than one.
    at_limit: bool

    def table(self) -> pl.DataFrame:
        """Return the table ``worldview_models``: best predictor first, unusable ones last.

        ``elpd_difference`` is the distance behind the best usable model and ``difference_se`` its
        standard error; figures of a model that failed its checks are null.
        """
        best = max(_usable(self.candidates), key=lambda c: _of(c).total)
        rows = [self._row(c, _of(best)) for c in self.candidates]
        return pl.DataFrame(rows, schema=_SCHEMA).sort("elpd", descending=True, nulls_last=True)

    @property
    def cautions(self) -> tuple[str, ...]:
        """Say, as sentences, which other numbers of worldviews could not be compared."""
        found = []
        if _only_one(self.candidates):
            found.append(
                "All people are taken together only because no division of them into worldviews "
                "could be compared: the draws of each did not pass their checks. Fit again with "
                "more draws before anything is made of it."
            )
        if any(0 < c.classes < self.chosen and c.prediction is None for c in self.candidates):
            found.append(
                f"Fewer than {self.chosen} worldviews might predict the answers as well: the draws "
                "of a coarser division did not pass their checks."
            )
        if self.at_limit:
            failed = any(c.classes > self.chosen for c in self.candidates)
            why = (
                "the draws of a finer division did not pass their checks"
                if failed
                else "finer divisions than that are not looked for"
            )
            found.append(
                f"More than {self.chosen} worldviews might predict the answers better still: {why}."
            )
        return tuple(found)

    def _row(self, candidate: Candidate, best: Prediction) -> dict[str, object]:
        found, chosen = candidate.prediction, candidate.classes == self.chosen
        difference, error = (None, None) if found is None else _difference(found, best)
        return {
            "model": candidate.name,
            "classes": candidate.classes,
            "elpd": None if found is None else found.total,
            "se": None if found is None else found.se,
            "elpd_difference": difference,
            "difference_se": error,
            "high_pareto_k": None if found is None else found.high_pareto_k,
            "chosen": chosen,
            "shown": chosen,
            "verdict": self.verdict,
            "at_limit": self.at_limit,
        }


_SCHEMA: Final = {
    "model": pl.String,
    "classes": pl.Int64,
    "elpd": pl.Float64,
    "se": pl.Float64,
    "elpd_difference": pl.Float64,
    "difference_se": pl.Float64,
    "high_pareto_k": pl.Int64,
    "chosen": pl.Boolean,
    "shown": pl.Boolean,
    "verdict": pl.String,
    "at_limit": pl.Boolean,
}


def model_name(classes: int) -> str:
    """Return ``one_class``, ``two_classes``, ...; ``continuum`` for 0."""
    if classes == 0:
        return CONTINUUM
    word = _WORDS[classes - 1] if classes <= len(_WORDS) else str(classes)
    return f"{word}_class" if classes == 1 else f"{word}_classes"


def predict_left_out(log_likelihood: xr.DataArray) -> Prediction:
    """Estimate how a model predicts each person from all the others.

    Parameters
    ----------
    log_likelihood
        ``person_log_likelihood`` of a model, dims (chain, draw, respondents).
    """
    values = log_likelihood.transpose("chain", "draw", "respondents").values
    # Whoever answered nothing is predicted alike by every draw, rounding apart: their density is
    # what it is, and has no tail from which its error could be read.
    informative = np.ptp(values, axis=(0, 1)) > ROUNDING
    elpd, high = values.mean(axis=(0, 1)), 0
    if informative.any():
        elpd[informative], high = _psis_loo(log_likelihood.isel(respondents=informative))
    return Prediction(np.asarray(elpd, dtype=np.float64), high)


def _psis_loo(log_likelihood: xr.DataArray) -> tuple[Floats, int]:
    """Return each person's expected log density and how many of them are unreliable."""
    tree = xr.DataTree.from_dict(
        {
            # ArviZ takes the draws' relative efficiency from a posterior group.
            "posterior": xr.Dataset({"total": log_likelihood.sum("respondents")}),
            "log_likelihood": xr.Dataset({"person": log_likelihood}),
        }
    )
    with warnings.catch_warnings():
        # Counted below and shown beside the figure.
        warnings.filterwarnings("ignore", "Estimated shape parameter of Pareto", UserWarning)
        found: Any = az.loo(tree, pointwise=True, var_name="person")
    high = int((found.pareto_k > found.good_k).sum())
    return np.asarray(found.elpd_i.values, dtype=np.float64), high


def compare(candidates: Sequence[Candidate]) -> Comparison:
    """Choose the number of worldviews.

    The smallest number that no larger one beats credibly: by more than ``SURE`` standard errors
    of the paired difference and ``SMALL`` log units. Worldviews are claimed only where they also
    beat the continuum credibly; where the continuum beats them, and a division into several was
    compared, differences are gradual; otherwise the survey cannot tell. "One" is said only where
    neither two worldviews nor the continuum, both compared, might predict better by more than
    next to nothing.

    Raises
    ------
    FitRefused
        No mixture passed its checks.
    """
    mixtures = sorted((c for c in _usable(candidates) if c.classes), key=lambda c: c.classes)
    if not mixtures:
        fault = Fault("worldviews", "no number of worldviews passed the checks of its draws")
        raise FitRefused(fault)
    chosen = next(c for c in mixtures if not any(_beats(d, c) for d in _above(mixtures, c)))
    largest = mixtures[-1].classes
    return Comparison(
        candidates=tuple(candidates),
        chosen=chosen.classes,
        verdict=_verdict(chosen, candidates),
        at_limit=chosen.classes == largest > 1,
    )


def is_promising(candidates: Sequence[Candidate]) -> bool:
    """Say whether a larger number of worldviews than those fitted so far is worth fitting.

    It is not once a number is credibly worse than a smaller one, or fails its checks where a
    smaller one of at least two passed: dividing people more finely tells chains apart ever less.

    Parameters
    ----------
    candidates
        What was fitted, the smallest number of worldviews first; the continuum does not count.
    """
    *fewer, last = [c for c in candidates if c.classes]
    if last.prediction is None:
        return not any(c.classes > 1 for c in _usable(fewer))
    return not any(_beats(c, last) for c in _usable(fewer))


def _verdict(chosen: Candidate, candidates: Sequence[Candidate]) -> Verdict:
    if _only_one(candidates):
        return "cannot_tell"
    continuum = [c for c in _usable(candidates) if not c.classes]
    if any(_beats(rival, chosen) for rival in continuum):
        return "gradual"
    if chosen.classes == 1:
        second = [c for c in _usable(candidates) if c.classes == 2]
        told = second and continuum and not any(_may_beat(r, chosen) for r in second + continuum)
        return "one_worldview" if told else "cannot_tell"
    if continuum and all(_beats(chosen, rival) for rival in continuum):
        return "worldviews"
    return "cannot_tell"


def _only_one(candidates: Sequence[Candidate]) -> bool:
    """Say whether of several numbers of worldviews none above one passed its checks."""
    several = [c for c in candidates if c.classes > 1]
    return bool(several) and all(c.prediction is None for c in several)


def _above(candidates: Sequence[Candidate], candidate: Candidate) -> list[Candidate]:
    return [c for c in candidates if c.classes > candidate.classes]


def _usable(candidates: Sequence[Candidate]) -> list[Candidate]:
    return [c for c in candidates if c.prediction is not None]


def _of(candidate: Candidate) -> Prediction:
    assert candidate.prediction is not None
    return candidate.prediction


def _beats(candidate: Candidate, rival: Candidate) -> bool:
    difference, error = _difference(_of(candidate), _of(rival))
    return difference > max(SURE * error, SMALL)


def _may_beat(rival: Candidate, candidate: Candidate) -> bool:
    """Say whether a rival might predict better, by more than next to nothing."""
    difference, error = _difference(_of(rival), _of(candidate))
    return difference + SURE * error > max(SMALL, LITTLE * len(_of(rival).elpd))


def _difference(one: Prediction, other: Prediction) -> tuple[float, float]:
    """Return the summed difference and the standard error of a sum of paired differences."""
    each = one.elpd - other.elpd
    return float(each.sum()), float(np.sqrt(len(each)) * each.std())
