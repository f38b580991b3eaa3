"""What a fit of the acceptance suite displays, beside what is true of the simulated population."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.surface import surface
from mfp_stats.quantities.verdicts import EPSILON, NO_GAP
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import Truth
from mfp_stats.simulate.expected import expected_importance
from mfp_stats.simulate.truth import Floats
from mfp_stats.workflow.prefield.fit import FittedSurvey
from tests.suites.coverage import Tally, tally
from tests.suites.held_worldviews import shares_held, told_within, true_worldviews
from tests.suites.intervals import share_words
from tests.suites.suite import Figure
from tests.suites.swaps import true_swaps

#: The share of every group that has to accept a proposal, a majority.
THRESHOLD: Final = 0.5
#: Joint acceptance that somebody would act on, one way or the other.
SURE: Final = 0.9
#: Standard errors by which claims may differ from what is true.
FAR: Final = 2.576

#: People drawn of each group to tell what is true.
PEOPLE: Final = 20_000

type Row = Mapping[str, Any]
type Pair = tuple[str, str]


def covered(
    found: FittedSurvey, true: xr.Dataset, questionnaire: Questionnaire, truth: Truth
) -> dict[str, dict[str, Tally]]:
    """Count for each kind of quantity the intervals that hold the truth, and all of them.

    Estimates are those that are told first: with weights, where there are any.

    Parameters
    ----------
    found
        The fit.
    true
        Of :func:`mfp_stats.simulate.decomposition.true_decomposition`.
    questionnaire, truth
        What was simulated, and the parameters.
    """
    gap = found.told_of("gap").filter(pl.col("intervention") != POOLED).to_dicts()
    accepts = found.told_of("acceptance").to_dicts()
    share = {
        (row["group"], row["intervention"]): float(
            true["acceptance"].sel(group=row["group"], intervention=row["intervention"])
        )
        for row in accepts
    }
    a, b = found.data.groups[:2]
    swaps = true_swaps(questionnaire, truth, people=PEOPLE)
    # Like groups overlap by 1, the end of the scale; rounded more finely than what is shown.
    overlap = round(float(true["overlap"].sel(reference=a, other=b)), 3)
    shown = [
        {name: round(row[name], 3) for name in row if name.startswith("normalised_")}
        for row in found.told_of("overlap_revealed").iter_rows(named=True)
    ]
    kinds = {
        "gap": tally((row, "gap", _true_gap(true, row, (a, b))) for row in gap),
        "cause": tally(
            (row, part, _true_split(true, row, part, (a, b))) for row in gap for part in PARTS
        ),
        "acceptance": tally(
            ((r, "accepts", share[r["group"], r["intervention"]]) for r in accepts), around=None
        ),
        "overlap": tally(((row, "normalised", overlap) for row in shown), around=1.0),
        "cause, one group the reference": tally(_from_one(true, gap, (a, b))),
        "share of a gap": tally(gap_shares(true, found.told_of("gap"), (a, b))),
        "divergence": tally(_expected(found, truth)),
        "swap": tally(_swapped(found, swaps, (a, b))),
        "share": tally(_shares(found, truth), around=None),
        "signal": tally(_told(found, truth), around=None),
    }
    if found.table("worldviews")["worldview"].n_unique() != len(truth.classes):
        return kinds  # then no worldview is one of the true ones
    held = true_worldviews(found.table("worldview_beliefs"), questionnaire, truth)
    return kinds | {
        "signal in a worldview": tally(told_within(found, truth, held), around=None),
        "worldview in a group": tally(shares_held(found, truth, held), around=None),
    }


def _true_gap(true: xr.Dataset, row: Row, pair: Pair) -> float:
    at = {"reference": pair[0], "other": pair[1], "intervention": row["intervention"]}
    return float(true["gap"].sel(at))


def _true_split(true: xr.Dataset, row: Row, part: str, pair: Pair) -> float:
    at = {"intervention": row["intervention"], "part": part}
    forward, back = (
        float(true["phi"].sel(reference=r, other=o, **at)) for r, o in (pair, pair[::-1])
    )
    return (forward - back) / 2


def _from_one(
    true: xr.Dataset, rows: Iterable[Row], pair: Pair
) -> Iterator[tuple[Row, str, float]]:
    """Yield what each cause carries where people of one group are moved to the other."""
    for row in rows:
        for side, sign, way in (("a", 1, pair), ("b", -1, pair[::-1])):
            at = {"reference": way[0], "other": way[1], "intervention": row["intervention"]}
            for cause in CAUSES:
                value = sign * float(true["phi"].sel(part=cause, **at))
                yield row, f"{cause}_from_{side}", value


def gap_shares(true: xr.Dataset, gap: pl.DataFrame, pair: Pair) -> Iterator[tuple[Row, str, float]]:
    """Yield the share of a gap that each part carries, where shares are shown.

    Of all proposals together it is that of their mean, each turned as its gap was found to lie.
    Of a gap that is none there is no share: NaN.
    """
    single = gap.filter(pl.col("intervention") != POOLED).to_dicts()
    turns = {row["intervention"]: float(np.sign(row["gap_mean"])) for row in single}
    for row in gap.to_dicts():
        pooled = row["intervention"] == POOLED
        of = turns if pooled else {row["intervention"]: 1.0}
        whole = sum(t * _true_gap(true, {"intervention": x}, pair) for x, t in of.items())
        for part in PARTS:
            if row[f"{part}_share_mean"] is None:
                continue
            carried = (
                t * _true_split(true, {"intervention": x}, part, pair) for x, t in of.items()
            )
            yield row, f"{part}_share", sum(carried) / whole if whole else np.nan


def _swapped(
    found: FittedSurvey, swaps: xr.DataArray, pair: Pair
) -> Iterator[tuple[Row, str, float]]:
    """Yield what every exchange of an expectation would do to a gap, with the truth."""
    of_pair = swaps.sel(group_a=pair[0], group_b=pair[1])
    for row in found.told_of("divergence").iter_rows(named=True):
        value = of_pair.sel(intervention=row["intervention"], value=row["value"])
        yield row, "swap", float(value)


def _in_groups(truth: Truth, means: Floats, deviations: Floats) -> Floats:
    """Return groups' means in logits of one answer, (G, X, ...).

    Membership is independent of a group's deviations. A person's own deviation is part of the noise
    of an answer.
    """
    mean = np.tensordot(truth.class_shares, means, axes=1) + deviations
    return np.asarray(mean / np.sqrt(1 + truth.consequence_sd**2 / NOISE))


def _expected(found: FittedSurvey, truth: Truth) -> Iterator[tuple[Row, str, float]]:
    """Yield every outcome's difference in expectations with the true one."""
    expects = _in_groups(truth, truth.consequence_means, truth.consequence_deviations)
    a, b = (truth.groups.index(g) for g in found.data.groups[:2])
    for row in found.told_of("divergence").iter_rows(named=True):
        x = truth.interventions.index(row["intervention"])
        k = truth.values.index(row["value"])
        yield row, "difference", float(expects[b, x, k] - expects[a, x, k])


