"""Beginning: help, projects and checking questionnaires."""

import subprocess
import sys

import pytest
from typer.models import CommandInfo

from mfp_stats.cli.commands import app
from mfp_stats.project import Project
from tests.cli.conftest import Mfp


def names(command: CommandInfo) -> str:
    """Return the word that a user types."""
    return command.name or command.callback.__name__


COMMANDS = [names(command) for command in app.registered_commands]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(mfp: Mfp, command: str) -> None:
    ended = mfp(command, "--help")
    assert ended.code == 0
    assert f"Usage: mfp {command}" in ended.out
    said = next(c for c in app.registered_commands if names(c) == command).callback.__doc__
    assert said.splitlines()[0] in " ".join(ended.out.split())


def test_without_a_command_the_usual_way_is_shown(mfp: Mfp) -> None:
    ended = mfp()
    said = ended.out + ended.err
    for word in ("mfp init", "mfp check", "mfp import", "mfp fit", "mfp show", "mfp serve"):
        assert word in " ".join(said.split())


def test_a_process_ends_with_the_code_of_its_error(tmp_path) -> None:
    code = "from mfp_stats.cli import main; main()"
    command = [sys.executable, "-c", code, "check", "starter"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "mfp init DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ctrl_c_while_the_program_loads_is_no_fault(tmp_path) -> None:
    """The child sends itself the signal at the moment in which the commands begin to load."""
    code = (
        "import signal, sys, mfp_stats.cli\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'mfp_stats.cli.commands': signal.raise_signal(signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "mfp_stats.cli.main()\n"
    )
    command = [sys.executable, "-c", code, "check", "starter"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_a_project_is_made_once(mfp: Mfp, tmp_path, monkeypatch) -> None:
    ended = mfp("init", "mine")
    assert ended.code == 0
    assert str(tmp_path / "mine") in ended.out
    assert (tmp_path / "mine" / "surveys" / "starter" / "questionnaire.yaml").is_file()
    again = mfp("init", "mine")
    assert (again.code, again.out) == (2, "")
    assert "exists already" in again.err
    monkeypatch.chdir(tmp_path / "mine")
    assert mfp("check", "starter").code == 0


def test_a_check_says_what_the_survey_can_and_cannot_tell(mfp: Mfp, project: Project) -> None:
    ended = mfp("check", "village")
    assert (ended.code, ended.err) == (0, "")
    assert "value_tradeoff" in ended.out
    assert "a block with this role would show" in ended.out


def test_a_check_is_flat_json_on_request(mfp: Mfp, project: Project) -> None:
    ended = mfp("check", "village", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert {tuple(record) for record in ended.records} == {("part", "name", "value", "note")}
    version = project.questionnaire("village").hash[:12]
    assert {r["name"]: r["value"] for r in ended.records}["version"] == version


def test_a_file_can_be_checked_by_its_path(mfp: Mfp, project: Project) -> None:
    file = project.survey_folder("village") / "questionnaire.yaml"
    assert mfp("check", file, "--json").records == mfp("check", "village", "--json").records


def test_margins_beside_a_questionnaire_are_checked_with_it(mfp: Mfp, project: Project) -> None:
    folder = project.survey_folder("village")
    (folder / "margins.yaml").write_text("lives: {centre: 0.4, edge: 0.6}\n")
    for survey in ("village", folder, folder / "questionnaire.yaml"):
        (record,) = [r for r in mfp("check", survey, "--json").records if r["part"] == "margins"]
        assert (record["name"], record["value"]) == ("lives", "centre 0.4, edge 0.6")
    (folder / "margins.yaml").write_text("lives: {centre: 0.4, hedge: 0.6}\nweather: {sun: 1}\n")
    ended = mfp("check", "village")
    assert (ended.code, ended.out) == (2, "")
    assert "unknown option of lives 'hedge'" in ended.err
    assert "unknown item 'weather'" in ended.err


TEN_FAULTS = """\
survey: Village
colour: green
values: {quiet: Quiet}
scales: {one: {labels: [Only]}}
blocks:
  - block: beliefs
    role: belief
    items:
      - {name: growth, scale: agree9, label: The village grows}
      - {name: growth, scale: one, label: It grows}
      - {name: soon, type: select_some, label: Soon}
      - {name: when, type: integer, minimum: 9, maximum: 1, label: When}
      - {name: why, type: text, role: opinion}
  - {block: top, role: value_tradeoff, type: best_worst}
"""


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_all_faults_are_named_at_once(mfp: Mfp, project: Project, as_json: tuple[str]) -> None:
    (project.survey_folder("village") / "questionnaire.yaml").write_text(TEN_FAULTS)
    ended = mfp("check", "village", *as_json)
    assert (ended.code, ended.out) == (2, "")
    faults = [line for line in ended.err.splitlines() if line.startswith("- ")]
    assert len(faults) >= 10
    assert f"({len(faults)} faults)" in ended.err
    for place in ("colour", "title", "scales.one", "items[0]", "items[2].type", "items[4].role"):
        assert any(place in fault for fault in faults), (place, faults)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "hamlet"),
        ("import", "hamlet", "answers.csv"),
        ("simulate", "hamlet"),
        ("fit", "hamlet"),
        ("show", "hamlet", "overlap"),
        ("fit", "hamlet", "--prior-check"),
    ],
)
def test_an_unknown_survey_is_named_with_those_that_are_there(
    mfp: Mfp, project: Project, words: tuple[str, ...]
) -> None:
    ended = mfp(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "hamlet" in ended.err
    assert "village" in ended.err


def test_outside_a_project_one_is_told_how_to_make_one(mfp: Mfp) -> None:
    ended = mfp("show", "village", "fit")
    assert ended.code == 2
    assert "mfp init" in ended.err
