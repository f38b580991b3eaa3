"""What priors imply, against what they were set to and what symmetry demands."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mfp_stats.errors import DesignError, ModelError, ProjectError
from mfp_stats.project import Project
from mfp_stats.workflow.prior_check import prior_check

Quantities = dict[str, dict[str, float]]
Check = Callable[[Sequence[str]], Quantities]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Project:
    root = tmp_path_factory.mktemp("project")
    (root / "surveys").mkdir()
    return Project(root, checkout)


def check(project: Project, *overrides: str, survey: str = "starter") -> Quantities:
    records = prior_check(project, survey, overrides=overrides)
    return {str(record.pop("quantity")): record for record in records}


@pytest.fixture(scope="module")
def shipped(project: Project) -> Quantities:
    return check(project)


def test_values_are_alike_before_any_answer(shipped: Quantities) -> None:
    """With five values that no prior prefers, each has a fifth in the mean."""
    for who in ("one person's", "a group's"):
        assert shipped[f"{who} share of a value"]["mean"] == pytest.approx(0.2, abs=0.03)
        assert shipped[f"{who} largest share"]["q05"] > 0.2


def test_intervals_hold_their_means_within_the_scale(shipped: Quantities) -> None:
    for quantity, row in shipped.items():
        assert set(row) == {"mean", "q05", "q95"}
        top = 1.0 if "normalised" not in quantity else 1.05
        assert 0 <= row["q05"] < row["mean"] < row["q95"] <= top, quantity


def test_the_shipped_priors_leave_overlap_open(shipped: Quantities) -> None:
    overlap = shipped["overlap of two groups, normalised"]
    assert overlap["q05"] < 0.8
    assert overlap["q95"] > 0.97


def test_priors_do_what_they_say(project: Project, shipped: Quantities) -> None:
    same = check(project, "values.group=0.001")
    assert same["overlap of two groups, normalised"]["q05"] > 0.97
    difference = "difference of two groups' shares of a value"
    assert same[difference]["mean"] < 0.5 * shipped[difference]["mean"]
    flat = check(project, "values.person=0.01", "values.mean=0.01", "values.group=0.01")
    assert flat["one person's share of a value"]["q95"] < 0.21


def test_faults_are_the_users(project: Project) -> None:
    with pytest.raises(ModelError, match="meen"):
        prior_check(project, "starter", overrides=["values.meen=1"])
    with pytest.raises(ProjectError, match="hamlet"):
        prior_check(project, "hamlet")


def test_a_survey_without_values_has_nothing_to_check(project: Project) -> None:
    folder = project.root / "surveys" / "beliefs_only"
    folder.mkdir()
    (folder / "questionnaire.yaml").write_text(
        "survey: beliefs_only\ntitle: Beliefs\nscales: {agree: {labels: ['No', 'Yes']}}\n"
        "blocks:\n  - block: all\n    items:\n"
        "      - {name: growth, role: belief, scale: agree, label: It grows}\n"
        "      - {name: side, role: group, scale: agree, label: Side}\n"
    )
    with pytest.raises(DesignError, match="does not ask what people value"):
        prior_check(project, "beliefs_only")
