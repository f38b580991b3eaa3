"""What the priors of the values model say of the displayed quantities before any answer is seen."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
import xarray as xr
from scipy.special import softmax

from mfp_stats.design import build_model_data
from mfp_stats.design.compared import BY_WAVE
from mfp_stats.design.data import Floats, ModelData
from mfp_stats.errors import DesignError, Fault
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.prior import prior_predictive
from mfp_stats.project import Project
from mfp_stats.quantities.overlap import normalised, overlap_matrix, pairs
from mfp_stats.quantities.summaries import summarise
from mfp_stats.quantities.values import group_means
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.workflow.priors import parse_overrides

MODEL: Final = "values"
#: People whose answers the model is built for: their design counts, what they answer does not.
ASKED: Final = 60
#: People drawn from each group's prior in each draw.
PERSONS: Final = 100


def prior_check(
    project: Project,
    survey: str,
    *,
    group: str | None = None,
    overrides: Sequence[str] = (),
    draws: int = 500,
    seed: int = 1,
) -> list[dict[str, Any]]:
    """Work out what the priors alone imply for a survey's own values and groups.

    The priors treat all values alike and all groups alike, so that one value in one group stands
    for all of them.

    Parameters
    ----------
    project, survey
        The survey; nobody needs to have answered it.
    group
        Item to compare people by, or ``wave``; None: the questionnaire's own.
    overrides
        Priors as ``model.prior=value``.
    draws, seed
        Of the prior.

    Returns
    -------
    list of dict
        Records with ``quantity``, ``mean``, ``q05`` and ``q95``.

    Raises
    ------
    DesignError
        The survey does not ask what people value.
    ModelError
        An override names no prior; all faults.
    """
    priors = parse_overrides(project, overrides).get(MODEL)
    data = _asked(project.questionnaire(survey), group, seed)
    model = load_model(project.model_file(MODEL)).build(data, priors=priors)
    drawn = prior_predictive(model, ["mu", "factor"], draws=draws, seed=seed)
    mu, factor = (drawn[name].values[0] for name in ("mu", "factor"))
    quantities = _quantities(mu, factor, np.random.default_rng(seed))
    return [{"quantity": name, **_summary(values)} for name, values in quantities]


def _asked(questionnaire: Questionnaire, group: str | None, seed: int) -> ModelData:
    """Return the arrays of a few simulated people, which have the survey's design."""
    truth = default_truth(questionnaire, seed=seed)
    sheet = simulate_survey(questionnaire, truth, n=ASKED, seed=seed).sheet
    if group == BY_WAVE:  # two waves, as the least there are
        sheet = sheet.with_columns(wave=(pl.int_range(pl.len()) % 2 + 1).cast(pl.String))
    data = build_model_data(sheet, questionnaire, group=group)
    if data.has_tradeoffs:
        return data.only_tradeoffs()
    if data.ratings is not None:
        return data.only_ratings()
    fix = "Add a block with role value_tradeoff or value_rating"
    fault = Fault(questionnaire.survey, "does not ask what people value", fix=fix)
    raise DesignError(fault)


def _quantities(
    mu: Floats, factor: Floats, rng: np.random.Generator
) -> Iterator[tuple[str, Floats]]:
    """Yield each displayed quantity with its prior draws.

    Parameters
    ----------
    mu
        (draw, G, K) group means in logits.
    factor
        (draw, K, K − 1) with Σ = factor factorᵀ.
    rng
        Draws the persons.
    """
    draws, groups, values = mu.shape
    z = rng.standard_normal((draws, groups, PERSONS, values - 1))
    v = mu[:, :, None] + z @ factor.transpose(0, 2, 1)[:, None]
    shares = softmax(v, axis=3).reshape(draws, groups * PERSONS, values)
    alike, group = np.ones(shares.shape[:2]), np.repeat(np.arange(groups), PERSONS)
    means = group_means(shares, alike, group, groups)
    yield "one person's share of a value", shares[:, 0, 0]
    yield "one person's largest share", shares[:, 0].max(axis=1)
    yield "a group's share of a value", means[:, 0, 0]
    yield "a group's largest share", means[:, 0].max(axis=1)
    if groups < 2:
        return
    raw = overlap_matrix(shares, alike, group, groups)
    yield "difference of two groups' shares of a value", np.abs(means[:, 0, 0] - means[:, 1, 0])
    yield "overlap of two groups, raw", pairs(raw)[:, 0]
    yield "overlap of two groups, normalised", pairs(normalised(raw))[:, 0]


def _summary(draws: Floats) -> dict[str, float]:
    found = summarise(xr.DataArray(draws[None], dims=("chain", "draw")))
    return {str(name): float(value) for name, value in found.items()}
