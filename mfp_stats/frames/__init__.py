"""Answers reshaped, scored and counted: pure polars, no files."""

from mfp_stats.frames.columns import sheet_schema
from mfp_stats.frames.distributions import distributions
from mfp_stats.frames.missing import group_name, missingness, planned_missing
from mfp_stats.frames.quality import quality_flags
from mfp_stats.frames.reshape import long_from_sheet, sheet_from_long
from mfp_stats.frames.scores import scores

__all__ = [
    "distributions",
    "group_name",
    "long_from_sheet",
    "missingness",
    "planned_missing",
    "quality_flags",
    "scores",
    "sheet_from_long",
    "sheet_schema",
]
