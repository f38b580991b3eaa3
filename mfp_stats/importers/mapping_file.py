"""Load and save mapping files; every fault at once, each with its path and line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mfp_stats.errors import Fault, MappingError, QuestionnaireError
from mfp_stats.importers.mapping import ImportMapping
from mfp_stats.importers.mapping_check import check_mapping
from mfp_stats.questionnaire.faults import Faults
from mfp_stats.questionnaire.faults import Path as Place
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.questionnaire.yaml_tree import Tree, read_yaml

_SAID: Final[Mapping[str, str]] = {
    "string_type": "must be a text",
    "dict_type": "must be a mapping (key: value)",
    "model_type": "must be a mapping (key: value)",
    "list_type": "must be a list",
    "bool_parsing": "must be true or false, not {input!r}",
    "int_parsing": "must be a whole number, not {input!r}",
}


def load_mapping(path: Path, questionnaire: Questionnaire) -> ImportMapping:
    """Read a mapping file and check it against the questionnaire.

    Raises
    ------
    MappingError
        The file cannot be read, or with every fault in it.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise MappingError(Fault("", f"cannot be read: {said}"), about=str(path)) from None
    return parse_mapping(text, questionnaire, where=Path(path).name)


def parse_mapping(text: str, questionnaire: Questionnaire, *, where: str) -> ImportMapping:
    """Read a mapping from YAML text; see :func:`load_mapping`."""
    lines: dict[Place, int] = {}
    faults = Faults(where, lines)
    try:
        tree = read_yaml(text, faults, lines)
    except QuestionnaireError as error:
        raise MappingError(error.faults, about=where) from None
    mapping = None
    try:
        mapping = ImportMapping.model_validate(tree)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _report(tree, detail, faults)
    if mapping is not None:
        check_mapping(mapping, questionnaire, faults)
    if faults.found or mapping is None:
        raise MappingError(faults.found, about=where)
    return mapping


def save_mapping(
    mapping: ImportMapping, path: Path, *, comments: Mapping[str, str] | None = None
) -> None:
    """Write a mapping as YAML; the same mapping always gives the same text.

    Parameters
    ----------
    mapping
        The mapping.
    path
        The file, which is replaced.
    comments
        Item -> a remark to write above its binding.
    """
    Path(path).write_text(mapping_text(mapping, comments or {}), encoding="utf-8")


def mapping_text(mapping: ImportMapping, comments: Mapping[str, str]) -> str:
    """Return a mapping as YAML text."""
    document = mapping.document()
    items = document.pop("items")
    rest = document.pop("not_in_file", None)
    text = _yaml(document) + "items:\n"
    for name, binding in items.items():
        if name in comments:
            text += f"  # {' '.join(comments[name].split())}\n"
        text += _indented(_yaml({name: binding}))
    if not items:
        text = text.replace("items:\n", "items: {}\n")
    return text + (_yaml({"not_in_file": rest}) if rest else "")


def _yaml(document: Mapping[str, Any]) -> str:
    dumped: str = yaml.safe_dump(
        dict(document), sort_keys=False, allow_unicode=True, width=100, default_flow_style=False
    )
    return dumped


def _indented(text: str) -> str:
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


def _report(tree: Tree, detail: ErrorDetails, faults: Faults) -> None:
    place, given = _written(tree, detail["loc"]), detail["input"]
    context = {**detail.get("ctx", {}), "input": given}
    match detail["type"]:
        case "missing":
            faults.add(place, f"{detail['loc'][-1]!r} is missing")
        case "extra_forbidden":
            faults.unknown(place, "key", str(place[-1]), _keys(detail["loc"][:-1]))
        case "literal_error" | "enum":
            known = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            faults.unknown(place, "word", str(given), known)
        case kind if kind in _SAID:
            faults.add(place, _SAID[kind].format(**context))
        case _:
            faults.add(place, detail["msg"])


def _written(tree: Tree, loc: Place) -> Place:
    """Return the part of a location that the author wrote (short forms are filled in)."""
    place: list[str | int] = []
    for step in loc:
        inside = isinstance(tree, dict) and step in tree
        if not inside and not isinstance(tree, list):
            break
        tree = tree[step]  # type: ignore[index]
        place.append(step)
    return tuple(place)


def _keys(loc: Place) -> tuple[str, ...]:
    """Return the keys that the part at a location may have."""
    model: type[BaseModel] = ImportMapping
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return tuple(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(inner) for inner in get_args(annotation))
    return next((model for model in found if model is not None), None)
