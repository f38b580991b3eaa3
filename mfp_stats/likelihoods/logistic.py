"""Constants of the standard logistic distribution, in which answers scatter around their index."""

from typing import Final

import numpy as np

#: Its variance.
NOISE: Final = np.pi**2 / 3
#: κ² = π / 8: a logistic answer to a normal index of variance V is about a logistic answer to its
#: mean, shrunk by √(1 + κ² V) (MacKay 1992).
SHRINKAGE: Final = np.pi / 8
