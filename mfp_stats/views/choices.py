"""What the reader chooses: the survey, how priorities were asked, and the weighting."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl
import streamlit as st

from mfp_stats.errors import MfpError
from mfp_stats.quantities.search.attributes import said, say_level
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.questionnaire.model import say
from mfp_stats.views.forecast_findings import forecast_name
from mfp_stats.views.gap_pair_findings import POOLED
from mfp_stats.views.markup import plain
from mfp_stats.views.words import GROUPS, Compared, capital
from mfp_stats.workflow.context import PageContext

#: Most texts that are offered below one another.
_FEW: Final = 6
#: Also its name in the address, so that a page can be sent as a link.
SURVEY: Final = "survey"
VERSIONS: Final = {"revealed": "Trade-offs", "claimed": "Ratings", "perceived": "As others see it"}
WEIGHTINGS: Final = {
    "weighted": "Weighted",
    "raked": "Weighted to margins",
    "unweighted": "Unweighted",
}


def offer_surveys(context: PageContext) -> None:
    """Let the reader choose a survey for all pages.

    The address decides, so that a page can be sent as a link and the browser's way back works.
    """
    names = context.surveys()
    asked = st.query_params.get(SURVEY)
    st.session_state[SURVEY] = asked if asked in names else names[0]
    st.sidebar.selectbox(
        "Survey",
        names,
        key=SURVEY,
        format_func=lambda name: survey_title(context, name),
        filter_mode=None,
        on_change=_into_address,
    )


def _into_address() -> None:
    st.query_params[SURVEY] = st.session_state[SURVEY]


def chosen_survey() -> str:
    """Return the survey that the reader chose."""
    return str(st.session_state[SURVEY])


def survey_title(context: PageContext, survey: str) -> str:
    """Return a survey's title; its name where the questionnaire has faults."""
    try:
        return say(context.questionnaire(survey).title) or survey
    except MfpError:
        return survey


