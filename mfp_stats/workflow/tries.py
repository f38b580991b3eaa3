"""When a step is sampled once more, how, and what is kept of the runs that came before it."""

from dataclasses import replace
from typing import Final

import pymc as pm
import xarray as xr

from mfp_stats.errors import FitFailed
from mfp_stats.fitting.checks import OUTCOME, GateResult
from mfp_stats.fitting.directions import Directions, long_directions
from mfp_stats.fitting.gate import MIN_ESS, check_divergences
from mfp_stats.fitting.manifest import EarlierRun, Step
from mfp_stats.fitting.settings import FitSettings

#: Failed checks that a longer or more careful run may mend.
MENDABLE: Final = frozenset({"r_hat", "bulk_ess", "tail_ess", "divergences"})
#: The second and last try: at most so many times the draws, and steps as careful as this, or twice
#: as careful as the first. Where divergences are all that failed, draws were enough, and steps half
#: as long already cost twice as much.
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
#: Likewise where a pilot had told the first how the posterior lies: the second gains by its draws
#: alone.
HOPEFUL_AFTER_PILOT: Final = MIN_ESS / MORE_DRAWS


def is_mendable(gate: GateResult) -> bool:
    """Whether a longer run may mend all that failed.

    A run of which nothing could be made is judged by its draws: from ones that have converged
    nothing will be made by more of them.
    """
    failed = {check.check for check in gate.failed} - {OUTCOME}
    return bool(failed) and failed <= MENDABLE


def too_few(gate: GateResult, *, piloted: bool) -> float | None:
    """Return the effective number of draws where more draws alone are hopeless, else None."""
    shared = _shared(gate)
    least = HOPEFUL_AFTER_PILOT if piloted else HOPEFUL
    # Divergences have another cure, smaller steps, and may be why the chains hardly moved.
    return shared if shared < least and not _diverged(gate) else None


def learnt_from(built: pm.Model, first: Step) -> Directions | None:
    """Return where the first try found the posterior long; nothing from one that diverged."""
    if _diverged(first.gate):
        return None
    return long_directions(built, first.draws["posterior"].to_dataset())


def second_settings(
    settings: FitSettings, gate: GateResult, learnt: Directions | None, *, piloted: bool = False
) -> FitSettings:
    """Return settings for the second try: longer, and with smaller steps where the first diverged.

    Where that is all that failed, it is as long as the first.

    Parameters
    ----------
    settings
        What was asked for.
    gate
        Judgement of the first try.
    learnt
        Where the first try found the posterior long.
    piloted
        Whether a pilot had told that before. Either way no more tuning is needed.
    """
    told = learnt is not None or piloted
    tune = min(TOLD_TUNE, settings.tune) if told else settings.tune
    nearer = max(CAREFUL, 1 - (1 - settings.target_accept) / 2)
    careful = replace(settings, target_accept=nearer, tune=tune)
    if {check.check for check in gate.failed} == {"divergences"}:
        return careful
    more: float = MORE_DRAWS
    if learnt:
        more = min(max(AIM * MIN_ESS / (GAIN * _shared(gate)), 1.0), MORE_DRAWS)
    return replace(
        careful if _diverged(gate) else settings,
        draws=round(more * settings.draws),
        tune=tune if told else MORE_TUNING * tune,
    )


def pilot_run(settings: FitSettings, drawn: xr.DataTree, learnt: Directions | None) -> EarlierRun:
    """Return what is kept of a pilot."""
    divergences = check_divergences(drawn["sample_stats"].to_dataset())
    failed = () if divergences.passed else (divergences,)
    return EarlierRun("pilot", settings, failed, _lengths(learnt))


def failed_pilot(settings: FitSettings, failure: FitFailed) -> EarlierRun:
    """Return what is kept of a pilot that ended without draws."""
    return EarlierRun("pilot", settings, GateResult(()).and_no_results(failure).failed)


def first_try(first: Step, learnt: Directions | None) -> EarlierRun:
    """Return what is kept of a first try once a second is made."""
    return EarlierRun("first_try", first.settings, first.gate.failed, _lengths(learnt))


def _lengths(learnt: Directions | None) -> tuple[float, ...]:
    return () if learnt is None else tuple(float(length) for length in learnt.length)


def _diverged(gate: GateResult) -> bool:
    return any(check.check == "divergences" for check in gate.failed)


def _shared(gate: GateResult) -> float:
    """Return the least effective number of draws over everything displayed, for mean and ends."""
    return min(check.value for check in gate.checks if check.check in {"bulk_ess", "tail_ess"})
