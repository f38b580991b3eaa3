"""Everything that the command line prints."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Record = Mapping[str, Any]


def say(text: str) -> None:
    """Print one line of plain text."""
    Console(soft_wrap=True, highlight=False).print(escape(text))


def findings(sentences: Sequence[str]) -> None:
    """Print findings as a list."""
    console = Console(highlight=False)
    for sentence in sentences:
        console.print(f"• {escape(sentence)}")


def table(records: Sequence[Record], *, as_json: bool, title: str = "") -> None:
    """Print records as a table, or as JSON on stdout with nothing else beside it."""
    if as_json:
        typer.echo(json.dumps(list(records), ensure_ascii=False, indent=2))
        return
    if not records:
        say("Nothing to show.")
        return
    grid = Table(title=title or None, header_style="bold", title_justify="left")
    columns = list(records[0])
    for name in columns:
        numeric = isinstance(records[0][name], int | float)
        grid.add_column(name.replace("_", " "), justify="right" if numeric else "left")
    for record in records:
        grid.add_row(*(escape(_cell(record[name])) for name in columns))
    Console(highlight=False).print(grid)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
