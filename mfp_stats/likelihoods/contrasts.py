"""Coordinates for vectors that sum to zero."""

import numpy as np

from mfp_stats.design.data import Floats


def contrast_basis(k: int) -> Floats:
    """Return an orthonormal basis of the vectors in R^k that sum to zero, (k, k − 1).

    Helmert contrasts; a spherical normal in these coordinates is exchangeable over the k values.
    """
    rows = np.tril(np.ones((k - 1, k)))
    rows[np.arange(k - 1), np.arange(1, k)] = -np.arange(1, k)
    return np.asarray((rows / np.linalg.norm(rows, axis=1, keepdims=True)).T)
