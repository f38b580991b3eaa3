"""Posted fields become answers, or a problem beside the question; never a guess."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mfp_stats.collect.answers import SKIPPED, Answer, answered, codes
from mfp_stats.collect.forms import LONGEST_TEXT, parse, to_fields
from mfp_stats.questionnaire.model import Item, ItemType, Role
from mfp_stats.responses import Status

from .conftest import make_items

ITEMS = {item.name: item for item in make_items()}
PICKS, RANKING, SET = ITEMS["picks"], ITEMS["ranking"], ITEMS["tradeoffs.set1"]
OPEN = Item("open", ItemType.TEXT, Role.OPEN, {"en": "?"}, "b")
YEARS = replace(ITEMS["years"], relevant="")
MONEY = Item("money", ItemType.DECIMAL, Role.COVARIATE, {"en": "?"}, "b")


def value(item: Item, fields: dict[str, list[str]]) -> Answer:
    parsed = parse([item], fields)
    assert not parsed.problems
    return parsed.answers[item.name]


@pytest.mark.parametrize(
    ("item", "fields", "text"),
    [
        (ITEMS["relation"], {}, "required_choice"),
        (ITEMS["relation"], {"relation": ["the_mayor"]}, "unknown_option"),
        (ITEMS["relation"], {"relation": ["!dont_know"]}, "unknown_option"),
        (ITEMS["relation"], {"relation": ["i_work_there", "i_live_near_it"]}, "only_one"),
        (PICKS, {"picks": ["clean_water", "none"]}, "exclusive"),
        (PICKS, {"picks": ["clean_water", "fair_bills", "other"]}, "too_many"),
        (PICKS, {"picks": ["clean_water", "hats"]}, "unknown_option"),
        (replace(PICKS, min_choices=2), {"picks": ["clean_water"]}, "too_few"),
        (replace(PICKS, required=True), {}, "required_choice"),
        (RANKING, {"ranking|clean_water": ["1"], "ranking|fair_bills": ["1"]}, "rank_places"),
        (RANKING, {"ranking|clean_water": ["2"]}, "rank_places"),
        (RANKING, {"ranking|clean_water": ["4"]}, "unknown_option"),
        (RANKING, {"ranking|clean_water": ["²"]}, "unknown_option"),
        (replace(RANKING, required=True), {"ranking|clean_water": ["1"]}, "rank_all"),
        (replace(RANKING, required=True), {}, "required_rank"),
        (SET, {}, "both_needed"),
        (SET, {"tradeoffs.set1|best": ["clean_water"]}, "both_needed"),
        (
            SET,
            {"tradeoffs.set1|best": ["fair_bills"], "tradeoffs.set1|worst": ["fair_bills"]},
            "same_twice",
        ),
        (SET, {"tradeoffs.set1|best": ["quiet_nights"]}, "unknown_option"),
        (
            SET,
            {"tradeoffs.set1|best": ["clean_water"], "missing:tradeoffs.set1": ["!dont_know"]},
            "both_needed",
        ),
        (YEARS, {"years": ["twelve"]}, "whole_number"),
        (YEARS, {"years": ["1e5"]}, "whole_number"),
        (YEARS, {"years": ["nan"]}, "whole_number"),
        (YEARS, {"years": ["3.5"]}, "whole_number"),
        (YEARS, {"years": ["81"]}, "between"),
        (YEARS, {"years": ["٣"]}, "whole_number"),
        (YEARS, {"years": ["9"], "missing:years": ["!refused"]}, "either_or"),
        (YEARS, {"missing:years": ["!dont_know"]}, "unknown_option"),
        (ITEMS["bill"], {"bill": ["-1"]}, "at_least"),
        (replace(MONEY, maximum=5), {"money": ["5,1"]}, "at_most"),
        (MONEY, {"money": ["1.000,5"]}, "number"),
        (MONEY, {"money": ["9" * 40]}, "number"),
        (OPEN, {"open": ["x" * (LONGEST_TEXT + 1)]}, "too_long"),
        (replace(OPEN, required=True), {"open": [" \n "]}, "required"),
    ],
)
def test_what_cannot_be_taken_is_told(item, fields, text):
    parsed = parse([item], fields)
    assert item.name not in parsed.answers
    assert parsed.problems[item.name].text == text


@pytest.mark.parametrize(
    ("item", "fields", "answer"),
    [
        (ITEMS["beliefs.promises"], {}, SKIPPED),
        (ITEMS["beliefs.promises"], {"beliefs.promises": ["agree"]}, answered("agree")),
        (
            ITEMS["beliefs.promises"],
            {"beliefs.promises": ["!dont_know"]},
            Answer(Status.DONT_KNOW),
        ),
        (PICKS, {"picks": ["none"]}, answered(("none",))),
        (replace(PICKS, min_choices=2), {"picks": ["none"]}, answered(("none",))),
        (PICKS, {"picks": ["other", "clean_water"]}, answered(("clean_water", "other"))),
        (YEARS, {"years": [" 12 "]}, answered(12.0)),
        (YEARS, {"years": ["12.0"]}, answered(12.0)),
        (YEARS, {"years": [""], "missing:years": ["!refused"]}, Answer(Status.REFUSED)),
        (MONEY, {"money": ["-3,25"]}, answered(-3.25)),
        (OPEN, {"open": [" a\r\nb\x00\x1b "]}, answered("a\nb")),
        (SET, {"missing:tradeoffs.set1": ["!dont_know"]}, Answer(Status.DONT_KNOW)),
        (
            replace(SET, required=False),
            {"tradeoffs.set1|best": ["clean_water"]},
            answered(("clean_water", "")),
        ),
        (
            RANKING,
            {"ranking|fair_bills": ["1"], "ranking|clean_water": ["2"]},
            answered(("fair_bills", "clean_water")),
        ),
    ],
)
def test_what_can_be_taken(item, fields, answer):
    assert value(item, fields) == answer


def test_notes_ask_nothing():
    assert parse([ITEMS["welcome"]], {"welcome": ["x"]}).answers == {}


def test_numbers_are_told_from_missing_codes():
    cell = codes(MONEY, answered(-3.0))["money"]
    assert cell == -3.0 and isinstance(cell, float)
    missing = codes(MONEY, Answer(Status.DONT_KNOW))["money"]
    assert missing == -3 and isinstance(missing, int)


def test_a_missing_answer_fills_every_part():
    assert set(codes(PICKS, Answer(Status.NOT_ASKED)).values()) == {-1}
    assert len(codes(PICKS, Answer(Status.NOT_ASKED))) == 6


@some.composite
def given_answers(draw):
    item = draw(some.sampled_from([ITEMS["beliefs.promises"], PICKS, RANKING, SET, YEARS, MONEY]))
    if item.missing and draw(some.booleans()):
        return item, Answer(draw(some.sampled_from(list(item.missing))))
    match item.type:
        case ItemType.SELECT_ONE:
            return item, answered(draw(some.sampled_from(item.option_names)))
        case ItemType.SELECT_MULTIPLE:
            chosen = draw(
                some.sets(some.sampled_from(item.option_names[:5]), min_size=1, max_size=2)
            )
            return item, answered(tuple(n for n in item.option_names if n in chosen))
        case ItemType.RANK:
            order = draw(some.permutations(item.option_names))
            return item, answered(tuple(order[: draw(some.integers(1, 3))]))
        case ItemType.BEST_WORST:
            return item, answered(tuple(draw(some.permutations(item.option_names))[:2]))
        case ItemType.INTEGER:
            return item, answered(float(draw(some.integers(0, 80))))
        case _:
            number = draw(some.decimals(-(10**6), 10**6, places=3, allow_nan=False))
            return item, answered(float(number))


@given(given_answers())
def test_what_is_shown_again_is_what_was_given(pair):
    item, answer = pair
    assert value(item, to_fields(item, answer)) == answer


@given(some.text(max_size=200))
def test_any_text_survives_or_is_told(text):
    parsed = parse([OPEN], {"open": [text]})
    assert len(parsed.answers) + len(parsed.problems) == 1


@given(some.sampled_from(sorted(ITEMS)), some.text(max_size=30), some.text(max_size=30))
def test_any_value_is_taken_or_told(name, one, two):
    item = replace(ITEMS[name], relevant="")
    keys = [name, f"missing:{name}", *(f"{name}|{part}" for part in item.parts)]
    parsed = parse([item], {key: [one, two][n % 2 : n % 2 + 1] for n, key in enumerate(keys)})
    for answer in parsed.answers.values():
        codes(item, answer)
