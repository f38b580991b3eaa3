"""How many people a weighted number has to rest on before it may be shown."""

import numpy as np
from numpy.typing import NDArray


def enough_weighted(
    weight: NDArray[np.float64] | None,
    inside: NDArray[np.bool_],
    floor: int,
    *,
    observed: bool = False,
) -> bool:
    """Return whether a weighted number of these people may be shown.

    A weighted number is one of those who weigh something: of them there have to be more than
    ``floor``. People of weight zero count in the unweighted number alone. Where both numbers are
    plain shares of answers, they tell what these people answered by difference, so that there has
    to be nobody of weight zero, or more than ``floor``.

    Parameters
    ----------
    weight
        (N,) how much people count, 0 for those without a weight; None: all alike.
    inside
        (N,) whose answers the number is worked out from.
    floor
        The largest number of people of whom nothing is shown.
    observed
        Whether the number is a plain share of answers, and not one that a model estimates.
    """
    if weight is None:
        return int(inside.sum()) > floor
    counted = int((weight[inside] > 0).sum())
    uncounted = int(inside.sum()) - counted
    return counted > floor and not (observed and 0 < uncounted <= floor)
