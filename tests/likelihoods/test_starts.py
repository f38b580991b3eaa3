"""Chains start where EM's solution says: the model's answers there are the solution's."""

import numpy as np
import pytest
from pymc.initial_point import make_initial_point_fn
from scipy.special import expit, logit

from mfp_stats.design.data import Beliefs, Indicator, ModelData
from mfp_stats.fitting.loader import load_model
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.likelihoods.em import ClassSolution, Mode
from mfp_stats.likelihoods.starts import mixture_start

SIZES = {"ordinal": 5, "nominal": 3, "binary": 2}


def beliefs() -> Beliefs:
    kinds = ("ordinal", "binary", "nominal", "ordinal")
    given = tuple(
        Indicator(f"q{h}", f"q{h}", kind, levels := tuple("abcde"[: SIZES[kind]]), "", levels)
        for h, kind in enumerate(kinds)
    )
    rng = np.random.default_rng(0)
    answers = np.column_stack([rng.integers(0, SIZES[kind], 200) for kind in kinds])
    return Beliefs(given, answers)


def moved(base: np.ndarray, kind: str, shift: float) -> np.ndarray:
    """Answer probabilities after a shift, as the model defines it."""
    if kind == "ordinal":
        above = expit(logit(1 - base.cumsum()[:-1]) + shift)
        return -np.diff(np.concatenate([[1.0], above, [0.0]]))
    tilted = base * np.exp(shift * np.arange(len(base)))
    return tilted / tilted.sum()


@pytest.mark.parametrize("shift", [0.0, 0.6, 2.0])
def test_chains_start_at_the_answers_of_the_solution(checkout, shift: float):
    given = beliefs()
    categories = Categories.of(given)
    parts = np.split(categories.marginal, categories.starts[1:])
    profile = np.column_stack(
        [
            np.concatenate(
                [moved(p, i.kind, s) for p, i in zip(parts, given.indicators, strict=True)]
            )
            for s in (shift, -shift)
        ]
    )
    mode = Mode(0.0, np.array([0.7, 0.3]), profile, 1)
    solution = ClassSolution(mode, (), np.zeros(1), np.zeros((200, 2)))
    data = ModelData(
        survey="simulated",
        questionnaire="0",
        respondents=tuple(f"r{i}" for i in range(200)),
        groups=("a", "b"),
        group_labels=("A", "B"),
        group=np.arange(200) % 2,
        weight=None,
        values=(),
        value_labels=(),
        beliefs=given,
    )
    built = load_model(checkout / "models" / "worldviews.py").build(data, classes=2)
    starts = {str(name): at for name, at in mixture_start(data, solution).items()}
    begin = make_initial_point_fn(
        model=built, overrides=starts, jitter_rvs=set(), return_transformed=True
    )
    outputs = built.replace_rvs_by_values([built["answer_probability"], built["composition"]])
    answers = built.compile_fn(
        outputs, inputs=built.value_vars, mode="FAST_COMPILE", on_unused_input="ignore"
    )
    found = answers(begin(0))
    np.testing.assert_allclose(found[0], profile, atol=1e-6)
    np.testing.assert_allclose(found[1], [[0.7, 0.3]] * 2, atol=1e-6)
