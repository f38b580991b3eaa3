"""Linters, type checkers, the lock file, and the wheel used outside the checkout.

Standard library only; run by ``.ci/run`` with whatever Python the machine has first.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import run  # noqa: E402 (the checkout's own set-up script)

LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pyright",),
)


def step(title, *command, cwd=ROOT, env=None):
    """Run one command; end the checks if it fails."""
    print("-- " + title, flush=True)
    done = subprocess.run([str(word) for word in command], check=False, cwd=str(cwd), env=env)
    if done.returncode:
        sys.exit("failed: " + title)


def linters():
    """Run every linter in the locked environment."""
    for words in LINTERS:
        print("-- " + " ".join(words), flush=True)
        if run.uv_run(*words):
            sys.exit("failed: " + " ".join(words))


def installed_wheel(uv, env):
    """Install the wheel into a clean environment outside the checkout and use it there."""
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        step("build the wheel", uv, "build", "--wheel", "--out-dir", here / "dist", env=env)
        pins = here / "pins.txt"
        step(
            "export the lock",
            *(uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project"),
            *("--no-hashes", "--output-file", pins),
            env=env,
        )
        python = env.get("UV_PYTHON", "3.12")
        step("make an environment", uv, "venv", "--python", python, here / "env", cwd=here, env=env)
        inner = here / "env" / ("Scripts" if os.name == "nt" else "bin")
        wheel = next((here / "dist").glob("*.whl"))
        step(
            "install the wheel",
            *(uv, "pip", "install", "--quiet", "--python", inner / "python"),
            *("--requirements", pins, wheel),
            cwd=here,
            env=env,
        )
        refused = subprocess.run(
            [str(inner / "python"), "-c", "import models"],
            check=False,
            capture_output=True,
            cwd=here,
        )
        if refused.returncode == 0:
            sys.exit("failed: `import models` works outside the checkout; only mfp_stats may")
        findings = here / "findings.json"
        step(
            "the demo, installed",
            *(inner / "mfp", "demo", "--no-serve", "--n", "150", "--json", findings),
            cwd=here,
            env=env,
        )
        if not json.loads(findings.read_text(encoding="utf-8"))["findings"]:
            sys.exit("failed: the installed demo wrote no findings")


def main():
    """Run all checks."""
    uv = run.find_uv()
    env = dict(os.environ)
    python = env.get("UV_PYTHON") or run.find_python()
    if python:
        env["UV_PYTHON"] = python
    step("the lock is up to date", uv, "lock", "--check", env=env)
    linters()
    installed_wheel(uv, env)
    print("all checks passed")


if __name__ == "__main__":
    main()