def _told(found: FittedSurvey, truth: Truth) -> Iterator[tuple[Row, str, float]]:
    """Yield what every proposal tells each group, with the truth."""
    told = _in_groups(truth, truth.signal_means, truth.signal_deviations)
    for row in found.told_of("signals").iter_rows(named=True):
        g, x = truth.groups.index(row["group"]), truth.interventions.index(row["intervention"])
        yield row, "tells", float(told[g, x, truth.signals.index(row["signal"])])


def _shares(found: FittedSurvey, truth: Truth) -> Iterator[tuple[Row, str, float]]:
    """Yield every value's mean importance in each group, as revealed, with the truth."""
    shares = expected_importance(truth)
    for row in found.told_of("values_revealed").iter_rows(named=True):
        told = {f"share_{end}": row[end] for end in ("mean", "q05", "q95")}
        yield told, "share", float(shares.sel(group=row["group"], value=row["value"]))


def single_verdicts(found: FittedSurvey, true: xr.Dataset, right: Sequence[str]) -> list[str]:
    """Return of every proposal by itself whether its verdict is "right", "wrong" or "open".

    Parameters
    ----------
    found, true
        As of :func:`covered`.
    right
        The causes that alone may be named; none: whichever part carries most in truth.

    Notes
    -----
    A cause is right where it carries more of the true gap than any other part and that is larger
    than what counts for nothing, and no gap where it is smaller than what counts as one.
    """
    pair = (found.data.groups[0], found.data.groups[1])
    told = []
    for row in found.table("gap").filter(pl.col("intervention") != POOLED).iter_rows(named=True):
        gap, verdict = _true_gap(true, row, pair), row["verdict"]
        carried = {part: _true_split(true, row, part, pair) * np.sign(gap) for part in PARTS}
        if verdict == "cannot_tell":
            told.append("open")
        elif verdict == "no_gap":
            told.append("right" if abs(gap) < NO_GAP else "wrong")
        else:
            leads = verdict in right if right else max(carried, key=carried.__getitem__) == verdict
            told.append("right" if leads and abs(gap) >= EPSILON else "wrong")
    return told


def joint_claims(found: FittedSurvey, true: xr.Dataset) -> list[list[float]]:
    """Return of every proposal the stated joint acceptance of all groups, and 1 if it is true."""
    groups = list(found.data.groups)
    shown = surface(
        found.table("acceptance_draws"),
        found.table("gap"),
        found.table("acceptance"),
        threshold=THRESHOLD,
        coalitions=[groups],
    )
    shares = true["acceptance"].sel(group=groups)
    return [
        [
            round(row["joint_probability"], 4),
            int((shares.sel(intervention=row["intervention"]) >= THRESHOLD).all()),
        ]
        for row in shown.iter_rows(named=True)
        if row["joint_probability"] is not None
    ]


def joint_figures(results: Iterable[Mapping[str, Any]]) -> list[Figure]:
    """Set stated probabilities of joint acceptance against what is true.

    Claims of one survey rest on the same people: their errors are taken together.
    """
    surveys = [np.array(r["joint"], dtype=float) for r in results if r.get("joint")]
    if not surveys:
        return []
    excess = np.array([(claims[:, 1] - claims[:, 0]).sum() for claims in surveys])
    far = float(excess.sum() / max(np.sqrt((excess**2).sum()), 1e-9))
    claims = np.concatenate(surveys)
    words = f"{claims[:, 1].mean():.2f} true, {claims[:, 0].mean():.2f} stated; {far:+.1f} se"
    figures = [Figure("joint acceptance by a majority", words, "within 2.6 se", abs(far) < FAR)]
    return [*figures, *_by_statement(claims)]


def _by_statement(claims: Floats) -> Sequence[Figure]:
    """Return how many proposals reach what was stated of them, by how surely."""
    figures = []
    for low, high in pairwise((0.0, 1 - SURE, SURE, 1.0 + 1e-9)):
        told = claims[(claims[:, 0] >= low) & (claims[:, 0] < high)]
        name = f"joint acceptance stated as {low:.1f}–{min(high, 1.0):.1f}: true"
        words = share_words(int(told[:, 1].sum()), len(told))
        mean = f", stated {told[:, 0].mean():.2f}" if len(told) else ""
        figures.append(Figure(name, words + mean, "", None))
    return figures
