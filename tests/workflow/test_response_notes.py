"""What is said of answers that leave nothing to tell causes apart by."""

import pytest

from mfp_stats.design import build_model_data
from mfp_stats.workflow.response_notes import separated_notes
from tests.badinput.test_edge_fits import questionnaire
from tests.questionnaires import sheet_of

NEVER, RATHER, GLADLY = 0, 2, 3
FLOOR = 10


def notes(left: dict[str, int], right: dict[str, int], *, people: int = 12, odd: int = 0):
    """Return what is said where all of a side answer alike, but some who answer otherwise."""
    asked = questionnaire("ab")
    rows = [
        {"side": side, "top|fair": 1, "top|calm": 0, "top|green": 0}
        | {
            f"support.{name}.support4": GLADLY - level if person < odd else level
            for name, level in given.items()
        }
        for side, given in enumerate((left, right))
        for person in range(people)
    ]
    return list(separated_notes(build_model_data(sheet_of(asked, rows), asked), FLOOR))


def test_what_all_of_one_group_accept_and_nobody_of_another() -> None:
    (note,) = notes({"a": NEVER, "b": RATHER}, {"a": GLADLY, "b": RATHER})
    assert note.startswith("Everybody who answered in “Right” accepts “A”, and nobody in “Left”")
    assert len(notes({"a": NEVER, "b": GLADLY}, {"a": GLADLY, "b": NEVER})) == 2


@pytest.mark.parametrize(
    ("left", "right", "options"),
    [
        ({"a": RATHER}, {"a": GLADLY}, {}),  # all accept
        ({"a": NEVER}, {"a": GLADLY}, {"odd": 1}),  # one of each answers otherwise
        ({"a": NEVER}, {"a": GLADLY}, {"people": FLOOR}),  # not shown
        ({"a": NEVER}, {"b": GLADLY}, {}),  # not asked about the same
    ],
)
def test_nothing_is_said_where_answers_vary_or_are_not_shown(left, right, options) -> None:
    assert notes(left, right, **options) == []
