"""Pieces that every dashboard page is put together from. Streamlit only; nothing is computed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import polars as pl
import streamlit as st
from streamlit.navigation.page import Page

from mfp_stats.errors import ChecksFailed, FitRefused, ForecastRefused, MfpError
from mfp_stats.fitting.checks import step_words
from mfp_stats.views.choices import SURVEY, chosen_survey
from mfp_stats.views.figure import Figure
from mfp_stats.views.forecast_findings import badge
from mfp_stats.views.found import reservations as reservations_of
from mfp_stats.views.found import who_is_compared
from mfp_stats.views.markup import bullets, element, paragraph, plain
from mfp_stats.views.theme import CLOSE_SIDEBAR, STYLE
from mfp_stats.views.words import GROUPS, Compared, capital
from mfp_stats.workflow.context import PageContext
from mfp_stats.workflow.forecasts.told import tested
from mfp_stats.workflow.needs import why_nothing
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.since import changes_since
from mfp_stats.workflow.topics import Topic

#: What the badge of the same name means; below it, for a phone shows no help.
_UNTESTED: Final = (
    "These are predictions of this survey alone. Where a later wave has scored one, its forecast "
    "says so."
)
_MISLEADING: Final = "This part of the fit did not pass its checks, so its results could mislead."
#: Files of the pages that others send their readers to.
DATA_PAGE: Final = "data.py"
FITS_PAGE: Final = "fits.py"


def link(page: str, label: str, icon: str) -> None:
    """Show a link to another page that keeps the chosen survey."""
    st.page_link(page, label=label, icon=icon, query_params={SURVEY: chosen_survey()})


def navigation(pages: Iterable[Page]) -> None:
    """Show the links to all pages; unlike Streamlit's own they keep the chosen survey."""
    st.html(f"<style>{STYLE}</style>")
    # The script is a constant of this package; nothing from data is in it.
    st.sidebar.html(CLOSE_SIDEBAR, unsafe_allow_javascript=True)
    with st.sidebar.container(gap="xxsmall"):
        for shown in pages:
            query = {SURVEY: chosen_survey()}
            st.page_link(shown, query_params=query, width="stretch")


def form_link(context: PageContext, survey: str) -> None:
    """Say where respondents answer the survey, where it is open to them."""
    path = context.form_path(survey)
    if path:
        st.markdown(f"Respondents answer this questionnaire at [{path}]({path}).")


def latest_fit(context: PageContext, survey: str) -> FitResults:
    """Return the newest fit, having said so where its people are simulated.

    Where there is none the page ends with what to do next.
    """
    results = context.latest(survey)
    if results is None:
        _no_fit_yet(context, survey)
        st.stop()
    fit_banners(context, results)
    return results


def fit_banners(context: PageContext, results: FitResults) -> None:
    """Say on top of a page what a fit rests on: simulated people, waves, one group, old answers."""
    simulated_banner(simulated=results.simulated)
    if who := who_is_compared(results):
        st.info(plain(who), icon=":material/compare_arrows:")
    if changed := changes_since(context.store, results):
        st.warning(plain(changed), icon=":material/update:")


def _no_fit_yet(context: PageContext, survey: str) -> None:
    """Say what to do next where a survey has not been fitted."""
    people = len(context.store.respondents(survey))
    if people:
        st.info(f"{people:,} people have answered; the survey has not been fitted yet.")
        link(FITS_PAGE, "Start a fit", ":material/monitor_heart:")
    else:
        st.info("Nobody has answered this survey yet.")
        link(DATA_PAGE, "Import answers", ":material/table:")


def group_sizes(sizes: pl.DataFrame, compared: Compared = GROUPS) -> None:
    """Show how many people each group has; small groups are named without their number."""
    title = f"{capital(compared.many)} and their sizes"
    with st.expander(title):
        number = pl.col("n").cast(pl.String).fill_null("not shown: it would tell a smaller one's")
        shown = sizes.select(
            pl.col("group_label").alias(capital(compared.one)),
            People=pl.when("suppressed").then(pl.lit("too few to show")).otherwise(number),
        )
        st.dataframe(shown, hide_index=True, alt=title)


def small_numbers(counted: pl.DataFrame) -> None:
    """Say why some numbers of a table of counts are not there."""
    if counted["n"].null_count():
        st.caption("Where a number would tell one of a few people, none is shown.")


