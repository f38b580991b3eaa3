"""Plain-language findings on which cruxes carry the gap between two groups of forecasters."""

from collections.abc import Iterator, Sequence
from math import floor, log10
from typing import Final

import polars as pl

from mfp_stats.quantities.cruxes import PARTS, Cruxes
from mfp_stats.views.findings import Row
from mfp_stats.views.words import (
    count,
    listed,
    number,
    points_after,
    quoted,
    some_of,
    span,
)

#: Cruxes of a kind that a list of findings tells each by itself.
NAMED: Final = 3
#: A change of mind by a smaller share of what is thought already tells nobody anything.
_NOTHING: Final = 0.01
#: What the computer's arithmetic leaves of nothing.
_NOISE: Final = 1e-12
#: Groups of so many people are few.
_FEW: Final = 30
OF_FEW: Final = (
    "These are few people, and nobody was drawn at random. Where answers of so few lie far apart, "
    "intervals hold the truth some eight times in ten, not nine."
)
#: Estimates of a crux that are differences between the groups.
_SIGNED: Final = ("gap", "carried", *PARTS, "gap_happens")


def describe_cruxes(found: Cruxes) -> list[str]:
    """Return sentences on how far two groups are apart, and what of that each crux carries."""
    if found.people.is_empty():
        return ["There is no crux on which enough people of both groups answered.", *found.notes]
    rows = found.split.to_dicts()
    higher = [_forward(row, found.groups) for row in rows if not _level(row)]
    if len({row["higher"] for row in higher}) == 1:  # the first sentence says which
        higher = [{**row, "higher": None} for row in higher]
    told = [
        *_gaps(rows, found.groups),
        *_verdicts(rows),
        *_carrying(higher),
        *_narrowing(higher),
        *_cancelling(rows, found.groups),
        *_none_clear(rows),
    ]
    told += [s for group in found.groups for s in _informing(found.people, group)]
    counted = [found.people["n"], *(found.split[n] for n in ("n_a", "n_b") if rows)]
    few = [OF_FEW] if min(min(n.to_list()) for n in counted) < _FEW else []
    return [*told, *found.notes, *few]


def out_of_100(row: Row, name: str, unit: str = "") -> str:
    """Return an estimate as ``3.1 (1.2–5.0)``, with a unit after the first number.

    It has two digits of the larger end, since outcomes may be rare.
    """
    low, high = (100 * row[f"{name}_{end}"] for end in ("q05", "q95"))
    return f"{_size(row, name)}{unit} ({span(low, high, _decimals(row, name))})"


def in_points(row: Row, name: str) -> str:
    """Return an estimate as ``3.1 points (1.2–5.0)``."""
    return out_of_100(row, name, f" {points_after(_size(row, name))}")


def _gaps(rows: Sequence[Row], groups: tuple[str, str]) -> Iterator[str]:
    """Yield which group thinks the outcome the more probable, and by how much."""
    apart = [_forward(row, groups) for row in rows if not _level(row)]
    for higher, lower in (groups[::-1], groups):
        clear = sorted((r for r in apart if r["higher"] == higher), key=lambda r: r["gap_mean"])
        if not clear:
            continue
        beside = _of(len(clear), len(rows))
        if len(clear) < len(apart) and len(clear) <= NAMED:
            beside = _named(clear)
        by = f"by {in_points(clear[0], 'gap')}"
        if (most := f"by {in_points(clear[-1], 'gap')}") != by:
            by += f" beside the one where they are nearest, {most} beside the one where they are "
            by += "farthest apart"
        yield (
            f"{quoted(higher)} think the outcome more probable than {quoted(lower)} do beside "
            f"{beside}: {by}."
        )
    if level := [row for row in rows if _level(row)]:
        yield f"The forecasts cannot tell whether the groups are apart beside {_named(level)}."


def _verdicts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield beside which cruxes the crux has the larger part in the gap, or has it not."""
    of = {name: [r for r in rows if r["verdict"] == name] for name in ("without", "crux")}
    if of["without"]:
        yield (
            f"Beside {_of(len(of['without']), len(rows))} more of the gap is there without the "
            "crux than the crux carries: it would be there if the crux were known not to happen."
        )
    if of["crux"]:
        yield f"More of the gap than is there without the crux is carried by {_named(of['crux'])}."
    if unsure := [r for r in rows if r["verdict"] == "cannot_tell" and not _level(r)]:
        yield (
            "The forecasts cannot tell whether more of the gap is carried by the crux or there "
            f"without it beside {_named(unsure)}."
        )


def _carrying(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the cruxes that surely carry some of the gap, and how; the gap is above 0 in all."""
    carrying = [row for row in rows if row["clear"] and row["carried_mean"] > 0]
    for row in carrying[:NAMED]:
        whole = f"of a gap of {_size(row, 'gap')}"
        if row["without_mean"] < 0:
            whole = f"more than the gap of {_size(row, 'gap')}"
        if row["higher"]:
            whole += f" by which {quoted(row['higher'])} are higher"
        if row["without_q95"] < 0:
            whole += ", as what they expect without it differs the other way round"
        yield f"{quoted(row['crux'])} carries {in_points(row, 'carried')}, {whole}: {_how(row)}."
    if more := carrying[NAMED:]:
        yield f"Some of the gap is carried by {_named(more)} too."


