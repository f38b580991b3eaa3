"""Where the chains of the worldview models begin: at the best solution of EM.

Keys are the names of the free parameters in ``models/worldviews.py`` and
``models/worldview_continuum.py``.
"""

from collections.abc import Mapping

import numpy as np
from scipy.special import logit

from mfp_stats.design.data import Floats, ModelData
from mfp_stats.errors import DesignError, Fault
from mfp_stats.likelihoods.categories import Categories, zero_sum_basis
from mfp_stats.likelihoods.em import ClassSolution
from mfp_stats.likelihoods.mixture import Contrasts

#: No start is put further out than this many logits: EM likes probabilities of 0 and 1.
FAR = 4.0


def mixture_start(data: ModelData, solution: ClassSolution) -> Mapping[str, Floats]:
    """Return the starting point of every chain of the mixture.

    Parameters
    ----------
    data
        With beliefs.
    solution
        EM's solution for the same number of classes C.
    """
    categories, contrasts = layout(data)
    start = {"centre": _centre(categories, contrasts)}
    if solution.classes == 1:
        return start
    shift = _shift(categories, solution.best.profile)  # (T, C)
    unordered, ordered = contrasts.centre[:, : contrasts.unordered], contrasts.ordered
    classes = zero_sum_basis(solution.classes)
    log_shares = np.log(np.maximum(solution.best.shares, 1e-3))
    start |= {"spread": np.asarray(1.0), "share_contrast": classes.T @ log_shares}
    if unordered.size:
        middle = start["centre"][: contrasts.unordered, None]
        start["tilt"] = middle + unordered.T @ shift
    if ordered.size:
        start["place_contrast"] = np.linalg.pinv(ordered) @ shift @ classes
    if len(data.groups) > 1:
        apart = np.zeros((len(data.groups) - 1, solution.classes - 1))
        start |= {"group_scale": np.asarray(0.3), "group_contrast": apart}
    return start


def continuum_start(data: ModelData) -> Mapping[str, Floats]:
    """Return the starting point of every chain of the continuum.

    Loadings start along the first principal component of the answers, so that all chains agree
    on the direction of the dimension.
    """
    categories, contrasts = layout(data)
    given = np.add.reduceat(categories.chosen, categories.starts, axis=1)[:, categories.indicator]
    centred = (categories.chosen - categories.marginal) * given @ contrasts.shift  # (N, D)
    scaled = centred / np.maximum(centred.std(axis=0), 1e-9)
    axis = np.linalg.svd(scaled, full_matrices=False)[2][0]  # (D,)
    start = {
        "centre": _centre(categories, contrasts),
        "spread": np.asarray(0.8),
        "loading": axis * np.sign(axis[np.abs(axis).argmax()]) / np.abs(axis).max(),
    }
    if len(data.groups) > 1:
        start |= {"group_scale": np.asarray(0.3), "group_contrast": np.zeros(len(data.groups) - 1)}
    return start


def layout(data: ModelData) -> tuple[Categories, Contrasts]:
    """Return how the beliefs are laid out.

    Raises
    ------
    DesignError
        The survey has no belief items.
    """
    if data.beliefs is None:
        fault = Fault("beliefs", "the survey has no belief items", fix="Add items of role belief.")
        raise DesignError(fault, about="worldviews")
    categories = Categories.of(data.beliefs)
    return categories, Contrasts.of(categories)


def _centre(categories: Categories, contrasts: Contrasts) -> Floats:
    return np.asarray(contrasts.centre.T @ np.log(categories.marginal))


def _shift(categories: Categories, profile: Floats) -> Floats:
    """Shift of every category in every class from everyone's answers, shape (T, C)."""
    nominal = np.log(np.maximum(profile, 1e-3)) - np.log(categories.marginal)[:, None]
    # Numbers, not truth values: those would add up to "any".
    within = np.equal.outer(categories.indicator, categories.indicator).astype(float)
    above = np.triu(within, 1)  # (T, T) sums the answers above each
    more, more_overall = (above @ p for p in (profile, categories.marginal))
    cut = above.any(axis=1)[:, None]  # the top answer has no cutpoint above it
    gain = np.where(cut, _logit(more) - _logit(more_overall)[:, None], 0.0)
    ordinal = within @ gain / np.maximum(within @ cut, 1)
    return np.where(categories.is_ordinal[:, None], ordinal, nominal).clip(-FAR, FAR)


def _logit(probability: Floats) -> Floats:
    return np.asarray(logit(probability.clip(1e-3, 1 - 1e-3)))
