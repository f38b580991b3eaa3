"""SPSS and Stata: codes as they are stored, with the labels beside them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyreadstat

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.columnar import to_texts
from mfp_stats.readers.table import Format, Parsed, numbered

_FIX: Final = "It may have been cut off while copying: copy or export it again."


def read_statistical(path: Path, fmt: Format) -> Parsed:
    """Read a .sav, .zsav or .dta file.

    Codes stay codes, also those that the file declares missing: what a code means is the
    mapping's business. Whole numbers are written without a decimal point.

    Raises
    ------
    ImportRejected
        The file is damaged or of a version that is not supported.
    """
    read = pyreadstat.read_sav if fmt is Format.SPSS else pyreadstat.read_dta
    try:
        frame, meta = read(str(path), user_missing=True, output_format="polars")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        name = "SPSS" if fmt is Format.SPSS else "Stata"
        raise ImportRejected(Fault("", f"is no readable {name} file: {error}", fix=_FIX)) from None
    except (ValueError, OverflowError, UnicodeError, TypeError) as error:
        raise ImportRejected(Fault("", f"cannot be read: {error}", fix=_FIX)) from None
    assert isinstance(frame, pl.DataFrame)
    if frame.height == 0:
        raise ImportRejected(Fault("", "has columns and no cases"))
    names = list(meta.column_names)
    return Parsed(
        format=fmt,
        names=names,
        frame=numbered(to_texts(frame)),
        lines=pl.int_range(1, frame.height + 1, eager=True, dtype=pl.Int64).alias("line"),
        unit="case",
        column_labels=_by_position(names, meta.column_names_to_labels),
        value_labels={
            k: {_code(code): str(label) for code, label in labels.items()}
            for k, labels in _by_position(names, meta.variable_value_labels).items()
        },
        declared_missing=_declared(names, meta),
    )


def _by_position(names: list[str], known: Mapping[str, Any]) -> dict[int, Any]:
    return {k: known[name] for k, name in enumerate(names) if known.get(name)}


def _code(code: object) -> str:
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


def _declared(names: list[str], meta: pyreadstat.metadata_container) -> dict[int, tuple[str, ...]]:
    """Return the codes declared missing; of a range the ends."""
    single = {
        k: tuple(dict.fromkeys(_code(end) for r in ranges for end in (r["lo"], r["hi"])))
        for k, ranges in _by_position(names, meta.missing_ranges).items()
    }
    users = _by_position(names, meta.missing_user_values)
    return single | {k: tuple(map(_code, codes)) for k, codes in users.items()}
