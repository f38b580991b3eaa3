"""A project finds the user's content first and the shipped content after it."""

from pathlib import Path

import pytest

from mfp_stats.errors import ProjectError
from mfp_stats.project import Project, init_project, shipped_root

QUESTIONNAIRE = "survey: {name}\n"


def add_survey(root: Path, name: str, text: str = QUESTIONNAIRE) -> Path:
    folder = root / "surveys" / name
    folder.mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text(text.format(name=name))
    return folder


def add_model(root: Path, name: str, text: str = "") -> Path:
    (root / "models").mkdir(parents=True, exist_ok=True)
    path = root / "models" / f"{name}.py"
    path.write_text(text)
    return path


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    root = tmp_path / "shipped"
    add_survey(root, "starter")
    add_survey(root, "ai_datacentres")
    add_model(root, "values", "shipped")
    (root / "app").mkdir()
    return root


@pytest.fixture
def project(tmp_path: Path, shipped: Path) -> Project:
    root = tmp_path / "mine"
    add_survey(root, "town")
    return Project(root, shipped)


def test_open_searches_upward(tmp_path: Path) -> None:
    folder = add_survey(tmp_path / "mine", "town")
    assert Project.open(folder).root == (tmp_path / "mine").resolve()


def test_open_without_project_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="mfp init DIR"):
        Project.open(tmp_path)
    with pytest.raises(ProjectError, match="is not a folder"):
        Project.open(tmp_path / "absent")


def test_own_and_shipped_surveys_are_both_known(project: Project, shipped: Path) -> None:
    assert project.surveys() == ("ai_datacentres", "starter", "town")
    assert project.survey_folder("town") == project.root / "surveys" / "town"
    assert project.survey_folder("starter") == shipped / "surveys" / "starter"
    assert project.data == project.root / "data"


def test_unknown_names_list_the_known(project: Project) -> None:
    with pytest.raises(ProjectError, match=r"no 'twon'; known: ai_datacentres, starter, town"):
        project.survey_folder("twon")
    with pytest.raises(ProjectError, match="known: values"):
        project.model_file("../values")
    with pytest.raises(ProjectError, match="there is no"):
        project.questionnaire("../../etc")


def test_an_override_takes_precedence_and_is_announced(
    project: Project, shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert project.announcements == ()
    assert project.model_file("values") == shipped / "models" / "values.py"
    mine = add_model(project.root, "values", "mine")
    add_model(project.root, "_helper", "no model")
    assert project.model_file("values") == mine
    assert project.models() == ("values",)
    monkeypatch.chdir(project.root)
    assert project.announcements == ("using models/values.py from ./ (overrides bundled)",)
    monkeypatch.chdir(project.root.parent)
    assert project.announcements == (
        f"using models/values.py from {project.root}/ (overrides bundled)",
    )


def test_an_identical_copy_is_not_announced(project: Project) -> None:
    copy = add_survey(project.root, "starter")
    assert project.announcements == ()
    (copy / "questionnaire.yaml").write_text("survey: starter\ntitle: changed\n")
    (line,) = project.announcements
    assert line.startswith("using surveys/starter from ")


def test_the_checkout_is_its_own_project_and_overrides_nothing(checkout: Path) -> None:
    project = Project.open(checkout)
    assert project.shipped == shipped_root() == checkout
    assert project.announcements == ()
    assert project.app == checkout / "app"


def test_mappings_of_a_shipped_survey_may_be_the_users(project: Project, shipped: Path) -> None:
    theirs = shipped / "surveys" / "starter" / "mappings" / "panel.yaml"
    theirs.parent.mkdir()
    theirs.touch()
    assert project.mappings("starter") == {"panel": theirs}
    mine = project.mapping_file("starter", "export")
    mine.parent.mkdir(parents=True)
    mine.touch()
    assert project.mappings("starter") == {"export": mine, "panel": theirs}
    assert project.survey_folder("starter").is_relative_to(shipped)
    with pytest.raises(ProjectError):
        project.mapping_file("../starter", "export")


def test_init_makes_a_project_and_keeps_data_out_of_git(tmp_path: Path, shipped: Path) -> None:
    project = init_project(tmp_path / "new" / "deep", shipped=shipped)
    assert (project.root / "surveys" / "starter" / "questionnaire.yaml").is_file()
    assert (project.data / ".gitignore").read_text() == "*\n"
    assert project.announcements == ()
    assert Project.open(project.root).root == project.root


def test_init_refuses_to_clobber(tmp_path: Path, shipped: Path) -> None:
    mine = add_survey(tmp_path / "mine", "starter", "precious")
    with pytest.raises(ProjectError, match="exists already"):
        init_project(tmp_path / "mine", shipped=shipped)
    assert (mine / "questionnaire.yaml").read_text() == "precious"
    assert not (tmp_path / "mine" / "data").exists()
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="not a folder"):
        init_project(tmp_path / "file", shipped=shipped)


def test_init_without_shipped_content_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="starter survey is missing"):
        init_project(tmp_path / "new", shipped=tmp_path)
    assert not (tmp_path / "new").exists()


def test_a_survey_named_otherwise_than_its_folder_is_refused(
    project: Project, checkout: Path
) -> None:
    starter = checkout / "surveys" / "starter" / "questionnaire.yaml"
    copy = add_survey(project.root, "renamed") / "questionnaire.yaml"
    copy.write_bytes(starter.read_bytes())
    with pytest.raises(ProjectError, match="is 'starter', but its folder is called 'renamed'"):
        project.questionnaire("renamed")


def test_the_checkouts_own_starter_makes_a_project(tmp_path: Path) -> None:
    project = init_project(tmp_path / "new")
    assert project.questionnaire("starter").survey == "starter"
    assert project.survey_folder("starter").is_relative_to(project.root)
    assert "ai_datacentres" in project.surveys()
