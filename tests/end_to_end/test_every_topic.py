"""A survey that asks for everything, from its answers through the worker to what is shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats import FitSettings
from mfp_stats.design import ModelData, build_model_data
from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import SPEC_FILE, Job
from mfp_stats.fitting.tables import TABLES_FOLDER
from mfp_stats.project import Project
from mfp_stats.quantities.gaps import PARTS
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import Profile, Truth, default_truth, simulate_survey
from mfp_stats.simulate.truth import Response
from mfp_stats.store import ImportSource, Store
from mfp_stats.workflow import start, worker, worldviews
from mfp_stats.workflow.context import PageContext
from mfp_stats.workflow.results import FitResults, fit_of
from mfp_stats.workflow.topics import TOPICS
from tests.app.conftest import RESULT_PAGES, Open
from tests.app.synthetic import synthetic_tables
from tests.cli.conftest import Mfp
from tests.cli.test_show import SIZES
from tests.cli.test_show import TOPICS as KEYS

SURVEY = "every_topic"
HOME = Path(__file__).parent / SURVEY
PEOPLE, SEED = 320, 5
#: Probability of each of five answers where a worldview sees a link that raises.
RAISES = np.array([0.03, 0.07, 0.15, 0.35, 0.4])
AGREES = np.array([0.05, 0.15, 0.3, 0.5])
#: What the first worldview thinks of each link; the second one thinks the opposite.
LINKS = {
    ("building", "work"): 1,
    ("building", "calm"): -1,
    ("trust", "building"): 1,
    ("work", "trust"): 1,
}
#: κ of those who read the report, whatever their worldview.
FOLLOWS = 1.6


def truth_of(questionnaire: Questionnaire) -> Truth:
    """Return two worldviews that see opposite links, one of them consulted more often."""

    def both(first: np.ndarray) -> Profile:
        return Profile(np.stack([first, first[::-1]]), np.zeros(2))

    start_from = default_truth(questionnaire, seed=3, classes=2)
    profiles = dict(start_from.class_profiles)
    profiles |= {f"{a}_{b}": both(RAISES[::way]) for (a, b), way in LINKS.items()}
    profiles |= {"spreads": both(AGREES), "evaded": both(AGREES[::-1]), "consulted": both(AGREES)}
    profiles["kept"] = Profile(np.full((2, 4), 0.25), np.zeros(2))
    return replace(
        start_from,
        class_shares=np.array([[0.65, 0.35], [0.35, 0.65]]),
        class_profiles=profiles,
        information={"report": Response(np.full((2, 2), FOLLOWS), np.zeros((2, 2)))},
    )


@dataclass(frozen=True)
class Fitted:
    """A project with one fit, and what its answers were drawn from."""

    project: Project
    truth: Truth
    data: ModelData
    fit: FitResults


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Fitted:
    """Fit it as ``mfp fit`` does, in this process, with up to two worldviews compared."""
    folder = tmp_path_factory.mktemp(SURVEY)
    (folder / "surveys").mkdir()
    (folder / "surveys" / SURVEY).symlink_to(HOME)
    project, questionnaire = Project(folder, checkout), load(HOME)
    truth = truth_of(questionnaire)
    sheet = simulate_survey(questionnaire, truth, n=PEOPLE, seed=SEED).sheet
    with pytest.MonkeyPatch.context() as patched, Store.open(project.data) as store:
        store.append_sheet(sheet, questionnaire, source=ImportSource("made", f"{'made':>64}"))
        patched.setattr(start, "start_job", _written_only)
        settings = FitSettings(draws=500, tune=300, seed=SEED)
        job = start.start_fit(project, store, SURVEY, settings=settings)
        # More worldviews than there are take longest of all.
        patched.setattr(worldviews, "CLASSES", (1, 2))
        worker.main(job.job.folder)
    data = build_model_data(sheet, questionnaire)
    return Fitted(project, truth, data, fit_of(project, SURVEY, job.fit_id))


def _written_only(folder: Path, spec: dict[str, object]) -> Job:
    write_json(folder / SPEC_FILE, spec)
    return Job(folder, pid=0)


@pytest.fixture
def show(fitted: Fitted, mfp: Mfp, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pl.DataFrame]:
    """Return what ``mfp show every_topic TOPIC --json`` prints."""
    monkeypatch.chdir(fitted.project.root)

    def shown(topic: str, **of: object) -> pl.DataFrame:
        records = mfp("show", SURVEY, topic, "--json").records
        return pl.DataFrame(records, infer_schema_length=None).filter(**of)

    return shown


def test_every_check_is_passed(fitted: Fitted) -> None:
    assert [s["name"] for s in fitted.fit.manifest["steps"] if not s["shown"]] == []


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_topic_is_told_with_the_keys_that_are_documented(show, topic: str) -> None:
    found = show(topic)
    assert len(found)
    of_another = ("attribute_", "accepts_")  # are named by the survey's attributes and groups
    assert set(found.columns) >= {
        key for key in KEYS.get(topic, ()) if not key.startswith(of_another)
    }


@pytest.mark.parametrize("page", RESULT_PAGES)
def test_every_page_shows_the_fit(fitted: Fitted, open_page: Open, page: str) -> None:
    with Store.open(fitted.project.data) as store:
        context = PageContext(fitted.project, store, opened=(SURVEY,))
        test = open_page(context, page, SURVEY)
        assert not test.exception
        assert not test.error


def test_made_up_tables_of_other_tests_have_the_columns_of_a_fit(fitted: Fitted) -> None:
    kept = {file.stem: file for file in (fitted.fit.folder / TABLES_FOLDER).glob("*.parquet")}
    questionnaire = fitted.project.questionnaire("ai_datacentres")
    made = {t.name: t.frame for t in synthetic_tables(questionnaire, sizes=SIZES, by_version=True)}
    both = [name for name in made.keys() & kept.keys() if not made[name].is_empty()]
    assert {"gap", "acceptance", "divergence", "signals", "overlap_revealed"} <= set(both)
    apart = {}
    for name in both:
        real = set(pl.read_parquet_schema(kept[name]))
        if real and real != set(made[name].columns):
            apart[name] = real ^ set(made[name].columns)
    assert apart == {}


def first_worldview(show) -> int:
    """Return the number of the worldview that sees what the first true one sees."""
    link = show("map", kind="link", cause="building", effect="work")
    return int(link.sort("strength_mean")["worldview"][-1])


def test_links_have_the_signs_that_worldviews_see(show) -> None:
    first = first_worldview(show)
    links = show("map", kind="link")
    assert len(links) == 2 * len(LINKS)
    for row in links.iter_rows(named=True):
        way = LINKS[row["cause"], row["effect"]] * (1 if row["worldview"] == first else -1)
        assert way * row["strength_q05"] > 0 < way * row["strength_q95"]


def test_a_record_goes_with_the_worldview_as_it_does(fitted: Fitted, show) -> None:
    shares, consulted = fitted.truth.class_shares, fitted.truth.class_profiles["consulted"]
    held = shares[:, :, None] * consulted.probabilities
    held = held / held.sum(axis=1, keepdims=True)  # (G, C, answers)
    true = (held[:, 0, -1] - held[:, 0, 0]).mean()
    row = show("experience", compared="Very much − Not at all", worldview=first_worldview(show))
    assert row["q05"].item() < true < row["q95"].item()


def test_what_people_were_told_moved_their_beliefs_and_not_their_support(show) -> None:
    beliefs = show("updating", kind="belief")
    assert set(beliefs["verdict"]) == {"follows"}
    of_worldviews = beliefs.filter(pl.col("worldview") > 0)
    for row in of_worldviews.iter_rows(named=True):
        width = row["response_q95"] - row["response_q05"]
        assert row["response_q05"] - width / 4 < FOLLOWS < row["response_q95"] + width / 4
    assert "follows" not in set(show("updating", kind="support")["verdict"])


def test_levels_are_preferred_as_they_are(fitted: Fitted, show) -> None:
    pause, pays = np.split(fitted.truth.part_worths["plans"], 2, axis=1)  # (G, 2) each
    found = show("conjoint")
    for g, group in enumerate(fitted.truth.groups):
        for worth, level in ((pause, "two"), (pays, "firms")):
            effect = found.filter(group=group, level=level)["effect_mean"].item()
            assert effect * (worth[g, 1] - worth[g, 0]) > 0


def test_a_gap_is_the_sum_of_its_parts_and_has_a_verdict(show) -> None:
    for row in show("gap").iter_rows(named=True):
        assert sum(row[f"{part}_mean"] for part in PARTS) == pytest.approx(row["gap_mean"])
        assert row["verdict"] in {*CAUSES, "no_gap", "cannot_tell"}


def test_the_surface_and_the_search_speak_of_the_same_proposals(show) -> None:
    surface, search = show("surface"), show("search")
    fielded = search.filter(pl.col("intervention").is_not_null())
    both = surface.join(fielded, on=("intervention", "coalition", "threshold"))
    assert len(both) == len(fielded) == 3
    # The search keeps every second draw.
    chances = both["joint_probability"], both["joint_probability_right"]
    np.testing.assert_allclose(*chances, atol=0.02)


def test_every_proposal_is_scored_in_every_group_as_predicted_from_the_others(
    fitted: Fitted, show
) -> None:
    given = fitted.data.responses
    assert given is not None
    cells = show("forecast", kind="left_out")
    assert len(cells) == len(given.interventions) * len(fitted.data.groups)
    for row in cells.iter_rows(named=True):
        inside = fitted.data.group == fitted.data.groups.index(row["group"])
        answers = given.answers[inside, given.interventions.index(row["intervention"])]
        answers = answers[answers >= 0]
        assert row["asked"] == len(answers)
        assert row["observed"] == pytest.approx((answers >= given.accept).mean())
        assert row["predicted_q05"] < row["predicted_mean"] < row["predicted_q95"]
    summary = fitted.fit.table("left_out_summary")
    assert summary["prediction"].to_list() == ["model", "group_mean"]
