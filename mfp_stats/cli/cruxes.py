"""``mfp cruxes``: which cruxes carry a disagreement, from a file of conditional forecasts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import ValidationError

from mfp_stats.cli import output
from mfp_stats.cli.options import Json
from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.conditional_forecasts import LEAST_FLOOR
from mfp_stats.quantities.cruxes import FLOOR, PARTS, Cruxes
from mfp_stats.readers import ReadOptions
from mfp_stats.views.crux_findings import describe_cruxes, out_of_100
from mfp_stats.workflow.cruxes import cruxes_in

#: Estimates that a terminal has room for; JSON holds all of them.
_PRINTED: Final = ("gap", "carried", *PARTS)


def cruxes(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV, Parquet, Excel, SPSS .sav or Stata .dta; a row a person and crux."
        ),
    ],
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            help="One of the two to compare, given twice; if left out, the two there are.",
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            help="The file's name of a column, as group=Camp; may be given several times. "
            "Otherwise they are called person, group, crux, outcome, probability and conditional.",
        ),
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(
            help="What stands for a probability that was not given, as NA, beside an empty cell; "
            "may be given several times."
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook with several.")] = None,
    delimiter: Annotated[
        str | None,
        typer.Option(help="What stands between a text file's cells; found if left out."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of a text file, as cp1252; found if left out.")
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            help="A new name of a column by its position, as 3=camp, where two are called the "
            "same; may be given several times."
        ),
    ] = None,
    floor: Annotated[
        int,
        typer.Option(
            help="Cruxes on which so many people or fewer of a group answered are left out; "
            f"{LEAST_FLOOR} or more."
        ),
    ] = FLOOR,
    as_json: Json = False,
) -> None:
    """Tell which cruxes carry a disagreement between two groups of forecasters.

    For a table of conditional forecasts: of each person and event (the crux), how probable an
    outcome is to them, how probable the event, and how probable the outcome would be if the event
    happened. The gap between the groups is divided between what the crux carries (by whether it
    will happen, by what it would change, and by how the two go together) and what is expected
    without it. Nothing is stored.
    """
    found = cruxes_in(
        file,
        groups=groups or [],
        columns=_pairs(columns or [], "columns", example="--column group=Camp"),
        missing=missing or [],
        floor=floor,
        options=_options(delimiter, encoding, sheet, rename or []),
    )
    if as_json:
        output.warn(found.notes)
        output.as_json(_records(found))
        return
    one, other = found.groups
    output.say(f"{file.name}: how probable the outcome is, “{other}” less “{one}”, out of 100")
    output.findings(describe_cruxes(found))
    if not found.split.is_empty():
        output.table([_line(row) for row in found.split.to_dicts()])


def _options(
    delimiter: str | None, encoding: str | None, sheet: str | None, rename: Sequence[str]
) -> ReadOptions:
    """Gather how the file is to be read; raise ChoiceError with every fault."""
    positions = _pairs(rename, "names", example="--rename 3=camp")
    faults = [
        Fault(f"--rename {name}", "is no position of a column", fix="Count columns from 1.")
        for name in positions
        if not (name.isascii() and name.isdecimal())
    ]
    if faults:
        raise ChoiceError(faults)
    names = {int(position): name for position, name in positions.items()}
    try:
        return ReadOptions(delimiter=delimiter, encoding=encoding, sheet=sheet, rename=names)
    except ValidationError:  # nothing else of it can be wrong
        fix = "Give one ASCII character other than a quote, or leave it out."
        what = f"{delimiter!r} cannot stand between cells"
        raise ChoiceError(Fault("--delimiter", what, fix=fix)) from None


def _pairs(texts: Sequence[str], given: str, *, example: str) -> dict[str, str]:
    """Read ``what=given`` of several columns; raise ChoiceError with every fault."""
    halves = (text.partition("=") for text in texts)
    pairs = [(what.strip(), its.strip()) for what, _, its in halves]
    wrong = [
        Fault(repr(text), "does not say which column it is", fix=f"As {example}.")
        for text, pair in zip(texts, pairs, strict=True)
        if not all(pair)
    ]
    names = [pair[0] for pair in pairs]
    wrong += [
        Fault(name, f"is given several {given}", fix="Name one.")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if wrong:
        raise ChoiceError(wrong)
    return dict(pairs)


def _records(found: Cruxes) -> list[dict[str, Any]]:
    """Return flat records: ``kind`` gap, one a crux, and group, one a crux and group."""
    one, other = found.groups
    gaps = [
        {"kind": "gap", "group_a": one, "group_b": other, **row} for row in found.split.to_dicts()
    ]
    return [*gaps, *({"kind": "group", **row} for row in found.people.to_dicts())]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    estimates = {name: out_of_100(row, name) for name in _PRINTED}
    return {"crux": row["crux"], **estimates, "verdict": row["verdict"]}
