"""The worker process of a check: ``python -m mfp_stats.workflow.prefield.worker JOB_FOLDER``."""

import shutil
import sys
from pathlib import Path
from typing import Any

import psutil

from mfp_stats.errors import DesignCheckRefused, Fault, FitCancelled
from mfp_stats.fitting.files import read_json
from mfp_stats.fitting.jobs import SPEC_FILE
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.worker_process import SCRATCH_FOLDER
from mfp_stats.questionnaire import load
from mfp_stats.workflow.prefield.fit import survey_row
from mfp_stats.workflow.prefield.plan import DesignPlan, SurveyTask
from mfp_stats.workflow.prefield.rows import Rows


def main(folder: Path) -> None:
    """Simulate and fit the surveys of one job, each on disk before the next is begun.

    A worker whose starter has died ends after the survey that it is at.
    """
    with WorkerReport(folder) as report:
        spec: dict[str, Any] = read_json(folder / SPEC_FILE)
        rows = Rows(Path(spec["folder"]), spec["digest"])
        questionnaire = load(rows.folder)
        if questionnaire.hash != spec["questionnaire"]:
            fix = "Run the check again."
            fault = Fault(str(rows.folder), "the questionnaire was changed meanwhile", fix=fix)
            raise DesignCheckRefused(fault)
        plan = DesignPlan.from_dict(spec["plan"])
        models = {name: load_model(Path(file)) for name, file in spec["models"].items()}
        for given in spec["tasks"]:
            if not psutil.pid_exists(spec["starter"]):
                raise FitCancelled(Fault("job", "the process that started it has ended"))
            task = SurveyTask(**given)
            report.begin(task.name)
            cores = int(spec["cores"])
            rows.write(task, survey_row(questionnaire, plan, task, models, report, cores=cores))
        report.done({"surveys": len(spec["tasks"])})


if __name__ == "__main__":
    job = Path(sys.argv[1])
    try:
        main(job)
    finally:
        shutil.rmtree(job / SCRATCH_FOLDER, ignore_errors=True)
