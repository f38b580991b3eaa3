"""Weights raked to margins of the population (Deming & Stephan 1940), by the library svy.

**Missing answers.** Nobody is left out. Whoever did not answer an item keeps, as one lot, the
part of the total weight that they had; the item's margin then holds among those who answered it.

**Trimming.** Nobody should count more than ``MOST`` times the mean, or than the heaviest weight
that the file itself gives: a few people would speak for everyone (DeBell & Krosnick 2009 propose
5). Weights are cut there and raked again until margins and limit both hold. Where they cannot
both hold the margins do, and the caller is told how heavy people are: which of the two matters
more is for a person to decide, by merging rare options or leaving a margin out.

Weights count as known in what follows. Raking again in every bootstrap sample would narrow
intervals of what the margins predict, so that this errs on the wide side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.errors import DesignError, Fault
from mfp_stats.weights.margins import Margins
from mfp_stats.weights.unequal import Floats, normalise

#: Most that one person may count, in units of the mean weight.
MOST: Final = 5.0
#: Largest relative distance of a margin from its share; sweeps and cuts before giving up.
_TOLERANCE: Final = 1e-6
_SWEEPS: Final = 1_000
_CUTS: Final = 100

_BASE: Final = "base weight"
_NEW: Final = "raked weight"
#: Stands for a missing answer among an item's options, none of which has an empty name.
_MISSING: Final = ""

#: Options and their shares, as svy types them.
type _Shares = dict[str | int | float | bool, int | float]


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Weights that meet the margins.

    Parameters
    ----------
    weights
        (N,) of mean 1.
    limit
        Most that anybody was to count.
    within
        Whether nobody counts more than that.
    """

    weights: Floats
    limit: float
    within: bool

    @property
    def heaviest(self) -> float:
        """How many times the mean the heaviest person counts."""
        return float(self.weights.max())


def raking_faults(
    answers: Mapping[str, Sequence[str | None]], margins: Margins, base: Floats | None
) -> list[Fault]:
    """Return why these people cannot meet these margins; one fault an option.

    Parameters
    ----------
    answers
        Item to the (N,) names of the options that people chose; None where they did not answer.
    margins
        Its items are the keys of ``answers``.
    base
        (N,) weights to start from, mean 1; people of weight 0 take no part. None: all alike.
    """
    counts = np.ones(len(next(iter(answers.values())))) if base is None else base
    faults = []
    for item, shares in margins.shares.items():
        chosen = [a for a, b in zip(answers[item], counts, strict=True) if a is not None and b > 0]
        there = {option: chosen.count(option) for option in dict.fromkeys(chosen)}
        for option, share in shares.items():
            if share > 0 and option not in there:
                what = f"its share of the population is {share:g}, but no respondent is in it"
                fix = "Collect such answers, merge the option with another, or leave the item out."
                faults.append(Fault(f"margins, {item}.{option}", what, fix=fix))
        for option, n in there.items():
            if shares.get(option, 0.0) == 0:
                what = f"{n} respondents chose it, but its share of the population is 0 or missing"
                fix = "Give it a share: without one these people would count for nothing."
                faults.append(Fault(f"margins, {item}.{option}", what, fix=fix))
    return faults


def rake(
    answers: Mapping[str, Sequence[str | None]], margins: Margins, base: Floats | None
) -> Raked:
    """Return weights that meet all margins at once; parameters as in :func:`raking_faults`.

    Raises
    ------
    DesignError
        An option has respondents and no share or the other way round, or no weights meet all
        margins at once.
    """
    if faults := raking_faults(answers, margins, base):
        raise DesignError(faults, about="raking")
    start = normalise(np.ones(len(next(iter(answers.values())))) if base is None else base)
    takes_part = start > 0
    frame = pl.DataFrame(
        {item: pl.Series(chosen, dtype=pl.String) for item, chosen in answers.items()}
    )
    frame = frame.fill_null(_MISSING).with_columns(pl.Series(_BASE, start)).filter(takes_part)
    shares = {item: _with_missing(frame, item, known) for item, known in margins.shares.items()}
    limit = max(MOST, float(start.max()))
    weights = np.zeros(len(start))
    weights[takes_part] = _raked(frame, shares, limit * float(start.mean()))
    weights = normalise(weights)
    return Raked(weights, limit, within=bool(weights.max() <= limit * (1 + 1e-3)))


def _with_missing(frame: pl.DataFrame, item: str, shares: Mapping[str, float]) -> _Shares:
    """Return the shares with the part that people of unknown answer have and keep."""
    part = frame.select(pl.col(_BASE).filter(pl.col(item) == _MISSING).sum() / pl.col(_BASE).sum())
    unknown = float(part.item())
    found: _Shares = {o: share * (1 - unknown) for o, share in shares.items() if share > 0}
    if unknown > 0:
        found[_MISSING] = unknown
    return found


def _raked(frame: pl.DataFrame, shares: dict[str, _Shares], most: float) -> Floats:
    # Half a second to import, and needed only where there are margins.
    from svy import Design, Sample  # noqa: PLC0415
    from svy.errors import WeightingError  # noqa: PLC0415
    from svy.weighting import TrimConfig  # noqa: PLC0415

    again = partial(
        Sample(frame, Design(wgt=_BASE)).weighting.rake,
        shares=shares,
        wgt_name=_NEW,
        tol=_TOLERANCE,
        max_iter=_SWEEPS,
    )
    try:
        plain = again()
    except WeightingError as error:
        what = f"no weights meet all of {', '.join(shares)} at once among these respondents"
        fix = "Leave a margin out, or merge options that nobody combines."
        raise DesignError(Fault("margins", what, fix=fix), about="raking") from error
    found = _column(plain.data, _NEW)
    if found.max() > most:
        trimming = TrimConfig(upper=most, max_iter=_CUTS)
        found = _column(again(trimming=trimming, on_nonconvergence="ignore").data, _NEW)
    return found


def _column(frame: pl.DataFrame | pl.LazyFrame, name: str) -> Floats:
    """Return a column of numbers; svy types a sample's data as perhaps lazy."""
    return frame.lazy().select(name).collect().to_series().to_numpy().astype(np.float64)
