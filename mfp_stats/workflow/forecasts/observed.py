"""What was observed of the cells that a forecast is about."""

import numpy as np

from mfp_stats.design.acceptance import Acceptance
from mfp_stats.design.data import Bools
from mfp_stats.quantities.forecast.tables import Cell, Observed
from mfp_stats.quantities.observed_acceptance import ObservedShare
from mfp_stats.weights import enough_weighted
from mfp_stats.workflow.forecasts.files import Forecast


def observed_share(cell: Cell, accepted: Acceptance, floor: int) -> ObservedShare | None:
    """Return the share of those asked who accept; None of nobody.

    None too of a weighted share of so few, or one beside which the unweighted one would tell what
    ``floor`` or fewer people of weight zero said.
    """
    weight = accepted.weightings.get(cell.weighting)
    asked = _asked(cell, accepted)
    if cell.weighting not in accepted.weightings or not asked.any():
        return None
    if weight is not None and not enough_weighted(weight, asked, floor, observed=True):
        return None
    given = accepted.accepts[:, accepted.interventions.index(cell.intervention)]
    return ObservedShare.of(given, asked, weight)


def _asked(cell: Cell, accepted: Acceptance) -> Bools:
    """Return who of the cell's group was asked about its intervention, (N,)."""
    if cell.intervention not in accepted.interventions or cell.group not in accepted.groups:
        return np.zeros(len(accepted.group), dtype=np.bool_)
    given = accepted.accepts[:, accepted.interventions.index(cell.intervention)]
    inside = accepted.group == accepted.groups.index(cell.group)
    return np.asarray(inside & (given >= 0))


def observed_cells(forecast: Forecast, found: Acceptance) -> tuple[dict[Cell, Observed], list[str]]:
    """Return what was observed of the cells that may be shown, and why others are left out."""
    content, observed = forecast.content, {}
    floor = content["floor"]
    unasked: dict[str, list[str]] = {}
    few: dict[str, list[str]] = {}
    ways = {cell.weighting for cell in forecast.cells()}
    for cell in forecast.cells():
        if cell.weighting not in found.weightings:
            continue
        group = content["groups"][cell.group]
        intervention = content["interventions"][cell.intervention]
        seen = observed_share(cell, found, floor)
        if not _asked(cell, found).any():
            _add(unasked, intervention, group)
        elif seen is None or seen.asked <= floor:
            _add(few, intervention, group)
        else:
            observed[cell] = Observed.of(seen)
    notes = [
        f"There are no weights for what was forecast as {way}, so that this is not scored."
        for way in sorted(ways - set(found.weightings))
    ]
    notes += [
        f"Nobody was asked about “{name}” in: {'; '.join(groups)}."
        for name, groups in unasked.items()
    ]
    notes += [
        f"{floor} people or fewer were asked about “{name}”, or asked without a weight, too few to "
        f"be shown, in: {'; '.join(groups)}."
        for name, groups in few.items()
    ]
    return observed, notes


def _add(where: dict[str, list[str]], intervention: str, group: str) -> None:
    groups = where.setdefault(intervention, [])
    if group not in groups:
        groups.append(group)
