"""Plain-language findings on forecasts: what was predicted, and how it came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from mfp_stats.views.findings import Row, preferred
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import GROUPS, WAVES, Compared, capital, count, number, percent, quoted
from mfp_stats.workflow.forecasts.told import (
    HINDSIGHT,
    SCORED,
    UNTESTED,
    WITHDRAWN,
    Tested,
    predicted,
)
from mfp_stats.workflow.needs import NO_FORECAST, NOT_ALONE, NOT_FROZEN

#: What the predictions that the model is held against are called.
PEERS: Final[Mapping[str, str]] = {
    "group_mean": "the group's own mean in the answers that were fitted",
    "demographic": "the demographic model",
}
#: The same where an intervention is predicted from the others.
PEERS_LEFT_OUT: Final[Mapping[str, str]] = {
    "group_mean": "the group's mean over the other proposals"
}
#: What a prediction of an intervention left out is not.
IN_SAMPLE: Final = (
    "This is no test on new answers: how much what people expect and are told counts, and how far "
    "people differ, was fitted with every proposal in."
)
#: What the numbers mean, for captions.
COUNTS: Final = (
    "Log score: the logarithm of the probability that a prediction gave to the number of people "
    "who accept; higher is better. A difference of 1 is odds of 2.7 to 1.",
    "CRPS: how far a predicted share lies from the observed one, with its uncertainty; 0 is "
    "perfect.",
    "PIT: where the observed share lies in what was predicted, from 0 to 1. Where predictions "
    "hold, all places are equally frequent.",
    "Covered: whether the observed share lies in the predicted interval.",
    "Intervals are of the share among those asked, so that they hold the chance of who is asked. "
    "They allow for no change between waves: to find that out is what scoring is for.",
)
#: Share of 90 % intervals from which about as many held as they promise, and below which far fewer
#: did. Shares of the same people miss together, so that no finer line is drawn.
HELD: Final = 0.8
MISSED: Final = 0.5
#: Probability from which one prediction is said to be better than another.
SURE: Final = 0.975
#: Likewise to be probably better.
LIKELY: Final = 0.9
_SHOWN_OF_HASH: Final = 12


@dataclass(frozen=True, slots=True)
class Badge:
    """The few words that stand beside predictions."""

    label: str
    meaning: str
    color: Literal["blue", "orange", "red"]  #: blue: all was scored, and held


def badge(found: Tested | None) -> Badge:
    """Return the few words that stand beside predictions, and what they mean."""
    if found is None:
        meaning = (
            "No later wave has scored what this fit predicts. The page Forecasts freezes "
            "predictions and scores them."
        )
        return Badge("Untested", meaning, "orange")
    held = f"{found.covered_90} of {found.cells}"
    color, judged = _judged(found.covered_90 / found.cells)
    whole = found.cells >= found.predicted
    some = "" if whole else f"{found.cells} of {found.predicted} predictions of "
    shares = "the one share" if found.cells == 1 else f"the {found.cells} shares"
    shares += " of people who accept"
    return Badge(
        f"{capital(f'{some}acceptance')} tested on {found.of}: {held} held",
        f"Of {shares} in {found.of}, {found.covered_90} lay within the 90 % intervals "
        f"that were frozen before: {judged}. Nothing else was scored: not "
        f"{'' if whole else 'the other predictions of acceptance, not '}how probably groups accept "
        "together, nor what carries a gap or would follow from a change. See the page Forecasts.",
        color if whole or color == "red" else "orange",
    )


def _judged(share: float) -> tuple[Literal["blue", "orange", "red"], str]:
    """Return the colour and the words for the share of 90 % intervals that held."""
    if share >= HELD:
        return "blue", "about as many as such intervals promise"
    if share >= MISSED:
        return "orange", "fewer than such intervals promise"
    return "red", "far fewer than such intervals promise"


def describe_forecasts(
    tables: Mapping[str, pl.DataFrame], compared: Compared = GROUPS
) -> list[str]:
    """Return sentences on the newest forecast and on interventions left out.

    Parameters
    ----------
    tables
        As of :func:`mfp_stats.workflow.forecasts.told.forecast_tables`.
    compared
        What the fit compares; nothing of waves can be frozen.
    """
    heads = tables["forecasts"].to_dicts()
    said = [f"This fit {NO_FORECAST}."] if compared is WAVES else []
    if not heads and compared is not WAVES:
        said = [f"{NOT_FROZEN}."]
    if heads:
        newest = [head for head in heads if head["forecast"] == heads[0]["forecast"]]
        said += [line for head in newest for line in describe_one(head, tables)]
        if more := len({head["forecast"] for head in heads}) - 1:
            said.append(f"Earlier forecasts of this survey: {count(more)}.")
    return [*said, *describe_left_out(tables["left_out"], tables["left_out_summary"])]


def describe_one(head: Row, tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Return sentences on one forecast, or on one wave that scored it."""
    name = f"The forecast of {head['frozen'][:10]} (SHA-256 {head['sha256'][:_SHOWN_OF_HASH]}…)"
    if head["state"] == UNTESTED:
        return [f"{name} is untested: nothing has scored it yet.", *head["notes"]]
    key = {"forecast": head["forecast"], "of": head["of"]}
    rows = preferred(tables["forecast_summary"].filter(**key)).to_dicts()
    held = f"made from wave {head['waves']}, was held against {head['of']}: {_held(rows[0])}."
    if head["state"] == HINDSIGHT:
        held = f"{held} That was in hindsight and is no test: the forecast stays untested."
    if head["state"] == WITHDRAWN:
        held = f"{held} Answers were withdrawn since, so that this is no test: it stays untested."
    return [
        f"{name}, {held}",
        *_farthest(tables["forecast_cells"].filter(**key)),
        *_compared(rows, PEERS),
        *head["notes"],
        weighting_note(rows[0]["weighting"]),
    ]


