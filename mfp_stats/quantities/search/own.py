"""What designs that nobody saw have of their own, ε, where they are held against each other.

In every draw each design has an ε of its own, independent of that of any other. Ten thousand of
them are too many to keep in every draw, and exchange has to meet a design again with the same one.
So ``SIGNS`` independent ε are drawn in each draw, and a design has the sum of all with signs of its
own, over √SIGNS: distributed as one of them, and the same whenever the design is met again. Signs
of two designs agree by chance as often as not: ε of two correlate by 0 on average, with an sd of
1/√SIGNS, here 0.09.
"""

from hashlib import blake2b
from typing import Final

import numpy as np

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.search.acceptance import Singles
from mfp_stats.quantities.search.attributes import say_level
from mfp_stats.quantities.search.space import DesignSpace

#: Independent ε of a draw that those of all designs are mixed from; a multiple of 64.
SIGNS: Final = 128
_WORDS: Final = SIGNS // 64
#: They are the same each time that a fit is searched.
_SEED: Final = 29
#: Kinds of ε: what all expect, what worldviews do otherwise, and groups.
KINDS: Final = 3


def signs_of(space: DesignSpace, levels: Ints) -> Singles:
    """Return the signs of designs (N, A) over √SIGNS, (N, SIGNS).

    They follow from what a design is, whichever other levels are searched.
    """
    key = np.zeros((len(levels), _WORDS), dtype=np.uint64)
    for a, attribute in enumerate(space.attributes):
        words = [_words(f"{attribute.name}\x1f{say_level(level)}") for level in attribute.levels]
        key += np.stack(words)[levels[:, a]]
    bits = np.unpackbits(_mixed(key).view(np.uint8), axis=1)
    return (2 * bits.astype(np.float32) - 1) / np.float32(np.sqrt(SIGNS))


def _words(text: str) -> np.ndarray:
    return np.frombuffer(blake2b(text.encode(), digest_size=8 * _WORDS).digest(), dtype=np.uint64)


def _mixed(key: np.ndarray) -> np.ndarray:
    """Return keys whose every bit rests on all bits of the sum (splitmix64, Steele et al. 2014)."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(key ^ (key >> np.uint64(31)))


def drawn_own(lack: Floats | Singles, weight: Singles) -> Singles:
    """Draw what ``SIGNS`` independent ε do to the index, (S, G, C, SIGNS).

    Parameters
    ----------
    lack
        (S, cells, KINDS) sd of ε of every outcome, signal and all else.
    weight
        (S, G, C, cells) how much they weigh in the index.
    """
    draws, groups, classes, cells = weight.shape
    rng = np.random.default_rng(_SEED)
    found = np.empty((draws, groups, classes, SIGNS), dtype=np.float32)
    for s in range(draws):
        common = rng.standard_normal((1, 1, cells, SIGNS), dtype=np.float32)
        held = rng.standard_normal((1, classes, cells, SIGNS), dtype=np.float32)
        own = rng.standard_normal((groups, 1, cells, SIGNS), dtype=np.float32)
        parts = (common, held - held.mean(axis=1), own - own.mean(axis=0))
        sds = lack[s].astype(np.float32)[:, :, None]
        epsilon = sum(part * sds[:, k] for k, part in enumerate(parts))
        found[s] = (weight[s][:, :, None] @ epsilon)[:, :, 0]
    return found
