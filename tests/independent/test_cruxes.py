"""Published medians of an adversarial collaboration on the risks of AI come out, crux by crux.

Forecasting Research Institute: 22 forecasters in two camps, 37 cruxes; the medians are those of its
replication package, which takes the lower of two middle values. The data are not in the repository.
"""

from pathlib import Path

import polars as pl
import pytest

from mfp_stats.quantities.cruxes import Cruxes, cruxes

CAMPS = ("Skeptical", "Concerned")
#: One crux has another name in the published tables.
RENAMED = {"Muehlhauser policies": "Luke policies"}
#: Beyond this many people of a camp a crux is shown.
FLOOR = 5


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "fri-adversarial-collab"


@pytest.fixture(scope="module")
def found(folder: Path) -> Cruxes:
    frame = pl.read_csv(folder / "FORECASTS.csv", null_values="NA").select(
        "person",
        group="Camp",
        crux="ID",
        outcome=pl.col("PU").cast(pl.Float64),
        probability=pl.col("Pc").cast(pl.Float64),
        conditional=pl.col("PUc").cast(pl.Float64),
    )
    return cruxes(frame, CAMPS, floor=FLOOR)


def published(folder: Path, name: str, column: str) -> pl.DataFrame:
    """Return a published median by crux and camp."""
    table = pl.read_csv(folder / name).with_columns(pl.col("ID").replace(RENAMED))
    parts = [
        table.select(crux="ID", group=pl.lit(camp), published=pl.col(column.format(camp)))
        for camp in CAMPS
    ]
    return pl.concat(parts)


@pytest.mark.parametrize(
    ("quantity", "name", "column", "apart"),
    [
        ("probability", "PC.csv", "{}", 2),
        ("happens", "lookup.csv", "happens_{}", 3),
        ("fails", "lookup.csv", "doesnt_{}", 3),
        ("information", "VOI_medians_naive.csv", "medianVOI_{}", 2),
    ],
)
def test_medians_are_the_published_ones(found, folder, quantity, name, column, apart) -> None:
    """All but a few, where an even number of people leaves two middle values to choose from."""
    both = found.people.join(published(folder, name, column), on=["crux", "group"])
    assert len(both) == len(found.people)
    off = (both[quantity] - both["published"]).abs() > 1e-6
    assert off.sum() <= apart
    inside = both.filter(off).filter(
        pl.col("published").is_between(pl.col(f"{quantity}_q05"), pl.col(f"{quantity}_q95"))
    )
    assert len(inside) == off.sum()


def test_the_camps_are_as_far_apart_as_published(found) -> None:
    """A fifth or a quarter against a few in a thousand: hardly anybody is between."""
    assert (found.split["gap_q05"] > 0.05).all()
    assert found.split["gap_mean"].is_between(0.1, 0.35).all()


def test_no_crux_carries_more_of_the_gap_than_is_there_without_it(found) -> None:
    """As the collaboration found: no single question explains much of why the camps differ."""
    shares = found.split["carried_mean"] / found.split["gap_mean"]
    assert shares.max() < 0.5
    assert (found.split["verdict"] == "without").all()


def test_cruxes_that_tell_much_by_the_published_value_of_information_move_the_gap(found) -> None:
    """Those without information to the concerned can carry nothing; that camp has nearly all."""
    lookup = dict(found.people.filter(group="Concerned").select("crux", "information").rows())
    split = found.split.sort(pl.col("carried_mean").abs(), descending=True)
    told = [lookup[crux] for crux in split["crux"]]
    third = len(told) // 3
    assert sum(told[:third]) > 3 * sum(told[-third:])


def test_few_people_and_contradictions_are_named(found) -> None:
    assert any("contradict" in note or "no probability" in note for note in found.notes)
    assert any("AI coding" in note for note in found.notes)
