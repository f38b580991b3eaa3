"""Draws of everything that decides on designs, from what a fit measured of people and proposals.

What proposals are expected to do is linked to their attributes part by part: what all expect, how
worldviews deviate from it and how groups do (the parts that ``models/expectations.py`` is made of),
so that a design that nobody saw does not set groups apart by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax

from mfp_stats.design.data import Bools, Floats, Ints
from mfp_stats.likelihoods.categories import zero_sum_basis
from mfp_stats.quantities.expected import NOISE
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.index import Cells
from mfp_stats.quantities.persons import bootstrap_weights
from mfp_stats.quantities.population import (
    MANY_GROUPS,
    PEOPLE,
    GroupPeople,
    draw_people,
    resample,
)
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.quantities.search.links import fit_links
from mfp_stats.quantities.search.space import DesignSpace

#: Most draws that are kept, and most numbers of all of them together.
MOST_DRAWS: Final = 800
MOST_NUMBERS: Final = 6_000_000
#: Prior medians of τ, in logits (:mod:`mfp_stats.quantities.search.links`).
SCALES: Final[Mapping[str, float]] = {
    "all": 0.5,
    "worldviews": 0.4,
    "groups": 0.15,
    "intercept": 0.5,
    "residual": 0.2,
    "value_effect": 0.3,
}


@dataclass(frozen=True, slots=True, eq=False)
class SearchDraws:
    """What the tables of a fit hold for the search. S draws, W weightings, G groups shown.

    C worldviews, K values, Q signals, P columns of a design's code.
    """

    draws: Ints  #: (S,) their numbers among all draws
    share: Floats  #: (S, W, G, C)
    variance: Floats  #: (S, W, G, C)
    weight: Floats  #: (S, W, G, C, K)
    covariance: Floats  #: (S, W, G, C, K, K)
    importance: Floats  #: (S, W, G, K)
    outcome: Floats  #: (S, G, C, K, P)
    signal: Floats  #: (S, G, C, Q, P)
    rest: Floats  #: (S, G, C, P)
    signal_weight: Floats  #: (S, Q)
    told_effect: bool  #: whether consequences were asked about


def search_draws(
    measured: Measured,
    parameters: Sequence[ResponseParameters],
    groups: Ints,
    weightings: Mapping[str, Floats | None],
    space: DesignSpace,
) -> SearchDraws:
    """Work out, draw by draw, what decides on designs.

    Parameters
    ----------
    measured
        What was measured of people.
    parameters
        Of the response model, one for each draw.
    groups
        Indices of the groups shown.
    weightings
        Name to the weights of the people, None for everyone alike.
    space
        Of designs; its proposals have responses.

    Notes
    -----
    The people are the very ones whose acceptance is shown
    (:func:`mfp_stats.quantities.response_draws.draw_responses`).
    """
    kept = _kept(measured, len(groups), len(weightings), space)
    given = [parameters[s] for s in kept]
    outcome, signal, rest = _linked(measured, given, kept, space)
    rows = {int(g): np.flatnonzero(measured.data.group == g) for g in groups}
    people = _People(measured, rows, list(weightings.values()))
    found = [people.at(int(s), one) for s, one in zip(kept, given, strict=True)]
    share, variance, weight, covariance, importance = (
        np.stack([each[k] for each in found]) for k in range(5)
    )
    return SearchDraws(
        draws=kept,
        share=share,
        variance=variance,
        weight=weight,
        covariance=covariance,
        importance=importance,
        outcome=outcome[:, groups],
        signal=signal[:, groups],
        rest=rest[:, groups],
        signal_weight=np.stack([one.signal_weight for one in given]),
        told_effect=not measured.layout.reduced,
    )


def _kept(measured: Measured, groups: int, weightings: int, space: DesignSpace) -> Ints:
    """Return evenly spaced draws, as many as the numbers kept allow."""
    k, q = measured.v.shape[2], measured.layout.signals
    columns = space.fielded_code.shape[1] + len(space.proposals) + 2
    cell = (k + q + 1) * columns + weightings * (k * (k + 2) + 2)
    cells = groups * measured.membership.shape[1]
    most = max(1, min(MOST_DRAWS, MOST_NUMBERS // max(1, cells * cell), measured.draws))
    return np.linspace(0, measured.draws - 1, most).round().astype(np.int64)


# --- What designs do, by worldview and group --------------------------------------------------


class _Linker:
    """Links parts to the attributes of the proposals."""

    def __init__(self, space: DesignSpace, seed: int) -> None:
        self.code = space.fielded_code
        self.rng = np.random.default_rng((seed, 11))

    def of(self, y: Floats, there: Bools, kind: str) -> Floats:
        """Return coefficients (S, P, n) of y (S, X, n)."""
        found = fit_links(y, there, self.code, scale=SCALES[kind], rng=self.rng)
        return found.coefficients

    def deviations(self, y: Floats, there: Bools, kind: str) -> Floats:
        """Return coefficients (S, n, cells, P) of y (S, n, X, cells), whose sum over n is zero."""
        draws, n, x, cells = y.shape
        columns = self.code.shape[1] + x + 2
        if n < 2 or cells == 0:
            return np.zeros((draws, n, cells, columns))
        basis = zero_sum_basis(n)
        turned = np.einsum("nm,snxk->sxmk", basis, y).reshape(draws, x, -1)
        coefficients = self.of(turned, np.tile(there, (1, n - 1)), kind)
        apart = coefficients.reshape(draws, columns, n - 1, cells)
        return np.asarray(np.einsum("nm,spmk->snkp", basis, apart))


def _linked(
    measured: Measured, given: Sequence[ResponseParameters], kept: Ints, space: DesignSpace
) -> tuple[Floats, Floats, Floats]:
    """Return coefficients of outcomes (S, G, C, K, P), signals (…, Q, P) and all else (…, P)."""
    responses = measured.data.responses
    assert responses is not None
    which = np.array([responses.interventions.index(name) for name in space.proposals])
    linker = _Linker(space, measured.seed)
    k, q = measured.v.shape[2], measured.layout.signals
    if measured.layout.reduced:
        outcome = _value_effects(linker, given, which, k, measured)
    else:
        outcome = _expectations(linker, measured, given, kept, measured.layout.outcomes, which, k)
    signal = _expectations(linker, measured, given, kept, measured.layout.told, which, q)
    return outcome, signal, _all_else(linker, given, which, measured)


def _expectations(
    linker: _Linker,
    measured: Measured,
    given: Sequence[ResponseParameters],
    kept: Ints,
    cells: Cells,
    which: Ints,
    columns: int,
) -> Floats:
    """Return what worldviews and groups expect of outcomes, or are told, (S, G, C, columns, P)."""
    groups, classes = len(measured.data.groups), measured.membership.shape[1]
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
    common = linker.of(centre, there, "all").transpose(0, 2, 1)
    by_class = linker.deviations(held, there, "worldviews")
    by_group = linker.deviations(own, there, "groups")
    return np.asarray(common[:, None, None] + by_group[:, :, None] + by_class[:, None])


def _value_effects(
    linker: _Linker,
    given: Sequence[ResponseParameters],
    which: Ints,
    values: int,
    measured: Measured,
) -> Floats:
    """Return the reduced form's effects of values, alike in all worldviews and groups."""
    y = np.zeros((len(given), len(which), values))
    for s, one in enumerate(given):
        if one.value_effect is not None:
            y[s] = one.value_effect[:, which].T
    there = np.ones(y.shape[1:], dtype=np.bool_)
    found = linker.of(y, there, "value_effect").transpose(0, 2, 1)
    head = (len(given), len(measured.data.groups), measured.membership.shape[1])
    return np.broadcast_to(found[:, None, None], (*head, *found.shape[1:])).copy()


