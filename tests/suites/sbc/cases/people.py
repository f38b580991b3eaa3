"""Who is asked in every simulated survey: two groups of unequal size."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mfp_stats.design.data import ModelData

PEOPLE: Final = 100
GROUP: Final[NDArray[np.int64]] = (np.arange(PEOPLE) % 5 > 2).astype(np.int64)  #: 60 and 40 people


def survey(*, values: str = "", **parts: Any) -> ModelData:
    """Return a survey of these people.

    Parameters
    ----------
    values
        Their names, a letter each.
    **parts
        The evidence, by the names of :class:`ModelData`.
    """
    people, groups, names = tuple(f"p{i}" for i in range(PEOPLE)), ("g", "h"), tuple(values)
    return ModelData("sbc", "0", people, groups, groups, GROUP, None, names, names, **parts)
