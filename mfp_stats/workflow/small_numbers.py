"""Which numbers of people are not shown, because they tell one of the floor or fewer.

A total is always known, or gets known: it is printed beside results, or asked for. So a number that
is not shown by itself can still be had by subtraction, unless another one is not shown either. A
group whose number of people is withheld for that reason is shown in everything else.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Bools, Ints, ModelData
from mfp_stats.fitting.saved import Table

#: Columns that hold numbers of people, by the column that says of which group.
_NUMBERS: Final[Mapping[str, Sequence[str]]] = {
    "group": ("n", "asked", "effective_n"),
    "group_a": ("n_a",),
    "group_b": ("n_b",),
    "guesser": ("n",),
}
_EVERYONE: Final = ""


def withheld(numbers: Ints, floor: int, *, untold: Bools | None = None) -> Bools:
    """Tell which of several numbers of people that have a known total are not shown, shape (K,).

    Those of 1 to ``floor``; and the smallest other one, where those not shown are together no
    more than ``floor`` people.

    Parameters
    ----------
    numbers
        Numbers of people, none of whom is in two of them, shape (K,).
    floor
        The questionnaire's.
    untold
        Which of them are not told in any case.
    """
    hidden = (numbers > 0) & (numbers <= floor)
    if untold is not None:
        hidden |= untold
    others = np.flatnonzero(~hidden & (numbers > 0))
    if len(others) and 0 < numbers[hidden].sum() <= floor:
        hidden[others[np.argmin(numbers[others])]] = True
    return hidden


def groups_without_numbers(data: ModelData, floor: int) -> list[str]:
    """Return the names of the groups that are shown without their numbers of people."""
    sizes = data.group_sizes
    return [data.groups[g] for g in np.flatnonzero(withheld(sizes, floor) & (sizes > floor))]


def without_numbers(table: Table, groups: Sequence[str]) -> Table:
    """Return a table of a fit without the numbers of people of these groups, and of everyone.

    Everyone is those shown: less the others it would tell the number that is withheld.
    """
    if not groups:
        return table
    names = [*groups, _EVERYONE]
    frame = table.frame
    blanked = [
        pl.when(~pl.col(key).is_in(names)).then(pl.col(column)).alias(column)
        for key, columns in _NUMBERS.items()
        for column in columns
        if key in frame.columns and column in frame.columns
    ]
    return Table(table.name, frame.with_columns(blanked), table.steps)
