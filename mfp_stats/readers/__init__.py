"""Files to raw tables: every cell as text, nothing interpreted, read in a process of its own."""

from mfp_stats.readers.read import read_file
from mfp_stats.readers.table import Format, Limits, RawTable, ReadOptions

__all__ = ["Format", "Limits", "RawTable", "ReadOptions", "read_file"]
