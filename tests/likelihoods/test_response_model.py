"""The response and expectation models give the likelihood that their docstrings state."""

from dataclasses import replace

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from scipy.special import expit, logsumexp

from mfp_stats.design.data import Expectations, Index, ModelData, Responses
from mfp_stats.fitting.loader import load_model
from mfp_stats.likelihoods.ordinal import anchored_cutpoints, category_log_probabilities, log_levels
from mfp_stats.likelihoods.response_slots import response_slots

N, X, C, Q, K, G = 7, 3, 2, 2, 4, 2


def people(rng: np.random.Generator) -> ModelData:
    names = tuple(f"p{i}" for i in range(N))
    return ModelData(
        survey="s",
        questionnaire="h",
        respondents=names,
        groups=("a", "b"),
        group_labels=("A", "B"),
        group=np.array([0, 1, 0, 1, 0, 1, 1]),
        weight=None,
        values=tuple("klmn"),
        value_labels=tuple("KLMN"),
        log_membership=np.log(rng.dirichlet(np.ones(C), N)),
    )


def responding(*, reduced: bool, stipulated: bool = True, levels: int = 5) -> ModelData:
    rng = np.random.default_rng(4)
    data = people(rng)
    answers = rng.integers(-1, levels, (N, X))
    answers[0] = -1
    supposed = rng.integers(-1, levels, (N, X)) if stipulated else None
    factor = rng.normal(size=(N, K, K))
    index = Index(
        log_membership=data.log_membership,
        expected=np.zeros((N, X, C, 2)) if reduced else rng.normal(size=(N, X, C, 2)),
        expected_variance=np.zeros((N, X, C, 3)) if reduced else rng.random((N, X, C, 3)),
        signal=rng.normal(size=(N, X, C, Q, 2)),
        signal_variance=rng.random((N, X, C, Q, 2)),
        value=rng.normal(size=(N, K)),
        value_covariance=factor @ factor.transpose(0, 2, 1),
        reduced=reduced,
    )
    given = Responses(tuple("xyz"), tuple("XYZ"), tuple("12345")[:levels], 1, answers, supposed)
    return replace(data, responses=given, index=index)


def by_hand(data: ModelData, p: dict[str, np.ndarray]) -> float:
    """Sum over persons, straight from the formula, worldviews and the person's part summed out."""
    given, index = data.responses, data.index
    nodes, weights = np.polynomial.hermite_e.hermegauss(5)
    total = 0.0
    for i in range(N):
        cells = [(x, False, int(y)) for x, y in enumerate(given.answers[i]) if y >= 0]
        if given.stipulated is not None:
            cells += [(x, True, int(y)) for x, y in enumerate(given.stipulated[i]) if y >= 0]
        terms = np.empty((C, 5))
        for c in range(C):
            for z, node in enumerate(nodes):
                log_p = index.log_membership[i, c] + np.log(weights[z] / weights.sum())
                for x, supposed, y in cells:
                    offer = x + X if supposed else x
                    mean = p["intercept"][offer] + p["residual"][data.group[i], offer]
                    more, variance = _told(index, p, i, x, c)
                    mean += more
                    if not supposed:
                        more, doubt = _index(index, p, i, x, c)
                        mean, variance = mean + more, variance + doubt
                    shrink = 1 / np.sqrt(1 + np.pi / 8 * variance)
                    place = (mean + p["person_sd"] * node) * shrink
                    cuts = p["cutpoints"][data.group[i], x]
                    edges = np.concatenate([[0.0], expit(cuts * shrink - place), [1.0]])
                    log_p += np.log(edges[y + 1] - edges[y])
                terms[c, z] = log_p
        total += logsumexp(terms)
    return float(total)


def _index(index: Index, p: dict[str, np.ndarray], i: int, x: int, c: int):
    rho = float(p["deviation_share"])
    root, one, two = np.sqrt(1 - rho), np.array([1, rho]), np.array([1, rho, rho**2])
    if index.reduced:
        b = p["value_effect"][:, x]
        mean = p["class_effect"][c, x] + b @ index.value[i]
        variance = b @ index.value_covariance[i] @ b
    else:
        beta = p["expected_weight"] / root
        mean = beta * (index.expected[i, x, c] @ one)
        variance = beta**2 * (index.expected_variance[i, x, c] @ two)
    return mean, variance


def _told(index: Index, p: dict[str, np.ndarray], i: int, x: int, c: int):
    rho = float(p["deviation_share"])
    assert rho == pytest.approx(expit(2 * p["log_deviation"] - np.log(np.pi**2 / 3)))
    one, gamma = np.array([1, rho]), p["signal_weight"] / np.sqrt(1 - rho)
    mean = gamma @ index.signal[i, x, c] @ one
    return mean, gamma**2 @ index.signal_variance[i, x, c] @ one * rho


@pytest.mark.parametrize("reduced", [False, True])
@pytest.mark.parametrize(("stipulated", "levels"), [(False, 5), (True, 5), (True, 2)])
def test_responses_follow_the_formula(
    checkout, reduced: bool, stipulated: bool, levels: int
) -> None:
    data = responding(reduced=reduced, stipulated=stipulated, levels=levels)
    model = load_model(checkout / "models" / "responses.py").build(data)
    rng = np.random.default_rng(1)
    point = {k: v + 0.4 * rng.normal(size=v.shape) for k, v in model.initial_point().items()}
    potential = model.named_vars["responses"]
    named = [*model.deterministics, *model.free_RVs]
    fixed = {model.rvs_to_values[rv]: point[rv.name] for rv in model.free_RVs}
    outputs = model.replace_rvs_by_values([potential, *named])
    found = model.compile_fn(outputs, inputs=list(fixed), mode="FAST_COMPILE")(
        {var.name: value for var, value in fixed.items()}
    )
    p = {var.name: np.asarray(value) for var, value in zip(named, found[1:], strict=True)}
    assert float(found[0]) == pytest.approx(by_hand(data, p), rel=1e-9)


