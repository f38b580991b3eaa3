"""Texts become answers, answers turn back into the same texts, and every fault has its line."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import ImportRejected, MappingError
from mfp_stats.importers import ImportMapping, apply_mapping, parse_mapping, unused_columns
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.readers import RawTable
from mfp_stats.responses import MISSING_CODES, SHEET_HEAD, Status

Table = Callable[..., RawTable]
NOT_ASKED, SKIPPED = MISSING_CODES[Status.NOT_ASKED], MISSING_CODES[Status.SKIPPED]
DONT_KNOW, REFUSED = MISSING_CODES[Status.DONT_KNOW], MISSING_CODES[Status.REFUSED]


def rejected(raw: RawTable, mapping: ImportMapping, village: Questionnaire) -> str:
    with pytest.raises(ImportRejected) as caught:
        apply_mapping(raw, mapping, village, wave="1")
    return str(caught.value)


def changed(mapping: ImportMapping, item: str, **keys: object) -> ImportMapping:
    binding = mapping.items[item].model_copy(update=keys)
    return mapping.model_copy(update={"items": {**mapping.items, item: binding}})


def test_the_sheet_has_the_canonical_shape(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    sheet = apply_mapping(table(), mapping, village, wave="2024")
    assert dict(list(sheet.schema.items())[: len(SHEET_HEAD)]) == SHEET_HEAD
    rest = sheet.drop(*SHEET_HEAD)
    plain = {"age": pl.Float64(), "comment": pl.String()}
    assert all(dtype == plain.get(name, pl.Int16()) for name, dtype in rest.schema.items())
    assert rest.drop(*plain).null_count().row(0) == (0,) * (rest.width - 2)
    assert sheet["wave"].to_list() == ["2024"] * 2
    assert sheet["weight"].to_list() == [1.5, 0.0]


def test_every_kind_of_item_gets_its_codes(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    first, second = apply_mapping(table(), mapping, village, wave="1").to_dicts()
    picks = [f"picks|{name}" for name in ("quiet", "shops", "trees", "other", "none_of_these")]
    assert [first[p] for p in picks] == [1, 0, 1, 0, 0]
    assert [second[p] for p in picks] == [DONT_KNOW] * 5
    assert [first[f"order|{v}"] for v in ("quiet", "shops", "trees")] == [2, 1, 0]
    assert [second[f"order|{v}"] for v in ("quiet", "shops", "trees")] == [SKIPPED] * 3
    shown = village.item("sets.set1").option_names
    assert shown[first["sets.set1|best"]] == "quiet"
    assert shown[first["sets.set1|worst"]] == "trees"
    assert (second["sets.set1|best"], second["sets.set1|worst"]) == (DONT_KNOW, DONT_KNOW)
    assert (first["growth"], second["growth"]) == (2, REFUSED)
    assert (first["lives"], second["lives"]) == (0, 1)
    assert (first["age"], first["age|status"]) == (44.0, 0)
    assert (second["age"], second["age|status"]) == (None, SKIPPED)
    assert (first["comment"], first["comment|status"]) == ("more trees", 0)
    assert (second["comment"], second["comment|status"]) == (None, SKIPPED)


def test_items_not_in_the_file_were_not_asked(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    names = ["picks", "order", "sets.set1", "growth", "age", "comment"]
    kept = {"lives": mapping.items["lives"]}
    small = mapping.model_copy(update={"items": kept, "not_in_file": names})
    sheet = apply_mapping(table(), small, village, wave="1")
    assert sheet["picks|quiet"].to_list() == [NOT_ASKED] * 2
    assert sheet["age|status"].to_list() == [NOT_ASKED] * 2
    assert sheet["comment"].to_list() == [None] * 2
    assert "p1" in unused_columns(table(), small)
    assert unused_columns(table({"extra": ["1", "2"]}), mapping) == ("extra",)


def test_a_suggestion_is_not_applied(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    unread = mapping.model_copy(update={"confirmed": False})
    with pytest.raises(MappingError, match="nobody has confirmed"):
        apply_mapping(table(), unread, village, wave="1")


def test_columns_that_are_not_there_are_all_named(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    raw = table()
    small = RawTable(**{**_fields(raw), "frame": raw.frame.drop("g", "p1").rename({"age": "Age"})})
    with pytest.raises(MappingError) as caught:
        apply_mapping(small, mapping, village, wave="1")
    text = str(caught.value)
    assert "items.growth: unknown column 'g'" in text
    assert "items.picks: unknown column 'p1'" in text
    assert "items.age: unknown column 'age'" in text
    assert "Did you mean 'Age'?" in text


def _fields(raw: RawTable) -> dict[str, object]:
    return {name: getattr(raw, name) for name in RawTable.__dataclass_fields__}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"g": ["7", "7"]},
            ["column g, lines 2, 3: '7' is off the scale (item growth); known: '3'"],
        ),
        ({"g": ["1", "7"]}, ["column g, line 3: '7' is off", "items: growth: codes or missing"]),
        ({"where": ["Moon", None]}, ["'Moon' is off the scale (item lives)"]),
        ({"age": ["1e309", "12"]}, ["line 2: '1e309' is off", "line 3: '12' is off", "18 to 110"]),
        ({"age": ["44.5", "x"]}, ["'44.5' is off the scale (item age)", "'x' is off"]),
        ({"w": ["-1", "nan"]}, ["column w, line 2: '-1' is off", "line 3: 'nan' is off"]),
        (
            {"w": ["inf", None]},
            ["'inf' is off the scale", "line 3: the cell is empty (item weight)"],
        ),
        ({"id": ["a", "a"]}, ["column id, lines 2, 3: 1 ids stand on several rows", "'a'"]),
        ({"id": ["a", " "]}, ["column id, line 3: the respondent's id is empty"]),
        ({"p1": ["yes", None]}, ["column p1, line 2: 'yes' is off the scale (item picks)"]),
        ({"p2": ["1", None]}, ["line 2: more than 2 options are ticked (item picks)"]),
        ({"p4": [None, "1"]}, ["line 3: an answer stands beside a tick or code for no answer"]),
        (
            {"p5": ["1", None], "p3": [None, None]},
            ["an option that excludes the others was ticked"],
        ),
        ({"r1": ["1", None]}, ["line 2: ranks are not 1, 2, 3, … each once (item order)"]),
        ({"r1": ["3", None]}, ["ranks are not 1, 2, 3"]),
        ({"r1": ["9", None]}, ["column r1, line 2: '9' is off the scale (item order)"]),
        (
            {"b": ["3", "DK"]},
            ["columns b, c, line 2: best and worst are the same (item sets.set1)"],
        ),
    ],
)
def test_bad_cells_are_named_by_line_and_column(
    changes: dict[str, list[str | None]],
    says: list[str],
    table: Table,
    mapping: ImportMapping,
    village: Questionnaire,
) -> None:
    text = rejected(table(changes), mapping, village)
    for said in says:
        assert said in text


def test_all_faults_are_gathered(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    raw = table({"g": ["7", "8"], "where": ["x", "y"], "w": ["-1", "-2"], "id": ["a", "a"]})
    with pytest.raises(ImportRejected) as caught:
        apply_mapping(raw, mapping, village, wave="1")
    assert len(caught.value.faults) == 7


def test_many_bad_cells_are_counted_not_listed(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    n = 5000
    cells = {
        name: [values[0]] * n for name, values in table().frame.to_dict(as_series=False).items()
    }
    cells["id"] = [str(k) for k in range(n)]
    cells["g"] = ["7"] * (n - 20) + [f"text {k}" for k in range(20)]
    text = rejected(table(cells, only=True), mapping, village)
    assert "and 4,968 more" in text
    assert "13 more texts in 13 rows are off the scale" in text
    assert len(text) < 4000


def test_an_empty_cell_without_a_meaning_is_a_fault(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    silent = mapping.model_copy(update={"missing": {"-1": "refused", "DK": "dont_know"}})
    text = rejected(table({"g": [None, "1"]}), silent, village)
    assert "column g, line 2: the cell is empty (item growth)" in text
    assert "column note, line 3: the cell is empty" in text
    assert "line 3: nothing is ticked (item order)" in text


def test_the_item_s_own_missing_texts_go_first(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    own = changed(mapping, "growth", missing={"-1": "not_asked"})
    assert apply_mapping(table(), own, village, wave="1")["growth"][1] == NOT_ASKED


@pytest.mark.parametrize(
    ("policy", "first", "second"),
    [("keep_choices", [1, 0], [0, 1]), ("keep_exclusive", [DONT_KNOW, DONT_KNOW], [1, 0])],
)
def test_the_mapping_says_what_contradictions_mean(
    policy: str,
    first: list[int],
    second: list[int],
    table: Table,
    mapping: ImportMapping,
    village: Questionnaire,
) -> None:
    # The first ticks "quiet" and "not sure", the second "none of these" and "shops".
    changes = {
        **{"p1": ["1", None], "p2": [None, "1"], "p3": [None, None]},
        **{"p5": [None, "1"], "p6": ["1", None]},
    }
    lenient = changed(mapping, "picks", conflict=policy)
    sheet = apply_mapping(table(changes), lenient, village, wave="1")
    columns = ["picks|quiet", "picks|none_of_these"], ["picks|none_of_these", "picks|shops"]
    assert [sheet[c][0] for c in columns[0]] == first
    assert [sheet[c][1] for c in columns[1]] == second


def test_nothing_ticked_may_be_an_answer(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    raw = table({"p6": [None, None]})
    assert apply_mapping(raw, mapping, village, wave="1")["picks|quiet"][1] == NOT_ASKED
    answered = changed(mapping, "picks", nothing_chosen="answered")
    assert apply_mapping(raw, answered, village, wave="1")["picks|quiet"][1] == 0


def test_options_in_one_cell_are_taken_apart(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    single = {
        "column": "all",
        "separator": ";",
        "columns": None,
        "missing_columns": {},
        "chosen": [],
        "not_chosen": [],
    }
    joined = changed(mapping, "picks", **single, codes={"Q": "quiet", "T": "trees"})
    joined = changed(joined, "order", column="ranks", separator=">", columns=None)
    raw = table({"all": ["Q; T", "-1"], "ranks": ["trees>quiet", ""]})
    sheet = apply_mapping(raw, joined, village, wave="1")
    assert sheet["picks|quiet"].to_list() == [1, REFUSED]
    assert sheet["picks|trees"].to_list() == [1, REFUSED]
    assert sheet["picks|shops"].to_list() == [0, REFUSED]
    assert [sheet[f"order|{v}"][0] for v in ("quiet", "shops", "trees")] == [2, 0, 1]
    text = rejected(table({"all": ["Q;Z", "Q"], "ranks": ["trees>trees", None]}), joined, village)
    assert "column all, line 2: 'Q;Z' is off the scale (item picks)" in text
    assert "column ranks, line 2: 'trees>trees' is off the scale (item order)" in text


def test_arms_become_json(table: Table, mapping: ImportMapping, village: Questionnaire) -> None:
    arm = {"order": {"column": "arm", "codes": {"1": "first", "2": "second"}}}
    made = ImportMapping.model_validate({**mapping.model_dump(), "arms": arm})
    sheet = apply_mapping(table({"arm": ["1", "2"]}), made, village, wave="1")
    assert sheet["arms"].to_list() == ['{"order":"first"}', '{"order":"second"}']
    assert "'3' is off the scale (item arm order)" in rejected(
        table({"arm": ["1", "3"]}), made, village
    )


def test_waves_may_be_a_column(
    table: Table, mapping: ImportMapping, village: Questionnaire
) -> None:
    waves = mapping.model_copy(update={"wave": "when"})
    raw = table({"id": ["a", "a"], "when": ["w1", "w2"]})
    assert apply_mapping(raw, waves, village, wave="x")["wave"].to_list() == ["w1", "w2"]


def test_rows_may_be_numbered(table: Table, mapping: ImportMapping, village: Questionnaire) -> None:
    text = {"row_number": True}
    numbered = ImportMapping.model_validate({**mapping.model_dump(), "respondent": text})
    sheet = apply_mapping(table(), numbered, village, wave="1")
    assert sheet["respondent"].to_list() == ["1", "2"]


answers = st.sampled_from(["disagree", "neither", "agree", *(s.value for s in MISSING_CODES)])


@given(st.lists(answers, min_size=1, max_size=30), st.permutations(["x", "y", " z", "5", "é"]))
@settings(max_examples=80)
def test_reading_what_was_written_gives_the_same_answers(
    table: Table, village: Questionnaire, given_answers: list[str], texts: list[str]
) -> None:
    """Write codes as arbitrary texts, apply the mapping, and find the codes again."""
    options = ["disagree", "neither", "agree"]
    words = [*options, *(s.value for s in MISSING_CODES)]
    text_of = dict(zip(words, [*texts[:3], *(f"m{k}" for k in range(5))], strict=True))
    mapping = ImportMapping(
        survey="village",
        respondent={"column": "id"},
        missing={text_of[s.value]: s.value for s in MISSING_CODES},
        items={
            "growth": {"column": "g", "codes": {text_of[o]: o for o in options}},
            "lives": {"column": "w"},
        },
    )
    n = len(given_answers)
    cells = {
        "id": [str(k) for k in range(n)],
        "g": [text_of[a] for a in given_answers],
        "w": ["edge"] * n,
    }
    sheet = apply_mapping(table(cells, only=True), mapping, village, wave="1")
    code_of = {o: k for k, o in enumerate(options)} | {s.value: c for s, c in MISSING_CODES.items()}
    assert sheet["growth"].to_list() == [code_of[a] for a in given_answers]


parts = st.lists(st.sampled_from([0, 1]), min_size=4, max_size=4).filter(
    lambda row: 1 <= sum(row) <= 2
)


@given(st.lists(parts, min_size=1, max_size=20))
@settings(max_examples=60)
def test_ticks_come_back(table: Table, village: Questionnaire, rows: list[list[int]]) -> None:
    options = ["quiet", "shops", "trees", "other"]
    text = """
survey: village
respondent: id
items:
  picks:
    columns: {quiet: p0, shops: p1, trees: p2, other: p3, none_of_these: p4}
    chosen: [yes]
    not_chosen: [no]
  lives: w
not_in_file: [order, sets.set1, growth, age, comment]
"""
    mapping = parse_mapping(text, village, where="m")
    cells = {"id": [str(k) for k in range(len(rows))], "w": ["edge"] * len(rows)}
    for k in range(4):
        cells[f"p{k}"] = ["yes" if row[k] else "no" for row in rows]
    cells["p4"] = ["no"] * len(rows)
    sheet = apply_mapping(table(cells, only=True), mapping, village, wave="1")
    assert sheet.select(f"picks|{o}" for o in options).rows() == [tuple(row) for row in rows]
