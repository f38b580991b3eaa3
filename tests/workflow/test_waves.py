"""A fit that compares waves, from its start to what is told of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.errors import ChoiceError, DesignError, ForecastRefused
from mfp_stats.fitting.files import write_json
from mfp_stats.fitting.jobs import SPEC_FILE, Job
from mfp_stats.fitting.tables import MANIFEST_FILE
from mfp_stats.frames.columns import columns_of
from mfp_stats.project import MARGINS_FILE, Project
from mfp_stats.quantities.persons import answered
from mfp_stats.quantities.worldviews import believers
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportSource, Store
from mfp_stats.views.found import describe, findings_of, who_is_compared
from mfp_stats.workflow import start, worker
from mfp_stats.workflow.basis import PeopleDraws
from mfp_stats.workflow.coordination import NO_COALITIONS, coordination
from mfp_stats.workflow.forecasts.freeze import freeze
from mfp_stats.workflow.needs import why_nothing
from mfp_stats.workflow.prior_check import _asked
from mfp_stats.workflow.response_notes import unvalued_notes
from mfp_stats.workflow.results import FitResults, fit_of
from mfp_stats.workflow.show import Asked, show, topic_tables
from mfp_stats.workflow.since import changes_since
from mfp_stats.workflow.start import start_fit
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.topics import Topic
from tests.app.synthetic import save_synthetic

SURVEY = "starter"
TOWN = "ai_datacentres"
SHARES = "relation: {residents: 0.6, workers: 0.3, owners: 0.1}\n"


@dataclass(frozen=True)
class Place:
    """A project with its open store."""

    project: Project
    store: Store
    questionnaire: Questionnaire

    def answer(self, wave: str, seed: int, n: int = 90) -> None:
        truth = default_truth(self.questionnaire, seed=1)
        sheet = simulate_survey(self.questionnaire, truth, n=n, seed=seed, wave=wave).sheet
        source = ImportSource(f"wave {wave}", f"{wave:>64}")
        self.store.append_sheet(sheet, self.questionnaire, source=source)


@pytest.fixture
def place(tmp_path: Path, checkout: Path) -> Iterator[Place]:
    (tmp_path / "surveys" / SURVEY).mkdir(parents=True)
    shipped = checkout / "surveys" / SURVEY / "questionnaire.yaml"
    (tmp_path / "surveys" / SURVEY / "questionnaire.yaml").write_bytes(shipped.read_bytes())
    project = Project(tmp_path, checkout)
    with Store.open(project.data) as store:
        yield Place(project, store, project.questionnaire(SURVEY))


@pytest.fixture
def started(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Start a fit, but not its process; return the job's folder."""
    jobs: list[Path] = []

    def keep(folder: Path, spec: dict[str, object]) -> Job:
        write_json(folder / SPEC_FILE, spec)
        jobs.append(folder)
        return Job(folder, pid=0)

    monkeypatch.setattr(start, "start_job", keep)

    def run(**options: Any) -> Path:
        start_fit(place.project, place.store, SURVEY, **options)
        return jobs[-1]

    return run


