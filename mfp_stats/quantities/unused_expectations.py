"""What groups expect of proposals where support is analysed without it, in the reduced form.

One proposal without rated consequences puts all into that form
(:meth:`mfp_stats.quantities.index.IndexLayout.of`). What was rated still tells how far two groups
expect the same; it does not tell how a gap in support would move.
"""

import numpy as np

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.expected import PersonExpectations
from mfp_stats.quantities.group_expectations import MeanExpectations
from mfp_stats.quantities.response_draws import Measured, ResponseDraws


def unused_cells(measured: Measured) -> list[tuple[Ints, Ints]]:
    """Return the cells and values of every intervention with a response that support leaves unused.

    Empty in the full form, which uses them, and where the survey asks about no values: what people
    expect is then of nothing that they were asked to weigh.
    """
    rated, given = measured.data.expectations, measured.data.responses
    left = measured.layout.reduced and measured.expected is not None and measured.v.shape[2] > 0
    if rated is None or given is None or not left:
        return []
    found = []
    for name in given.interventions:
        here = [rated.interventions[x] == name for x in rated.intervention]
        cells = np.flatnonzero(np.array(here, dtype=np.bool_) & (rated.value >= 0))
        found.append((cells, rated.value[cells]))
    return found


def unused_means(found: ResponseDraws, measured: Measured) -> Floats | None:
    """Return what groups expect in every cell, (S, W, G, J); None where none is left unused."""
    if measured.expected is None or not any(len(cells) for cells, _ in unused_cells(measured)):
        return None
    rated = measured.expected.rated.answers >= 0
    rows = [np.flatnonzero(measured.data.group == g) for g in found.groups]
    weights = [measured.data.weightings[name] for name in found.weightings]
    means = np.zeros((measured.draws, len(found.weightings), len(rows), rated.shape[1]))
    for s in range(measured.draws):
        one = measured.everybody(s)
        assert isinstance(one.expectations, PersonExpectations)
        for w, weight in enumerate(weights):
            mean = MeanExpectations(one.expectations, rated, one.bootstrap, weight)
            means[s, w] = [mean.of(people) for people in rows]
    return means
