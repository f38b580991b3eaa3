"""Processes that run replicates: spawned, one thread each, sharing compiled code on disk."""

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Final, Self

import psutil

from mfp_stats.fitting.worker_process import WORKER_ENVIRONMENT
from tests.suites.rows import Failure, plain, to_json
from tests.suites.suite import Cell, Replicate

#: Most characters kept of an error's message.
LONGEST: Final = 300


class UnpreparedError(Exception):
    """A cell could not be prepared, so that none of its replicates can run."""


@dataclass(frozen=True, slots=True)
class Task:
    """One replicate to be run."""

    cell: Cell
    replicate: int
    seed: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has what it needs and starts on the replicate: its time counts from here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task: a result or a failure."""

    seconds: float
    result: Mapping[str, Any] | None = None
    failure: Failure | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Worker:
    """The parent's end of a worker."""

    number: int
    process: SpawnProcess
    pipe: Connection

    @classmethod
    def start(cls, prepare: Callable[[Cell], Replicate], number: int, cache: Path) -> Self:
        """Start a process that prepares cells as they come."""
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, prepare), daemon=True)
        with _environment(_variables(number, cache)):
            process.start()
        # Held here too, it would keep the pipe open after the worker has died.
        there.close()
        return cls(number, process, here)

    def send(self, task: Task) -> None:
        """Hand over a task; that a worker is gone shows when its answer is received."""
        try:
            self.pipe.send(task)
        except BrokenPipeError:
            return

    def receive(self) -> Begun | Answer | None:
        """Return what comes next of the last task; None where the worker died.

        Raises
        ------
        UnpreparedError
            The task's cell could not be prepared.
        """
        try:
            answer = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            return None
        if isinstance(answer, UnpreparedError):
            raise answer
        assert isinstance(answer, Begun | Answer)
        return answer

    def cpu_seconds(self) -> float:
        """Return the processor time that the worker has used; 0 once it has ended."""
        try:
            used = psutil.Process(self.process.pid).cpu_times()
        except psutil.NoSuchProcess:
            return 0.0
        return float(used.user + used.system)

    def stop(self) -> None:
        """End the worker, whatever it is doing."""
        self.pipe.close()
        self.process.kill()
        self.process.join()

    def exit_words(self) -> str:
        """Say how a worker ended."""
        self.process.join(timeout=10)
        code = self.process.exitcode
        if code is None:
            return "its pipe closed but it goes on"
        return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _variables(number: int, cache: Path) -> dict[str, str]:
    return {
        **WORKER_ENVIRONMENT,
        "MFP_CACHE_DIR": str(cache / "jax"),
        # PyTensor locks its folder while it compiles.
        "PYTENSOR_FLAGS": f"base_compiledir={cache / f'pytensor-{number}'}",
    }


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for a process that is started meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def work(pipe: Connection, prepare: Callable[[Cell], Replicate]) -> None:
    """Run the tasks that come through a pipe until it closes."""
    # Ctrl-C reaches the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepared: dict[str, Replicate] = {}
    while True:
        try:
            task: Task = pipe.recv()
            answer: Answer | UnpreparedError
            try:
                if task.cell.name not in prepared:
                    prepared[task.cell.name] = prepare(task.cell)
            except Exception:  # noqa: BLE001 - raised again by the parent
                answer = UnpreparedError(f"cell {task.cell.name!r}\n{traceback.format_exc()}")
            else:
                pipe.send(Begun())
                answer = attempt(prepared[task.cell.name], task.seed)
            pipe.send(answer)
        except (EOFError, ConnectionError):
            return


def attempt(replicate: Replicate, seed: int) -> Answer:
    """Run one replicate; whatever goes wrong is its failure."""
    begun = time.process_time()
    try:
        result = plain(replicate(seed))
        to_json(result)  # fails here, where it is counted, if it cannot be kept
    except Exception as error:  # noqa: BLE001 - counted, never dropped
        message = " ".join(str(error).split())[:LONGEST]
        return Answer(time.process_time() - begun, failure=Failure(type(error).__name__, message))
    return Answer(time.process_time() - begun, result)
