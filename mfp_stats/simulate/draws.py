"""Answers of each type from utilities, latent positions or probabilities; codes of sheet parts."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from mfp_stats.questionnaire.model import Item, ItemType
from mfp_stats.simulate.latent import is_turned
from mfp_stats.simulate.limits import limits
from mfp_stats.simulate.people import categorical
from mfp_stats.simulate.truth import Floats, NumberProfile, Profile

Ints = NDArray[np.int64]

_SURE = 1e-9


def cut(item: Item, position: Floats, thresholds: Floats, rng: np.random.Generator) -> Ints:
    """Ordered logit: the level of a latent position, as a code of the item, shape (N, 1)."""
    latent = position + rng.logistic(size=len(position))
    level = (latent[:, None] > thresholds).sum(axis=1)
    code = len(item.options) - 1 - level if is_turned(item) else level
    return np.asarray(code[:, None], dtype=np.int64)


def choose(item: Item, utility: Floats, consistency: Floats, rng: np.random.Generator) -> Ints:
    """Logit choices among an item's options.

    Parameters
    ----------
    item
        A select_one, select_multiple, rank or best_worst item with J options.
    utility
        (N, J)
    consistency
        (N,) multiplies the utilities of best–worst choices.

    Returns
    -------
    numpy.ndarray
        (N, parts) codes. The worst is chosen among the others by minus the utility.
    """
    noise = rng.gumbel(size=utility.shape)
    match item.type:
        case ItemType.SELECT_ONE:
            return (utility + noise).argmax(axis=1)[:, None]
        case ItemType.RANK:
            return _places(utility + noise) + 1
        case ItemType.BEST_WORST:
            scaled = utility * consistency[:, None]
            best = (scaled + noise).argmax(axis=1)
            against = rng.gumbel(size=utility.shape) - scaled
            against[np.arange(len(best)), best] = -np.inf
            return np.column_stack([best, against.argmax(axis=1)])
        case _:
            number = _how_many(item, utility.shape[1], len(utility), rng)
            return (_places(utility + noise) < number[:, None]).astype(np.int64)


def from_profile(item: Item, profile: Profile, kind: Ints, rng: np.random.Generator) -> Ints:
    """Answers of people of several kinds, shape (N, parts)."""
    probabilities = profile.probabilities[kind]
    match item.type:
        case ItemType.SELECT_ONE:
            return categorical(probabilities, rng)[:, None]
        case ItemType.SELECT_MULTIPLE:
            return _tick(item, probabilities, rng)
        case _:
            utility = np.log(probabilities.clip(_SURE))
            return choose(item, utility, np.ones(len(kind)), rng)


def number(item: Item, profile: NumberProfile, kind: Ints, rng: np.random.Generator) -> Floats:
    """Return numbers of people of several kinds, within the item's limits, shape (N,)."""
    low, high = limits(item)
    drawn = rng.normal(profile.means[kind], profile.sd).clip(low, high)
    return np.round(drawn) if item.type is ItemType.INTEGER else drawn.round(3)


def latent_number(item: Item, position: Floats, rng: np.random.Generator) -> Floats:
    """Return a latent position as a number within the item's limits (a probability), (N,)."""
    low, high = limits(item)
    stated = expit(position + rng.normal(0, 0.5, len(position)))
    scaled = low + (high - low) * stated
    return np.round(scaled) if item.type is ItemType.INTEGER else scaled.round(3)


def _places(utility: Floats) -> Ints:
    """Return the place of each option, 0 = highest utility."""
    return np.asarray((-utility).argsort(axis=1).argsort(axis=1), dtype=np.int64)


def _how_many(item: Item, options: int, n: int, rng: np.random.Generator) -> Ints:
    """Most people tick as many as they may, the others fewer."""
    most = min(item.max_choices or max(1, options // 2), options)
    least = min(max(1, item.min_choices), most)
    fewer = rng.integers(least, most + 1, n)
    return np.where(rng.random(n) < 0.6, most, fewer)


def _tick(item: Item, probabilities: Floats, rng: np.random.Generator) -> Ints:
    """Tick independently; then hold to exclusive options and to how many may be ticked."""
    ticked = rng.random(probabilities.shape) < probabilities
    chance = logit(probabilities.clip(_SURE, 1 - _SURE)) + rng.logistic(size=probabilities.shape)
    exclusive = np.array([o.exclusive for o in item.options])
    open_options = np.where(exclusive, -np.inf, chance) if not exclusive.all() else chance
    places = _places(open_options)
    most = item.max_choices or len(exclusive)
    least = max(1, item.min_choices)
    order = np.where(ticked & ~exclusive, open_options, -np.inf)
    kept = ticked & ~exclusive & (_places(order) < most)
    short = kept.sum(axis=1) < least
    kept[short] = places[short] < least
    alone = (ticked & exclusive).any(axis=1)
    kept[alone] = False
    kept[alone, (ticked & exclusive)[alone].argmax(axis=1)] = True
    return np.asarray(kept, dtype=np.int64)
