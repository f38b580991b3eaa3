"""Fit a model to a survey: load model files, sample, gate, save, and run fits as jobs.

Model files import what they need from here: ``from mfp_stats.fitting import Prior, model``.
Everything else is imported from its module. This package itself and its modules ``registry``,
``settings``, ``checks``, ``progress``, ``tables``, ``jobs`` and ``report`` import neither PyMC nor
ArviZ, so that the web process may use them.
"""

from mfp_stats.fitting.registry import ModelFunction, ModelInfo, Prior, model

__all__ = ["ModelFunction", "ModelInfo", "Prior", "model"]
