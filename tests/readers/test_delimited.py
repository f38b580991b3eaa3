"""Delimited text goes in and out unchanged, and whatever is not a table is rejected by line."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import ImportRejected
from mfp_stats.readers.delimited import read_delimited
from mfp_stats.readers.table import Format, Parsed, ReadOptions

WESTERN = "".join(chr(k) for k in (*range(32, 127), *range(0xA1, 0x100))) + "\n\r\t€"
UNICODE = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


def read(data: bytes, **options: str) -> Parsed:
    return read_delimited(data, ReadOptions(**options), most_columns=1000)


def rejected(data: bytes, **options: str) -> str:
    with pytest.raises(ImportRejected) as caught:
        read(data, **options)
    return str(caught.value)


@st.composite
def tables(draw: st.DrawFn, letters: st.SearchStrategy[str] = UNICODE) -> list[list[str]]:
    """Draw rows of two or more cells, of which the last row has some text."""
    width = draw(st.integers(2, 5))
    cells = st.text(letters, max_size=8)
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8))
    return [*rows, ["end"] * width]


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([f"c{k}" for k in range(len(rows[0]))])
    writer.writerows(rows)
    return out.getvalue()


def cells_of(parsed: Parsed) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in parsed.frame.rows()]


ends = st.sampled_from(["\n", "\r\n"])
delimiters = st.sampled_from([",", ";", "\t", "|"])
quotings = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])


@given(tables(), delimiters, ends, quotings, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@settings(max_examples=150)
def test_any_table_comes_back(
    rows: list[list[str]], delimiter: str, end: str, quoting: int, encoding: str
) -> None:
    data = written(rows, delimiter, end, quoting).encode(encoding)
    parsed = read(data, delimiter=delimiter)
    assert parsed.names == [f"c{k}" for k in range(len(rows[0]))]
    assert cells_of(parsed) == rows


@given(tables(st.sampled_from(WESTERN)), delimiters, ends)
@settings(max_examples=80)
def test_a_western_encoding_comes_back_and_is_reported(
    rows: list[list[str]], delimiter: str, end: str
) -> None:
    rows = [*rows, ["é"] * len(rows[0])]
    data = written(rows, delimiter, end, csv.QUOTE_ALL).encode("cp1252")
    given_encoding = read(data, delimiter=delimiter, encoding="cp1252")
    assert cells_of(given_encoding) == rows
    found = read(data, delimiter=delimiter)
    assert cells_of(found) == rows
    assert "cp1252" in found.notes[0]
    assert "not UTF-8" in found.notes[0]


@given(tables(), delimiters, ends)
@settings(max_examples=80)
def test_lines_are_those_of_the_file(rows: list[list[str]], delimiter: str, end: str) -> None:
    text = written(rows, delimiter, end, csv.QUOTE_ALL)
    parsed = read(text.encode(), delimiter=delimiter)
    breaks = [sum(cell.count("\n") for cell in row) for row in rows]
    assert parsed.lines.to_list() == [2 + k + sum(breaks[:k]) for k in range(len(rows))]
    assert parsed.unit == "line"


@given(st.lists(st.integers(0, 9), min_size=3, max_size=30), delimiters)
@settings(max_examples=40)
def test_the_delimiter_is_found(numbers: list[int], delimiter: str) -> None:
    rows = [[str(n), "x y", "2"] for n in numbers]
    data = written(rows, delimiter, "\n", csv.QUOTE_MINIMAL).encode()
    assert cells_of(read(data)) == rows


@given(st.binary(max_size=300))
@settings(max_examples=400)
def test_any_bytes_are_a_table_or_rejected(data: bytes) -> None:
    try:
        parsed = read(data)
    except ImportRejected as error:
        assert error.faults
    else:
        assert parsed.frame.width == len(parsed.names)
        assert parsed.frame.height == len(parsed.lines) > 0


PIECES = ["a", "b", ",", ",", '"', '""', "\n", "\r\n", " ", '",', ',"', "é"]


@given(st.lists(st.sampled_from(PIECES), max_size=25))
@settings(max_examples=400)
def test_what_is_read_agrees_with_the_csv_module(pieces: list[str]) -> None:
    body = "".join(pieces)
    try:
        parsed = read(f"x,y\n{body}".encode(), delimiter=",")
    except ImportRejected:
        return
    reader = csv.reader(io.StringIO(body.rstrip("\r\n"), newline="\n"), strict=True)
    assert cells_of(parsed) == [row or [""] for row in reader]


def test_utf_16_without_a_mark_is_recognised() -> None:
    parsed = read("a,b\nred,blue\n".encode("utf-16-le"))
    assert cells_of(parsed) == [["red", "blue"]]
    assert "utf-16-le" in parsed.notes[0]


def test_the_old_line_ends_of_the_mac_are_read() -> None:
    assert cells_of(read(b"a,b\r1,2\r3,4\r")) == [["1", "2"], ["3", "4"]]


def test_a_single_column_keeps_its_blank_cells() -> None:
    assert cells_of(read(b"a\nx\n\ny\n")) == [["x"], [""], ["y"]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b" \n\n", ["is empty"]),
        (b"a,b\n", ["has a header and no answers"]),
        (b"a\n\n", ["has a header and no answers"]),
        (b"a,b\n1,2\n3\n", ["line 3: has 1 cell, 1 too few", "The header has 2"]),
        (b"a,b\n1,2\n3,4,5\n6\n", ["line 3: has 3 cells, 1 too many", "line 4: has 1 cell"]),
        (b"a,b\n1,2\n\n3,4\n", ["line 3: is blank"]),
        (b'a,b\n1,2\n3,"open\n5,6\n', ["line 3: a quotation mark opens a cell that is never"]),
        (b'a,b\n1,2\n"x"y,4\n', ["line 3: text follows a closing quotation mark"]),
        (b'a,b\n1,2\n5" pipe,4\n6" pipe,5', ["line 3: a quotation mark stands inside"]),
        (b'"a,b\n1,2\n', ["line 1: a quotation mark opens a cell that is never closed"]),
        (b"a,b\n1,2\n3,\x004\n", ["line 3: holds zero bytes (NUL), 1 in all"]),
        (b"a,b;c\n1,2;3\n", ["line 1: the cells may be divided by either of", "{delimiter}"]),
        (b"\xef\xbb\xbfa,b\n1,\xff\n", ["holds bytes that are no utf-8 text"]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(data: bytes, says: list[str]) -> None:
    text = rejected(data)
    for said in says:
        assert said in text


def test_thousands_of_ragged_lines_are_counted() -> None:
    text = rejected(b"a,b\n" + b"1\n" * 5000)
    assert "4,988 more lines are like these" in text
    assert len(text.splitlines()) < 20


def test_an_unknown_encoding_names_known_ones() -> None:
    assert "known: utf-8" in rejected(b"a,b\n1,2\n", encoding="klingon")


def test_a_wrong_encoding_is_no_table() -> None:
    assert "no utf-8 text" in rejected("a,b\né,1\n".encode("cp1252"), encoding="utf-8")


def test_qualtrics_headers_are_names_labels_and_ids() -> None:
    ids = ",".join(f'"{{""ImportId"":""QID{k}""}}"' for k in (1, 2))
    text = f'Q1,Q2\n"How\nare you?",And now?\n{ids}\ngood,bad\nfair,poor\n'
    parsed = read(text.encode())
    assert parsed.format is Format.QUALTRICS
    assert parsed.names == ["Q1", "Q2"]
    assert parsed.column_labels == {0: "How\nare you?", 1: "And now?"}
    assert cells_of(parsed) == [["good", "bad"], ["fair", "poor"]]
    assert parsed.lines.to_list() == [5, 6]
