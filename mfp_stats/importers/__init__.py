"""Raw tables to answer sheets, through an explicit mapping that the user has seen."""

from mfp_stats.importers.apply import apply_mapping, unused_columns
from mfp_stats.importers.export import export_sheet
from mfp_stats.importers.mapping import Binding, ImportMapping
from mfp_stats.importers.mapping_file import load_mapping, parse_mapping, save_mapping
from mfp_stats.importers.suggest import Reason, Suggestion, suggest_mapping

__all__ = [
    "Binding",
    "ImportMapping",
    "Reason",
    "Suggestion",
    "apply_mapping",
    "export_sheet",
    "load_mapping",
    "parse_mapping",
    "save_mapping",
    "suggest_mapping",
    "unused_columns",
]
