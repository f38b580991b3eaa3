"""How long each page takes to answer on stored quantities; prints JSON. Goal: below 0.5 s.

    python tests/benchmarks/page_speed.py [PROJECT SURVEY]

Without a project, one with made-up results is used. Each page is opened by a script runner in
this process, as the server does for a reader, once to warm up and then several times; the median
is what a reader waits beside the network.
"""

import json
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streamlit.testing.v1 import AppTest  # noqa: E402 (the checkout comes first on the path)

from mfp_stats.project import Project  # noqa: E402
from mfp_stats.store import Store  # noqa: E402
from mfp_stats.workflow.context import PageContext, serving  # noqa: E402
from mfp_stats.workflow.simulated import Simulation, simulate_into  # noqa: E402

PAGES = (
    *("overview.py", "values_and_overlap.py", "worldviews.py", "experience.py", "causal_map.py"),
    *("gap.py", "surface.py", "signals.py", "predictions.py", "search.py", "forecasts.py"),
    *("data.py", "fits.py"),
)
TIMES = 7


def seconds(context: PageContext, page: str, survey: str) -> float:
    """Return the median time of a page in seconds."""
    test = AppTest.from_file(ROOT / "app" / "main.py", default_timeout=60)
    test.query_params["survey"] = survey
    test.run()
    test.switch_page(page).run()
    assert not test.exception, test.exception
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        test.run()
        times.append(time.perf_counter() - begun)
    return median(times)


def made_up(folder: Path) -> tuple[Project, str]:
    """Make a project with a simulated survey of 1,000 people and made-up results."""
    from tests.app.synthetic import save_synthetic

    (folder / "surveys").mkdir()
    project, survey = Project(folder, ROOT), "ai_datacentres"
    with Store.open(project.data) as store:
        simulate_into(project, store, survey, Simulation(1000, 1))
    save_synthetic(project.data / "fits", project.questionnaire(survey))
    return project, survey


def main() -> None:
    """Time every page and print the figures."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as scratch:
        if len(sys.argv) == 3:
            project, survey = Project.open(Path(sys.argv[1])), sys.argv[2]
        else:
            project, survey = made_up(Path(scratch))
        with Store.open(project.data) as store, serving(PageContext(project, store)) as context:
            found = {page: round(seconds(context, page, survey), 3) for page in PAGES}
    load = round(os.getloadavg()[0], 1)
    figures = {"goal": 0.5, "seconds": found, "load": load, "cpus": os.cpu_count()}
    sys.stdout.write(f"{json.dumps(figures)}\n")


if __name__ == "__main__":
    main()
