"""From draws of the worldview mixture to what is displayed of it: draws first, then tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Beliefs, Floats, Ints, ModelData
from mfp_stats.errors import DesignError, Fault
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.likelihoods.em import ClassSolution, fit_classes
from mfp_stats.quantities.memberships import (
    Memberships,
    infer_memberships,
    population_names,
)
from mfp_stats.quantities.partitions import credible_ball
from mfp_stats.quantities.worldview_labels import MAX_DISTANCE, distance, match_draws
from mfp_stats.quantities.worldview_names import name_worldviews

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
        Groups of this size or smaller are left out, of everyone's shares too: otherwise
        everyone's would give them away.
    seed
        Of sampled memberships and the Bayesian bootstrap.
    """
    beliefs = _beliefs(data)
    matched = match_draws(posterior, reference.best)
    shown = np.flatnonzero(data.group_sizes > floor)
    memberships = infer_memberships(matched, data, shown=shown, seed=seed)
    names = name_worldviews(beliefs.indicators, Categories.of(beliefs), reference)
    draws = _displayed(matched, data, memberships, shown)
    return Worldviews(
        names=names,
        draws=draws,
        constants=("share", "difference", "certainty") if reference.classes == 1 else (),
        memberships=memberships,
        tables={
            "worldviews": _share_table(draws, data, names, shown),
            "worldview_beliefs": _belief_table(draws, beliefs, names),
            "worldview_certainty": _certainty_table(draws, memberships),
            "memberships": _membership_table(memberships, data),
        },
        cautions=tuple(_cautions(matched, reference)),
    )


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


def asserted_answers(beliefs: Beliefs) -> Ints:
    """Return the columns of answers that are displayed: of yes and no only yes."""
    table = [(i.kind, k) for i in beliefs.indicators for k in range(len(i.categories))]
    return np.flatnonzero([kind != "binary" or k == 1 for kind, k in table])


def _shares(
    composition: xr.DataArray, data: ModelData, memberships: Memberships, shown: Ints
) -> xr.DataArray:
    """Join unweighted and, where there are weights, weighted shares."""
    groups = composition.isel(groups=shown)
    sizes = xr.DataArray(data.group_sizes[shown] / data.group_sizes[shown].sum(), dims="groups")
    everyone = (groups * sizes).sum("groups").expand_dims(groups=[""])
    unweighted = xr.concat([everyone, groups], "groups").rename(groups="group")
    unweighted = unweighted.assign_coords(group=population_names(data, shown))
    parts = {"unweighted": unweighted}
    if memberships.weighted is not None:
        parts["weighted"] = memberships.weighted
    joined = xr.concat(list(parts.values()), "weighting", join="exact", coords="minimal")
    joined = joined.assign_coords(weighting=list(parts))
    return joined.transpose("chain", "draw", "weighting", "group", "worldview")


def _estimates(draws: xr.DataArray) -> dict[str, Floats]:
    """Return mean, q05 and q95 over all draws, each with the remaining dims flattened."""
    flat = draws.transpose("chain", "draw", ...).values.reshape(
        draws.sizes["chain"] * draws.sizes["draw"], -1
    )
    low, high = np.quantile(flat, (0.05, 0.95), axis=0)
    return {"mean": flat.mean(axis=0), "q05": low, "q95": high}


def _share_table(
    draws: xr.Dataset, data: ModelData, names: Sequence[str], shown: Ints
) -> pl.DataFrame:
    share = draws["share"].transpose("chain", "draw", "worldview", "weighting", "group")
    labels = ["Everyone", *(data.group_labels[g] for g in shown)]
    sizes = [int(data.group_sizes[shown].sum()), *data.group_sizes[shown].tolist()]
    keys = [
        (c + 1, name, str(group), label, n, str(weighting))
        for c, name in enumerate(names)
        for weighting in share["weighting"].values
        for group, label, n in zip(share["group"].values, labels, sizes, strict=True)
    ]
    columns = ("worldview", "name", "group", "group_label", "n", "weighting")
    return pl.DataFrame(keys, schema=columns, orient="row").with_columns(
        **{k: pl.Series(v) for k, v in _estimates(share).items()}
    )


def _belief_table(draws: xr.Dataset, beliefs: Beliefs, names: Sequence[str]) -> pl.DataFrame:
    """Return answer probabilities by worldview, ranked by distinctiveness.

    ``distinctiveness`` is the end nearest zero of the 90 % interval of the difference from
    everyone, signed; 0 where the interval holds 0.
    """
    order = ("chain", "draw", "worldview", "answers")
    answers = [
        (i.name, i.label, category, text)
        for i in beliefs.indicators
        for category, text in zip(i.categories, i.category_labels, strict=True)
    ]
    rows = [
        (c + 1, name, *answers[t])
        for c, name in enumerate(names)
        for t in asserted_answers(beliefs)
    ]
    columns = ("worldview", "name", "indicator", "label", "category", "category_label")
    difference = _estimates(draws["difference"].transpose(*order))
    everyone = draws["everyone"].mean(("chain", "draw")).values
    low, high = difference["q05"], difference["q95"]
    apart = np.where(low > 0, low, np.where(high < 0, high, 0.0))
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        **{k: pl.Series(v) for k, v in _estimates(draws["belief"].transpose(*order)).items()},
        everyone_mean=pl.Series(np.tile(everyone, len(names))),
        distinctiveness=pl.Series(apart),
        **{f"difference_{k}": pl.Series(v) for k, v in difference.items()},
    )
    return _ranked(frame)


def _ranked(frame: pl.DataFrame) -> pl.DataFrame:
    strength = (-pl.col("distinctiveness").abs(), -pl.col("difference_mean").abs())
    ordered = frame.with_row_index("row").sort("worldview", *strength, "row")
    rank = pl.int_range(1, pl.len() + 1).over("worldview").alias("rank")
    columns = list(frame.columns)
    columns.insert(columns.index("distinctiveness") + 1, "rank")
    return ordered.with_columns(rank).select(columns)


def _certainty_table(draws: xr.Dataset, memberships: Memberships) -> pl.DataFrame:
    """Return how sure memberships are: entropy R², and the credible ball of partitions in bits."""
    ball = credible_ball(memberships.partitions)
    row = {name: float(value[0]) for name, value in _estimates(draws["certainty"]).items()}
    return pl.DataFrame([row | {"expected_distance": ball.expected, "ball_radius": ball.radius}])


def _membership_table(memberships: Memberships, data: ModelData) -> pl.DataFrame:
    people, worldviews = memberships.probability.shape
    return pl.DataFrame(
        {
            "respondent": np.repeat(np.array(data.respondents), worldviews),
            "group": np.repeat(np.array(data.groups)[data.group], worldviews),
            "worldview": np.tile(np.arange(1, worldviews + 1), people),
            "probability": memberships.probability.ravel(),
        }
    )


def _cautions(matched: xr.Dataset, reference: ClassSolution) -> list[str]:
    cautions = []
    if reference.others:
        gap = reference.best.log_likelihood - reference.others[0].log_likelihood
        cautions.append(
            f"{len(reference.others)} other way(s) of dividing people into "
            f"{reference.classes} worldviews fit nearly as well (best by {gap:.1f} log units)."
        )
    if distance(matched, reference.best) > MAX_DISTANCE:
        cautions.append(
            "The draws have moved away from the solution that names the worldviews: "
            "read the beliefs, not the names."
        )
    return cautions
