"""Tables of what rests on responses, one row a pair, group or cell."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats, ModelData
from mfp_stats.quantities.gaps import PARTS, pairs_of
from mfp_stats.quantities.response_draws import Measured, ResponseDraws
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.quantities.summaries import HIGH, LOW
from mfp_stats.quantities.verdicts import EPSILON, SURE, Verdict, judge
from mfp_stats.questionnaire.model import Questionnaire

#: The row of a pair that takes all interventions together.
POOLED: Final = "pooled"
#: Displayed quantities with cells that cannot vary: what was not asked about.
CONSTANT: Final = ("part", "expectation", "told")
#: Said where stipulated consequences close less of a gap than stated ones seem to carry.
RATIONALISED: Final = "rationalised"


def displayed_draws(found: ResponseDraws, chains: int) -> xr.Dataset:
    """Return the draws of every displayed quantity, dims (chain, draw, ...), for the gate."""
    kinds: dict[str, tuple[Floats, tuple[str, ...]]] = {
        "acceptance": (found.acceptance, ("weighting", "group", "intervention")),
        "gap": (found.gap, ("weighting", "pair", "intervention")),
        "part": (found.parts, ("weighting", "pair", "intervention", "cause")),
        "expectation": (found.expects, ("weighting", "group", "intervention", "value")),
        "told": (found.told, ("weighting", "group", "intervention", "signal")),
    }
    if found.stipulated is not None:
        kinds["stipulated"] = (found.stipulated, ("weighting", "group", "intervention"))
    return xr.Dataset(
        {
            name: (("chain", "draw", *dims), array.reshape(chains, -1, *array.shape[1:]))
            for name, (array, dims) in kinds.items()
            if array.size
        },
        coords={"cause": list(PARTS), "weighting": list(found.weightings)},
    )


def response_tables(
    found: ResponseDraws, measured: Measured, questionnaire: Questionnaire
) -> Mapping[str, pl.DataFrame]:
    """Lay out everything that rests on responses.

    Groups of whom no more than the questionnaire's floor were asked about an intervention have no
    row for it.
    """
    layout = _Layout(found, measured.data, questionnaire.floor)
    return {
        "gap": _gap(found, layout, measured),
        "acceptance": _acceptance(found, layout),
        "acceptance_draws": _acceptance_draws(found, layout),
        "signals": _signals(found, measured, layout),
        "signal_pairs": _signal_pairs(found, measured, layout),
        "divergence": _divergence(found, measured, layout),
    }


class _Layout:
    """Names, labels and sizes of what the rows are about."""

    def __init__(self, found: ResponseDraws, data: ModelData, floor: int) -> None:
        given = data.responses
        assert given is not None
        self.groups = [data.groups[g] for g in found.groups]
        self.labels = [data.group_labels[g] for g in found.groups]
        self.values = list(zip(data.values, data.value_labels, strict=True))
        self.interventions = list(zip(given.interventions, given.intervention_labels, strict=True))
        answered = given.answers >= 0
        #: (G, X) people asked.
        self.asked = np.stack([answered[data.group == g].sum(axis=0) for g in found.groups])
        self.enough = self.asked > floor
        supposed = given.stipulated
        self.both_arms = np.zeros_like(self.enough)
        if supposed is not None:
            inside = [(supposed[data.group == g] >= 0).sum(axis=0) for g in found.groups]
            self.both_arms = self.enough & (np.stack(inside) > floor)
        self.pairs = pairs_of(len(found.groups))
        self.sizes = [int(data.group_sizes[g]) for g in found.groups]

    def shown(self, pair: tuple[int, int]) -> np.ndarray:
        """Return the interventions for which both groups have enough people, (X,) true."""
        return np.asarray(self.enough[pair[0]] & self.enough[pair[1]])

    def pair(self, a: int, b: int) -> dict[str, Any]:
        return {
            "group_a": self.groups[a],
            "group_a_label": self.labels[a],
            "n_a": self.sizes[a],
            "group_b": self.groups[b],
            "group_b_label": self.labels[b],
            "n_b": self.sizes[b],
        }

    def group(self, g: int) -> dict[str, Any]:
        return {"group": self.groups[g], "group_label": self.labels[g]}

    def intervention(self, x: int) -> dict[str, Any]:
        name, label = self.interventions[x]
        return {"intervention": name, "intervention_label": label}


def estimate(name: str, draws: Floats | None) -> dict[str, float | None]:
    """Return mean and interval of draws (S,) as ``name_mean``, ``name_q05``, ``name_q95``."""
    if draws is None:
        return {f"{name}_{end}": None for end in ("mean", "q05", "q95")}
    low, high = np.quantile(draws, [LOW, HIGH])
    return {
        f"{name}_mean": float(draws.mean()),
        f"{name}_q05": float(low),
        f"{name}_q95": float(high),
    }


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Lay rows out; a column without any number is one of numbers all the same."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(pl.selectors.by_dtype(pl.Null).cast(pl.Float64))


def _gap(found: ResponseDraws, layout: _Layout, measured: Measured) -> pl.DataFrame:
    rows = []
    form = {"split_form": "reduced" if measured.layout.reduced else "full"}
    causes = measured.causes
    for w, weighting in enumerate(found.weightings):
        for p, (a, b) in enumerate(layout.pairs):
            shown = np.flatnonzero(layout.shown((a, b)))
            head = {"weighting": weighting, **layout.pair(a, b), **form}
            for x in shown:
                support = (found.acceptance[:, w, a, x], found.acceptance[:, w, b, x])
                one = _GapDraws.of(found, w, p, np.array([x]), layout, (a, b))
                rows.append(head | layout.intervention(int(x)) | _gap_row(one, support, causes))
            if len(shown) > 1:
                one = _GapDraws.of(found, w, p, shown, layout, (a, b))
                name = {"intervention": POOLED, "intervention_label": "All proposals together"}
                rows.append(head | name | _gap_row(one, None, causes))
    return _frame(rows)


class _GapDraws:
    """Draws of one pair's gap, of one intervention or of several together."""

    def __init__(
        self,
        gap: Floats,
        causes: Mapping[str, Floats],
        parts: Floats,
        randomised: Floats | None,
    ) -> None:
        self.gap, self.causes, self.parts, self.randomised = gap, causes, parts, randomised

    @classmethod
    def of(
        cls,
        found: ResponseDraws,
        w: int,
        p: int,
        which: np.ndarray,
        layout: _Layout,
        pair: tuple[int, int],
    ) -> "_GapDraws":
        """Average over interventions, each turned so that its mean gap is positive."""
        gap = found.gap[:, w, p][:, which]  # (S, x)
        turn = np.sign(gap.mean(axis=0)) if len(which) > 1 else np.ones(1)
        turn = np.where(turn == 0, 1.0, turn)

        def mean(array: Floats) -> Floats:
            turned = array[:, w, p][:, which] * turn[:, None]
            return np.asarray(turned.mean(axis=1))

        low, high = found.order_low[:, w, p][:, which], found.order_high[:, w, p][:, which]
        turned_low = np.where(turn[:, None] > 0, low, -high).mean(axis=1)
        turned_high = np.where(turn[:, None] > 0, high, -low).mean(axis=1)
        causes = {
            "from_a": mean(found.from_a),
            "from_b": mean(found.from_b),
            "order_low": turned_low,
            "order_high": turned_high,
        }
        randomised = None
        a, b = pair
        if (
            found.stipulated is not None
            and (layout.both_arms[a] & layout.both_arms[b])[which].all()
        ):
            supposed = found.stipulated[:, w, b][:, which] - found.stipulated[:, w, a][:, which]
            randomised = ((gap - supposed) * turn).mean(axis=1)
        return cls((gap * turn).mean(axis=1), causes, mean(found.parts), randomised)


