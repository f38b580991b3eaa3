"""The page of the causal map: findings, a map a worldview, and what the reader supposes."""

import html

from mfp_stats.views.causal_map_findings import BELIEVED, assumed, describe_map
from mfp_stats.workflow.show import Asked, topic_tables
from mfp_stats.workflow.topics import Topic
from tests.app.conftest import SURVEY, charts, texts


def said(test) -> str:
    return html.unescape(texts(test))


def test_the_page_tells_every_finding_and_draws_a_map_each(stored, open_page):
    test = open_page(stored, "causal_map.py")
    assert not test.exception
    words = said(test)
    for sentence in describe_map(topic_tables(stored.latest(SURVEY), Topic.MAP)):
        assert sentence in words
    assert BELIEVED in words
    proposal = stored.latest(SURVEY).table("map_moves")["intervention_label"][0]
    assert f"<h3>{proposal}</h3>" in words
    drawn = [chart.proto.alt for chart in charts(test)]
    assert sum(text.startswith("Map of worldview") for text in drawn) == 2
    assert len(drawn) == 6
    assert all(text.endswith(".") and "nan" not in text for text in drawn)


def test_the_page_follows_what_is_supposed(stored, open_page):
    test = open_page(stored, "causal_map.py")
    test.slider(key="transmission").set_value(100)
    test.radio(key="concept").set_value(1)
    test.run()
    assert not test.exception
    words = said(test)
    asked = Asked(transmission=1.0)
    assert assumed(1.0) in words and assumed(0.5) not in words
    for sentence in describe_map(topic_tables(stored.latest(SURVEY), Topic.MAP, asked)):
        assert sentence in words
    assert "What a push on “New buildings” does" in words


def test_a_map_of_failed_worldviews_has_no_number(stored, open_page):
    test = open_page(stored, "causal_map.py", survey="starter")
    words = said(test)
    assert "No numbers are shown here" in words
    assert not charts(test)