def test_residuals_sum_to_zero_over_groups(checkout) -> None:
    model = load_model(checkout / "models" / "responses.py").build(responding(reduced=False))
    drawn = pm.draw(model.named_vars["residual"], random_seed=1)
    np.testing.assert_allclose(drawn.sum(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("levels", [(5, 3), (4, 2)])
def test_expectations_follow_the_formula(checkout, levels: tuple[int, int]) -> None:
    rng = np.random.default_rng(8)
    data = people(rng)
    rated = Expectations(
        interventions=("x", "y"),
        signals=("q",),
        signal_labels=("Q",),
        intervention=np.array([0, 1, 0, 1]),
        value=np.array([0, 2, -1, -1]),
        signal=np.array([-1, -1, 0, 0]),
        scale=np.array([0, 0, 1, 1]),
        levels=np.array(levels),
        neutral=np.array([(n - 1) / 2 for n in levels]),
        answers=np.column_stack([rng.integers(-1, n, N) for n in np.repeat(levels, 2)]),
    )
    data = replace(data, expectations=rated)
    model = load_model(checkout / "models" / "expectations.py").build(data)
    point = {k: v + 0.4 * rng.normal(size=v.shape) for k, v in model.initial_point().items()}
    outputs = model.replace_rvs_by_values(
        [*model.potentials, model["expectation"], model["cutpoints"]]
    )
    names = {model.rvs_to_values[rv].name: point[rv.name] for rv in model.free_RVs}
    values = model.compile_fn(
        outputs,
        inputs=[model.rvs_to_values[rv] for rv in model.free_RVs],
        mode="FAST_COMPILE",
        on_unused_input="ignore",  # the sd of worldviews only sets their prior
    )(names)
    mean, cuts = values[-2], values[-1]
    scales = np.split(cuts, [levels[0] - 1])
    total = 0.0
    for i in range(N):
        terms = data.log_membership[i].copy()
        for c in range(C):
            for j, y in enumerate(rated.answers[i]):
                if y >= 0:
                    table = category_log_probabilities(
                        mean[c, data.group[i], j], scales[rated.scale[j]]
                    )
                    terms[c] += table[y]
        total += logsumexp(terms)
    assert float(sum(values[:-2])) == pytest.approx(total, rel=1e-9)
    # 0 lies in the middle of the neutral answer.
    for found in scales:
        assert found[(len(found) - 1) // 2] + found[len(found) // 2] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("neutral", "zero"), [(2.0, (1, 2)), (1.5, (1, 1)), (0.0, (0, 0)), (4.0, (3, 3))]
)
def test_cutpoints_are_anchored_at_the_neutral_answer(neutral: float, zero) -> None:
    cuts = anchored_cutpoints(pt.constant(np.array([0.5, 1.0, 2.0])), neutral).eval()
    np.testing.assert_allclose(np.diff(cuts), [0.5, 1.0, 2.0])
    assert cuts[list(zero)].sum() == pytest.approx(0, abs=1e-12)


def test_levels_agree_with_the_numpy_form() -> None:
    eta, cuts = np.linspace(-3, 3, 6).reshape(2, 3), np.array([-1.0, 0.2, 2.0])
    found = log_levels(pt.constant(eta), pt.constant(cuts)).eval()
    np.testing.assert_allclose(found, category_log_probabilities(eta, cuts), atol=1e-12)


def test_slots_hold_every_answer_once_and_signals_alone_under_stipulation() -> None:
    data = responding(reduced=False)
    slots = response_slots(data.responses)
    asked = (data.responses.answers >= 0).sum() + (data.responses.stipulated >= 0).sum()
    assert slots.filled.sum() == asked == slots.offer.sum()
    moments = slots.moments(data.index)
    supposed = (slots.filled > 0) & (slots.natural == 0)
    assert (moments["expected"][:, :, supposed] == 0).all()
    assert (moments["expected"][:, :, slots.filled == 0] == 0).all()
    slot, person = np.nonzero(slots.filled)
    x = slots.intervention[slot, person]
    signal = moments["signal"][:, :, :, slot, person]
    np.testing.assert_array_equal(signal.T, data.index.signal[person, x])


def test_averages_are_of_those_who_answered_by_worldview() -> None:
    data = responding(reduced=False)
    index, slots = data.index, response_slots(data.responses)
    found = slots.average(index, index.expected[..., 0], stipulated=False)
    both = slots.average(index, index.expected[..., 0], stipulated=True)
    np.testing.assert_array_equal(both[:X], found[:X])
    for x in range(X):
        asked = data.responses.answers[:, x] >= 0
        member = np.exp(index.log_membership[asked])
        of_each = (member * index.expected[asked, x, :, 0]).sum(axis=1)
        assert found[x] == pytest.approx(of_each.mean())
        asked = data.responses.stipulated[:, x] >= 0
        member = np.exp(index.log_membership[asked])
        of_each = (member * index.expected[asked, x, :, 0]).sum(axis=1)
        assert both[X + x] == pytest.approx(of_each.mean())
    np.testing.assert_array_equal(found[X:], 0)