def _gap_row(
    one: _GapDraws, support: tuple[Floats, Floats] | None, causes: tuple[str, ...]
) -> dict[str, Any]:
    verdict = judge(one.gap, one.parts, complete=len(causes) == len(CAUSES))
    row: dict[str, Any] = {}
    row |= estimate("support_a", None if support is None else support[0])
    row |= estimate("support_b", None if support is None else support[1])
    row |= estimate("gap", one.gap)
    for c, cause in enumerate(PARTS):
        there = cause in causes or cause not in CAUSES
        row |= _cause(one, c, cause, verdict) if there else _not_measured(cause)
    return row | _verdict(verdict) | _randomised(one)


def _cause(one: _GapDraws, c: int, cause: str, verdict: Verdict) -> dict[str, Any]:
    row: dict[str, Any] = dict(estimate(cause, one.parts[:, c]))
    is_player = c < one.causes["from_a"].shape[1]
    for end in ("low", "high"):
        mean = float(one.causes[f"order_{end}"][:, c].mean()) if is_player else None
        row[f"{cause}_order_{end}"] = mean
    for side in ("a", "b"):
        row |= estimate(
            f"{cause}_from_{side}", one.causes[f"from_{side}"][:, c] if is_player else None
        )
    return row | estimate(f"{cause}_share", _share(one, c) if verdict.credible else None)


