"""What is said of a move: its direction, whether support went along, how much was left later.

Everything is judged draw by draw, and stated where its posterior probability is above ``SURE``.
"""

from typing import Final

import numpy as np

from mfp_stats.design.data import Floats

#: Posterior probability that a sign, and whatever else is stated, needs.
SURE: Final = 0.95
#: A move of answers, or of support, that counts for little: three points of a hundred.
LITTLE: Final = 0.03
#: Part of a move that has to be left for it to have lasted.
HALF: Final = 0.5
FOLLOWS, BACKFIRES, UNMOVED, CANNOT_TELL = "follows", "backfires", "unmoved", "cannot_tell"


def judge(shift: Floats) -> str:
    """Say how people took information.

    Parameters
    ----------
    shift
        (S,) draws of the move in points.

    Returns
    -------
    str
        ``unmoved`` where the move is all but certainly smaller than three points; ``follows`` or
        ``backfires`` where its direction is all but certain; else ``cannot_tell``.
    """
    if _sure(np.abs(shift) < LITTLE):
        return UNMOVED
    if _sure(shift > 0):
        return FOLLOWS
    if _sure(shift < 0):
        return BACKFIRES
    return CANNOT_TELL


def carried(first: Floats, support: Floats) -> str | None:
    """Say whether support went the way that beliefs did.

    Support has a scale of its own, so that no part of the move of beliefs is looked for in it, only
    its direction and whether it is little.

    Parameters
    ----------
    first, support
        (S,) draws of the moves of beliefs and of support.

    Returns
    -------
    str or None
        ``yes`` where support moved along; ``little`` where it did, by less than three points;
        ``no`` where a move along is not sure, and would be less than three points; else
        ``cannot_tell``. None where the direction of the first move is not known.
    """
    turn = _turn(first)
    if turn is None:
        return None
    along = turn * support
    little = _sure(along < LITTLE)
    if _sure(along > 0):
        return "little" if little else "yes"
    return "no" if little else CANNOT_TELL


def lasted(first: Floats, later: Floats) -> str | None:
    """Say how much of a move of beliefs was left in the next wave.

    Parameters
    ----------
    first, later
        (S,) draws of the move at once and of the one in the next wave.

    Returns
    -------
    str or None
        Where what is left has the direction of the first move for sure: ``yes`` where it is at
        least half of it, ``partly`` where it is less than half, ``some`` where neither is sure.
        Where it has not: ``no`` where it is less than three points and less than half, else
        ``cannot_tell``. None where the direction of the first move is not known.
    """
    turn = _turn(first)
    if turn is None:
        return None
    along, half = turn * later, HALF * turn * first
    less = _sure(along < half)
    if _sure(along > 0):
        if less:
            return "partly"
        return "yes" if _sure(along >= half) else "some"
    return "no" if less and _sure(along < LITTLE) else CANNOT_TELL


def _turn(first: Floats) -> int | None:
    """Return 1 or −1 as a first move follows or backfires, None where it does neither."""
    return {FOLLOWS: 1, BACKFIRES: -1}.get(judge(first))


def _sure(true: np.ndarray) -> bool:
    return bool(true.mean() > SURE)
