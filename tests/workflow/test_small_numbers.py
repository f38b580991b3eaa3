"""No number of people that is not shown can be had from those that are."""

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import DesignError
from mfp_stats.fitting.saved import Table
from mfp_stats.frames import missingness
from mfp_stats.responses import MISSING_CODES, Status
from mfp_stats.workflow.context import reasons_missing
from mfp_stats.workflow.enough import leave_out_too_few
from mfp_stats.workflow.small_numbers import groups_without_numbers, withheld, without_numbers
from tests.badinput.test_edge_fits import questionnaire
from tests.questionnaires import sheet_of

FLOOR = 10


@pytest.mark.parametrize(
    ("numbers", "hidden"),
    [
        ([40, 36, 4], [False, True, True]),  # 36 is hidden: 80 less the rest would be 4
        ([40, 36, 4, 3], [False, True, True, True]),  # both together are too few still
        ([40, 36, 9, 8], [False, False, True, True]),
        ([40, 36, 11], [False, False, False]),
        ([40, 4], [True, True]),
        ([40, 4, 0], [True, True, False]),
        ([4, 3], [True, True]),
        ([40, 0, 40], [False, False, False]),  # that nobody is there tells of nobody
    ],
)
def test_what_is_withheld(numbers: list[int], hidden: list[bool]) -> None:
    assert withheld(np.array(numbers), FLOOR).tolist() == hidden


def survey(sizes: tuple[int, int]):
    """Two groups of these sizes, of whom all picked and supported alike."""
    asked = questionnaire("ab")
    row = {"top|fair": 1, "top|calm": 0, "top|green": 0}
    rows = [{"side": side, **row} for side, n in enumerate(sizes) for _ in range(n)]
    return asked, sheet_of(asked, rows)


def test_a_group_that_is_shown_keeps_its_number_to_itself_beside_one_that_is_not() -> None:
    data = build_model_data(*reversed(survey((30, 4))))
    assert groups_without_numbers(data, FLOOR) == [data.groups[0]]
    assert groups_without_numbers(build_model_data(*reversed(survey((30, 14)))), FLOOR) == []


def test_numbers_are_withheld_wherever_they_stand() -> None:
    keys = {"group": ["a", "b", ""], "n": [40, 36, 76], "effective_n": [40.0, 36.0, 76.0]}
    pairs = {"group_a": ["a", "b"], "n_a": [40, 36], "group_b": ["b", "c"], "n_b": [36, 50]}
    guesses = {"guesser": ["a", "b"], "guessed": ["b", "a"], "n": [39, 35], "mean": [0.1, 0.2]}
    own, pair, guess = (
        without_numbers(Table("t", pl.DataFrame(rows), ("values",)), ["b"])
        for rows in (keys, pairs, guesses)
    )
    assert own.frame["n"].to_list() == [40, None, None]
    assert own.frame["effective_n"].to_list() == [40.0, None, None]
    assert (own.name, own.steps) == ("t", ("values",))
    assert pair.frame["n_a"].to_list() == [40, None]
    assert pair.frame["n_b"].to_list() == [None, 50]
    assert guess.frame["n"].to_list() == [39, None]
    assert guess.frame["mean"].to_list() == [0.1, 0.2]


def test_nothing_is_withheld_where_no_group_asks_for_it() -> None:
    table = Table("t", pl.DataFrame({"group": ["a", ""], "n": [40, 76]}))
    assert without_numbers(table, []) is table


def reasons(**numbers: int) -> dict[str, int | None]:
    """Return the numbers shown of the reasons why an item was left out by so many people."""
    asked, sheet = survey((sum(numbers.values()), 0))
    codes = [
        0 if s == "answered" else MISSING_CODES[Status(s)]
        for s, n in numbers.items()
        for _ in range(n)
    ]
    sheet = sheet.with_columns(
        pl.Series("support.a.support4", codes, sheet["support.a.support4"].dtype)
    )
    table = reasons_missing(missingness(sheet, asked), asked).filter(item="support.a.support4")
    assert table["share"].is_null().to_list() == table["n"].is_null().to_list()
    words = table["reason"].to_list()
    return dict(zip(words, table["n"].to_list(), strict=True))


def test_few_people_who_gave_no_answer_are_not_counted() -> None:
    assert reasons(answered=60, refused=3, skipped=17) == {"skipped": 17, "refused": None}


def test_nor_are_few_who_answered() -> None:
    assert reasons(answered=4, not_applicable=76) == {"not applicable": None}
    assert reasons(answered=4, not_applicable=50, skipped=26) == {
        "skipped": None,
        "not applicable": 50,
    }


def test_numbers_that_tell_nothing_of_few_stay() -> None:
    assert reasons(answered=0, not_applicable=76) == {"not applicable": 76}
    assert reasons(answered=40, refused=40) == {"refused": 40}


def test_of_nobody_nothing_is_counted() -> None:
    asked, sheet = survey((0, 0))
    assert reasons_missing(missingness(sheet, asked), asked).is_empty()


def test_the_error_says_of_no_group_how_small_it_is() -> None:
    data = build_model_data(*reversed(survey((7, 4))))
    with pytest.raises(DesignError) as caught:
        leave_out_too_few(data, FLOOR)
    assert "no group has more" in str(caught.value)
    assert "7" not in str(caught.value) and "4" not in str(caught.value)
