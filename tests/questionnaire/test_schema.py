"""The JSON Schema for editors fits the shipped files and is as strict as the loader."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from mfp_stats.questionnaire import json_schema

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
FILES = sorted(SURVEYS.glob("*/questionnaire.yaml"))


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Check the part of JSON Schema that the schema uses."""
    if "$ref" in schema:
        return fits(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in schema and not any(fits(value, one, root) for one in schema["anyOf"]):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "boolean": bool,
        "null": type(None),
        "integer": int,
        "number": (int, float),
    }
    kind = schema.get("type")
    if kind is not None and not isinstance(value, kinds[kind]):
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        return all(fits(entry, schema.get("items", {}), root) for entry in value)
    return not isinstance(value, dict) or object_fits(value, schema, root)


def object_fits(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    named = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    patterns = schema.get("patternProperties", {})
    if not set(schema.get("required", ())) <= set(value):
        return False
    for key, inner in value.items():
        matching = [s for pattern, s in patterns.items() if re.search(pattern, str(key))]
        if key in named:
            matching = [named[key]]
        if not matching and rest is False:
            return False
        matching = matching or ([rest] if isinstance(rest, dict) else [])
        if not all(fits(inner, one, root) for one in matching):
            return False
    return True


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_shipped_files_fit(file):
    document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    schema = json_schema()
    for key, value in document.items():
        assert fits(value, schema["properties"][key], schema), key
    assert fits(document, schema, schema)


def test_it_refuses_what_the_loader_refuses(document):
    schema = json_schema()
    assert fits(document, schema, schema)
    for alter in ({"valeus": {}}, {"blocks": {}}, {"source": "import"}, {"survey": "Has Space"}):
        assert not fits({**document, **alter}, schema, schema), alter
    assert not fits({"survey": "x", "title": "X"}, schema, schema)


def test_the_starter_brings_the_current_schema():
    file = SURVEYS / "starter" / "questionnaire.schema.json"
    fresh = json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"
    how = "write json.dumps(json_schema(), indent=1, ensure_ascii=False) to it"
    assert file.read_text(encoding="utf-8") == fresh, how


def test_every_part_is_described_and_it_is_json():
    schema = json_schema()
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"].endswith("2020-12/schema")
    assert all(part.get("description") for part in schema["$defs"].values() if "enum" not in part)
