"""What ``mfp fit`` says without sampling: priors, and why a survey cannot be fitted yet."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from mfp_stats.cli.fit import progress_bars
from mfp_stats.errors import DesignError, Fault
from mfp_stats.project import Project
from mfp_stats.workflow.api import open_project
from tests.cli.conftest import Mfp


def test_nobody_has_answered_yet(mfp: Mfp, project: Project) -> None:
    ended = mfp("fit", "village")
    assert (ended.code, ended.out) == (2, "")
    assert "nobody has answered it yet. Run: mfp import village FILE" in ended.err


def test_margins_that_cannot_be_met_stop_a_fit(mfp: Mfp, project: Project, mapping: Path) -> None:
    assert mfp("import", "village", "answers.csv", "--mapping", mapping).code == 0
    file = project.root / "shares.yaml"
    file.write_text("growth: {disagree: 0.2, neither: 0.3, agree: 0.5}")
    ended = mfp("fit", "village", "--margins", file)
    assert (ended.code, ended.out) == (2, "")
    assert "margins, growth.neither: its share of the population is 0.3, but no" in ended.err
    assert mfp("fit", "village", "--margins", "none.yaml").code == 2


def test_a_change_needs_two_waves(mfp: Mfp, project: Project, mapping: Path) -> None:
    assert mfp("import", "village", "answers.csv", "--mapping", mapping).code == 0
    ended = mfp("fit", "village", "--group", "wave")
    assert (ended.code, ended.out) == (2, "")
    assert "wave: only wave '1' has answers; a change shows from two waves on" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--within", "centre"), "people are compared by lives, and would all be in one group"),
        (("--group", "wave", "--within", "moon"), "lives has no group 'moon'; known: centre, edge"),
        (("--group", "waves"), "no select_one item is called 'waves'"),
    ],
)
def test_what_people_cannot_be_compared_within_is_refused(
    mfp: Mfp, project: Project, mapping: Path, words: tuple[str, ...], told: str
) -> None:
    assert mfp("import", "village", "answers.csv", "--mapping", mapping).code == 0
    ended = mfp("fit", "village", *words)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err


def test_waves_are_handed_on_to_the_fit(
    mfp: Mfp, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}

    def start(_project: Project, _store: object, survey: str, **options: object) -> None:
        asked.update(options, survey=survey)
        raise DesignError(Fault("wave", "enough is known"))

    monkeypatch.setattr("mfp_stats.cli.fit.start_fit", start)
    assert mfp("fit", "village", "--group", "wave", "--within", "edge").code == 2
    assert (asked["survey"], asked["group"], asked["within"]) == ("village", "wave", "edge")
    with pytest.raises(DesignError), open_project(project.root) as workspace:
        monkeypatch.setattr("mfp_stats.workflow.api.start_fit", start)
        workspace.fit("village", group="wave", within="centre")
    assert (asked["group"], asked["within"]) == ("wave", "centre")


def test_every_prior_is_listed_with_its_meaning(mfp: Mfp, project: Project) -> None:
    ended = mfp("fit", "village", "--list-priors")
    assert (ended.code, ended.err) == (0, "")
    for model in ("values", "worldviews", "worldview_continuum"):
        assert f" {model}." in ended.out
    assert "meaning" in ended.out


def test_wrong_priors_are_all_named(mfp: Mfp, project: Project) -> None:
    wrong = ("values.meen=1", "weather.mean=1", "mean")
    ended = mfp("fit", "village", *(w for text in wrong for w in ("--priors", text)))
    assert (ended.code, ended.out) == (2, "")
    assert "(3 faults)" in ended.err
    assert "--list-priors" in ended.err


@pytest.mark.parametrize("words", [("--draws", "0"), ("--tune", "x"), ("--seed",)])
def test_settings_off_their_scale_are_refused(
    mfp: Mfp, project: Project, words: tuple[str, ...]
) -> None:
    ended = mfp("fit", "village", *words)
    assert (ended.code, ended.out) == (2, "")
    assert words[0] in ended.err


def test_the_time_goes_on_after_the_first_full_step() -> None:
    seconds = iter(range(0, 10_000, 5))
    drawn = Console(file=StringIO(), width=100)
    bars = progress_bars(drawn, clock=lambda: next(seconds))

    def shown() -> str:
        drawn.print(bars.make_tasks_table(bars.tasks))
        return drawn.file.getvalue().split()[-1]

    line = bars.add_task("values", total=1.0, detail="")
    first = shown()
    bars.update(line, completed=1.0)
    full = shown()
    bars.update(line, completed=0.1, description="worldviews")
    assert first < full < shown() < "0:10:00"


def test_the_prior_check_shows_quantities_before_any_answer(
    mfp: Mfp, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}

    def check(project: Project, survey: str, **options: object) -> list[dict[str, object]]:
        asked.update(options, survey=survey, root=project.root)
        return [{"quantity": "a group's share of a value", "mean": 0.2, "q05": 0.1, "q95": 0.3}]

    monkeypatch.setattr("mfp_stats.workflow.prior_check.prior_check", check)
    words = ("--prior-check", "--group", "growth", "--priors", "values.mean=2")
    ended = mfp("fit", "village", *words)
    assert ended.code == 0
    assert "a group's share of a value" in ended.out
    expected = {"group": "growth", "overrides": ["values.mean=2"], "survey": "village"}
    assert asked == {**expected, "root": Path(project.root)}
