"""Effects of a record on membership are recovered though nobody's worldview is seen."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import xarray as xr
from scipy.special import expit, softmax

from mfp_stats.design.data import Experience, ModelData, Predictor
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.predictors import ExperienceCode, PredictorCode
from mfp_stats.quantities.experience import experience_quantities

N, ITEMS = 900, 5
#: Log-odds of the second worldview at each level of the first predictor: nearly all in one step.
STEPS = np.array([-0.9, -0.8, 0.8, 0.9])


def predictors() -> tuple[Predictor, ...]:
    four, three = tuple("abcd"), tuple("xyz")
    return (
        Predictor("kept", "Promises kept", "ordinal", four, four, np.arange(4.0)),
        Predictor("job", "Job", "nominal", three, three, np.arange(3.0)),
        Predictor("years", "Years here", "number", ("2", "20"), ("2", "20"), np.array([2.0, 20.0])),
    )


@pytest.fixture(scope="module")
def surveyed() -> ModelData:
    rng = np.random.default_rng(7)
    group = np.arange(N) % 2
    answers = np.column_stack(
        [rng.integers(0, 4, N), rng.integers(0, 3, N), rng.gamma(2, 5, N)]
    ).astype(np.float64)
    chance = expit(STEPS[answers[:, 0].astype(int)] + 0.6 * (group - 0.5))
    held = (rng.random(N) < chance).astype(int)
    # Five questions that the worldviews answer with yes in 25 and 75 %.
    yes = rng.random((N, ITEMS)) < np.where(held == 1, 0.75, 0.25)[:, None]
    evidence = np.column_stack([np.log(np.where(yes, p, 1 - p)).sum(axis=1) for p in (0.25, 0.75)])
    answers[rng.random(answers.shape) < 0.1] = np.nan
    return ModelData(
        survey="s",
        questionnaire="q",
        respondents=tuple(f"r{i}" for i in range(N)),
        groups=("a", "b"),
        group_labels=("A", "B"),
        group=group,
        weight=None,
        values=(),
        value_labels=(),
        experience=Experience(predictors(), answers),
        log_evidence=evidence,
    )


@pytest.fixture(scope="module")
def found(checkout, surveyed):
    model = load_model(checkout / "models" / "experience.py").build(surveyed)
    settings = FitSettings(draws=300, tune=300, seed=4)
    posterior = sample(model, settings)["posterior"].to_dataset()
    return experience_quantities(posterior, surveyed, names=("One", "Two"), floor=10)


def test_the_effect_is_recovered_and_no_other_is_made_up(found) -> None:
    contrasts = found[0]["experience_contrasts"].filter(worldview=2)
    kept = contrasts.filter(item="kept").row(0, named=True)
    true = expit(STEPS[-1] + np.array([-0.3, 0.3])).mean()
    true -= expit(STEPS[0] + np.array([-0.3, 0.3])).mean()
    assert kept["q05"] < true < kept["q95"]
    assert kept["q95"] - kept["q05"] < 0.3
    assert kept["probability_more"] > 0.99
    years = contrasts.filter(item="years").row(0, named=True)
    assert years["q05"] < 0 < years["q95"]
    job = found[0]["experience"].filter(item="job", worldview=2)
    assert ((job["apart_q05"] < 0) & (job["apart_q95"] > 0)).all()


def test_a_step_is_found_where_it_is(found) -> None:
    rows = found[0]["experience"].filter(item="kept", worldview=2)
    shares = rows["mean"].to_list()
    assert shares[2] - shares[1] > 0.2
    assert abs(shares[1] - shares[0]) < 0.12 and abs(shares[3] - shares[2]) < 0.12


def test_shares_sum_to_one_and_the_gate_sees_all_that_is_told(found) -> None:
    tables, draws = found
    total = tables["experience"].group_by("weighting", "item", "level").agg(pl.col("mean").sum())
    np.testing.assert_allclose(total["mean"].to_numpy(), 1)
    assert set(draws.data_vars) == {"share", "apart", "contrast"}
    assert dict(draws.sizes)["answer"] == 9 and dict(draws.sizes)["predictor"] == 2


def test_answers_that_few_gave_are_not_told(checkout, surveyed) -> None:
    assert surveyed.experience is not None
    answers = surveyed.experience.answers.copy()
    top = np.flatnonzero(answers[:, 0] == 3)[10:]
    answers[top, 0] = 2
    few = replace(surveyed, experience=replace(surveyed.experience, answers=answers))
    few = replace(few, weight=np.linspace(0.5, 1.5, N))
    model = load_model(checkout / "models" / "experience.py").build(few)
    prior = np.random.default_rng(0).normal(size=(2, 3))
    posterior = xr.Dataset(
        {
            "share": (("chain", "draw", "classes"), np.zeros((1, 3, 2))),
            "group": (("chain", "draw", "groups", "classes"), np.zeros((1, 3, 2, 2))),
            "effect": (
                ("chain", "draw", "column", "classes"),
                np.broadcast_to(
                    np.stack([prior[0], -prior[0]], axis=-1)[None, :, None],
                    (1, 3, model["effect"].eval().shape[0], 2),
                ).copy(),
            ),
        }
    )
    tables, _ = experience_quantities(posterior, few, names=("One", "Two"), floor=10)
    told = tables["experience"].filter(item="kept")
    assert told["level"].unique(maintain_order=True).to_list() == ["a", "b", "c"]
    assert set(told["weighting"]) == {"unweighted", "weighted"}
    assert tables["experience_contrasts"].filter(item="kept")["high_label"].unique().to_list() == [
        "c"
    ]


def test_a_missing_answer_counts_as_the_average_of_those_given() -> None:
    for predictor in predictors():
        answers = np.array([*predictor.places, predictor.places[0], np.nan])
        code = PredictorCode.of(predictor, answers)
        columns = code(answers)
        np.testing.assert_allclose(columns[-1], 0)
        np.testing.assert_allclose(columns[:-1].mean(axis=0), 0, atol=1e-12)


def test_the_density_is_that_of_the_formula(checkout, surveyed) -> None:
    model = load_model(checkout / "models" / "experience.py").build(surveyed)
    rng = np.random.default_rng(2)
    point = {k: 0.5 * rng.normal(size=v.shape) for k, v in model.initial_point().items()}
    outputs = model.replace_rvs_by_values(
        [model["beliefs"], *(model[n] for n in ("share", "group", "effect"))]
    )
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    log_p, share, group, effect = model.compile_fn(outputs, inputs=values, mode="FAST_COMPILE")(
        {v.name: point[v.name] for v in values}
    )
    assert surveyed.experience is not None
    columns = ExperienceCode.of(surveyed.experience).columns
    chance = softmax(share + group[surveyed.group] + columns @ effect, axis=1)
    by_hand = np.log((chance * np.exp(surveyed.log_evidence)).sum(axis=1)).sum()
    assert float(log_p) == pytest.approx(by_hand, rel=1e-9)
    for name in (share, group, effect):
        np.testing.assert_allclose(name.sum(axis=-1), 0, atol=1e-9)
