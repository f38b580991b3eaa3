"""What a suite is: a grid of cells, how to run one replicate, and what is made of the rows."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

from tests.suites.rows import Row

type Result = Mapping[str, Any]
#: Runs the replicate of one seed; what it returns must be JSON once numpy is taken out of it.
type Replicate = Callable[[int], Result]


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of a suite's conditions."""

    options: Mapping[str, str | int | float]
    replicates: int  #: how many are planned

    @property
    def name(self) -> str:
        """``truth=values n=900``; empty for a suite without conditions."""
        return " ".join(f"{name}={value}" for name, value in self.options.items())


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report."""

    name: str
    value: str
    threshold: str
    #: By the rows there are; None where these are too few to say. The report gives a verdict only
    #: once every planned replicate is there.
    passed: bool | None


def outcomes(rows: Sequence[Row]) -> list[Figure]:
    """Count how replicates ended, in the words that all suites share."""
    refused = sum(row.refused for row in rows)
    failed = sum(row.failure is not None for row in rows)
    return [
        Figure("replicates", f"{len(rows)}", "", None),
        Figure("refused by the gate", f"{refused}", "counted", None),
        Figure("failed", f"{failed}", "0", failed == 0),
    ]


@dataclass(frozen=True, slots=True)
class Suite:
    """Numbered replicates of one experiment.

    Parameters
    ----------
    name
        Names the file of its rows.
    title
        One sentence for the report.
    cells
        The grid.
    settings
        All that makes rows comparable, as plain values; a resumed run skips only rows of equal
        settings.
    prepare
        Called once for each cell in each worker; returns what runs its replicates, so that
        whatever is dear (a compiled model) is made once. Pickled: a function of a module, or a
        ``functools.partial`` of one.
    summarise
        From the rows of these settings to figures. Failed replicates are among the rows.
    note
        What a reader of the figures has to know of how they came about.
    limit_s
        A replicate that takes more of a core, once prepared, is ended and counted as failed. Time
        in which the process does not run does not count: a laptop sleeps, a machine is shared.
    """

    name: str
    title: str
    cells: tuple[Cell, ...]
    settings: Mapping[str, Any]
    prepare: Callable[[Cell], Replicate]
    summarise: Callable[[Sequence[Row]], Sequence[Figure]]
    note: str = ""
    limit_s: float = 1800.0

    def of_size(self, replicates: int | None) -> Self:
        """Return the suite with another number of replicates in every cell; None leaves it."""
        if replicates is None:
            return self
        cells = tuple(replace(cell, replicates=replicates) for cell in self.cells)
        return replace(self, cells=cells)

    def of_cells(self, pattern: str) -> Self:
        """Return the suite with the cells alone in whose name ``pattern`` is found."""
        return replace(self, cells=tuple(c for c in self.cells if re.search(pattern, c.name)))

    @property
    def planned(self) -> int:
        """How many replicates there are in all."""
        return sum(cell.replicates for cell in self.cells)


def grid(
    replicates: int | Callable[[Mapping[str, Any]], int], **axes: Iterable[str | int | float]
) -> tuple[Cell, ...]:
    """Return a cell for every combination of conditions.

    Parameters
    ----------
    replicates
        Of every cell, or a function of the cell's options.
    **axes
        Name to levels, e.g. ``truth=("values", "models"), n=(300, 900)``.
    """
    found = []
    for levels in product(*axes.values()):
        options = dict(zip(axes, levels, strict=True))
        count = replicates(options) if callable(replicates) else replicates
        found.append(Cell(options, count))
    return tuple(found)