@pytest.fixture
def unsampled(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("values", "worldviews", "experience", "responses"):
        monkeypatch.setattr(worker, f"fit_{part}", lambda task, *_: Part())
    monkeypatch.setattr(worker, "make_causal_map", lambda task, *_: Part())


def test_waves_and_the_group_to_stay_within_go_through_to_the_saved_fit(
    place: Place, started: Callable[..., Path], unsampled: None
) -> None:
    place.answer("spring", 2)
    place.answer("summer", 3)
    worker.main(started(group="wave", within="residents"))
    results = fit_of(place.project, SURVEY)
    assert results.by_wave
    assert (results.manifest["group"], results.manifest["within"]) == ("wave", "residents")
    sizes = results.table("group_sizes")
    assert sizes["group_label"].to_list() == ["Wave spring", "Wave summer"]
    residents = place.store.sheet(place.questionnaire).filter(relation=0)
    assert sizes["n"].sum() == len(residents) < 180
    label = results.within
    assert label and label == place.questionnaire.groups[0].label["en"]
    assert f"Only people of “{label}” are in this fit." in results.manifest["notes"]
    assert results.command == "mfp fit starter --group wave --within residents"
    told = who_is_compared(results)
    assert told.startswith("Waves are compared here, not groups")
    assert told.endswith(f"Only people of “{label}” are in this fit.")
    title = show(place.project, SURVEY, Topic.FIT).title
    assert title.startswith(f"starter, by wave, only “{label}”, fit ")
    place.answer("autumn", 4)
    assert changes_since(place.store, results).endswith(f"To have them counted: {results.command}")


def test_a_usual_fit_says_nothing_of_waves(
    place: Place, started: Callable[..., Path], unsampled: None
) -> None:
    place.answer("spring", 2)
    worker.main(started())
    results = fit_of(place.project, SURVEY)
    assert not results.by_wave and results.within is None
    assert who_is_compared(results) == ""
    assert results.command == "mfp fit starter"
    assert show(place.project, SURVEY, Topic.FIT).title.startswith("starter, fit ")


def test_one_wave_is_refused_before_anything_starts(
    place: Place, started: Callable[..., Path]
) -> None:
    place.answer("1", 2)
    with pytest.raises(DesignError, match="only wave '1' has answers"):
        started(group="wave")
    with pytest.raises(DesignError, match="would all be in one group of it"):
        started(within="residents")
    with pytest.raises(DesignError, match="no group 'tourists'; known: residents"):
        started(group="wave", within="tourists")


def test_a_wave_may_not_be_called_what_means_no_group(
    place: Place, started: Callable[..., Path]
) -> None:
    place.answer("neutral", 2)
    place.answer("2", 3)
    with pytest.raises(DesignError, match="Import that wave under another name"):
        started(group="wave")


def test_margins_of_everybody_are_not_those_of_one_group(
    place: Place, started: Callable[..., Path], tmp_path: Path
) -> None:
    (place.project.survey_folder(SURVEY) / MARGINS_FILE).write_text(SHARES)
    place.answer("1", 2)
    place.answer("2", 3)
    raked = started(group="wave")
    assert (raked / MARGINS_FILE).is_file()
    inside = started(group="wave", within="residents")
    assert not (inside / MARGINS_FILE).exists()
    notes = json.loads((inside / SPEC_FILE).read_text())["notes"]
    assert any(
        "margins.yaml beside the questionnaire holds shares of the whole" in n for n in notes
    )


def test_waves_of_earlier_versions_are_named(place: Place, started: Callable[..., Path]) -> None:
    place.answer("1", 2)
    file = place.project.survey_folder(SURVEY) / "questionnaire.yaml"
    title = next(x for x in file.read_text().splitlines() if x.startswith("title:"))
    file.write_text(file.read_text().replace(title, "title: Asked anew"))
    later = Place(place.project, place.store, place.project.questionnaire(SURVEY))
    assert later.questionnaire.hash != place.questionnaire.hash
    later.answer("2", 3)
    (note,) = json.loads((started(group="wave") / SPEC_FILE).read_text())["notes"]
    assert note.startswith("Answered under another version of the questionnaire, in whole or in")
    assert "in part: Wave 1." in note


def test_priors_can_be_looked_at_by_wave(place: Place) -> None:
    assert _asked(place.questionnaire, "wave", 1).groups == ("1", "2")


def test_a_wave_that_was_not_asked_what_it_values_has_no_support_to_tell(place: Place) -> None:
    """Nothing of the other wave is put in the place of what it was not asked."""
    q = place.project.questionnaire(TOWN)
    truth = default_truth(q, seed=1)
    waves = [simulate_survey(q, truth, n=60, seed=int(w), wave=w).sheet for w in "12"]
    asked = [i for i in q.items if i.role == "value_tradeoff"]
    columns = [name for item in asked for name in columns_of(item)]
    waves[1] = waves[1].with_columns(pl.lit(-1, pl.Int16).alias(name) for name in columns)
    data = build_model_data(pl.concat(waves), q, group="wave")
    assert any("in Wave 2: trade-offs between values." in note for note in data.notes)
    task = Task(data, q, None, {}, {}, None)
    who = np.flatnonzero(answered(data.only_tradeoffs()))
    assert data.group[who].tolist() == [0] * 60
    people = replace(PeopleDraws.without_values(data, 2), step="values_revealed", who=who)
    (note,) = unvalued_notes(task, people)
    assert note.startswith("What “Wave 2” supports is not told")
    assert list(unvalued_notes(task, PeopleDraws.without_values(data, 2))) == []


def test_a_wave_that_was_not_asked_its_beliefs_holds_no_worldview(place: Place) -> None:
    truth = default_truth(place.questionnaire, seed=1)
    sheet = simulate_survey(place.questionnaire, truth, n=60, seed=2).sheet
    asked = [i for i in place.questionnaire.items if i.role in ("belief", "consequence")]
    columns = [name for item in asked for name in columns_of(item)]
    later = sheet.with_columns(
        *(pl.lit(-1, pl.Int16).alias(name) for name in columns), wave=pl.lit("2")
    )
    data = build_model_data(pl.concat([sheet, later]), place.questionnaire, group="wave")
    assert believers(data).tolist() == [60, 0]


@pytest.fixture
def made_up(tmp_path: Path, checkout: Path) -> tuple[Project, FitResults]:
    """A fit of made-up numbers, as if its groups had been waves."""
    (tmp_path / "surveys").mkdir()
    project = Project(tmp_path, checkout)
    folder = save_synthetic(project.data / "fits", project.questionnaire(TOWN), by_version=True)
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest | {"group": "wave"}))
    return project, fit_of(project, TOWN)


