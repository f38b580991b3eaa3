"""The respondent's pages: a questionnaire as web forms, and submissions out of them."""

from mfp_stats.collect.assignment import Assignment, assign
from mfp_stats.collect.drafts import Draft, Drafts
from mfp_stats.collect.intake import Limits
from mfp_stats.collect.sitting import Fielded
from mfp_stats.collect.tokens import receipt_code
from mfp_stats.collect.web import PUBLIC_ROUTES, Settings, collect_routes

__all__ = [
    "PUBLIC_ROUTES",
    "Assignment",
    "Draft",
    "Drafts",
    "Fielded",
    "Limits",
    "Settings",
    "assign",
    "collect_routes",
    "receipt_code",
]
