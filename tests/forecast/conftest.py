"""A project whose survey was fitted to one wave, with made-up draws of acceptance, and a second."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.design.acceptance import acceptance
from mfp_stats.fitting.saved import Table
from mfp_stats.fitting.tables import MANIFEST_FILE, file_hash
from mfp_stats.project import MARGINS_FILE, QUESTIONNAIRE_FILE, Project
from mfp_stats.quantities.response_rows import estimate
from mfp_stats.questionnaire import Questionnaire
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportSource, Store
from mfp_stats.weights import Margins, load_margins
from mfp_stats.workflow.spec import SHEET_FILE
from mfp_stats.workflow.start import JOBS_FOLDER
from tests.app.synthetic import STEPS, save_synthetic
from tests.app.synthetic_search import search_frames

SURVEY = "ai_datacentres"
FIT = "20260102T030405Z-0a1b2c"
#: People of a wave, enough for every cell to be shown.
PEOPLE = 480
#: Draws of acceptance, as many as stand-in tables of the search go with.
DRAWN = 400


@dataclass(frozen=True)
class Wave:
    """What decides the answers of a simulated wave."""

    asked: str  #: hash of the questionnaire
    name: str
    people: int
    seed: int
    questionnaire: Questionnaire = field(compare=False)


@cache
def simulated(wave: Wave) -> pl.DataFrame:
    """Return a wave's answer sheet; many tests go with the same ones."""
    truth = default_truth(wave.questionnaire, seed=1)
    survey = simulate_survey(
        wave.questionnaire, truth, n=wave.people, seed=wave.seed, wave=wave.name
    )
    return survey.sheet


@dataclass(frozen=True)
class Town:
    """A project and what can be done in it."""

    project: Project
    store: Store
    questionnaire: Questionnaire

    def answer(self, wave: str, n: int = PEOPLE, *, seed: int = 2, change=lambda s: s) -> int:
        """Store a wave of simulated answers; return the import's number."""
        sheet = simulated(Wave(self.questionnaire.hash, wave, n, seed, self.questionnaire))
        return self.keep(change(sheet), f"wave {wave}, seed {seed}")

    def erase(self) -> None:
        """Close the store and take away all that was answered."""
        self.store.close()
        for gone in ("store.duckdb", "journal", "uploads"):
            path = self.project.data / gone
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def keep(self, sheet: pl.DataFrame, name: str) -> int:
        """Store an answer sheet; return the import's number."""
        source = ImportSource(name, f"{name:>64}")
        return self.store.append_sheet(sheet, self.questionnaire, source=source).number

    def fit(
        self,
        fit_id: str = FIT,
        *,
        failed=(),
        shift: float = 0.0,
        margins: Path | None = None,
        searched: bool = False,
    ) -> Path:
        """Save a fit whose draws of acceptance lie around what was observed, moved by ``shift``."""
        job = self.project.data / JOBS_FOLDER / fit_id
        self.store.snapshot(self.questionnaire, job)
        file = self.project.survey_folder(self.questionnaire.survey) / QUESTIONNAIRE_FILE
        shutil.copyfile(file, job / QUESTIONNAIRE_FILE)
        shares = None
        if margins is not None:
            shutil.copyfile(margins, job / MARGINS_FILE)
            shares = load_margins(margins, self.questionnaire)
        sheet = pl.read_parquet(job / SHEET_FILE)
        frames = acceptance_tables(sheet, self.questionnaire, shift, shares)
        if searched:
            frames |= search_of(self.questionnaire, frames["acceptance"])
        tables = [Table(name, frame, STEPS[3:]) for name, frame in frames.items()]
        nothing = pl.DataFrame(schema=dict.fromkeys(("quantity", "why", "add"), pl.String()))
        tables.append(Table("unavailable", nothing))
        fits = self.project.data / "fits"
        folder = save_synthetic(
            fits, self.questionnaire, fit_id=fit_id, tables=tables, failed=failed
        )
        manifest = json.loads((folder / MANIFEST_FILE).read_text())
        manifest |= {
            "data": file_hash(job / SHEET_FILE),
            "margins": {} if shares is None else dict(shares.shares),
        }
        (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
        return folder


def acceptance_tables(
    sheet: pl.DataFrame, questionnaire: Questionnaire, shift: float, margins: Margins | None
) -> dict[str, pl.DataFrame]:
    """Return the tables that a fit keeps of acceptance, around what was observed."""
    data = build_model_data(sheet, questionnaire, margins=margins)
    assert data.responses is not None
    found = acceptance(sheet, questionnaire, data.responses, margins=margins)
    rng, rows, drawn = np.random.default_rng(3), [], []
    for weighting, weight in found.weightings.items():
        for x, name in enumerate(found.interventions):
            for g, group in enumerate(found.groups):
                inside = (found.group == g) & (found.accepts[:, x] >= 0)
                counted = np.ones(inside.sum()) if weight is None else weight[inside]
                n = int(inside.sum())
                if n <= questionnaire.floor:
                    continue
                share = counted @ found.accepts[inside, x] / counted.sum()
                shares = rng.beta(1 + n * share, 1 + n * (1 - share), DRAWN)
                shares = np.clip(shares + shift, 0.001, 0.999)
                cell = {"weighting": weighting, "intervention": name, "group": group}
                labels = {"intervention_label": name.title(), "group_label": group.title()}
                rows.append(cell | labels | {"n": n} | estimate("accepts", shares))
                one = pl.DataFrame({"draw": range(DRAWN), "accepts": shares})
                drawn.append(one.with_columns(**{k: pl.lit(v) for k, v in cell.items()}))
    return {"acceptance": pl.DataFrame(rows), "acceptance_draws": pl.concat(drawn)}


def search_of(questionnaire: Questionnaire, acceptance: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return made-up tables of the search that go with tables of acceptance."""
    groups = acceptance.group_by("group", "group_label", maintain_order=True).agg(pl.max("n"))
    shares = acceptance.filter(weighting="unweighted")
    share = {
        (x, g): mean for x, g, mean in shares.select("intervention", "group", "accepts_mean").rows()
    }
    return search_frames(questionnaire, groups.rows(), share)


@contextmanager
def opened(folder: Path, checkout: Path) -> Iterator[Town]:
    """Open the project of a folder."""
    project = Project(folder, checkout)
    with Store.open(project.data) as store:
        yield Town(project, store, project.questionnaire(SURVEY))


@pytest.fixture
def empty(tmp_path: Path, checkout: Path) -> Iterator[Town]:
    """A project without answers."""
    (tmp_path / "surveys").mkdir()
    with opened(tmp_path, checkout) as town:
        yield town


@pytest.fixture(scope="session")
def fitted(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    """The folder of a project with one wave, fitted: to be copied, not written to."""
    folder = tmp_path_factory.mktemp("fitted")
    (folder / "surveys").mkdir()
    with opened(folder, checkout) as town:
        town.answer("1", seed=1)
        town.fit()
    return folder


@pytest.fixture
def town(fitted: Path, tmp_path: Path, checkout: Path) -> Iterator[Town]:
    """A project with one wave, fitted."""
    shutil.copytree(fitted, tmp_path, dirs_exist_ok=True)
    with opened(tmp_path, checkout) as copied:
        yield copied
