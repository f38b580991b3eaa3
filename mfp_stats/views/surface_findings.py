"""Plain-language findings on the coordination surface: what all accept, and what blocks it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import polars as pl

from mfp_stats.quantities.zones import SURE, Zone, at_an_end
from mfp_stats.views.findings import Row, preferred
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, WAVES, Compared, capital, count, listed, quoted
from mfp_stats.workflow.coordination import NO_COALITIONS

#: Above what is told of waves one by one.
ONE_BY_ONE: Final = f"{NO_COALITIONS}. So this says of each wave by itself what it accepts."
#: What each zone is called: what is predicted of it, not what to do, which hangs on a threshold
#: that nobody has tested.
ZONES: Final[Mapping[str, str]] = {
    Zone.ACT_NOW: "All reach the threshold",
    Zone.FIX_SIGNAL: "Fix the signal",
    Zone.MODELS_BLOCK: "Models block",
    Zone.VALUES_BLOCK: "Values block",
    Zone.OTHER_BLOCKS: "Something unmeasured blocks",
    Zone.BELOW_THRESHOLD: "Below the threshold",
    Zone.CANNOT_TELL: "Cannot tell",
}
ZONES_MEAN: Final[Mapping[str, str]] = {
    Zone.ACT_NOW: f"all groups reach the threshold with a probability of at least {SURE}",
    Zone.FIX_SIGNAL: "what the proposal tells people parts the group that accepts least from the "
    "one that accepts most",
    Zone.MODELS_BLOCK: "what they expect the proposal to do parts the two",
    Zone.VALUES_BLOCK: "what they hold important parts the two",
    Zone.OTHER_BLOCKS: "something that the survey did not measure parts the two",
    Zone.BELOW_THRESHOLD: "no group reaches the threshold, so that closing a gap would not do",
    Zone.CANNOT_TELL: "none of these is sure enough to be said",
}


def describe_surface(surface: pl.DataFrame, compared: Compared = GROUPS) -> list[str]:
    """Return sentences on the largest coalition, and which smaller ones accept where it does not.

    Parameters
    ----------
    surface
        One threshold, any coalitions and weightings; of several the preferred one is told.
    compared
        What the groups are: waves are told of one by one.
    """
    if surface.is_empty():
        return ["Nobody was asked whether they accept a proposal."]
    frame = preferred(surface)
    note = weighting_note(frame["weighting"][0])
    if tells_nothing := at_an_end(frame["threshold"][0]):
        return [f"{capital(tells_nothing)}.", note]
    if compared is WAVES:
        return [ONE_BY_ONE, *_by_wave(frame), note]
    whole = frame.filter(pl.col("size") == pl.col("size").max())
    rows = whole.filter(pl.col("coalition") == whole["coalition"][0]).to_dicts()
    smaller = frame.filter(pl.col("size") > 1, pl.col("coalition") != rows[0]["coalition"])
    return [
        _headline(rows),
        *_by_zone(rows),
        *_smaller(rows, smaller),
        note,
    ]


def _by_wave(frame: pl.DataFrame) -> Iterator[str]:
    """Yield what very probably reaches the threshold in each wave."""
    for (wave,), part in frame.group_by(["coalition_label"], maintain_order=True):
        rows = part.to_dicts()
        ready = [quoted(row["intervention_label"]) for row in rows if row["zone"] == Zone.ACT_NOW]
        share = f"at least {100 * rows[0]['threshold']:g} %"
        if ready:
            yield f"In {quoted(str(wave))} very probably accepted by {share}: {listed(ready)}."
        else:
            yield f"In {quoted(str(wave))} no proposal is very probably accepted by {share}."


def _headline(rows: Sequence[Row]) -> str:
    """Return the sentence on how many interventions the coalition accepts."""
    ready = [quoted(row["intervention_label"]) for row in rows if row["zone"] == Zone.ACT_NOW]
    size = rows[0]["size"]
    who = quoted(rows[0]["coalition_label"]) if size == 1 else f"each of the {count(size)} groups"
    share = f"at least {100 * rows[0]['threshold']:g} % of"
    if not ready:
        return f"No proposal is very probably accepted by {share} {who}."
    proposals = "proposal" if len(rows) == 1 else "proposals"
    verb = "is" if len(ready) == 1 else "are"
    return (
        f"Of {count(len(rows))} {proposals}, {count(len(ready))} {verb} very probably accepted by "
        f"{share} {who}: {listed(ready)}."
    )


def _by_zone(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence an intervention, zone by zone."""
    for zone, name in ZONES.items():
        for row in rows:
            if row["zone"] == zone:
                yield f"{name}, {quoted(row['intervention_label'])}: {row['zone_why']}."


def _smaller(rows: Sequence[Row], smaller: pl.DataFrame) -> Iterator[str]:
    """Yield which largest smaller coalitions accept what all together do not."""
    for row in rows:
        if row["zone"] == Zone.ACT_NOW:
            continue
        able = smaller.filter(
            pl.col("intervention") == row["intervention"], pl.col("zone") == Zone.ACT_NOW
        )
        largest = able.filter(pl.col("size") == pl.col("size").max())
        if len(largest):
            named = [quoted(label) for label in largest["coalition_label"]]
            yield (
                f"{quoted(row['intervention_label'])} is very probably accepted in a smaller "
                f"coalition: {' or '.join(named)}."
            )
