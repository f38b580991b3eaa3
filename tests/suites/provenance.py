"""Which code made a row: the commit, and digests of the files that a result rests on."""

import ast
import hashlib
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

#: What a row may depend on; the rows themselves and the report are no part of the code.
CODE: Final = ("mfp_stats", "models", "surveys", "tests", "uv.lock", ":!tests/suites/results")


def commit(root: Path = ROOT) -> tuple[str, bool]:
    """Return the checkout's commit, and whether its code is as committed.

    Raises
    ------
    subprocess.CalledProcessError
        The folder is no git checkout.
    """
    changed = _git(root, "status", "--porcelain", "--", *CODE)
    return _git(root, "rev-parse", "--short=12", "HEAD"), not changed


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def model_digest(path: Path, root: Path = ROOT) -> str:
    """Return a digest of a model file and of the likelihoods that it imports."""
    return _digest([path, *_imports(path, "mfp_stats.likelihoods.", root)])


def code_digest(*modules: str, root: Path = ROOT) -> str:
    """Return a digest of modules of ``mfp_stats``, as ``quantities.gaps``."""
    return _digest([root / "mfp_stats" / Path(*m.split(".")).with_suffix(".py") for m in modules])


def case_digest(path: Path, root: Path = ROOT) -> str:
    """Return a digest of a case, the cases that it imports, and the quantities that they show."""
    cases = [path, *_imports(path, "tests.suites.sbc.cases.", root)]
    shown = [file for case in cases for file in _imports(case, "mfp_stats.quantities.", root)]
    return _digest([*cases, *sorted(set(shown))])


def _digest(files: list[Path]) -> str:
    """Digest code; comments, docstrings and layout do not count: they change no result."""
    texts = [_without_words(_parsed(file)) for file in files]
    return hashlib.sha256("\x1f".join(texts).encode()).hexdigest()[:12]


def _imports(path: Path, beginning: str, root: Path) -> list[Path]:
    """Return the files of the modules that a file imports whose names begin so."""
    names = {
        str(node.module)
        for node in ast.walk(_parsed(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(beginning)
    }
    return [root / Path(*name.split(".")).with_suffix(".py") for name in sorted(names)]


def _parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def _without_words(tree: ast.Module) -> str:
    """Return the code without docstrings, in one layout."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
