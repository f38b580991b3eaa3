"""Each intervention predicted from the others: scores that need no new wave.

What people expect of an intervention and are told by it is measured without a look at responses,
so that it may be used. Of the response model an intervention has its own intercept and its group
residuals; both are left out: the intercept is drawn as the next of the others', the residuals from
their own spread. Where a group begins to accept because of how it uses the scale is known from the
others and stays. What all interventions share (β, γ, ρ, the spread of persons and of residuals) was
fitted with the intervention among the rest, and is not fitted again: with several interventions it
changes little, to which a test with real refits holds it.

Where consequences were not asked, an intervention's effects are its own too, and nothing tells the
one left out from the others: then there is no such prediction.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from scipy.special import expit, logit

from mfp_stats.design.data import Floats
from mfp_stats.quantities.forecast.peers import beta_of, next_like
from mfp_stats.quantities.forecast.tables import GROUP_MEAN, MODEL, Cell, Observed, score_cells
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.observed_acceptance import ObservedAcceptance
from mfp_stats.quantities.response_draws import Measured, ResponseDraws, of_others
from mfp_stats.quantities.response_rows import ResponseRows

#: Interventions that an intercept can be drawn like: one other is too few to tell of a spread.
LEAST_OTHERS: Final = 2


def left_out_parameters(
    measured: Measured,
    given: Sequence[ResponseParameters],
    residual_sd: Floats,
    scale_use: Floats,
) -> list[ResponseParameters] | None:
    """Return parameters under which each intervention is predicted from the others.

    Parameters
    ----------
    measured
        What was measured of the people.
    given
        Draws of the response model.
    residual_sd
        (S,) sd of group residuals.
    scale_use
        (S, G, X) by how much a group's use of the answer scale alone makes it accept more, in
        logits; it is part of the residuals of ``given``.

    Returns
    -------
    list of ResponseParameters or None
        The same with intercepts and residuals drawn anew; None where an intervention cannot be
        predicted from others: consequences were not asked, the interventions are options of one
        question, or there are fewer than three.
    """
    responses = measured.data.responses
    assert responses is not None
    x = measured.layout.interventions
    if measured.layout.reduced or responses.exclusive or x <= LEAST_OTHERS:
        return None
    intercepts = np.array([one.intercept[:x] for one in given])
    groups = given[0].residual.shape[0]
    rng = np.random.default_rng((measured.seed, 7))
    drawn = np.empty_like(intercepts)
    for k in range(x):
        drawn[:, k] = next_like(np.delete(intercepts, k, axis=1), rng)
    residual = rng.standard_normal((len(given), groups, x))
    residual -= residual.mean(axis=1, keepdims=True)
    residual *= residual_sd[:, None, None]
    residual += of_others(scale_use)
    return [replace(one, intercept=drawn[s], residual=residual[s]) for s, one in enumerate(given)]


def left_out_scores(found: ResponseDraws, measured: Measured, layout: ResponseRows) -> pl.DataFrame:
    """Return the scores of every cell, as of :func:`score_cells`; empty where nothing is predicted.

    The peer is the group's own mean: the next of its shares of the other interventions, which are
    known as well as those asked allow and spread as they do.
    """
    if found.left_out is None:
        return pl.DataFrame()
    rng = np.random.default_rng((measured.seed, 8))
    predictions, observed = {}, {}
    shares = ObservedAcceptance.of(measured.data, found.weightings, found.groups, layout.floor)
    for w, weighting in enumerate(found.weightings):
        for g, group in enumerate(layout.groups):
            seen = [None if s is None else Observed.of(s) for s in shares.cells[w][g]]
            for x, (intervention, _) in enumerate(layout.interventions):
                others = [one for k, one in enumerate(seen) if k != x and one is not None]
                one = seen[x]
                if one is None or not layout.enough[g, x] or len(others) < LEAST_OTHERS:
                    continue
                # From what nobody of the group was asked nothing is predicted.
                if "models" in measured.not_compared([int(found.groups[g])], x):
                    continue
                cell = Cell(weighting, intervention, group)
                predictions[cell] = {
                    MODEL: found.left_out[:, w, g, x],
                    GROUP_MEAN: _next_share(others, len(found.left_out), rng),
                }
                observed[cell] = one
    cells = score_cells(predictions, observed, seed=[measured.seed, 9])
    if cells.is_empty():
        return cells
    labels = dict(zip(layout.groups, layout.labels, strict=True))
    return cells.with_columns(
        intervention_label=pl.col("intervention").replace_strict(dict(layout.interventions)),
        group_label=pl.col("group").replace_strict(labels),
    )


def _next_share(others: Sequence[Observed], draws: int, rng: np.random.Generator) -> Floats:
    """Draw one more share like the others of a group, (draws,)."""
    shares = np.column_stack([rng.beta(*beta_of(o.share, o.n), draws) for o in others])
    return np.asarray(expit(next_like(logit(np.clip(shares, 1e-6, 1 - 1e-6)), rng)))
