"""The published conjoint on income tax: 2,000 people chose eight times between two tax plans.

Ballard-Rosa, Martin & Scheve 2016. The data are not in the repository.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.conjoint import ConjointProfiles, conjoint_profiles

#: Rates in per cent of each bracket, the reference first.
_RATES: Final = {
    "<10k": (0, 5, 15, 25),
    "10-35k": (5, 15, 25, 35),
    "35-85k": (5, 15, 25, 35),
    "85-175k": (5, 15, 25, 35),
    "175-375k": (5, 15, 25, 35, 45),
    ">375k": (5, 15, 25, 35, 45, 55),
}
ATTRIBUTES: Final = {
    f"taxrate{k}": [f"{bracket}: {rate}%" for rate in rates]
    for k, (bracket, rates) in enumerate(_RATES.items(), start=1)
} | {"taxrev": ["<75%", "75-95%", "95-105%", "105-125%", ">125%"]}


def read_tax_plans(folder: Path, *, people: int | None = None) -> ConjointProfiles:
    """Return everybody's profiles, or those of evenly spaced people; pairs stand together."""
    frame = pl.read_csv(folder / "tax-conjoint" / "taxes.csv", schema_overrides={"ID": pl.String})
    if people is not None:
        everyone = frame.select("ID").unique(maintain_order=True)
        kept = everyone.gather_every(len(everyone) // people)
        frame = frame.join(kept, on="ID", how="semi", maintain_order="left")
    return conjoint_profiles(frame, ATTRIBUTES, chosen="chose_plan", respondent="ID")


def read_tax_table(folder: Path, *, people: int | None = None) -> pl.DataFrame:
    """Return profiles of people who named a party, or of evenly spaced ones; with a task each."""
    frame = pl.read_csv(folder / "tax-conjoint" / "taxes.csv", schema_overrides={"ID": pl.String})
    frame = frame.with_columns(task=pl.int_range(pl.len()) // 2).drop_nulls("partyid")
    if people is not None:
        everyone = frame.select("ID").unique(maintain_order=True)
        kept = everyone.gather_every(len(everyone) // people)
        frame = frame.join(kept, on="ID", how="semi", maintain_order="left")
    return frame


def possible_plans(frame: pl.DataFrame, levels: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Return which plans can be, (all plans,), numbered over ``levels`` as a search numbers them.

    Revenue follows from the rates and never falls where a rate rises. So it is no less than the
    least that was shown with rates as low or lower, and no more than the most with rates as high
    or higher.
    """
    places = {name: {text: k for k, text in enumerate(texts)} for name, texts in ATTRIBUTES.items()}
    rates = [name for name in ATTRIBUTES if name != "taxrev"]
    shown = {name: frame[name].replace_strict(places[name]).to_numpy() for name in ATTRIBUTES}
    at, revenue = tuple(shown[name] for name in rates), shown["taxrev"]
    top = len(ATTRIBUTES["taxrev"])
    least = np.full([len(ATTRIBUTES[name]) for name in rates], top)
    most = np.full(least.shape, -1)
    np.minimum.at(least, at, revenue)
    np.maximum.at(most, at, revenue)
    least, most = np.where(least == top, 0, least), np.where(most == -1, top - 1, most)
    for axis in range(least.ndim):
        least = np.maximum.accumulate(least, axis=axis)
        most = np.flip(np.minimum.accumulate(np.flip(most, axis), axis=axis), axis)
    ordered = [[places[name][text] for text in levels[name]] for name in levels]
    plans = dict(zip(levels, np.meshgrid(*ordered, indexing="ij"), strict=True))
    of = tuple(plans[name].ravel() for name in rates)
    brought = plans["taxrev"].ravel()
    return (least[of] <= brought) & (brought <= most[of])
