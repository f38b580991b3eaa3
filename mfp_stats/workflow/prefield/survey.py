"""One simulated survey of a check: its people, their answers, and half of a block taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.data import Floats
from mfp_stats.frames.columns import PLAIN, columns_of, item_code, status_column
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.model import Item, Questionnaire
from mfp_stats.responses import MISSING_CODES, Status
from mfp_stats.simulate import (
    Truth,
    default_truth,
    named_truth,
    simulate_survey,
    true_decomposition,
)
from mfp_stats.simulate.decomposition import PARTS
from mfp_stats.workflow.enough import leave_out_too_few
from mfp_stats.workflow.prefield.margins import like_the_population, met
from mfp_stats.workflow.prefield.plan import EVIDENCE, MODERATE, DesignPlan, SurveyTask
from mfp_stats.workflow.prefield.rows import CLASSES

#: People of each group that the true split is worked out with: its error is below a point.
_PEOPLE: Final = 10_000
_NOT_ASKED: Final = MISSING_CODES[Status.NOT_ASKED]


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedSurvey:
    """A survey to be fitted, and what is true of it."""

    data: ModelData
    split: Floats  #: (5,) true φ of the causes and dependence, between the most different groups
    widest: tuple[str, ...]  #: these two groups; none where no one cause makes a gap


def simulated_survey(
    questionnaire: Questionnaire, plan: DesignPlan, task: SurveyTask
) -> SimulatedSurvey:
    """Simulate a survey as it would be fielded: arms, planned missingness, margins and all.

    The evidence that no verdict rests on is left out, for it only takes time: ratings where there
    are trade-offs, and guesses about groups.

    Raises
    ------
    DesignError
        The truth cannot be made with this questionnaire (such as a gap that its cause is not able
        to make so wide), the answers allow no model, or they cannot meet the margins.
    """
    seed = task.seed(plan.seed)
    truth = _truth(questionnaire, plan, task.truth, seed)
    sheet = simulate_survey(questionnaire, truth, n=plan.n, seed=seed).sheet
    if task.block is not None:
        sheet = halved(sheet, questionnaire, task.block, seed=seed)
    built = build_model_data(sheet, questionnaire, margins=met(questionnaire, plan.margins))
    data = leave_out_too_few(built, questionnaire.floor)
    ratings = None if data.has_tradeoffs else data.ratings
    kept = replace(data, ratings=ratings, guesses=None, support_guesses=())
    if task.truth not in CAUSES:  # no one cause makes a gap
        return SimulatedSurvey(kept, np.zeros(len(PARTS)), ())
    shown = [group for group, size in plan.sizes().items() if size > questionnaire.floor]
    true = true_decomposition(questionnaire, truth, people=_PEOPLE)
    split, widest = widest_split(true, shown)
    return SimulatedSurvey(kept, split, widest)


def _truth(questionnaire: Questionnaire, plan: DesignPlan, name: str, seed: int) -> Truth:
    if name == MODERATE:
        truth = default_truth(questionnaire, seed=seed, classes=CLASSES)
    else:
        truth = named_truth(questionnaire, name, seed=seed, effect=plan.effect, classes=CLASSES)
    shares = np.array([plan.shares[group] for group in truth.groups])
    planned = replace(truth, group_shares=shares)
    return like_the_population(planned, questionnaire, plan.margins)


def widest_split(true: xr.Dataset, groups: Sequence[str]) -> tuple[Floats, tuple[str, str]]:
    """Return the split of the widest gap, and between whom it is.

    Averages over interventions, each gap turned positive.

    Parameters
    ----------
    true
        Of :func:`mfp_stats.simulate.true_decomposition`.
    groups
        Those between which it is looked for: the ones that are large enough to be shown.

    Returns
    -------
    split : Floats
        (5,) φ of the four causes, mean of both reference groups, and dependence; they sum to the
        gap.
    widest : tuple of str
        The two groups.
    """
    among = list(groups)
    true = true.sel(reference=among, other=among)
    size = np.nanmean(np.abs(true["gap"].values), axis=2)
    a, b = np.unravel_index(int(size.argmax()), size.shape)
    gap, phi = true["gap"].values, true["phi"].values
    turned = (phi[a, b] - phi[b, a]) / 2 * np.sign(gap[a, b])[:, None]
    return np.asarray(np.nanmean(turned, axis=0)), (among[a], among[b])


def halved(
    sheet: pl.DataFrame, questionnaire: Questionnaire, block: str, *, seed: int
) -> pl.DataFrame:
    """Return a sheet in which everybody was asked a random half of a block's questions.

    Of an odd number of questions a person keeps one more or one less, as chance has it. Only
    questions that verdicts rest on are taken away.
    """
    items = [i for i in questionnaire.items if i.block == block and i.role in EVIDENCE]
    asked = np.stack([sheet.select(item_code(i)).to_series().to_numpy() for i in items], axis=1)
    gone = _half(asked != _NOT_ASKED, np.random.default_rng((seed, len(items))))
    columns = [c for j, item in enumerate(items) for c in _without(sheet, item, gone[:, j])]
    return sheet.with_columns(columns)


def _half(asked: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose half of the questions that each person was asked, (N, J) true."""
    order = np.where(asked, rng.random(asked.shape), np.inf).argsort(axis=1).argsort(axis=1)
    half = np.floor(asked.sum(axis=1) / 2 + rng.choice([0.0, 0.5], len(asked)))
    return np.asarray(asked & (order < half[:, None]))


def _without(sheet: pl.DataFrame, item: Item, gone: np.ndarray) -> Sequence[pl.Series]:
    mask = pl.Series(gone)
    if item.type in PLAIN:
        status = status_column(item)
        return [sheet[item.name].set(mask, None), sheet[status].set(mask, _NOT_ASKED)]
    return [sheet[column].set(mask, _NOT_ASKED) for column in columns_of(item)]
