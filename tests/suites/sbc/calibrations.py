"""The suites ``sbc-…``, one a case, and what their rows say."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np

from tests.suites.intervals import share_words
from tests.suites.rows import Row
from tests.suites.sbc.bands import Ints, Uniformity
from tests.suites.sbc.case import BINS, DENSITY, Calibration, Case
from tests.suites.sbc.cases import (
    expectations,
    experience,
    part_worths,
    responses,
    updating,
    values,
    worldview_continuum,
    worldviews,
)
from tests.suites.suite import Cell, Figure, Replicate, Suite

#: Every calibrated model; a new one is a file of ``cases/`` and a line here.
CASES: Final[tuple[Case, ...]] = (
    values.BEST_WORST,
    worldviews.CASE,
    worldview_continuum.CASE,
    experience.CASE,
    updating.CASE,
    part_worths.CASE,
    expectations.CASE,
    responses.FULL_FORM,
    values.PICKS,
    values.RATINGS,
    responses.REDUCED_FORM,
)
#: Simulations that are planned, and without which nothing is said.
PLANNED: Final = 150
#: Of picks four times as many: groups' difference strayed in the first 150 (p = 0.007), as one of
#: some hundred quantities does by chance, and 300 fresh surveys were to decide.
MORE: Final = {values.PICKS.name: 600}
#: The band that a rank ECDF has to stay in.
LEVEL: Final = 0.99


def suites() -> tuple[Suite, ...]:
    """Return the suite of every case."""
    return tuple(_suite(case) for case in CASES)


def _suite(case: Case) -> Suite:
    return Suite(
        name=f"sbc-{case.name}",
        title=f"Simulation-based calibration of {case.title}.",
        cells=(Cell({}, MORE.get(case.name, PLANNED)),),
        settings=case.all_settings(),
        prepare=partial(prepare, case.name),
        summarise=partial(summarise, names=(*case.ranked, DENSITY)),
        limit_s=1800,
    )


def prepare(name: str, _cell: Cell) -> Replicate:
    """Compile a case's model, in a worker."""
    return Calibration.of(next(case for case in CASES if case.name == name))


def summarise(rows: Sequence[Row], names: Sequence[str]) -> Sequence[Figure]:
    """Return a line for every ranked quantity and one for the fits themselves.

    A fit that fell short of its checks keeps its ranks; one without ranks fails the suite, as
    where its truth lay cannot be known.
    """
    enough = len(rows) >= PLANNED
    results = [row.result for row in rows if row.result is not None]
    lost, short = len(rows) - len(results), sum(bool(r["short"]) for r in results)
    fits = [
        Figure("fits without draws", str(lost), "0", lost == 0 if enough else None),
        Figure("fits that fell short of their checks", share_words(short, len(results)), "", None),
    ]
    ranks = np.array([result["ranks"] for result in results]).reshape(-1, len(names))
    return [*(_quantity(*pair, enough=enough) for pair in zip(names, ranks.T, strict=True)), *fits]


def _quantity(name: str, ranks: Ints, *, enough: bool) -> Figure:
    p = Uniformity(len(ranks), BINS).p_value(ranks)
    value = f"p = {p:.2g}, mean rank {ranks.mean() / (BINS - 1):.2f}"
    inside = p > 1 - LEVEL
    return Figure(name, value, f"p > {1 - LEVEL:.2g}", inside if enough or not inside else None)
