"""What groups think that groups value, beside what they do value, and how alike they seem.

**Guesses.** A guess is a pick out of the values, so that ``models/values.py`` fits it as it fits a
person's own pick: the values ``v`` behind it are those of somebody whom the guesser pictures in
the group, and the guessed share of a value is the mean of ``softmax(v)``, which single picks tell
by themselves. How much the people of the picture differ they do not tell: that is taken over from
the revealed priorities. Perceived overlap thus asks how alike two groups would be if the shares of
one were those that the other guesses.

**What may be compared.** People are asked what matters most to *most* of a group. Who knows the
group well names its first value, so that guesses are more concentrated than the group's shares
even where nobody is mistaken: guessed minus actual shares, and perceived minus revealed overlap,
are a description, and no verdict is told of them. What tells a mistake is order, which
concentration leaves as it is: ``overrated_probability`` is the posterior probability that a value
stands higher among the guesses than in the group, ``underrated_`` that it stands lower.

**Several guesses a person.** Whatever somebody guesses of one group, asked once or more often, is
one person's picture in the fit: within a pair of groups people are independent. Across pairs they
are not, nor does what a group guesses come from others than what it values. Errors of the same
people's answers mostly have one direction, so that to take them for independent makes intervals of
differences too wide rather than too narrow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.asked import values_offered
from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.design.perception import guessed_about, guesses_as_people
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.overlap import (
    normalised,
    overlap_of_shifts,
    overlap_table,
    pair_coordinates,
    representatives,
)
from mfp_stats.quantities.perception_tables import Compared, direction_table, guess_table
from mfp_stats.quantities.persons import bootstrap_weights, person_values
from mfp_stats.quantities.told_values import ToldValues
from mfp_stats.quantities.values import Placed, group_means
from mfp_stats.weights import enough_weighted

VERSION: Final = "perceived"


@dataclass(frozen=True, slots=True, eq=False)
class OwnValues:
    """The respondents' own values in draws of the revealed priorities. n people, K values."""

    who: Ints  #: (n,) rows of ``ModelData``
    v: Floats  #: (chain × draw, n, K), chain by chain
    mu: Floats  #: (chain × draw, G, K) the groups' means


@dataclass(frozen=True, slots=True, eq=False)
class Perceived:
    """Everything displayed of the guesses.

    ``draws`` holds, with dims (chain, draw, ...): ``guess``, ``actual`` and ``difference``
    (weighting, about, value), "about" being a guessing and a guessed group; ``direction_raw`` and
    ``direction_normalised`` (weighting, direction), overlap between a group's own values and those
    that it sees in another; ``overlap_raw`` and ``overlap_normalised`` (weighting, pair), their
    means over both directions.
    """

    draws: xr.Dataset
    #: ``perception``, ``overlap`` and ``overlap_directions``.
    tables: Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class _Guessers:
    """Which guesses are shown. B pairs of a guessing and a guessed group."""

    about: list[tuple[int, int]]  #: (B,) indices of groups
    n: list[int]  #: (B,) people who guessed
    directions: list[tuple[int, int]]  #: those about another group, whose own values are shown
    pairs: list[tuple[int, int]]  #: unordered, where both directions are shown


def shown_guesses(
    data: ModelData, floor: int, known: Sequence[str] | None = None
) -> list[tuple[int, int]]:
    """Return guessing and guessed groups with more than ``floor`` people; indices of groups.

    Parameters
    ----------
    data, floor
        The survey, and the largest number of people that is not shown.
    known
        Groups whose own priorities are shown. Only guesses about these are returned, which were
        offered all values that trade-offs offer, and that enough people made who weigh something.
        None: any that enough people made.
    """
    if data.guesses is None:
        return []
    made = _guessers(data)
    enough = [pair for pair, people in made.items() if people.sum() > floor]
    if known is None:
        return enough
    told = weighed_enough(data, floor) & ~values_not_offered(data).any(axis=2)
    return [(g, h) for g, h in enough if data.groups[h] in known and told[g, h]]


def values_not_offered(data: ModelData) -> Bools:
    """Return what trade-offs offer and guesses did not, (guessing group, guessed group, value).

    Shares add up to one over the values: without one of them they are shares of something else,
    and what is guessed of a value that nobody could pick would be the prior alone.
    """
    assert data.guesses is not None
    groups, values = len(data.groups), len(data.values)
    offered = np.zeros((groups, groups, values), dtype=np.bool_)
    guess, value = np.nonzero(data.guesses.picks.offered)
    guesser = data.group[data.guesses.picks.person[guess]]
    offered[guesser, data.guesses.guessed[guess], value] = True
    return values_offered(data.only_tradeoffs()).any(axis=0) & ~offered


