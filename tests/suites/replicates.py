"""Run what is missing of a suite in parallel spawned processes, and keep every row at once.

The parent alone writes. Killed at any moment, by ``kill -9`` too, it has lost no more than the
replicates under way; workers notice and end. A worker that dies takes one replicate with it,
which is counted as failed.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final

from mfp_stats.store.ownership import Ownership
from tests.suites.provenance import commit
from tests.suites.rows import Failure, ResultsFile, Row
from tests.suites.suite import Suite
from tests.suites.workers import Answer, Begun, Task, Worker

#: Seconds between two looks at workers that may have exceeded their time.
LOOK: Final = 5.0

type Note = Callable[[Row], None]


@dataclass(slots=True)
class _Run:
    """One call of :func:`run`."""

    suite: Suite
    cache: Path
    file: ResultsFile
    git: str
    clean: bool
    note: Note
    written: int = 0
    #: What each worker is at, and its processor time at the beginning; None while it prepares.
    busy: dict[Worker, tuple[Task, float | None]] = field(default_factory=dict)
    idle: list[Worker] = field(default_factory=list)

    def start(self, number: int) -> None:
        self.idle.append(Worker.start(self.suite.prepare, number, self.cache))

    def hand_out(self, tasks: Iterator[Task]) -> None:
        """Give every idle worker a task while there are any."""
        while self.idle and (task := next(tasks, None)) is not None:
            worker = self.idle.pop()
            worker.send(task)
            self.busy[worker] = (task, None)

    def collect(self) -> None:
        """Wait for workers that are done, have died or have taken too long."""
        ready = wait([worker.pipe for worker in self.busy], timeout=LOOK)
        for worker in [w for w in self.busy if w.pipe in ready]:
            match worker.receive():
                case None:
                    self.lose(worker, "WorkerDied", f"its process ended: {worker.exit_words()}")
                case Begun():
                    self.busy[worker] = (self.busy[worker][0], worker.cpu_seconds())
                case Answer() as answer:
                    task, _ = self.busy.pop(worker)
                    self.keep(task, answer)
                    self.idle.append(worker)
        for worker in [w for w in self.busy if self.used(w) > self.suite.limit_s]:
            self.lose(worker, "TimedOut", f"took more than {self.suite.limit_s:g} s of a core")

    def used(self, worker: Worker) -> float:
        """Return the processor time of a worker's replicate."""
        _, begun = self.busy[worker]
        return 0.0 if begun is None else worker.cpu_seconds() - begun

    def lose(self, worker: Worker, kind: str, message: str) -> None:
        """Count a replicate whose worker is gone, and put another worker in its place."""
        seconds = max(0.0, self.used(worker))
        task, _ = self.busy.pop(worker)
        worker.stop()
        self.keep(task, Answer(seconds, failure=Failure(kind, message)))
        self.start(worker.number)

    def keep(self, task: Task, answer: Answer) -> None:
        row = Row(
            suite=self.suite.name,
            cell=task.cell.name,
            replicate=task.replicate,
            seed=task.seed,
            git=self.git,
            clean=self.clean,
            seconds=answer.seconds,
            result=answer.result,
            failure=answer.failure,
        )
        self.file.append(row)
        self.written += 1
        self.note(row)

    def stop(self) -> None:
        for worker in (*self.busy, *self.idle):
            worker.stop()


def seed_of(suite: str, cell: str, replicate: int) -> int:
    """Return the seed of a replicate, the same wherever and whenever it is run."""
    text = f"{suite}\x1f{cell}\x1f{replicate}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


def results_file(suite: Suite, folder: Path) -> ResultsFile:
    """Return the file that holds a suite's rows under its present settings."""
    return ResultsFile(folder, suite.name, suite.settings)


def planned_rows(suite: Suite, folder: Path) -> list[Row]:
    """Return the rows, under the present settings, of the replicates that are planned."""
    planned = {cell.name: cell.replicates for cell in suite.cells}
    rows = results_file(suite, folder).read()
    return [row for row in rows if row.replicate < planned.get(row.cell, 0)]


def missing(suite: Suite, folder: Path) -> list[Task]:
    """Return what has no row yet, cells in turn so that a stopped run has some of each."""
    there = {(row.cell, row.replicate) for row in planned_rows(suite, folder)}
    most = max((cell.replicates for cell in suite.cells), default=0)
    return [
        Task(cell, number, seed_of(suite.name, cell.name, number))
        for number in range(most)
        for cell in suite.cells
        if number < cell.replicates and (cell.name, number) not in there
    ]


def run(
    suite: Suite,
    folder: Path,
    *,
    cache: Path,
    processes: int = 1,
    minutes: float = float("inf"),
    note: Note = lambda row: None,
) -> int:
    """Run the replicates of a suite that have no row of its settings yet.

    Parameters
    ----------
    suite
        What to run.
    folder
        Where the rows are.
    cache
        Folder of compiled code, shared by the workers and kept for the next run.
    processes
        Workers, one thread each.
    minutes
        No replicate is begun after so long.
    note
        Told every row as it is kept.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    StoreLocked
        Another run of this suite into this folder is under way.
    UnpreparedError
        A cell could not be prepared: nothing of it is counted.
    """
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    lock = Ownership(cache / f"{suite.name}-{place}.lock")
    file = results_file(suite, folder)
    state = _Run(suite, cache, file, *commit(), note)
    try:
        file.prepare()
        todo = missing(suite, folder)
        tasks = _until(todo, time.monotonic() + 60 * minutes)
        for number in range(min(processes, len(todo))):
            state.start(number)
        state.hand_out(tasks)
        while state.busy:
            state.collect()
            state.hand_out(tasks)
    finally:
        state.stop()
        lock.release()
    return state.written


def _until(tasks: list[Task], deadline: float) -> Iterator[Task]:
    for task in tasks:
        if time.monotonic() > deadline:
            return
        yield task
