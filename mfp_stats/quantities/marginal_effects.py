"""Average marginal component effects of a conjoint (Hainmueller, Hopkins & Yamamoto 2014).

How much more often a profile is chosen with one level of an attribute in the place of the
reference level, averaged over the other attributes as they occur in the experiment (and, where
profiles were shown in pairs, over their rivals). Two ways: the plain estimator, which assumes no
model, and from the draws of a logit model.
"""

import numpy as np
import polars as pl
from scipy.special import expit

from mfp_stats.design.conjoint import ConjointProfiles
from mfp_stats.design.data import Floats, Ints
from mfp_stats.errors import DesignError, Fault
from mfp_stats.likelihoods.categories import one_hot


def plain_marginal_effects(profiles: ConjointProfiles) -> pl.DataFrame:
    """Estimate the effects by least squares on indicators of the levels.

    Parameters
    ----------
    profiles
        What was shown and chosen. Levels must have been assigned independently of one another,
        for the effects to be averages over the other attributes.

    Returns
    -------
    polars.DataFrame
        A row a level, references included: ``attribute``, ``level``, ``reference``, ``n``
        profiles, ``effect`` and ``standard_error`` in probability; 0 and null at references.

    Raises
    ------
    DesignError
        There is one respondent alone, or levels always come together, so that their effects cannot
        be told apart.

    Notes
    -----
    Standard errors are clustered by respondent: ``(X'WX)⁻¹ Σ_i s_i s_i' (X'WX)⁻¹ · C / (C − 1)``
    with the scores ``s_i = Σ w x e`` of each of C respondents (Liang & Zeger 1986).
    """
    varied = np.setdiff1d(np.arange(profiles.sizes.sum()), profiles.starts)
    indicators = one_hot(profiles.level, profiles.sizes)[:, varied]
    x = np.column_stack([np.ones(len(indicators)), indicators])
    people = int(profiles.respondent.max()) + 1
    _refuse_unidentified(x, people)
    weighted = x * profiles.weight[:, None]
    bread = np.linalg.inv(weighted.T @ x)
    found = bread @ (weighted.T @ profiles.chosen)
    scores = np.zeros((people, x.shape[1]))
    np.add.at(scores, profiles.respondent, weighted * (profiles.chosen - x @ found)[:, None])
    half = scores @ bread
    spread = np.sqrt((half**2).sum(axis=0) * people / (people - 1))
    effect = np.zeros(int(profiles.sizes.sum()))
    error = np.full(len(effect), np.nan)
    effect[varied], error[varied] = found[1:], spread[1:]
    return level_rows(profiles).with_columns(
        effect=pl.Series(effect), standard_error=pl.Series(error).fill_nan(None)
    )


def drawn_marginal_effects(
    utility: Floats, profiles: ConjointProfiles, rival: Ints | None = None
) -> Floats:
    """Return draws of the effects from draws of a logit model.

    Parameters
    ----------
    utility
        (S, T) what each level adds to a profile's logit; the model's constant, where it has one,
        is part of the first attribute's levels.
    profiles
        Over whose other attributes the effects are averaged, by their weights.
    rival
        (P,) row of the profile that each was shown beside, in a choice between the two; None where
        each was judged by itself.

    Returns
    -------
    numpy.ndarray
        (S, T) in probability; 0 at reference levels.
    """
    places = profiles.level + profiles.starts  # (P, A)
    weight = profiles.weight / profiles.weight.sum()
    effect = np.zeros(utility.shape)
    for draw, row in enumerate(utility):
        parts = row[places]  # (P, A)
        total = parts.sum(axis=1)
        against = total if rival is None else total - total[rival]
        for a, (start, size) in enumerate(zip(profiles.starts, profiles.sizes, strict=True)):
            others = against - parts[:, a]
            mean = weight @ expit(others[:, None] + row[start : start + size])  # (size,)
            effect[draw, start : start + size] = mean - mean[0]
    return effect


def level_rows(profiles: ConjointProfiles) -> pl.DataFrame:
    """Return a row a level, in order: ``attribute``, ``level``, ``reference``, ``n`` profiles."""
    counts = one_hot(profiles.level, profiles.sizes).sum(axis=0).astype(np.int64)
    return pl.DataFrame(
        [
            {"attribute": name, "level": level, "reference": levels[0]}
            for name, levels in profiles.attributes.items()
            for level in levels
        ]
    ).with_columns(n=pl.Series(counts))


def _refuse_unidentified(x: Floats, people: int) -> None:
    faults = []
    if people < 2:
        faults.append(Fault("respondents", "one alone gives no standard errors"))
    if np.linalg.matrix_rank(x) < x.shape[1]:
        what = "some levels always come together, so that their effects cannot be told apart"
        faults.append(Fault("attributes", what, fix="Leave out all but one of such attributes."))
    if faults:
        raise DesignError(faults, about="conjoint")
