"""What the steps of one fit share, and the one way in which they sample and are judged."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import xarray as xr
from numpy.typing import ArrayLike

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.checks import GateResult
from mfp_stats.fitting.gate import check_draws
from mfp_stats.fitting.loader import LoadedModel
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.saved import Step, Table
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.workflow.basis import ChosenWorldviews, PeopleDraws

#: Failed checks that a longer or more careful run may mend.
MENDABLE: Final = frozenset({"r_hat", "bulk_ess", "tail_ess", "divergences"})
#: The second and last try: so many times the draws, and steps as careful as this.
MORE_DRAWS: Final = 2
MORE_TUNING: Final = 2
CAREFUL: Final = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one part of a fit contributes."""

    steps: tuple[Step, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    #: What later parts build on; None where there is nothing that may be built on.
    basis: PeopleDraws | ChosenWorldviews | None = None

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of its steps that failed their checks."""
        return tuple(step.name for step in self.steps if not step.gate.shown)


@dataclass(frozen=True, slots=True, eq=False)
class Displayed[T]:
    """What is made of a step's draws.

    Parameters
    ----------
    found
        The quantities with their tables.
    draws
        Every displayed quantity, dims (chain, draw, ...), for the gate.
    constants
        Variables of ``draws`` with cells that cannot vary.
    """

    found: T
    draws: xr.Dataset
    constants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Judged[T]:
    """A step with its checks, and what was made of its draws."""

    step: Step
    found: T
    draws: xr.Dataset


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
    patient
        Whether a step whose failed checks a longer run may mend is sampled once more.
    """

    data: ModelData
    questionnaire: Questionnaire
    settings: FitSettings
    models: Mapping[str, LoadedModel]
    priors: Mapping[str, Mapping[str, float]]
    report: WorkerReport
    patient: bool = True

    def fit[T](
        self,
        name: str,
        model: str,
        data: ModelData,
        display: Callable[[xr.Dataset], Displayed[T]],
        *,
        initial: Mapping[str, ArrayLike] | None = None,
        drop: Collection[str] = (),
        **options: Any,  # noqa: ANN401 - a model file names and types its own options
    ) -> Judged[T]:
        """Sample a model, make of it what is displayed, and judge that.

        Where the only failed checks are ones that a longer run may mend, it is sampled once more
        with more draws; the second run stands as it is.

        Parameters
        ----------
        name
            The step's name.
        model, data, options, initial
            What is fitted, and where its chains start.
        display
            From the posterior to what is displayed.
        drop
            Variables too large to be kept in the saved fit.
        """
        settings = self.settings
        self.report.begin(name)
        judged = self._once(name, model, data, display, settings, initial, drop, options)
        if self.patient and _is_mendable(judged.step.gate):
            settings = _longer(settings, judged.step.gate)
            self.report.begin(f"{name}_with_more_draws")
            judged = self._once(name, model, data, display, settings, initial, drop, options)
        return judged

    def _once[T](
        self,
        name: str,
        model: str,
        data: ModelData,
        display: Callable[[xr.Dataset], Displayed[T]],
        settings: FitSettings,
        initial: Mapping[str, ArrayLike] | None,
        drop: Collection[str],
        options: Mapping[str, Any],
    ) -> Judged[T]:
        loaded, priors = self.models[model], self.priors.get(model)
        drawn = sample(
            loaded.build(data, priors=priors, **options),
            settings,
            initial=initial,
            on_progress=self.report.progress,
            cancelled=self.report.cancelled,
        )
        posterior = drawn["posterior"].to_dataset()
        statistics = drawn["sample_stats"].to_dataset()
        shown = display(posterior)
        gate = check_draws(shown.draws, statistics, constants=shown.constants)
        kept = {
            "posterior": posterior.drop_vars(drop, errors="ignore"),
            "sample_stats": statistics,
        }
        step = Step(
            name=name,
            model=loaded,
            options=options,
            priors=loaded.info.prior_values(priors),
            settings=settings,
            draws=xr.DataTree.from_dict(kept),
            gate=gate,
        )
        return Judged(step, shown.found, shown.draws)


def _is_mendable(gate: GateResult) -> bool:
    failed = {check.check for check in gate.failed}
    return bool(failed) and failed <= MENDABLE


def _longer(settings: FitSettings, gate: GateResult) -> FitSettings:
    """Return settings for the second try; smaller steps only where the sampler diverged."""
    diverged = any(check.check == "divergences" for check in gate.failed)
    return replace(
        settings,
        draws=MORE_DRAWS * settings.draws,
        tune=MORE_TUNING * settings.tune,
        target_accept=max(CAREFUL, settings.target_accept) if diverged else settings.target_accept,
    )
