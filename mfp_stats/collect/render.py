"""Pages as HTML: plain view objects first, then Jinja2 templates that escape everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import resources
from typing import Final

import jinja2

from mfp_stats.collect.answers import Answer
from mfp_stats.collect.assignment import Assignment
from mfp_stats.collect.forms import (
    Fields,
    Problem,
    missing_field,
    missing_value,
    places_offered,
    to_fields,
)
from mfp_stats.collect.texts import RIGHT_TO_LEFT, tell
from mfp_stats.questionnaire.model import (
    Attribute,
    Item,
    ItemType,
    Option,
    Questionnaire,
    say,
)
from mfp_stats.responses import Status, sheet_column

#: Files that pages may ask for, with their media types.
ASSETS: Final = {
    "survey.css": "text/css; charset=utf-8",
    "survey.js": "text/javascript; charset=utf-8",
}


def asset(name: str) -> bytes:
    """Return the content of one of :data:`ASSETS`."""
    return resources.files("mfp_stats.collect").joinpath("static", name).read_bytes()


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick: the value that it posts and what it says."""

    value: str
    label: str
    note: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """An attribute, and its level in each of the profiles that are chosen from."""

    label: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One item as a template shows it.

    ``places`` holds the place of each option of a rank, ``compared`` what profiles are made of.
    """

    name: str
    kind: str
    label: str
    hint: str
    required: bool
    choices: tuple[Choice, ...]
    missing: tuple[Choice, ...]
    missing_name: str
    error: str
    value: str
    values: Mapping[str, str]
    places: int
    minimum: str
    maximum: str
    row: bool
    compared: tuple[Compared, ...] = ()


def questions(
    items: Sequence[Item],
    assignment: Assignment,
    language: str,
    fields: Fields,
    problems: Mapping[str, Problem],
    attributes: Mapping[str, Attribute],
) -> list[Question]:
    """Return the page's questions, filled with ``fields`` and with their problems told.

    ``attributes`` are those of the block, for profiles are laid out by them.
    """
    made = [_question(item, assignment, language, fields, problems) for item in items]
    return [
        replace(question, compared=_compared(item, question, attributes, language))
        for item, question in zip(items, made, strict=True)
    ]


def fields_of(items: Sequence[Item], answers: Mapping[str, Answer]) -> dict[str, Sequence[str]]:
    """Return the fields that show the answers given so far."""
    given = [to_fields(i, answers[i.name]) for i in items if i.name in answers]
    return {name: values for fields in given for name, values in fields.items()}


def answer_text(item: Item, answer: Answer, language: str) -> str:
    """Return an answer in words, for the page on which all answers are checked; "" for none."""
    if answer.status is not Status.ANSWERED:
        return say(item.missing.get(answer.status, {}), language)
    labels = {option.name: say(option.label, language) for option in item.options}
    if item.profiles:  # its name alone says nothing of a profile
        labels |= {o.name: f"{labels[o.name]}\n{say(o.note, language)}" for o in item.options}
    match item.type:
        case ItemType.RANK:
            return "; ".join(f"{n}. {labels[name]}" for n, name in enumerate(answer.names, 1))
        case ItemType.BEST_WORST:
            told = zip(("most", "least"), answer.names, strict=True)
            return "; ".join(f"{tell(language, k)}: {labels[n]}" for k, n in told if n)
        case ItemType.INTEGER | ItemType.DECIMAL:
            return f"{answer.value:.15g}"
        case ItemType.TEXT:
            return str(answer.value)
        case _:
            return "; ".join(labels[name] for name in answer.names)


def environment() -> jinja2.Environment:
    """Return the template environment: autoescaping, and strict about unknown names."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("mfp_stats.collect"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["paragraphs"] = _paragraphs
    made.globals["version"] = {n: sha256(asset(n)).hexdigest()[:12] for n in ASSETS}
    return made


def page(
    templates: jinja2.Environment,
    name: str,
    language: str,
    questionnaire: Questionnaire | None = None,
    **about: object,
) -> str:
    """Return one page as HTML.

    Parameters
    ----------
    templates
        From :func:`environment`.
    name
        The template, without ``.html``.
    language
        Language of every text that has it.
    questionnaire
        The survey that the page belongs to, if any.
    **about
        What else the template names.
    """

    def t(key: str, **parts: object) -> str:
        return tell(language, key, **parts)

    def s(text: Mapping[str, str]) -> str:
        return say(text, language)

    return templates.get_template(f"{name}.html").render(
        t=t,
        say=s,
        language=language,
        direction="rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
        q=questionnaire,
        **about,
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]


def _question(
    item: Item,
    assignment: Assignment,
    language: str,
    fields: Fields,
    problems: Mapping[str, Problem],
) -> Question:
    problem = problems.get(item.name)
    chosen = fields.get(item.name, ())
    options = {option.name: option for option in item.options}
    order = assignment.options.get(item.name, item.option_names)
    one = item.type is ItemType.SELECT_ONE
    missing_name = item.name if one else missing_field(item.name)
    return Question(
        name=item.name,
        kind=item.type.value,
        label=say(item.label, language),
        hint=say(item.hint, language) or _hint(item, language),
        required=item.required,
        choices=tuple(_choice(options[name], language, chosen) for name in order),
        missing=_missing(item, language, fields.get(missing_name, ())),
        missing_name=missing_name,
        error=tell(language, problem.text, **problem.about) if problem else "",
        value=chosen[0] if chosen else "",
        values={part: _first(fields, sheet_column(item.name, part)) for part in item.parts},
        places=places_offered(item) if item.type is ItemType.RANK else 0,
        minimum=_number(item.minimum),
        maximum=_number(item.maximum),
        row=one and item.level == "ordinal",
    )


def _choice(option: Option, language: str, chosen: Sequence[str]) -> Choice:
    return Choice(
        value=option.name,
        label=say(option.label, language),
        note=say(option.note, language),
        checked=option.name in chosen,
    )


def _compared(
    item: Item, question: Question, attributes: Mapping[str, Attribute], language: str
) -> tuple[Compared, ...]:
    """Return the attributes of a pair of profiles, levels in the order of the choices."""
    shown = [item.profiles[choice.value] for choice in question.choices] if item.profiles else []
    labels = {
        name: {level.name: say(level.label, language) for level in one.levels}
        for name, one in attributes.items()
    }
    return tuple(
        Compared(say(one.label, language), tuple(labels[name][levels[name]] for levels in shown))
        for name, one in attributes.items()
        if shown
    )


def _missing(item: Item, language: str, chosen: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(missing_value(status), say(label, language), "", missing_value(status) in chosen)
        for status, label in item.missing.items()
    )


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name, ())
    return values[0] if values else ""


def _number(end: float | None) -> str:
    return "" if end is None else f"{end:.15g}"


def _hint(item: Item, language: str) -> str:
    """Return how to answer, where the item's own words do not say it."""
    match item.type:
        case ItemType.SELECT_MULTIPLE:
            key = "pick_up_to" if item.max_choices else "pick_any"
            return tell(language, key, most=item.max_choices)
        case ItemType.RANK:
            part = places_offered(item) < len(item.options)
            return tell(
                language, "rank_top_hint" if part else "rank_hint", most=places_offered(item)
            )
        case ItemType.BEST_WORST:
            return tell(language, "best_worst_hint")
        case ItemType.INTEGER | ItemType.DECIMAL if None not in (item.minimum, item.maximum):
            ends = {"least": _number(item.minimum), "most": _number(item.maximum)}
            return tell(language, "between_hint", **ends)
        case _:
            return ""
