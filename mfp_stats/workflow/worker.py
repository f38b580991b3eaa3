"""The worker process of a fit: ``python -m mfp_stats.workflow.worker JOB_FOLDER``."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from mfp_stats.design import build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.saved import FitRecord, Step, Table, save_fit
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import file_hash
from mfp_stats.questionnaire import load
from mfp_stats.workflow.spec import SHEET_FILE, FitSpec
from mfp_stats.workflow.tables import group_sizes, not_available
from mfp_stats.workflow.task import Task
from mfp_stats.workflow.values import fit_values, values_steps
from mfp_stats.workflow.worldviews import fit_worldviews, worldviews_steps


def main(folder: Path) -> None:
    """Do one job from its spec to a saved fit; the job's status tells how it ended."""
    started = datetime.now(UTC)
    with WorkerReport(folder) as report:
        spec = FitSpec.read(folder)
        questionnaire = load(folder)
        sheet = pl.read_parquet(folder / SHEET_FILE)
        data = build_model_data(sheet, questionnaire, group=spec.group)
        task = Task(
            data=data,
            questionnaire=questionnaire,
            settings=FitSettings.from_dict(spec.settings),
            models={name: load_model(Path(file)) for name, file in spec.models.items()},
            priors=spec.priors,
            report=report,
        )
        report.plan([*values_steps(data), *worldviews_steps(data)])
        steps, tables = _fit(task)
        record = FitRecord(
            id=spec.fit_id,
            survey=spec.survey,
            questionnaire=questionnaire.hash,
            data=file_hash(folder / SHEET_FILE),
            group=spec.group,
            simulated=spec.simulated,
            seed=task.settings.seed,
            started=started,
            more={"notes": list(data.notes)},
        )
        common = [group_sizes(data, questionnaire.floor), not_available(questionnaire, sheet)]
        save_fit(Path(spec.fits), record, steps, [*tables, *common])
        report.done({"fit": spec.fit_id})


def _fit(task: Task) -> tuple[list[Step], list[Table]]:
    """Fit everything that the survey has answers for."""
    value_steps, value_tables = fit_values(task)
    view_steps, view_tables = fit_worldviews(task)
    return [*value_steps, *view_steps], [*value_tables, *view_tables]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
