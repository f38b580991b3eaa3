"""Tables that come with types of their own: Parquet, and the frames of other readers."""

from pathlib import Path

import polars as pl

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.readers.table import Format, Parsed, numbered

_MOST_WHOLE = 2**53


def read_parquet(path: Path) -> Parsed:
    """Read a Parquet file.

    Raises
    ------
    ImportRejected
        The file is damaged, has no rows, or has nested columns.
    """
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        said = str(error).split("\n", 1)[0]
        fix = "It may have been cut off while copying: copy or export it again."
        raise ImportRejected(Fault("", f"is no readable Parquet: {said}", fix=fix)) from None
    if faults := [
        Fault(f"column {name}", f"holds {dtype}, not one value a cell", fix="Flatten it first.")
        for name, dtype in frame.schema.items()
        if dtype.is_nested() or dtype == pl.Binary
    ]:
        raise ImportRejected(faults)
    if frame.is_empty():
        raise ImportRejected(Fault("", "has columns and no rows"))
    lines = pl.int_range(1, frame.height + 1, eager=True, dtype=pl.Int64).alias("line")
    names = frame.columns
    return Parsed(Format.PARQUET, names, numbered(to_texts(frame)), lines, "row")


def to_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return every column as texts: whole numbers without a point, NaN and "" as null."""
    objects = [name for name, dtype in frame.schema.items() if dtype == pl.Object]
    frame = frame.with_columns(_object_texts(frame[name]) for name in objects)
    return frame.select(_texts(pl.col(name), dtype) for name, dtype in frame.schema.items())


def _texts(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype.is_float():
        column = column.fill_nan(None)
        whole = (column == column.round()) & (column.abs() < _MOST_WHOLE)
        texts = pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String))
        return texts.otherwise(column.cast(pl.String))
    column = column.cast(pl.String)
    return pl.when(column != "").then(column)


def _object_texts(series: pl.Series) -> pl.Series:
    """Stata's extended missing codes (.a to .z) stand as letters among numbers."""
    texts = [None if v is None else f"{v:g}" if isinstance(v, float) else str(v) for v in series]
    return pl.Series(series.name, texts, dtype=pl.String)
