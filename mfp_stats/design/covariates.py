"""What is known of people themselves, as columns of numbers: answers to ``covariate`` items."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats
from mfp_stats.frames.columns import columns_of
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """F columns of N people, and the items that they come from."""

    items: tuple[str, ...]
    columns: Floats  #: (N, F), without a missing number


def covariates(sheet: pl.DataFrame, questionnaire: Questionnaire) -> Covariates | None:
    """Return the covariates that differ between people; None where there are none.

    A choice is a column an option, a number one column; people who gave no answer have a column
    that says so, and the mean of a number. Texts, rankings and the group item are left out.

    Parameters
    ----------
    sheet
        One row a person.
    """
    found = {}
    for item in questionnaire.with_role(Role.COVARIATE):
        columns = _columns(sheet, item)
        varying = columns[:, columns.std(axis=0) > 0] if len(columns) else columns[:, :0]
        if item.name != questionnaire.group and varying.shape[1]:
            found[item.name] = varying
    return Covariates(tuple(found), np.concatenate(list(found.values()), axis=1)) if found else None


def _columns(sheet: pl.DataFrame, item: Item) -> Floats:
    match item.type:
        case ItemType.SELECT_ONE:
            codes = sheet[item.name].to_numpy()
            options = [codes == k for k in range(len(item.options))]
            return np.column_stack([*options, codes < 0]).astype(np.float64)
        case ItemType.SELECT_MULTIPLE:
            codes = np.column_stack([sheet[name].to_numpy() for name in columns_of(item)])
            return np.column_stack([codes == 1, (codes < 0).all(axis=1)]).astype(np.float64)
        case ItemType.INTEGER | ItemType.DECIMAL:
            numbers = sheet[item.name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
            absent = np.isnan(numbers)
            mean = 0.0 if absent.all() else float(numbers[~absent].mean())
            return np.column_stack([np.where(absent, mean, numbers), absent])
        case _:
            return np.zeros((len(sheet), 0))
