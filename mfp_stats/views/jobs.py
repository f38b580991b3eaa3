"""Start, watch and cancel fits, and list those that were started."""

from pathlib import Path
from typing import Final

import polars as pl
import streamlit as st

from mfp_stats.design.compared import BY_WAVE
from mfp_stats.errors import MfpError
from mfp_stats.fitting.jobs import JobState, JobStatus, cancel_job, job_status
from mfp_stats.fitting.progress import ChainProgress
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire.model import ItemType, Questionnaire, Role, say
from mfp_stats.views import page
from mfp_stats.views.markup import paragraph
from mfp_stats.views.words import duration
from mfp_stats.workflow.context import PageContext
from mfp_stats.workflow.results import fits_of
from mfp_stats.workflow.start import jobs_of, start_fit

#: Seconds between two looks at a running fit.
EVERY: Final = 1.0
#: Roles of the items that people may be compared by.
_GROUPING: Final = (Role.GROUP, Role.COVARIATE, Role.EXPERIENCE)
_STATES: Final = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "ended",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}


def panel(context: PageContext, survey: str) -> None:
    """Show the fit that runs, or the form to start one, and the list of all."""
    found = jobs_of(context.project, survey)
    running = [folder for folder, status in found if not status.state.final]
    if running:
        watch(running[0])
    else:
        _say_how_the_last_ended(found[0][1] if found else None)
        _form(context, survey)
    if found:
        with st.expander(f"Fits of this survey ({len(found)})"):
            listed = _listed(context, survey, [(f.name, s) for f, s in found])
            st.dataframe(listed, hide_index=True, alt="Fits of this survey, newest first")


def _say_how_the_last_ended(status: JobStatus | None) -> None:
    if status is not None and status.state is JobState.FAILED:
        st.error("The last fit failed.", icon=":material/error:")
        with st.expander("Why it failed"):
            st.code(status.reason, language=None, wrap_lines=True)
    if status is not None and status.state is JobState.CANCELLED:
        st.info("The last fit was cancelled; nothing of it was kept.")


@st.fragment(run_every=EVERY)
def watch(folder: Path) -> None:
    """Show how far a fit is, and a button to cancel it; looks again every second."""
    status = job_status(folder)
    if status.state.final:
        st.rerun()
    with st.container(border=True):
        st.markdown("**A fit is running**")
        paragraph(_stage(status))
        if status.progress is not None:
            st.progress(min(1.0, status.progress.fraction))
            st.caption(_left(status))
            st.dataframe(_chains(status.progress.chains), hide_index=True, alt="Chains of the fit")
        if st.button("Cancel the fit", icon=":material/stop_circle:"):
            cancel_job(folder)
            st.rerun()


def _stage(status: JobStatus) -> str:
    if not status.step:
        return "It is starting."
    step = status.step.replace("_", " ")
    number = f"Step {status.number} of {status.steps}: " if status.steps else ""
    waiting = "" if status.progress else ". The model is being prepared"
    return f"{number}{step}{waiting}."


def _left(status: JobStatus) -> str:
    left = "" if status.eta is None else f"About {duration(status.eta)} left in this step. "
    return f"{left}Divergences so far, adaptation included: {status.divergences}."


def _chains(chains: tuple[ChainProgress, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Chain": [chain.chain + 1 for chain in chains],
            "Draws": [f"{chain.draws:,} of {chain.total:,}" for chain in chains],
            "Now": ["adapting" if chain.tuning else "drawing" for chain in chains],
            "Divergences": [chain.divergences for chain in chains],
        }
    )


def _form(context: PageContext, survey: str) -> None:
    """Let the reader start a fit."""
    people = len(context.store.respondents(survey))
    if not people:
        st.info("Nobody has answered this survey yet, so there is nothing to fit.")
        page.link(page.DATA_PAGE, "Import answers", ":material/table:")
        return
    questionnaire = context.questionnaire(survey)
    usual = FitSettings()
    with st.form("start a fit"):
        items = grouping_items(questionnaire) | _by_wave(context, survey)
        group = st.selectbox(
            "Compare people by", items, format_func=items.__getitem__, filter_mode=None
        )
        groups: dict[str | None, str] = {None: "Everybody"}
        groups |= {option.name: say(option.label) or option.name for option in questionnaire.groups}
        within = st.selectbox(
            "Only people of one group",
            groups,
            format_func=groups.__getitem__,
            filter_mode=None,
            help="To be chosen where people are compared by something else than these groups.",
        )
        with st.expander("Advanced"):
            draws = st.number_input("Draws kept of each chain", 100, 10_000, usual.draws, 100)
            tune = st.number_input("Draws for adaptation", 100, 10_000, usual.tune, 100)
            seed = st.number_input("Seed", 0, 2**31, usual.seed)
        asked = st.form_submit_button(f"Fit the answers of {people:,} people", type="primary")
    if asked:
        settings = FitSettings(draws=draws, tune=tune, seed=seed)
        by = None if group == questionnaire.group else group
        _start(context, survey, by, within, settings)


def grouping_items(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the items that people may be compared by and their questions, the usual one first."""
    items = [
        item
        for item in questionnaire.with_role(*_GROUPING)
        if item.type is ItemType.SELECT_ONE and len(item.options) > 1
    ]
    items.sort(key=lambda item: item.name != questionnaire.group)
    return {item.name: say(item.label) or item.name for item in items}


def _by_wave(context: PageContext, survey: str) -> dict[str, str]:
    """Return the choice to compare waves, where people answered in several."""
    several = context.store.respondents(survey)["wave"].n_unique() > 1
    return {BY_WAVE: "Wave: what changed, values or models"} if several else {}


def _start(
    context: PageContext,
    survey: str,
    group: str | None,
    within: str | None,
    settings: FitSettings,
) -> None:
    """Start a fit, unless one of the same survey was started meanwhile."""
    if any(not status.state.final for _, status in jobs_of(context.project, survey)):
        st.warning("A fit of this survey is running already; only one runs at a time.")
        return
    try:
        start_fit(
            context.project,
            context.store,
            survey,
            group=group,
            within=within,
            settings=settings,
        )
    except MfpError as error:
        page.faults(error)
    else:
        st.rerun()


def _listed(context: PageContext, survey: str, found: list[tuple[str, JobStatus]]) -> pl.DataFrame:
    """Return the table of all fits, newest first."""
    failed = {fit.fit_id: fit.failed_steps for fit in fits_of(context.project, survey)}
    rows = [
        {
            "Started (UTC)": f"{fit[:4]}-{fit[4:6]}-{fit[6:8]} {fit[9:11]}:{fit[11:13]}",
            "State": _STATES[status.state],
            "Checks": _checks(failed.get(fit)),
            "Fit": fit,
        }
        for fit, status in found
    ]
    return pl.DataFrame(rows)


def _checks(failed_steps: list[str] | None) -> str:
    if failed_steps is None:
        return ""
    return f"failed in {', '.join(failed_steps)}" if failed_steps else "all passed"
