"""Whole surveys from known truths: for tests, for the demo, and before going to field."""

from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.defaults import default_truth
from mfp_stats.simulate.expected import expected_importance, expected_overlap
from mfp_stats.simulate.survey import Simulated, simulate_survey
from mfp_stats.simulate.truth import NumberProfile, Profile, Truth
from mfp_stats.simulate.truths import DEFAULT_EFFECT, NAMES, named_truth

__all__ = [
    "DEFAULT_EFFECT",
    "NAMES",
    "NumberProfile",
    "Profile",
    "Simulated",
    "Truth",
    "default_truth",
    "expected_importance",
    "expected_overlap",
    "named_truth",
    "simulate_survey",
    "true_decomposition",
]
