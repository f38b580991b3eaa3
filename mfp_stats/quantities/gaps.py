"""Draws of everything that rests on responses: acceptance, gaps, their causes, and swaps.

In every posterior draw the people of a group are drawn anew: their number and weights by a
(weighted) Bayesian bootstrap of the respondents, their values, worldview and expectations given
their answers to the questions on these, their own part at random. Acceptance is a mean over these
people; a gap is divided by Shapley's rule after rank-preserving transport
(:mod:`mfp_stats.quantities.shapley`), with both groups as the reference. What weights tell of
acceptance beyond that is added to the residual (:mod:`mfp_stats.quantities.weighted_residual`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import expit, softmax

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.expected import PersonExpectations
from mfp_stats.quantities.index import IndexLayout
from mfp_stats.quantities.population import GroupPeople, draw_people, resample
from mfp_stats.quantities.shapley import (
    CAUSES,
    at_places,
    expected_values,
    places_of,
    shapley,
    subset_means,
)

#: What carries a gap: the four players, then what moving everything does not explain.
PARTS: Final = (*CAUSES, "dependence")


@dataclass(frozen=True, slots=True, eq=False)
class ResponseParameters:
    """One draw of ``models/responses.py``. X interventions, O offers, C worldviews."""

    intercept: Floats  #: (O,) of accepting: α less the cut point from which an answer accepts
    residual: Floats  #: (G, O) τ, with how far the group's cut point lies below the others'
    person_sd: float
    expected_weight: float  #: 0 in the reduced form
    class_effect: Floats | None  #: (C, X), reduced form
    value_effect: Floats | None  #: (K, X), reduced form
    signal_weight: Floats  #: (Q,)
    deviation_share: float  #: ρ; 0 where no rating counts


def parameters(posterior: xr.Dataset, accept: int) -> list[ResponseParameters]:
    """Return the draws of the response model, chains one after the other."""
    flat = {
        str(name): array.values.reshape(-1, *array.shape[2:])
        for name, array in posterior.transpose("chain", "draw", ...).items()
    }
    total = len(flat["person_sd"])
    none = np.zeros((total, 0))
    cut = flat["cutpoints"][..., accept - 1]  # (S, G, X)
    under_both = flat["intercept"].shape[1] // cut.shape[2]
    intercept = flat["intercept"] - np.tile(cut.mean(axis=1), under_both)
    # Where a group begins to accept is its own like the rest of what is left of it.
    residual = flat["residual"] + np.tile(scale_use(posterior, accept), under_both)
    return [
        ResponseParameters(
            intercept=intercept[s],
            residual=residual[s],
            person_sd=float(flat["person_sd"][s]),
            expected_weight=float(flat["expected_weight"][s]) if "expected_weight" in flat else 0.0,
            class_effect=flat["class_effect"][s] if "class_effect" in flat else None,
            value_effect=flat["value_effect"][s] if "value_effect" in flat else None,
            signal_weight=flat.get("signal_weight", none)[s],
            deviation_share=float(flat["deviation_share"][s]) if "deviation_share" in flat else 0.0,
        )
        for s in range(total)
    ]


def scale_use(posterior: xr.Dataset, accept: int) -> Floats:
    """Return by how much a group's use of the answer scale alone makes it accept more, (S, G, X).

    In logits, beside the mean of all groups; chains one after the other.
    """
    cutpoints = posterior["cutpoints"].transpose("chain", "draw", ...).values
    cut = cutpoints.reshape(-1, *cutpoints.shape[2:])[..., accept - 1]
    return np.asarray(cut.mean(axis=1, keepdims=True) - cut)


@dataclass(frozen=True, slots=True, eq=False)
class PairDraw:
    """One pair and draw, b against a; X interventions, K values."""

    gap: Floats  #: (X,) acceptance of b minus that of a
    from_a: Floats  #: (X, 4) φ with a as the reference
    from_b: Floats  #: (X, 4) φ with b as the reference, in the direction of the gap
    order_low: Floats  #: (X, 4) least over orders, mean of both references
    order_high: Floats  #: (X, 4)
    #: (X, K) what it does to the gap if one group expects of one outcome what the other does: the
    #: mean of a moved to b and of b moved to a.
    swap: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Columns that are transported, (..., M, columns), with what every transport needs of them."""

    held: Floats
    places: NDArray[np.intp]
    ordered: Floats

    @classmethod
    def of(cls, held: Floats) -> "_Columns":
        return cls(held, places_of(held), np.sort(held, axis=-2))

    def moved_to(self, other: "_Columns") -> Floats:
        return at_places(self.places, other.ordered)


