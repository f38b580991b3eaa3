from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.design.data import ModelData, Ratings


@pytest.fixture
def survey() -> ModelData:
    """Two people of one group who answered nothing."""
    return ModelData(
        survey="wind",
        questionnaire="abc",
        respondents=("a", "b"),
        groups=("g",),
        group_labels=("G",),
        group=np.zeros(2, dtype=np.int64),
        weight=None,
        values=("fair", "cheap"),
        value_labels=("Fair", "Cheap"),
    )


@pytest.fixture
def rated_survey(survey: ModelData) -> ModelData:
    """The same two, one of whom rated one value."""
    row = np.zeros(1, dtype=np.int64)
    return replace(survey, ratings=Ratings(row, row, row, ("low", "high")))
