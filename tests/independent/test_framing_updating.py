"""A published framing experiment as information: what a story did to beliefs and to a response.

Brader, Valentino & Suhay 2008: 265 people; 68 read a story of the costs of Latin American
immigrants, the others another story. The belief is how much harm immigration does, from 2 to 8; the
response whether a message against it was sent to Congress. The data are not in the repository.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.updating import fit_updating
from tests.questionnaires import sheet_of
from tests.suites.acceptance import Quiet

LOWEST, HIGHEST = 2, 8

_DOCUMENT = {
    "survey": "framing",
    "title": "A framing experiment",
    "interventions": {"message": "A message to Congress against immigration"},
    "arms": {"story": {"costs": 0.25, "other": 0.75}},
    "information": {
        "story": {
            "label": "A story of the costs of immigrants from Latin America",
            "told": {"story": ["costs"]},
            "beliefs": {"harm": "raises"},
            "support": {"message": "raises"},
        }
    },
    "blocks": [
        {"block": "beliefs", "role": "belief", "items": [
            {"name": "harm", "type": "select_one", "level": "ordinal", "label": "How much harm?",
             "options": {f"h{k}": str(k) for k in range(LOWEST, HIGHEST + 1)}}]},
        {"block": "responses", "role": "response", "items": [
            {"name": "sent", "type": "select_one", "label": "Should it be sent?",
             "intervention": "message", "options": {"no": "No", "yes": "Yes"},
             "accept_from": "yes"}]},
        {"block": "about_you", "items": [
            {"name": "gender", "type": "select_one", "role": "group", "label": "Gender",
             "options": {"female": "Female", "male": "Male"}}]},
    ],
}  # fmt: skip


def read(folder: Path) -> tuple[pl.DataFrame, Questionnaire, pl.DataFrame]:
    """Return the answer sheet, the questionnaire and the published table."""
    questionnaire = parse(_DOCUMENT, where="framing")
    frame = pl.read_csv(folder / "reference" / "framing.csv")
    rows = frame.select(
        harm=pl.col("p_harm") - LOWEST,
        sent=pl.col("cong_mesg"),
        gender=(pl.col("gender") == "male").cast(pl.Int64),
        arms=pl.Series(
            [json.dumps({"story": "costs" if told else "other"}) for told in frame["treat"]]
        ),
    ).to_dicts()
    return sheet_of(questionnaire, rows), questionnaire, frame


@pytest.fixture(scope="module")
def fitted(checkout: Path, shared_data: Path) -> tuple[ModelData, dict[str, Any], pl.DataFrame]:
    sheet, questionnaire, frame = read(shared_data)
    data = build_model_data(sheet, questionnaire)
    task = Task(
        data=data,
        questionnaire=questionnaire,
        settings=FitSettings(draws=500, tune=400, seed=3),
        models={"updating": load_model(checkout / "models" / "updating.py")},
        priors={},
        report=Quiet(),  # type: ignore[arg-type]
    )
    part = fit_updating(task, Part())
    assert part.failed == ()
    rows = part.tables[0].frame
    return data, {row["kind"]: row for row in rows.to_dicts()}, frame


def test_who_read_the_story_counts_as_told(fitted) -> None:
    data, rows, frame = fitted
    (told,) = data.information
    assert told.randomised
    assert told.told.sum() == frame["treat"].sum() == 68
    assert (rows["belief"]["n_told"], rows["belief"]["n_not_told"]) == (68, 197)
    assert rows["belief"]["worldview"] == 0 and rows["belief"]["trust"] == ""


def test_beliefs_moved_as_far_as_the_plain_means_say(fitted) -> None:
    _, rows, frame = fitted
    means = [frame.filter(treat=told)["p_harm"].mean() for told in (0, 1)]
    plain = (means[1] - means[0]) / (HIGHEST - LOWEST)
    row = rows["belief"]
    assert row["shift_q05"] < plain < row["shift_q95"]
    assert row["shift_mean"] == pytest.approx(plain, abs=0.02)


def test_the_response_moved_as_far_as_the_plain_shares_say(fitted) -> None:
    _, rows, frame = fitted
    shares = [frame.filter(treat=told)["cong_mesg"].mean() for told in (0, 1)]
    row = rows["support"]
    assert row["shift_q05"] < shares[1] - shares[0] < row["shift_q95"]
    assert row["shift_mean"] == pytest.approx(shares[1] - shares[0], abs=0.03)


def test_intervals_are_as_wide_as_so_many_people_allow(fitted) -> None:
    _, rows, frame = fitted
    counts = [frame.filter(treat=told) for told in (0, 1)]
    for kind, column, unit in (("belief", "p_harm", HIGHEST - LOWEST), ("support", "cong_mesg", 1)):
        plain = np.sqrt(sum(f[column].var() / len(f) for f in counts)) / unit
        width = (rows[kind]["shift_q95"] - rows[kind]["shift_q05"]) / 3.29
        assert 0.75 * plain < width < 1.1 * plain
