"""Everything that the command line prints."""

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mfp_stats.errors import Fault, ProjectError
from mfp_stats.project import require_writable
from mfp_stats.views.words import interval

Record = Mapping[str, Any]
#: Room for a line of a table that is not printed to a terminal: more than any needs.
PIPED: Final = 2_000


def say(text: str) -> None:
    """Print one line of plain text."""
    Console(soft_wrap=True, highlight=False).print(escape(text))


def findings(sentences: Sequence[str]) -> None:
    """Print findings as a list."""
    console = Console(highlight=False)
    for sentence in sentences:
        console.print(f"• {escape(sentence)}")


def heading(text: str) -> None:
    """Print a heading."""
    Console(highlight=False).print(f"\n[bold]{escape(text)}[/bold]")


def warn(sentences: Sequence[str]) -> None:
    """Print sentences on stderr, where they are in nobody's way who reads stdout."""
    for sentence in sentences:
        typer.echo(sentence, err=True)


def as_json(records: Sequence[Record]) -> None:
    """Print records as JSON on stdout, with nothing else beside it."""
    typer.echo(json_text(list(records)))


def require_file(file: Path) -> None:
    """Find out before long work that a file cannot be written.

    Raises
    ------
    ProjectError
        It is a folder, or its folder cannot be made or written.
    """
    if file.is_dir():
        raise ProjectError(Fault(str(file), "is a folder; name a file", fix="Nothing was done."))
    require_writable(file.absolute().parent)


def json_to(file: Path, content: object) -> None:
    """Write JSON to a file.

    Raises
    ------
    ProjectError
        It cannot be written.
    """
    try:
        file.write_text(json_text(content), encoding="utf-8")
    except OSError as error:
        raise ProjectError(Fault(str(file), f"cannot be written: {error.strerror}")) from error


def json_text(content: object) -> str:
    """Return JSON text, with null for numbers that JSON has not (NaN, infinity)."""
    return json.dumps(_finite(content), ensure_ascii=False, indent=2, allow_nan=False)


def _finite(content: object) -> object:
    match content:
        case Mapping():
            return {key: _finite(value) for key, value in content.items()}
        case list():
            return [_finite(value) for value in content]
        case float():
            return content if isfinite(content) else None
        case _:
            return content


def estimate(record: Record, name: str) -> Any:  # noqa: ANN401 - a record's own types
    """Return a column of a record, an estimate as ``mean (q05–q95)`` in one cell."""
    if name in record:
        return record[name]
    prefix = "" if name == "share" else f"{name}_"
    if f"{prefix}mean" not in record:
        return None
    mean, low, high = (record[f"{prefix}{end}"] for end in ("mean", "q05", "q95"))
    return None if mean is None else interval(mean, low, high)


def table(records: Sequence[Record]) -> None:
    """Print records as a table."""
    if not records:
        say("Nothing to show.")
        return
    grid = Table(header_style="bold")
    for name, value in records[0].items():
        numeric = isinstance(value, int | float)
        label = name.removesuffix("_label").replace("_", " ")
        # What has no room goes to a next line: half a number would be another number.
        grid.add_column(label, justify="right" if numeric else "left", overflow="fold")
    for record in records:
        grid.add_row(*(escape(_cell(value)) for value in record.values()))
    console = Console(highlight=False)
    if not console.is_terminal:  # a file or another program has no edge to fold lines at
        console = Console(highlight=False, width=PIPED)
    console.print(grid)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