def _not_measured(cause: str) -> dict[str, None]:
    """Return no numbers at all for a cause that the survey did not ask about."""
    kinds = (cause, f"{cause}_from_a", f"{cause}_from_b", f"{cause}_share")
    columns = [f"{kind}_{end}" for kind in kinds for end in ("mean", "q05", "q95")]
    return dict.fromkeys((*columns, f"{cause}_order_low", f"{cause}_order_high"))


def _share(one: _GapDraws, c: int) -> Floats:
    """Return a part as a share of the gap; a credible gap keeps away from 0."""
    size = np.where(np.abs(one.gap) < EPSILON, np.copysign(EPSILON, one.gap), one.gap)
    return np.asarray(one.parts[:, c] / size)


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "verdict_probability": verdict.probability,
        "leading": verdict.leading,
    }


def _randomised(one: _GapDraws) -> dict[str, Any]:
    """Compare what stated models carry with what stipulating consequences closes."""
    row: dict[str, Any] = dict(estimate("randomised", one.randomised))
    if one.randomised is None:
        return row | {"disagreement_probability": None, "warning": ""}
    excess = one.parts[:, PARTS.index("models")] * np.sign(one.gap.mean())
    closed = one.randomised * np.sign(one.gap.mean())
    probability = float((excess - closed > EPSILON).mean())
    warning = RATIONALISED if probability > SURE else ""
    return row | {"disagreement_probability": probability, "warning": warning}


def _acceptance(found: ResponseDraws, layout: _Layout) -> pl.DataFrame:
    rows = [
        {"weighting": weighting, **layout.intervention(x), **layout.group(g)}
        | {"n": int(layout.asked[g, x])}
        | estimate("accepts", found.acceptance[:, w, g, x])
        for w, weighting in enumerate(found.weightings)
        for x in range(len(layout.interventions))
        for g in range(len(layout.groups))
        if layout.enough[g, x]
    ]
    return _frame(rows)


def _acceptance_draws(found: ResponseDraws, layout: _Layout) -> pl.DataFrame:
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


def _signals(found: ResponseDraws, measured: Measured, layout: _Layout) -> pl.DataFrame:
    rows = [
        {"weighting": weighting, **layout.intervention(x), **signal, **layout.group(g)}
        | estimate("tells", found.told[:, w, g, x, q])
        | {"probability_positive": float((found.told[:, w, g, x, q] > 0).mean())}
        for w, weighting in enumerate(found.weightings)
        for x, q, signal in _told_cells(measured)
        for g in range(len(layout.groups))
        if layout.enough[g, x]
    ]
    return _frame(rows)


def _told_cells(measured: Measured) -> list[tuple[int, int, dict[str, str]]]:
    rated = measured.data.expectations
    if rated is None:
        return []
    names = [
        {"signal": n, "signal_label": t}
        for n, t in zip(rated.signals, rated.signal_labels, strict=True)
    ]
    told = enumerate(measured.layout.told)
    return [(x, int(q), names[q]) for x, (_, which) in told for q in which]


def _signal_pairs(found: ResponseDraws, measured: Measured, layout: _Layout) -> pl.DataFrame:
    rows = []
    for w, weighting in enumerate(found.weightings):
        for x, q, signal in _told_cells(measured):
            for a, b in layout.pairs:
                if not layout.shown((a, b))[x]:
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
    return _frame(rows)


def _divergence(found: ResponseDraws, measured: Measured, layout: _Layout) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for w, weighting in enumerate(found.weightings):
        for p, (a, b) in enumerate(layout.pairs):
            cells = []
            for x, (_, which) in enumerate(measured.layout.outcomes):
                if not layout.shown((a, b))[x]:
                    continue
                for k in which:
                    name, label = layout.values[k]
                    first, second = found.expects[:, w, a, x, k], found.expects[:, w, b, x, k]
                    cells.append(
                        {"weighting": weighting, **layout.pair(a, b), **layout.intervention(x)}
                        | {"value": name, "value_label": label}
                        | estimate("expects_a", first)
                        | estimate("expects_b", second)
                        | estimate("difference", second - first)
                        | estimate("swap", found.swap[:, w, p, x, k])
                    )
            cells.sort(key=lambda row: -abs(row["swap_mean"]))
            rows += [row | {"rank": rank} for rank, row in enumerate(cells, start=1)]
    return _frame(rows)
