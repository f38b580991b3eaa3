"""Suggestions say why, own up to doubts, and are never applied unread."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mfp_stats.errors import MappingError
from mfp_stats.importers import apply_mapping, load_mapping, save_mapping, suggest_mapping
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.readers import RawTable

Table = Callable[..., RawTable]


def answered(table: Table) -> RawTable:
    """A file whose columns are called as the items are."""
    cells = {
        "Resp ID": ["r1", "r2", "r3"],
        "weight": ["1", "0.5", "1.5"],
        "picks/quiet": ["1", "0", "0"],
        "picks/shops": ["0", "1", "0"],
        "picks/trees": ["0", "0", "1"],
        "picks/other": ["0", "0", "0"],
        "picks/none_of_these": ["0", "0", "0"],
        "sets.set1|best": ["quiet", "trees", "trees"],
        "sets.set1|worst": ["shops", "quiet", "quiet"],
        "growth": ["Agree", "Don't know", "Disagree"],
        "Where": ["In the centre", "At the edge", "At the edge"],
        "age": ["30", "44", None],
        "useless": ["x", "x", "x"],
    }
    return table(cells, only=True)


def test_names_wordings_and_labels_are_matched(table: Table, village: Questionnaire) -> None:
    found = suggest_mapping(answered(table), village)
    items = found.mapping.items
    assert found.mapping.respondent.column == "Resp ID"
    assert found.mapping.weight == "weight"
    assert items["growth"].codes == {"Agree": "agree", "Disagree": "disagree"}
    assert items["growth"].missing == {"Don't know": "dont_know"}
    assert items["lives"].column == "Where"
    assert items["lives"].codes == {"In the centre": "centre", "At the edge": "edge"}
    assert (items["sets.set1"].best, items["sets.set1"].worst) == (
        "sets.set1|best",
        "sets.set1|worst",
    )
    assert items["picks"].chosen == ["1"]
    assert items["picks"].not_chosen == ["0"]
    assert "useless" not in found.mapping.columns()


def test_doubts_and_gaps_are_told(table: Table, village: Questionnaire) -> None:
    found = suggest_mapping(answered(table), village)
    assert found.unbound == ("order", "comment")
    told = "\n".join(found.uncertain)
    assert "order: no column was found" in told
    assert "age <- age: unsure, it has the same name; empty cells are taken for skipped" in told
    assert '"Don\'t know" is taken for dont_know' in told
    assert "what it means that nothing is ticked is left open" in told


def test_a_suggestion_must_be_read_before_it_is_used(
    tmp_path: Path, table: Table, village: Questionnaire
) -> None:
    raw = answered(table)
    found = suggest_mapping(raw, village)
    save_mapping(found.mapping, tmp_path / "m.yaml", comments=found.comments)
    text = (tmp_path / "m.yaml").read_text()
    assert "confirmed: false" in text
    assert "# unsure: it has the same name" in text
    with pytest.raises(MappingError, match="nothing is said about item 'order'"):
        load_mapping(tmp_path / "m.yaml", village)
    text += "not_in_file: [order, comment]\n"
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(MappingError, match="nobody has confirmed"):
        apply_mapping(raw, load_mapping(tmp_path / "m.yaml", village), village, wave="1")
    (tmp_path / "m.yaml").write_text(text.replace("confirmed: false\n", ""))
    sheet = apply_mapping(raw, load_mapping(tmp_path / "m.yaml", village), village, wave="1")
    assert sheet["growth"].to_list() == [2, -3, 0]
    assert sheet["picks|shops"].to_list() == [0, 1, 0]


def test_codes_are_read_through_their_labels(table: Table, village: Questionnaire) -> None:
    labels = {"v7": {"1": "Agree", "2": "Neither", "3": "Disagree", "9": "Prefer not to say"}}
    raw = table(
        {"id": ["1", "2", "3", "4"], "v7": ["1", "3", "9", "1"]},
        only=True,
        column_labels={"v7": "The village grows"},
        value_labels=labels,
    )
    binding = suggest_mapping(raw, village).mapping.items["growth"]
    assert binding.column == "v7"
    assert binding.codes == {"1": "agree", "3": "disagree"}
    assert binding.missing == {"9": "refused"}


def test_bare_numbers_are_taken_in_order_but_never_for_sure(
    table: Table, village: Questionnaire
) -> None:
    raw = table({"id": ["1", "2", "3"], "growth": ["1", "2", "3"]}, only=True)
    found = suggest_mapping(raw, village)
    assert found.mapping.items["growth"].codes == {"1": "disagree", "2": "neither", "3": "agree"}
    assert "the codes are taken in order, 1 = disagree to agree" in "\n".join(found.uncertain)


def test_options_in_one_cell_are_found(table: Table, village: Questionnaire) -> None:
    raw = table({"id": ["1", "2"], "q": ["Quiet; Trees", "Shops"]}, only=True)
    binding = suggest_mapping(raw, village).mapping.items["picks"]
    assert (binding.column, binding.separator) == ("q", ";")
    assert binding.codes == {"Quiet": "quiet", "Shops": "shops", "Trees": "trees"}


def test_columns_that_hold_one_label_each_are_found(table: Table, village: Questionnaire) -> None:
    labels = ["Quiet", "Shops", "Trees", "Something else", "None of these", "Not sure"]
    cells = {f"Q1_{k}": [label, None] for k, label in enumerate(labels)}
    found = suggest_mapping(table({"id": ["1", "2"], **cells}, only=True), village)
    binding = found.mapping.items["picks"]
    assert binding.columns is not None
    assert binding.columns["trees"].column == "Q1_2"
    assert binding.missing_columns["dont_know"].column == "Q1_5"


def test_rows_without_ids_are_numbered(table: Table, village: Questionnaire) -> None:
    found = suggest_mapping(table({"growth": ["Agree", "Agree"]}, only=True), village)
    assert found.mapping.respondent.row_number
    assert "no column tells the rows apart" in "\n".join(found.uncertain)
