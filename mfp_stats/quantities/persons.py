"""Draws of each respondent's values, and the weights of the population that respondents stand for.

Within one joint draw of the posterior the respondents' values are together a draw from the
population given their answers: neither shrunk together, as posterior means would be, nor spread
apart. A Bayesian bootstrap (Rubin 1981) of the respondents then carries what a sample of this
size leaves open about the population.
"""

from collections.abc import Iterator

import numpy as np
import xarray as xr

from mfp_stats.design.data import Bools, Floats, Ints, ModelData
from mfp_stats.quantities.drawn import flat_draws
from mfp_stats.quantities.picked_persons import PickedPersons
from mfp_stats.quantities.rated_persons import RatedPersons

#: Draws worked on at a time hold about this many numbers, 8 bytes each.
_CELLS = 4_000_000


def answered(data: ModelData) -> Bools:
    """Return who gave any of the evidence on values that is in ``data``, (N,)."""
    found = np.zeros(len(data.respondents), dtype=np.bool_)
    for part in (data.best_worst, data.picks, data.rankings, data.ratings):
        if part is not None:
            found[part.person] = True
    return found


def person_values(
    posterior: xr.Dataset, data: ModelData, *, seed: int = 0, who: Ints | None = None
) -> Iterator[tuple[Ints, Floats]]:
    """Draw the respondents' values, a few posterior draws at a time.

    Where the model sampled persons these are its draws ``v``; where it integrated them out they
    are drawn given their answers and each posterior draw of its parameters. Values of people who
    gave no evidence are drawn from their group's distribution.

    Parameters
    ----------
    posterior
        Draws of ``models/values.py``, dims (chain, draw, ...).
    data
        What was fitted.
    seed
        Of the second way.
    who
        Rows of the persons wanted; None: those for whom :func:`answered` holds.

    Yields
    ------
    rows, v
        Indices of draws, chain by chain, and (draw, person, value) utilities in logits, of the
        persons wanted, in their order.
    """
    total = posterior.sizes["chain"] * posterior.sizes["draw"]
    who = np.flatnonzero(answered(data)) if who is None else who
    absent = _absent(posterior, data)
    cells = len(data.respondents) * len(data.values)
    size = max(1, _CELLS // (cells if absent is None else max(cells, absent.cells)))
    rng = np.random.default_rng(seed)
    for start in range(0, total, size):
        rows = np.arange(start, min(start + size, total))
        v = flat_draws(posterior["v"], rows) if absent is None else absent.draw(rows, rng)
        yield rows, v[:, who]


def _absent(posterior: xr.Dataset, data: ModelData) -> PickedPersons | RatedPersons | None:
    """Return the way to draw persons whom the model integrated out, None where it did not."""
    if "v" in posterior:
        return None
    way = PickedPersons if data.has_tradeoffs else RatedPersons
    return way.of(posterior, data)


def bootstrap_weights(weight: Floats | None, who: Ints, rows: Ints, *, seed: int) -> Floats:
    """Weights of a (weighted) Bayesian bootstrap, (draw, person).

    Each person's design weight times a standard exponential. The exponential of person i in draw
    s depends on seed, s and i alone, so that fits of the same people share it and what they say
    can be compared draw by draw.

    Parameters
    ----------
    weight
        (N,) design weights, taken as known; None for everyone alike.
    who
        (n,) the persons wanted, out of all N.
    rows
        Indices of the draws.
    seed
        Of the exponentials.
    """
    last = int(who.max()) + 1
    draws = [np.random.default_rng((seed, s)).standard_exponential(last)[who] for s in rows]
    found = np.array(draws)
    return found if weight is None else found * weight[who]
