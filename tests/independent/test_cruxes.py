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
def forecasts(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "FORECASTS.csv", null_values="NA").select(
        "person",
        group="Camp",
        crux="ID",
        outcome=pl.col("PU").cast(pl.Float64),
        probability=pl.col("Pc").cast(pl.Float64),
        conditional=pl.col("PUc").cast(pl.Float64),
    )


@pytest.fixture(scope="module")
def found(forecasts: pl.DataFrame) -> Cruxes:
    return cruxes(forecasts, CAMPS, floor=FLOOR)


@pytest.fixture(scope="module")
def strictly(forecasts: pl.DataFrame) -> Cruxes:
    """As published: without answers that contradict each other by however little."""
    with_it = pl.col("probability") * pl.col("conditional")
    most = 1 - pl.col("probability") + with_it
    return cruxes(forecasts.filter(pl.col("outcome").is_between(with_it, most)), CAMPS, floor=FLOOR)


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
def test_medians_are_the_published_ones(strictly, folder, quantity, name, column, apart) -> None:
    """All but a few, where an even number of people leaves two middle values to choose from."""
    both = strictly.people.join(published(folder, name, column), on=["crux", "group"])
    assert len(both) == len(strictly.people)
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
    assert shares.max() < 0.2
    assert (found.split["verdict"] == "without").all()


def test_the_one_crux_that_is_clear_narrows_the_gap(found) -> None:
    """To the concerned, regulation would lower the risk most; they think it likely enough."""
    clear = found.split.filter("clear")
    assert clear["crux"].to_list() == ["Platform: AI regulation"]
    row = clear.row(0, named=True)
    assert row["carried_q95"] < 0 and 0 < row["gap_happens_mean"] < row["without_mean"]


def test_the_gap_is_divided_by_what_people_said_themselves(found, folder) -> None:
    """Means over people of the published forecasts, worked out by hand for one crux."""
    frame = pl.read_csv(folder / "FORECASTS.csv", null_values="NA")
    rows = frame.filter(ID="Platform: AI regulation").with_columns(
        pl.col("PU", "Pc", "PUc").cast(pl.Float64)
    )
    mean = dict(
        rows.with_columns(fails=(pl.col.PU - pl.col.Pc * pl.col.PUc) / (1 - pl.col.Pc))
        .group_by("Camp")
        .agg(pl.struct(pl.col("PU", "PUc", "fails").mean()))
        .rows()
    )
    row = found.split.row(by_predicate=pl.col("crux") == "Platform: AI regulation", named=True)
    for name, column in (("gap", "PU"), ("gap_happens", "PUc"), ("without", "fails")):
        apart = mean["Concerned"][column] - mean["Skeptical"][column]
        assert row[f"{name}_mean"] == pytest.approx(apart)


def test_few_people_and_contradictions_are_named(found) -> None:
    assert any("contradict" in note or "no probability" in note for note in found.notes)
    assert any("AI coding" in note for note in found.notes)
