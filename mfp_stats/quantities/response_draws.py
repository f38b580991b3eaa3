"""One pass over posterior draws: what every group accepts and expects, and what carries gaps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from mfp_stats.design.asked import Asked
from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.quantities.expected import Expected, PersonExpectations
from mfp_stats.quantities.gaps import (
    GroupDraw,
    PeopleDraw,
    Population,
    ResponseParameters,
    compare,
    pairs_of,
)
from mfp_stats.quantities.group_expectations import MeanExpectations
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout
from mfp_stats.quantities.observed_acceptance import resampled_shares
from mfp_stats.quantities.persons import bootstrap_weights
from mfp_stats.quantities.population import MANY_GROUPS, PEOPLE, GroupPeople
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.stipulated import stipulated_outcomes
from mfp_stats.quantities.weighted_residual import weighting_shift, with_weighted_residual


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured of the people whose responses are analysed, under S draws.

    N people, K values, C worldviews.
    """

    data: ModelData  #: of these people alone
    v: Floats  #: (S, N, K)
    log_membership: Floats  #: (S, N, C) given beliefs; used where nothing was rated
    expected: Expected | None
    layout: IndexLayout
    moments: ImportanceMoments
    seed: int
    asked: Asked | None = None  #: what each group was asked; None: all of them the same

    @property
    def draws(self) -> int:
        """Number of draws S."""
        return len(self.v)

    @property
    def worldviews(self) -> int:
        """Number of worldviews C."""
        return int(self.log_membership.shape[2])

    def people(self, s: int) -> PersonExpectations | Floats:
        """Return everybody's expectations under one draw, or memberships if nothing was rated."""
        if self.expected is not None:
            return self.expected.at(s)
        return np.asarray(np.exp(self.log_membership[s], dtype=np.float64))

    @property
    def causes(self) -> tuple[str, ...]:
        """Causes that the survey measured; a residual is always left."""
        there = {
            "values": self.v.shape[2] > 1,
            "models": not self.layout.reduced or self.worldviews > 1,
            "signals": self.layout.signals > 0,
            "residual": True,
        }
        return tuple(cause for cause in CAUSES if there[cause])

    def not_compared(self, groups: Sequence[int], x: int) -> frozenset[str]:
        """Return causes that one of the groups was not asked about, of an intervention.

        Parameters
        ----------
        groups
            Indices in the model.
        x
            Of the intervention.
        """
        if self.asked is None:
            return frozenset()
        reduced = self.layout.reduced
        there = {
            "values": not self.v.shape[2] or self.asked.same_values(*groups),
            "models": self.asked.common_beliefs(*groups)
            if reduced
            else self._rated(groups, self.layout.outcomes[x][0]),
            "signals": self._rated(groups, self.layout.told[x][0]),
        }
        return frozenset(cause for cause, same in there.items() if not same)

    def _rated(self, groups: Sequence[int], cells: Ints) -> bool:
        """Whether somebody of every group rated each of the cells."""
        return self.asked is None or bool(self.asked.cells[np.ix_(groups, cells)].all())

    def populations(self, groups: Ints, weights: Iterable[Floats | None]) -> list[Population]:
        """Return who stands for the groups under each weighting."""
        rows = {int(g): np.flatnonzero(self.data.group == g) for g in groups}
        people = PEOPLE if len(rows) < MANY_GROUPS else PEOPLE // 2
        return [Population(rows, weight, people) for weight in weights]

    def everybody(self, s: int) -> PeopleDraw:
        """Return what a draw holds of everybody."""
        everyone = np.arange(len(self.data.group))
        bootstrap = bootstrap_weights(None, everyone, np.array([s]), seed=self.seed)[0]
        return PeopleDraw(bootstrap, self.v[s], self.people(s))

    def supposed(self, s: int, share: float) -> Floats | None:
        """Return what the stipulated arm supposes, m* (X, K), under one draw.

        None where there is no such arm, where it does not say the same to all of it, and in the
        reduced form, which has no scale of outcomes. ``share`` is ρ.
        """
        given, expected = self.data.responses, self.expected
        assert given is not None
        if given.supposed is None or expected is None or self.layout.reduced:
            return None
        told, cuts = expected.rated, expected.cuts(s)
        found = stipulated_outcomes(given.supposed, self.data.values, told, self.layout, cuts)
        return np.asarray(found / np.sqrt(1 - share))

    def draw_people(
        self, population: Population, one: PeopleDraw, s: int, share: float
    ) -> Iterator[GroupPeople]:
        """Draw the people of a population's groups: the same ones whatever they are drawn for."""
        return population.draw(one, self.layout, share, (self.seed, 2, s))


