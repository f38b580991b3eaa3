"""What was observed of the cells that a forecast is about."""

from mfp_stats.design.acceptance import Acceptance
from mfp_stats.quantities.forecast.tables import Cell, Observed
from mfp_stats.quantities.observed_acceptance import ObservedShare
from mfp_stats.workflow.forecasts.files import Forecast


def observed_share(cell: Cell, accepted: Acceptance) -> ObservedShare | None:
    """Return the share of those asked who accept; None of nobody."""
    ways = accepted.weightings
    known = cell.intervention in accepted.interventions and cell.group in accepted.groups
    if cell.weighting not in ways or not known:
        return None
    given = accepted.accepts[:, accepted.interventions.index(cell.intervention)]
    inside = accepted.group == accepted.groups.index(cell.group)
    return ObservedShare.of(given, inside, ways[cell.weighting])


def observed_cells(forecast: Forecast, found: Acceptance) -> tuple[dict[Cell, Observed], list[str]]:
    """Return what was observed of the cells that may be shown, and why others are left out."""
    content, observed = forecast.content, {}
    unasked: dict[str, list[str]] = {}
    few: dict[str, list[str]] = {}
    ways = {cell.weighting for cell in forecast.cells()}
    for cell in forecast.cells():
        if cell.weighting not in found.weightings:
            continue
        group = content["groups"][cell.group]
        intervention = content["interventions"][cell.intervention]
        seen = observed_share(cell, found)
        if seen is None:
            _add(unasked, intervention, group)
        elif seen.asked <= content["floor"]:
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
        f"{content['floor']} people or fewer were asked about “{name}”, too few to be shown, in: "
        f"{'; '.join(groups)}."
        for name, groups in few.items()
    ]
    return observed, notes


def _add(where: dict[str, list[str]], intervention: str, group: str) -> None:
    groups = where.setdefault(intervention, [])
    if group not in groups:
        groups.append(group)
