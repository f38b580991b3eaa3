"""A survey that asks for everything, from its answers through the worker to what is shown."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats import FitSettings, Workspace
from mfp_stats.project import Project
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import Profile, Truth, default_truth, simulate_survey
from mfp_stats.simulate.truth import Response
from mfp_stats.store import ImportSource
from mfp_stats.workflow.topics import TOPICS
from tests.cli.conftest import Mfp

HOME = Path(__file__).parent / "every_topic"
PEOPLE, SEED = 320, 5
#: Probability of each of five answers where a worldview sees a link that raises.
RAISES = np.array([0.03, 0.07, 0.15, 0.35, 0.4])
AGREES = np.array([0.05, 0.15, 0.3, 0.5])
#: What the first worldview thinks of each link; the second one thinks the opposite.
LINKS = {"building_work": 1, "building_calm": -1, "trust_building": 1, "work_trust": 1}


def truth_of(questionnaire: Questionnaire) -> Truth:
    """Two worldviews that see opposite links, one of them consulted more often."""

    def both(first: np.ndarray) -> Profile:
        return Profile(np.stack([first, first[::-1]]), np.zeros(2))

    start = default_truth(questionnaire, seed=3, classes=2)
    profiles = dict(start.class_profiles)
    profiles |= {name: both(RAISES[::way]) for name, way in LINKS.items()}
    profiles |= {"spreads": both(AGREES), "evaded": both(AGREES[::-1]), "consulted": both(AGREES)}
    even = np.full((2, 4), 0.25)
    profiles["kept"] = Profile(even, np.zeros(2))
    follows = np.full((2, 2), 1.6)
    return replace(
        start,
        class_shares=np.array([[0.65, 0.35], [0.35, 0.65]]),
        class_profiles=profiles,
        information={"report": Response(follows, np.zeros((2, 2)))},
    )


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("every_topic")
    (folder / "surveys").mkdir()
    (folder / "surveys" / "every_topic").symlink_to(HOME)
    questionnaire = load(HOME)
    truth = truth_of(questionnaire)
    with Workspace(Project(folder, checkout)) as workspace:
        sheet = simulate_survey(questionnaire, truth, n=PEOPLE, seed=SEED).sheet
        source = ImportSource("simulated", f"{'simulated':>64}")
        workspace.store.append_sheet(sheet, questionnaire, source=source)
        fit = workspace.fit("every_topic", settings=FitSettings(draws=500, tune=300, seed=SEED))
    assert fit.passed
    return folder, truth


@pytest.fixture
def show(fitted: tuple[Path, Truth], mfp: Mfp, monkeypatch: pytest.MonkeyPatch):
    """Return what ``mfp show every_topic TOPIC --json`` prints."""
    monkeypatch.chdir(fitted[0])
    return lambda topic: pl.DataFrame(
        mfp("show", "every_topic", topic, "--json").records, infer_schema_length=None
    )


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_topic_has_something_to_tell(show, topic: str) -> None:
    found = show(topic)
    pl.Config.set_tbl_cols(40); pl.Config.set_tbl_width_chars(250)
    print(topic, found)
    assert len(found)
