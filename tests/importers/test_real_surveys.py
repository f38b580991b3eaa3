"""The two published surveys go in whole; what holds no answers says so."""

from pathlib import Path

import polars as pl
import pytest

from mfp_stats.errors import ImportRejected
from mfp_stats.importers import apply_mapping, load_mapping, unused_columns
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.readers import Format, read_file
from mfp_stats.responses import MISSING_CODES, Status

BC, NONVOTERS = "bc-ai-survey/bc_ai_survey.csv", "nonvoters-538/nonvoters_data.csv"
DONT_KNOW, REFUSED = MISSING_CODES[Status.DONT_KNOW], MISSING_CODES[Status.REFUSED]


def imported(checkout: Path, name: str, file: Path) -> tuple[pl.DataFrame, Questionnaire]:
    folder = checkout / "surveys" / name
    questionnaire = load(folder)
    (kept,) = (folder / "mappings").glob("*.yaml")
    mapping = load_mapping(kept, questionnaire)
    raw = read_file(file, options=mapping.file)
    assert unused_columns(raw, mapping)
    return apply_mapping(raw, mapping, questionnaire, wave="1"), questionnaire


def counts(sheet: pl.DataFrame, questionnaire: Questionnaire, item: str) -> dict[str, int]:
    names = dict(enumerate(questionnaire.item(item).option_names))
    names |= {code: status.value for status, code in MISSING_CODES.items()}
    return {names[code]: n for code, n in sheet[item].value_counts().iter_rows()}


@pytest.fixture(scope="module")
def bc(checkout: Path, shared_data: Path) -> tuple[pl.DataFrame, Questionnaire]:
    return imported(checkout, "bc_ai", shared_data / BC)


@pytest.fixture(scope="module")
def nonvoters(checkout: Path, shared_data: Path) -> tuple[pl.DataFrame, Questionnaire]:
    return imported(checkout, "nonvoters", shared_data / NONVOTERS)


def test_bc_has_everyone_in_their_group(bc: tuple[pl.DataFrame, Questionnaire]) -> None:
    sheet, questionnaire = bc
    assert sheet.height == 1001
    assert counts(sheet, questionnaire, "experience") == {
        "none": 106,
        "aware": 316,
        "occasional": 405,
        "regular": 164,
        "expert": 10,
    }


def test_bc_picks_and_answers_are_counted_as_published(
    bc: tuple[pl.DataFrame, Questionnaire],
) -> None:
    sheet, questionnaire = bc
    chosen = {v: (sheet[f"matters|{v}"] == 1).sum() for v in questionnaire.values}
    expected = {"ethics": 615, "privacy": 681, "growth": 261, "common_good": 390, "inclusion": 162}
    assert chosen == expected
    assert (sheet["matters|ethics"] == DONT_KNOW).sum() == 68
    picked = sheet.select(pl.sum_horizontal(pl.col(r"^matters\|.*$").clip(0))).to_series()
    assert picked.max() == 3
    # 133 ticked "not sure" about whom to trust; those who named somebody too keep the name.
    assert 0 < (sheet["trusted|researchers"] == DONT_KNOW).sum() < 133
    assert (sheet["trusted|researchers"] == 1).sum() == 531
    assert (sheet["trusted|none_of_the_above"] == 1).sum() == 211
    assert counts(sheet, questionnaire, "government_role") == {
        "regulate": 488,
        "balance": 370,
        "promote": 48,
        "leave_alone": 33,
        "dont_know": 62,
    }
    assert counts(sheet, questionnaire, "overall_feeling")["harm"] == 428


def test_nonvoters_have_their_groups_weights_and_order(
    nonvoters: tuple[pl.DataFrame, Questionnaire],
) -> None:
    sheet, questionnaire = nonvoters
    assert sheet.height == 5836
    groups = {"always": 1811, "sporadic": 2574, "rarely_never": 1451}
    assert counts(sheet, questionnaire, "voter_category") == groups
    assert sheet["weight"].min() == 0.2298
    assert sheet["weight"].null_count() == 0
    vote = {"not_at_all": 160, "not_so": 145, "somewhat": 738, "very": 4758, "refused": 35}
    assert counts(sheet, questionnaire, "importance.vote") == vote
    assert questionnaire.item("importance.vote").option_names[-1] == "very"
    plans = {"yes": 4945, "no": 464, "undecided": 404, "refused": 23}
    assert counts(sheet, questionnaire, "plans_to_vote") == plans
    assert counts(sheet, questionnaire, "trust_police")["much"] == 1813
    assert counts(sheet, questionnaire, "democrats_want_me")["works_for"] == 2236


def test_the_qualtrics_export_is_read_with_its_wordings(shared_data: Path) -> None:
    raw = read_file(shared_data / "questionnaires" / "fabre_EU_pilot_qualtrics_3header.csv")
    assert raw.format is Format.QUALTRICS
    assert (len(raw), len(raw.columns)) == (276, 306)
    assert raw.column_labels["StartDate"] == "Start Date"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("fabre_US1.qsf", "is a Qualtrics questionnaire, not its answers"),
        ("osmm-survey-structure.lss", "is a LimeSurvey questionnaire, not its answers"),
        ("liberiaCoverageVillageForm.xlsx", "describes a form (XLSForm"),
    ],
)
def test_questionnaires_are_no_answers(shared_data: Path, file: str, says: str) -> None:
    with pytest.raises(ImportRejected) as caught:
        read_file(shared_data / "questionnaires" / file)
    assert says in str(caught.value)
