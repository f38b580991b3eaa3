"""``mfp cruxes``: a file of conditional forecasts to findings, a table, or JSON."""

from pathlib import Path

import pandas as pd
import polars as pl
import pyreadstat
import pytest

PEOPLE = 12
NAMES = ("person=who", "group=camp", "crux=event", "outcome=pu", "probability=pc")
COLUMNS = [word for name in (*NAMES, "conditional=puc") for word in ("--column", name)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two camps that think a war alike probable, and disagree on all that comes of it."""
    lines = ["who,camp,event,pu,pc,puc"]
    for camp, without, happens in (("calm", 0.02, 0.05), ("wary", 0.1, 0.4)):
        for i in range(PEOPLE):
            p = 0.2 + i / 100
            outcome = p * happens + (1 - p) * without
            lines.append(f"{camp}{i},{camp},War,{outcome},{p},{happens}")
            lines.append(f"{camp}{i},{camp},Rain,{without},0.5,{without}")
    lines.append("wary0,wary,Frost,NA,0.5,0.1")
    made = tmp_path / "forecasts.csv"
    made.write_text("\n".join(lines) + "\n")
    return made


def frame_of(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, null_values="NA").drop_nulls()


def test_findings_and_a_table(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--missing", "NA")
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert "“wary” think the outcome more probable than “calm” do beside both cruxes" in said
    assert "“War” carries" in said
    assert not any(f"“Rain” {verb}" in said for verb in ("carries", "narrows", "by itself"))
    assert "Answers left out: 1 of “wary”; a probability is missing." in said
    assert "│ War" in ended.out and "│ without" in ended.out
    assert "delimiter: ," in said


def test_json_has_gaps_and_groups(mfp, file) -> None:
    records = mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--json").records
    gaps = [record for record in records if record["kind"] == "gap"]
    groups = [record for record in records if record["kind"] == "group"]
    assert [gap["crux"] for gap in gaps] == ["War", "Rain"] and len(groups) == 4
    war = gaps[0]
    assert (war["group_a"], war["group_b"]) == ("calm", "wary")
    parts = sum(war[f"{part}_mean"] for part in ("event", "effect", "dependence", "without"))
    assert parts == pytest.approx(war["gap_mean"])


def test_groups_the_other_way_round(mfp, file) -> None:
    asked = ("cruxes", file, *COLUMNS, "--missing", "NA", "--json")
    orders = (("calm", "wary"), ("wary", "calm"))
    one, other = (mfp(*asked, "--group", a, "--group", b).records[0] for a, b in orders)
    assert one["gap_mean"] == pytest.approx(-other["gap_mean"])


def test_everything_wrong_with_the_cells_at_once(mfp, file) -> None:
    text = file.read_text().replace("calm3,calm,War,", "calm3,,War,20%")
    file.write_text(text.replace("calm4,calm,Rain,0.02,0.5", "calm4,calm,Rain,0.02,5"))
    ended = mfp("cruxes", file, *COLUMNS)
    assert ended.code == 2 and not ended.out
    assert "4 faults" in ended.err
    for part in (
        *("line 8: names no group", "no % sign", "line 50, outcome: 'NA'", "--missing"),
        "line 11, probability: '5' is no probability",
    ):
        assert part in ended.err


def test_many_wrong_cells_are_counted(mfp, file) -> None:
    file.write_text(file.read_text().replace(",0.5,", ",half,"))
    ended = mfp("cruxes", file, *COLUMNS, "--missing", "NA")
    assert ended.err.count("is no probability") == 12
    assert "probability: 13 more lines are like these" in ended.err


def test_empty_rows_are_passed_over(mfp, file) -> None:
    whole = mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--json").out
    file.write_text(file.read_text().replace("wary0,wary,War", ",,,,,\nwary0,wary,War"))
    assert mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--json").out == whole


def test_columns_that_are_not_there(mfp, file) -> None:
    ended = mfp("cruxes", file, "--column", "grp=camp")
    assert ended.code == 2
    assert "'grp': is none of the columns" in ended.err
    assert "the file has no column 'person'; known: who, camp" in ended.err
    assert "--column person=COLUMN" in ended.err
    for text in ("camp", "=camp", "group="):
        assert "As --column group=Camp." in mfp("cruxes", file, "--column", text).err


def test_a_column_given_twice(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--column", "group=who")
    assert ended.code == 2 and "group: is given several columns" in ended.err
    one_for_two = [word.replace("conditional=puc", "conditional=pu") for word in COLUMNS]
    ended = mfp("cruxes", file, *one_for_two)
    assert ended.code == 2 and "'pu' is given for outcome and conditional" in ended.err


def test_one_group_or_three(mfp, file) -> None:
    asked = ("cruxes", file, *COLUMNS, "--missing", "NA", "--group", "calm")
    ended = mfp(*asked)
    assert ended.code == 2 and "known: calm, wary. Name two: --group A --group B." in ended.err
    assert "nobody is in 'bold'" in mfp(*asked, "--group", "bold").err
    lone = file.with_name("lone.csv")
    frame_of(file).filter(camp="calm").write_csv(lone)
    assert "The file has but one." in mfp("cruxes", lone, *COLUMNS).err


def test_too_few_people_are_not_shown(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--floor", "12")
    assert ended.code == 0
    assert "no crux on which enough people of both groups answered" in ended.out
    assert mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--floor", "3").code == 2


def test_a_workbook_with_several_sheets(mfp, file) -> None:
    book = file.with_suffix(".xlsx")
    with pd.ExcelWriter(book) as writer:
        frame_of(file).to_pandas().to_excel(writer, sheet_name="forecasts", index=False)
        pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="other", index=False)
    unnamed = mfp("cruxes", book, *COLUMNS)
    assert unnamed.code == 2 and "Name the one with the answers with --sheet." in unnamed.err
    other = mfp("cruxes", book, *COLUMNS, "--sheet", "third")
    assert other.code == 2 and "--sheet: " in other.err and "mapping" not in other.err
    assert mfp("cruxes", book, *COLUMNS, "--sheet", "forecasts", "--json").records


def test_how_a_text_file_is_read_can_be_told(mfp, file) -> None:
    """Its faults name options of the command: there is no mapping here."""
    text = file.read_text()
    latin = file.with_name("latin.csv")
    latin.write_bytes(text.replace("wary", "vårdad").encode("cp1252"))
    asked = (*COLUMNS, "--missing", "NA", "--json")
    guessed = mfp("cruxes", latin, *asked)
    assert "name the encoding with --encoding" in guessed.err and guessed.code == 0
    told = mfp("cruxes", latin, *asked, "--encoding", "cp1252")
    assert told.records == guessed.records and "with --encoding" not in told.err
    unknown = mfp("cruxes", latin, *asked, "--encoding", "klingon")
    assert unknown.code == 2 and "--encoding: unknown encoding" in unknown.err

    either = file.with_name("either.csv")
    either.write_text("\n".join(["a,b;c", "d,e;f", "g,h;i"]))
    ended = mfp("cruxes", either, *asked)
    assert ended.code == 2 and "Name it with --delimiter." in ended.err
    assert "--column" in mfp("cruxes", either, *asked, "--delimiter", ";").err
    wrong = mfp("cruxes", either, *asked, "--delimiter", "ab")
    assert wrong.code == 2 and "--delimiter: 'ab' cannot stand between cells" in wrong.err


def test_a_column_whose_name_stands_twice_can_be_renamed(mfp, file) -> None:
    first, *rest = file.read_text().splitlines()
    *names, last = first.split(",")
    twice = file.with_name("twice.csv")
    twice.write_text("\n".join([",".join([*names, names[0]]), *rest]))
    asked = ("cruxes", twice, *COLUMNS, "--missing", "NA", "--json")
    ended = mfp(*asked)
    assert ended.code == 2 and f"a name with --rename {len(names) + 1}=new_name." in ended.err
    renamed = mfp(*asked, "--rename", f"{len(names) + 1}={last}")
    assert renamed.code == 0 and renamed.records
    beyond = mfp(*asked, "--rename", "99=x")
    assert beyond.code == 2 and "--rename: column 99: there is no such column" in beyond.err
    both = mfp(*asked, "--rename", "3=x", "--rename", "3=y")
    assert both.code == 2 and "3: is given several names" in both.err
    assert "As --rename 3=camp." in mfp(*asked, "--rename", "3").err
    assert "--rename x: is no position of a column" in mfp(*asked, "--rename", "x=y").err


def test_labels_and_missing_codes_of_a_statistical_file(mfp, file) -> None:
    """Groups are called by their labels, and a declared code is no probability of nine."""
    camps = {"calm": 1.0, "wary": 2.0}
    coded = frame_of(file).with_columns(pl.col("camp").replace_strict(camps)).to_pandas()
    coded.loc[0, "pu"] = 9.0
    sav = file.with_suffix(".sav")
    labels = {"camp": {code: camp.capitalize() for camp, code in camps.items()}}
    pyreadstat.write_sav(coded, sav, variable_value_labels=labels, missing_ranges={"pu": [9.0]})
    ended = mfp("cruxes", sav, *COLUMNS)
    said = " ".join(ended.out.split())
    assert "“Wary” think the outcome more probable than “Calm” do" in said
    assert "Answers left out: 1 of “Calm”; a probability is missing." in said


def test_a_file_that_is_none(mfp, tmp_path) -> None:
    ended = mfp("cruxes", tmp_path / "nothing.csv")
    assert ended.code == 2 and "cannot be opened" in ended.err


def test_a_sheet_of_what_is_no_workbook(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--sheet", "forecasts")
    assert ended.code == 2 and "the file is no workbook. Leave it out." in ended.err


def test_a_file_that_is_not_there_was_not_to_be_imported(mfp) -> None:
    ended = mfp("cruxes", "nowhere.csv")
    assert ended.code == 2 and ended.err.startswith("these forecasts cannot be compared")
    assert "imported" not in ended.err
