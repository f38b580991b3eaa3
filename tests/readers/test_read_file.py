"""Whatever a file holds, the caller gets a table or one clear ImportRejected, and lives."""

import hashlib
import io
import json
import os
import struct
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import ImportRejected
from mfp_stats.readers import AS_OPTION, Format, Limits, RawTable, ReadOptions, child, read_file
from mfp_stats.readers.formats import recognise

SUFFIXES = [".csv", ".xlsx", ".sav", ".zsav", ".dta", ".parquet", ".xls", ""]


def rejected(path: Path, **options: object) -> str:
    with pytest.raises(ImportRejected) as caught:
        read_file(path, **options)
    return str(caught.value)


def put(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


FRAME = pl.DataFrame({"id": [1.0, 2.0, 3.0], "q": [1.0, 99.0, None], "s": ["x", "", "zé"]})


def sav_bytes(tmp_path: Path) -> bytes:
    pyreadstat.write_sav(
        FRAME,
        str(tmp_path / "whole.sav"),
        column_labels={"q": "How is it?"},
        variable_value_labels={"q": {1: "good", 99: "refused"}},
        missing_ranges={"q": [99]},
    )
    return (tmp_path / "whole.sav").read_bytes()


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for k, row in enumerate(rows):
                sheet.write_row(k, 0, row)
    return path


def test_csv_is_hashed_and_described(tmp_path: Path) -> None:
    raw = read_file(put(tmp_path, "a.csv", "id;q\n1;x\n2;\n"))
    assert isinstance(raw, RawTable)
    assert raw.columns == ("id", "q")
    assert raw.frame.rows() == [("1", "x"), ("2", None)]
    assert raw.sha256 == hashlib.sha256(b"id;q\n1;x\n2;\n").hexdigest()
    assert (raw.size, raw.line(1), raw.unit, len(raw)) == (12, 3, "line", 2)
    assert raw.notes == ("encoding: utf-8", "delimiter: ; (found from the first lines)")


def test_spss_keeps_codes_labels_and_declared_missing(tmp_path: Path) -> None:
    sav_bytes(tmp_path)
    raw = read_file(tmp_path / "whole.sav")
    assert raw.format is Format.SPSS
    assert raw.frame.rows() == [("1", "1", "x"), ("2", "99", None), ("3", None, "zé")]
    assert raw.column_labels == {"q": "How is it?"}
    assert raw.value_labels == {"q": {"1": "good", "99": "refused"}}
    assert raw.declared_missing == {"q": ("99",)}
    assert raw.unit == "case"


def test_stata_keeps_codes_and_labels(tmp_path: Path) -> None:
    pyreadstat.write_dta(
        FRAME, str(tmp_path / "a.dta"), variable_value_labels={"q": {1: "good", 99: "refused"}}
    )
    raw = read_file(tmp_path / "a.dta")
    assert raw.format is Format.STATA
    assert raw.frame.rows() == [("1", "1", "x"), ("2", "99", None), ("3", None, "zé")]
    assert raw.value_labels == {"q": {"1": "good", "99": "refused"}}


def test_parquet_becomes_texts(tmp_path: Path) -> None:
    frame = FRAME.with_columns(f=pl.Series([0.5, float("nan"), 1e309]), b=pl.lit(value=True))
    frame.write_parquet(tmp_path / "a.parquet")
    raw = read_file(tmp_path / "a.parquet")
    assert raw.frame["id"].to_list() == ["1", "2", "3"]
    assert raw.frame["f"].to_list() == ["0.5", None, "inf"]
    assert raw.frame["b"].to_list() == ["true"] * 3


def test_the_parquet_file_that_was_named_is_read(tmp_path: Path) -> None:
    for name in ("data1.parquet", "data[1].parquet", "data?.parquet"):
        pl.DataFrame({"name": [name]}).write_parquet(tmp_path / name)
    for name in ("data[1].parquet", "data?.parquet"):
        assert read_file(tmp_path / name).frame.rows() == [(name,)]


def test_nested_parquet_is_rejected(tmp_path: Path) -> None:
    pl.DataFrame({"a": [[1, 2]]}).write_parquet(tmp_path / "a.parquet")
    assert "column a: holds List(Int64)" in rejected(tmp_path / "a.parquet")


def test_excel_reads_the_one_filled_sheet(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", {"Data": [["id", "q"], [1, "x"], [2.5, None]], "Notes": []}
    )
    raw = read_file(path)
    assert raw.frame.rows() == [("1", "x"), ("2.5", None)]
    assert (raw.unit, raw.line(0)) == ("row", 2)


def test_excel_with_several_sheets_needs_a_name(tmp_path: Path) -> None:
    rows = [["id"], [1]]
    path = workbook(tmp_path / "a.xlsx", {"One": rows, "Two": [["id"], [2]]})
    assert "2 sheets hold something; known: One, Two" in rejected(path)
    assert "there is no sheet 'Three'" in rejected(path, options=ReadOptions(sheet="Three"))
    assert read_file(path, options=ReadOptions(sheet="Two")).frame.rows() == [("2",)]


def test_a_form_is_no_answers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", {"survey": [["type"], ["text"]], "choices": [["name"]]})
    assert "XLSForm" in rejected(path)


def test_failed_formulas_are_no_empty_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "q"], [1, "#DIV/0!"], [2, "x"]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    text = rejected(tmp_path / "a.xlsx")
    assert "sheet Sheet, row 2, column 2: the cell holds no value: 'Error(Div0)'" in text


