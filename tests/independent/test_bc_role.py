"""The British Columbia survey's question on government's role: a nominal response, reduced form.

Each of its four answers is a proposal that a person chose or did not, and nothing that an answer
would bring was asked about, so that models are only what distinct worldviews add. What is said is
held against the plain crosstab. Answers are not in the repository.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.importers import apply_mapping, load_mapping
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.readers import read_file
from mfp_stats.workflow.prefield.fit import FittedSurvey
from tests.suites.acceptance import fit

ROLE, FEELING = "government_role", "overall_feeling"
#: Groups far apart: who has heard of AI, and who uses it often.
APART = ("aware", "regular")
#: Too few to be shown.
FEW = "expert"


@dataclass(frozen=True)
class Fitted:
    """What was fitted, and the answers that it was fitted to."""

    found: FittedSurvey
    sheet: pl.DataFrame
    questionnaire: Questionnaire

    @property
    def crosstab(self) -> Mapping[tuple[str, str], tuple[float, int]]:
        """Share of each group that chose each answer, of how many that answered."""
        group, role = (self.questionnaire.item(n).option_names for n in ("experience", ROLE))
        told = self.sheet.filter(pl.col(ROLE) >= 0)
        return {
            (name, option): (float((inside[ROLE] == k).mean()), len(inside))
            for g, name in enumerate(group)
            if len(inside := told.filter(experience=g))
            for k, option in enumerate(role)
        }

    def gaps(self) -> list[dict[str, object]]:
        """Return the gaps in single answers."""
        return self.found.table("gap").filter(pl.col("intervention") != POOLED).to_dicts()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(APART, id="two groups"),
        pytest.param(None, id="everybody", marks=pytest.mark.slow),
    ],
)
def fitted(request: pytest.FixtureRequest, checkout: Path, shared_data: Path) -> Fitted:
    folder = checkout / "surveys" / "bc_ai"
    questionnaire = load(folder)
    (kept,) = (folder / "mappings").glob("*.yaml")
    mapping = load_mapping(kept, questionnaire)
    raw = read_file(shared_data / "bc-ai-survey" / "bc_ai_survey.csv", options=mapping.file)
    sheet = apply_mapping(raw, mapping, questionnaire, wave="1")
    if request.param is not None:
        names = questionnaire.item("experience").option_names
        sheet = sheet.filter(pl.col("experience").is_in([names.index(n) for n in request.param]))
    data = build_model_data(sheet, questionnaire)
    assert data.responses is not None and data.responses.exclusive
    found = fit(data, questionnaire, FitSettings(draws=300, tune=400, seed=3, cores=1))
    return Fitted(found, sheet, questionnaire)


def test_the_fit_passes_its_checks_in_the_reduced_form(fitted: Fitted) -> None:
    assert fitted.found.failed == []
    gap = fitted.found.table("gap")
    assert set(gap["split_form"]) == {"reduced"}
    shown = fitted.found.table("acceptance")["group"].unique()
    assert FEW not in shown and set(APART) <= set(shown)
    assert fitted.found.table("acceptance")["intervention"].n_unique() == 4
    # Nothing was asked that signals could be of.
    assert gap["signals_mean"].null_count() == len(gap)
    numbers = gap.select(pl.selectors.float())
    assert not numbers.select(pl.any_horizontal(pl.all().is_nan().any())).item()


def test_shares_of_answers_are_those_of_the_crosstab(fitted: Fitted) -> None:
    accepts = fitted.found.table("acceptance").to_dicts()
    held, apart = [], []
    for row in accepts:
        share, n = fitted.crosstab[row["group"], row["intervention"]]
        # Those who named no value are left out, so that the shares are not quite theirs.
        assert 0.7 * n < row["n"] <= n
        held.append(row["accepts_q05"] <= share <= row["accepts_q95"])
        apart.append((row["accepts_mean"] - share) / np.sqrt(share * (1 - share) / n))
    assert np.mean(held) > 0.7
    assert np.max(np.abs(apart)) < 3


def test_of_the_answers_each_person_has_one(fitted: Fitted) -> None:
    sums = fitted.found.table("acceptance").group_by("group").agg(pl.col("accepts_mean").sum())
    assert sums["accepts_mean"].to_list() == pytest.approx([1] * len(sums), abs=0.04)
    pairs = ("group_a", "group_b")
    gap = fitted.found.table("gap").filter(pl.col("intervention") != POOLED)
    for total in gap.group_by(pairs).agg(pl.col("gap_mean").sum())["gap_mean"]:
        assert total == pytest.approx(0, abs=0.04)


def test_gaps_are_those_of_the_crosstab_and_verdicts_do_not_contradict_it(fitted: Fitted) -> None:
    rows = fitted.gaps()
    groups = fitted.found.table("acceptance")["group"].n_unique()
    assert len(rows) == 4 * len(list(combinations(range(groups), 2)))
    for row in rows:
        (a, n), (b, m) = (
            fitted.crosstab[row[side], row["intervention"]] for side in ("group_a", "group_b")
        )
        error = float(np.hypot(np.sqrt(a * (1 - a) / n), np.sqrt(b * (1 - b) / m)))
        name = (row["group_a"], row["group_b"], row["intervention"])
        assert abs(row["gap_mean"] - (b - a)) < 3 * error, name
        if row["verdict"] == "no_gap":
            assert abs(b - a) < 0.05 + 2 * error, name
        elif row["verdict"] != "cannot_tell":
            assert (b - a) * row["gap_mean"] > 0, name
            assert abs(b - a) > 1.64 * error, name


def _carried_by_feeling(fitted: Fitted, option: str, pair: tuple[str, str]) -> float:
    """Return what the groups' answers on AI and society carry of a gap, from plain shares alone.

    By how many more of one group hold each answer, times how many of both that do chose the
    option.
    """
    names = fitted.questionnaire.item("experience").option_names
    code = fitted.questionnaire.item(ROLE).option_names.index(option)
    told = fitted.sheet.filter((pl.col(ROLE) >= 0) & (pl.col(FEELING) >= 0))
    a, b = (told.filter(experience=names.index(name)) for name in pair)
    carried = 0.0
    for feeling in told[FEELING].unique():
        held = [float((side[FEELING] == feeling).mean()) for side in (a, b)]
        chose = [float((s.filter(pl.col(FEELING) == feeling)[ROLE] == code).mean()) for s in (a, b)]
        carried += (held[1] - held[0]) * sum(chose) / 2
    return carried


@pytest.mark.parametrize("option", ["regulate", "balance"])
def test_worldviews_carry_gaps_the_way_that_the_plainest_belief_does(
    fitted: Fitted, option: str
) -> None:
    """They carry more than that one belief, of which they are told along with all the others."""
    (row,) = (
        row
        for row in fitted.gaps()
        if (row["group_a"], row["group_b"], row["intervention"]) == (*APART, option)
    )
    plain = _carried_by_feeling(fitted, option, APART)
    assert abs(plain) > 0.03
    assert row["models_mean"] * plain > 0
    assert abs(row["models_mean"]) > abs(plain) / 2
    assert abs(row["values_mean"]) < abs(row["models_mean"])
    assert row["verdict"] in ("models", "cannot_tell")
