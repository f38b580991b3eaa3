"""Sets everything up on a machine that has only some Python, then runs the project.

``python3 run.py demo``   simulate a survey, fit it, print the findings, serve the app
``python3 run.py test``   run the tests; further words go to pytest (``-m slow``, a path, ...)
``python3 run.py X ...``  the same as ``mfp X ...``

Only the standard library is used, and nothing newer than Python 3.8, since this is what an old
machine runs first. uv is taken from the PATH or put into ``.tools/``; the Python that the project
needs (3.12 or newer) is looked for on the machine and, where there is none, left to uv.
"""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE / ".tools"
OLDEST = (3, 12)
WINDOWS = os.name == "nt"


def find_uv():
    """Return the path of a uv that runs, installing one into ``.tools/`` if there is none."""
    bundled = TOOLS / "uv" / ("Scripts" if WINDOWS else "bin") / ("uv.exe" if WINDOWS else "uv")
    for candidate in (shutil.which("uv"), str(bundled)):
        if candidate and runs([candidate, "--version"]):
            return candidate
    print("uv is not on this machine: installing it into .tools/", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(TOOLS / "uv")], check=True)
    inner = bundled.parent / ("python.exe" if WINDOWS else "python")
    subprocess.run([str(inner), "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(bundled)


def runs(command):
    """Say whether a command starts and ends well; version managers leave shims that do not."""
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def candidates():
    """Yield the interpreters of this machine that may be new enough, likeliest first."""
    for minor in (13, 12, 14):
        yield "python3.%d" % minor
    roots = [os.environ.get("PYENV_ROOT", ""), str(Path.home() / ".pyenv")]
    for root in filter(None, roots):
        yield from sorted(glob.glob(root + "/versions/3.1[2-4]*/bin/python"), reverse=True)
    yield from ("python3", "python")


def find_python():
    """Return the path of a Python >= 3.12 that runs, or None."""
    test = "import sys; print(sys.executable if sys.version_info >= %r else '')" % (OLDEST,)
    for candidate in candidates():
        if not shutil.which(candidate):
            continue
        try:
            done = subprocess.run(
                [candidate, "-c", test], check=False, capture_output=True, text=True, timeout=60
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    return None


def uv_run(*words):
    """Run a command inside the project's locked environment and return its exit code."""
    environment = dict(os.environ, UV_COMPILE_BYTECODE="1")
    # uv gives up on a file that takes over a minute, as one may on a machine that is busy.
    environment.setdefault("UV_COMPILE_BYTECODE_TIMEOUT", "0")
    environment.pop("VIRTUAL_ENV", None)
    python = os.environ.get("UV_PYTHON") or find_python()
    if python:
        environment["UV_PYTHON"] = python
    command = [find_uv(), "run", "--frozen", "--project", str(HERE), *words]
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return 130


def main(words):
    """Pass ``test`` to pytest and everything else to ``mfp``."""
    if not words:
        print(__doc__)
        return 2
    if words[0] == "test":
        os.chdir(str(HERE))
        # In the order of folders: the longest file, of the acceptance suite in small, comes first.
        spread = ("--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")
        return uv_run("pytest", *spread, *words[1:])
    return uv_run("--no-dev", "mfp", *words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
