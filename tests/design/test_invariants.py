"""Whatever the answers, the arrays keep their promises or the fit is refused with reasons."""

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.errors import DesignError
from mfp_stats.frames import sheet_schema
from mfp_stats.questionnaire.model import ItemType, Questionnaire
from mfp_stats.responses import sheet_column
from tests.questionnaires import all_roles, imported

QUESTIONNAIRES = {q.survey: q for q in (all_roles(), imported())}


def haphazard(q: Questionnaire, n: int, seed: int, missing: float) -> pl.DataFrame:
    """Every cell any code that its column may hold, however little sense they make together."""
    rng = np.random.default_rng(seed)
    tops = {
        sheet_column(item.name, part): _top(item.type, len(item.options))
        for item in q.items
        for part in item.parts
    }
    columns = {}
    for name, dtype in sheet_schema(q).items():
        if dtype == pl.Int16():
            codes = rng.integers(0, tops.get(name, 0) + 1, n)
            gone = rng.random(n) < missing
            columns[name] = np.where(gone, rng.integers(-5, 0, n), codes)
        else:
            columns[name] = [None] * n
    columns["respondent"] = [f"p{k}" for k in range(n)]
    columns["wave"] = rng.choice(["1", "2"], n)
    return pl.DataFrame(columns, schema=sheet_schema(q))


def _top(kind: ItemType, options: int) -> int:
    match kind:
        case ItemType.SELECT_MULTIPLE:
            return 1
        case ItemType.RANK:
            return options
        case ItemType.SELECT_ONE | ItemType.BEST_WORST:
            return options - 1
        case _:
            return 0


@given(
    st.sampled_from(sorted(QUESTIONNAIRES)),
    st.integers(0, 12),
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.3, 0.9]),
)
@settings(max_examples=120)
def test_arrays_keep_their_promises(survey: str, n: int, seed: int, missing: float) -> None:
    q = QUESTIONNAIRES[survey]
    try:
        data = build_model_data(haphazard(q, n, seed, missing), q)
    except DesignError as error:
        assert all(f.what for f in error.faults)
        return
    assert len(data.group) == len(data.respondents) <= n
    assert (data.group_sizes > 0).all()
    assert len(data.groups) == len(data.group_labels) == len(data.group_sizes)
    check_tradeoffs(data)
    check_scales(data)


def check_tradeoffs(data: ModelData) -> None:
    people, values = len(data.respondents), len(data.values)
    if (tasks := data.best_worst) is not None:
        size = (tasks.shown >= 0).sum(axis=1)
        assert tasks.person.max() < people
        assert tasks.shown.max() < values
        assert ((tasks.best >= 0) & (tasks.best < size)).all()
        assert ((tasks.worst >= -1) & (tasks.worst < size)).all()
        assert (tasks.best != tasks.worst).all()
    if (picks := data.picks) is not None:
        assert picks.person.max() < people
        assert not (picks.chosen & ~picks.offered).any()
        assert picks.chosen.any(axis=1).all()
        assert (picks.chosen.sum(axis=1) < picks.offered.sum(axis=1)).all()
    if (rankings := data.rankings) is not None:
        for offered, order in zip(rankings.offered, rankings.order, strict=True):
            ranked = order[order >= 0]
            assert len(set(ranked)) == len(ranked) >= 1
            assert offered[ranked].all()
            assert (order[len(ranked) :] == -1).all()


def check_scales(data: ModelData) -> None:
    if (rated := data.ratings) is not None:
        assert set(rated.level) == set(range(len(rated.levels)))
        assert len(rated.levels) >= 2
        assert rated.value.max() < len(data.values)
        assert len(set(zip(rated.person, rated.value, strict=True))) == len(rated.person)
    if (beliefs := data.beliefs) is not None:
        assert beliefs.answers.shape == (len(data.respondents), len(beliefs.indicators))
        for indicator, answers in zip(beliefs.indicators, beliefs.answers.T, strict=True):
            assert set(answers) - {-1} == set(range(len(indicator.categories)))
            assert len(indicator.categories) == len(indicator.category_labels) >= 2
        names = [i.name for i in beliefs.indicators]
        assert len(set(names)) == len(names)
