"""Posted fields to answers and back; every fault found is told beside its question."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mfp_stats.collect.answers import SKIPPED, Answer, answered
from mfp_stats.questionnaire.model import Item, ItemType
from mfp_stats.responses import Status, sheet_column

#: Posted or to be shown: field name -> values.
Fields = Mapping[str, Sequence[str]]

#: Longest free text, in characters.
LONGEST_TEXT: Final = 4000
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an answer was not taken: the key of a text, and what goes into it."""

    text: str
    about: Mapping[str, str] = field(default_factory=dict)


class Invalid(ValueError):  # noqa: N818 - it is told to the respondent, not to a programmer
    """Raised by a parser for an answer that cannot be taken."""

    def __init__(self, text: str, **about: str) -> None:
        super().__init__(text)
        self.problem = Problem(text, about)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a page's fields said: answers by item, and problems by item."""

    answers: Mapping[str, Answer]
    problems: Mapping[str, Problem]


def parse(items: Iterable[Item], fields: Fields) -> Parsed:
    """Read the answers to ``items`` out of posted fields.

    Parameters
    ----------
    items
        The items visible on the page.
    fields
        Field name -> values, as posted.

    Returns
    -------
    Parsed
        Every item that is not a note is in ``answers`` or in ``problems``; an item left blank
        is "skipped", and a problem where it is required.
    """
    answers: dict[str, Answer] = {}
    problems: dict[str, Problem] = {}
    for item in items:
        if item.type is ItemType.NOTE:
            continue
        try:
            answers[item.name] = _answer(item, fields)
        except Invalid as fault:
            problems[item.name] = fault.problem
    return Parsed(answers, problems)


def field_names(item: Item) -> tuple[str, ...]:
    """Return the names of the form fields that belong to an item."""
    match item.type:
        case ItemType.NOTE:
            return ()
        case ItemType.RANK | ItemType.BEST_WORST:
            own = tuple(sheet_column(item.name, part) for part in item.parts)
        case _:
            own = (item.name,)
    return (*own, missing_field(item.name))


def missing_field(name: str) -> str:
    """Return the field that holds the way not to answer of an item that is not select_one."""
    return f"missing:{name}"


def missing_value(status: Status) -> str:
    """Return what a radio button posts for a way not to answer; no option is called so."""
    return f"!{status.value}"


def to_fields(item: Item, answer: Answer) -> dict[str, list[str]]:
    """Return the fields that would be posted for an answer: the inverse of :func:`parse`."""
    if answer.status is not Status.ANSWERED:
        ticked = [missing_value(answer.status)] if answer.status in item.missing else []
        name = item.name if item.type is ItemType.SELECT_ONE else missing_field(item.name)
        return {name: ticked}
    match item.type:
        case ItemType.RANK:
            return {
                sheet_column(item.name, name): [str(place)]
                for place, name in enumerate(answer.names, start=1)
            }
        case ItemType.BEST_WORST:
            pairs = zip(item.parts, answer.names, strict=True)
            return {sheet_column(item.name, part): [name] for part, name in pairs}
        case ItemType.INTEGER | ItemType.DECIMAL:
            return {item.name: [f"{answer.value:.15g}"]}
        case _:
            return {item.name: list(answer.names)}


def _answer(item: Item, fields: Fields) -> Answer:
    answer = _PARSERS[item.type](item, fields)
    ticked = [v for v in fields.get(missing_field(item.name), ()) if v]
    if ticked:
        if answer != SKIPPED or len(set(ticked)) > 1:
            raise Invalid("either_or")
        answer = _missing(item, ticked[0])
    if answer == SKIPPED and item.required:
        raise Invalid(_REQUIRED.get(item.type, "required"))
    return answer


def _missing(item: Item, value: str) -> Answer:
    for status in item.missing:
        if value == missing_value(status):
            return Answer(status)
    raise Invalid("unknown_option")


