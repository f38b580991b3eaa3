"""Weights: normalised, raked to margins of the population, and what they cost in precision."""

from mfp_stats.weights.floor import enough_weighted
from mfp_stats.weights.margins import Margins, load_margins, parse_margins
from mfp_stats.weights.raking import Raked, rake, raking_faults
from mfp_stats.weights.unequal import (
    count_zeros,
    design_effect,
    effective_n,
    normalise,
    weight_faults,
)

__all__ = [
    "Margins",
    "Raked",
    "count_zeros",
    "design_effect",
    "effective_n",
    "enough_weighted",
    "load_margins",
    "normalise",
    "parse_margins",
    "rake",
    "raking_faults",
    "weight_faults",
]
