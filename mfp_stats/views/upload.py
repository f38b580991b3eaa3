"""Bring a file of answers in: upload, map, rehearse, confirm. Nothing is stored before that."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl
import streamlit as st

from mfp_stats.errors import MfpError
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.responses import Status
from mfp_stats.views import page
from mfp_stats.views.markup import bullets, paragraph
from mfp_stats.views.tables import MISSING, behind
from mfp_stats.workflow.context import PageContext, reasons_missing
from mfp_stats.workflow.imports import Rehearsal, import_file, rehearse
from mfp_stats.workflow.waiting import (
    Draft,
    Waiting,
    confirm_mapping,
    draft_mapping,
    keep_mapping,
    keep_waiting,
)

#: Largest file that the page takes, in MB; larger ones go through ``mfp import``.
LARGEST: Final = 500
SUGGESTED: Final = "Suggest one for this file"
_TYPES: Final = ("csv", "tsv", "txt", "parquet", "xlsx", "xls", "sav", "zsav", "dta")


@dataclass(slots=True)
class Import:
    """How far one reader has come with one file of one survey."""

    number: int = 0
    file_id: str = ""
    waiting: Waiting | None = None
    draft: Draft | None = None
    rehearsed: tuple[str, ...] = ()
    rehearsal: Rehearsal | None = None
    kept_as: str = ""
    said: list[str] = field(default_factory=list)

    def next_file(self, said: list[str]) -> None:
        """Begin again with another file, keeping what is to be said about the last."""
        self.number += 1
        self.file_id, self.waiting, self.draft = "", None, None
        self.rehearsed, self.rehearsal, self.kept_as, self.said = (), None, "", said


def panel(context: PageContext, survey: str) -> None:
    """Show the steps of an import, as far as the reader has come."""
    state: Import = st.session_state.setdefault(f"import {survey}", Import())
    if state.said:
        st.success("The import is done.", icon=":material/check_circle:")
        bullets(state.said)
        page.link(page.FITS_PAGE, "Next: fit the survey", ":material/monitor_heart:")
    uploaded = st.file_uploader(
        "File of answers",
        type=_TYPES,
        max_upload_size=LARGEST,
        key=f"file {survey} {state.number}",
        help="CSV, Excel, SPSS (.sav), Stata (.dta), Parquet or a Qualtrics CSV.",
    )
    st.caption("All of a file is stored or none of it, and nothing before you have confirmed it.")
    if uploaded is None:
        return
    try:
        _steps(context, survey, state, uploaded)
    except MfpError as error:
        page.faults(error)


def _steps(context: PageContext, survey: str, state: Import, uploaded: Any) -> None:  # noqa: ANN401 - Streamlit does not export the type
    if state.waiting is None or state.file_id != uploaded.file_id:
        state.next_file([])
        state.number -= 1
        state.file_id = uploaded.file_id
        state.waiting = keep_waiting(context.project, uploaded.name, uploaded.getvalue())
    questionnaire = context.questionnaire(survey)
    mapping = _mapping(context, questionnaire, state, state.waiting)
    wave = st.text_input("Wave", "1", help="The same person may answer once in every wave.").strip()
    ready = mapping is not None and wave != ""
    if st.button("Rehearse", disabled=not ready, help="Reads the whole file; stores nothing."):
        assert mapping is not None
        _rehearse(context, survey, state, mapping, wave)
    if mapping is None or state.rehearsal is None:
        return
    if state.rehearsed != _inputs(state.waiting, mapping, wave):
        st.caption("Something was changed since the rehearsal: rehearse again.")
        return
    _show_rehearsal(state.rehearsal)
    if st.button("Store these answers", type="primary"):
        _store(context, survey, state, mapping, wave)


def _mapping(
    context: PageContext, questionnaire: Questionnaire, state: Import, waiting: Waiting
) -> Path | None:
    """Let the reader choose or write the mapping; None while there is none to use."""
    kept = context.project.mappings(questionnaire.survey)
    names = [*kept, SUGGESTED]
    chosen = st.selectbox(
        "Mapping",
        names,
        filter_mode=None,
        help="Says which column answers which item, and what every text in it means.",
    )
    if chosen == SUGGESTED:
        return _suggested(questionnaire, state, waiting)
    with st.expander("What this mapping says"):
        st.code(kept[chosen].read_text(encoding="utf-8"), language="yaml")
    return kept[chosen]


def _suggested(questionnaire: Questionnaire, state: Import, waiting: Waiting) -> Path | None:
    """Let the reader correct and confirm a suggested mapping."""
    if state.draft is None:
        with st.spinner("Reading the file …"):
            state.draft = draft_mapping(questionnaire, waiting)
    if state.draft.uncertain:
        st.markdown("**Look at these before you confirm**")
        bullets(state.draft.uncertain)
    text = st.text_area(
        "Suggested mapping (YAML), to be corrected",
        state.draft.text,
        height=420,
        key=f"mapping {state.file_id}",
    )
    state.kept_as = st.text_input(
        "Keep it under this name for the next file of its kind (may be empty)",
        help="Small letters, digits, - and _.",
    ).strip()
    if not st.checkbox("I have read the mapping through and it is right"):
        return None
    return confirm_mapping(text, questionnaire, waiting)


def _inputs(waiting: Waiting, mapping: Path, wave: str) -> tuple[str, ...]:
    """Return what a rehearsal rests on."""
    return (str(waiting.file), mapping.read_text(encoding="utf-8"), wave)


def _rehearse(context: PageContext, survey: str, state: Import, mapping: Path, wave: str) -> None:
    assert state.waiting is not None
    state.rehearsal = None
    with st.spinner("Reading the whole file …"):
        state.rehearsal = rehearse(
            context.project,
            survey,
            state.waiting.file,
            mapping=mapping,
            wave=wave,
            store=context.store,
        )
    state.rehearsed = _inputs(state.waiting, mapping, wave)


def _show_rehearsal(rehearsal: Rehearsal) -> None:
    """Say what would be stored."""
    missing = rehearsal.missing
    answered = missing.filter(pl.col("status") == Status.ANSWERED, pl.col("n") > 0)
    st.markdown("**What would be stored**")
    page.facts(
        [
            ("People", f"{rehearsal.sheet.height:,}"),
            ("Items answered", f"{len(answered)} of {missing['item'].n_unique()}"),
            ("Columns not used", str(len(rehearsal.unused_columns))),
        ]
    )
    bullets(rehearsal.notes)
    lacking = reasons_missing(missing, rehearsal.questionnaire)
    if len(lacking):
        behind(lacking, MISSING, name="Answers that are not there, and why")
    if rehearsal.unused_columns:
        with st.expander("Columns that are not used"):
            paragraph(", ".join(rehearsal.unused_columns))


def _store(context: PageContext, survey: str, state: Import, mapping: Path, wave: str) -> None:
    assert state.waiting is not None
    with st.spinner("Storing …"):
        receipt, _ = import_file(
            context.project,
            context.store,
            survey,
            state.waiting.file,
            mapping=mapping,
            wave=wave,
        )
    said = [receipt.message]
    if state.kept_as:
        kept = keep_mapping(context.project, survey, state.kept_as, mapping)
        said.append(f"The mapping is kept as {kept.stem}.")
    state.waiting.discard()
    state.next_file(said)
    st.rerun()
