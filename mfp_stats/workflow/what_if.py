"""What follows from the causal maps of a stored fit, for any transmission."""

from typing import Final

import polars as pl

from mfp_stats.quantities.causal_map.implied import implied
from mfp_stats.quantities.causal_map.tables import SOURCES
from mfp_stats.quantities.causal_map.what_if import TRANSMISSION
from mfp_stats.workflow.results import FitResults

#: Tables that a what-if is made from.
TABLES: Final = ("map_links", *SOURCES)


def what_if(results: FitResults, *, transmission: float = TRANSMISSION) -> dict[str, pl.DataFrame]:
    """Return ``map_worldviews``, ``map_effects`` and ``map_proposals``; empty without a map.

    Parameters
    ----------
    results
        The fit.
    transmission
        Share of a move that a link as strong as can be passes on, above 0 and at most 1.

    Raises
    ------
    FitRefused
        A step that it rests on failed its checks.
    ChoiceError
        The transmission is no such share.
    """
    return implied({name: results.table(name) for name in TABLES}, transmission)