def test_links_and_formulas_of_a_workbook_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "q"])
        sheet.write_number(1, 0, 1)
        sheet.write_formula(1, 1, "='[http://example.invalid/x.xlsx]S'!A1", None, "kept")
    assert read_file(path).frame.rows() == [("1", "kept")]


def test_blank_names_are_filled_visibly_and_duplicates_are_not_renamed(tmp_path: Path) -> None:
    raw = read_file(put(tmp_path, "a.csv", "id,,x \n1,2,3\n"))
    assert raw.columns == ("id", "column_2", "x")
    assert "1 columns have no name and are called column_2" in raw.notes
    assert "spaces around 1 column names were left out" in raw.notes
    taken = read_file(put(tmp_path, "b.csv", "column_2,\n1,2\n"))
    assert taken.columns == ("column_2", "column_2_")


def test_names_that_clash_are_faults_with_a_way_out(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "a,A,b,b,c\n1,2,3,4,5\n")
    text = rejected(path)
    assert "columns 1, 2: 'A' and 'a' differ only in case" in text
    assert "columns 3, 4: the name 'b' stands twice" in text
    assert "file: {rename: {4: new_name}}" in text
    raw = read_file(path, options=ReadOptions(rename={2: "big_a", 4: "b2"}))
    assert raw.columns == ("a", "big_a", "b", "b2", "c")
    beyond = rejected(path, options=ReadOptions(rename={9: "x"}))
    assert "file.rename: column 9: there is no such column" in beyond
    either = put(tmp_path, "either.csv", "a,b;c\n1,2;3\n")
    assert "Name it under file: delimiter in the mapping." in rejected(either)
    assert "Name it with --delimiter." in rejected(either, naming=AS_OPTION)


