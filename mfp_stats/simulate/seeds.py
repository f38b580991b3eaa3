"""Random numbers that belong to a name, so that no draw depends on what is drawn before it."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, slots=True)
class NamedNormals:
    """Normal numbers that belong to names, so that a longer list changes none of the others."""

    seed: int

    def generator(self, *names: str) -> np.random.Generator:
        """Return the generator of one parameter."""
        return generator(self.seed, "truth", *names)

    def number(self, sd: float, *names: str) -> float:
        """Return one normal number."""
        return float(sd * self.generator(*names).standard_normal())

    def array(self, sd: float, what: str, *axes: tuple[str, ...]) -> NDArray[np.float64]:
        """Return one number a combination of names, shape (len of each axis)."""
        shape = tuple(len(axis) for axis in axes)
        filled = np.zeros(shape)
        for place in np.ndindex(shape):
            names = (axis[k] for axis, k in zip(axes, place, strict=True))
            filled[place] = self.number(sd, what, *names)
        return filled
