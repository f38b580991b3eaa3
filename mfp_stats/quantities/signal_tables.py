"""Tables of what interventions signal: to each group, within each worldview, to pairs of groups."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.response_rows import (
    ResponseRows,
    estimate,
    frame_of,
    holders_who_rated,
)
from mfp_stats.questionnaire.model import Questionnaire, Role, say

#: A signal of a proposal that was asked about: indices of proposal, signal and cell, and names.
type _Told = tuple[int, int, int, dict[str, str]]


def signal_tables(
    found: ResponseDraws, measured: Measured, layout: ResponseRows, questionnaire: Questionnaire
) -> Mapping[str, pl.DataFrame]:
    """Lay out ``signals``, ``signal_worldviews`` and ``signal_pairs``."""
    told = _told_cells(measured, questionnaire)
    return {
        "signals": _signals(found, told, layout),
        "signal_worldviews": _signal_worldviews(found, measured, told, layout, questionnaire.floor),
        "signal_pairs": _signal_pairs(found, told, layout),
    }


def signal_ends(questionnaire: Questionnaire) -> dict[tuple[str, str], dict[str, str]]:
    """Return the lowest and the highest answer on what each proposal signals.

    By the names of intervention and signal: ``low_label`` and ``high_label``, towards which
    numbers below and above 0 lie.
    """
    found = {}
    for item in questionnaire.with_role(Role.SIGNAL):
        if item.intervention and item.signal and item.options:
            low, high = (say(item.scored_options[end].label) for end in (0, -1))
            labels = {"low_label": low, "high_label": high}
            found[item.intervention, item.signal] = labels
    return found


def _signals(found: ResponseDraws, told: Sequence[_Told], layout: ResponseRows) -> pl.DataFrame:
    rows = [
        {"weighting": weighting, **layout.intervention(x), **signal, **layout.group(g)}
        | estimate("tells", found.told[:, w, g, x, q])
        | {"probability_positive": float((found.told[:, w, g, x, q] > 0).mean())}
        for w, weighting in enumerate(found.weightings)
        for x, q, cell, signal in told
        for g in range(len(layout.groups))
        if layout.enough[g, x] and layout.rated[g, cell]
    ]
    return frame_of(rows)


def _signal_worldviews(
    found: ResponseDraws,
    measured: Measured,
    told: Sequence[_Told],
    layout: ResponseRows,
    floor: int,
) -> pl.DataFrame:
    """Lay out what a proposal tells within each worldview; of one worldview there is nothing.

    A worldview is held across groups: enough people of a group may have rated a signal, and next to
    none of them hold it.
    """
    worldviews = found.told_within.shape[2]
    if worldviews < 2:
        return frame_of([])
    held = holders_who_rated(measured, found.groups) > floor
    rows = [
        {"weighting": weighting, **layout.intervention(x), **signal, "worldview": c + 1}
        | estimate("tells", found.told_within[:, w, c, x, q])
        | {"probability_positive": float((found.told_within[:, w, c, x, q] > 0).mean())}
        for w, weighting in enumerate(found.weightings)
        for x, q, cell, signal in told
        for c in range(worldviews)
        if held[c, cell] and (layout.enough[:, x] & layout.rated[:, cell]).any()
    ]
    return frame_of(rows)


def _told_cells(measured: Measured, questionnaire: Questionnaire) -> list[_Told]:
    """Return every signal asked about: its names, what 0 is, the answers at both ends."""
    rated, given = measured.data.expectations, measured.data.responses
    if rated is None or given is None:
        return []
    ends = signal_ends(questionnaire)
    names = [
        {"signal": n, "signal_label": t}
        for n, t in zip(rated.signals, rated.signal_labels, strict=True)
    ]
    proposals = enumerate(zip(given.interventions, measured.layout.told, strict=True))
    return [
        (
            *(x, int(q), int(cell)),
            names[q] | {"zero": rated.zero(int(cell))} | ends[proposal, rated.signals[q]],
        )
        for x, (proposal, (cells, which)) in proposals
        for cell, q in zip(cells, which, strict=True)
    ]


def _signal_pairs(
    found: ResponseDraws, told: Sequence[_Told], layout: ResponseRows
) -> pl.DataFrame:
    rows = []
    for w, weighting in enumerate(found.weightings):
        for x, q, cell, signal in told:
            for a, b in layout.pairs:
                if not layout.shown((a, b))[x] or not layout.rated[[a, b], cell].all():
                    continue
                first, second = found.told[:, w, a, x, q], found.told[:, w, b, x, q]
                head = {"weighting": weighting, **layout.intervention(x), **signal}
                opposite = float((np.sign(first) != np.sign(second)).mean())
                rows.append(
                    head
                    | layout.pair(a, b)
                    | estimate("difference", second - first)
                    | {"probability_opposite": opposite}
                )
    return frame_of(rows)
