"""The content hash that a published version is known by."""

import hashlib
import json
from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel

from mfp_stats.questionnaire.file import QuestionnaireFile
from mfp_stats.questionnaire.model import Item, ItemType

#: Mappings whose order is shown to respondents; the order of other keys says nothing.
_IN_ORDER: Final = frozenset({"values", "interventions", "signals", "options"})


def content_hash(file: QuestionnaireFile, items: Iterable[Item]) -> str:
    """Return the sha256 (hex) of the canonical JSON of a questionnaire.

    Parameters
    ----------
    file
        The document. Comments, white space, the order of keys, short or long forms and defaults
        written out make no difference; any content does, and the order of options and items.
    items
        The expanded items: the generated best–worst sets are part of the content.
    """
    design = [[item.name, *item.option_names] for item in items if item.type is ItemType.BEST_WORST]
    content = {"design": design, "file": _canonical(file)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: object) -> object:
    if isinstance(value, BaseModel):
        return {
            name: _canonical_field(name, getattr(value, name))
            for name, field in type(value).model_fields.items()
            if field.is_required() or getattr(value, name) != field.default
        }
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    return [_canonical(inner) for inner in value] if isinstance(value, list) else value


def _canonical_field(name: str, value: object) -> object:
    if name in _IN_ORDER and isinstance(value, dict):
        return [[key, _canonical(inner)] for key, inner in value.items()]
    return _canonical(value)
