"""Made-up estimates of how one report moved two worldviews, at once and later."""

from itertools import product
from typing import Any

import polars as pl

from mfp_stats.design.information import AT_ONCE, DISTRUSTS, LATER, TRUSTS

LABEL = "The report"
#: The move of beliefs at once by trust and worldview, everybody first.
MOVES = {TRUSTS: (0.1, 0.16, 0.02), DISTRUSTS: (-0.05, -0.11, 0.01)}
_REACH = 0.04


def updating_rows(
    names: tuple[str, ...] = ("Holds this", "Holds that"),
    *,
    moves: dict[str, tuple[float, ...]] | None = None,
    support: float = 0.5,
    lasts: float = 0.2,
    weightings: tuple[str, ...] = ("unweighted", "weighted"),
    **more: Any,
) -> pl.DataFrame:
    """Return the table ``updating`` of one piece of information.

    ``support`` and ``lasts`` are the shares of the move of beliefs that carry into support, and
    that are left later.
    """
    rows = []
    for weighting, kind, occasion in product(weightings, ("belief", "support"), (AT_ONCE, LATER)):
        share = (support if kind == "support" else 1) * (lasts if occasion == LATER else 1)
        for trust, by_worldview in (moves or MOVES).items():
            for worldview, whole in enumerate(by_worldview):
                at_once = whole if kind == "belief" else None
                rows.append(
                    {"information": "briefing", "information_label": LABEL, "randomised": True}
                    | {"weighting": weighting, "kind": kind, "occasion": occasion, "trust": trust}
                    | {"worldview": worldview, "name": ("", *names)[worldview]}
                    | {"n_told": 210, "n_not_told": 190}
                    | _around("response", 6 * share * whole, 6 * _REACH)
                    | _around("shift", share * whole, _REACH)
                    | {"backfire_probability": float(whole < 0), "verdict": _verdict(share * whole)}
                    | {"carried": _went(support * whole, whole, at_once, occasion == AT_ONCE)}
                    | {"lasted": _went(lasts * whole, whole, at_once, occasion == LATER)}
                    | more
                )
    return pl.DataFrame(rows, infer_schema_length=None)


def _verdict(move: float) -> str:
    if abs(move) > _REACH:
        return "follows" if move > 0 else "backfires"
    return "cannot_tell"


def _went(move: float, whole: float, belief: float | None, asked: bool) -> str | None:
    if belief is None or not asked or abs(whole) <= _REACH:
        return None
    return "yes" if abs(move) > _REACH else "no"


def _around(name: str, mean: float, reach: float) -> dict[str, float]:
    return {f"{name}_mean": mean, f"{name}_q05": mean - reach, f"{name}_q95": mean + reach}
