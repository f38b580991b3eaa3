"""The page on updating: findings, a chart for beliefs and one for support, failed parts."""

import html

import polars as pl

from mfp_stats.fitting.saved import Table
from mfp_stats.views.updating_findings import RANDOMISED, describe_updating
from tests.app.conftest import SURVEY, charts, texts
from tests.app.synthetic import STEPS, save_synthetic, synthetic_tables
from tests.app.synthetic_updating import LABEL, updating_rows


def said(test) -> str:
    return html.unescape(texts(test))


def test_the_page_tells_every_finding_and_draws_both_kinds(stored, open_page):
    test = open_page(stored, "updating.py")
    assert not test.exception
    words = said(test)
    shown = stored.latest(SURVEY).table("updating").filter(weighting="weighted")
    for sentence in describe_updating(shown):
        assert sentence in words
    assert RANDOMISED in words
    shown = test.dataframe[0].value
    assert set(shown["What moved"]) == {"beliefs", "support"}
    assert {"At once", "those who trust its source"} <= {
        *shown["When"],
        *shown["Trust in its source"],
    }
    assert not set(shown["Verdict"]) & {"follows", "cannot_tell", "unmoved"}
    drawn = [chart.proto.alt for chart in charts(test)]
    assert [text.split(",")[0] for text in drawn] == [
        "Move of beliefs in its direction", "Move of support in its direction"
    ]  # fmt: skip
    assert all(text.endswith(".") and "nan" not in text and LABEL in text for text in drawn)


def test_a_failed_fit_has_no_number(stored, open_page):
    test = open_page(stored, "updating.py", survey="starter")
    assert "No numbers are shown here" in said(test)
    assert not charts(test)


def save(context, tables: list[Table], **more) -> None:
    questionnaire = context.questionnaire(SURVEY)
    sizes = {group.name: 60 for group in questionnaire.groups}
    kept = [t for t in synthetic_tables(questionnaire, sizes=sizes) if "updating" not in t.name]
    save_synthetic(context.project.data / "fits", questionnaire, tables=[*kept, *tables], **more)


def test_one_failed_piece_of_information_leaves_the_others(fresh, open_page):
    other = updating_rows().with_columns(
        information_label=pl.lit("Another"), information=pl.lit("b")
    )
    parts = [
        Table("updating-a", updating_rows(), STEPS[2:3]),
        Table("updating-b", other, STEPS[3:]),
    ]
    save(fresh, parts, failed=STEPS[3:])
    test = open_page(fresh, "updating.py")
    words = said(test)
    assert LABEL in words and "“Another”" not in words
    assert "Left out here: " in words


def test_without_information_the_page_says_what_to_add(fresh, open_page):
    save(fresh, [])
    test = open_page(fresh, "updating.py")
    assert "Run: mfp fit" in said(test)


def test_a_table_in_parts_is_found_by_its_name(stored):
    results = stored.latest(SURVEY)
    assert results.has("updating") and not results.has("updatin")
    assert results.left_out("updating") == []
