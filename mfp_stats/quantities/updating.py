"""How information moved beliefs and support, who took it amiss, and what was left of it later.

κ is the response in logits; what is told in points are moves
(:mod:`mfp_stats.quantities.updating_moves`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats, ModelData, Told
from mfp_stats.quantities.summaries import summarise
from mfp_stats.quantities.updating_moves import Moved, members_given_trust, moves
from mfp_stats.quantities.updating_verdicts import carried, judge, lasted

#: The table, by piece of information.
TABLE: Final = "updating"
_ENDS: Final = ("mean", "q05", "q95")
_ESTIMATES: Final = tuple(f"{name}_{end}" for name in ("response", "shift") for end in _ENDS)
SCHEMA: Final = {
    **dict.fromkeys(("information", "information_label"), pl.String),
    "randomised": pl.Boolean,
    **dict.fromkeys(("weighting", "kind", "occasion", "trust"), pl.String),
    "worldview": pl.Int64,
    "name": pl.String,
    **dict.fromkeys(("n_told", "n_not_told"), pl.Int64),
    **dict.fromkeys((*_ESTIMATES, "backfire_probability"), pl.Float64),
    **dict.fromkeys(("verdict", "carried", "lasted"), pl.String),
}


def updating_quantities(
    posterior: xr.Dataset,
    data: ModelData,
    membership: Floats,
    *,
    names: Sequence[str],
    floor: int,
) -> tuple[pl.DataFrame, xr.Dataset]:
    """Return the table of one piece of information, and the draws of all that it shows.

    Parameters
    ----------
    posterior
        Draws of ``models/updating.py``.
    data
        What was fitted, with ``told``.
    membership
        (P, C) mean probabilities of the worldviews of each row of ``told``.
    names
        Of the worldviews, in order; of a single class none is told.
    floor
        Rows are left out of which so many people or fewer were told, or were not; of a worldview
        so many are to be expected.

    Returns
    -------
    table
        One row a weighting, kind (``belief``, ``support``), occasion, trust and worldview (0:
        everybody), ``n_told`` and ``n_not_told`` who answered, of a worldview as many as are to be
        expected. What was not asked at once too counts for no later move. ``response_mean`` … κ
        in logits;
        ``shift_mean`` … the move of answers, or of the share who accept, −1 to 1 in the direction
        of the information; ``backfire_probability`` that it is negative; ``verdict`` one of
        ``follows``, ``backfires``, ``unmoved``, ``cannot_tell``. Rows of beliefs at once say also
        whether it ``carried`` into support (``yes``, ``little``, ``no``, ``cannot_tell``), and
        those of later ones whether it ``lasted`` (``yes``, ``partly``, ``some``, ``no``,
        ``cannot_tell``), as :mod:`mfp_stats.quantities.updating_verdicts` has it; null where
        beliefs had not moved, or that cannot be or was not asked.
    draws
        Dims (chain, draw, ...).
    """
    told = data.told
    assert told is not None
    held = members_given_trust(posterior, told, membership)
    moved = moves(posterior, data, told, held)
    cells = list(_cells(moved, told, held, floor))
    rows = [_row(moved, told, list(names), cell) for cell in cells]
    chains = posterior.sizes["chain"]

    def labelled(array: Floats) -> xr.DataArray:
        shown = np.stack([_at(array, cell.at) for cell in cells], axis=1)
        return xr.DataArray(
            shown.reshape(chains, -1, len(cells)),
            dims=("chain", "draw", "row"),
            coords={"row": [cell.name(told, moved.weightings) for cell in cells]},
        )

    frame = pl.DataFrame(rows, schema=SCHEMA)
    if not cells:
        return frame, xr.Dataset()
    shift, response = labelled(moved.shift), labelled(moved.response)
    return frame, xr.Dataset({"response": response, "shift": shift})


@dataclass(frozen=True, slots=True)
class _Cell:
    """One row that is told: where it stands in arrays (S, W, kinds, O, strata, 1 + C)."""

    at: tuple[int, ...]
    #: People who were told and answered, and who were not; of a worldview as many as to be expected
    n: tuple[int, int]

    def name(self, told: Told, weightings: Sequence[str]) -> str:
        """Return what a failed check calls it."""
        w, k, o, s, c = self.at
        parts = (weightings[w], told.kinds[k], told.occasions[o], told.strata[s])
        return ", ".join([part for part in parts if part] + [f"worldview {c}" if c else "all"])


def _cells(moved: Moved, told: Told, held: Floats, floor: int) -> Iterator[_Cell]:
    """Yield the rows that enough people stand behind."""
    for at in np.ndindex(*moved.response.shape[1:]):
        w, k, o, s, c = at
        counts = (told.kind == k) & told.asked(0, s) if o else told.kind == k
        given = (told.answers[:, o][:, counts] >= 0).any(axis=1) & (told.stratum == s)
        member = np.ones(len(held)) if c == 0 else held[:, c - 1]
        expected = [member[given & (told.told == heard)].sum() for heard in (True, False)]
        known = not np.isnan(_at(moved.shift, at)).any()
        if min(expected) > floor and moved.counted[w, s] and known:
            yield _Cell(at, (round(expected[0]), round(expected[1])))


def _row(moved: Moved, told: Told, names: Sequence[str], cell: _Cell) -> dict[str, Any]:
    w, k, o, s, c = cell.at
    response, shift = _at(moved.response, cell.at), _at(moved.shift, cell.at)
    return {
        "information": told.name,
        "information_label": told.label,
        "randomised": told.randomised,
        "weighting": moved.weightings[w],
        "kind": told.kinds[k],
        "occasion": told.occasions[o],
        "trust": told.strata[s],
        "worldview": c,
        "name": names[c - 1] if c else "",
        "n_told": cell.n[0],
        "n_not_told": cell.n[1],
        **_estimates("response", response),
        **_estimates("shift", shift),
        "backfire_probability": float((shift < 0).mean()),
        "verdict": judge(shift),
        "carried": _carried(moved, told, cell.at) if (k, o) == (0, 0) else None,
        "lasted": _lasted(moved, cell.at) if (k, o) == (0, 1) else None,
    }


def _at(draws: Floats, at: tuple[int, ...]) -> Floats:
    """Return the draws (S,) of one cell."""
    return np.asarray(np.moveaxis(draws, 0, -1)[at])


def _estimates(name: str, draws: Floats) -> dict[str, float]:
    found = summarise(xr.DataArray(draws[None], dims=("chain", "draw")))
    return {f"{name}_{end}": float(found[end]) for end in _ENDS}


def _carried(moved: Moved, told: Told, at: tuple[int, ...]) -> str | None:
    """Say whether beliefs that moved took support with them; None where that was not asked."""
    w, _, o, s, c = at
    if len(told.kinds) < 2 or not told.asked(o, s)[told.kind == 1].any():
        return None
    return carried(_at(moved.shift, at), _at(moved.shift, (w, 1, o, s, c)))


def _lasted(moved: Moved, at: tuple[int, ...]) -> str | None:
    """Say whether a move of beliefs was there in the next wave; None where nothing had moved."""
    w, k, _, s, c = at
    return lasted(_at(moved.asked_again, (w, k, s, c)), _at(moved.shift, at))
