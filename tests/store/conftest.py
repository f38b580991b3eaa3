"""Small questionnaires, sheets and submissions to put into a store."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mfp_stats.questionnaire.model import Item, ItemType, Option, Questionnaire, Role
from mfp_stats.responses import SHEET_HEAD, Submission
from mfp_stats.store import ImportSource, Store

STARTED = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def _item(name: str, kind: ItemType, options: tuple[str, ...] = ()) -> Item:
    listed = tuple(Option(o, {"en": o}) for o in options)
    return Item(name, kind, Role.COVARIATE, {"en": name}, "block", options=listed)


ITEMS = (
    _item("trust", ItemType.SELECT_ONE, ("low", "middle", "high")),
    _item("uses", ItemType.SELECT_MULTIPLE, ("work", "home")),
    _item("order", ItemType.RANK, ("fairness", "freedom")),
    _item("cards.set1", ItemType.BEST_WORST, ("fairness", "freedom", "safety")),
    _item("age", ItemType.INTEGER),
    _item("why", ItemType.TEXT),
    _item("thanks", ItemType.NOTE),
)


@pytest.fixture
def item() -> Callable[..., Item]:
    """An item by name, type and option names."""
    return _item


@pytest.fixture
def questionnaire() -> Questionnaire:
    """One item of every kind."""
    return Questionnaire(
        survey="town", title={"en": "Town"}, languages=("en",), source="fielded", hash="a" * 64,
        values={}, interventions={}, signals={}, arms={}, blocks=(), items=ITEMS, group="trust",
    )  # fmt: skip


@pytest.fixture
def revised(questionnaire: Questionnaire) -> Callable[..., Questionnaire]:
    """The questionnaire with some items replaced by name, under another hash."""

    def revise(*items: Item, digest: str = "b" * 64) -> Questionnaire:
        new = {i.name: i for i in questionnaire.items} | {i.name: i for i in items}
        return replace(questionnaire, items=tuple(new.values()), hash=digest)

    return revise


@pytest.fixture
def sheet() -> pl.DataFrame:
    """Three respondents, with every kind of missing answer among them."""
    head = {
        "respondent": ["ann", "ben", "cy"],
        "wave": ["w1", "w1", "w1"],
        "weight": [1.0, None, 0.0],
        "arms": ['{"order":"beliefs_first"}', None, None],
        "shown": [None, None, '{"trust":["high","low"]}'],
        "submitted": [STARTED, None, None],
    }
    answers = {
        "trust": [0, 2, -3],
        "uses|work": [1, 0, -1],
        "uses|home": [0, 0, -1],
        "order|fairness": [1, 2, -2],
        "order|freedom": [2, 1, -2],
        "cards.set1|best": [0, 2, -4],
        "cards.set1|worst": [1, 0, -4],
        "age|status": [0, 0, -4],
        "why|status": [0, -2, 0],
    }
    return pl.DataFrame(head, schema=SHEET_HEAD).with_columns(
        *(pl.Series(name, codes, dtype=pl.Int16) for name, codes in answers.items()),
        pl.Series("age", [30.0, -1.0, None], dtype=pl.Float64),
        pl.Series("why", ['it\'s; "x" \0 é', None, ""], dtype=pl.String),
    )


@pytest.fixture
def source() -> ImportSource:
    return ImportSource("town.csv", "f" * 64, mapping="items: {}", by="ann")


@pytest.fixture
def submission() -> Callable[..., Submission]:
    """A complete submission by instance id; named fields replaced."""

    def make(instance_id: str = "one", **fields: Any) -> Submission:
        answers = {
            "trust": 2, "uses|work": 1, "uses|home": 0, "order|fairness": 2, "order|freedom": 1,
            "cards.set1|best": 0, "cards.set1|worst": 2, "age": 41, "why": "because",
        }  # fmt: skip
        made = Submission(
            instance_id=instance_id, survey="town", questionnaire="a" * 64, wave="w1",
            answers=answers, arms={"order": "beliefs_first"}, shown={"trust": ["high", "low"]},
            consent={"language": "en"}, started=STARTED, submitted=STARTED.replace(hour=10),
            paradata={"seconds": 61.5},
        )  # fmt: skip
        return replace(made, **fields)

    return make


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with Store.open(data) as opened:
        yield opened


@pytest.fixture
def counts() -> Callable[[Store], dict[str, int]]:
    """Rows of every table that holds answers or provenance."""
    tables = ("surveys", "questionnaire_versions", "parts", "options", "imports", "respondents",
              "responses", "numbers", "texts", "submissions", "audit")  # fmt: skip

    def count(store: Store) -> dict[str, int]:
        with store._database.reading() as cursor:
            return {
                table: cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
                for table in tables
            }

    return count
