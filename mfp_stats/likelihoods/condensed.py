"""Answers in as few columns as carry them: what follows from other columns is left out.

Of the categories of an indicator one follows from the others and from whether the person answered
at all; and whether a person answered is the same for all indicators of one question.
"""

from dataclasses import dataclass

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.likelihoods.categories import Categories


@dataclass(frozen=True, slots=True, eq=False)
class Condensed:
    """Factors of the answers (N, T): ``given.T @ table``. R = columns kept.

    N × T zeros and ones are what the likelihood of a mixture spends its time on.
    """

    given: Floats  #: (R, N) whether a person gave an answer, or answered a question at all
    table: Floats  #: (R, T) which categories each of these speaks for, or against


def condense(categories: Categories) -> Condensed:
    """Leave out each indicator's last category, and say once who answered which indicators.

    Parameters
    ----------
    categories
        The answers, H indicators with T categories.

    Returns
    -------
    Condensed
        T − H rows for the categories kept, then one for each different set of people who
        answered an indicator; columns as in ``categories.chosen``.
    """
    last = categories.starts + categories.sizes - 1
    kept = np.setdiff1d(np.arange(len(categories.names)), last)
    answered = np.add.reduceat(categories.chosen, categories.starts, axis=1)  # (N, H)
    whole, kind = np.unique(answered, axis=1, return_inverse=True)  # (N, U), (H,)
    table = np.zeros((len(kept) + whole.shape[1], len(categories.names)))
    row = np.arange(len(kept))
    table[row, kept] = 1.0
    table[row, last[categories.indicator[kept]]] = -1.0
    table[len(kept) + kind.ravel(), last] = 1.0
    return Condensed(np.ascontiguousarray(np.hstack([categories.chosen[:, kept], whole]).T), table)
