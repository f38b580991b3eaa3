"""A job's worker process: start it, know it again, find out how it ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Final

import psutil

from mfp_stats.fitting.files import read_json, write_json

PROCESS_FILE: Final = "process.json"
EXIT_FILE: Final = "exit.json"
STDERR_FILE: Final = "stderr.log"
STDOUT_FILE: Final = "stdout.log"

#: Chains are a worker's threads; libraries that start a pool of their own below them only get in
#: each other's way. XLA is told so where models are compiled.
WORKER_ENVIRONMENT: Final[Mapping[str, str]] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONFAULTHANDLER": "1",
    "PYTHONUTF8": "1",
}

#: Folder of a job for temporary files: compilers leave theirs behind. The worker removes it.
SCRATCH_FOLDER: Final = "scratch"
#: How much of the end of the error log is quoted when a worker dies.
_TAIL_LINES: Final = 15
#: Added to a worker's niceness, so that pages stay quick while a fit runs.
_NICENESS: Final = 5


def launch(folder: Path, module: str, environment: Mapping[str, str]) -> int:
    """Start a module in a process of its own, with ``folder`` as its argument.

    The process outlives this one and is not reached by its Ctrl-C. ``process.json`` and, while
    this process lives, ``exit.json`` are written into the folder.

    Returns
    -------
    int
        The process id.
    """
    scratch = folder / SCRATCH_FOLDER
    scratch.mkdir(exist_ok=True)
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(scratch))
    with (folder / STDOUT_FILE).open("wb") as out, (folder / STDERR_FILE).open("wb") as err:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, **WORKER_ENVIRONMENT, **temporary, **environment},
            start_new_session=True,
        )
    _record_start(folder, process)
    return process.pid


def was_launched(folder: Path) -> bool:
    """Whether a process was ever started for a job."""
    return (folder / PROCESS_FILE).is_file()


def find_process(folder: Path) -> psutil.Process | None:
    """Return a job's process while it runs; None before and after."""
    file = folder / PROCESS_FILE
    if not file.is_file():
        return None
    entry = read_json(file)
    try:
        process = psutil.Process(entry["pid"])
        # The number may have been given to another process since.
        same = abs(process.create_time() - entry["started"]) < 1
    except psutil.NoSuchProcess:
        return None
    return process if same and not _has_ended(process) else None


def ends_within(process: psutil.Process, seconds: float) -> bool:
    """Wait for a process to end; False where it has not after that many seconds.

    Only looks: waiting as a parent does would take the exit code from the thread that notes it.
    """
    deadline = time.monotonic() + seconds
    while not _has_ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def kill(process: psutil.Process) -> None:
    """Kill a process and all that it started."""
    with suppress(psutil.NoSuchProcess):
        for member in (*process.children(recursive=True), process):
            member.kill()


def _has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def exit_words(folder: Path) -> str:
    """Say how a process ended, as far as that is known."""
    file = folder / EXIT_FILE
    if not file.is_file():
        return "how is not known"
    code = int(read_json(file)["code"])
    if code >= 0:
        return f"exit code {code}"
    name = signal.Signals(-code).name
    memory = "; the machine may have run out of memory" if name == "SIGKILL" else ""
    return f"killed by {name}{memory}"


def error_tail(folder: Path) -> str:
    """Return the last lines of a process's error log."""
    file = folder / STDERR_FILE
    if not file.is_file():
        return ""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_TAIL_LINES:])


def _record_start(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Note which process works on a job, and note its end when it comes."""
    worker = psutil.Process(process.pid)
    write_json(folder / PROCESS_FILE, {"pid": process.pid, "started": worker.create_time()})
    if psutil.POSIX:
        worker.nice(worker.nice() + _NICENESS)
    Thread(target=_record_exit, args=(folder, process), daemon=True).start()


def _record_exit(folder: Path, process: subprocess.Popen[bytes]) -> None:
    code = process.wait()
    if folder.is_dir():
        write_json(folder / EXIT_FILE, {"code": code})
