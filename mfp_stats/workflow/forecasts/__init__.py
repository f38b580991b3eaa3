"""Predictions that are frozen before a wave is fielded, and scored when its answers are in."""
