"""From rows of a check to how often a survey would reach each verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mfp_stats.quantities.power import (
    FittedSplit,
    Share,
    left_of_truth,
    pool_shares,
    verdict_shares,
)
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.workflow.prefield.plan import NONE, SurveyTask

#: What one survey left, see :func:`mfp_stats.workflow.prefield.fit.survey_row`.
type Result = Mapping[str, Any]
#: Surveys of one pair and truth: the true split of the widest gap, and the pair's posterior.
type _Fits = list[tuple[Sequence[float], Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What all surveys of a check say together."""

    complete: bool  #: whether values, models and signals were all measured
    left: float  #: how much of the truth priors leave in estimates

    @classmethod
    def of(cls, results: Sequence[Result]) -> Self:
        """Learn it from the surveys in which every block is whole."""
        shown = [result for result in results if result["pairs"]]
        return cls(
            complete=all(len(result["causes"]) == len(CAUSES) for result in shown),
            left=left_of_truth([fit for result in shown for fit in _widest(result)]),
        )

    def said(self, pair: Mapping[str, Any], split: Sequence[float]) -> dict[str, float]:
        """Return the share of surveys that reach each verdict on a pair."""
        return verdict_shares(
            np.array(split), np.array(pair["covariance"]), left=self.left, complete=self.complete
        )


def _widest(result: Result) -> Iterator[FittedSplit]:
    """Yield the fit of the pair that the true split is of, where it is shown."""
    for pair in result["pairs"]:
        if {pair["group_a"], pair["group_b"]} == set(result["widest"]):
            mean, covariance = np.array(pair["mean"]), np.array(pair["covariance"])
            yield FittedSplit(np.array(result["split"]), mean, covariance)


def power_records(
    results: Sequence[tuple[SurveyTask, Result]], learnt: Learnt
) -> Iterator[dict[str, Any]]:
    """Yield what surveys would say, one record a pair of groups and truth.

    Every pair is taken to be as far apart as the two most different groups are in the truth, so
    that pairs differ only in how well they are known.

    Parameters
    ----------
    results
        Of surveys in which every block is whole.
    learnt
        From all of them.
    """
    for (a, b), of_truth in _by_pair(results).items():
        said = {
            truth: [learnt.said(pair, split) for split, pair in fits]
            for truth, fits in of_truth.items()
        }
        right = pool_shares({t: [s[right_verdict(t)] for s in each] for t, each in said.items()})
        wrong = pool_shares({t: [_wrong(t, s) for s in each] for t, each in said.items()})
        for truth, fits in of_truth.items():
            verdicts = [pair["verdict"] for _, pair in fits]
            yield {
                "truth": truth,
                "group_a": a,
                "group_b": b,
                **_columns("right", right[truth]),
                **_columns("wrong", wrong[truth]),
                "no_gap": _mean(said[truth], "no_gap"),
                "cannot_tell": _mean(said[truth], "cannot_tell"),
                "fits": len(fits),
                "fits_right": sum(v == right_verdict(truth) for v in verdicts),
                "fits_wrong": sum(v not in (right_verdict(truth), "cannot_tell") for v in verdicts),
            }


def least_power(truth: str, result: Result, learnt: Learnt) -> float | None:
    """Return the power for the pair for which it is least; None where there is no gap, or pair."""
    if truth == NONE or not result["pairs"]:
        return None
    return min(learnt.said(pair, result["split"])[truth] for pair in result["pairs"])


def right_verdict(truth: str) -> str:
    """Return what a survey should say of a truth."""
    return "no_gap" if truth == NONE else truth


def _by_pair(
    results: Sequence[tuple[SurveyTask, Result]],
) -> dict[tuple[str, str], dict[str, _Fits]]:
    found: dict[tuple[str, str], dict[str, _Fits]] = {}
    for task, result in results:
        for pair in result["pairs"]:
            key = (pair["group_a"], pair["group_b"])
            found.setdefault(key, {}).setdefault(task.truth, []).append((result["split"], pair))
    return found


def _wrong(truth: str, said: Mapping[str, float]) -> float:
    """Return the share of surveys that state what is not so; rounding errors are none."""
    return max(0.0, 1 - said[right_verdict(truth)] - said["cannot_tell"])


def _columns(name: str, share: Share) -> dict[str, float]:
    return {name: share.mean, f"{name}_low": share.low, f"{name}_high": share.high}


def _mean(said: Sequence[Mapping[str, float]], verdict: str) -> float:
    return float(np.mean([one[verdict] for one in said]))
