import re
import string
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from mfp_stats.views.markup import element, listing, plain
from mfp_stats.views.words import capital, count, duration, interval, listed, percent, points

texts = st.one_of(
    st.text(),
    st.sampled_from(["<script>alert(1)</script>", "</p><img src=x>", "&lt;b&gt;", "'\"", "]]>"]),
)


class Reader(HTMLParser):
    """What a browser makes of a piece of HTML: its tags and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not attrs

    def handle_data(self, data):
        self.text += data


@given(texts)
def test_a_text_is_read_back_as_it_was_written(text):
    read = Reader(element("p", text))
    assert (read.tags, read.text) == (["p"], text)


@given(st.lists(texts, max_size=5))
def test_a_list_holds_one_entry_a_text(entries):
    read = Reader(listing(entries))
    assert read.tags == ["ul"] + ["li"] * len(entries)
    assert read.text == "".join(entries)


MARKUP = ["Pay $5 now, $10 later", "![x](https://a.example/x.png)", ":red[no] :smile:", "1. a\n- b"]


@given(st.one_of(texts, st.sampled_from(MARKUP)))
def test_no_punctuation_of_a_text_is_markdown(text):
    marked = plain(text)
    assert "\n" not in marked
    found = re.findall(rf"(\u2060?)(\\?)([{re.escape(string.punctuation)}])", marked)
    escaped = [mark for _, backslash, mark in found if backslash]
    assert len(escaped) == len(found)
    shown = re.sub(r"\\(.)", r"\1", marked).replace("\u2060", "")
    assert shown == " ".join(text.replace("\u2060", "").split())


def test_what_streamlit_looks_for_in_escaped_text_is_taken_apart():
    assert plain(":+1:") == "\u2060\\:\\+1\u2060\\:"
    assert plain("www.a.example") == "www\u2060\\.a\u2060\\.example"
    assert plain("a -> b") == "a \u2060\\-\u2060\\> b"
    assert plain("a [b]", but="[]") == "a [b]"


def test_numbers_in_words():
    assert interval(0.937, 0.9, 0.968) == "0.94 (0.90–0.97)"
    assert percent(0.713, 0.519, 0.877) == "71 % (52–88)"
    assert interval(-0.004, -0.051, 0.03) == "0.00 (−0.05 to 0.03)"
    assert percent(0.71, -0.052, 0.877) == "71 % (−5 to 88)"
    assert points(0.236, 0.18, 0.301) == "24 points (18–30)"
    assert points(-0.01, -0.03, 0.004) == "−1 point (−3 to 0)"
    assert capital("“a” and b") == "“a” and b" and capital("two") == "Two"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert [count(n) for n in (0, 1, 9, 10, 1200)] == ["no", "one", "nine", "10", "1,200"]
    said = [duration(s) for s in (0.4, 1, 45, 60, 80, 200, 5000, 7300)]
    assert said == [
        *("0 seconds", "1 second", "45 seconds", "1 minute", "1 minute", "3 minutes"),
        *("83 minutes", "2 hours"),
    ]
