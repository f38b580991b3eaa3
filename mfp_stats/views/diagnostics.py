"""The checks of a fit and how it came about; shown whether or not its results may be."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
import streamlit as st

from mfp_stats.fitting.checks import CHECKS_FAILED, failures, step_words
from mfp_stats.views import tables
from mfp_stats.views.markup import bullets
from mfp_stats.views.weighting import WEIGHTS, describe_weights
from mfp_stats.views.words import duration
from mfp_stats.workflow.results import FitResults

_MADE: Final = ("id", "started", "finished", "seed", "group", "questionnaire", "data", "versions")
_STEP: Final = ("name", "options", "priors", "settings", "before")


def panel(results: FitResults) -> None:
    """Show whether results may be shown, which checks failed, and how the fit was made."""
    checks = results.table("diagnostics")
    failed = checks.filter(~pl.col("passed"))
    if failed.is_empty():
        st.success("Every check passed: results may be shown.", icon=":material/check_circle:")
    else:
        st.error(CHECKS_FAILED, icon=":material/block:")
        bullets(str(fault) for fault in failures(failed.to_dicts()))
    notes = results.manifest["notes"]
    if notes:
        st.markdown("**Notes on the data**")
        bullets(str(note) for note in notes)
    weights = results.table("weights")
    if len(weights):
        st.markdown("**Weights**")
        bullets(describe_weights(weights))
        tables.behind(weights, WEIGHTS, name="Weights by group")
    with st.expander(f"All {len(checks)} checks", expanded=not failed.is_empty()):
        tables.show_table(checks, tables.CHECKS, name="Checks of the newest fit by step")
    with st.expander("How this fit was made"):
        st.dataframe(_times(results.manifest), hide_index=True, alt="Time that each step took")
        st.json(_provenance(results.manifest), expanded=1)


def _times(manifest: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Step": [step_words(step["name"]) for step in manifest["steps"]],
            "Preparing": [duration(s.get("compile_seconds", 0)) for s in manifest["steps"]],
            "Sampling": [duration(s.get("sampling_seconds", 0)) for s in manifest["steps"]],
        },
        schema={"Step": pl.String, "Preparing": pl.String, "Sampling": pl.String},
    )


def _provenance(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return what another person needs to make the same fit; the models' text is left out."""
    made = {name: manifest[name] for name in _MADE}
    steps = [
        {name: step[name] for name in _STEP if name in step} | {"model": step["model"]["sha256"]}
        for step in manifest["steps"]
    ]
    return {**made, "steps": steps}
