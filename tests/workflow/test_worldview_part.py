"""What the worldview part hands on, and where its search for more worldviews ends."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from mfp_stats.quantities.worldview_models import Candidate, Prediction
from mfp_stats.workflow import worldviews

OTHERWISE = "Another way of dividing people fits as well."


def prediction(level: float) -> Prediction:
    return Prediction(np.linspace(-1, 1, 100) + level, 0)


@pytest.fixture
def fit(monkeypatch):
    """Run the part with made-up results by number of worldviews: a level, None for a failure."""

    def run(levels: dict[int, float | None]):
        tried = []

        def mixture(_, fitted, classes):
            if classes not in levels:
                return False
            tried.append(classes)
            level = levels[classes]
            found = None if level is None else prediction(level)
            fitted.candidates.append(Candidate(classes, found))
            fitted.views[classes] = SimpleNamespace(
                tables={},
                cautions=(OTHERWISE,),
                matched=None,
                names=(),
                draws={"share": None},
            )
            return True

        monkeypatch.setattr(worldviews, "_fit_mixture", mixture)
        monkeypatch.setattr(worldviews, "_fit_continuum", lambda _, fitted: None)
        part = worldviews.fit_worldviews(SimpleNamespace(data=SimpleNamespace(beliefs=True)))
        return tried, {table.name: table.frame for table in part.tables}, part.notes

    return run


def test_cautions_are_a_table_and_notes(fit):
    tried, tables, notes = fit({1: -2.0, 2: -1.0, 3: None})
    assert tried == [1, 2, 3]
    assert tables["worldview_cautions"]["caution"].to_list() == list(notes)
    first, second = notes
    assert first == OTHERWISE
    assert second.startswith("More than 2 worldviews might predict the answers better still: the")


def test_the_search_ends_at_a_number_that_is_worse(fit):
    tried, tables, notes = fit({1: -2.0, 2: 0.0, 3: -1.0, 4: 5.0})
    assert tried == [1, 2, 3]
    assert tables["worldview_models"].filter(pl.col("chosen"))["classes"].item() == 2
    assert notes == (OTHERWISE,)


def test_a_failure_of_two_does_not_end_it(fit):
    tried, tables, _ = fit({1: -2.0, 2: None, 3: 0.0, 4: 0.01})
    assert tried == [1, 2, 3, 4]
    assert tables["worldview_models"].filter(pl.col("chosen"))["classes"].item() == 3
