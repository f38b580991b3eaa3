"""What designs do, by worldview and group: linked to attributes part by part.

The parts are what all expect, how worldviews deviate from it and how groups do, as
``models/expectations.py`` has them, so that a design that nobody saw does not set groups apart by
chance.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints
from mfp_stats.likelihoods.categories import zero_sum_basis
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.index import Cells
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.quantities.search.links import fit_links
from mfp_stats.quantities.search.space import DesignSpace

#: Prior medians of τ, in logits (:mod:`mfp_stats.quantities.search.links`).
SCALES: Final[Mapping[str, float]] = {
    "all": 0.5,
    "worldviews": 0.4,
    "groups": 0.15,
    "intercept": 0.5,
    "residual": 0.2,
    "value_effect": 0.3,
}


class _Linker:
    """Links parts to the attributes of the proposals."""

    def __init__(self, space: DesignSpace, seed: int) -> None:
        self.code = space.fielded_code
        self.rng = np.random.default_rng((seed, 11))

    def of(self, y: Floats, there: Bools, kind: str) -> tuple[Floats, Floats]:
        """Return coefficients (S, P, n) of y (S, X, n), and the sd of ε, (S, n)."""
        found = fit_links(y, there, self.code, scale=SCALES[kind], rng=self.rng)
        return found.coefficients, found.lack

    def deviations(self, y: Floats, there: Bools, kind: str) -> tuple[Floats, Floats]:
        """Return coefficients (S, n, cells, P) of y (S, n, X, cells), whose sum over n is zero.

        And the sd of ε, (S, cells), which also sums to zero.
        """
        draws, n, x, cells = y.shape
        columns = self.code.shape[1] + x + 2
        if n < 2 or cells == 0:
            return np.zeros((draws, n, cells, columns)), np.zeros((draws, cells))
        basis = zero_sum_basis(n)
        turned = np.einsum("nm,snxk->sxmk", basis, y).reshape(draws, x, -1)
        coefficients, lack = self.of(turned, np.tile(there, (1, n - 1)), kind)
        apart = coefficients.reshape(draws, columns, n - 1, cells)
        # Every contrast of one cell has the same sd.
        return np.asarray(np.einsum("nm,spmk->snkp", basis, apart)), lack[:, :cells]


def linked_effects(
    measured: Measured,
    given: Sequence[ResponseParameters],
    kept: Ints,
    space: DesignSpace,
    raised: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return coefficients of outcomes (S, G, C, K, P), signals (…, Q, P), all else (S, W, G, C, P).

    And the sd of ε of each of these cells, (S, K + Q + 1, 3): of what all expect, of what
    worldviews do otherwise, and groups. ``raised`` (S, W, G, O) is what each weighting adds to
    groups' residuals; that sd is the same under all of them.
    """
    responses = measured.data.responses
    assert responses is not None
    which = np.array([responses.interventions.index(name) for name in space.proposals])
    linker = _Linker(space, measured.seed)
    k, q = measured.v.shape[2], measured.layout.signals
    if measured.layout.reduced:
        outcome, lack = _value_effects(linker, given, which, k, measured)
    else:
        outcome, lack = _expectations(
            linker, measured, given, kept, measured.layout.outcomes, which, k
        )
    signal, told = _expectations(linker, measured, given, kept, measured.layout.told, which, q)
    rest, other = _all_else(linker, given, which, measured, raised[..., which])
    return outcome, signal, rest, np.concatenate([lack, told, other], axis=1)


def _expectations(
    linker: _Linker,
    measured: Measured,
    given: Sequence[ResponseParameters],
    kept: Ints,
    cells: Cells,
    which: Ints,
    columns: int,
) -> tuple[Floats, Floats]:
    """Return what worldviews and groups expect of outcomes, or are told, (S, G, C, columns, P).

    And the sd of ε, (S, columns, 3).
    """
    groups, classes = len(measured.data.groups), measured.worldviews
    there = np.zeros((len(which), columns), dtype=np.bool_)
    y = np.zeros((len(kept), classes, groups, len(which), columns))
    expected = measured.expected
    if expected is not None:
        # On the scale of persons' positions (``mfp_stats.quantities.expected``).
        scale = 1 / np.sqrt(1 - np.array([one.deviation_share for one in given]))
        for at, x in enumerate(which):
            of, about = cells[x]
            there[at, about] = True
            y[:, :, :, at, about] = expected.expectation[kept][..., of]
        y *= scale[:, None, None, None, None]
    centre = y.mean(axis=(1, 2))
    held = y.mean(axis=2) - centre[:, None]
    own = y.mean(axis=1) - centre[:, None]
    common, everyones = linker.of(centre, there, "all")
    by_class, apart = linker.deviations(held, there, "worldviews")
    by_group, own_lack = linker.deviations(own, there, "groups")
    found = common.transpose(0, 2, 1)[:, None, None] + by_group[:, :, None] + by_class[:, None]
    return found, np.stack([everyones, apart, own_lack], axis=2)


def _value_effects(
    linker: _Linker,
    given: Sequence[ResponseParameters],
    which: Ints,
    values: int,
    measured: Measured,
) -> tuple[Floats, Floats]:
    """Return the reduced form's effects of values, alike in all worldviews and groups."""
    y = np.zeros((len(given), len(which), values))
    for s, one in enumerate(given):
        if one.value_effect is not None:
            y[s] = one.value_effect[:, which].T
    there = np.ones(y.shape[1:], dtype=np.bool_)
    found, lack = linker.of(y, there, "value_effect")
    found = found.transpose(0, 2, 1)
    head = (len(given), len(measured.data.groups), measured.worldviews)
    none = np.zeros_like(lack)
    effects = np.broadcast_to(found[:, None, None], (*head, *found.shape[1:])).copy()
    return effects, np.stack([lack, none, none], axis=2)


def _all_else(
    linker: _Linker,
    given: Sequence[ResponseParameters],
    which: Ints,
    measured: Measured,
    raised: Floats,
) -> tuple[Floats, Floats]:
    """Return intercepts, group residuals and the reduced form's worldviews, (S, W, G, C, P).

    And the sd of ε, (S, 1, 3), of the first weighting, which is everyone alike. The same random
    numbers link each weighting: what sets two apart is what weights do.
    """
    there = np.ones((len(which), 1), dtype=np.bool_)
    intercept = np.stack([one.intercept[which] for one in given])
    residual = np.stack([one.residual[:, which] for one in given])
    alike = raised.mean(axis=2)  # (S, W, X)
    state = linker.rng.bit_generator.state
    found, lacks = [], []
    for w in range(raised.shape[1]):
        linker.rng.bit_generator.state = state
        everyones = (intercept + alike[:, w])[..., None]
        own = (residual + raised[:, w] - alike[:, w, None])[..., None]
        common, lack = linker.of(everyones, there, "intercept")
        by_group, own_lack = linker.deviations(own, there, "residual")
        found.append(common[:, None, None, :, 0] + by_group[:, :, None, 0])
        lacks.append((lack, own_lack))
    direct = np.zeros((len(given), measured.worldviews, len(which), 1))
    for s, one in enumerate(given):
        if one.class_effect is not None:
            direct[s, :, :, 0] = one.class_effect[:, which]
    by_class, apart = linker.deviations(direct, there, "worldviews")
    rest = np.stack(found, axis=1) + by_class[:, None, None, :, 0]
    everyones_lack, own_lack = lacks[0]
    return rest, np.stack([everyones_lack, apart, own_lack], axis=2)
