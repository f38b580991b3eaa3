"""Small surveys of beliefs with known truth, and the shortest way to fit them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy.special import softmax

from mfp_stats.design.data import Beliefs, Indicator, ModelData
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.sampling import sample
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.likelihoods.starts import continuum_start, mixture_start
from mfp_stats.quantities.worldviews import reference_solution

SHORT = FitSettings(draws=200, tune=200, seed=1, cores=2)


@dataclass(frozen=True)
class Known:
    data: ModelData
    member: np.ndarray  # (N,) true class, -1 where there is none
    shares: np.ndarray  # (G, C)
    profile: np.ndarray | None = None  # (T, C)


def indicators(items: int, kinds=("nominal", "ordinal", "binary")) -> tuple[Indicator, ...]:
    made = []
    for h in range(items):
        kind = kinds[h % len(kinds)]
        labels = ("No", "Yes") if kind == "binary" else ("Low", "Middle", "High")
        names = tuple(text.lower() for text in labels)
        made.append(Indicator(f"q{h}", f"q{h}", kind, names, f"Belief {h}", labels))
    return tuple(made)


def survey(given: tuple[Indicator, ...], answers: np.ndarray, group: np.ndarray) -> ModelData:
    groups = tuple("abcdef"[: group.max() + 1])
    return ModelData(
        survey="simulated",
        questionnaire="0",
        respondents=tuple(f"r{i}" for i in range(len(answers))),
        groups=groups,
        group_labels=tuple(g.upper() for g in groups),
        group=group,
        weight=None,
        values=(),
        value_labels=(),
        beliefs=Beliefs(given, answers),
    )


def simulate_types(
    *, n=300, items=9, shares=((0.7, 0.3), (0.4, 0.6)), missing=0.1, spread=1.5, seed=0
) -> Known:
    """People of a few kinds; groups differ in how many of each kind they hold."""
    rng = np.random.default_rng(seed)
    shares = np.asarray(shares)
    group = np.arange(n) % len(shares)
    member = (rng.random((n, 1)) > shares[group].cumsum(1)[:, :-1]).sum(1)
    given, answers = indicators(items), np.empty((n, items), dtype=np.int64)
    profile = []
    for h, indicator in enumerate(given):
        logits = rng.normal(0, spread, size=(shares.shape[1], len(indicator.categories)))
        if indicator.kind == "ordinal":
            logits = rng.normal(0, spread, size=(shares.shape[1], 1)) * np.arange(-1, 2)
        profile.append(softmax(logits, axis=1).T)
        answers[:, h] = (logits[member] + rng.gumbel(size=(n, logits.shape[1]))).argmax(1)
    answers[rng.random(answers.shape) < missing] = -1
    return Known(survey(given, answers, group), member, shares, np.vstack(profile))


def simulate_degrees(*, n=300, items=12, seed=0) -> Known:
    """People along one dimension: no kinds."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % 2
    trait = rng.normal(size=n) + 0.6 * (group - 0.5)
    push = 1.5 * trait[:, None] + rng.logistic(size=(n, items))
    answers = (push > -1.0).astype(np.int64) + (push > 1.0)
    given = indicators(items, kinds=("ordinal",))
    return Known(survey(given, answers, group), np.full(n, -1), np.ones((2, 1)))


def simulate_coins(*, n=300, items=9, seed=0) -> Known:
    """Everyone thinks alike: answers are independent."""
    rng = np.random.default_rng(seed)
    given = indicators(items)
    sizes = [len(i.categories) for i in given]
    answers = np.column_stack([rng.integers(0, size, n) for size in sizes]).astype(np.int64)
    return Known(survey(given, answers, np.arange(n) % 2), np.zeros(n, int), np.ones((2, 1)))


def relabel(data: ModelData, order: np.ndarray) -> ModelData:
    """The same people in another order."""
    return replace(
        data,
        respondents=tuple(data.respondents[i] for i in order),
        group=data.group[order],
        beliefs=Beliefs(data.beliefs.indicators, data.beliefs.answers[order]),
    )


Fit = Callable[..., xr.DataTree]


@pytest.fixture(scope="session")
def fit(checkout: Path) -> Fit:
    """Fit the mixture with so many classes (0: the continuum) as the workflow does."""
    models = {
        name: load_model(checkout / "models" / f"{name}.py")
        for name in ("worldviews", "worldview_continuum")
    }

    def run(data: ModelData, classes: int, settings: FitSettings = SHORT) -> xr.DataTree:
        if classes == 0:
            built = models["worldview_continuum"].function(data)
            return sample(built, settings, initial=continuum_start(data))
        built = models["worldviews"].function(data, classes=classes)
        start = mixture_start(data, reference_solution(data, classes))
        return sample(built, settings, initial=start)

    return run


@pytest.fixture(scope="session")
def two_kinds() -> Known:
    return simulate_types()


@pytest.fixture(scope="session")
def two_kinds_fit(fit: Fit, two_kinds: Known) -> xr.DataTree:
    return fit(two_kinds.data, 2)
