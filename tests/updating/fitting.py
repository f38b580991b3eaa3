"""Fit worldviews and updating as the worker does, two worldviews taken as known."""

from pathlib import Path

from mfp_stats.design import ModelData
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.updating import fit_updating
from mfp_stats.workflow.worldviews import fit_worldviews
from tests.suites.acceptance import Quiet

MODELS = ("worldviews", "worldview_continuum", "updating")


def fit(
    data: ModelData, questionnaire: Questionnaire, settings: FitSettings, root: Path
) -> tuple[Part, Part]:
    """Return the worldviews and the updating part."""
    task = Task(
        data=data,
        questionnaire=questionnaire,
        settings=settings,
        models={name: load_model(root / "models" / f"{name}.py") for name in MODELS},
        priors={},
        report=Quiet(),  # type: ignore[arg-type]
    )
    worldviews = fit_worldviews(task, only=2)
    return worldviews, fit_updating(task, worldviews)
