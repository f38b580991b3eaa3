"""Draws of everything that decides on designs, from what a fit measured of people and proposals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import softmax

from mfp_stats.design.data import Floats, Ints
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.gaps import Population, ResponseParameters
from mfp_stats.quantities.population import GroupPeople
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.quantities.search.effects import linked_effects
from mfp_stats.quantities.search.own import KINDS
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import LEAST_DRAWS

#: Most draws that are kept, and most numbers of all of them together.
MOST_DRAWS: Final = 800
MOST_NUMBERS: Final = 6_000_000
#: Most numbers where the fewest draws that a search is made with need more: 160 MB on disk.
MOST_FOR_LEAST: Final = 40_000_000


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
    rest: Floats  #: (S, W, G, C, P)
    signal_weight: Floats  #: (S, Q)
    #: (S, K + Q + 1, 3) sd of what new designs have of their own, of every outcome, signal and all
    #: else: of what all expect, of what worldviews do otherwise, and groups
    lack: Floats
    told_effect: bool  #: whether consequences were asked about


def search_draws(
    measured: Measured,
    parameters: Sequence[ResponseParameters],
    groups: Ints,
    weightings: Mapping[str, Floats | None],
    space: DesignSpace,
    raised: Floats | None = None,
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
    raised
        (draw, W, G, X) by how much weights raise the groups' residuals, in logits. None: not.

    Notes
    -----
    The people are the very ones whose acceptance is shown
    (:func:`mfp_stats.quantities.response_draws.draw_responses`).
    """
    numbers = _numbers(measured, len(groups), len(weightings), space)
    kept = kept_draws(measured.draws, numbers)
    given = [parameters[s] for s in kept]
    more = np.zeros((len(kept), len(weightings), *given[0].residual.shape))
    if raised is not None:
        more[:, :, groups, : raised.shape[3]] = raised[kept]
    outcome, signal, rest, lack = linked_effects(measured, given, kept, space, more)
    people = _People(measured, measured.populations(groups, weightings.values()))
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
        rest=rest[:, :, groups],
        signal_weight=np.stack([one.signal_weight for one in given]),
        lack=_among(lack, len(groups), len(measured.data.groups)),
        told_effect=not measured.layout.reduced,
    )


def _among(lack: Floats, shown: int, groups: int) -> Floats:
    """Return sds of ε where groups differ around the mean of those shown, not of all.

    What the mean of those shown has is then part of what all expect.
    """
    found = lack.copy()
    found[:, :, 0] = np.sqrt(
        lack[:, :, 0] ** 2 + lack[:, :, 2] ** 2 * (1 / max(1, shown) - 1 / groups)
    )
    return found


def kept_draws(draws: int, numbers: int) -> Ints:
    """Return evenly spaced draws, as many as may be kept of so many numbers each.

    Fewer than ``LEAST_DRAWS`` are kept only of surveys so large that memory would not do; findings
    say so then.
    """
    each = max(1, numbers)
    allowed = max(MOST_NUMBERS // each, min(LEAST_DRAWS, MOST_FOR_LEAST // each))
    most = max(1, min(MOST_DRAWS, allowed, draws))
    return np.linspace(0, draws - 1, most).round().astype(np.int64)


def _numbers(measured: Measured, groups: int, weightings: int, space: DesignSpace) -> int:
    """Return how many numbers are kept of a draw."""
    k, q = measured.v.shape[2], measured.layout.signals
    columns = space.fielded_code.shape[1] + len(space.proposals) + 2
    cell = (k + q) * columns + (k + q + 1) * KINDS + weightings * (k * (k + 2) + 2 + columns)
    return int(groups * measured.worldviews * cell)


class _People:
    """People of the groups, summed up by worldview."""

    def __init__(self, measured: Measured, populations: Sequence[Population]) -> None:
        self.measured, self.populations = measured, populations
        layout = measured.layout
        asked = [which for _, which in layout.outcomes]
        #: Share of the proposals that each outcome and signal is asked of: the others add nothing.
        self.outcomes = _asked(asked, measured.v.shape[2], layout.interventions)
        self.signals = _asked([w for _, w in layout.told], layout.signals, layout.interventions)

    def at(self, s: int, given: ResponseParameters) -> tuple[Floats, ...]:
        """Return share, variance, weight, covariance and importance under one draw, (W, G, …)."""
        everybody, share = self.measured.everybody(s), given.deviation_share
        found = [
            self._summed(people, given)
            for population in self.populations
            for people in self.measured.draw_people(population, everybody, s, share)
        ]
        head = (len(self.populations), len(self.populations[0].groups))
        return tuple(
            np.stack([one[k] for one in found]).reshape(*head, *found[0][k].shape) for k in range(5)
        )

    def _summed(self, people: GroupPeople, given: ResponseParameters) -> tuple[Floats, ...]:
        measured = self.measured
        classes, k = measured.worldviews, people.values.shape[1]
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
