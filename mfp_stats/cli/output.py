"""Everything that the command line prints."""

import json
import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final, Literal

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

from mfp_stats.errors import Fault, ProjectError
from mfp_stats.project import require_writable
from mfp_stats.views.words import interval

Record = Mapping[str, Any]
#: Letters of a word that is not broken.
_WORD: Final = 16
#: A cell that begins with a number, or has none.
_NUMBERS: Final = re.compile(r"[−\-]?\d|–$")
#: Room for a line of a table that is not printed to a terminal: more than any needs.
PIPED: Final = 2_000


def say(text: str) -> None:
    """Print one line of plain text."""
    _console(soft_wrap=True).print(escape(text))


def _console(**options: Any) -> Console:  # noqa: ANN401 - rich's own options
    """Return where to print; texts are printed as they are, ``:o:`` in a label too."""
    return Console(highlight=False, emoji=False, **options)


def findings(sentences: Sequence[str]) -> None:
    """Print findings as a list."""
    console = _console()
    # A file or another program has no edge to fold lines at.
    whole = not console.file.isatty()
    for sentence in sentences:
        console.print(f"• {escape(sentence)}", soft_wrap=whole)


def heading(text: str) -> None:
    """Print a heading."""
    _console().print(f"\n[bold]{escape(text)}[/bold]")


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
    """Print records as a table, or one below the other where a terminal is too narrow for that."""
    if not records:
        say("Nothing to show.")
        return
    console = _console()
    if not console.file.isatty():  # a file or another program has no edge to fold lines at
        console = _console(width=PIPED)
    grid = _grid(records)
    wide = console.options.update(max_width=PIPED)
    if Measurement.get(console, wide, grid).minimum <= console.width:
        console.print(grid)
        return
    for record in records:
        cells = (f"[bold]{_heading(name)}[/bold] {escape(_cell(v))}" for name, v in record.items())
        console.print("\n" + " · ".join(cells))


def _grid(records: Sequence[Record]) -> Table:
    """Return records as a table in which no number is folded: half of one would be another."""
    grid = Table(header_style="bold")
    for name in records[0]:
        numeric = any(isinstance(record[name], int | float) for record in records)
        justify: Literal["left", "right"] = "right" if numeric else "left"
        cells = [_cell(record[name]) for record in records]
        whole = all(_NUMBERS.match(cell) for cell in cells)
        words = [*_heading(name).split(), *(word for cell in cells for word in cell.split())]
        widest = max(cell_len(text) for text in (cells if whole else words))
        least = widest if whole else min(widest, _WORD)
        grid.add_column(
            _heading(name), justify=justify, overflow="fold", no_wrap=whole, min_width=least
        )
    for record in records:
        grid.add_row(*(escape(_cell(value)) for value in record.values()))
    return grid


def _heading(name: str) -> str:
    return name.removesuffix("_label").replace("_", " ")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
