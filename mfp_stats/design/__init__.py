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

__all__ = [
    "Beliefs",
    "BestWorst",
    "Indicator",
    "ModelData",
    "Picks",
    "Rankings",
    "Ratings",
    "build_model_data",
]