def _single(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    if len(values) > 1:
        raise Invalid("only_one")
    return values[0].strip() if values else ""


def _known(item: Item, name: str) -> str:
    if name not in item.option_names:
        raise Invalid("unknown_option")
    return name


def _select_one(item: Item, fields: Fields) -> Answer:
    value = _single(fields, item.name)
    if not value:
        return SKIPPED
    return _missing(item, value) if value.startswith("!") else answered(_known(item, value))


def _select_multiple(item: Item, fields: Fields) -> Answer:
    chosen = {_known(item, value) for value in fields.get(item.name, ()) if value}
    if not chosen:
        return SKIPPED
    names = tuple(name for name in item.option_names if name in chosen)
    if len(names) > 1 and any(o.exclusive for o in item.options if o.name in chosen):
        raise Invalid("exclusive")
    if item.max_choices is not None and len(names) > item.max_choices:
        raise Invalid("too_many", most=str(item.max_choices), chosen=str(len(names)))
    if len(names) < item.min_choices and not _is_exclusive(item, names):
        raise Invalid("too_few", least=str(item.min_choices), chosen=str(len(names)))
    return answered(names)


def _is_exclusive(item: Item, names: Sequence[str]) -> bool:
    return any(o.exclusive for o in item.options if o.name in names)


def _rank(item: Item, fields: Fields) -> Answer:
    given = {name: _single(fields, sheet_column(item.name, name)) for name in item.option_names}
    places = {name: place for name, place in given.items() if place}
    if not places:
        return SKIPPED
    allowed = [str(place) for place in range(1, places_offered(item) + 1)]
    if any(place not in allowed for place in places.values()):
        raise Invalid("unknown_option")
    if sorted(places.values(), key=int) != allowed[: len(places)]:
        raise Invalid("rank_places", most=str(len(places)))
    if len(places) < _places_needed(item):
        raise Invalid("rank_all", least=str(_places_needed(item)))
    return answered(tuple(sorted(places, key=lambda name: int(places[name]))))


def places_offered(item: Item) -> int:
    """Return how many places a ranking has."""
    return min(item.max_choices or len(item.options), len(item.options))


def _places_needed(item: Item) -> int:
    return item.min_choices or (places_offered(item) if item.required else 1)


def _best_worst(item: Item, fields: Fields) -> Answer:
    best, worst = (_single(fields, sheet_column(item.name, part)) for part in ("best", "worst"))
    if not best and not worst:
        return SKIPPED
    pair = tuple(_known(item, name) if name else "" for name in (best, worst))
    if best == worst:
        raise Invalid("same_twice")
    if item.required and "" in pair:
        raise Invalid("both_needed")
    return answered(pair)


def _number(item: Item, fields: Fields) -> Answer:
    text = _single(fields, item.name)
    if not text:
        return SKIPPED
    whole = item.type is ItemType.INTEGER
    number = _to_float(text)
    if number is None or (whole and not number.is_integer()):
        raise Invalid("whole_number" if whole else "number")
    low, high = item.minimum, item.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise Invalid(*_range_text(low, high), **_range(low, high))
    return answered(number)


def _to_float(text: str) -> float | None:
    """Read a plain number with a decimal point or comma; no exponent, no thousands."""
    if not re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,15})?", text, re.ASCII):
        return None
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


def _range_text(low: float | None, high: float | None) -> tuple[str]:
    if low is None:
        return ("at_most",)
    return ("at_least",) if high is None else ("between",)


def _range(low: float | None, high: float | None) -> dict[str, str]:
    ends = {"least": low, "most": high}
    return {name: f"{end:.15g}" for name, end in ends.items() if end is not None}


def _text(item: Item, fields: Fields) -> Answer:
    text = _CONTROL.sub("", _single(fields, item.name).replace("\r\n", "\n"))
    if len(text) > LONGEST_TEXT:
        raise Invalid("too_long", most=str(LONGEST_TEXT))
    return answered(text) if text else SKIPPED


_PARSERS: Final[Mapping[ItemType, Callable[[Item, Fields], Answer]]] = {
    ItemType.SELECT_ONE: _select_one,
    ItemType.SELECT_MULTIPLE: _select_multiple,
    ItemType.RANK: _rank,
    ItemType.BEST_WORST: _best_worst,
    ItemType.INTEGER: _number,
    ItemType.DECIMAL: _number,
    ItemType.TEXT: _text,
}
_REQUIRED: Final = {
    ItemType.SELECT_ONE: "required_choice",
    ItemType.SELECT_MULTIPLE: "required_choice",
    ItemType.BEST_WORST: "both_needed",
    ItemType.RANK: "required_rank",
}
