"""Whole surveys from known truths: for tests, for the demo, and before going to field."""

from mfp_stats.simulate.defaults import default_truth
from mfp_stats.simulate.expected import expected_importance, expected_overlap
from mfp_stats.simulate.survey import Simulated, simulate_survey
from mfp_stats.simulate.truth import NumberProfile, Profile, Truth

__all__ = [
    "NumberProfile",
    "Profile",
    "Simulated",
    "Truth",
    "default_truth",
    "expected_importance",
    "expected_overlap",
    "simulate_survey",
]