def _narrowing(rows: Sequence[Row]) -> Iterator[str]:
    """Yield the cruxes that surely work against the gap, which is above 0 in all."""
    narrowing = [row for row in reversed(rows) if row["clear"] and row["carried_mean"] < 0]
    for row in narrowing[:NAMED]:
        taken = _turned(row)
        which = f" by which {quoted(row['higher'])} are higher" if row["higher"] else ""
        yield (
            f"{quoted(row['crux'])} narrows the gap{which} by {in_points(taken, 'carried')}, to "
            f"{_size(row, 'gap')}: {_how(taken)}. If it happened, "
            f"{_apart(row, 'gap_happens')}; if it did not, {_apart(row, 'without')}."
        )
    if more := narrowing[NAMED:]:
        yield f"The gap is narrowed by {_named(more)} too."


def _how(row: Row) -> str:
    """Return by what a crux carries its part."""
    parts = [
        f"{in_points(row, 'event')} by whether it will happen",
        f"{in_points(row, 'effect')} by what it would change",
    ]
    if max(abs(row[f"dependence_{end}"]) for end in ("q05", "q95")) > 0:
        parts.append(f"{in_points(row, 'dependence')} by how the two go together within groups")
    return listed(parts)


def _cancelling(rows: Sequence[Row], groups: tuple[str, str]) -> Iterator[str]:
    """Yield cruxes that surely carry something although the groups may not be apart in all."""
    for row in rows:
        if not (_level(row) and row["clear"]):
            continue
        forward = row["carried_mean"] > 0
        higher, lower = groups[::-1] if forward else groups
        part = row if forward else _turned(row)
        yield (
            f"{quoted(row['crux'])} by itself lets {quoted(higher)} think the outcome more "
            f"probable than {quoted(lower)} do, by {in_points(part, 'carried')}; if it did not "
            f"happen, {_apart(part, 'without')}."
        )


def _none_clear(rows: Sequence[Row]) -> Iterator[str]:
    if rows and not any(row["clear"] for row in rows):
        among = "" if len(rows) == 1 else f", with {count(len(rows))} of them looked at"
        yield f"No crux surely carries any of the gap or narrows it{among}."


def _informing(people: pl.DataFrame, group: str) -> Iterator[str]:
    """Yield the cruxes that would tell a group's median forecaster most."""
    own = people.filter(pl.col("group") == group).sort("information", descending=True).to_dicts()
    told = [row for row in own if row["information"] > _NOTHING * row["outcome"]]
    if not told:
        yield (
            f"No crux by itself would tell half of {quoted(group)} anything: whether it happens "
            "would change how probable they think the outcome by less than a hundredth of that."
        )
        return
    first, *rest = told[:NAMED]
    by = in_points({**first, "information_mean": first["information"]}, "information")
    if len(own) == 1:
        yield (
            f"Whether {quoted(first['crux'])} happens would change the mind of the median "
            f"forecaster among {quoted(group)} by {by}."
        )
        return
    most = f"{quoted(first['crux'])} would tell most"
    if rest and first["information_q05"] <= rest[0]["information"]:
        most = f"{quoted(first['crux'])} may tell most, or {_either(rest)}"
    yield (
        f"To {quoted(group)} {most}: whether {quoted(first['crux'])} happens would change the "
        f"median forecaster's mind by {by}."
    )


def _either(rows: Sequence[Row]) -> str:
    return " or ".join(quoted(row["crux"]) for row in rows)


def _level(row: Row) -> bool:
    """Whether the groups may not be apart."""
    return bool(row["gap_q05"] <= 0 <= row["gap_q95"])


def _forward(row: Row, groups: tuple[str, str]) -> Row:
    """Return a row whose gap is above 0, turned where need be, with the group that is higher."""
    if row["gap_mean"] > 0:
        return {**row, "higher": groups[1]}
    return {**_turned(row), "higher": groups[0]}


def _turned(row: Row) -> Row:
    """Return a row with the groups in the other order."""
    turned = dict(row)
    for name in _SIGNED:
        turned[f"{name}_mean"] = -row[f"{name}_mean"]
        turned[f"{name}_q05"], turned[f"{name}_q95"] = -row[f"{name}_q95"], -row[f"{name}_q05"]
    return turned


def _apart(row: Row, name: str) -> str:
    """Return how far the groups would be apart by an estimate that may be of either sign."""
    if row[f"{name}_q05"] > 0:
        return f"they would be {in_points(row, name)} apart"
    if row[f"{name}_q95"] < 0:
        return f"they would be {in_points(_turned(row), name)} apart the other way round"
    low, high = (100 * row[f"{name}_{end}"] for end in ("q05", "q95"))
    return f"they may be apart or not ({span(low, high, _decimals(row, name))} points)"


def _of(some: int, total: int) -> str:
    return some_of(some, total, "crux", "cruxes")


def _named(rows: Sequence[Row]) -> str:
    return listed([quoted(row["crux"]) for row in rows])


def _size(row: Row, name: str) -> str:
    return number(100 * row[f"{name}_mean"], _decimals(row, name))


def _decimals(row: Row, name: str) -> int:
    largest = max(abs(row[f"{name}_{end}"]) for end in ("mean", "q05", "q95"))
    return 0 if largest < _NOISE else min(max(-1 - floor(log10(largest)), 0), 9)
