"""Imports follow the order of ARCHITECTURE.md, and the web process stays light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

#: A part may import those before it. ``errors`` and ``responses`` come first.
ORDER = [
    "errors",
    "responses",
    "questionnaire",
    "readers",
    "importers",
    "collect",
    "project",
    "store",
    "frames",
    "weights",
    "design",
    "likelihoods",
    "fitting",
    "quantities",
    "simulate",
    "workflow",
    "views",
    "serve",
    "cli",
]

#: Parts that may import a library; everywhere else it is forbidden.
CONFINED = {
    "pymc": {"fitting", "likelihoods", "workflow"},
    "pytensor": {"fitting", "likelihoods", "workflow"},
    "nutpie": {"fitting"},
    "arviz": {"fitting", "quantities", "workflow"},
    "duckdb": {"store"},
    "altair": {"views"},
    "streamlit": {"serve", "views"},
    "svy": {"weights"},
    "starlette": {"collect", "serve"},
    "typer": {"cli"},
}


def part_of(module: str) -> str:
    """Return the part that a dotted module of the package belongs to ('' for the root)."""
    words = module.split(".")
    return words[1] if len(words) > 1 else ""


def modules(checkout: Path) -> list[tuple[str, Path]]:
    """Return (part, file) of every module of the package."""
    package = checkout / "mfp_stats"
    found = []
    for file in sorted(package.rglob("*.py")):
        first = file.relative_to(package).parts[0]
        found.append((first.removesuffix(".py"), file))
    return found


def imported(file: Path) -> list[str]:
    """Return the dotted names that a file imports, wherever in it."""
    names: list[str] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            if node.module == "mfp_stats":
                names += [f"mfp_stats.{alias.name}" for alias in node.names]
    return names


def test_every_part_is_in_the_order(checkout: Path) -> None:
    parts = {part for part, _ in modules(checkout)} - {"__init__", "__main__"}
    assert parts <= set(ORDER)


def test_parts_import_only_what_comes_before_them(checkout: Path) -> None:
    wrong = []
    for part, file in modules(checkout):
        if part in ("__init__", "__main__"):
            continue
        for name in imported(file):
            target = part_of(name) if name.startswith("mfp_stats.") else ""
            if target in ORDER and ORDER.index(target) > ORDER.index(part):
                wrong.append(f"{file.relative_to(checkout)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_web_form_knows_neither_store_nor_statistics(checkout: Path) -> None:
    allowed = {"collect", "questionnaire", "errors", "responses"}
    for part, file in modules(checkout):
        if part == "collect":
            targets = {part_of(n) for n in imported(file) if n.startswith("mfp_stats.")}
            assert targets <= allowed, f"{file.name} imports {targets - allowed}"


@pytest.mark.parametrize("library", sorted(CONFINED))
def test_libraries_stay_where_they_belong(checkout: Path, library: str) -> None:
    strays = [
        str(file.relative_to(checkout))
        for part, file in modules(checkout)
        if part not in CONFINED[library]
        and any(name.split(".")[0] == library for name in imported(file))
    ]
    assert not strays


def test_no_name_of_a_file_is_taken_for_a_pattern(checkout: Path) -> None:
    """Polars reads ``data1.parquet`` for ``data[1].parquet`` unless it is told not to."""
    strays = [
        f"{file.relative_to(checkout)}:{node.lineno}"
        for _, file in modules(checkout)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"pl.read_parquet", "pl.scan_parquet", "pl.scan_csv"}
        and "glob=False" not in map(ast.unparse, node.keywords)
    ]
    assert not strays


def test_content_is_never_imported(checkout: Path) -> None:
    for _, file in modules(checkout):
        heads = {name.split(".")[0] for name in imported(file)}
        assert not heads & {"models", "surveys", "app"}, file


def test_the_web_process_imports_no_sampler() -> None:
    code = (
        "import sys, mfp_stats.serve, mfp_stats.views.findings, mfp_stats.cli;"
        "heavy = {'pymc', 'pytensor', 'arviz', 'jax', 'nutpie'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
