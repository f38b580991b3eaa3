"""What a fit would have measured of a simulated survey: the truth, and errors of known size."""

from dataclasses import replace

import numpy as np

from mfp_stats.design import build_model_data
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.expected import Expected
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout
from mfp_stats.quantities.response_draws import Measured, draw_responses
from mfp_stats.quantities.response_tables import response_tables
from mfp_stats.quantities.search.acceptance import DesignModel
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.tables import design_model
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import Truth, simulate_survey
from mfp_stats.workflow.designs import kept_for_search

#: Errors of cells of expectations, of weights, and of intercepts and residuals, in logits: about
#: what 900 people leave.
CELLS, WEIGHTS, OFFERS = 0.12, 0.05, 0.08
DRAWS = 160


def model_around(
    questionnaire: Questionnaire, truth: Truth, *, n: int, seed: int
) -> tuple[DesignModel, DesignSpace]:
    """Return the model of designs that a fit would keep, and the designs.

    The mean of the draws is off the truth by as much as the draws are off their mean, as that of a
    posterior is.
    """
    rng = np.random.default_rng((seed, 23))
    measured = _measured(questionnaire, truth, n, seed, rng)
    given = _parameters(questionnaire, truth, measured, rng)
    groups, weightings = np.arange(len(measured.data.groups)), {"unweighted": None}
    tables = kept_for_search(questionnaire, measured, given, groups, weightings)
    found = draw_responses(measured, given, groups, weightings)
    drawn = response_tables(found, measured, questionnaire)["acceptance_draws"]
    proposals = questionnaire.interventions
    labels = {name: name for name in proposals}
    space = DesignSpace.of({name: x.attributes for name, x in proposals.items()}, labels)
    names = dict(zip(measured.data.groups, measured.data.group_labels, strict=True))
    return design_model(tables, space, drawn, names, "unweighted"), space


def _off(rng: np.random.Generator, true: np.ndarray, sd: float) -> np.ndarray:
    """Return draws (S, …) around a mean that is off the truth."""
    mean = true + sd * rng.standard_normal(true.shape)
    return np.asarray(mean + sd * rng.standard_normal((DRAWS, *true.shape)))


def _measured(
    questionnaire: Questionnaire, truth: Truth, n: int, seed: int, rng: np.random.Generator
) -> Measured:
    simulated = simulate_survey(questionnaire, truth, n=n, seed=seed)
    data = build_model_data(simulated.sheet, questionnaire)
    people, rated = simulated.persons, data.expectations
    held = np.eye(len(truth.classes))[np.searchsorted(truth.classes, people["worldview"].values)]
    means = truth.consequence_means[:, None] + truth.consequence_deviations  # (C, G, X, K)
    told = truth.signal_means[:, None] + truth.signal_deviations
    # Parts are off by themselves, as in the model: what all expect, worldviews and groups.
    cells = np.stack(
        [
            means[:, :, x, v] if v >= 0 else told[:, :, x, q]
            for x, v, q in zip(rated.intervention, rated.value, rated.signal, strict=True)
        ],
        axis=-1,
    )
    errors = [
        part * _off(rng, np.zeros(shape), CELLS)
        for part, shape in (
            (1.0, (1, 1, cells.shape[2])),
            (0.7, (cells.shape[0], 1, cells.shape[2])),
            (0.4, (1, cells.shape[1], cells.shape[2])),
        )
    ]
    shrink = np.sqrt(NOISE / (NOISE + truth.consequence_sd**2))
    cuts = [np.linspace(-2, 2, int(levels) - 1) for levels in rated.levels]
    expected = Expected(
        rated,
        data.group,
        np.tile(np.log(np.maximum(held, 1e-12)), (DRAWS, 1, 1)),
        (cells + sum(errors)) * shrink,
        np.tile(np.concatenate(cuts), (DRAWS, 1)),
    )
    # Nobody's own ratings count: everybody is drawn from their worldview and group.
    unrated = replace(expected.rated, answers=np.full_like(expected.rated.answers, -1))
    v = np.tile(people["v"].values, (DRAWS, 1, 1)).astype(np.float32)
    layout = IndexLayout.of(data.responses.interventions, rated)
    return Measured(
        replace(data, weight=None),
        v,
        expected.log_membership,
        replace(expected, rated=unrated),
        layout,
        ImportanceMoments.of(v),
        seed,
    )


def _parameters(
    questionnaire: Questionnaire, truth: Truth, measured: Measured, rng: np.random.Generator
) -> list[ResponseParameters]:
    given = measured.data.responses
    item = next(i for i in questionnaire.with_role("response") if not i.stipulated)
    cut = truth.thresholds[item.name][given.accept - 1]
    intercept = _off(rng, truth.intercepts - cut, OFFERS)
    residual = _off(rng, truth.residuals, OFFERS)
    residual -= residual.mean(axis=1, keepdims=True)
    weight = _off(rng, np.array(truth.consequence_weight), WEIGHTS)
    signal = _off(rng, truth.signal_weights, WEIGHTS)
    return [
        ResponseParameters(
            intercept=intercept[s],
            residual=residual[s],
            person_sd=truth.person_sd,
            expected_weight=float(weight[s]),
            class_effect=None,
            value_effect=None,
            signal_weight=signal[s],
            deviation_share=truth.consequence_sd**2 / (truth.consequence_sd**2 + NOISE),
        )
        for s in range(DRAWS)
    ]
