"""Tables of what rests on responses, one row a pair, group or cell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.forecast.left_out import left_out_scores
from mfp_stats.quantities.forecast.tables import summarise_scores
from mfp_stats.quantities.gap_draws import pooled_draws
from mfp_stats.quantities.gap_tables import gap_table
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.response_rows import ResponseRows, estimate, frame_of
from mfp_stats.quantities.signal_tables import signal_tables
from mfp_stats.quantities.unused_expectations import unused_cells
from mfp_stats.questionnaire.model import Questionnaire

#: Displayed quantities with cells that cannot vary: what was not asked about.
CONSTANT: Final = (
    *("part", "from_a", "from_b", "swap", "expectation", "told", "told_within"),
    *("pooled_gap", "pooled_part", "unused"),
)


def displayed_draws(
    found: ResponseDraws, layout: ResponseRows, chains: int, unused: Floats | None = None
) -> xr.Dataset:
    """Return the draws of every displayed quantity, dims (chain, draw, ...), for the gate.

    What stipulated consequences close is the difference of two of them, and a share their ratio.
    ``unused`` as of :func:`response_tables`.
    """
    kinds: dict[str, tuple[Floats, tuple[str, ...]]] = {
        "acceptance": (found.acceptance, ("weighting", "group", "intervention")),
        "gap": (found.gap, ("weighting", "pair", "intervention")),
        "part": (found.parts, ("weighting", "pair", "intervention", "cause")),
        "from_a": (found.from_a, ("weighting", "pair", "intervention", "player")),
        "from_b": (found.from_b, ("weighting", "pair", "intervention", "player")),
        "swap": (found.swap, ("weighting", "pair", "intervention", "value")),
        "expectation": (found.expects, ("weighting", "group", "intervention", "value")),
        "told": (found.told, ("weighting", "group", "intervention", "signal")),
        "told_within": (found.told_within, ("weighting", "worldview", "intervention", "signal")),
    }
    cell = ("weighting", "group", "intervention")
    if found.left_out is not None:
        kinds["left_out"] = (found.left_out, cell)
    if found.stipulated is not None:
        kinds["stipulated"] = (found.stipulated, cell)
        if found.foretold is not None:
            kinds["foretold"] = (found.foretold, cell)
    gap, parts = pooled_draws(found, layout)
    kinds["pooled_gap"] = (gap, ("weighting", "pair"))
    kinds["pooled_part"] = (parts, ("weighting", "pair", "cause"))
    if unused is not None:
        kinds["unused"] = (unused, ("weighting", "group", "cell"))
    return xr.Dataset(
        {
            name: (("chain", "draw", *dims), array.reshape(chains, -1, *array.shape[1:]))
            for name, (array, dims) in kinds.items()
            if array.size
        },
        coords={"cause": list(PARTS), "weighting": list(found.weightings)},
    )


def response_tables(
    found: ResponseDraws,
    measured: Measured,
    questionnaire: Questionnaire,
    unused: Floats | None = None,
) -> Mapping[str, pl.DataFrame]:
    """Lay out everything that rests on responses.

    ``unused`` (S, W, G, J) is what groups expect where support is analysed without it
    (:func:`mfp_stats.quantities.unused_expectations.unused_means`); None where there is none.

    Groups of whom no more than the questionnaire's floor were asked about an intervention have no
    row for it, nor for an outcome or signal of it that no more of them rated; worldviews that no
    more of those who rated a signal are expected to hold have none for it.
    """
    layout = ResponseRows(found, measured, questionnaire.floor)
    left_out = left_out_scores(found, measured, layout)
    return {
        "left_out": left_out,
        "left_out_summary": summarise_scores(left_out),
        "gap": gap_table(found, layout, measured),
        "acceptance": _acceptance(found, layout),
        "acceptance_draws": _acceptance_draws(found, layout),
        **signal_tables(found, measured, layout, questionnaire),
        "divergence": _divergence(found, measured, layout, unused),
    }


def _acceptance(found: ResponseDraws, layout: ResponseRows) -> pl.DataFrame:
    rows = [
        {"weighting": weighting, **layout.intervention(x), **layout.group(g)}
        | {"n": int(layout.asked[g, x])}
        | estimate("accepts", found.acceptance[:, w, g, x])
        for w, weighting in enumerate(found.weightings)
        for x in range(len(layout.interventions))
        for g in range(len(layout.groups))
        if layout.enough[g, x]
    ]
    return frame_of(rows)


def _acceptance_draws(found: ResponseDraws, layout: ResponseRows) -> pl.DataFrame:
    draws = np.arange(len(found.acceptance), dtype=np.int32)
    parts = [
        pl.DataFrame({"draw": draws, "accepts": found.acceptance[:, w, g, x]}).select(
            weighting=pl.lit(weighting),
            draw="draw",
            intervention=pl.lit(layout.interventions[x][0]),
            group=pl.lit(layout.groups[g]),
            accepts="accepts",
        )
        for w, weighting in enumerate(found.weightings)
        for x in range(len(layout.interventions))
        for g in range(len(layout.groups))
        if layout.enough[g, x]
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def _divergence(
    found: ResponseDraws, measured: Measured, layout: ResponseRows, means: Floats | None
) -> pl.DataFrame:
    """Lay out what pairs of groups expect, the cells first that would move the gap most.

    In the reduced form nothing is known of swaps, and the cells come first on which they differ
    most.
    """
    unused = [] if means is None else unused_cells(measured)
    order = "swap_mean" if means is None else "difference_mean"
    rows: list[dict[str, Any]] = []
    for w, weighting in enumerate(found.weightings):
        for p, (a, b) in enumerate(layout.pairs):
            head = {"weighting": weighting, **layout.pair(a, b)}
            cells = []
            for x, k, cell, about in _expected_cells(measured, layout, (a, b), unused):
                swap = None
                if means is None:
                    first, second = found.expects[:, w, a, x, k], found.expects[:, w, b, x, k]
                    swap = found.swap[:, w, p, x, k]
                else:
                    first, second = means[:, w, a, cell], means[:, w, b, cell]
                cells.append(
                    head
                    | about
                    | estimate("expects_a", first)
                    | estimate("expects_b", second)
                    | estimate("difference", second - first)
                    | estimate("swap", swap)
                )
            cells.sort(key=lambda row: -abs(row[order]))
            rows += [row | {"rank": rank} for rank, row in enumerate(cells, start=1)]
    return frame_of(rows)


def _expected_cells(
    measured: Measured,
    layout: ResponseRows,
    pair: tuple[int, int],
    unused: Sequence[tuple[Ints, Ints]],
) -> Iterator[tuple[int, int, int, dict[str, str]]]:
    """Yield intervention, value, cell and names of every outcome that enough of both rated."""
    given, (a, b) = measured.data.expectations, pair
    for x, (rated, which) in enumerate(unused or measured.layout.outcomes):
        if given is None or not layout.shown(pair)[x]:
            continue
        both = layout.rated[a, rated] & layout.rated[b, rated]
        for cell, k in zip(rated[both], which[both], strict=True):
            name, label = layout.values[k]
            about = {"value": name, "value_label": label, "zero": given.zero(int(cell))}
            yield x, int(k), int(cell), layout.intervention(x) | about