def test_waves_form_no_coalitions(made_up: tuple[Project, FitResults]) -> None:
    project, results = made_up
    acceptance = results.table("acceptance")
    alone = coordination(results)
    assert set(alone["size"]) == {1}
    assert set(alone["coalition"]) == set(acceptance["group"])
    first, second = acceptance["group"].unique(maintain_order=True)[:2]
    assert set(coordination(results, coalitions=[[first]])["coalition"]) == {first}
    with pytest.raises(ChoiceError, match="Waves form no coalitions"):
        coordination(results, coalitions=[[first, second]])
    told = describe(results, Topic.SURFACE, {"surface": alone})
    assert told[0].startswith(NO_COALITIONS)
    assert all(sentence.startswith("In “") for sentence in told[1:-1])
    assert len(told) == acceptance["group"].n_unique() + 2
    with pytest.raises(ChoiceError, match="Waves form no coalitions"):
        show(project, TOWN, Topic.SURFACE, asked=Asked(coalition=[first, second]))


def test_what_is_of_groups_alone_is_not_told_of_waves(
    made_up: tuple[Project, FitResults],
) -> None:
    _, results = made_up
    assert topic_tables(results, Topic.SEARCH)["search"].is_empty()
    for topic, words in {
        Topic.SEARCH: "Waves form no coalitions",
        Topic.PERCEPTION: "Guesses are about the stakeholder groups, and this fit compares waves",
        Topic.FORECAST: "it predicts nothing of a coming one",
    }.items():
        told = why_nothing(results, topic)
        assert words in told[0]
        assert told[0].endswith(f"For a fit that compares groups run: mfp fit {TOWN}")
    assert "Design search" not in findings_of(results)


def test_nothing_is_forecast_of_waves(made_up: tuple[Project, FitResults]) -> None:
    project, _ = made_up
    with Store.open(project.data) as store:
        with pytest.raises(ForecastRefused, match="it predicts nothing of a coming one") as caught:
            freeze(project, store, TOWN)
        assert f"mfp fit {TOWN}" in str(caught.value)
        other = save_synthetic(
            project.data / "fits", project.questionnaire(TOWN), fit_id="20250102T030405Z-0a1b2c"
        )
        with pytest.raises(ForecastRefused, match=f"known: {other.name}"):
            freeze(project, store, TOWN)


def test_findings_speak_of_waves(made_up: tuple[Project, FitResults]) -> None:
    _, results = made_up
    words = {title: " ".join(told) for title, told in findings_of(results).items()}
    assert "pairs of waves" in words["Overlap"]
    assert "pairs of waves" in words["Values or models"]
    assert (
        "is a change only if the same kind of people answered in each" in words["Values or models"]
    )
    for title in ("Overlap", "Values or models", "Signals", "What groups expect", "Worldviews"):
        # Labels of this made-up fit are those of groups; the sentences' own words are not.
        own = pl.Series([words[title]]).str.replace_all("“[^”]*”", "")[0]
        assert "group" not in own, (title, own)
