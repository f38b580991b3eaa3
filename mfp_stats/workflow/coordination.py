"""The coordination surface of a stored fit, for any threshold and coalitions."""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.surface import surface
from mfp_stats.workflow.results import FitResults

#: Share of a group that has to accept, where nobody asks for another.
THRESHOLD: Final = 0.5
#: Said where a fit compares waves.
NO_COALITIONS: Final = (
    "Waves form no coalitions: they are the same public at different times, and cannot act together"
)
#: Tables that the surface is made from.
TABLES: Final = ("acceptance_draws", "gap", "acceptance")


def coordination(
    results: FitResults,
    *,
    threshold: float = THRESHOLD,
    coalitions: Iterable[Sequence[str]] | None = None,
) -> pl.DataFrame:
    """Return the surface of every weighting that the fit has, with a column ``weighting``.

    Parameters
    ----------
    results
        The fit.
    threshold
        Share, 0 to 1, that has to accept in each group.
    coalitions
        Names of groups; None: every coalition (:func:`mfp_stats.quantities.surface.surface`), or
        every wave by itself where the fit compares waves.

    Raises
    ------
    FitRefused
        A step that it rests on failed its checks.
    ChoiceError
        The threshold is no share, there is no such group, or waves are to form a coalition.
    """
    draws, gap, acceptance = (results.table(name) for name in TABLES)
    if acceptance.is_empty():
        return pl.DataFrame()
    if results.by_wave:
        coalitions = _by_themselves(acceptance, coalitions)
    asked = None if coalitions is None else [tuple(coalition) for coalition in coalitions]
    return pl.concat(
        surface(
            draws, gap, acceptance, threshold=threshold, coalitions=asked, weighting=weighting
        ).with_columns(weighting=pl.lit(weighting))
        for weighting in acceptance["weighting"].unique(maintain_order=True)
    )


def _by_themselves(
    acceptance: pl.DataFrame, coalitions: Iterable[Sequence[str]] | None
) -> list[Sequence[str]]:
    """Return waves, each by itself."""
    if coalitions is None:
        return [(name,) for name in acceptance["group"].unique(maintain_order=True)]
    wanted = list(coalitions)
    if any(len(set(names)) > 1 for names in wanted):
        fix = "Name one wave, or none for every wave by itself."
        raise ChoiceError(Fault("coalition", NO_COALITIONS, fix=fix))
    return wanted
