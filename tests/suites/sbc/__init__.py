"""Simulation-based calibration of the model files (Talts et al. 2018, arXiv:1804.06788).

Parameters are drawn from a model's own prior, a survey from the parameters, and the posterior
given that survey is sampled. Over many surveys the true value of any quantity, be it one that
depends on the survey too (Modrák et al. 2023), then has a uniform rank among its posterior draws.
A case (``cases/``) says how to simulate one model's surveys and what to rank.
"""
