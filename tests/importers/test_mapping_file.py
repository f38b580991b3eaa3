"""A mapping file is checked as a whole, and saving it loses nothing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import MappingError
from mfp_stats.importers import Binding, ImportMapping, load_mapping, parse_mapping, save_mapping
from mfp_stats.importers.mapping_file import mapping_text
from mfp_stats.questionnaire import Questionnaire

TEN_FAULTS = """
survey: town
respondent: {column: id, row_number: true}
missing: {"": skiped}
items:
  picks:
    columns: {quiet: p1, shops: p2, trees: p3, other: p4, nothing: p5}
    missing_columns: {not_sure: p6}
  order: {columns: {quiet: r1, shops: r2, trees: r3}, chosen: ["1"]}
  sets.set1: {best: b, codes: {"1": quiett}}
  growht: {column: g}
  growth: {colum: g}
  lives: {column: where, codes: {Centre: middle, "Centre ": centre}, missing: {Centre: refused}}
  age: {column: age, codes: {x: y}, separator: ";"}
not_in_file: [age, weather]
"""


def faults_of(text: str, questionnaire: Questionnaire) -> str:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, questionnaire, where="m.yaml")
    return str(caught.value)


def test_shape_faults_come_with_path_line_and_near_name(village: Questionnaire) -> None:
    text = faults_of(TEN_FAULTS, village)
    assert "missing.: unknown word 'skiped'" in text
    assert "Did you mean 'skipped'? See line 4." in text
    assert "items.growth.colum: unknown key 'colum'" in text
    assert "Did you mean 'column'?" in text
    assert "missing_columns.not_sure" in text


def test_meaning_faults_are_all_listed(village: Questionnaire) -> None:
    text = TEN_FAULTS.replace("skiped", "skipped").replace("colum:", "column:")
    text = text.replace("not_sure: p6", "dont_know: p6")
    said = faults_of(text, village)
    for part in [
        "survey: is for survey 'town', the questionnaire is 'village'",
        "respondent: needs either a 'column' or 'row_number: true'",
        "items.picks.columns.nothing: unknown option 'nothing'",
        "items.picks.columns: option 'none_of_these' has no column",
        "items.picks: does not say which texts mean that an option was ticked",
        "items.order.chosen: is of no use for a rank item",
        "items.sets.set1: 'worst' is missing",
        "items.sets.set1.codes.1: unknown option 'quiett'",
        "items.growht: unknown item 'growht'",
        "Did you mean 'growth'?",
        "items.lives.codes.Centre: unknown option 'middle'",
        "items.lives.codes: 'Centre' stands twice",
        "items.lives.codes.Centre: stands under 'missing' too",
        "items.age.codes: is of no use for a integer item",
        "items.age.separator: is of no use for a integer item",
        "not_in_file[0]: 'age' is bound under items too",
        "not_in_file[1]: unknown item 'weather'",
        "items: nothing is said about item 'comment'",
    ]:
        assert part in said


def test_the_group_must_be_in_the_file(village: Questionnaire) -> None:
    names = [item.name for item in village.items]
    text = f"survey: village\nrespondent: id\nitems: {{}}\nnot_in_file: [{', '.join(names)}]"
    assert "the group item 'lives' must be in the file" in faults_of(text, village)


@pytest.mark.parametrize("text", ["", "- a", "survey: [", "a: 1\na: 2", "{}", "survey: village"])
def test_what_is_no_mapping_is_a_mapping_error(text: str, village: Questionnaire) -> None:
    assert faults_of(text, village)


def test_an_absent_file_is_a_mapping_error(tmp_path: Path, village: Questionnaire) -> None:
    with pytest.raises(MappingError, match="No such file"):
        load_mapping(tmp_path / "none.yaml", village)


def test_arms_are_checked(village: Questionnaire) -> None:
    text = (
        "survey: village\nrespondent: id\nitems: {}\n"
        "arms: {ordr: o, order: {column: o, codes: {'1': third}}}"
    )
    said = faults_of(text, village)
    assert "arms.ordr: unknown arm 'ordr'" in said
    assert "arms.order.codes.1: unknown level 'third'" in said


def test_saving_and_loading_gives_the_same_mapping(
    tmp_path: Path, village: Questionnaire, mapping: ImportMapping
) -> None:
    save_mapping(mapping, tmp_path / "m.yaml", comments={"growth": "two\nlines"})
    text = (tmp_path / "m.yaml").read_text()
    assert "  # two lines\n  growth:" in text
    assert load_mapping(tmp_path / "m.yaml", village) == mapping
    save_mapping(mapping, tmp_path / "again.yaml", comments={"growth": "two\nlines"})
    assert (tmp_path / "again.yaml").read_text() == text


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).map(
    str.strip
)
statuses = st.sampled_from(["not_asked", "skipped", "dont_know", "refused", "not_applicable"])


@given(
    st.dictionaries(texts, st.sampled_from(["centre", "edge"]), max_size=5),
    st.dictionaries(texts, statuses, max_size=4),
    texts,
)
@settings(max_examples=100)
def test_any_texts_survive_the_yaml(
    village: Questionnaire, codes: dict[str, str], missing: dict[str, str], column: str
) -> None:
    binding = Binding(
        column=column, codes=codes, missing={k: v for k, v in missing.items() if k not in codes}
    )
    made = ImportMapping(
        survey="village",
        respondent={"column": column},
        items={"lives": binding},
        not_in_file=[i.name for i in village.items if i.name != "lives"],
    )
    assert parse_mapping(mapping_text(made, {}), village, where="m") == made