def _all_else(
    linker: _Linker, given: Sequence[ResponseParameters], which: Ints, measured: Measured
) -> Floats:
    """Return intercepts, group residuals and the reduced form's worldviews, (S, G, C, P)."""
    there = np.ones((len(which), 1), dtype=np.bool_)
    intercept = np.stack([one.intercept[which] for one in given])[:, :, None]
    residual = np.stack([one.residual[:, which] for one in given])[:, :, :, None]
    classes = measured.membership.shape[1]
    direct = np.zeros((len(given), classes, len(which), 1))
    for s, one in enumerate(given):
        if one.class_effect is not None:
            direct[s, :, :, 0] = one.class_effect[:, which]
    common = linker.of(intercept, there, "intercept")[:, None, None, :, 0]
    found = common + linker.deviations(residual, there, "residual")[:, :, None, 0]
    found = found + linker.deviations(direct, there, "worldviews")[:, None, :, 0]
    found[..., 0] -= np.array([one.accept_cut for one in given])[:, None, None]
    return np.asarray(found)


# --- Whom they act upon -----------------------------------------------------------------------


class _People:
    """People of the groups, summed up by worldview."""

    def __init__(
        self, measured: Measured, rows: Mapping[int, Ints], weights: Sequence[Floats | None]
    ) -> None:
        self.measured, self.rows, self.weights = measured, rows, weights
        self.people = PEOPLE if len(rows) < MANY_GROUPS else PEOPLE // 2
        layout = measured.layout
        asked = [which for _, which in layout.outcomes]
        #: Share of the proposals that each outcome and signal is asked of: the others add nothing.
        self.outcomes = _asked(asked, measured.v.shape[2], layout.interventions)
        self.signals = _asked([w for _, w in layout.told], layout.signals, layout.interventions)

    def at(self, s: int, given: ResponseParameters) -> tuple[Floats, ...]:
        """Return share, variance, weight, covariance and importance under one draw, (W, G, …)."""
        measured = self.measured
        everyone = np.arange(len(measured.data.group))
        held = measured.membership if measured.expected is None else measured.expected.at(s)
        bootstrap = bootstrap_weights(None, everyone, np.array([s]), seed=measured.seed)[0]
        found = []
        for weight in self.weights:
            rng = np.random.default_rng((measured.seed, 2, s))
            for rows in self.rows.values():
                drawn = bootstrap[rows] if weight is None else (bootstrap * weight)[rows]
                who = rows[resample(drawn, self.people, rng)]
                people = draw_people(
                    who, measured.v[s], held, measured.layout, given.deviation_share, rng
                )
                found.append(self._summed(people, given))
        head = (len(self.weights), len(self.rows))
        return tuple(
            np.stack([one[k] for one in found]).reshape(*head, *found[0][k].shape) for k in range(5)
        )

    def _summed(self, people: GroupPeople, given: ResponseParameters) -> tuple[Floats, ...]:
        measured = self.measured
        classes, k = measured.membership.shape[1], people.values.shape[1]
        importance = softmax(people.values, axis=1) if k else people.values
        reduced = measured.layout.reduced
        omega = people.values if reduced else given.expected_weight * k * importance
        share, variance = np.zeros(classes), np.zeros(classes)
        weight, covariance = np.zeros((classes, k)), np.zeros((classes, k, k))
        deviation = NOISE * given.deviation_share / (1 - given.deviation_share)
        for c in range(classes):
            inside = omega[people.worldview == c]
            share[c] = len(inside) / len(omega)
            if len(inside):
                weight[c] = inside.mean(axis=0)
                centred = inside - weight[c]
                covariance[c] = centred.T @ centred / len(inside)
            own = 0.0 if reduced else (weight[c] ** 2 + np.diag(covariance[c])) @ self.outcomes
            told = given.signal_weight**2 @ self.signals if len(given.signal_weight) else 0.0
            variance[c] = given.person_sd**2 + deviation * (own + told)
        return share, variance, weight, covariance, importance.mean(axis=0)


def _asked(which: Sequence[Ints], columns: int, interventions: int) -> Floats:
    """Return the share of the interventions that each outcome or signal is asked of, (columns,)."""
    counts = np.zeros(columns)
    for about in which:
        counts[about] += 1
    return counts / max(1, interventions)
