"""An exported sheet comes back through its own mapping as it was."""

import json
from pathlib import Path

import polars as pl
import pytest

from mfp_stats.importers import apply_mapping, export_sheet, load_mapping, save_mapping
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.readers import read_file
from mfp_stats.simulate import default_truth, simulate_survey
from tests.questionnaires import all_roles, imported, with_plans


def simulated(questionnaire: Questionnaire) -> pl.DataFrame:
    truth = default_truth(questionnaire, seed=1)
    return simulate_survey(questionnaire, truth, n=150, seed=2, wave="spring").sheet


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("make", [all_roles, imported, with_plans])
def test_the_file_gives_the_sheet_again(make, suffix: str, tmp_path: Path) -> None:
    questionnaire = make()
    sheet = simulated(questionnaire)
    table, mapping = export_sheet(sheet, questionnaire, simulated=True)
    file = tmp_path / f"answers.{suffix}"
    table.write_csv(file) if suffix == "csv" else table.write_parquet(file)
    save_mapping(mapping, tmp_path / "mapping.yaml")
    read = load_mapping(tmp_path / "mapping.yaml", questionnaire)
    back = apply_mapping(read_file(file), read, questionnaire, wave="1")
    assert read.simulated
    head = ("arms", "shown", "submitted")
    assert back.drop(head).equals(sheet.drop(head))
    if questionnaire.arms:
        assert [json.loads(a) for a in back["arms"]] == [json.loads(a) for a in sheet["arms"]]
    else:
        assert back["arms"].null_count() == len(back)


def test_every_kind_of_missing_answer_has_a_text_of_its_own() -> None:
    questionnaire = all_roles()
    sheet = simulated(questionnaire)
    table, mapping = export_sheet(sheet, questionnaire)
    assert sorted(mapping.missing.values()) == [
        "dont_know", "not_applicable", "not_asked", "refused", "skipped"
    ]  # fmt: skip
    columns = [name for name in sheet.columns if name.startswith("consequences.")]
    for code, text in ((-1, "(not_asked)"), (-2, "(skipped)"), (-3, "(dont_know)")):
        cells = [(sheet[name] == code).to_list() for name in columns]
        assert [(table[name] == text).to_list() for name in columns] == cells
        assert any(cell for column in cells for cell in column), f"none is {text}"
    assert not mapping.simulated
