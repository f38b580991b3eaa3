"""The coordination surface: what all groups of a coalition accept, and what stands in the way.

``J_x(C; θ)`` is the posterior probability that every group of the coalition C has a share of at
least θ that accepts intervention x. It is a mean over *draws* of all groups at once and so keeps
what their shares have in common; the product of each group's own probability does not.

Everything is made from the draws that a fit stores, so that any coalition and threshold can be
looked at without fitting again. numpy and polars only: the web process uses this.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.verdicts import SURE
from mfp_stats.quantities.zones import NOT_APART, NOT_BORNE_OUT, Standing, zone_of

#: Whether models lead a row of the table ``gap`` by what people said: with no verdict and no
#: warning, only the randomised check is in their way.
LED_AS_SAID: Final = (pl.col("leading") == "models") & (pl.col("verdict_probability") > SURE)

type _Floats = NDArray[np.float64]
type _Flags = NDArray[np.bool_]

#: Most groups for which every coalition is worked out unasked; more would be thousands.
EVERY_COALITION: Final = 10

#: Columns of an estimate of a share that accepts.
_SHARE: Final = ("accepts_mean", "accepts_q05", "accepts_q95")

SCHEMA: Final[Mapping[str, pl.DataType]] = {
    "intervention": pl.String(),
    "intervention_label": pl.String(),
    "coalition": pl.String(),
    "coalition_label": pl.String(),
    "size": pl.Int64(),
    "threshold": pl.Float64(),
    "joint_probability": pl.Float64(),
    "worst_group": pl.String(),
    "worst_group_label": pl.String(),
    "zone": pl.String(),
    "zone_why": pl.String(),
}


def surface(
    acceptance_draws: pl.DataFrame,
    gap: pl.DataFrame,
    acceptance: pl.DataFrame,
    *,
    threshold: float,
    coalitions: Iterable[Sequence[str]] | None = None,
    weighting: str = "unweighted",
) -> pl.DataFrame:
    """Return the joint acceptance and the zone of each intervention and coalition.

    Parameters
    ----------
    acceptance_draws
        Columns weighting, draw, intervention, group, accepts: the share of the group that accepts
        (0 to 1) in each posterior draw.
    gap
        Verdicts on pairs of groups, columns weighting, intervention, group_a, group_b, verdict,
        verdict_probability, leading, warning, pooled_warning, dependence_share_mean. Empty where
        the survey does not allow them.
    acceptance
        One row a weighting, intervention and group: labels, and ``accepts_mean`` with the ends of
        its interval. A group that too few were asked in has no row.
    threshold
        Share θ, from 0 to 1, that has to accept in each group.
    coalitions
        Names of groups. None: every coalition of up to ten groups; of more groups only the single
        ones, the pairs and all together.
    weighting
        As in the tables.

    Returns
    -------
    polars.DataFrame
        One row an intervention and coalition, columns ``SCHEMA``; ``joint_probability`` is null
        where a group of the coalition has no estimate.

    Raises
    ------
    ChoiceError
        The threshold is no share, or a group or weighting is not there.
    """
    if acceptance.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    _require(acceptance, threshold, weighting)
    shown, drawn = (
        t.filter(pl.col("weighting") == weighting) for t in (acceptance, acceptance_draws)
    )
    labels = dict(shown.select("group", "group_label").unique(maintain_order=True).rows())
    chosen = coalitions_of(list(labels), coalitions)
    verdicts = _verdicts(gap, weighting)
    rows: list[dict[str, Any]] = []
    for (name, label), part in shown.group_by(
        ["intervention", "intervention_label"], maintain_order=True
    ):
        shares = {group: tuple(ends) for group, *ends in part.select("group", *_SHARE).rows()}
        accepts = _matrix(drawn.filter(pl.col("intervention") == name), list(labels))
        every, none = joint_acceptance(accepts, members(list(labels), chosen), threshold)
        for at, coalition in enumerate(chosen):
            standing = Standing(
                coalition=coalition,
                labels=labels,
                threshold=threshold,
                shares=shares,
                joint=float(every[at]),
                none=float(none[at]),
                verdicts=verdicts.get(str(name), {}),
            )
            rows.append(
                {"intervention": name, "intervention_label": label, "threshold": threshold}
                | _row(standing)
            )
    return pl.DataFrame(rows, schema=SCHEMA)


def coalitions_of(
    groups: Sequence[str], asked: Iterable[Sequence[str]] | None = None
) -> list[tuple[str, ...]]:
    """Return coalitions, each with its groups once and in the order of ``groups``.

    Parameters
    ----------
    groups
        Names of all groups that have estimates.
    asked
        Coalitions as they were asked for; None: every one, up to a limit (see :func:`surface`).

    Raises
    ------
    ChoiceError
        A coalition has no group, or one that is not there.
    """
    if asked is None:
        sizes = range(1, len(groups) + 1) if len(groups) <= EVERY_COALITION else (1, 2, len(groups))
        return [c for size in sizes for c in combinations(groups, size)]
    wanted = [tuple(coalition) for coalition in asked]
    faults = [
        Fault("coalition", f"there is no estimate for a group {name!r}", known=tuple(groups))
        for name in dict.fromkeys(n for coalition in wanted for n in coalition)
        if name not in groups
    ]
    if not all(wanted):
        faults.append(Fault("coalition", "it has no group", known=tuple(groups)))
    if faults:
        raise ChoiceError(faults)
    return [tuple(g for g in groups if g in coalition) for coalition in wanted]


def members(groups: Sequence[str], coalitions: Sequence[Sequence[str]]) -> _Flags:
    """Return which group is in which coalition, (coalition, group)."""
    inside = [[group in coalition for group in groups] for coalition in coalitions]
    return np.array(inside, dtype=np.bool_).reshape(len(coalitions), len(groups))


def joint_acceptance(
    accepts: _Floats, coalitions: _Flags, threshold: float
) -> tuple[_Floats, _Floats]:
    """Return the probabilities that every group, and that no group, reaches a threshold.

    Parameters
    ----------
    accepts
        (draw, group) share that accepts, NaN for a group without an estimate.
    coalitions
        (coalition, group).
    threshold
        The share to reach; a share equal to it reaches it.

    Returns
    -------
    every, none
        (coalition,) means over draws; NaN for a coalition with a group without an estimate.
    """
    if not len(accepts):
        return np.full(len(coalitions), np.nan), np.full(len(coalitions), np.nan)
    inside = coalitions.T.astype(np.float32)  # (group, coalition)
    unknown = np.isnan(accepts).any(axis=0) @ coalitions.T  # (coalition,)
    # A product counts, in each draw, a coalition's groups on the wrong side of the threshold.
    every, none = (
        (wrong.astype(np.float32) @ inside == 0).mean(axis=0)
        for wrong in (accepts < threshold, accepts >= threshold)
    )
    return np.where(unknown, np.nan, every), np.where(unknown, np.nan, none)


def _require(acceptance: pl.DataFrame, threshold: float, weighting: str) -> None:
    faults = []
    if not 0 <= threshold <= 1:
        what = f"{threshold:g} is no share of a group"
        faults.append(Fault("threshold", what, fix="Give a number from 0 to 1, as 0.5."))
    known = tuple(acceptance["weighting"].unique(maintain_order=True))
    if weighting not in known:
        faults.append(Fault("weighting", f"there are no {weighting!r} estimates", known=known))
    if faults:
        raise ChoiceError(faults)


def _matrix(drawn: pl.DataFrame, groups: Sequence[str]) -> _Floats:
    """Return one intervention's draws, (draw, group), NaN where a group has none."""
    wide = drawn.pivot(on="group", on_columns=list(groups), index="draw", values="accepts")
    return wide.select(
        pl.col(g).cast(pl.Float64).fill_null(float("nan")) for g in groups
    ).to_numpy()


