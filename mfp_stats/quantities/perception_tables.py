"""Tables of guesses about groups: what was guessed, what is so, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import ModelData
from mfp_stats.quantities.summaries import summarise

#: The ends of the names of an estimate's columns.
ENDS = ("mean", "q05", "q95")


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Who guesses about whom: indices of groups, and how many people."""

    data: ModelData
    about: tuple[tuple[int, int], ...]
    n: tuple[int, ...]

    def keys(self, g: int, h: int) -> tuple[str, ...]:
        """Return names and labels of the guessing and the guessed group."""
        names, labels = self.data.groups, self.data.group_labels
        return names[g], labels[g], names[h], labels[h]


def guess_table(draws: xr.Dataset, compared: Compared) -> pl.DataFrame:
    """Lay out guessed and actual shares, one row a weighting, pair of groups and value.

    ``n`` people who guessed; ``overrated_probability`` and ``underrated_probability`` are the
    posterior probabilities that the value stands higher, or lower, among the guesses than in the
    group.
    """
    data = compared.data
    keys = [
        (str(weighting), *compared.keys(g, h), n, value, label, None, None)
        for weighting in draws["weighting"].values
        for (g, h), n in zip(compared.about, compared.n, strict=True)
        for value, label in zip(data.values, data.value_labels, strict=True)
    ]
    numbers = {
        f"{kind}_{end}": part.values.ravel()
        for kind in ("guess", "actual", "difference")
        for end, part in summarise(draws[kind]).items()
    }
    place = {kind: _place(draws[kind]) for kind in ("guess", "actual")}
    over = (place["guess"] < place["actual"]).mean(("chain", "draw"))
    under = (place["guess"] > place["actual"]).mean(("chain", "draw"))
    numbers |= {
        "overrated_probability": over.values.ravel(),
        "underrated_probability": under.values.ravel(),
    }
    return pl.DataFrame(keys, schema=PERCEPTION, orient="row").with_columns(
        **{name: pl.Series(array, dtype=pl.Float64()) for name, array in numbers.items()}
    )


def direction_table(
    draws: xr.Dataset, compared: Compared, directions: list[tuple[int, int]]
) -> pl.DataFrame:
    """Lay out overlap between a group's own values and those it sees in another, by direction."""
    size = dict(zip(compared.about, compared.n, strict=True))
    keys = [
        (str(weighting), *compared.keys(g, h), size[g, h])
        for weighting in draws["weighting"].values
        for g, h in directions
    ]
    numbers = {
        f"{kind}_{end}": part.values.ravel()
        for kind in ("raw", "normalised")
        for end, part in summarise(draws[f"direction_{kind}"]).items()
    }
    schema = {name: kind for name, kind in PERCEPTION.items() if name in _DIRECTION}
    return pl.DataFrame(keys, schema=schema, orient="row").with_columns(
        **{str(name): pl.Series(array, dtype=pl.Float64()) for name, array in numbers.items()}
    )


def _place(shares: xr.DataArray) -> xr.DataArray:
    """Return each value's place in each draw, 0 = the largest share."""
    axis = shares.get_axis_num("value")
    order = np.argsort(-shares.values, axis=axis, kind="stable")
    return shares.copy(data=np.argsort(order, axis=axis, kind="stable"))


#: Key columns of the table ``perception``; value or intervention is null.
PERCEPTION: Mapping[str, pl.DataType] = {
    "weighting": pl.String(),
    "guesser": pl.String(),
    "guesser_label": pl.String(),
    "guessed": pl.String(),
    "guessed_label": pl.String(),
    "n": pl.Int64(),
    "value": pl.String(),
    "value_label": pl.String(),
    "intervention": pl.String(),
    "intervention_label": pl.String(),
}
#: Its columns of numbers.
NUMBERS = (
    *(f"{kind}_{end}" for kind in ("guess", "actual", "difference") for end in ENDS),
    "overrated_probability",
    "underrated_probability",
)
_DIRECTION = ("weighting", "guesser", "guesser_label", "guessed", "guessed_label", "n")
