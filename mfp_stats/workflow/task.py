"""What the steps of one fit share, and the one way in which they sample."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr
from numpy.typing import ArrayLike

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.loader import LoadedModel
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire.model import Questionnaire


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One fit under way.

    Parameters
    ----------
    data
        The survey's arrays.
    questionnaire
        The version that was answered.
    settings
        How every step is sampled.
    models
        The loaded model files by name.
    priors
        Model name to overridden priors.
    report
        Where progress goes and cancellations come from.
    """

    data: ModelData
    questionnaire: Questionnaire
    settings: FitSettings
    models: Mapping[str, LoadedModel]
    priors: Mapping[str, Mapping[str, float]]
    report: WorkerReport

    def draw(
        self,
        step: str,
        name: str,
        data: ModelData,
        *,
        initial: Mapping[str, ArrayLike] | None = None,
        keep: Collection[str] | None = None,
        **options: Any,  # noqa: ANN401 - a model file names and types its own options
    ) -> xr.DataTree:
        """Build a model, sample it and return its draws, telling the job's status of it."""
        self.report.begin(step)
        model = self.models[name].build(data, priors=self.priors.get(name), **options)
        return sample(
            model,
            self.settings,
            initial=initial,
            keep=keep,
            on_progress=self.report.progress,
            cancelled=self.report.cancelled,
        )

    def prior_values(self, name: str) -> dict[str, float]:
        """Return the number of every prior of a model, the user's where there is one."""
        return self.models[name].info.prior_values(self.priors.get(name))
