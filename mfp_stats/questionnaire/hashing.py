"""The content hash that a published version is known by."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Final

from mfp_stats.questionnaire.model import Block, Questionnaire

#: Mappings whose order is shown to respondents; the order of other keys says nothing, such as of
#: the attributes of an intervention.
_IN_ORDER: Final = frozenset(
    {
        *((Questionnaire, name) for name in ("values", "interventions", "signals")),
        (Block, "attributes"),
    }
)


def content_hash(questionnaire: Questionnaire) -> str:
    """Return the sha256 (hex) of the canonical JSON of a questionnaire, its own hash left out.

    The expanded questionnaire is hashed, so that generated wordings and best–worst sets count as
    content. Comments, white space, the order of keys and short or long forms make no difference;
    any content does, and the order of options and items. Fields at their default are left out:
    a version keeps its hash when the library learns a new field.
    """
    content = _plain(questionnaire)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain_field(type(value), field.name, getattr(value, field.name))
            for field in fields(value)
            if field.name != "hash" and not _at_default(field, getattr(value, field.name))
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else value


def _plain_field(holder: type, name: str, value: object) -> object:
    if (holder, name) in _IN_ORDER and isinstance(value, Mapping):
        return [[key, _plain(inner)] for key, inner in value.items()]
    return _plain(value)


def _at_default(field: Field[object], value: object) -> bool:
    if field.default_factory is not MISSING:
        return value == field.default_factory()
    return field.default is not MISSING and value == field.default