class GroupDraw:
    """One group's people and their acceptance under one draw."""

    def __init__(
        self,
        people: GroupPeople,
        group: int,
        given: ResponseParameters,
        layout: IndexLayout,
    ) -> None:
        self.people, self.group, self.given, self.layout = people, group, given, layout
        x = layout.interventions
        self.residual = given.residual[group, :x]
        own = given.person_sd * people.own
        self.rest = given.intercept[:x, None] + own  # (X, M)
        self.values = _Columns.of(people.values)  # (M, K)
        self.models = _Columns.of(self._models())  # (X, M, K), or (X, M, 1) in the reduced form
        self.signals = _Columns.of(people.signals)  # (X, M, Q)
        self.told = people.signals @ given.signal_weight  # (X, M)

    def _models(self) -> Floats:
        if not self.layout.reduced:
            return self.people.consequences
        effect = self.given.class_effect
        shape = self.rest.shape
        direct = np.zeros(shape) if effect is None else effect[self.people.worldview].T
        return direct[:, :, None]

    def index(self, values: Floats, models: Floats) -> Floats:
        """Return the part of support that values (M, K) and models (X, M, …) make, (X, M)."""
        if not self.layout.reduced:
            return self.given.expected_weight * expected_values(values, models)
        direct = models[:, :, 0]
        if self.given.value_effect is not None:
            direct = direct + (values @ self.given.value_effect).T
        return direct

    def acceptance(self) -> Floats:
        """Return the share of the group that accepts, (X,)."""
        index = self.index(self.values.held, self.models.held)
        return np.asarray(
            expit(index + self.told + self.residual[:, None] + self.rest).mean(axis=1)
        )

    def acceptance_under(self, given: ResponseParameters, raised: Floats) -> Floats:
        """Return the share that would accept with other intercepts and residuals, (X,).

        ``raised`` (X,) is added to the other residuals.
        """
        x = self.layout.interventions
        apart = given.intercept[:x] + given.residual[self.group, :x] + raised - self.residual
        rest = self.rest + (apart - self.given.intercept[:x])[:, None]
        index = self.index(self.values.held, self.models.held)
        return np.asarray(expit(index + self.told + self.residual[:, None] + rest).mean(axis=1))

    def stipulated(self) -> Floats | None:
        """Return the same under stipulated consequences; None where nobody was asked so."""
        x = self.layout.interventions
        if len(self.given.intercept) == x:
            return None
        return np.asarray(expit(self._under_stipulation()).mean(axis=1))

    def supposing(self, outcomes: Floats) -> Floats:
        """Return the share that would accept if all supposed the same outcomes (X, K), (X,).

        In the full form: what is supposed takes the place of what each expects, and nothing else
        changes.
        """
        models = np.broadcast_to(outcomes[:, None], self.models.held.shape)
        index = self.index(self.values.held, models)
        return np.asarray(
            expit(index + self.told + self.residual[:, None] + self.rest).mean(axis=1)
        )

    def predictors(self) -> Floats:
        """Return everybody's linear predictor of every offer, (O, M)."""
        index = self.index(self.values.held, self.models.held)
        natural = index + self.told + self.residual[:, None] + self.rest
        return np.concatenate([natural, self._under_stipulation()])

    def _under_stipulation(self) -> Floats:
        """Return everybody's linear predictor under stipulated consequences, (X or 0, M)."""
        x = self.layout.interventions
        fixed = self.given.intercept[x:] + self.given.residual[self.group, x:]
        own = self.given.person_sd * self.people.own
        return np.asarray(fixed[:, None] + self.told[: len(fixed)] + own)

    def moved_to(self, other: "GroupDraw") -> tuple[Floats, Floats, Floats, Floats]:
        """Return φ, least and most over orders (X, 4), and the swap of each outcome (X, K)."""
        values = (self.values.held, self.values.moved_to(other.values))
        models = (self.models.held, self.models.moved_to(other.models))
        index = {(v, m): self.index(values[v], models[m]) for v in (0, 1) for m in (0, 1)}
        told = [self.told, self.signals.moved_to(other.signals) @ self.given.signal_weight]
        f = subset_means(index, told, (self.residual, other.residual), self.rest)
        return (*shapley(f), self._swap(models, index[0, 0], f[:, 0]))

    def _swap(self, models: tuple[Floats, Floats], index: Floats, now: Floats) -> Floats:
        if self.layout.reduced:
            return np.zeros((len(now), 0))
        k = self.values.held.shape[1]
        weight = self.given.expected_weight * k * softmax(self.values.held, axis=1)
        base = (index + self.told + self.residual[:, None] + self.rest)[:, :, None]
        moved = expit(base + weight * (models[1] - models[0])).mean(axis=1)
        return np.asarray(moved - now[:, None])


