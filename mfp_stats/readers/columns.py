"""Names of a file's columns: every one usable, told apart, and none changed silently."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.table import short


def usable_names(
    names: Sequence[str], rename: Mapping[int, str], *, most: int
) -> tuple[list[str], tuple[str, ...]]:
    """Return the names to use, and notes on every one that differs from the file's.

    A column without a name becomes ``column_12`` by its position (1 = first).

    Raises
    ------
    ImportRejected
        There are too many columns, or names stand twice or differ only in upper and lower case.
    """
    if len(names) > most:
        what = f"has {len(names):,} columns; at most {most:,} are read"
        fix = "Is the delimiter right? Keep only the columns of the survey."
        raise ImportRejected(Fault("", what, fix=fix))
    given = [rename.get(k, name).strip() for k, name in enumerate(names, 1)]
    faults = [*_bad_positions(rename, len(names)), *_clashes(given)]
    if faults:
        raise ImportRejected(faults)
    used = _fill_blanks(given)
    return used, tuple(_notes(names, used))


def _bad_positions(rename: Mapping[int, str], width: int) -> list[Fault]:
    what = f"there is no such column; the file has {width}"
    return [Fault("{rename}", f"column {k}: {what}") for k in rename if not 1 <= k <= width]


def _clashes(names: Sequence[str]) -> list[Fault]:
    places: dict[str, list[int]] = defaultdict(list)
    for k, name in enumerate(names, 1):
        if name:
            places[name.casefold()].append(k)
    faults = []
    for ks in places.values():
        if len(ks) > 1:
            spelled = {names[k - 1] for k in ks}
            shown = " and ".join(repr(short(s)) for s in sorted(spelled))
            said = "stands twice" if len(ks) == 2 else f"stands {len(ks)} times"
            what = (
                f"the name {shown} {said}" if len(spelled) == 1 else f"{shown} differ only in case"
            )
            where = "columns " + ", ".join(map(str, ks[:12]))
            fix = f"Rename one in the file, or give column {ks[1]} a name {{rename {ks[1]}}}."
            faults.append(Fault(where, what, fix=fix))
    return faults


def _fill_blanks(names: Sequence[str]) -> list[str]:
    taken = {name.casefold() for name in names}
    filled = []
    for k, name in enumerate(names, 1):
        new = name or f"column_{k}"
        while not name and new in taken:
            new += "_"
        filled.append(new)
    return filled


def _notes(names: Sequence[str], used: Sequence[str]) -> list[str]:
    blank = [new for old, new in zip(names, used, strict=True) if not old.strip()]
    spaced = [
        new for old, new in zip(names, used, strict=True) if old.strip() == new and old != new
    ]
    notes = []
    if blank:
        notes.append(f"{len(blank)} columns have no name and are called {', '.join(blank[:12])}")
    if spaced:
        notes.append(f"spaces around {len(spaced)} column names were left out")
    return notes
