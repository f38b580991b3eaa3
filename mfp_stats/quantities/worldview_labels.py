"""Give the classes of every draw the same numbers. numpy and xarray only.

Nothing in the mixture says which class is called 1. EM's solution does: it is the same for every
seed, so classes matched to it keep number and name from fit to fit.
"""

from typing import Final

import numpy as np
import xarray as xr

from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.em import Mode, match_profiles

#: Farthest that the matched worldviews may lie, on average over answers and worldviews, from the
#: EM solution that numbers and names them.
MAX_DISTANCE: Final = 0.1


def match_draws(posterior: xr.Dataset, reference: Mode) -> xr.Dataset:
    """Reorder the classes of every draw to line up with the reference.

    Parameters
    ----------
    posterior
        Holds ``answer_probability`` (chain, draw, answers, classes) and ``composition``
        (chain, draw, groups, classes).
    reference
        Solution with the same answers and number of classes.

    Returns
    -------
    xr.Dataset
        ``profile`` (chain, draw, answers, worldview) and ``composition`` (chain, draw, groups,
        worldview); worldviews are numbered from 1 in the order of ``reference``.
    """
    profile = posterior["answer_probability"].transpose("chain", "draw", "answers", "classes")
    composition = posterior["composition"].transpose("chain", "draw", "groups", "classes")
    order = _orders(profile.values, reference.profile)  # (chain, draw, C)
    matched = {
        "profile": _reorder(profile.values, order),
        "composition": _reorder(composition.values, order),
    }
    return xr.Dataset(
        {
            "profile": (("chain", "draw", "answers", "worldview"), matched["profile"]),
            "composition": (("chain", "draw", "groups", "worldview"), matched["composition"]),
        },
        coords={
            "chain": profile["chain"],
            "draw": profile["draw"],
            "answers": profile["answers"],
            "groups": composition["groups"],
            "worldview": np.arange(1, order.shape[-1] + 1),
        },
    )


def distance(matched: xr.Dataset, reference: Mode) -> float:
    """Return how far the draws' mean profile lies from the reference, in mean probability."""
    mean = matched["profile"].mean(("chain", "draw")).values
    return float(np.abs(mean - reference.profile).mean())


def _orders(profile: Floats, reference: Floats) -> Ints:
    chains, draws, _, classes = profile.shape
    flat = profile.reshape(chains * draws, -1, classes)
    order = np.array([match_profiles(one, reference) for one in flat], dtype=np.int64)
    return order.reshape(chains, draws, classes)


def _reorder(values: Floats, order: Ints) -> Floats:
    return np.take_along_axis(values, order[:, :, None, :], axis=3)
