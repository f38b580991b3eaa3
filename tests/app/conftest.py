import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.context import PageContext, serving
from mfp_stats.workflow.simulated import Simulation, simulate_into
from tests.app.synthetic import STEPS, save_synthetic

SURVEY = "ai_datacentres"
RESULT_PAGES = (
    *("overview.py", "values_and_overlap.py", "worldviews.py"),
    *(
        "experience.py",
        "causal_map.py",
        "updating.py",
        "gap.py",
        "surface.py",
        "signals.py",
        "predictions.py",
        "search.py",
        "conjoint.py",
        "forecasts.py",
    ),
)
PAGES = (*RESULT_PAGES, "data.py", "fits.py")

#: Opens a page for a survey, as a reader would by a link.
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def stored(tmp_path_factory, checkout) -> Iterator[PageContext]:
    """A project with simulated answers to one survey and a fit of them; read, never changed."""
    root = tmp_path_factory.mktemp("project")
    (root / "surveys").mkdir()
    project = Project(root, checkout)
    save_synthetic(project.data / "fits", project.questionnaire(SURVEY), by_version=True)
    save_synthetic(
        project.data / "fits",
        project.questionnaire("starter"),
        fit_id="20260103T030405Z-0a1b2c",
        failed=STEPS,
        by_version=True,
    )
    with Store.open(project.data) as store:
        simulate_into(project, store, SURVEY, Simulation(60, 1))
        yield PageContext(project, store, opened=(SURVEY,))


@pytest.fixture
def fresh(tmp_path, checkout) -> Iterator[PageContext]:
    """A project of one's own, without answers or fits."""
    (tmp_path / "surveys").mkdir()
    project = Project(tmp_path, checkout)
    with Store.open(project.data) as store:
        yield PageContext(project, store)


@pytest.fixture
def open_page(checkout: Path) -> Iterator[Open]:
    """Open a page of a context; it stays served until the test ends."""
    open_now = []

    def opened(context: PageContext, page: str = PAGES[0], survey: str = SURVEY) -> AppTest:
        block = serving(context)
        block.__enter__()
        open_now.append(block)
        test = AppTest.from_file(checkout / "app" / "main.py", default_timeout=30)
        test.query_params["survey"] = survey
        test.run()
        return test if page == PAGES[0] else test.switch_page(page).run()

    yield opened
    for block in reversed(open_now):
        block.__exit__(None, None, None)


def texts(test: AppTest) -> str:
    """Return everything that a page says outside its tables, markup included."""
    kinds = ("html", "markdown", "caption", "info", "warning", "error", "success", "metric")
    kinds += ("title", "header", "subheader", "code")
    said = [str(getattr(e, "body", "") or e.value) for kind in kinds for e in test.get(kind)]
    everything = "\n".join([*said, *(chart.proto.alt for chart in charts(test))])
    shown = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", everything)  # as Markdown shows what is escaped
    return shown.replace("\u00a0", " ").replace("\u2060", "")  # which only keep lines from breaking


def charts(test: AppTest) -> list:
    """Return the charts of a page."""
    return list(test.get("vega_lite_chart"))
