"""How long ``mfp fit`` takes on a real survey of 1,001 people, beside plain PyMC in the same run.

    python tests/benchmarks/fit_speed.py [--no-peer]

Fits the British Columbia AI survey (``../shared/data/bc-ai-survey``) in a new project, as a user
does: once with an empty compile cache, once with the cache that this left. Prints one JSON object:
seconds from the command's start to its end, when all quantities are stored (goals: 240 cold, 120
warm), ``peak_gib``, the largest resident memory of all its processes together (goal: 3), and the
seconds of each step.

The peer is ``pm.sample`` as it comes (nutpie, compiled by numba) on two of the same models with
the same draws and starting points, its compile cache empty too: the values, and two worldviews.
``ratio`` is its time over ours for the same step of the cold fit, compiling included.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT.parent / "shared" / "data" / "bc-ai-survey" / "bc_ai_survey.csv"
MFP = Path(sys.executable).with_name("mfp")
SURVEY = "bc_ai"
GOALS = {"cold_seconds": 240, "warm_seconds": 120, "peak_gib": 3}
PEER_STEPS = ("values_revealed", "worldviews_two_classes")

type Environment = Mapping[str, str]


def tree_memory(root: psutil.Process) -> int:
    """Return the resident bytes of a process and everything under it."""
    total = 0
    try:
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def run(command: list[str], cwd: Path, environment: Environment) -> tuple[float, float]:
    """Run a command to its end; return its seconds and the peak memory of its tree in GiB."""
    started, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as output:
        process = psutil.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=output, stderr=output
        )
        while process.poll() is None:
            peak = max(peak, tree_memory(process))
            time.sleep(0.05)
        seconds = time.perf_counter() - started
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{output.read()}")
    return seconds, peak / 2**30


def fit(folder: Path, cache: Path) -> dict[str, object]:
    """Fit the survey in a new project; return seconds, memory and the seconds of each step."""
    environment = {"MFP_CACHE_DIR": str(cache)}
    run([str(MFP), "init", str(folder)], folder.parent, environment)
    run([str(MFP), "import", SURVEY, str(ANSWERS)], folder, environment)
    seconds, peak = run([str(MFP), "fit", SURVEY], folder, environment)
    (manifest,) = (folder / "data" / "fits").glob("*/manifest.json")
    steps = {
        step["name"]: round(step["compile_seconds"] + step["sampling_seconds"], 1)
        for step in json.loads(manifest.read_text())["steps"]
    }
    return {"seconds": round(seconds, 1), "peak_gib": round(peak, 2), "steps": steps}


def peer(project: Path, scratch: Path) -> dict[str, float]:
    """Return the seconds of plain PyMC for its steps, from a process with an empty cache."""
    (job,) = (project / "data" / "jobs").iterdir()
    environment = {
        "PYTENSOR_FLAGS": f"base_compiledir={scratch / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(scratch / "numba"),
    }
    command = [sys.executable, str(Path(__file__).resolve()), "--peer-of", str(job)]
    result = subprocess.run(
        command, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return found


def sample_plainly(job: Path) -> dict[str, float]:
    """Sample the models of the peer's steps from a job's answers; seconds of each."""
    import polars as pl
    import pymc as pm

    from mfp_stats.design import build_model_data
    from mfp_stats.fitting.loader import load_model
    from mfp_stats.fitting.settings import FitSettings
    from mfp_stats.likelihoods.starts import mixture_start
    from mfp_stats.quantities.worldviews import reference_solution
    from mfp_stats.questionnaire import load
    from mfp_stats.workflow.spec import SHEET_FILE

    questionnaire, settings = load(job), FitSettings()
    sheet = pl.read_parquet(job / SHEET_FILE)
    data = build_model_data(sheet, questionnaire, group=questionnaire.group)
    values = load_model(ROOT / "models" / "values.py").build(data.only_tradeoffs())
    worldviews = load_model(ROOT / "models" / "worldviews.py").build(data, classes=2)
    begin = mixture_start(data, reference_solution(data, 2))
    starts: list[dict[Any, Any] | None] = [None, {k: np.asarray(v) for k, v in begin.items()}]
    seconds = {}
    for step, built, start in zip(PEER_STEPS, (values, worldviews), starts, strict=True):
        started = time.perf_counter()
        with built:
            pm.sample(
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                cores=settings.cores,
                random_seed=settings.seed,
                initvals=start,
                progressbar=False,
                compute_convergence_checks=False,
            )
        seconds[step] = round(time.perf_counter() - started, 1)
    return seconds


def measure(*, with_peer: bool) -> dict[str, object]:
    """Fit cold and warm, and let the peer run beside the cold fit's figures."""
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        figures: dict[str, object] = {"goals": GOALS, "cpus": os.cpu_count()}
        figures["load_before"] = [round(x, 1) for x in os.getloadavg()]
        cold = fit(scratch / "cold", scratch / "cache")
        figures |= {"cold": cold, "warm": fit(scratch / "warm", scratch / "cache")}
        if with_peer:
            theirs, ours = peer(scratch / "cold", scratch), cold["steps"]
            assert isinstance(ours, dict)
            figures["peer"] = theirs
            figures["ratio"] = {step: round(s / ours[step], 2) for step, s in theirs.items()}
        figures["load_after"] = [round(x, 1) for x in os.getloadavg()]
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-peer", action="store_true", help="leave the comparison out")
    parser.add_argument("--peer-of", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer_of:
        result: Mapping[str, object] = sample_plainly(arguments.peer_of)
        sys.stdout.write(f"{json.dumps(result)}\n")
        return
    if not ANSWERS.exists():
        sys.exit(f"{ANSWERS} is not there: the survey's data are not part of this repository")
    figures = measure(with_peer=not arguments.no_peer)
    sys.stdout.write(f"{json.dumps(figures, indent=2)}\n")


if __name__ == "__main__":
    main()
