"""Random numbers that belong to a name, so that no draw depends on what is drawn before it."""

import hashlib

import numpy as np

from mfp_stats.errors import DesignError, Fault


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the generator of one thing in one simulation.

    The same seed and names give the same numbers in every process and whatever else is drawn:
    a question added to a survey leaves the answers to the others as they were.

    Raises
    ------
    DesignError
        The seed is below 0.
    """
    if seed < 0:
        raise DesignError(Fault("seed", f"is {seed}, but must be 0 or more"), about="simulating")
    digest = hashlib.sha256("\x1f".join(names).encode()).digest()
    return np.random.default_rng([seed, *np.frombuffer(digest[:16], dtype="<u4").tolist()])
