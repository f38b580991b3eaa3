"""Columns of a regression from answers of any kind, scaled so that one prior suits all.

A step between two neighbouring levels of an ordinal answer has its own coefficient, so that a
record need not act in equal steps; of a nominal one every level, around their mean; of a number its
slope over two standard deviations (Gelman 2008).
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Experience, Floats, Ints, Predictor
from mfp_stats.likelihoods.categories import zero_sum_basis


@dataclass(frozen=True, slots=True, eq=False)
class PredictorCode:
    """Columns of one predictor: the raw ones less ``centre``, 0 where there is no answer."""

    predictor: Predictor
    centre: Floats  #: (P,) their mean over those who answered
    unit: tuple[float, float]  #: of a number, what is taken off and what it is divided by

    @classmethod
    def of(cls, predictor: Predictor, answers: Floats) -> "PredictorCode":
        """Take the centre and the unit from answers (N,), NaN where missing."""
        known = answers[~np.isnan(answers)]
        unit = (float(known.mean()), 2 * float(known.std()) or 1.0)
        raw = _raw(predictor, known, unit)
        return cls(predictor, raw.mean(axis=0), unit)

    def __call__(self, answers: Floats) -> Floats:
        """Return the columns of answers (n,), (n, P)."""
        known = ~np.isnan(answers)
        found = np.zeros((len(answers), len(self.centre)))
        found[known] = _raw(self.predictor, answers[known], self.unit) - self.centre
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ExperienceCode:
    """Columns of all J predictors side by side, P in all."""

    codes: tuple[PredictorCode, ...]
    columns: Floats  #: (N, P)
    predictor: Ints  #: (P,) which predictor a column is of

    @classmethod
    def of(cls, experience: Experience) -> "ExperienceCode":
        """Code the answers of one survey."""
        pairs = zip(experience.predictors, experience.answers.T, strict=True)
        codes = tuple(PredictorCode.of(predictor, answers) for predictor, answers in pairs)
        parts = [code(a) for code, a in zip(codes, experience.answers.T, strict=True)]
        sizes = [part.shape[1] for part in parts]
        return cls(codes, np.concatenate(parts, axis=1), np.repeat(np.arange(len(parts)), sizes))


def _raw(predictor: Predictor, answers: Floats, unit: tuple[float, float]) -> Floats:
    """Return the columns before they are centred, (n, P)."""
    levels = len(predictor.places)
    match predictor.kind:
        case "number":
            return np.asarray(((answers - unit[0]) / unit[1])[:, None])
        case "ordinal":
            steps = answers[:, None] >= np.arange(1, levels)
            # All steps together are as long as one of two levels.
            return np.asarray(steps / np.sqrt(levels - 1))
        case _:
            return np.asarray(zero_sum_basis(levels)[answers.astype(np.int64)])
