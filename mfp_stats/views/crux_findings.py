"""Plain-language findings on which cruxes carry the gap between two groups of forecasters."""

from collections.abc import Iterator, Sequence
from math import floor, log10
from typing import Final

import polars as pl

from mfp_stats.quantities.cruxes import Cruxes
from mfp_stats.views.findings import Row
from mfp_stats.views.words import count, listed, number, quoted, span

#: Cruxes of a kind that a list of findings tells each by itself.
NAMED: Final = 3
#: A change of mind by less than a hundredth of a point tells nobody anything.
_NOTHING: Final = 1e-4
SAMPLE: Final = (
    "Intervals say how far other people like these would answer otherwise, and with so few as some "
    "of these they are rather too narrow; nobody was drawn at random."
)
#: Groups of so many people are few for a bootstrap.
_FEW: Final = 30


def describe_cruxes(found: Cruxes) -> list[str]:
    """Return sentences on how far two groups are apart, and what of that each crux carries."""
    if found.people.is_empty():
        return ["There is no crux on which enough people of both groups answered.", *found.notes]
    rows = found.split.to_dicts()
    told = [*_gaps(rows, found.groups), *_without(rows), *_carrying(rows), *_narrowing(rows)]
    told += [s for group in found.groups for s in _informing(found.people, group)]
    few = found.people["n"].min()
    return [*told, *found.notes, *([SAMPLE] if isinstance(few, int) and few < _FEW else [])]


def _gaps(rows: Sequence[Row], groups: tuple[str, str]) -> Iterator[str]:
    """Yield which group thinks the outcome the more probable, and by how much."""
    for higher, lower, sign in ((groups[1], groups[0], 1), (groups[0], groups[1], -1)):
        there = [_turned(row, sign) for row in rows]
        clear = sorted((r for r in there if r["gap_q05"] > 0), key=lambda r: r["gap_mean"])
        if not clear:
            continue
        least, most = clear[0], clear[-1]
        by = f"by {_points(least, 'gap')}"
        if len(clear) > 1:
            by += f" beside the one where they are nearest, by {_points(most, 'gap')} beside the "
            by += "one where they are farthest apart"
        yield (
            f"{quoted(higher)} think the outcome more probable than {quoted(lower)} do beside "
            f"{_of(len(clear), len(rows))}: {by}."
        )
    if lost := [row for row in rows if row["gap_q05"] <= 0 <= row["gap_q95"]]:
        yield (f"The forecasts cannot tell whether the groups are apart beside {_named(lost)}.")


def _without(rows: Sequence[Row]) -> Iterator[str]:
    """Yield where most of the gap is no matter of the crux."""
    if beside := [row for row in rows if row["verdict"] == "without"]:
        yield (
            f"Beside {_of(len(beside), len(rows))} most of the gap lies in what they expect "
            "without it, and would be there if it were known not to happen."
        )
    if open_ := [r for r in rows if r["verdict"] == "cannot_tell" and not _level(r)]:
        yield f"The forecasts cannot tell what carries most of the gap beside {_named(open_)}."


def _carrying(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the cruxes that carry most of the gap, and how."""
    signed = [_turned(row, -1 if row["gap_mean"] < 0 else 1) for row in rows if not _level(row)]
    carrying = [row for row in signed if row["carried_q05"] > 0]
    if signed and not carrying:
        yield "No crux can be told to carry any of the gap."
    for row in carrying[:NAMED]:
        yield (
            f"{quoted(row['crux'])} carries {_points(row, 'carried')} of "
            f"{_size(row, 'gap')}, of which {_points(row, 'event')} by whether it will happen and "
            f"{_points(row, 'effect')} by what it would change."
        )
    if len(carrying) > NAMED:
        more = [quoted(row["crux"]) for row in carrying[NAMED:]]
        yield f"Some of the gap is carried by {listed(more)} too."


def _narrowing(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the cruxes by which groups that disagree otherwise come closer."""
    signed = [_turned(row, -1 if row["gap_mean"] < 0 else 1) for row in rows if not _level(row)]
    against = [row for row in reversed(signed) if row["carried_q95"] < 0]
    for row in against[:NAMED]:
        yield (
            f"{quoted(row['crux'])} works against the gap: they would be "
            f"{_points(row, 'gap_happens')} apart if it happened, and {_points(row, 'without')} if "
            "it did not."
        )
    if len(against) > NAMED:
        more = [quoted(row["crux"]) for row in against[NAMED:]]
        yield f"So do{'es' if len(more) == 1 else ''} {listed(more)}."


def _informing(people: pl.DataFrame, group: str) -> Iterator[str]:
    """Yield the cruxes that would tell a group's median forecaster most."""
    own = people.filter(pl.col("group") == group).sort("information", descending=True).to_dicts()
    told = [row for row in own if row["information"] >= _NOTHING]
    if not told:
        yield (
            f"To half or more of {quoted(group)} no crux would tell anything: whether it happens "
            "would change their mind by less than 0.01 points."
        )
        return
    first, *rest = told[:NAMED]
    more = f"; next come {listed([quoted(row['crux']) for row in rest])}" if rest else ""
    median = {**first, "information_mean": first["information"]}
    yield (
        f"To {quoted(group)} {quoted(first['crux'])} would tell most: whether it happens would "
        f"change the median forecaster's mind by {_points(median, 'information')}{more}."
    )


def _level(row: Row) -> bool:
    return bool(row["gap_q05"] <= 0 <= row["gap_q95"])


def _turned(row: Row, sign: int) -> Row:
    """Return a row with the groups in the other order where ``sign`` is −1."""
    if sign > 0:
        return row
    turned = dict(row)
    for name in ("gap", "carried", "event", "effect", "without", "gap_happens"):
        turned[f"{name}_mean"] = -row[f"{name}_mean"]
        turned[f"{name}_q05"], turned[f"{name}_q95"] = -row[f"{name}_q95"], -row[f"{name}_q05"]
    return turned


def _of(some: int, total: int) -> str:
    if total == 1:
        return "the one crux"
    if some == total:
        return f"{'both' if total == 2 else f'all {count(total)}'} cruxes"
    return f"{count(some)} of {count(total)} cruxes"


def _named(rows: Sequence[Row]) -> str:
    return listed([quoted(row["crux"]) for row in rows])


def _size(row: Row, name: str) -> str:
    return number(100 * row[f"{name}_mean"], _decimals(row, name))


def _points(row: Row, name: str) -> str:
    """Return ``3.1 points (1.2–5.0)``; two digits of the larger end, since outcomes may be rare."""
    decimals = _decimals(row, name)
    low, high = (100 * row[f"{name}_{end}"] for end in ("q05", "q95"))
    return f"{_size(row, name)} points ({span(low, high, decimals)})"


def _decimals(row: Row, name: str) -> int:
    largest = max(abs(100 * row[f"{name}_{end}"]) for end in ("q05", "q95"))
    return 0 if largest == 0 else min(max(1 - floor(log10(largest)), 0), 4)
