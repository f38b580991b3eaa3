"""From rows of a check to how often a survey would reach each verdict."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.quantities.power import (
    FittedSplit,
    Share,
    left_of_truth,
    pool_shares,
    verdict_shares,
)
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.workflow.prefield.plan import MODERATE, NONE, SurveyTask

#: What one survey left, see :func:`mfp_stats.workflow.prefield.fit.survey_row`.
type Result = Mapping[str, Any]
#: Surveys of one pair and truth: how often each verdict would be reached, and the one that was,
#: where the pair is as far apart in them as is said.
type _Fits = list[tuple[Mapping[str, float], str | None]]


type Pair = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What all surveys of a check say together."""

    effect: float  #: the gap whose cause is to be told
    complete: bool  #: whether values, models and signals were all measured
    left: float  #: how much of the truth priors leave in estimates
    #: Covariance of each pair's split where there is no gap, and of its check if there is one.
    quiet: Mapping[Pair, Floats]

    @classmethod
    def of(cls, results: Sequence[tuple[SurveyTask, Result]], effect: float) -> Self:
        """Learn it from the surveys in which every block is whole."""
        shown = [result for _, result in results if result["pairs"]]
        quiet: dict[Pair, list[Floats]] = {}
        for task, result in results:
            for pair in result["pairs"] if task.truth == NONE else ():
                quiet.setdefault(_names(pair), []).append(_covariance(pair))
        return cls(
            effect=effect,
            complete=all(len(result["causes"]) == len(CAUSES) for result in shown),
            left=left_of_truth([fit for result in shown for fit in _widest(result)]),
            quiet={pair: _mean_of_alike(found) for pair, found in quiet.items()},
        )

    def said(self, pair: Mapping[str, Any], result: Result) -> dict[str, float] | None:
        """Return the share of surveys that reach each verdict on a pair that is so far apart.

        None where that cannot be said: the pair that is far apart in the survey itself is not
        shown, or there is no survey without a gap.
        """
        truth, covariance = np.array(result["split"]), self._covariance(pair, result)
        if covariance is None:
            return None
        if truth.any():
            truth = truth * self.effect / truth.sum()
        return verdict_shares(
            truth,
            covariance,
            left=self.left,
            complete=self.complete,
            unchecked=pair["check"] is not None and len(covariance) == len(truth),
        )

    def _covariance(self, pair: Mapping[str, Any], result: Result) -> Floats | None:
        """Return the covariance of a pair's split and check, were it the one that is far apart.

        A wide gap is known less well than none. So for other pairs than the widest, what is known
        of them where there is no gap is spread, part by part, as much as it is for the widest.
        """
        if not result["widest"] or _names(pair) == frozenset(result["widest"]):
            return _covariance(pair)
        own, same = self.quiet.get(_names(pair)), self.quiet.get(frozenset(result["widest"]))
        widest = next(_widest(result), None)
        if own is None or same is None or widest is None:
            return None
        size = min(len(own), len(same), len(widest.covariance))
        before, after = np.diag(same)[:size], np.diag(widest.covariance)[:size]
        more = np.ones(len(own))  # of a check that the widest pair lost, no more is known
        np.divide(after, before, out=more[:size], where=before > 0)
        return np.asarray(own * np.sqrt(np.outer(more, more)))


def _names(pair: Mapping[str, Any]) -> Pair:
    return frozenset((pair["group_a"], pair["group_b"]))


def _widest(result: Result) -> Iterator[FittedSplit]:
    """Yield the fit of the pair that the true split is of, where it is shown."""
    for pair in result["pairs"]:
        if _names(pair) == frozenset(result["widest"]):
            yield FittedSplit(np.array(result["split"]), np.array(pair["mean"]), _covariance(pair))


def _covariance(pair: Mapping[str, Any]) -> Floats:
    """Return the covariance of a pair's split, (5, 5), or with what its check leaves, (6, 6)."""
    split = np.array(pair["covariance"])
    if not pair["check"]:
        return split
    found = np.zeros((len(split) + 1, len(split) + 1))
    found[:-1, :-1] = split
    found[-1] = found[:, -1] = pair["check"]
    return found


def _mean_of_alike(covariances: Sequence[Floats]) -> Floats:
    """Return the mean covariance of the surveys whose check was held, if there are any."""
    most = max(len(one) for one in covariances)
    return np.asarray(np.mean([one for one in covariances if len(one) == most], axis=0))


def power_records(
    results: Sequence[tuple[SurveyTask, Result]], learnt: Learnt
) -> Iterator[dict[str, Any]]:
    """Yield what surveys would say, one record a pair of groups and truth.

    Every pair is taken to be as far apart as the gap whose cause is to be told, so that pairs
    differ only in how well they are known.

    Parameters
    ----------
    results
        Of surveys in which every block is whole.
    learnt
        From all of them.
    """
    for (a, b), said in _by_pair(results, learnt).items():
        right = pool_shares({t: [s[right_verdict(t)] for s, _ in each] for t, each in said.items()})
        wrong = pool_shares({t: [_wrong(t, s) for s, _ in each] for t, each in said.items()})
        for truth, fits in said.items():
            own = [verdict for _, verdict in fits if verdict is not None]
            yield {
                "truth": truth,
                "group_a": a,
                "group_b": b,
                **_columns("right", right[truth]),
                **_columns("wrong", wrong[truth]),
                "no_gap": _mean(fits, "no_gap"),
                "cannot_tell": _mean(fits, "cannot_tell"),
                "fits": len(fits),
                "verdicts": len(own),
                "verdicts_right": sum(v == right_verdict(truth) for v in own),
                "verdicts_wrong": sum(v not in (right_verdict(truth), "cannot_tell") for v in own),
            }


def power_of_widest(truth: str, result: Result, learnt: Learnt) -> float | None:
    """Return the power for the pair that is far apart; None where none is, or it is not shown."""
    if truth == NONE:
        return None
    widest = frozenset(result["widest"])
    said = (learnt.said(pair, result) for pair in result["pairs"] if _names(pair) == widest)
    return next((one[truth] for one in said if one is not None), None)


def right_verdict(truth: str) -> str:
    """Return what a survey should say of a truth."""
    return "no_gap" if truth == NONE else truth


def _by_pair(
    results: Sequence[tuple[SurveyTask, Result]], learnt: Learnt
) -> dict[tuple[str, str], dict[str, _Fits]]:
    found: dict[tuple[str, str], dict[str, _Fits]] = {}
    for task, result in results:
        for pair in result["pairs"] if task.truth != MODERATE else ():
            said = learnt.said(pair, result)
            if said is None:
                continue
            as_planned = not result["widest"] or _names(pair) == frozenset(result["widest"])
            fits = found.setdefault((pair["group_a"], pair["group_b"]), {})
            fits.setdefault(task.truth, []).append((said, pair["verdict"] if as_planned else None))
    return found


def _wrong(truth: str, said: Mapping[str, float]) -> float:
    """Return the share of surveys that state what is not so; rounding errors are none."""
    return max(0.0, 1 - said[right_verdict(truth)] - said["cannot_tell"])


def _columns(name: str, share: Share) -> dict[str, float]:
    return {name: share.mean, f"{name}_low": share.low, f"{name}_high": share.high}


def _mean(fits: _Fits, verdict: str) -> float:
    return float(np.mean([said[verdict] for said, _ in fits]))