def compare(a: GroupDraw, b: GroupDraw) -> PairDraw:
    """Return how acceptance differs between two groups under one draw, and what carries it."""
    phi_a, low_a, high_a, swap_a = a.moved_to(b)
    phi_b, low_b, high_b, swap_b = b.moved_to(a)
    return PairDraw(
        gap=b.acceptance() - a.acceptance(),
        from_a=phi_a,
        from_b=-phi_b,
        order_low=(low_a - high_b) / 2,
        order_high=(high_a - low_b) / 2,
        swap=(swap_b - swap_a) / 2,
    )


@dataclass(frozen=True, slots=True, eq=False)
class PeopleDraw:
    """One posterior draw of all N people."""

    bootstrap: Floats  #: (N,) their weights in a Bayesian bootstrap
    v: Floats  #: (N, K)
    #: Membership probabilities (N, C) where nothing was rated.
    expectations: PersonExpectations | Floats


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Who stands for the groups: rows of the people of each group shown, and their weights."""

    groups: Mapping[int, Ints]  #: index of the group in the model -> rows
    weight: Floats | None  #: (N,)
    people: int  #: M

    def counted(self, one: PeopleDraw) -> Floats:
        """Return how much everybody counts in a draw, (N,)."""
        return one.bootstrap if self.weight is None else one.bootstrap * self.weight

    def draw(
        self, one: PeopleDraw, layout: IndexLayout, share: float, seed: Sequence[int]
    ) -> Iterator[GroupPeople]:
        """Draw the people of every group, in order.

        Parameters
        ----------
        one
            What one posterior draw holds of everybody.
        layout
            Which cell belongs where.
        share
            ρ, the share of a rating's noise that is the person's own deviation.
        seed
            The same for every weighting of a draw, so that they differ by the weights alone.
        """
        rng = np.random.default_rng(seed)
        own = self.counted(one)
        for rows in self.groups.values():
            who = rows[resample(own[rows], self.people, rng)]
            yield draw_people(who, one.v, one.expectations, layout, share, rng)

    def each(
        self, one: PeopleDraw, layout: IndexLayout, share: float, seed: Sequence[int]
    ) -> Iterator[GroupPeople]:
        """Draw what every person of each group holds, once each, in the order of its rows."""
        rng = np.random.default_rng(seed)
        for rows in self.groups.values():
            yield draw_people(rows, one.v, one.expectations, layout, share, rng)


def pairs_of(groups: int) -> list[tuple[int, int]]:
    """Return all pairs of G groups, in the order of everything that is per pair."""
    return list(combinations(range(groups), 2))
