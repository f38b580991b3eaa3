"""From answers to arrays: what models condition on, and what a survey cannot tell."""

from mfp_stats.design.build import build_model_data
from mfp_stats.design.data import (
    Beliefs,
    BestWorst,
    Indicator,
    ModelData,
    Picks,
    Rankings,
    Ratings,
)
from mfp_stats.design.unavailable import Unavailable, unavailable

__all__ = [
    "Beliefs",
    "BestWorst",
    "Indicator",
    "ModelData",
    "Picks",
    "Rankings",
    "Ratings",
    "Unavailable",
    "build_model_data",
    "unavailable",
]
