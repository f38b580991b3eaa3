"""Files to raw tables: every cell as text, nothing interpreted, read in a process of its own."""

from mfp_stats.readers.naming import AS_OPTION, IN_MAPPING, Naming
from mfp_stats.readers.read import read_file
from mfp_stats.readers.table import Format, Limits, RawTable, ReadOptions

__all__ = [
    "AS_OPTION",
    "IN_MAPPING",
    "Format",
    "Limits",
    "Naming",
    "RawTable",
    "ReadOptions",
    "read_file",
]
