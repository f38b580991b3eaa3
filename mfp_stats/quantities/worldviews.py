"""From draws of the worldview mixture to what is displayed of it: draws first, then tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Beliefs, Ints, ModelData
from mfp_stats.errors import DesignError, Fault
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.likelihoods.em import ClassSolution, fit_classes
from mfp_stats.quantities.memberships import (
    Memberships,
    everyone_of,
    infer_memberships,
    population_names,
)
from mfp_stats.quantities.worldview_labels import MAX_DISTANCE, distance, match_draws
from mfp_stats.quantities.worldview_names import name_worldviews
from mfp_stats.quantities.worldview_tables import (
    asserted_answers,
    belief_table,
    certainty_table,
    membership_table,
    share_table,
)

#: How the reference solution of a survey is found, always the same way.
STARTS: Final = 20
SMOOTHING: Final = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Worldviews:
    """Everything displayed of a mixture with C worldviews.

    ``draws`` holds, with dims (chain, draw, ...), every displayed quantity: ``share``
    (weighting, group, worldview), group "" being everyone in the groups shown; ``belief`` and
    ``difference`` from everyone (answer, worldview); ``everyone`` (answer); ``certainty``, the
    entropy R² of the memberships.
    """

    names: tuple[str, ...]
    draws: xr.Dataset
    #: Variables of ``draws`` that cannot vary: the gate need not judge them.
    constants: tuple[str, ...]
    memberships: Memberships
    #: The mixture's draws, worldviews numbered; see ``match_draws``.
    matched: xr.Dataset
    tables: Mapping[str, pl.DataFrame]
    #: Reasons for caution, as sentences; empty where there are none.
    cautions: tuple[str, ...]


def reference_solution(data: ModelData, classes: int) -> ClassSolution:
    """Return the solution that starts the chains, and numbers and names the worldviews.

    Raises
    ------
    DesignError
        The survey has no beliefs, or too few different answers for so many worldviews.
    """
    return fit_classes(Categories.of(_beliefs(data)), classes, starts=STARTS, smoothing=SMOOTHING)


def summarise_worldviews(
    posterior: xr.Dataset,
    data: ModelData,
    reference: ClassSolution,
    *,
    floor: int,
    seed: int = 0,
) -> Worldviews:
    """Work out everything displayed of one fitted mixture.

    Parameters
    ----------
    posterior
        Draws of ``models/worldviews.py``.
    data
        What was fitted.
    reference
        From :func:`reference_solution`, with as many classes.
    floor
        Groups in which no more people than this answered are left out, of everyone's shares too:
        otherwise everyone's would give them away.
    seed
        Of sampled memberships and the Bayesian bootstrap.
    """
    beliefs = _beliefs(data)
    matched = match_draws(posterior, reference.best)
    shown = np.flatnonzero(believers(data) > floor)
    memberships = infer_memberships(matched, data, shown=shown, seed=seed)
    names = name_worldviews(beliefs.indicators, Categories.of(beliefs), reference)
    draws = _displayed(matched, data, memberships, shown)
    return Worldviews(
        names=names,
        draws=draws,
        constants=("share", "difference", "certainty") if reference.classes == 1 else (),
        memberships=memberships,
        matched=matched,
        tables={
            "worldviews": share_table(draws, data, names, shown),
            "worldview_beliefs": belief_table(draws, beliefs, names),
            "worldview_certainty": certainty_table(draws, memberships),
            "memberships": membership_table(memberships, data),
        },
        cautions=tuple(_cautions(matched, reference)),
    )


def believers(data: ModelData) -> Ints:
    """Return how many people of each group answered any question that forms worldviews, (G,).

    Of a group that was not asked the mixture knows the other groups' shares, and nothing else.
    """
    there = (_beliefs(data).answers >= 0).any(axis=1)
    return np.bincount(data.group[there], minlength=len(data.groups)).astype(np.int64)


def _beliefs(data: ModelData) -> Beliefs:
    if data.beliefs is None:
        fault = Fault(data.survey, "has no belief items", fix="Add items of role belief.")
        raise DesignError(fault, about="worldviews")
    return data.beliefs


def _displayed(
    matched: xr.Dataset, data: ModelData, memberships: Memberships, shown: Ints
) -> xr.Dataset:
    """Return the draws of every displayed quantity."""
    profile, composition = matched["profile"], matched["composition"]
    sizes = xr.DataArray(data.group_sizes / len(data.group), dims="groups")
    everyone = profile.weighted((composition * sizes).sum("groups")).mean("worldview")
    asserted = asserted_answers(_beliefs(data))
    kept = {
        "share": _shares(composition, data, memberships, shown),
        "belief": profile.isel(answers=asserted),
        "everyone": everyone.isel(answers=asserted),
        "difference": (profile - everyone).isel(answers=asserted).round(12),
        "certainty": memberships.certainty,
    }
    return xr.Dataset(kept)


def _shares(
    composition: xr.DataArray, data: ModelData, memberships: Memberships, shown: Ints
) -> xr.DataArray:
    """Join unweighted and, where there are weights, weighted shares."""
    groups = composition.isel(groups=shown)
    counted = everyone_of(data, shown)
    sizes = xr.DataArray(data.group_sizes[counted] / data.group_sizes[counted].sum(), dims="groups")
    everyone = (composition.isel(groups=counted) * sizes).sum("groups").expand_dims(groups=[""])
    unweighted = xr.concat([everyone, groups], "groups").rename(groups="group")
    unweighted = unweighted.assign_coords(group=population_names(data, shown))
    parts = {"unweighted": unweighted}
    if memberships.weighted is not None:
        parts[data.weighting] = memberships.weighted
    joined = xr.concat(list(parts.values()), "weighting", join="exact", coords="minimal")
    joined = joined.assign_coords(weighting=list(parts))
    return joined.transpose("chain", "draw", "weighting", "group", "worldview")


def _cautions(matched: xr.Dataset, reference: ClassSolution) -> list[str]:
    cautions = []
    if reference.others:
        cautions.append(_other_ways(reference))
    if distance(matched, reference.best) > MAX_DISTANCE:
        cautions.append(
            "The draws have moved away from the solution that names the worldviews: "
            "read the beliefs, not the names."
        )
    return cautions


def _other_ways(reference: ClassSolution) -> str:
    """Say that people can be divided otherwise, and how much worse that fits at best."""
    others = len(reference.others)
    ways = "Another way" if others == 1 else f"{others} other ways"
    fit = "fits" if others == 1 else "fit"
    behind = reference.best.log_likelihood - max(o.log_likelihood for o in reference.others)
    how = f"nearly as well ({behind:.1f} log units worse)" if behind > 0 else "as well"
    return f"{ways} of dividing people into {reference.classes} worldviews {fit} the answers {how}."
