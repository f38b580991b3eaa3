"""``docs/json.md`` names every key that ``mfp show --json`` prints, and no other estimate."""

import re
from pathlib import Path

import pytest

from mfp_stats.project import Project
from mfp_stats.workflow.topics import TOPICS
from tests.app.synthetic import save_synthetic
from tests.cli.conftest import Mfp
from tests.cli.test_show import CAUSES, SIZES, SURVEY

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "json.md"
#: What stands for names in the document.
PLACES = {
    "CAUSE": f"(?:{'|'.join(CAUSES)})",
    "PREDICTION": "(?:model|group_mean|demographic)",
    "GROUP": r"\w+",
    "NAME": r"\w+",
    "N": r"\d+",
}
#: Estimates of what made-up results have none of, covariates.
NOT_MADE_UP = {"demographic_…"}


def documented() -> dict[str, set[str]]:
    """Return the keys that stand in the document, by topic."""
    sections = re.split(r"^## `(\w+)`$", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    topics = dict(zip(sections[1::2], sections[2::2], strict=True))
    keys = {topic: set(re.findall(r"`([A-Za-z_0-9…]+)`", text)) for topic, text in topics.items()}
    return keys | {"conjoint": keys["conjoint"] | keys["search"]}


def pattern(key: str) -> str:
    """Return what a documented key stands for, as a regular expression."""
    found = re.sub("|".join(PLACES), lambda place: PLACES[place[0]], key)
    return found.replace("…", "(?:mean|q05|q95)")


@pytest.fixture
def printed(mfp: Mfp, tmp_path: Path, checkout: Path):
    """Return the keys that are printed of made-up results."""
    (tmp_path / "surveys").mkdir()
    fits = Project(tmp_path, checkout).data / "fits"
    save_synthetic(fits, Project(checkout, checkout).questionnaire(SURVEY), sizes=SIZES)

    def keys(topic: str) -> set[str]:
        records = mfp("show", SURVEY, topic, "--json").records
        return {key for record in records for key in record}

    return keys


def test_every_topic_is_documented() -> None:
    assert list(documented()) == list(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_keys_printed_are_those_documented(printed, topic: str) -> None:
    keys, patterns = printed(topic), documented()[topic]
    assert keys
    unnamed = {key for key in keys if not any(re.fullmatch(pattern(p), key) for p in patterns)}
    assert unnamed == set()


@pytest.mark.parametrize("topic", sorted(set(TOPICS) - {"conjoint"}))
def test_estimates_documented_are_printed(printed, topic: str) -> None:
    keys = printed(topic)
    estimates = {key for key in documented()[topic] if "…" in key} - NOT_MADE_UP
    assert {e for e in estimates if not any(re.fullmatch(pattern(e), k) for k in keys)} == set()
