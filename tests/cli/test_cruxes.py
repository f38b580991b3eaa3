"""``mfp cruxes``: a file of conditional forecasts to findings, a table, or JSON."""

from pathlib import Path

import pytest

PEOPLE = 12


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


NAMES = ("person=who", "group=camp", "crux=event", "outcome=pu", "probability=pc")
COLUMNS = [word for name in (*NAMES, "conditional=puc") for word in ("--column", name)]


def test_findings_and_a_table(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--missing", "NA")
    assert ended.code == 0
    said = " ".join(ended.out.split())
    assert "“wary” think the outcome more probable than “calm” do beside both cruxes" in said
    assert "“War” carries" in said and "“Rain” carries" not in said
    assert "1 answer left out: a probability is missing." in said
    assert "│ War" in ended.out and "│ without" in ended.out


def test_json_has_gaps_and_groups(mfp, file) -> None:
    records = mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--json").records
    gaps = [record for record in records if record["kind"] == "gap"]
    groups = [record for record in records if record["kind"] == "group"]
    assert [gap["crux"] for gap in gaps] == ["War", "Rain"] and len(groups) == 4
    war = gaps[0]
    assert (war["group_a"], war["group_b"]) == ("calm", "wary")
    parts = sum(war[f"{part}_mean"] for part in ("event", "effect", "without"))
    assert parts == pytest.approx(war["gap_mean"])


def test_groups_the_other_way_round(mfp, file) -> None:
    asked = ("cruxes", file, *COLUMNS, "--missing", "NA", "--json", "--groups")
    one, other = (mfp(*asked, names).records[0] for names in ("calm,wary", "wary, calm"))
    assert one["gap_mean"] == pytest.approx(-other["gap_mean"], abs=0.002)


def test_everything_wrong_with_the_cells_at_once(mfp, file) -> None:
    text = file.read_text().replace("calm3,calm,War,", "calm3,,War,20%")
    file.write_text(text)
    ended = mfp("cruxes", file, *COLUMNS)
    assert ended.code == 2 and not ended.out
    assert "3 faults" in ended.err
    for part in ("names no group", "is no probability", "line 50, outcome: 'NA'", "--missing"):
        assert part in ended.err


def test_columns_that_are_not_there(mfp, file) -> None:
    ended = mfp("cruxes", file, "--column", "grp=camp")
    assert ended.code == 2
    assert "grp: is none of the columns" in ended.err
    assert "the file has no column 'person'; known: who, camp" in ended.err
    assert "--column person=COLUMN" in ended.err
    assert "As --column group=Camp." in mfp("cruxes", file, "--column", "camp").err


def test_one_group_or_three(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--groups", "calm")
    assert ended.code == 2 and "names 1 groups" not in ended.err
    assert "known: calm, wary" in ended.err
    assert (
        "nobody is in 'bold'"
        in mfp(*("cruxes", file, *COLUMNS, "--missing", "NA", "--groups", "calm,bold")).err
    )


def test_too_few_people_are_not_shown(mfp, file) -> None:
    ended = mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--floor", "12")
    assert ended.code == 0
    assert "no crux on which enough people of both groups answered" in ended.out
    assert mfp("cruxes", file, *COLUMNS, "--missing", "NA", "--floor", "3").code == 2


def test_a_file_that_is_none(mfp, tmp_path) -> None:
    ended = mfp("cruxes", tmp_path / "nothing.csv")
    assert ended.code == 2 and "cannot be opened" in ended.err
