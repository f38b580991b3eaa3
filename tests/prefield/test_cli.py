"""``mfp check --design`` as a user runs it, with a worker that fits nothing; and from Python."""

from functools import partial

import pytest

from mfp_stats.cli import check as command
from mfp_stats.workflow import api
from mfp_stats.workflow.prefield.run import check_design
from tests.cli.conftest import mfp

__all__ = ["mfp"]


@pytest.fixture
def fitted(project, stand_in, monkeypatch):
    """Let the command and the API use the stand-in."""
    for module in (command, api):
        monkeypatch.setattr(module, "check_design", partial(check_design, worker=stand_in()))


def test_findings_then_the_table(mfp, fitted):
    ended = mfp(
        "check", "acceptance", "--design", "--n", 900, "--groups", "residents=0.6, owners=0.4"
    )
    assert ended.code == 0, ended.err
    assert "10 surveys are to be simulated and fitted: about" in ended.err
    assert "at a guess" in ended.err
    assert "With 900 people in groups of 540 and 360" in ended.out
    assert "cannot tell" in ended.out
    again = mfp("check", "acceptance", "--design", "--n", 900, "--groups", "residents=.6,owners=.4")
    assert "are to be simulated" not in again.err
    assert again.out == ended.out


def test_json_and_a_run_that_goes_on(mfp, fitted):
    options = ("--design", "--n", 300, "--effect", 0.3, "--json")
    first = mfp("check", "acceptance", *options, "--replicates", 1)
    records = first.records
    assert records[0] | {"part": "design", "n": 300, "effect": 0.3, "replicates": 1} == records[0]
    more = mfp("check", "acceptance", *options, "--replicates", 2, "--processes", 2)
    assert "5 surveys are to be simulated and fitted (5 of 10 are kept from before)" in more.err
    assert {r["fits"] for r in more.records if r["part"] == "power"} == {2}


def test_a_draft_by_its_path(mfp, fitted, tmp_path):
    folder = tmp_path / "surveys" / "acceptance"
    draft = tmp_path / "draft.yaml"
    draft.write_text((folder / "questionnaire.yaml").read_text().replace("sets: 5", "sets: 6"))
    ended = mfp("check", draft, "--design", "--n", 300, "--replicates", 1)
    assert ended.code == 0, ended.err
    assert "acceptance: what 300 people" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--design"], "--n: is needed with --design"),
        (["--n", "300", "--blocks"], "--n: says nothing without --design"),
        (["--n", "300", "--blocks"], "--blocks: says nothing without --design"),
        (["--seed", "0"], "--seed: says nothing without --design"),
        (["--design", "--n", "12"], "groups of 10 or fewer people are not shown"),
        (["--design", "--n", "300", "--processes", "0"], "--processes: is 0"),
        (["--design", "--n", "300", "--groups", "residents"], "is no group with its share"),
        (["--design", "--n", "300", "--groups", "owners=.5,owners=.5"], "is named twice"),
        (["--design", "--n", "300", "--groups", "owners=.5,residents=.6"], "sum to 1.1"),
        (["--design", "--n", "300", "--groups", "owners=.5,sheep=.5"], "is no group of"),
        (["--design", "--n", "300", "--effect", "2"], "effect: is 2"),
    ],
)
def test_what_cannot_be_done_is_said(mfp, fitted, words, said):
    ended = mfp("check", "acceptance", *words)
    assert ended.code == 2
    assert said in ended.err
    assert not ended.out


def test_from_python(fitted, project):
    with api.Workspace(project) as workspace:
        found = workspace.check_design(
            "acceptance", n=300, groups={"residents": 0.5, "owners": 0.5}, replicates=1
        )
    assert found.power["truth"].to_list() == ["values", "models", "signals", "residual", "none"]
    assert found.minutes > 1
