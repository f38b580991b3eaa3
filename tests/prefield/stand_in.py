"""Rows of a check without a fit, as wide as n people would leave them, and a worker of them."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from mfp_stats.errors import Fault, FitFailed
from mfp_stats.fitting.files import read_json
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.workflow.prefield.plan import DesignPlan, SurveyTask
from mfp_stats.workflow.prefield.rows import Rows

#: Which cause a truth is about, by place; `none` has no gap.
PLACE = {"values": 0, "models": 1, "signals": 2, "residual": 3}
CAUSES = tuple(PLACE)
#: Which interval rests on which block of the acceptance suite's questionnaire, and how much.
RESTS = {"tradeoffs": "values", "consequences": "models", "signs": "signals"}


def result(truth, n, groups=("residents", "owners"), block=None, causes=CAUSES):
    """Return the result of a survey: every part known to 1.2/√n, wider without half a block."""
    split = [0.0] * 5
    if truth in PLACE:
        split[PLACE[truth]] = 0.2
    sd = dict.fromkeys((*CAUSES, "dependence"), 1.2 / np.sqrt(n))
    if block in RESTS:
        sd[RESTS[block]] *= 1.3
    covariance = np.diag([value**2 for value in sd.values()])
    pairs = [(a, b) for k, a in enumerate(groups) for b in groups[k + 1 :]]
    widths = [
        {"quantity": quantity, "what": what, "group_a": a, "group_b": b, "width": float(width)}
        for a, b in pairs
        for what, factor in (("proposal", 1.5), ("pooled", 1.0))
        for quantity, width in (
            ("gap", 3.3 * factor * np.sqrt(np.trace(covariance))),
            *((c, 3.3 * factor * sd[c]) for c in causes),
        )
    ]
    widths += [
        {"quantity": "acceptance", "what": "", "group": g, "width": 3.3 * 0.5 / np.sqrt(n / 2)}
        for g in groups
    ]
    widths += [
        {"quantity": "overlap", "what": "revealed", "group_a": a, "group_b": b, "width": 0.04}
        for a, b in pairs
    ]
    verdict = truth if truth in causes else "cannot_tell"
    return {
        "split": split,
        "widest": list(groups[:2]) if truth in PLACE else [],
        "causes": list(causes),
        "pairs": [
            {
                "group_a": a,
                "group_b": b,
                "verdict": verdict,
                "warning": "",
                "mean": split,
                "covariance": covariance.tolist(),
                "check": None,
            }
            for a, b in pairs
        ],
        "widths": widths,
    }


def rows_of(plan, **options):
    """Return all rows of a plan."""
    groups = tuple(plan.shares)
    return {
        task.name: {
            "seconds": 80.0,
            "result": result(task.truth, plan.n, groups, task.block, **options),
        }
        for task in plan.tasks()
    }


def work(folder: Path) -> None:
    """Do as the real worker does, without a fit; ``MFP_STAND_IN`` says what goes wrong when."""
    does = json.loads(os.environ.get("MFP_STAND_IN", "{}"))
    with WorkerReport(folder) as report:
        spec = read_json(folder / "spec.json")
        rows = Rows(Path(spec["folder"]), spec["digest"])
        plan = DesignPlan.from_dict(spec["plan"])
        for given in spec["tasks"]:
            task = SurveyTask(**given)
            report.begin(task.name)
            with (rows.folder / "begun.log").open("a") as log:
                log.write(f"{task.name}\n")
            for _ in range(int(100 * does.get("seconds", 0))):
                report.check_cancelled()
                time.sleep(0.01)
            match does.get(task.name):
                case "die":
                    os._exit(9)
                case "fail":
                    raise FitFailed(Fault("sampler", "ended"))
                case "refuse":
                    row = {"seconds": 1.0, "refused": ["responses"]}
                case "lack":
                    row = {"seconds": 1.0, "failure": ["effect: 0.9 cannot be reached"]}
                case _:
                    groups = tuple(plan.shares)
                    made = result(task.truth, plan.n, groups, task.block)
                    row = {"seconds": 1.0, "result": made}
            rows.write(task, row)
        report.done({})


if __name__ == "__main__":
    work(Path(sys.argv[1]))
