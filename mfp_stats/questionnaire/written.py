"""How texts, names and short forms may be written in a questionnaire file."""

import math
from collections.abc import Mapping
from typing import Annotated, Literal, TypeGuard

from pydantic import BeforeValidator, Field

#: Pattern of a language code: ``en``, ``es``, ``pt-BR``.
LANGUAGE = r"^[a-z]{2,3}(-[A-Z]{2})?$"
#: The same, or "" for the questionnaire's first language.
LANGUAGE_OR_FIRST = r"^$|" + LANGUAGE

Language = Annotated[str, Field(pattern=LANGUAGE)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
OptionName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)]
ItemName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$", max_length=120)]
Words = Annotated[str, Field(min_length=1)]
Tickable = Literal["dont_know", "refused", "not_applicable"]


def _text(value: object) -> object:
    """Put a plain text in the questionnaire's first language, written as the key ""."""
    return {"": value} if isinstance(value, str) else value


def _is_language(key: object) -> bool:
    word = str(key)
    return word.partition("-")[0].isalpha() and len(word.partition("-")[0]) in (2, 3)


def labelled(value: object) -> object:
    """Return the long form of a labelled thing: a text, or texts per language, is its label."""
    if isinstance(value, str):
        return {"label": value}
    if not isinstance(value, Mapping) or "label" in value:
        return value
    label = {key: text for key, text in value.items() if _is_language(key)}
    rest = {key: inner for key, inner in value.items() if key not in label}
    return {**rest, "label": label} if label else rest


def _names(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def options_by_name(value: object) -> object:
    """Read a list of options as names of values."""
    return {name: {} for name in value} if _names(value) else value


def option(value: object) -> object:
    """Return the long form of an option; nothing written means a value's own label."""
    return {} if value is None else labelled(value)


def _missing(value: object) -> object:
    return dict.fromkeys(value) if _names(value) else value


def ask(value: object) -> object:
    """Return the long form of a question that was given by its scale."""
    return {"scale": value} if isinstance(value, str) else value


def _item_reference(value: object) -> object:
    return value["item"] if isinstance(value, Mapping) and set(value) == {"item"} else value


def _attribute(value: object) -> object:
    """Return the number, true or false that a text reads as, else the text."""
    if not isinstance(value, str) or value in ("true", "false"):
        return value == "true" if isinstance(value, str) else value
    try:
        number = float(value)
    except ValueError:
        return value
    return number if math.isfinite(number) else value


Text = Annotated[
    dict[Annotated[str, Field(pattern=LANGUAGE_OR_FIRST)], Words],
    BeforeValidator(_text, json_schema_input_type=str | dict[Language, str]),
    Field(min_length=1),
]
Missing = Annotated[
    dict[Tickable, Text | None],
    BeforeValidator(_missing, json_schema_input_type=list[Tickable] | dict[Tickable, Text]),
]
Attribute = Annotated[
    bool | float | str, BeforeValidator(_attribute, json_schema_input_type=bool | float | str)
]
ItemReference = Annotated[
    ItemName,
    BeforeValidator(_item_reference, json_schema_input_type=str | dict[Literal["item"], str]),
]
