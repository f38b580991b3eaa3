"""The tables behind the charts: which columns are shown, under which names, in which form."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
import streamlit as st

from mfp_stats.views.gap_findings import VERDICT_WORDS
from mfp_stats.views.surface_findings import ZONES
from mfp_stats.views.updating_findings import (
    CARRIED_WORDS,
    LASTED_WORDS,
    OCCASION_WORDS,
    TRUST_WORDS,
)
from mfp_stats.views.updating_findings import (
    VERDICT_WORDS as UPDATING_VERDICTS,
)


def _three(name: str, title: str) -> dict[str, str]:
    """Return the columns of an estimate and what they are called."""
    return {f"{name}_mean": title, f"{name}_q05": f"{title} 5 %", f"{name}_q95": f"{title} 95 %"}


_SHARE: Final = {"mean": "Share", "q05": "5 %", "q95": "95 %"}
#: Columns of the tables behind the charts, and what they are called there.
OVERLAP: Final = {
    "group_a_label": "Group",
    "group_b_label": "Other group",
    "normalised_mean": "Overlap",
    "normalised_q05": "5 %",
    "normalised_q95": "95 %",
    "raw_mean": "Raw overlap",
    "raw_q05": "Raw 5 %",
    "raw_q95": "Raw 95 %",
    "n_a": "People",
    "n_b": "Other people",
}
DIFFERENCES: Final = {
    "group_a_label": "Group",
    "group_b_label": "Other group",
    "mean": "Difference",
    "q05": "5 %",
    "q95": "95 %",
    "probability_positive": "Probability that ratings look more alike",
}
GUESSED_DIFFERENCES: Final = DIFFERENCES | {
    "probability_positive": "Probability that guesses look more alike"
}
VALUES: Final = {
    "group_label": "Group",
    "value_label": "Value",
    **_SHARE,
    "top_probability": "Probability of being first",
    "n": "People",
    "effective_n": "Effective number of people",
}
WORLDVIEWS: Final = {"name": "Worldview", "group_label": "Group", **_SHARE, "n": "People"}
BELIEFS: Final = {
    "name": "Worldview",
    "label": "Question",
    "category_label": "Answer",
    **_SHARE,
    "everyone_mean": "Everyone",
}
MODELS: Final = {
    "model": "Model",
    "elpd": "Predicts (elpd)",
    "elpd_difference": "Behind the best",
    "difference_se": "Standard error",
    "high_pareto_k": "People the comparison is unsure about",
    "chosen": "Reported",
}
_PAIR: Final = {"group_a_label": "Group", "group_b_label": "Other group"}
GAP: Final = {
    "intervention_label": "Proposal",
    "verdict": "Verdict",
    "verdict_probability": "Probability of the verdict, or of the likeliest cause",
    **_three("gap", "Gap"),
    **_three("values", "Values"),
    **_three("models", "Models"),
    **_three("signals", "Signals"),
    **_three("residual", "Unmeasured"),
    **_three("dependence", "Together only"),
    **_three("support_a", "Accept in the group"),
    **_three("support_b", "Accept in the other"),
    **_three("implied", "Closed if told the same, by the split"),
    **_three("randomised", "Closed when told the same"),
    "disagreement_probability": "Probability that split and check disagree",
    "checked_probability": "Probability that models lead by the check",
}
ACCEPTANCE: Final = {
    "intervention_label": "Proposal",
    "group_label": "Group",
    **_three("accepts", "Accept"),
    "n": "People asked",
}
SURFACE: Final = {
    "intervention_label": "Proposal",
    "coalition_label": "Coalition",
    "joint_probability": "Probability that all accept",
    "worst_group_label": "Accepts least",
    "zone": "Zone",
    "zone_why": "Why",
}
SIGNALS: Final = {
    "intervention_label": "Proposal",
    "signal_label": "Signal",
    "high_label": "Above 0 is towards",
    "group_label": "Group",
    **_three("tells", "Tells"),
    "probability_positive": "Probability of above 0",
}
EXPERIENCE: Final = {
    "item_label": "Question",
    "level_label": "Answer",
    "n": "n",
    "worldview": "Worldview",
    **_SHARE,
    **_three("apart", "Apart from all"),
    "probability_more": "Probability of more",
}
EXPERIENCE_CONTRASTS: Final = {
    "item_label": "Question",
    "high_label": "Answer",
    "low_label": "Against",
    "worldview": "Worldview",
    **(_SHARE | {"mean": "Difference"}),
    "probability_more": "Probability of more",
}
_LEVEL: Final = {"attribute_label": "Attribute", "level_label": "Level"}
_WORTH: Final = {
    **_three("prefers", "Prefer it"),
    **_three("effect", "Against the first level"),
    "best_probability": "Probability of being preferred most",
}
CONJOINT: Final = {**_LEVEL, "group_label": "Group", "n": "n", **_WORTH}
CONJOINT_WORLDVIEWS: Final = {**_LEVEL, "worldview": "Worldview", **_WORTH}
CONJOINT_PAIRS: Final = {
    "attribute_label": "Attribute",
    "group_a_label": "Group",
    "group_b_label": "Other group",
    "best_a_label": "Group prefers",
    "best_b_label": "Other prefers",
    "same_best_probability": "Probability of the same",
}
UPDATING: Final = {
    "information_label": "Information",
    "kind": "What moved",
    "occasion": "When",
    "trust": "Trust in its source",
    "worldview": "Worldview (0: everybody)",
    **_three("shift", "Move"),
    **_three("response", "Move on the scale of the model"),
    "backfire_probability": "Probability of backfiring",
    "verdict": "Verdict",
    "carried": "Carried into support",
    "lasted": "Lasted",
    "n_told": "Told",
    "n_not_told": "Not told",
}
_LINK: Final = {"cause_label": "More of", "effect_label": "Leads to more (+) or less (−) of"}
MAP_LINKS: Final = {
    **_LINK,
    "worldview": "Worldview",
    **_three("strength", "Strength"),
    "probability_positive": "Probability of raising it",
    "n": "n",
}
MAP_GROUPS: Final = {
    **_LINK,
    "group_label": "Group",
    **_three("strength", "Strength"),
    "probability_positive": "Probability of raising it",
}
MAP_PAIRS: Final = {
    **_LINK,
    "worldview_a": "Worldview",
    "worldview_b": "Other worldview",
    **_three("apart", "Other less this"),
    "probability_opposite": "Probability of opposite signs",
}
MAP_EFFECTS: Final = {
    "cause_label": "Pushed up",
    "effect_label": "Moved by it",
    "worldview": "By the map of worldview",
    **_three("total", "Moved"),
    "probability_positive": "Probability of raising it",
    "probability_positive_least": "The least over other assumptions",
    "probability_positive_most": "The most over other assumptions",
}
MAP_PROPOSALS: Final = {
    "intervention_label": "Proposal",
    "concept_label": "For",
    "worldview": "Worldview",
    **_three("implied", "Implied by its map"),
    **_three("said", "Said by its people"),
    "probability_opposite": "Probability of opposite signs",
    "probability_opposite_least": "The least over other assumptions",
}
SIGNAL_WORLDVIEWS: Final = {
    "intervention_label": "Proposal",
    "signal_label": "Signal",
    "high_label": "Above 0 is towards",
    "group_label": "Worldview",
    "name": "What it holds",
    **_three("tells", "Tells"),
    "probability_positive": "Probability of above 0",
}
SIGNAL_PAIRS: Final = {
    "intervention_label": "Proposal",
    "signal_label": "Signal",
    **_PAIR,
    **_three("difference", "Difference"),
    "probability_opposite": "Probability of opposite readings",
}
DIVERGENCE: Final = {
    "rank": "Rank",
    "intervention_label": "Proposal",
    "value_label": "For",
    **_three("expects_a", "Group expects"),
    **_three("expects_b", "Other expects"),
    **_three("difference", "Difference"),
    **_three("swap", "Change of the gap"),
}
SEARCH: Final = {
    "rank": "Rank",
    "design": "Design",
    "fielded": "Fielded",
    "distance": "Distance",
    "joint_probability": "Probability that all accept",
    **_three("worst", "Worst group"),
    "worst_group_label": "Accepts least",
    "best_probability": "Probability of being the best",
    **_three("regret", "Regret"),
    "betters_fielded_probability": "Probability of bettering all fielded",
    "confirm": "Confirm in the next wave",
    "change_group_label": "Belief of",
    "change_label": "About",
    "change_toward_label": "Moved to that of",
    "change_joint_probability": "Probability that all then accept",
}
#: Where accepting a design is preferring it to a proposal of the experiment taken at random.
CONJOINT_SEARCH: Final = SEARCH | {
    "joint_probability": "Probability that all prefer it",
    "worst_group_label": "Prefers it least",
}
FORECAST_CELLS: Final = {
    "intervention_label": "Proposal",
    "group_label": "Group",
    **_three("predicted", "Predicted"),
    "observed": "Observed",
    "asked": "People asked",
    "model_log_score": "Log score",
    "group_mean_log_score": "Log score of the group mean",
    "demographic_log_score": "Log score by demographics",
    "model_crps": "CRPS",
    "group_mean_crps": "CRPS of the group mean",
    "demographic_crps": "CRPS by demographics",
    "model_pit": "PIT",
    "model_covered_50": "In the 50 % interval",
    "model_covered_90": "In the 90 % interval",
}
FORECAST_SUMMARY: Final = {
    "prediction": "Prediction",
    "weighting": "Weighting",
    "cells": "Shares",
    "log_score": "Log score",
    "log_score_difference": "Model's less its",
    "log_score_difference_se": "Standard error",
    "better_probability": "Probability that the model is better",
    "crps": "CRPS",
    "crps_difference": "Model's CRPS less its",
    "crps_difference_se": "Standard error of that",
    "covered_50": "Within 50 % intervals",
    "covered_90": "Within 90 % intervals",
}
PERCEPTION: Final = {
    "guesser_label": "Group that guesses",
    "guessed_label": "About",
    "value_label": "Value",
    "intervention_label": "Proposal",
    **_three("guess", "Guessed"),
    **_three("actual", "Found"),
    **_three("difference", "Difference"),
    "overrated_probability": "Probability of overrated",
    "underrated_probability": "Probability of underrated",
    "n": "People who guessed",
}
CHECKS: Final = {
    "step": "Step",
    "check": "Check",
    "value": "Found",
    "threshold": "Bound",
    "passed": "Passed",
    "worst": "Where",
    "advice": "What to do",
}
MISSING: Final = {
    "item": "Item",
    "reason": "Reason",
    "n": "People",
    "share": "Share of people",
    "question": "Question",
}
IMPORTS: Final = {
    "number": "Import",
    "file": "File",
    "respondents": "People",
    "answers": "Answers",
    "imported": "When (UTC)",
    "withdrawn_because": "Withdrawn because",
}


#: Columns of codes, and what the codes are called where a reader sees them.
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "verdict": {**VERDICT_WORDS, **UPDATING_VERDICTS, "cannot_tell": "cannot tell"},
    "zone": {str(zone): name for zone, name in ZONES.items()},
    "kind": {"belief": "beliefs", "support": "support"},
    "occasion": OCCASION_WORDS,
    "trust": TRUST_WORDS,
    "carried": CARRIED_WORDS,
    "lasted": LASTED_WORDS,
}


def show_table(frame: pl.DataFrame, columns: Mapping[str, str], *, name: str) -> None:
    """Show columns of a table under their names; cells are shown as text, never as markup.

    Columns that hold nothing at all are left out, and codes are shown in words.
    """
    known = set(frame.columns)
    empty = {n for n in columns if n not in known or frame[n].null_count() == len(frame)}
    there = {name: title for name, title in columns.items() if name not in empty}
    shown = frame.select(_said(name).alias(title) for name, title in there.items())
    st.dataframe(shown, hide_index=True, alt=name, column_config=_forms(shown), placeholder="–")


def _said(column: str) -> pl.Expr:
    cells = pl.col(column)
    return cells.cast(pl.String).replace(_WORDS[column]) if column in _WORDS else cells


def behind(frame: pl.DataFrame, columns: Mapping[str, str], *, name: str) -> None:
    """Show a table of estimates behind a fold."""
    with st.expander(name):
        show_table(frame, columns, name=name)


def _forms(frame: pl.DataFrame) -> dict[str, Any]:
    """Return three decimals for every estimate and times to the minute."""
    number = st.column_config.NumberColumn(format="%.3f")
    time = st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone="UTC")
    forms: dict[str, Any] = {n: number for n, kind in frame.schema.items() if kind.is_float()}
    return forms | {n: time for n, kind in frame.schema.items() if kind == pl.Datetime}