def too_small(sizes: pl.DataFrame) -> None:
    """Name the groups that are left out because they have too few people to be shown."""
    names = sizes.filter("suppressed")["group_label"].to_list()
    if names:
        paragraph(f"Left out because too few people answered: {'; '.join(names)}.")


def simulated_banner(*, simulated: bool) -> None:
    """Say on top of a page that its numbers are of simulated people."""
    if simulated:
        st.warning(
            "**Simulated survey.** No real person gave these answers.", icon=":material/science:"
        )


def figure(drawn: Figure) -> None:
    """Show a chart over the full width, with its text alternative."""
    st.altair_chart(drawn.chart, width="stretch", alt=drawn.alt)


def findings(sentences: Sequence[str]) -> None:
    """Show findings: the first one large, the others as a list; no line begins with ``%``."""
    unbroken = [sentence.replace(" %", "\u00a0%") for sentence in sentences]
    if unbroken:
        st.html(element("h3", unbroken[0]))
        bullets(unbroken[1:])


def refusal(error: FitRefused) -> None:
    """Show why no numbers are shown, instead of the numbers."""
    with st.container(border=True):
        st.subheader(":material/block: No numbers are shown here", anchor=False)
        checks = isinstance(error, ChecksFailed)
        st.write(_MISLEADING if checks else "This part of the fit cannot be read:")
        bullets(str(fault) for fault in error.faults)
        link(FITS_PAGE, "See all checks, or fit again", ":material/monitor_heart:")


def reservations(results: FitResults, topic: Topic) -> None:
    """Say what a reader has to know beside what is shown."""
    for sentence in reservations_of(results, topic):
        paragraph(sentence)


def untested() -> None:
    """Say on top of a page that nothing has scored its predictions yet."""
    st.badge("Untested", icon=":material/pending:", color="orange")
    st.caption(_UNTESTED)


def prediction_badge(results: FitResults) -> None:
    """Say in a few words whether anything has scored what this fit predicts.

    Nothing where waves are compared: they are over, and nothing is predicted of them.
    """
    if results.by_wave:
        return
    try:
        found = tested(results)
    except ForecastRefused as error:
        st.badge("Forecast cannot be read", icon=":material/error:", color="red")
        bullets(str(fault) for fault in error.faults)
        return
    icon = ":material/pending:" if found is None else ":material/fact_check:"
    shown = badge(found)
    st.badge(plain(shown.label, but="[]"), icon=icon, color=shown.color)
    st.caption(plain(shown.meaning))


def forecast_facts(head: Mapping[str, Any]) -> None:
    """Show a forecast's hash and times, which vouch for what was predicted before."""
    lines = [
        f"Frozen {head['frozen']}",
        f"SHA-256 {head['sha256']}",
        f"Made from fit {head['fit']}",
    ]
    if head["scored"] is not None:
        lines.append(f"Scored {head['scored']}")
    with st.expander("Hash and time"):
        bullets(lines)


def partly_refused(results: FitResults, part: str) -> None:
    """Say which steps of a part of the fit are not shown where others of it are."""
    failed = [step_words(step) for step in results.failed_steps if step.startswith(part)]
    if failed:
        st.warning(
            "Some results did not pass their checks and are left out here.", icon=":material/block:"
        )
        bullets(failed)
        link(FITS_PAGE, "See all checks, or fit again", ":material/monitor_heart:")


def faults(error: MfpError) -> None:
    """Show everything that is wrong, as text."""
    with st.container(border=True):
        st.html(element("p", f"{error.summary[:1].upper()}{error.summary[1:]}."))
        if error.about:
            paragraph(error.about)
        bullets(str(fault) for fault in error.faults)


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Show a row of short facts."""
    with st.container(horizontal=True):
        for label, value in pairs:
            st.metric(label, value, width="content", border=True)


def nothing(results: FitResults, topic: Topic) -> None:
    """Say that a fit has nothing on a topic, why, and what would allow it."""
    st.info("This survey cannot tell this yet.")
    bullets(why_nothing(results, topic))


def unavailable(rows: Sequence[Mapping[str, Any]]) -> None:
    """List what this survey cannot tell, and the question that would allow it."""
    if rows:
        with st.expander(f"What this survey cannot tell ({len(rows)})"):
            for row in rows:
                st.html(
                    f"{element('strong', row['quantity'])}<br>{element('span', row['why'])}"
                    f"<br>{element('em', 'To get it: ' + row['add'])}"
                )
