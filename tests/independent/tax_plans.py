"""The published conjoint on income tax: 2,000 people chose eight times between two tax plans.

Ballard-Rosa, Martin & Scheve 2016. The data are not in the repository.
"""

from pathlib import Path
from typing import Final

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