def _verdicts(gap: pl.DataFrame, weighting: str) -> dict[str, dict[frozenset[str], str]]:
    """Return the verdict of each intervention and pair of groups, or why none was given."""
    found: dict[str, dict[frozenset[str], str]] = {}
    if gap.is_empty():
        return found
    there = gap.filter(pl.col("weighting") == weighting)
    withheld = pl.when(pl.col("warning") != "").then("warning").otherwise("pooled_warning")
    # Only of gaps that are credibly there the table holds shares.
    apart = pl.col("dependence_share_mean").is_not_null()
    why = (
        pl.when(withheld != "")
        .then(withheld)
        .when(~apart)
        .then(pl.lit(NOT_APART))
        .when(LED_AS_SAID)
        .then(pl.lit(NOT_BORNE_OUT))
    )
    rows = there.select("intervention", "group_a", "group_b", "verdict", why=why).rows()
    for name, a, b, verdict, why in rows:
        told = why if verdict == "cannot_tell" and why else verdict
        found.setdefault(name, {})[frozenset((a, b))] = told
    return found


def _row(standing: Standing) -> dict[str, Any]:
    zone, why = zone_of(standing)
    worst = standing.worst
    return {
        "coalition": " + ".join(standing.coalition),
        "coalition_label": " + ".join(standing.labels[g] for g in standing.coalition),
        "size": len(standing.coalition),
        "joint_probability": None if standing.unasked else standing.joint,
        "worst_group": worst,
        "worst_group_label": None if worst is None else standing.labels[worst],
        "zone": zone,
        "zone_why": why,
    }
