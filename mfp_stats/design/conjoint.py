"""Profiles of a conjoint experiment as arrays: who judged what, made of which attribute levels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats, Ints
from mfp_stats.errors import DesignError, Fault


@dataclass(frozen=True, slots=True, eq=False)
class ConjointProfiles:
    """Profiles that people judged. P profiles, A attributes, T levels of all attributes together.

    Levels are numbered through all attributes, in the order of ``attributes``.
    """

    attributes: Mapping[str, tuple[str, ...]]  #: name to its levels, the reference first
    level: Ints  #: (P, A) index within the attribute
    chosen: Floats  #: (P,) 1 where the profile was chosen or accepted, else 0
    respondent: Ints  #: (P,) who judged it, numbered from 0
    weight: Floats  #: (P,) 1 for everyone where there are no weights
    groups: tuple[str, ...] = ()  #: stakeholder groups; empty where nobody asked for them
    group: Ints | None = None  #: (P,) of who judged it; None where there are no groups
    #: (P,) row of the profile that each was shown beside, in a choice between two; None where each
    #: was judged by itself.
    rival: Ints | None = None

    @property
    def sizes(self) -> Ints:
        """Levels of each attribute, (A,)."""
        return np.array([len(levels) for levels in self.attributes.values()], dtype=np.int64)

    @property
    def starts(self) -> Ints:
        """Number of each attribute's reference level, (A,)."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int64)


def conjoint_profiles(
    frame: pl.DataFrame,
    attributes: Mapping[str, Sequence[str]],
    *,
    chosen: str,
    respondent: str,
    weight: str | None = None,
    group: str | None = None,
    task: str | None = None,
) -> ConjointProfiles:
    """Read a table with one row a profile.

    Parameters
    ----------
    frame
        The table; nothing in the columns named may be missing.
    attributes
        Column of each attribute to its levels, the reference level first.
    chosen
        Column with 1 where the profile was chosen or accepted, else 0.
    respondent
        Column that tells people apart.
    weight
        Column of positive weights; None: everyone alike.
    group
        Column of stakeholder groups; None: no groups.
    task
        Column that tells a respondent's choices apart, where each was between two profiles; None:
        each profile was judged by itself, or nothing is to be known of rivals.

    Raises
    ------
    DesignError
        With every column that is absent, incomplete or holds what it may not, every attribute of
        fewer than two levels, every level that no profile has, and choices that were not of one
        profile out of two.
    """
    more = [name for name in (weight, group, task) if name is not None]
    columns = [*attributes, chosen, respondent, *more]
    faults = [
        Fault(name, "is no column of the table", known=tuple(frame.columns))
        for name in columns
        if name not in frame.columns
    ]
    faults += [
        Fault(name, f"is missing in {frame[name].null_count()} rows", fix="Leave those rows out.")
        for name in columns
        if name in frame.columns and frame[name].null_count()
    ]
    if not faults:
        faults += _level_faults(frame, attributes)
        faults += _number_faults(frame, chosen, weight)
        faults += [] if task is None else _task_faults(frame, chosen, respondent, task)
    if faults:
        raise DesignError(faults, about="conjoint")
    _, person = np.unique(frame[respondent].to_numpy(), return_inverse=True)
    names = () if group is None else tuple(sorted(frame[group].cast(pl.String).unique()))
    return ConjointProfiles(
        attributes={name: tuple(levels) for name, levels in attributes.items()},
        level=np.column_stack([_places(frame[name], attributes[name]) for name in attributes]),
        chosen=frame[chosen].to_numpy().astype(np.float64),
        respondent=person.astype(np.int64),
        weight=np.ones(len(frame)) if weight is None else frame[weight].to_numpy().astype(float),
        groups=names,
        group=None if group is None else _places(frame[group].cast(pl.String), names),
        rival=None if task is None else _rivals(frame, respondent, task),
    )


def _rivals(frame: pl.DataFrame, respondent: str, task: str) -> Ints:
    """Return the row of the other profile of each choice, (P,)."""
    # The rows are numbered before they are grouped: within a group they would begin at 0 again.
    numbered = frame.select(respondent, task).with_row_index("row").cast({"row": pl.Int64})
    both = pl.col("row").sum().over(respondent, task)
    return numbered.select(both - pl.col("row")).to_series().to_numpy()


def _places(column: pl.Series, levels: Sequence[str]) -> Ints:
    place = {level: k for k, level in enumerate(levels)}
    return np.array([place[level] for level in column], dtype=np.int64)


def _level_faults(frame: pl.DataFrame, attributes: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    if not attributes:
        yield Fault("attributes", "there are none", known=tuple(frame.columns))
    for name, levels in attributes.items():
        if len(set(levels)) < max(2, len(levels)):
            yield Fault(name, f"needs two or more levels, each once, and has {list(levels)}")
        there = frame[name].unique().to_list()
        for level in sorted(set(map(str, there)) - set(levels)):
            yield Fault(name, f"the table has the level {level!r}", known=tuple(levels))
        for level in levels:
            if level not in there:
                yield Fault(name, f"no profile has the level {level!r}", fix="Leave it out.")


def _task_faults(frame: pl.DataFrame, chosen: str, person: str, task: str) -> Iterator[Fault]:
    sizes = frame.group_by(person, task).agg(n=pl.len(), chosen=pl.col(chosen).sum())
    wrong = sizes.filter((pl.col("n") != 2) | (pl.col("chosen") != 1))
    if len(wrong):
        what = f"{len(wrong)} choices are not of one profile out of two"
        yield Fault(task, what, fix="Leave them out, or give no task.")


def _number_faults(frame: pl.DataFrame, chosen: str, weight: str | None) -> Iterator[Fault]:
    if not frame[chosen].cast(pl.Float64, strict=False).is_in([0.0, 1.0]).all():
        yield Fault(chosen, "holds something other than 0 and 1")
    if weight is not None:
        numbers = frame[weight].cast(pl.Float64, strict=False).fill_null(0)
        if not (numbers.is_finite() & (numbers > 0)).all():
            yield Fault(weight, "holds something other than positive numbers")