@dataclass(frozen=True, slots=True, eq=False)
class ResponseDraws:
    """Draws of all that is displayed. S draws, W weightings, G groups shown, P pairs of them.

    X interventions, K values, Q signals; parts are the four causes and dependence.
    """

    groups: Ints  #: (G,) indices in the model
    weightings: tuple[str, ...]
    acceptance: Floats  #: (S, W, G, X)
    gap: Floats  #: (S, W, P, X) acceptance of the second group minus that of the first
    parts: Floats  #: (S, W, P, X, 5) mean of both reference groups
    from_a: Floats  #: (S, W, P, X, 4)
    from_b: Floats  #: (S, W, P, X, 4)
    order_low: Floats  #: (S, W, P, X, 4)
    order_high: Floats  #: (S, W, P, X, 4)
    swap: Floats  #: (S, W, P, X, K)
    #: (S, W, G, X, K) mean expectation, in logits of one answer like the two below
    expects: Floats
    told: Floats  #: (S, W, G, X, Q) mean signal
    told_within: Floats  #: (S, W, C, X, Q) mean signal within each worldview, all groups together
    stipulated: Floats | None  #: (S, W, G, X) acceptance under stipulated consequences
    #: (S, W, G, X) the same as the split foretells it, see :mod:`mfp_stats.quantities.stipulated`
    foretold: Floats | None = None
    #: (S, W, G, X) acceptance among those who were asked under stipulated consequences, by no model
    arm: Floats | None = None
    #: (S, W, G, X) acceptance of each intervention as predicted from the others
    left_out: Floats | None = None
    #: (S, W, G, X) by how much weights raise groups' residuals, in logits
    #: (:mod:`mfp_stats.quantities.weighted_residual`)
    raised: Floats | None = None


def draw_responses(
    measured: Measured,
    parameters: Iterable[ResponseParameters],
    groups: Ints,
    weightings: Mapping[str, Floats | None],
    left_out: Sequence[ResponseParameters] | None = None,
) -> ResponseDraws:
    """Work everything out draw by draw.

    Parameters
    ----------
    measured
        What was measured.
    parameters
        Of the response model, one for each draw.
    groups
        Indices of the groups to be shown.
    weightings
        Name to the weights (N,) of the people, None for everyone alike.
    left_out
        Parameters under which each intervention is predicted from the others, one for each draw
        (:mod:`mfp_stats.quantities.forecast.left_out`).
    """
    populations = measured.populations(groups, weightings.values())
    assert measured.data.responses is not None
    accepts = measured.data.responses.accepts_offers
    collected = _Collected(measured, len(groups), len(weightings))
    for s, given in enumerate(parameters):
        one = measured.everybody(s)
        for w, population in enumerate(populations):
            drawn = _groups_drawn(measured, population, one, s, given, accepts)
            collected.put(s, w, drawn, measured.supposed(s, given.deviation_share))
            if (told := measured.data.responses.accepts_stipulated) is not None:
                own = population.counted(one)
                rng = np.random.default_rng((measured.seed, 7, s))
                collected.arm[s, w] = [
                    resampled_shares(told[rows], own[rows], rng)
                    for rows in population.groups.values()
                ]
            before = given.residual[groups, : measured.layout.interventions]
            raised = np.array([one.residual for one in drawn]) - before
            collected.raised[s, w] = raised
            if left_out is not None:
                collected.left_out[s, w] = [
                    group.acceptance_under(left_out[s], of_others(by))
                    for group, by in zip(drawn, raised, strict=True)
                ]
            if isinstance(one.expectations, PersonExpectations):
                assert measured.expected is not None
                means = MeanExpectations(
                    one.expectations,
                    measured.expected.rated.answers >= 0,
                    one.bootstrap,
                    population.weight,
                )
                collected.put_means(s, w, means, population)
    found = collected.result(groups, tuple(weightings))
    return found if left_out is None else replace(found, left_out=collected.left_out)


def of_others(each: Floats) -> Floats:
    """Return the mean of all others in the place of each, (..., X); 0 where there are none."""
    return np.asarray((each.sum(axis=-1, keepdims=True) - each) / max(1, each.shape[-1] - 1))