def describe_left_out(left_out: pl.DataFrame, summary: pl.DataFrame) -> list[str]:
    """Return sentences on how well interventions are predicted with their own terms left out.

    Where none is, the sentence says what that needs.
    """
    if left_out.is_empty():
        return [NOT_ALONE]
    rows = preferred(summary).to_dicts()
    proposals = preferred(left_out)["intervention"].n_unique()
    return [
        f"Each of {count(proposals)} proposals predicted without its own level of support: "
        f"{_held(rows[0])}.",
        IN_SAMPLE,
        *_farthest(predicted(left_out)),
        *_compared(rows, PEERS_LEFT_OUT),
    ]


def _held(row: Row) -> str:
    cells = row["cells"]
    inside = {level: round(row[f"covered_{level}"] * cells) for level in (50, 90)}
    return (
        f"{inside[90]} of {cells} observed shares lay within the 90 % intervals, "
        f"{inside[50]} within the 50 % intervals"
    )


def _farthest(cells: pl.DataFrame) -> Iterator[str]:
    """Yield which observed share lay farthest from what was predicted."""
    off = (pl.col("observed") - pl.col("predicted_mean")).abs()
    row = preferred(cells).sort(off, descending=True).row(0, named=True)
    told = percent(*(row[f"predicted_{end}"] for end in ("mean", "q05", "q95")))
    yield (
        f"Farthest off: {quoted(row['intervention_label'])} among {quoted(row['group_label'])}, "
        f"predicted {told}, observed {number(100 * row['observed'])} %."
    )


def _compared(rows: Sequence[Row], names: Mapping[str, str]) -> Iterator[str]:
    """Yield how the model did beside each simpler prediction, by log score."""
    for row in rows:
        if (peer := names.get(row["prediction"])) is None:
            continue
        mean, error = row["log_score_difference"], row["log_score_difference_se"]
        if error is None:
            yield f"Of one proposal it cannot be told whether it predicts better than {peer}."
            continue
        told = f"log score a share {_signed(mean)}, standard error {number(error, 2)}"
        if row["better_probability"] >= SURE:
            yield f"It predicted better than {peer} ({told})."
        elif row["better_probability"] <= 1 - SURE:
            yield f"It predicted worse than {peer} ({told})."
        elif (better := row["better_probability"]) >= LIKELY or better <= 1 - LIKELY:
            how = "better" if better >= LIKELY else "worse"
            yield f"It probably predicted {how} than {peer} ({told}), but that is not certain."
        else:
            yield f"It cannot be told whether it predicts better than {peer} ({told})."


def _signed(value: float) -> str:
    text = number(value, 2)
    return text if text.startswith("−") or not float(text) else f"+{text}"


def forecast_name(head: Mapping[str, Any]) -> str:
    """Return what a forecast, held against one wave or none, is called where it is chosen."""
    states = {
        UNTESTED: UNTESTED,
        HINDSIGHT: f"held in hindsight against {head['of']}",
        WITHDRAWN: f"held against {head['of']}, answers withdrawn since",
        SCORED: f"held against {head['of']}",
    }
    return f"{head['frozen'][:16].replace('T', ' ')} UTC, {states[head['state']]}"
