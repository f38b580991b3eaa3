"""Answers in: files with and without a mapping, and simulated people."""

from pathlib import Path

import pytest

from mfp_stats.project import Project
from mfp_stats.store import Store
from tests.cli.conftest import Mfp


def stored(project: Project) -> int:
    """Respondents in the store, of which there may be none yet."""
    if not (project.data / "store.duckdb").exists():
        return 0
    with Store.open(project.data) as store:
        return len(store.respondents("village"))


def test_a_file_is_stored_through_a_mapping(mfp: Mfp, project: Project, mapping: Path) -> None:
    ended = mfp("import", "village", "answers.csv", "--mapping", mapping)
    assert (ended.code, ended.err) == (0, "")
    assert f"Using the mapping {mapping}" in ended.out
    assert "3 respondents, 3 items" in ended.out
    assert "Columns not used: weather" in ended.out
    assert stored(project) == 3


def test_the_only_mapping_of_a_survey_need_not_be_named(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    kept = project.survey_folder("village") / "mappings" / "shop.yaml"
    kept.parent.mkdir()
    mapping.rename(kept)
    assert f"Using the mapping {kept}" in mfp("import", "village", "answers.csv").out
    kept.with_stem("other").write_text(kept.read_text())
    ended = mfp("import", "village", "answers.csv")
    assert ended.code == 2
    assert "shop.yaml" in ended.err
    assert "--mapping" in ended.err


def test_a_dry_run_stores_nothing(mfp: Mfp, project: Project, mapping: Path) -> None:
    ended = mfp("import", "village", "answers.csv", "--mapping", mapping, "--dry-run")
    assert ended.code == 0
    assert "3 respondents" in ended.out
    assert "Nothing was stored" in ended.out
    assert stored(project) == 0


def test_a_dry_run_refuses_what_the_import_would(mfp: Mfp, project: Project, mapping: Path) -> None:
    mfp("import", "village", "answers.csv", "--mapping", mapping)
    (project.root / "later.csv").write_text("id,p1,p2,p3,g,where\na,0,0,1,1,Edge\n")
    words = ("import", "village", "later.csv", "--mapping", mapping)
    dry, real = mfp(*words, "--dry-run"), mfp(*words)
    assert dry.code == real.code == 2
    assert dry.err == real.err and "1 respondents are stored already for the same wave" in dry.err
    assert stored(project) == 3
    other = mapping.with_name("other.yaml")
    other.write_text(f"# another\n{mapping.read_text()}")
    again = ("import", "village", "answers.csv", "--mapping", other, "--dry-run")
    assert "by another mapping" in mfp(*again).err
    twice = mfp("import", "village", "answers.csv", "--mapping", mapping, "--dry-run")
    assert twice.code == 0 and "nothing added: this file is already import 1" in twice.out
    unnamed = ("import", "village", "later.csv", "--mapping", mapping, "--wave", "a\nb")
    assert "holds control characters" in mfp(*unnamed, "--dry-run").err


def test_a_dry_run_keeps_real_people_from_simulated_ones(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    mfp("simulate", "village", "--n", 40)
    words = ("import", "village", "answers.csv", "--mapping", mapping)
    dry, real = mfp(*words, "--dry-run"), mfp(*words)
    assert dry.code == real.code == 2
    assert dry.err == real.err and "holds simulated people" in dry.err


def test_a_dry_run_without_a_store_holds_the_file_against_the_questionnaire(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    words = ("import", "village", "answers.csv", "--mapping", mapping, "--wave", "a\nb")
    dry, real = mfp(*words, "--dry-run"), mfp(*words)
    assert dry.code == real.code == 2
    assert dry.err == real.err and "holds control characters" in dry.err


def test_a_dry_run_while_another_holds_the_store_says_what_it_did_not_check(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    with Store.open(project.data):
        ended = mfp("import", "village", "answers.csv", "--mapping", mapping, "--dry-run")
    assert ended.code == 0
    assert "3 respondents" in ended.out
    assert "Not checked: whether any of these people are stored already" in ended.out
    assert "held by process" in ended.out


def test_what_was_decided_about_a_file_is_said(mfp: Mfp, project: Project, mapping: Path) -> None:
    file = project.root / "answers.csv"
    western = file.read_text().replace("weather", "m\u00e9t\u00e9o").replace(",", ";")
    file.write_bytes((western + ";;;;;;\n").encode("latin-1"))
    ended = mfp("import", "village", "answers.csv", "--mapping", mapping, "--dry-run")
    assert (ended.code, ended.err) == (0, "")
    assert "encoding: not UTF-8; read as cp1252" in ended.out
    assert "delimiter: ;" in ended.out
    assert "1 empty row" in ended.out


def test_a_column_of_waves_goes_before_a_wave_that_is_given_and_says_so(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    mapping.write_text(mapping.read_text() + "wave: weather\n")
    words = ("import", "village", "answers.csv", "--mapping", mapping, "--wave", "spring")
    ended = mfp(*words)
    assert (ended.code, ended.err) == (0, "")
    assert "wave: from the column 'weather'" in ended.out
    with Store.open(project.data) as store:
        assert set(store.respondents("village")["wave"]) == {"rain", "sun"}


def test_the_same_file_twice_adds_nothing(mfp: Mfp, project: Project, mapping: Path) -> None:
    words = ("import", "village", "answers.csv", "--mapping", mapping)
    mfp(*words)
    again = mfp(*words)
    assert again.code == 0
    assert "already" in again.out
    assert stored(project) == 3


def test_other_answers_of_the_same_people_are_refused(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    mfp("import", "village", "answers.csv", "--mapping", mapping)
    (project.root / "later.csv").write_text("id,p1,p2,p3,g,where\na,0,0,1,1,Edge\n")
    ended = mfp("import", "village", "later.csv", "--mapping", mapping)
    assert ended.code == 2
    assert "nothing was stored" in ended.err
    later = mfp("import", "village", "later.csv", "--mapping", mapping, "--wave", "2")
    assert later.code == 0
    with Store.open(project.data) as store:
        sheet = store.sheet(project.questionnaire("village"))
    assert sorted(sheet["wave"]) == ["1", "1", "1", "2"]


def test_without_a_mapping_one_is_suggested(mfp: Mfp, project: Project) -> None:
    ended = mfp("import", "village", "answers.csv")
    assert ended.code == 2
    file = project.root / "village-answers-suggested-mapping.yaml"
    assert file.is_file()
    assert f"--mapping {file}" in ended.out
    assert "to check: growth: no column was found" in ended.out
    assert stored(project) == 0


def test_a_suggestion_is_used_once_it_is_confirmed(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    words = ("import", "village", "answers.csv", "--mapping", mapping)
    mapping.write_text(f"confirmed: false\n{mapping.read_text()}")
    unread = mfp(*words)
    assert unread.code == 2
    assert "delete the line 'confirmed: false'" in unread.err
    assert stored(project) == 0
    mapping.write_text(mapping.read_text().replace("confirmed: false\n", ""))
    assert mfp(*words).code == 0
    assert stored(project) == 3


def test_a_suggestion_that_may_hold_corrections_is_left_alone(mfp: Mfp, project: Project) -> None:
    mfp("import", "village", "answers.csv")
    file = project.root / "village-answers-suggested-mapping.yaml"
    file.write_text("survey: village # corrected\n")
    again = mfp("import", "village", "answers.csv")
    assert again.code == 2
    assert f"{file}: a mapping was suggested for this file before" in again.err
    assert file.read_text() == "survey: village # corrected\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "cannot be opened"),
        ("empty.csv", "", "empty"),
        ("short.csv", "id,p1,p2,p3,g,where\na,1,0\n", "short.csv"),
        ("off.csv", "id,p1,p2,p3,g,where\na,1,0,1,7,Centre\nb,1,0,1,1,Nowhere\n", "Nowhere"),
        ("picture.xlsx", "this is no workbook", "picture.xlsx"),
    ],
)
def test_a_bad_file_is_refused_whole(
    mfp: Mfp, project: Project, mapping: Path, name: str, content: str | None, said: str
) -> None:
    if content is not None:
        (project.root / name).write_text(content)
    ended = mfp("import", "village", name, "--mapping", mapping)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert stored(project) == 0


def test_every_answer_off_the_scale_is_named(mfp: Mfp, project: Project, mapping: Path) -> None:
    (project.root / "off.csv").write_text("id,p1,p2,p3,g,where\na,1,0,1,7,Centre\nb,1,0,1,1,Up\n")
    ended = mfp("import", "village", "off.csv", "--mapping", mapping)
    assert "(2 faults)" in ended.err


def test_a_mapping_that_is_not_there_or_wrong(mfp: Mfp, project: Project, mapping: Path) -> None:
    absent = mfp("import", "village", "answers.csv", "--mapping", "no.yaml")
    assert (absent.code, absent.out) == (2, "")
    assert "no.yaml: there is no such file" in absent.err
    mapping.write_text(mapping.read_text().replace("growth:", "grows:"))
    wrong = mfp("import", "village", "answers.csv", "--mapping", mapping)
    assert wrong.code == 2
    assert "grows" in wrong.err
    assert "growth" in wrong.err


def test_a_withdrawn_import_can_be_made_again_by_another_mapping(
    mfp: Mfp, project: Project, mapping: Path
) -> None:
    mfp("import", "village", "answers.csv", "--mapping", mapping)
    mapping.write_text(mapping.read_text().replace('"2": neither', '"2": agree'))
    words = ("import", "village", "answers.csv", "--mapping", mapping)
    refused = mfp(*words)
    assert refused.code == 2
    assert "mfp withdraw village 1 --why TEXT" in refused.err
    withdrawn = mfp("withdraw", "village", 1, "--why", "2 means agree")
    assert (withdrawn.code, withdrawn.err) == (0, "")
    assert "mfp fit village" in withdrawn.out
    assert stored(project) == 0
    assert mfp(*words).code == 0
    assert stored(project) == 3


def test_what_cannot_be_withdrawn_is_refused(mfp: Mfp, project: Project, mapping: Path) -> None:
    mfp("import", "village", "answers.csv", "--mapping", mapping)
    ended = mfp("withdraw", "village", 9, "--why", "a slip")
    assert ended.code == 2
    assert "import 9: is not one of village; known: 1 (answers.csv)" in ended.err
    assert mfp("withdraw", "village", 1).code == 2
    assert stored(project) == 3


def test_simulated_people_are_called_so(mfp: Mfp, project: Project) -> None:
    ended = mfp("simulate", "village", "--n", 30, "--seed", 7)
    assert ended.code == 0
    assert "No real person gave these answers." in ended.out
    assert stored(project) == 30
    assert "already" in mfp("simulate", "village", "--n", 30, "--seed", 7).out
    assert mfp("simulate", "village", "--n", 0).code == 2


def test_a_store_in_use_is_left_to_its_owner(mfp: Mfp, project: Project, mapping: Path) -> None:
    with Store.open(project.data):
        ended = mfp("import", "village", "answers.csv", "--mapping", mapping)
    assert ended.code == 2
    assert "in use" in ended.err
