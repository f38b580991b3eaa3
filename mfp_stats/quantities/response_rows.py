"""What rows of tables on responses are about, and their estimates."""

from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gaps import pairs_of
from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.summaries import HIGH, LOW

#: Draws over which memberships are averaged to count holders: a count of people needs no more.
_COUNTED: Final = 20


class ResponseRows:
    """Names, labels and sizes of what the rows are about."""

    def __init__(self, found: ResponseDraws, measured: Measured, floor: int) -> None:
        data = measured.data
        given = data.responses
        assert given is not None
        self.floor = floor
        self.groups = [data.groups[g] for g in found.groups]
        self.labels = [data.group_labels[g] for g in found.groups]
        self.values = list(zip(data.values, data.value_labels, strict=True))
        self.interventions = list(zip(given.interventions, given.intervention_labels, strict=True))
        answered = given.answers >= 0
        #: (G, X) people asked.
        self.asked = np.stack([answered[data.group == g].sum(axis=0) for g in found.groups])
        self.enough = self.asked > floor
        #: (G, J) whether enough people rated an outcome or signal.
        self.rated = _counts(measured, found.groups) > floor
        supposed = given.stipulated
        self.both_arms = np.zeros_like(self.enough)
        if supposed is not None:
            inside = [(supposed[data.group == g] >= 0).sum(axis=0) for g in found.groups]
            self.both_arms = self.enough & (np.stack(inside) > floor)
        self.pairs = pairs_of(len(found.groups))
        self.sizes = [int(data.group_sizes[g]) for g in found.groups]

    def shown(self, pair: tuple[int, int]) -> np.ndarray:
        """Return the interventions for which both groups have enough people, (X,) true."""
        return np.asarray(self.enough[pair[0]] & self.enough[pair[1]])

    def pair(self, a: int, b: int) -> dict[str, Any]:
        """Return the columns that name a pair."""
        return {
            "group_a": self.groups[a],
            "group_a_label": self.labels[a],
            "n_a": self.sizes[a],
            "group_b": self.groups[b],
            "group_b_label": self.labels[b],
            "n_b": self.sizes[b],
        }

    def group(self, g: int) -> dict[str, Any]:
        """Return the columns that name a group."""
        return {"group": self.groups[g], "group_label": self.labels[g]}

    def intervention(self, x: int) -> dict[str, Any]:
        """Return the columns that name an intervention."""
        name, label = self.interventions[x]
        return {"intervention": name, "intervention_label": label}


def _counts(measured: Measured, groups: Ints) -> Ints:
    """Return how many people of each group rated each cell, (G, J)."""
    if measured.expected is None:
        return np.zeros((len(groups), 0), dtype=np.int64)
    rated = measured.expected.rated.answers >= 0
    return np.stack([rated[measured.data.group == g].sum(axis=0) for g in groups])


def holders_who_rated(measured: Measured, groups: Ints) -> Floats:
    """Return how many of the groups' people who rated a cell hold each worldview, (C, J).

    Expected numbers: everybody counts with the probabilities of holding each, given what they
    believe and rated, on average over draws.
    """
    expected = measured.expected
    if expected is None:
        return np.zeros((measured.worldviews, 0))
    draws = np.linspace(0, measured.draws - 1, min(_COUNTED, measured.draws)).astype(int)
    membership = np.mean([expected.at(s).membership for s in draws], axis=0)
    people = np.isin(measured.data.group, groups)
    rated = expected.rated.answers >= 0
    return np.asarray(membership[people].T @ rated[people])


def estimate(name: str, draws: Floats | None) -> dict[str, float | None]:
    """Return mean and interval of draws (S,) as ``name_mean``, ``name_q05``, ``name_q95``."""
    if draws is None:
        return {f"{name}_{end}": None for end in ("mean", "q05", "q95")}
    low, high = np.quantile(draws, [LOW, HIGH])
    return {
        f"{name}_mean": float(draws.mean()),
        f"{name}_q05": float(low),
        f"{name}_q95": float(high),
    }


def frame_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Lay rows out; a column without any number is one of numbers all the same."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.selectors.by_dtype(pl.Null).cast(pl.Float64))
