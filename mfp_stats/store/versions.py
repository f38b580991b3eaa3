"""Publish questionnaire versions and read them back; a published version never changes."""

from collections.abc import Mapping
from typing import Any, Final

import duckdb
from pydantic import TypeAdapter, ValidationError

from mfp_stats.errors import Fault, StoreError
from mfp_stats.questionnaire.model import ItemType, Questionnaire
from mfp_stats.store.clock import utc_now
from mfp_stats.store.database import one_row
from mfp_stats.store.layout import Column, Layout

Cursor = duckdb.DuckDBPyConnection

_QUESTIONNAIRE: Final = TypeAdapter(Questionnaire)


def document_of(questionnaire: Questionnaire) -> str:
    """Return the whole questionnaire, as expanded, as JSON in its own order.

    A hand-built questionnaire may hold 0 for False; that is no cause for a warning.
    """
    return _QUESTIONNAIRE.dump_json(questionnaire, warnings="none").decode()


def questionnaire_from(document: str) -> Questionnaire:
    """Undo :func:`document_of`.

    Raises
    ------
    StoreError
        It was published by a release whose questionnaires are not those of this one.
    """
    try:
        return _QUESTIONNAIRE.validate_json(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"a stored version cannot be read by this release: {first['msg']}"
        raise StoreError(Fault(f"questionnaire, {where}", what)) from error


def layout_to_json(layout: Layout) -> dict[str, Any]:
    """Return a layout as plain lists and dicts, for the journal."""
    return {
        "survey": layout.survey,
        "hash": layout.hash,
        "columns": [[c.item, c.part, c.type.value] for c in layout.columns],
        "options": {item: list(names) for item, names in layout.options.items()},
    }


def layout_from_json(content: Mapping[str, Any]) -> Layout:
    """Undo :func:`layout_to_json`."""
    columns = tuple(
        Column(position, item, part, ItemType(kind))
        for position, (item, part, kind) in enumerate(content["columns"])
    )
    options = {item: tuple(names) for item, names in content["options"].items()}
    return Layout(content["survey"], content["hash"], columns, options)


def publish_layout(cursor: Cursor, layout: Layout, document: str) -> int:
    """Add a version, and its survey where that is new; return the version's key.

    Raises
    ------
    StoreError
        A version with other columns or options is stored under the same hash.
    """
    if (stored := version_key(cursor, layout.hash)) is not None:
        if stored_layout(cursor, stored) != layout:
            what = "another questionnaire is published under this hash; a version never changes"
            where = f"survey {layout.survey!r}, version {layout.hash[:12]}"
            raise StoreError(Fault(where, what))
        return stored
    survey = _survey_key(cursor, layout.survey)
    version = next_key(cursor, "questionnaire_versions")
    cursor.execute(
        "INSERT INTO questionnaire_versions VALUES (?, ?, ?, ?, ?)",
        [version, survey, layout.hash, document, utc_now()],
    )
    _insert_layout(cursor, version, layout)
    return version


def _survey_key(cursor: Cursor, name: str) -> int:
    if (found := survey_key(cursor, name)) is not None:
        return found
    key = next_key(cursor, "surveys")
    cursor.execute("INSERT INTO surveys VALUES (?, ?)", [key, name])
    return key


def _insert_layout(cursor: Cursor, version: int, layout: Layout) -> None:
    columns = layout.columns
    firsts = {c.item: c for c in reversed(columns)}.values()
    _insert_many(
        cursor,
        "INSERT INTO items SELECT ?, unnest(?::SMALLINT[]), unnest(?::VARCHAR[]),"
        " unnest(?::VARCHAR[])",
        version,
        [(c.position, c.item, c.type.value) for c in firsts],
    )
    _insert_many(
        cursor,
        "INSERT INTO parts SELECT ?, unnest(?::SMALLINT[]), unnest(?::VARCHAR[]),"
        " unnest(?::VARCHAR[])",
        version,
        [(c.position, c.item, c.part) for c in columns],
    )
    _insert_many(
        cursor,
        "INSERT INTO options SELECT ?, unnest(?::VARCHAR[]), unnest(?::SMALLINT[]),"
        " unnest(?::VARCHAR[])",
        version,
        [(item, k, name) for item, names in layout.options.items() for k, name in enumerate(names)],
    )


def _insert_many(
    cursor: Cursor, statement: str, version: int, rows: list[tuple[object, ...]]
) -> None:
    """Insert rows by three lists in one statement; row by row is far slower."""
    first, second, third = ([row[k] for row in rows] for k in range(3))
    cursor.execute(statement, [version, first, second, third])


def survey_key(cursor: Cursor, name: str) -> int | None:
    """Return the key of a survey, None where the store has none of that name."""
    row = one_row(cursor, "SELECT id FROM surveys WHERE name = ?", [name])
    return None if row is None else int(row[0])


def version_key(cursor: Cursor, hash_: str) -> int | None:
    """Return the key of a published version, None where there is none with that hash."""
    row = one_row(cursor, "SELECT id FROM questionnaire_versions WHERE hash = ?", [hash_])
    return None if row is None else int(row[0])


def versions_of(cursor: Cursor, survey: int) -> tuple[int, ...]:
    """Return the keys of a survey's versions in the order in which they were published."""
    found = cursor.execute(
        "SELECT id FROM questionnaire_versions WHERE survey = ? ORDER BY id", [survey]
    ).fetchall()
    return tuple(int(key) for (key,) in found)


def stored_layout(cursor: Cursor, version: int) -> Layout:
    """Read the layout of a published version."""
    head = one_row(
        cursor,
        "SELECT surveys.name, hash FROM questionnaire_versions AS versions"
        " JOIN surveys ON surveys.id = versions.survey WHERE versions.id = ?",
        [version],
    )
    assert head is not None
    columns = cursor.execute(
        "SELECT parts.position, item, part, type FROM parts JOIN items"
        " ON items.version = parts.version AND items.name = parts.item"
        " WHERE parts.version = ? ORDER BY parts.position",
        [version],
    ).fetchall()
    options: dict[str, tuple[str, ...]] = {}
    for item, name in cursor.execute(
        "SELECT item, name FROM options WHERE version = ? ORDER BY item, code", [version]
    ).fetchall():
        options[item] = (*options.get(item, ()), name)
    laid = tuple(Column(k, item, part, ItemType(kind)) for k, item, part, kind in columns)
    return Layout(head[0], head[1], laid, options)


def stored_document(cursor: Cursor, version: int) -> str:
    """Return the JSON of a published version."""
    row = one_row(cursor, "SELECT document FROM questionnaire_versions WHERE id = ?", [version])
    assert row is not None
    return str(row[0])


def next_key(cursor: Cursor, table: str) -> int:
    """Return the next free key of one of the store's own tables; only the writer may ask."""
    row = one_row(cursor, f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608
    assert row is not None
    return int(row[0])
