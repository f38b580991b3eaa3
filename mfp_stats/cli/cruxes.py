"""What ``mfp cruxes`` prints."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from mfp_stats.cli import output
from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.cruxes import Cruxes
from mfp_stats.views.crux_findings import describe_cruxes, out_of_100
from mfp_stats.workflow.cruxes import cruxes_in

#: Estimates that a terminal has room for; JSON holds all of them.
_PRINTED: Final = ("gap", "carried", "event", "effect", "without")


def run_cruxes(
    file: Path,
    *,
    groups: Sequence[str],
    columns: Sequence[str],
    missing: Sequence[str],
    floor: int,
    sheet: str | None,
    as_json: bool,
) -> None:
    """Print what each crux carries of the gap between two groups of forecasters.

    ``columns`` holds names as ``group=Camp``.
    """
    found = cruxes_in(
        file,
        groups=groups,
        columns=_columns(columns),
        missing=missing,
        floor=floor,
        sheet=sheet,
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


def _columns(texts: Sequence[str]) -> dict[str, str]:
    """Read ``name=column`` of several columns."""
    halves = (text.partition("=") for text in texts)
    pairs = [(name.strip(), column.strip()) for name, _, column in halves]
    wrong = [
        Fault(repr(text), "does not say which column it is", fix="As --column group=Camp.")
        for text, pair in zip(texts, pairs, strict=True)
        if not all(pair)
    ]
    names = [pair[0] for pair in pairs]
    wrong += [
        Fault(name, "is given several columns", fix="Name one.")
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