def weighed_enough(data: ModelData, floor: int) -> Bools:
    """Return of which guesses enough people weigh something, (guessing, guessed)."""
    found = np.zeros((len(data.groups), len(data.groups)), dtype=np.bool_)
    for pair, people in _guessers(data).items():
        found[pair] = enough_weighted(data.weight, people, floor)
    return found


def _guessers(data: ModelData) -> dict[tuple[int, int], Bools]:
    """Return who (N,) of each group guessed about each, by guessing and guessed group."""
    assert data.guesses is not None
    person, guessed, _ = guessed_about(data.guesses)
    found = {}
    for g, h in product(range(len(data.groups)), repeat=2):
        people = np.zeros(len(data.group), dtype=np.bool_)
        people[person[(data.group[person] == g) & (guessed == h)]] = True
        found[g, h] = people
    return found


def summarise_perception(
    posterior: xr.Dataset,
    data: ModelData,
    own: OwnValues,
    revealed: xr.Dataset,
    *,
    rows: Ints,
    floor: int,
    seed: int = 0,
) -> Perceived:
    """Work out everything displayed of the guesses.

    Parameters
    ----------
    posterior
        Draws of ``models/values.py`` fitted to ``guesses_as_people(data)``.
    data
        The survey.
    own
        Everybody's own values.
    revealed
        Draws of the revealed priorities, of
        :func:`mfp_stats.quantities.values.summarise_values`.
    rows
        (chain × draw,) what numbers the draws of ``posterior`` in the Bayesian bootstrap: equal to
        the revealed draws' numbers, the same people weigh the same in both.
    floor
        Groups of which no more people than this guessed are left out.
    seed
        Of the Bayesian bootstrap; that of ``revealed``.

    Notes
    -----
    Given the people, the two posteriors count as independent. Where one has more draws a chain
    than the other, the shorter one's are used again.
    """
    shown = _shown(data, revealed, floor)
    sizes = posterior.sizes["chain"], posterior.sizes["draw"]
    weightings = [str(name) for name in revealed["weighting"].values]
    found = _Arrays.empty(len(rows), len(weightings), shown, len(data.values))
    assert data.guesses is not None
    people, guesser = guesses_as_people(data), guessed_about(data.guesses)[0]
    place = {
        (g, h): people.groups.index(name)
        for (g, h), name in zip(shown.about, _named(data, shown.about), strict=True)
    }
    everyone = np.arange(len(data.respondents))
    weights = [
        np.ones(len(everyone)) if weight is None else weight
        for weight in (data.weightings[name] for name in weightings)
    ]
    mu = flat_draws(posterior["mu"], np.arange(len(rows)))
    own_rows = _rows_of(sizes, (sizes[0], len(own.v) // sizes[0]))
    own_group = data.group[own.who]
    guessed = own_told = None
    if data.weight is not None:
        pictured = person_values(posterior, people, seed=seed)
        guessed = ToldValues.of(((v, mu[at]) for at, v in pictured), people.group)
        own_told = ToldValues.of(zip(own.v[:, None], own.mu[:, None], strict=True), own_group)
    for at, v in person_values(posterior, people, seed=seed):
        b = bootstrap_weights(None, everyone, rows[at], seed=seed)
        v_own, mu_own = own.v[own_rows[at]], own.mu[own_rows[at]]
        for j, weight in enumerate(weights):
            one, other = weight[guesser], weight[own.who]
            seen = Placed.of(v, people.group, mu[at], one, b[:, guesser], guessed)
            mine = Placed.of(v_own, own_group, mu_own, other, b[:, own.who], own_told)
            shares, same = seen.shares(people.group), np.broadcast_to(weight[guesser], v.shape[:2])
            guesses = group_means(shares, same, people.group, len(people.groups))
            found.guess[at, j] = guesses[:, [place[pair] for pair in shown.about]]
            few, theirs = representatives(weight[own.who])
            for g, there in _by_guesser(shown):
                seen_there = seen.mean[:, [place[shown.directions[k]] for k in there]]
                means = np.concatenate([mine.mean[:, g : g + 1], seen_there], axis=1)
                overlap = overlap_of_shifts(means, mine.around[:, few], theirs)
                cells = np.ix_(at, [j], there)
                found.raw[cells] = overlap[:, :1, 1:]
                found.alike[cells] = normalised(overlap)[:, :1, 1:]
    draws = found.labelled(sizes, weightings, data, shown)
    draws["actual"] = _actual(revealed, data, shown, sizes)
    draws["difference"] = draws["guess"] - draws["actual"]
    guessers = np.zeros(len(data.groups), dtype=np.int64)
    for (g, _), n in zip(shown.about, shown.n, strict=True):
        guessers[g] = max(guessers[g], n)
    draws.attrs["n"] = guessers.tolist()
    compared = Compared(data, tuple(shown.about), tuple(shown.n))
    tables = {
        "perception": guess_table(draws, compared),
        "overlap": overlap_table(draws, data, VERSION),
        "overlap_directions": direction_table(draws, compared, shown.directions),
    }
    return Perceived(draws, tables)


def _shown(data: ModelData, revealed: xr.Dataset, floor: int) -> _Guessers:
    """Choose what is shown: enough people, who guess about a group whose own values are shown."""
    names = revealed["group"].values.tolist()
    about = shown_guesses(data, floor, names)
    made = _guessers(data)
    directions = [(g, h) for g, h in about if g != h and data.groups[g] in names]
    pairs = [
        (a, b)
        for a, b in combinations(range(len(data.groups)), 2)
        if (a, b) in directions and (b, a) in directions
    ]
    n = [int(made[pair].sum()) for pair in about]
    return _Guessers(about, n, directions, pairs)


@dataclass(frozen=True, slots=True, eq=False)
class _Arrays:
    """Draws as they are worked out. S draws, W weightings, B guesses, D directions."""

    guess: Floats  #: (S, W, B, K)
    raw: Floats  #: (S, W, D)
    alike: Floats  #: (S, W, D), normalised

    @classmethod
    def empty(cls, draws: int, weightings: int, shown: _Guessers, values: int) -> "_Arrays":
        directions = (draws, weightings, len(shown.directions))
        guess = np.empty((draws, weightings, len(shown.about), values))
        return cls(guess, np.empty(directions), np.empty(directions))

    def labelled(
        self, sizes: tuple[int, int], weightings: list[str], data: ModelData, shown: _Guessers
    ) -> xr.Dataset:
        """Return the draws with their names, and means over both directions of a pair."""
        at = {d: k for k, d in enumerate(shown.directions)}
        one = [at[a, b] for a, b in shown.pairs]
        other = [at[b, a] for a, b in shown.pairs]
        kinds = {
            "guess": ("about", self.guess),
            "direction_raw": ("direction", self.raw),
            "direction_normalised": ("direction", self.alike),
            "overlap_raw": ("pair", (self.raw[..., one] + self.raw[..., other]) / 2),
            "overlap_normalised": ("pair", (self.alike[..., one] + self.alike[..., other]) / 2),
        }
        return xr.Dataset(
            {
                name: (
                    ("chain", "draw", "weighting", dim, *(("value",) if name == "guess" else ())),
                    array.reshape(*sizes, *array.shape[1:]),
                )
                for name, (dim, array) in kinds.items()
            },
            coords={
                "weighting": weightings,
                "about": _named(data, shown.about),
                "direction": _named(data, shown.directions),
                "value": list(data.values),
                **pair_coordinates([(data.groups[a], data.groups[b]) for a, b in shown.pairs]),
            },
        )


def _named(data: ModelData, directions: list[tuple[int, int]]) -> list[str]:
    return [f"{data.groups[g]} about {data.groups[h]}" for g, h in directions]


def _rows_of(wanted: tuple[int, int], there: tuple[int, int]) -> Ints:
    """Return, for (chains, draws) wanted, rows of the draws there; evenly spread over each chain.

    Both are numbered chain by chain.
    """
    chain = np.arange(wanted[0])[:, None] % there[0]
    draw = np.arange(wanted[1]) * there[1] // wanted[1]
    return np.asarray((chain * there[1] + draw).ravel(), dtype=np.int64)


def _by_guesser(shown: _Guessers) -> Iterator[tuple[int, list[int]]]:
    """Yield each guessing group and the numbers of its directions."""
    for g in sorted({g for g, _ in shown.directions}):
        yield g, [k for k, (one, _) in enumerate(shown.directions) if one == g]


def _actual(
    revealed: xr.Dataset, data: ModelData, shown: _Guessers, sizes: tuple[int, int]
) -> xr.DataArray:
    """Return the guessed groups' own shares, dims as ``guess``."""
    share = revealed["share"].transpose("chain", "draw", "weighting", "group", "value")
    there = share.sizes["chain"], share.sizes["draw"]
    flat = share.values.reshape(-1, *share.shape[2:])[_rows_of(sizes, there)]
    names = revealed["group"].values.tolist()
    columns = [names.index(data.groups[h]) for _, h in shown.about]
    array = flat[:, :, columns].reshape(*sizes, *flat.shape[1:2], len(columns), *flat.shape[3:])
    return xr.DataArray(array, dims=("chain", "draw", "weighting", "about", "value"))
