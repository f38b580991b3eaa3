"""Faults of shape, as pydantic finds them, in the words of an author."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.file import QuestionnaireFile
from mfp_stats.questionnaire.written import LANGUAGE, LANGUAGE_OR_FIRST
from mfp_stats.questionnaire.xlsform import INSTEAD

#: What stands at a path that leads nowhere.
ABSENT: Final = object()
_NAMES: Final = "is no usable name: use a-z, 0-9 and _"
#: What pydantic calls a fault -> how an author would say it.
_SAID: Final[Mapping[str, str]] = {
    "string_type": "must be a text",
    "string_too_short": "is empty",
    "dict_type": "must be a mapping (key: value)",
    "model_type": "must be a mapping (key: value)",
    "list_type": "must be a list",
    "int_parsing": "must be a whole number, not {input!r}",
    "int_from_float": "must be a whole number, not {input!r}",
    "float_parsing": "must be a number, not {input!r}",
    "bool_parsing": "must be true or false, not {input!r}",
    "greater_than_equal": "is {input}, must be at least {ge}",
    "greater_than": "is {input}, must be above {gt}",
    "less_than_equal": "is {input}, must be at most {le}",
    "too_short": "is empty",
    "string_pattern_mismatch": "{input!r} " + _NAMES,
    "string_too_long": "is longer than {max_length} characters",
}


def report(tree: dict[str, Any], detail: ErrorDetails, faults: Faults) -> None:
    """Add the fault that pydantic found, in words that an author understands."""
    loc, given = detail["loc"], detail["input"]
    path = _written(tree, loc)
    context = {**detail.get("ctx", {}), "input": given}
    match detail["type"]:
        case "missing":
            faults.add(path, f"{loc[-1]!r} is missing")
        case "extra_forbidden":
            if given is None and " " in str(loc[-1]):
                fix = "Put quotation marks round a text that holds a comma."
                faults.add(path, "is the rest of a text that was cut at a comma", fix=fix)
            elif instead := INSTEAD.get(str(loc[-1])):
                faults.add(path, "is a key of XLSForm and not of this file", fix=instead)
            else:
                faults.unknown(path, "key", str(loc[-1]), _fields(loc[:-1]))
        case _ if given is None:
            faults.add(path, "is empty", fix="Give it a value or remove the line.")
        case "enum" | "literal_error":
            known = context["expected"].replace(" or ", ", ").replace("'", "").split(", ")
            kind = [step for step in path if isinstance(step, str) and step != given][-1]
            faults.unknown(path, kind, str(given), known)
        case "string_pattern_mismatch" if context["pattern"] in (LANGUAGE, LANGUAGE_OR_FIRST):
            faults.add(path, f"{given!r} is no language code: write en, es, pt-BR")
        case kind if kind in _SAID:
            faults.add(path, _SAID[kind].format(**context))
        case _:
            faults.add(path, detail["msg"])


def _written(tree: object, loc: Path) -> Path:
    """Return the part of a location that the author wrote (short forms are filled in)."""
    path: list[str | int] = []
    for step in loc:
        tree = inside(tree, step)
        if tree is ABSENT:
            break
        path.append(step)
    return tuple(path)


def _fields(loc: Path) -> tuple[str, ...]:
    """Return the keys that the part at a location may have."""
    model: type[BaseModel] = QuestionnaireFile
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(inner) for inner in get_args(annotation))
    return next((model for model in found if model is not None), None)


def inside(tree: object, step: str | int) -> object:
    """Return what stands at a key or index, ABSENT where there is none."""
    if isinstance(tree, dict):
        return tree.get(step, ABSENT)
    if isinstance(tree, list) and isinstance(step, int) and step < len(tree):
        return tree[step]
    return ABSENT
