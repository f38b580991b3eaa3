"""What a push on one concept does to the others, if beliefs about what leads to what were true.

Concepts x react linearly to what acts on them: ``x = push + Wᵀ x`` with ``W = t · strength``, so
that ``x = (I − Wᵀ)⁻¹ push`` adds up the push, what it leads to, what that leads to, and so on
(total effects, Bollen 1987). The sum has an end only where the spectral radius of W is below 1:
loops that together give back more than went in grow without end, and no number is made of that. One
loop by itself cannot, for no link passes on more than it gets.

The transmission t, how much of a move a link passes on that everybody thinks as strong as can be,
is not in the answers: "much more" has no unit. It is an assumption, and stated with every number.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints

#: Transmission where nobody asks for another: half of a push goes on.
TRANSMISSION: Final = 0.5
#: Spectral radius below which a map settles, and the share of draws in which it must.
SETTLES: Final = 0.95
DRAWS_SETTLED: Final = 0.99


def link_matrix(strength: Floats, links: Ints, concepts: int) -> Floats:
    """Return strengths (..., L) as a matrix (..., K, K) from causes to effects."""
    matrix = np.zeros((*strength.shape[:-1], concepts, concepts))
    matrix[..., links[:, 0], links[:, 1]] = strength
    return matrix


def reachable(links: Ints, concepts: int) -> Bools:
    """Return which concept lies on a way of links from which, (K, K); by a loop also itself."""
    found = np.zeros((concepts, concepts), dtype=np.bool_)
    found[links[:, 0], links[:, 1]] = True
    for middle in range(concepts):
        found |= found[:, [middle]] & found[[middle], :]
    return found


def reached(moves: Floats, ways: Bools) -> Bools:
    """Return which concept each proposal (X, K) acts on by a link, (X, K).

    Where a proposal pushes a concept and no link leads there, the map adds nothing to the push.
    """
    return np.asarray(((moves != 0).astype(np.int64) @ ways.astype(np.int64)) > 0)


def spectral_radius(matrix: Floats, links: Ints) -> Floats:
    """Return the largest modulus of an eigenvalue (...); exactly 0 where links make no loop."""
    concepts = matrix.shape[-1]
    if not np.diagonal(reachable(links, concepts)).any():
        return np.zeros(matrix.shape[:-2])
    return np.asarray(np.abs(np.linalg.eigvals(matrix)).max(axis=-1))


def settles(radius: Floats) -> bool:
    """Whether every draw's map has an end, and nearly every one's with room to spare.

    A draw between the bound and 1 is worked out as it is: nothing is damped to fit.
    """
    return bool((radius < 1).all() and (radius < SETTLES).mean() >= DRAWS_SETTLED)


def total_effects(matrix: Floats) -> Floats:
    """Return what one unit of push on each concept does to each, (..., K, K) cause by effect.

    The diagonal holds the push itself with what loops add to it. The spectral radius of every
    matrix must be below 1.
    """
    identity = np.eye(matrix.shape[-1])
    return np.asarray(np.linalg.inv(identity - matrix))


def strongest_loop(matrix: Floats) -> tuple[Sequence[int], float]:
    """Return the loop whose links are strongest on (geometric) average, and their product.

    Parameters
    ----------
    matrix
        (K, K) from causes to effects.

    Returns
    -------
    loop
        Its concepts in order, each acting on the next and the last on the first; empty where there
        is none.
    product
        Of its links: below 0, a push swings back and forth.

    Notes
    -----
    The best walk of each length between any two concepts is made of the best shorter one; among
    closed walks of the highest average the shortest visits no concept twice.
    """
    size = matrix.shape[0]
    with np.errstate(divide="ignore"):
        step = np.log(np.abs(matrix))
    best, walks = step, [np.full((size, size), -1)]
    loop: list[int] = []
    highest = -np.inf
    for length in range(1, size + 1):
        closed = np.diagonal(best) / length
        at = int(closed.argmax())
        if closed[at] > highest + 1e-12:
            highest, loop = float(closed[at]), _walk(walks, at)
        through = best[:, :, None] + step[None]
        walks.append(through.argmax(axis=1))
        best = through.max(axis=1)
    following = [*loop[1:], *loop[:1]]
    return loop, float(np.prod(matrix[loop, following])) if loop else 0.0


def _walk(walks: Sequence[Ints], at: int) -> list[int]:
    """Return the concepts of the best closed walk from ``at``, in order."""
    visited, place = [at], at
    for before in walks[:0:-1]:
        place = int(before[at, place])
        visited.append(place)
    return [at, *visited[:0:-1]]
