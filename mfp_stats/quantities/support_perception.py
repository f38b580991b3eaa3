"""What groups think that groups would answer to proposals, beside what these answer.

Descriptive: shares of a (weighted) Bayesian bootstrap of the respondents, with half an observation
of each answer added (Jeffreys' prior), so that a share of nobody or everybody has an interval too.

People are asked what *most* of a group would answer. Who knows the group well names its majority,
so that the share of guesses is no estimate of the group's share. What tells a mistake is the side:
``overrated_probability`` is the posterior probability that most guesses say "accepts" where most
of the group does not, ``underrated_probability`` the other way round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Bools, Floats, Ints, ModelData, SupportGuesses
from mfp_stats.quantities.perception_tables import NUMBERS, PERCEPTION
from mfp_stats.quantities.persons import bootstrap_weights
from mfp_stats.quantities.summaries import summarise
from mfp_stats.weights import enough_weighted

#: Draws of the Bayesian bootstrap, and how many are worked on at a time.
DRAWS: Final = 2_000
_AT_A_TIME: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """Whom a share of acceptance is worked out from."""

    person: Ints  #: (answer,) rows of ``ModelData``
    yes: Bools  #: (answer,)
    weight: Floats | None  #: (answer,) of mean 1; None for everyone alike


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One row of the table: its keys, what was guessed and what is so."""

    keys: dict[str, Any]
    guess: _Share
    actual: _Share


def support_perception(data: ModelData, *, floor: int, seed: int = 0) -> pl.DataFrame:
    """Lay out guessed and actual shares of acceptance, one row a weighting, proposal and pair.

    Parameters
    ----------
    data
        The survey.
    floor
        Guesses of no more people than this, or about a group of which no more answered for
        themselves, are left out. Weighted shares rest on more people who weigh something, and
        are left out where those who weigh nothing are this few (:func:`enough_weighted`).
    seed
        Of the bootstrap.

    Returns
    -------
    polars.DataFrame
        Rows of the table ``perception`` with ``intervention`` set and ``value`` null.
    """
    cells = [
        cell
        for kind, weight in data.weightings.items()
        for about in data.support_guesses
        for cell in _cells(data, about, kind, weight, floor)
    ]
    guess = _bootstrapped([cell.guess for cell in cells], len(data.respondents), (seed, 0))
    actual = _bootstrapped([cell.actual for cell in cells], len(data.respondents), (seed, 1))
    rows = [
        {**cell.keys, **_estimates(said, so)}
        for cell, said, so in zip(cells, guess, actual, strict=True)
    ]
    return pl.DataFrame(rows, schema={**PERCEPTION, **dict.fromkeys(NUMBERS, pl.Float64())})


def _cells(
    data: ModelData, about: SupportGuesses, kind: str, weight: Floats | None, floor: int
) -> Iterator[_Cell]:
    for g, guesser in enumerate(data.groups):
        for h, guessed in enumerate(data.groups):
            made = (data.group[about.person] == g) & (about.guessed == h)
            asked = data.group[about.asked] == h
            guessers, answerers = about.person[made], about.asked[asked]
            rests_on = [_among(data, people) for people in (guessers, answerers)]
            if not all(enough_weighted(weight, p, floor, observed=True) for p in rests_on):
                continue
            guess = _share(guessers, about.accepts[made], weight)
            actual = _share(answerers, about.accepted[asked], weight)
            keys = {
                "weighting": kind,
                "guesser": guesser,
                "guesser_label": data.group_labels[g],
                "guessed": guessed,
                "guessed_label": data.group_labels[h],
                "n": int(rests_on[0].sum()),
                "intervention": about.intervention,
                "intervention_label": about.label,
            }
            yield _Cell(keys, guess, actual)


def _among(data: ModelData, people: Ints) -> Bools:
    """Return who of all (N,) these people are."""
    return np.isin(np.arange(len(data.respondents)), people)


def _share(person: Ints, yes: Bools, weight: Floats | None) -> _Share:
    """Return what a share is worked out from."""
    own = None if weight is None else weight[person] / weight[person].mean()
    return _Share(person, yes, own)


def _bootstrapped(shares: Sequence[_Share], people: int, seed: tuple[int, int]) -> Floats:
    """Draw the shares of the populations that people stand for, (share, DRAWS)."""
    half = np.random.default_rng(seed).standard_gamma(0.5, (len(shares), DRAWS, 2))
    found = np.empty((len(shares), DRAWS))
    for start in range(0, DRAWS if shares else 0, _AT_A_TIME):
        at = np.arange(start, min(start + _AT_A_TIME, DRAWS))
        everyone = bootstrap_weights(None, np.arange(people), at, seed=seed[0])
        for k, share in enumerate(shares):
            counts = everyone[:, share.person]
            if share.weight is not None:
                counts = counts * share.weight
            accepts = counts @ share.yes + half[k, at, 0]
            found[k, at] = accepts / (counts.sum(axis=1) + half[k, at].sum(axis=1))
    return found


def _estimates(said: Floats, so: Floats) -> dict[str, float]:
    kinds = {"guess": said, "actual": so, "difference": said - so}
    summed = {
        kind: summarise(xr.DataArray(draws[None], dims=("chain", "draw")))
        for kind, draws in kinds.items()
    }
    return {
        **{f"{kind}_{end}": float(v) for kind, s in summed.items() for end, v in s.items()},
        "overrated_probability": float(((said > 0.5) & (so < 0.5)).mean()),
        "underrated_probability": float(((said < 0.5) & (so > 0.5)).mean()),
    }
