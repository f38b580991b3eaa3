"""ARCHITECTURE.md names every place in the tree, and no place that is not there."""

import re
from pathlib import Path

import pytest

#: Folders of the checkout that hold no part of the product.
OUTSIDE = {"__pycache__", "dist", "build", "data", "mfp-demo"}


def named(checkout: Path) -> list[str]:
    """Return the places that the inventory names, in its order."""
    text = (checkout / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE)


def present(checkout: Path) -> set[str]:
    """Return the places that are there."""
    top = {
        f"{p.name}/"
        for p in checkout.iterdir()
        if p.is_dir() and not p.name.startswith(".") and p.name not in OUTSIDE
    }
    inner = {
        f"mfp_stats/{p.name}" + ("/" if p.is_dir() else "")
        for p in (checkout / "mfp_stats").iterdir()
        if p.name not in OUTSIDE and p.name != "__init__.py"
    }
    return top | {place for place in inner if not place.startswith("mfp_stats/_bundled")}


def test_the_inventory_matches_the_tree(checkout: Path) -> None:
    assert set(named(checkout)) == present(checkout)


def test_the_inventory_is_in_import_order(checkout: Path) -> None:
    from tests.architecture.test_layers import ORDER  # type: ignore[import-not-found]

    parts = [p.removeprefix("mfp_stats/").rstrip("/").removesuffix(".py") for p in named(checkout)]
    in_package = [p for p in parts if p in ORDER]
    assert in_package == ORDER


@pytest.mark.parametrize("place", ["surveys", "models", "app"])
def test_content_folders_hold_no_package_marker(checkout: Path, place: str) -> None:
    assert not (checkout / place / "__init__.py").exists()
