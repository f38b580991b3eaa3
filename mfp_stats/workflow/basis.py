"""What earlier parts of a fit leave for the responses to build on."""

from dataclasses import dataclass
from typing import Final, cast

import numpy as np
import xarray as xr

from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.persons import answered, person_values

#: Draws a chain that responses rest on; other models' draws are thinned to as many.
DRAWS: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class PeopleDraws:
    """Values of the people whose responses are analysed. S draws, n people, K values."""

    step: str | None  #: the step that they come from; None where the survey asks about no values
    who: Ints  #: (n,) rows of ``ModelData``
    v: Floats  #: (S, n, K), in single precision: there are many
    mu: Floats  #: (S, G, K) means of all groups of ``ModelData``
    told: Bools  #: (n,) who gave evidence of them; the others' are drawn like their group's

    @classmethod
    def of(
        cls, step: str, few: xr.Dataset, data: ModelData, *, floor: int, seed: int
    ) -> "PeopleDraws":
        """Take draws, thinned ones, of everybody who gave evidence of values.

        Also of those who gave none and answered about proposals: who leaves out what they value may
        be of another mind than who does not. Not in groups in which no more than ``floor`` people
        gave any, of whom there is no distribution to draw from.
        """
        told = answered(data)
        known = np.bincount(data.group[told], minlength=len(data.groups)) > floor
        who = np.flatnonzero(told | (_asked(data) & known[data.group]))
        parts = [v for _, v in person_values(few, data, seed=seed, who=who)]
        single = np.concatenate(parts, dtype=np.float32, casting="same_kind")
        mu = flat_draws(few["mu"], np.arange(len(single)))
        return cls(step, who, cast("Floats", single), mu, told[who])

    @classmethod
    def without_values(cls, data: ModelData, draws: int) -> "PeopleDraws":
        """Take everybody who was asked about proposals, K = 0, where no values were asked about."""
        who = np.flatnonzero(_asked(data))
        nothing = np.zeros((draws, len(data.groups), 0))
        none = np.zeros(len(who), dtype=np.bool_)
        return cls(None, who, np.zeros((draws, len(who), 0)), nothing, none)


def _asked(data: ModelData) -> Bools:
    """Return who answered about proposals, under stipulated consequences or not, (N,)."""
    given, rated = data.responses, data.expectations
    parts = [None if given is None else given.answers, None if rated is None else rated.answers]
    parts.append(None if given is None else given.stipulated)
    found = np.zeros(len(data.respondents), dtype=np.bool_)
    for answers in parts:
        if answers is not None:
            found |= (answers >= 0).any(axis=1)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class ChosenWorldviews:
    """The mixture that a survey's worldviews are taken from."""

    step: str
    names: tuple[str, ...]  #: of the worldviews, in order
    matched: xr.Dataset  #: of :func:`mfp_stats.quantities.worldview_labels.match_draws`
    #: (chain, draw, weighting, group, worldview) in the groups shown, group "" being everyone
    share: xr.DataArray


def thinned(posterior: xr.Dataset, settings: FitSettings) -> xr.Dataset:
    """Return evenly spaced draws of each chain: ``DRAWS``, or all that the settings ask for.

    A step that was sampled once more, with more draws, gives as many as the others.
    """
    wanted = min(DRAWS, settings.draws)
    kept = np.linspace(0, posterior.sizes["draw"] - 1, wanted).round().astype(np.int64)
    return posterior.isel(draw=kept)
