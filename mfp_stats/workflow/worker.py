"""The worker process of a fit: ``python -m mfp_stats.workflow.worker JOB_FOLDER``."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from mfp_stats.design import build_model_data
from mfp_stats.design.compared import group_label, of_group
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.saved import FitRecord, save_fit
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import file_hash
from mfp_stats.fitting.worker_process import SCRATCH_FOLDER
from mfp_stats.project import MARGINS_FILE
from mfp_stats.questionnaire import load
from mfp_stats.weights import load_margins
from mfp_stats.workflow.causal_map import make_causal_map
from mfp_stats.workflow.enough import leave_out_too_few
from mfp_stats.workflow.experience import experience_steps, fit_experience
from mfp_stats.workflow.part_worths import fit_part_worths, part_worths_steps
from mfp_stats.workflow.responses import fit_responses, responses_steps
from mfp_stats.workflow.small_numbers import groups_without_numbers, without_numbers
from mfp_stats.workflow.spec import SHEET_FILE, FitSpec
from mfp_stats.workflow.tables import standard_tables
from mfp_stats.workflow.task import Task
from mfp_stats.workflow.updating import fit_updating, updating_steps
from mfp_stats.workflow.values import fit_values, values_steps
from mfp_stats.workflow.worldviews import fit_worldviews, worldviews_steps


def main(folder: Path) -> None:
    """Do one job from its spec to a saved fit; the job's status tells how it ended."""
    started = datetime.now(UTC)
    with WorkerReport(folder) as report:
        spec = FitSpec.read(folder)
        questionnaire = load(folder)
        sheet = pl.read_parquet(folder / SHEET_FILE, glob=False)
        file = folder / MARGINS_FILE
        margins = load_margins(file, questionnaire) if file.is_file() else None
        answers = build_model_data(
            sheet, questionnaire, group=spec.group, within=spec.within, margins=margins
        )
        data = leave_out_too_few(answers, questionnaire.floor)
        task = Task(
            data=data,
            questionnaire=questionnaire,
            settings=FitSettings.from_dict(spec.settings),
            models={name: load_model(Path(file)) for name, file in spec.models.items()},
            priors=spec.priors,
            report=report,
        )
        steps = (
            *(values_steps, worldviews_steps, experience_steps, updating_steps),
            *(part_worths_steps, responses_steps),
        )
        report.plan([name for steps_of in steps for name in steps_of(data)])
        values, worldviews = fit_values(task), fit_worldviews(task)
        causal_map = make_causal_map(task, worldviews)
        experience = fit_experience(task, worldviews)
        updating = fit_updating(task, worldviews)
        worths = fit_part_worths(task, worldviews)
        responses = fit_responses(task, values, worldviews)
        parts = (values, worldviews, causal_map, experience, updating, worths, responses)
        record = FitRecord(
            id=spec.fit_id,
            survey=spec.survey,
            questionnaire=questionnaire.hash,
            data=file_hash(folder / SHEET_FILE),
            group=spec.group,
            within=spec.within,
            simulated=spec.simulated,
            seed=task.settings.seed,
            started=started,
            more={
                "notes": [
                    *spec.notes,
                    *data.notes,
                    *(note for part in parts for note in part.notes),
                    *task.notes,
                ],
                "within_label": group_label(questionnaire, spec.within),
                "weighting": data.best_weighting,
                "sources": dict(spec.sources),
                "margins": {} if margins is None else dict(margins.shares),
            },
        )
        tables = [table for part in parts for table in part.tables]
        fitted = of_group(sheet, questionnaire, spec.within)
        tables += standard_tables(data, questionnaire, fitted)
        unnumbered = groups_without_numbers(data, questionnaire.floor)
        tables = [without_numbers(table, unnumbered) for table in tables]
        result = {"fit": spec.fit_id}
        report.saving(Path(spec.fits) / spec.fit_id, result)
        save_fit(Path(spec.fits), record, [step for part in parts for step in part.steps], tables)
        report.done(result)


if __name__ == "__main__":
    job = Path(sys.argv[1])
    try:
        main(job)
    finally:
        shutil.rmtree(job / SCRATCH_FOLDER, ignore_errors=True)
