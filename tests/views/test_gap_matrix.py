"""The matrix of gaps: who accepts what more, by how much, and what carries it."""

from itertools import combinations

import polars as pl
import pytest

from mfp_stats.views.figure import INK, lettered
from mfp_stats.views.gap_findings import describe_gap
from mfp_stats.views.gap_matrix import (
    KINDS,
    PAIRS_MOST,
    WARNED,
    has_matrix,
    matrix_heading,
    matrix_letters,
    matrix_note,
    verdict_matrix,
)
from mfp_stats.views.gap_warnings import MISFIT
from mfp_stats.views.words import WAVES
from tests.app.synthetic_responses import gap_row
from tests.views.test_charts import _contrast, _rgb
from tests.views.test_response_charts import marks

USERS, NEVER = ("users", "Users of AI", 120), ("never", "Never-users of AI", 140)
MAKERS = ("makers", "Builders of AI", 90)
POOLED, TAX, BAN = ("pooled", "All proposals together"), ("tax", "Tax"), ("ban", "Ban")


def frame(*rows: tuple) -> pl.DataFrame:
    made = [{"weighting": "unweighted", **gap_row(*row)} for row in rows]
    return pl.DataFrame(made, infer_schema_length=None)


@pytest.fixture
def gap() -> pl.DataFrame:
    return frame(
        (TAX, USERS, NEVER, 0.3, 0.24, "models"),
        (POOLED, USERS, NEVER, 0.3, 0.2, "cannot_tell"),
        (TAX, USERS, MAKERS, 0.5, -0.31, "values"),
        (POOLED, USERS, MAKERS, 0.5, 0.002, "no_gap"),
    )


def cells(gap: pl.DataFrame) -> dict[tuple[str, str], dict]:
    _, rows = marks(verdict_matrix(gap), "rect")[0]
    return {(row["pair"], row["intervention_label"]): row for row in rows}


def test_a_cell_says_who_accepts_more_by_how_much_and_what_carries_it(gap):
    found = cells(gap)
    assert matrix_letters(gap) == ["A: Users of AI", "B: Never-users of AI", "C: Builders of AI"]
    tax = found["A–B", "Tax"]
    assert (tax["size"], tax["ends"], tax["shown"]) == ("B +24", "19–29", "models")
    turned = found["A–C", "Tax"]
    assert (turned["size"], turned["ends"], turned["shown"]) == ("A +31", "26–36", "values")
    assert turned["more"] == "Users of AI"


def test_of_all_proposals_together_no_group_is_said_to_accept_more(gap):
    found = cells(gap)
    pooled, none = found["A–B", POOLED[1]], found["A–C", POOLED[1]]
    assert (pooled["size"], pooled["shown"], pooled["more"]) == ("20", "cause open", "–")
    assert (none["size"], none["ends"], none["shown"]) == ("0", "−5 to 5", "hardly any")
    assert [label for _, label in found][:2] == [POOLED[1]] * 2


def test_a_gap_of_nothing_has_no_side():
    small = cells(frame((TAX, USERS, NEVER, 0.3, -0.001, "no_gap")))["A–B", "Tax"]
    assert (small["size"], small["more"]) == ("0", "–")


def test_what_cannot_be_told_is_told_apart():
    rows = [(TAX, USERS, NEVER, 0.3, 0.2), (BAN, USERS, NEVER, 0.3, 0.04)]
    told = frame(*((*row, "cannot_tell") for row in rows))
    assert [row["word"] for row in cells(told).values()] == ["cause open", "unsure"]
    note = matrix_note(told)
    assert "“cause open”: cannot tell what carries it." in note
    assert "“unsure”: cannot tell whether there is a gap." in note
    missed = told.with_columns(warning=pl.lit(MISFIT))
    assert {row["shown"] for row in cells(missed).values()} == {f"{WARNED} misfit"}


def test_a_warning_is_marked_where_it_is_and_nowhere_else(gap):
    warned = gap.with_columns(warning=pl.Series(["", "rationalised", "", ""]))
    words = [row["shown"] for row in cells(warned).values()]
    assert words == [f"{WARNED} cause open", "hardly any", "models", "values"]
    assert "there is a warning" in matrix_note(warned)
    assert "warning" not in matrix_note(gap)
    assert verdict_matrix(warned).alt.count("with a warning") == 1


def test_every_cell_is_told_to_those_who_cannot_see_it(gap):
    said = verdict_matrix(gap).alt
    assert (
        "Tax, Users of AI and Builders of AI: more in “Users of AI” by 31 points (26–36), values"
    ) in said
    assert "All proposals together, Users of AI and Never-users of AI: 20 points (15–25)" in said
    assert said.count(";") == len(gap) - 1


def test_labels_that_are_alike_hide_nothing():
    twin = ("ban", "Tax")
    one, other = ("a", "People", 90), ("b", "People", 90)
    rows = [(p, *two, 0.3, 0.2, "values") for p in (TAX, twin) for two in ((one, other),)]
    rows += [(p, one, MAKERS, 0.3, 0.2, "models") for p in (TAX, twin)]
    _, drawn = marks(verdict_matrix(frame(*rows)), "rect")[0]
    assert len({(row["pair"], row["row"]) for row in drawn}) == len(rows) == 4
    assert matrix_letters(frame(*rows))[:2] == ["A: People", "B: People"]


def test_a_pair_that_lacks_a_proposal_keeps_its_place_and_is_explained(gap):
    lacking = gap.filter(~((pl.col("group_b") == "never") & (pl.col("intervention") == "pooled")))
    channels, rows = marks(verdict_matrix(lacking), "rect")[0]
    assert channels["x"]["sort"] == ["A–B", "A–C"] and len(rows) == 3
    assert "Where nothing stands too few of one of the two groups were asked." in matrix_note(
        lacking
    )
    assert "nothing stands" not in matrix_note(gap)


def test_waves_are_told_of_as_waves(gap):
    assert matrix_heading(WAVES) == "Which waves are apart on what"
    assert matrix_note(gap, WAVES).startswith("In which wave more accept a proposal")


def test_a_matrix_needs_several_pairs_and_proposals_and_room(gap):
    assert has_matrix(gap)
    assert not has_matrix(gap.filter(group_b="never"))
    assert not has_matrix(gap.filter(intervention="tax"))
    many = [(f"g{k}", f"Group {k}", 90) for k in range(5)]
    rows = [(p, *two, 0.3, 0.2, "values") for two in combinations(many, 2) for p in (TAX, BAN)]
    assert len(rows) / 2 > PAIRS_MOST and not has_matrix(frame(*rows))


def test_what_the_matrix_shows_is_not_said_too(gap):
    nothing = pl.DataFrame()
    assert any("By themselves" in told for told in describe_gap(gap, nothing, nothing))
    told = describe_gap(gap, nothing, nothing, singly=False)
    assert not any("By themselves" in sentence for sentence in told)
    assert len(told) == len(describe_gap(gap, nothing, nothing))


def test_each_kind_has_a_fill_on_which_words_are_read():
    for part in zip(*KINDS.values(), strict=True):
        assert len(set(part)) == len(KINDS)
    for _, fill, _ in KINDS.values():
        assert _contrast(_rgb(fill), _rgb(INK)) >= 4.5


def test_letters_go_on_after_the_alphabet():
    letters = lettered(str(k) for k in range(30))
    assert [letters["0"], letters["25"], letters["26"], letters["29"]] == ["A", "Z", "AA", "AD"]
    assert lettered(["b", "a", "b"]) == {"b": "A", "a": "B"}
