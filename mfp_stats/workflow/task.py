"""What the steps of one fit share, and the one way in which they sample and are judged."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pymc as pm
import xarray as xr
from numpy.typing import ArrayLike

from mfp_stats.design.data import ModelData
from mfp_stats.errors import FitFailed
from mfp_stats.fitting.checks import GateResult
from mfp_stats.fitting.directions import Directions, long_directions
from mfp_stats.fitting.gate import check_draws
from mfp_stats.fitting.loader import LoadedModel
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.saved import EarlierRun, Step, Table
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.response_draws import ResponseDraws
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.workflow.basis import ChosenWorldviews, PeopleDraws
from mfp_stats.workflow.tries import (
    TOLD_TUNE,
    failed_pilot,
    first_try,
    is_mendable,
    learnt_from,
    pilot_run,
    second_settings,
    too_few,
)

NOT_RERUN: Final = (
    "{step} was not sampled once more with more draws: its chains share no more than {draws} "
    "independent draws, so that twice as many would not do."
)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one part of a fit contributes."""

    steps: tuple[Step, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    #: What later parts build on; None where there is nothing that may be built on.
    basis: PeopleDraws | ChosenWorldviews | ResponseDraws | None = None

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
    #: None where the step ended without results; its checks say why.
    made: Displayed[T] | None

    @property
    def usable(self) -> Displayed[T] | None:
        """What was made of the draws, where the step passed its checks."""
        return self.made if self.step.gate.shown else None


@dataclass(frozen=True, slots=True, eq=False)
class _Sampled[T]:
    """What is sampled under one name, in however many runs."""

    name: str
    model: LoadedModel
    built: pm.Model
    display: Callable[[xr.Dataset], Displayed[T]]
    initial: Mapping[str, ArrayLike] | None
    drop: Collection[str]
    options: Mapping[str, Any]
    priors: Mapping[str, float]

    def step(
        self,
        settings: FitSettings,
        before: Sequence[EarlierRun],
        gate: GateResult,
        posterior: xr.Dataset | None = None,
        statistics: xr.Dataset | None = None,
    ) -> Step:
        """Return the step that a run became."""
        kept = xr.Dataset() if posterior is None else posterior
        groups = {
            "posterior": kept.drop_vars(self.drop, errors="ignore"),
            "sample_stats": xr.Dataset() if statistics is None else statistics,
        }
        return Step(
            name=self.name,
            model=self.model,
            options=self.options,
            priors=self.priors,
            settings=settings,
            draws=xr.DataTree.from_dict(groups),
            gate=gate,
            before=tuple(before),
        )

    @property
    def free(self) -> list[str]:
        """Names of the model's free variables."""
        return [rv.name for rv in self.built.free_RVs]


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
    notes
        What a reader should know of how it was sampled; grows as steps are fitted.
    """

    data: ModelData
    questionnaire: Questionnaire
    settings: FitSettings
    models: Mapping[str, LoadedModel]
    priors: Mapping[str, Mapping[str, float]]
    report: WorkerReport
    patient: bool = True
    notes: list[str] = field(default_factory=list)

    def at_most(self, draws: int, tune: int | None = None) -> "Task":
        """Return the same fit with no more draws, and tuning ones, a chain than these."""
        own = self.settings
        tune = own.tune if tune is None else min(tune, own.tune)
        return replace(self, settings=replace(own, draws=min(draws, own.draws), tune=tune))

    def fit[T](
        self,
        name: str,
        model: str,
        data: ModelData,
        display: Callable[[xr.Dataset], Displayed[T]],
        *,
        initial: Mapping[str, ArrayLike] | None = None,
        drop: Collection[str] = (),
        pilot: int = 0,
        **options: Any,  # noqa: ANN401 - a model file names and types its own options
    ) -> Judged[T]:
        """Sample a model, make of it what is displayed, and judge that.

        Where the only failed checks are ones that a longer run may mend, it is sampled once more
        with more draws, in coordinates in which what the first found long is as short as the rest,
        or, where it diverged, with smaller steps; the second run stands as it is. Where the first
        is too far from passing for that, it stands, and a note says so. A run that fails, or of
        which nothing can be made, becomes a step with a failed check ``outcome``, so that the
        other steps of the fit are kept.

        Parameters
        ----------
        name
            The step's name.
        model, data, options, initial
            What is fitted, and where its chains start.
        display
            From the posterior to what is displayed; it may raise ``FitFailed``.
        drop
            Variables too large to be kept in the saved fit.
        pilot
            Draws a chain of a run that comes before the first, tells along which directions the
            posterior is long, and is thrown away: for models that are known to have such. 0: none.
        """
        priors, loaded = self.priors.get(model), self.models[model]
        built = loaded.build(data, priors=priors, **options)
        numbers = loaded.info.prior_values(priors)
        what = _Sampled(name, loaded, built, display, initial, drop, options, numbers)
        before: list[EarlierRun] = []
        told = self._explored(what, pilot, before) if pilot else None
        settings = self.settings
        if told:
            settings = replace(settings, tune=min(TOLD_TUNE, settings.tune))
        self.report.begin(name)
        judged = self._once(what, settings, told, before)
        gate = judged.step.gate
        if not self.patient or not is_mendable(gate):
            return judged
        if (shared := too_few(gate, piloted=told is not None)) is not None:
            self.notes.append(NOT_RERUN.format(step=name, draws=f"{shared:.0f}"))
            return judged
        learnt = learnt_from(built, judged.step)
        before.append(first_try(judged.step, learnt))
        self.report.begin(f"{name}_once_more")
        again = second_settings(self.settings, gate, learnt, piloted=told is not None)
        return self._once(what, again, learnt or told, before)

    def _explored[T](
        self, what: _Sampled[T], draws: int, before: list[EarlierRun]
    ) -> Directions | None:
        """Return the long directions that a short run finds; none where it diverged or failed."""
        settings = self.at_most(draws).settings
        self.report.begin(f"{what.name}_pilot")
        try:
            drawn = self._sample(what, settings, keep=what.free)
        except FitFailed as failure:
            before.append(failed_pilot(settings, failure))
            return None
        learnt = None
        if not drawn["sample_stats"]["diverging"].any():
            learnt = long_directions(what.built, drawn["posterior"].to_dataset())
        before.append(pilot_run(settings, drawn, learnt))
        return learnt

    def _once[T](
        self,
        what: _Sampled[T],
        settings: FitSettings,
        directions: Directions | None,
        before: Sequence[EarlierRun],
    ) -> Judged[T]:
        """Sample once and judge what is made of it."""
        try:
            drawn = self._sample(what, settings, directions=directions)
        except FitFailed as failure:
            gate = GateResult(()).and_no_results(failure)
            return Judged(what.step(settings, before, gate), None)
        posterior, statistics = (drawn[n].to_dataset() for n in ("posterior", "sample_stats"))
        try:
            shown = what.display(posterior)
        except FitFailed as failure:
            # What the draws themselves are like tells whether more of them may do.
            gate = check_draws(posterior[what.free], statistics).and_no_results(failure)
            return Judged(what.step(settings, before, gate, posterior, statistics), None)
        gate = check_draws(shown.draws, statistics, constants=shown.constants)
        return Judged(what.step(settings, before, gate, posterior, statistics), shown)

    def _sample[T](
        self,
        what: _Sampled[T],
        settings: FitSettings,
        *,
        keep: Collection[str] | None = None,
        directions: Directions | None = None,
    ) -> xr.DataTree:
        return sample(
            what.built,
            settings,
            initial=what.initial,
            keep=keep,
            directions=directions,
            on_progress=self.report.progress,
            cancelled=self.report.cancelled,
        )
