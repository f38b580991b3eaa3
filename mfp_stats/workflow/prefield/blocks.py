"""What each block is worth: the same surveys, fitted with half of its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.workflow.prefield.plan import OF_OVERLAP, DesignPlan, SurveyTask, truths_of
from mfp_stats.workflow.prefield.power import Learnt, Result, power_of_widest
from mfp_stats.workflow.prefield.rows import PROPOSAL

#: Intervals that grow by less with half of a block's answers hardly rest on them: both fits know
#: the width of an interval to some five parts of a hundred.
HARDLY: Final = 0.10


def block_worth(
    plan: DesignPlan, results: Mapping[str, Result], block: str, learnt: Learnt
) -> dict[str, Any] | None:
    """Return what halving a block does; None where no two fits of it can be compared.

    Fits are compared survey by survey, whole against halved, so that chance between surveys is no
    part of the difference.

    Parameters
    ----------
    plan
        The plan.
    results
        Of surveys by name.
    block
        Name of the block.
    learnt
        From all surveys in which every block is whole.
    """
    compared = []
    for truth in plan.halved_under():
        whole = results.get(SurveyTask(truth, 0).name)
        half = results.get(SurveyTask(truth, 0, block).name)
        if whole is not None and half is not None:
            compared.append((truth, whole, half))
    if not compared:
        return None
    growths = [_growths(whole, half) for _, whole, half in compared]
    names = dict.fromkeys(name for one in growths for name in one)
    mean = {name: float(np.mean([one[name] for one in growths if name in one])) for name in names}
    most = max(mean, key=lambda name: mean[name], default="")
    before = [power_of_widest(truth, whole, learnt) for truth, whole, _ in compared]
    after = [power_of_widest(truth, half, learnt) for truth, _, half in compared]
    return {
        "block": block,
        "growth": mean.get(most, 0.0),
        "most": most,
        **{f"growth_{name}": value for name, value in mean.items()},
        "power": _mean_of(before),
        "power_half": _mean_of(after),
        "fits": len(compared),
    }


def lost_without(questionnaire: Questionnaire, block: str) -> list[str]:
    """Return what the survey could no longer tell without a block.

    Causes of a gap (a residual is only named where all others are asked about), and ``revealed``
    or ``claimed`` of overlap in trade-offs or in ratings.
    """
    kept = (i for i in questionnaire.items if i.block != block or i.name == questionnaire.group)
    left = _told_by(replace(questionnaire, items=tuple(kept)))
    return [name for name in _told_by(questionnaire) if name not in left]


def _told_by(questionnaire: Questionnaire) -> list[str]:
    told = [truth for truth in truths_of(questionnaire) if truth in CAUSES]
    if "residual" in told and len(told) < len(CAUSES):
        told.remove("residual")
    return told + [name for name, role in OF_OVERLAP.items() if questionnaire.with_role(role)]


def advised(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records of all blocks with advice, the block that is worth most first."""
    ordered = sorted(records, key=lambda record: -record["growth"])
    return [{**record, "advice": _advice(k, record["growth"])} for k, record in enumerate(ordered)]


def _advice(rank: int, growth: float) -> str:
    if growth < HARDLY:
        return "shorten"
    return "keep" if rank else "lengthen"


def _mean_of(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return float(np.mean(known)) if known else None


def _growths(whole: Result, half: Result) -> dict[str, float]:
    """Return by what share each kind of interval is wider in the second of two fits."""
    before, after = _mean_widths(whole), _mean_widths(half)
    return {n: after[n] / before[n] - 1 for n in before if n in after and before[n] > 0}


def _mean_widths(result: Result) -> dict[str, float]:
    """Return mean widths: of gaps and causes of all proposals together, where there are several."""
    several = any(width["what"] == POOLED for width in result["widths"])
    found: dict[str, list[float]] = {}
    for width in result["widths"]:
        if not several or width["what"] != PROPOSAL:
            found.setdefault(width["quantity"], []).append(width["width"])
    return {name: float(np.mean(widths)) for name, widths in found.items()}
