"""The page on choices between plans: findings, a chart an attribute, designs, refusals."""

import html

from mfp_stats.views.conjoint_findings import ALIKE, PREFERRED
from mfp_stats.workflow.conjoint_search import conjoint_search
from mfp_stats.workflow.show import show
from mfp_stats.workflow.topics import Topic
from tests.app.conftest import SURVEY, charts, texts
from tests.app.synthetic import save_synthetic, synthetic_tables


def said(test) -> str:
    return html.unescape(texts(test))


def test_the_page_tells_what_groups_prefer_and_draws_every_attribute(stored, open_page):
    test = open_page(stored, "conjoint.py")
    assert not test.exception
    words = said(test)
    assert "“Payer”: every group prefers “firms”" in words
    assert "“Pause”: groups part over it." in words
    assert PREFERRED in words and ALIKE in words and "Untested" in words
    drawn = [chart.proto.alt for chart in charts(test)]
    assert [text.split(":")[0] for text in drawn] == [
        *(f"Shares that prefer a proposal by its “{name}”" for name in ("Pause", "Payer")),
        "Share that accepts, threshold 50%",
        *(f"Shares that prefer a proposal by its “{name}”" for name in ("Pause", "Payer")),
    ]
    assert all(text.endswith(".") and "nan" not in text for text in drawn)


def test_a_failed_fit_has_no_number(stored, open_page):
    test = open_page(stored, "conjoint.py", survey="starter")
    assert "No numbers are shown here" in said(test)
    assert not charts(test)


def test_without_choices_the_page_says_so(fresh, open_page):
    questionnaire = fresh.questionnaire(SURVEY)
    sizes = {group.name: 60 for group in questionnaire.groups}
    kept = [t for t in synthetic_tables(questionnaire, sizes=sizes) if "conjoint" not in t.name]
    save_synthetic(fresh.project.data / "fits", questionnaire, tables=kept)
    assert "Run: mfp fit" in said(open_page(fresh, "conjoint.py"))


def test_a_coalition_of_one_has_designs_that_it_prefers(stored):
    results = stored.latest(SURVEY)
    group = results.table("conjoint")["group"][0]
    found = conjoint_search(results, coalition=[group])["conjoint_search"]
    first = found.row(0, named=True)
    assert (first["attribute_Pause"], first["attribute_Payer"]) == ("five years", "firms")
    assert first["joint_probability"] == 1
    assert first["coalition"] == group and not first["tested"]


def test_records_are_levels_worldviews_pairs_and_designs(stored):
    shown = show(stored.project, SURVEY, Topic.CONJOINT)
    kinds = [record["kind"] for record in shown.records]
    assert list(dict.fromkeys(kinds)) == ["group", "worldview", "pair", "proposal"]
    levels = [r for r in shown.records if r["kind"] == "group"]
    assert {r["attribute_label"] for r in levels} == {"Pause", "Payer"}
    assert all(0 <= r["prefers_q05"] <= r["prefers_mean"] <= r["prefers_q95"] <= 1 for r in levels)