def choose_version(table: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Let the reader choose how priorities were asked, and the weighting; return both filters."""
    with st.container(horizontal=True, gap="large"):
        version = pl.col("version") == _one_of(table, "version", "Priorities from", VERSIONS)
        return version, choose_weighting(table.filter(version))


def choose_weighting(table: pl.DataFrame) -> pl.Expr:
    """Let the reader choose between weighted and unweighted estimates; return the filter."""
    return pl.col("weighting") == _one_of(table, "weighting", "Sample", WEIGHTINGS)


def choose_pair(table: pl.DataFrame, compared: Compared = GROUPS) -> pl.Expr:
    """Let the reader choose a pair of groups; return the filter. Of one pair there is no choice."""
    names = ["group_a", "group_b", "group_a_label", "group_b_label"]
    pairs = table.select(names).unique(maintain_order=True).rows()
    at = _choose(capital(compared.many), [f"{a} – {b}" for *_, a, b in pairs], key="pair")
    one, other, *_ = pairs[at]
    return pl.col("group_a").eq(pl.lit(one)) & pl.col("group_b").eq(pl.lit(other))


def choose_proposal(table: pl.DataFrame) -> pl.Expr:
    """Let the reader choose an intervention, all together where there is such a row first."""
    rows = table.select("intervention", "intervention_label").unique(maintain_order=True).rows()
    rows.sort(key=lambda row: row[0] != POOLED)
    at = _choose("Proposal", [label for _, label in rows], key="proposal")
    return pl.col("intervention").eq(pl.lit(rows[at][0]))


def kinds_of(differences: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield each kind of difference between overlaps: its name, its title and its rows."""
    titles = {
        "claimed_revealed": "Do ratings tell the same story as trade-offs?",
        "perceived_revealed": "How alike do groups look to one another?",
    }
    if differences.is_empty():
        return
    if "difference" not in differences.columns:  # fits of before guesses were compared
        differences = differences.with_columns(difference=pl.lit("claimed_revealed"))
    for kind, title in titles.items():
        yield kind, title, differences.filter(pl.col("difference").eq(pl.lit(kind)))


def preferred_weighting(table: pl.DataFrame) -> pl.Expr:
    """Return the filter of the weighting that is told where the reader is not asked again."""
    there = set(table["weighting"])
    return pl.col("weighting").eq(next(name for name in WEIGHTINGS if name in there))


def choose_forecast(heads: pl.DataFrame) -> dict[str, Any]:
    """Let the reader choose a forecast and what it was held against; return its row."""
    rows = heads.to_dicts()
    return rows[_choose("Forecast", [forecast_name(row) for row in rows], key="forecast")]


def choose_concept(effects: pl.DataFrame) -> pl.Expr:
    """Let the reader choose the concept that is pushed; return the filter."""
    rows = effects.select("cause", "cause_label").unique(maintain_order=True).rows()
    at = _choose("What is pushed up", [label for _, label in rows], key="concept")
    return pl.col("cause").eq(pl.lit(rows[at][0]))


def choose_transmission(default: float) -> float:
    """Let the reader choose how much of a move the strongest possible link passes on, 0 to 1."""
    percent = st.slider(
        "Share of a move that a link as strong as can be passes on",
        min_value=5,
        max_value=100,
        value=round(100 * default),
        step=5,
        format="%d %%",
        key="transmission",
    )
    return percent / 100


def choose_guess(table: pl.DataFrame) -> pl.Expr:
    """Let the reader choose a group that guesses and one that it guesses about."""
    names = ["guesser", "guessed", "guesser_label", "guessed_label"]
    rows = table.select(names).unique(maintain_order=True).rows()
    at = _choose("Who guesses about whom", [f"{a} → {b}" for *_, a, b in rows], key="guess")
    one, other, *_ = rows[at]
    return pl.col("guesser").eq(pl.lit(one)) & pl.col("guessed").eq(pl.lit(other))


def _choose(label: str, options: Sequence[str], *, key: str) -> int:
    """Let the reader choose one of several texts; return its place.

    A few stand below one another, where a phone can show them whole; more are in a menu.
    """
    if len(options) == 1:
        return 0
    places = range(len(options))

    def text(at: int) -> str:
        return options[at]

    if len(options) <= _FEW:
        return st.radio(label, places, format_func=lambda at: plain(text(at)), key=key)
    return st.selectbox(label, places, format_func=text, key=key, filter_mode=None)


def choose_coalition(acceptance: pl.DataFrame, has_to: str = "accept") -> list[str]:
    """Let the reader choose the groups that have to accept together; all to begin with."""
    labels = dict(acceptance.select("group", "group_label").unique(maintain_order=True).rows())
    return st.multiselect(
        f"Groups that have to {has_to}",
        list(labels),
        default=list(labels),
        format_func=lambda group: labels[group],
        key="coalition",
    )


def choose_levels(space: DesignSpace) -> dict[str, list[str]]:
    """Let the reader narrow the levels that designs may have, attribute by attribute."""
    wanted = {}
    with st.expander("Narrow the designs"):
        for attribute in space.attributes:
            known = [say_level(level) for level in attribute.levels]
            kept = st.multiselect(
                said(attribute.name), known, default=known, key=f"levels_{attribute.name}"
            )
            if kept and kept != known:
                wanted[attribute.name] = kept
    return wanted


def choose_threshold(compared: Compared = GROUPS, has_to: str = "accept") -> float:
    """Let the reader choose the share of each group that has to accept, 0 to 1.

    ``has_to`` is what is asked of the share where that is less than accepting.
    """
    percent = st.slider(
        f"Share of each {compared.one} that has to {has_to}",
        min_value=0,
        max_value=100,
        value=50,
        step=5,
        format="%d %%",
        key="threshold",
    )
    return percent / 100


def _one_of(table: pl.DataFrame, column: str, label: str, words: Mapping[str, str]) -> pl.Expr:
    """Let the reader choose one of a column's values; where there is only one, say which."""
    there = set(table[column])
    names = [name for name in words if name in there]
    if len(names) == 1:
        st.caption(f"{label}: {words[names[0]].lower()}.")
        return pl.lit(names[0])
    chosen = st.segmented_control(
        label,
        names,
        default=names[0],
        required=True,
        format_func=lambda name: words[name],
        key=column,
        bind="query-params",
    )
    return pl.lit(chosen)
