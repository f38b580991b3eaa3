"""Questionnaires: YAML in, frozen and validated objects out; all faults at once."""

from mfp_stats.questionnaire.describe import describe, warnings
from mfp_stats.questionnaire.designs import Balance, balance, best_worst_sets
from mfp_stats.questionnaire.file import json_schema
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.questionnaire.reading import load, parse
from mfp_stats.questionnaire.relevant import RelevantError, evaluate, parse_relevant

__all__ = [
    "Balance",
    "Questionnaire",
    "RelevantError",
    "balance",
    "best_worst_sets",
    "describe",
    "evaluate",
    "json_schema",
    "load",
    "parse",
    "parse_relevant",
    "warnings",
]
