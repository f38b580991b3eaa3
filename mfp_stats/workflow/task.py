"""What the steps of one fit share, and the one way in which they sample and are judged."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pymc as pm
import xarray as xr
from numpy.typing import ArrayLike

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.checks import GateResult
from mfp_stats.fitting.directions import Directions, long_directions
from mfp_stats.fitting.gate import MIN_ESS, check_draws
from mfp_stats.fitting.loader import LoadedModel
from mfp_stats.fitting.report import WorkerReport
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.saved import Step, Table
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.workflow.basis import ChosenWorldviews, PeopleDraws

#: Failed checks that a longer or more careful run may mend.
MENDABLE: Final = frozenset({"r_hat", "bulk_ess", "tail_ess", "divergences"})
#: The second and last try: at most so many times the draws, and steps as careful as this.
MORE_DRAWS: Final = 2
#: Where the first told how the posterior lies, a draw tells about as many times more, and draws are
#: as many as give that many times the independent ones that are asked for.
GAIN: Final = 1.9
AIM: Final = 1.4
#: Tuning draws where an earlier run has told how the posterior lies.
TOLD_TUNE: Final = 300
MORE_TUNING: Final = 2
CAREFUL: Final = 0.95
#: It is not made where the first had fewer independent draws than this: chains that share so few
#: hardly pass between places that each fit the answers, and twice the draws are not enough.
HOPEFUL: Final = MIN_ESS / 8
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
        with more draws, in coordinates in which what the first found long is as short as the rest;
        the second run stands as it is. Where the first is too far from passing for that, it
        stands, and a note says so.

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
        pilot
            Draws a chain of a run that comes before the first, tells along which directions the
            posterior is long, and is thrown away: for models that are known to have such. 0: none.
        """
        settings = self.settings
        built = self.models[model].build(data, priors=self.priors.get(model), **options)
        learnt = self._explored(name, built, initial, pilot) if pilot else None
        if learnt:
            settings = replace(settings, tune=min(TOLD_TUNE, settings.tune))
        self.report.begin(name)
        judged = self._once(name, model, built, display, settings, initial, drop, options, learnt)
        if not self.patient or not _is_mendable(judged.step.gate):
            return judged
        if (shared := _too_few(judged.step.gate)) is not None:
            self.notes.append(NOT_RERUN.format(step=name, draws=f"{shared:.0f}"))
        else:
            learnt = _learnt(built, judged.step)
            settings = _longer(self.settings, judged.step.gate, learnt)
            self.report.begin(f"{name}_with_more_draws")
            judged = self._once(
                name, model, built, display, settings, initial, drop, options, learnt
            )
        return judged

    def _explored(
        self, name: str, built: pm.Model, initial: Mapping[str, ArrayLike] | None, draws: int
    ) -> Directions | None:
        """Return the long directions that a short run finds; none where it diverged."""
        self.report.begin(f"{name}_pilot")
        drawn = sample(
            built,
            self.at_most(draws).settings,
            initial=initial,
            keep=[rv.name for rv in built.free_RVs],
            on_progress=self.report.progress,
            cancelled=self.report.cancelled,
        )
        if drawn["sample_stats"]["diverging"].any():
            return None
        return long_directions(built, drawn["posterior"].to_dataset())

    def _once[T](
        self,
        name: str,
        model: str,
        built: pm.Model,
        display: Callable[[xr.Dataset], Displayed[T]],
        settings: FitSettings,
        initial: Mapping[str, ArrayLike] | None,
        drop: Collection[str],
        options: Mapping[str, Any],
        directions: Directions | None = None,
    ) -> Judged[T]:
        drawn = sample(
            built,
            settings,
            initial=initial,
            directions=directions,
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
            model=self.models[model],
            options=options,
            priors=self.models[model].info.prior_values(self.priors.get(model)),
            settings=settings,
            draws=xr.DataTree.from_dict(kept),
            gate=gate,
        )
        return Judged(step, shown.found, shown.draws)


def _is_mendable(gate: GateResult) -> bool:
    failed = {check.check for check in gate.failed}
    return bool(failed) and failed <= MENDABLE


def _learnt(built: pm.Model, first: Step) -> Directions | None:
    """Return where the first try found the posterior long; nothing from one that diverged."""
    if _diverged(first.gate):
        return None
    return long_directions(built, first.draws["posterior"].to_dataset())


def _diverged(gate: GateResult) -> bool:
    return any(check.check == "divergences" for check in gate.failed)


def _shared(gate: GateResult) -> float:
    """Return the least effective number of draws over everything displayed."""
    return next(check.value for check in gate.checks if check.check == "bulk_ess")


def _too_few(gate: GateResult) -> float | None:
    """Return the effective number of draws where more draws alone are hopeless, else None."""
    shared = _shared(gate)
    # Divergences have another cure, smaller steps, and may be why the chains hardly moved.
    return shared if shared < HOPEFUL and not _diverged(gate) else None


def _longer(settings: FitSettings, gate: GateResult, learnt: Directions | None) -> FitSettings:
    """Return settings for the second try; smaller steps only where the sampler diverged.

    Where the first try has already told how the posterior lies, no more tuning is needed.
    """
    diverged = _diverged(gate)
    more: float = MORE_DRAWS
    if learnt:
        more = min(max(AIM * MIN_ESS / (GAIN * _shared(gate)), 1.0), MORE_DRAWS)
    return replace(
        settings,
        draws=round(more * settings.draws),
        tune=min(TOLD_TUNE, settings.tune) if learnt else MORE_TUNING * settings.tune,
        target_accept=max(CAREFUL, settings.target_accept) if diverged else settings.target_accept,
    )