def test_empty_rows_at_the_end_are_left_out_and_reported(tmp_path: Path) -> None:
    raw = read_file(put(tmp_path, "a.csv", "id,q\n1,2\n,\n,\n"))
    assert raw.frame.rows() == [("1", "2")]
    assert "2 empty rows at the end were left out" in raw.notes


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for k in range(4):
            archive.writestr(f"xl/worksheets/sheet{k}.xml", bytes(30_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "is empty: it has 0 bytes"),
        ("a.csv", b"PAR1....", "is named .csv but holds parquet. Give it the name of what it is"),
        ("a.sav", b"a,b\n1,2\n", "is named .sav but is not one"),
        ("a.xlsx", b"a,b\n1,2\n", "is named .xlsx but is not one"),
        ("a.xlsx", b"PK\x03\x04 cut", "is a damaged zip archive or workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "is no readable workbook"),
        ("a.parquet", b"PAR1" + b"x" * 50, "is no readable Parquet"),
        ("a.dta", b"<stata_dta><header>", "is no readable Stata file"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00rest", "is packed with gzip. Unpack it first"),
        ("a.qsf", b"{}", "is a Qualtrics questionnaire, not its answers"),
        ("a.lss", b"<?xml", "is a LimeSurvey questionnaire, not its answers"),
        ("a.csv", b"<!DOCTYPE html><html>", "is a web page or XML"),
        (
            "a.csv",
            (",".join(f"c{k}" for k in range(1_000_000)) + "\n1\n").encode(),
            "has 1,000,000 c",
        ),
    ],
)
def test_files_that_cannot_be_read_say_why(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    text = rejected(put(tmp_path, name, content))
    assert says in text
    assert name in text.splitlines()[0]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    started = time.monotonic()
    text = rejected(put(tmp_path, "a.xlsx", bomb()), limits=Limits(unpacked=10**8))
    assert "120,000,011 bytes; it was not unpacked" in text
    text = rejected(put(tmp_path, "b.xlsx", bomb()))
    assert "it was not unpacked" in text
    assert time.monotonic() - started < 20


def test_spss_cut_in_half_is_rejected(tmp_path: Path) -> None:
    whole = sav_bytes(tmp_path)
    for kept in (len(whole) // 2, len(whole) - 3):
        text = rejected(put(tmp_path, "half.sav", whole[:kept]))
        assert "half.sav" in text
        assert "is no readable SPSS file" in text


def test_folders_and_absent_files_are_rejected(tmp_path: Path) -> None:
    assert "is a folder" in rejected(tmp_path)
    assert "cannot be opened: No such file" in rejected(tmp_path / "none.csv")


def test_a_file_without_permission_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, "a.csv", "a\n1\n")

    def deny(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", deny)
    assert "cannot be opened: Permission denied" in rejected(path)


def test_names_are_shown_without_control_characters(tmp_path: Path) -> None:
    path = put(tmp_path, "a\r\nb\x1b[31m.csv", "")
    assert "\r" not in rejected(path)
    assert "\x1b" not in rejected(path)


def test_too_much_memory_ends_the_child_alone(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "a,b\n" + "1,2\n" * 1000)
    text = rejected(path, limits=Limits(memory=2**20))
    assert "takes more than 0.0 GiB of memory to read" in text


def test_too_much_time_ends_the_child_alone(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "a,b\n1,2\n")
    assert "takes longer than 0 seconds" in rejected(path, limits=Limits(seconds=0))


def test_a_child_that_dies_is_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    text = rejected(put(tmp_path, "a.csv", "a,b\n1,2\n"))
    assert "the reader broke down on it (exit code 1)" in text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is no regular file" in rejected(tmp_path / "pipe.csv")


def ask_in_process(folder: Path, path: Path) -> bool:
    """Run the reading process's main here; return whether it gave a table."""
    options, limits = ReadOptions().model_dump(), {"columns": 1000}
    request = {"path": str(path), "options": options, "limits": limits}
    (folder / "request.json").write_text(json.dumps(request))
    child.main(folder)
    return '"faults"' not in (folder / "answer.json").read_text()


MAGIC = [
    b"",
    b"PAR1",
    b"$FL2",
    b"$FL3",
    b"PK\x03\x04",
    b"<stata_dta>",
    b"\xff\xfe",
    b"r\x02\x01\x00",
]


@given(
    st.sampled_from(SUFFIXES),
    st.sampled_from(MAGIC),
    st.binary(min_size=1, max_size=400),
)
@settings(settings.get_profile("shared fixture"), max_examples=150)
def test_any_bytes_under_any_name_are_answered(
    tmp_path: Path, suffix: str, magic: bytes, data: bytes
) -> None:
    ask_in_process(tmp_path, put(tmp_path, f"any{suffix}", magic + data))
    assert (tmp_path / "answer.json").is_file()


@given(st.integers(8, 700), st.binary(min_size=1, max_size=8), st.sampled_from(["sav", "parquet"]))
@settings(settings.get_profile("shared fixture"), max_examples=12)
def test_damaged_files_never_take_the_caller_along(
    tmp_path: Path, place: int, data: bytes, kind: str
) -> None:
    if kind == "sav":
        whole = bytearray(sav_bytes(tmp_path))
    else:
        FRAME.write_parquet(tmp_path / "whole.parquet")
        whole = bytearray((tmp_path / "whole.parquet").read_bytes())
    place = min(place, len(whole) - len(data))
    whole[place : place + len(data)] = data
    path = put(tmp_path, f"bad.{kind}", bytes(whole))
    assert recognise(path) in (Format.SPSS, Format.PARQUET)
    try:
        raw = read_file(path, limits=Limits(seconds=20, memory=2**30))
    except ImportRejected as error:
        assert len(error.faults) == 1
    else:
        assert len(raw) > 0


def test_the_old_stata_header_is_told_from_text(tmp_path: Path) -> None:
    assert recognise(put(tmp_path, "a.dta", struct.pack("<BBBB", 114, 2, 1, 0))) is Format.STATA
