"""An acknowledged submission survives kill -9 and a full disk."""

import subprocess
import sys

import pytest

from mfp_stats.store import Store

SUBMIT = """
import signal, sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from mfp_stats.errors import StoreError
from mfp_stats.responses import Submission
from mfp_stats.store import Store

data, run, room = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
now = datetime.now(UTC)

def send(name):
    store.append_submission(Submission(
        name, "town", "a" * 64, "w1", {"trust": 1, "why": name * 3000}, {}, {}, {}, now, now))
    print(name, flush=True)

store = Store.open(data)
if room:
    import resource
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    largest = max(f.stat().st_size for f in data.rglob("*") if f.is_file())
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, resource.RLIM_INFINITY))
try:
    for k in count():
        send(f"{run}-{k}")
except StoreError as error:
    print("full", flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(error, file=sys.stderr)
if room % 2:
    store.close()
    store = Store.open(data)
for k in range(5):
    send(f"{run}-after-{k}")
"""


def submit(data, run, room=0):
    command = [sys.executable, "-c", SUBMIT, str(data), run, str(room)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_repeatedly(data, questionnaire, kills):
    with Store.open(data) as store:
        store.publish(questionnaire)
    acknowledged = []
    for run in range(kills):
        with submit(data, str(run)) as child:
            for _ in range(1 + 7 * run % 23):
                acknowledged.append(child.stdout.readline().strip())
            child.kill()
            acknowledged += child.stdout.read().split("\n")[:-1]
    assert all(name.count("-") == 1 for name in acknowledged)
    with Store.open(data) as store:
        stored = store.sheet(questionnaire)
    names = stored["respondent"].to_list()
    assert len(names) == len(set(names))
    assert set(acknowledged) <= set(names)
    # A kill may come between the journal and the receipt: at most one more for each.
    assert len(names) <= len(acknowledged) + kills
    assert stored["why"].to_list() == [name * 3000 for name in names]


def test_five_kills_lose_nothing(data, questionnaire):
    kill_repeatedly(data, questionnaire, 5)


@pytest.mark.slow
def test_two_hundred_kills_lose_nothing(data, questionnaire):
    kill_repeatedly(data, questionnaire, 200)


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file size are POSIX")
@pytest.mark.parametrize("room", [4_000, 60_001])
def test_a_full_disk_refuses_and_loses_nothing(data, questionnaire, room):
    with Store.open(data) as store:
        store.publish(questionnaire)
    with submit(data, "full", room) as child:
        output, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    lines = output.split()
    acknowledged = [line for line in lines if line != "full"]
    assert len(acknowledged) == len(lines) - 1
    assert sum("after" in name for name in acknowledged) == 5
    with Store.open(data) as store:
        names = store.sheet(questionnaire)["respondent"].to_list()
    assert len(names) == len(set(names))
    assert set(acknowledged) <= set(names)