def _groups_drawn(
    measured: Measured,
    population: Population,
    one: PeopleDraw,
    s: int,
    given: ResponseParameters,
    accepts: Ints,
) -> list[GroupDraw]:
    """Return the groups of a population; where people are weighted, with what weights add."""
    share, layout = given.deviation_share, measured.layout

    def as_groups(people: Iterable[GroupPeople]) -> list[GroupDraw]:
        held = zip(population.groups, people, strict=True)
        return [GroupDraw(one, group, given, layout) for group, one in held]

    drawn = as_groups(measured.draw_people(population, one, s, share))
    if population.weight is None:
        return drawn
    weighted = population.counted(one)
    each = as_groups(population.each(one, layout, share, (measured.seed, 5, s)))
    found = []
    for group, everybody in zip(drawn, each, strict=True):
        rows = population.groups[group.group]
        expected = expit(everybody.predictors()).T
        shift = weighting_shift(accepts[rows], expected, one.bootstrap[rows], weighted[rows])
        moved = with_weighted_residual(group, shift)
        found.append(GroupDraw(group.people, group.group, moved, layout))
    return found


class _Collected:
    """Arrays that are filled draw by draw."""

    def __init__(self, measured: Measured, groups: int, weightings: int) -> None:
        layout = measured.layout
        head = (measured.draws, weightings)
        x, k, q = layout.interventions, measured.v.shape[2], layout.signals
        self.pairs = pairs_of(groups)
        pairs = (*head, len(self.pairs), x)
        self.acceptance = np.empty((*head, groups, x))
        self.stipulated = np.full((*head, groups, x), np.nan)
        self.foretold = np.full((*head, groups, x), np.nan)
        self.arm = np.full((*head, groups, x), np.nan)
        self.left_out = np.empty((*head, groups, x))
        self.raised = np.empty((*head, groups, x))
        self.expects, self.told = np.zeros((*head, groups, x, k)), np.zeros((*head, groups, x, q))
        classes = measured.worldviews
        self.layout, self.told_within = layout, np.zeros((*head, classes, x, q))
        self.gap = np.empty(pairs)
        self.causes = {name: np.empty((*pairs, 4)) for name in _CAUSES}
        self.swap = np.zeros((*pairs, 0 if layout.reduced else k))

    def put(self, s: int, w: int, drawn: list[GroupDraw], supposed: Floats | None) -> None:
        """Keep one draw of one weighting; ``supposed`` is what a stipulated arm supposes."""
        for g, one in enumerate(drawn):
            self.acceptance[s, w, g] = one.acceptance()
            stipulated = one.stipulated()
            if stipulated is not None:
                self.stipulated[s, w, g] = stipulated
            if supposed is not None:
                self.foretold[s, w, g] = one.supposing(supposed)
        for p, (a, b) in enumerate(self.pairs):
            found = compare(drawn[a], drawn[b])
            self.gap[s, w, p] = found.gap
            self.swap[s, w, p] = found.swap
            for name, array in self.causes.items():
                array[s, w, p] = getattr(found, name)

    def put_means(self, s: int, w: int, means: MeanExpectations, population: Population) -> None:
        """Keep what groups expect and are told, and worldviews, in one draw of one weighting."""
        for g, rows in enumerate(population.groups.values()):
            mean = means.of(rows)
            for x, (cells, which) in enumerate(self.layout.outcomes):
                self.expects[s, w, g, x, which] = mean[cells]
            for x, (cells, which) in enumerate(self.layout.told):
                self.told[s, w, g, x, which] = mean[cells]
        if not self.layout.signals:
            return
        everyone = np.concatenate(list(population.groups.values()))
        for c in range(self.told_within.shape[2]):
            mean = means.of(everyone, c)
            for x, (cells, which) in enumerate(self.layout.told):
                self.told_within[s, w, c, x, which] = mean[cells]

    def result(self, groups: Ints, weightings: tuple[str, ...]) -> ResponseDraws:
        phi = (self.causes["from_a"] + self.causes["from_b"]) / 2
        rest = self.gap[..., None] - phi.sum(axis=-1, keepdims=True)
        asked = not np.isnan(self.stipulated).any()
        return ResponseDraws(
            groups=groups,
            weightings=weightings,
            acceptance=self.acceptance,
            gap=self.gap,
            parts=np.concatenate([phi, rest], axis=-1),
            swap=self.swap,
            expects=self.expects,
            told=self.told,
            told_within=self.told_within,
            stipulated=self.stipulated if asked else None,
            foretold=None if np.isnan(self.foretold).any() else self.foretold,
            arm=self.arm if asked else None,
            raised=self.raised,
            **self.causes,
        )


_CAUSES = ("from_a", "from_b", "order_low", "order_high")
