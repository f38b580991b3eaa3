"""Persons' values drawn given their ratings, where the model integrated them out."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import logsumexp, ndtri, roots_hermitenorm

from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.likelihoods.answer_patterns import answer_counts, rating_cells
from mfp_stats.quantities.drawn import flat_draws, pick_nodes

#: Equally likely slices of a deviation's normal distribution, out of which one is drawn ...
_SLICES = 32
#: ... and nodes of a person's response style.
_STYLES = 21


@dataclass(frozen=True, slots=True, eq=False)
class RatedPersons:
    """What of a survey the draws need; ``draw`` gives everyone's values."""

    posterior: xr.Dataset
    data: ModelData
    given: Floats  #: (N, K × L)

    @classmethod
    def of(cls, posterior: xr.Dataset, data: ModelData) -> "RatedPersons":
        """Collect what is needed from the posterior of ``models/values.py`` and its data."""
        return cls(posterior, data, answer_counts(data))

    @property
    def cells(self) -> int:
        """Numbers held for one posterior draw."""
        assert self.data.ratings is not None
        levels = len(self.data.ratings.levels)
        table = len(self.data.values) * len(self.data.groups) * _STYLES * levels * _SLICES
        return max(table, len(self.data.respondents) * _STYLES)

    def draw(self, rows: Ints, rng: np.random.Generator) -> Floats:
        """Draw values given ratings, (draw, N, K).

        First each person's response style, then, the ratings being independent given it, the
        deviation of each value; last ``v`` is what is left of the positions when a common shift
        is taken out, ``λ_gk v_ik = position_gk + λ_gk deviation_k ε_ik − shift_i``.
        """
        p = {str(k): flat_draws(self.posterior[k], rows) for k in _NEEDED}
        slices = ndtri((np.arange(_SLICES) + 0.5) / _SLICES)
        nodes, weights = roots_hermitenorm(_STYLES)
        style = p["group_style"][:, :, None] + p["style_spread"][:, None, None] * nodes
        reach = p["loading"] * p["deviation"][:, None]  # (draw, G, K)
        mean = p["position"][:, :, None, :, None] + style[:, :, :, None, None]
        eta = mean + reach[:, :, None, :, None] * slices  # (draw, G, Q, K, M)
        table = _level_probabilities(eta, p["thresholds"])  # (draw, G, Q, K, L, M)
        chosen = self._styles(np.log(table.mean(axis=-1)), np.log(weights / weights.sum()), rng)
        deviation = self._deviations(table, chosen, rng)  # (draw, N, K)
        group = self.data.group
        inverse = 1 / p["loading"][:, group]
        there = p["position"][:, group] * inverse + p["deviation"][:, None] * deviation
        shift = there.sum(axis=2, keepdims=True) / inverse.sum(axis=2, keepdims=True)
        return np.asarray(there - shift * inverse)

    def _styles(self, log_table: Floats, log_weights: Floats, rng: np.random.Generator) -> Ints:
        """Draw the node of each person's style, (draw, N)."""
        draws = len(log_table)
        found = np.empty((draws, len(self.given)), dtype=np.int64)
        for g in range(len(self.data.groups)):
            who = np.flatnonzero(self.data.group == g)
            cells = log_table[:, g].reshape(draws, _STYLES, -1).transpose(0, 2, 1)
            log_post = self.given[who] @ cells + log_weights  # (draw, n, Q)
            log_post -= logsumexp(log_post, axis=2, keepdims=True)
            line = np.cumsum(np.exp(log_post), axis=2)
            found[:, who] = (line < rng.random((draws, len(who), 1))).sum(axis=2)
        return np.minimum(found, _STYLES - 1)

    def _deviations(self, table: Floats, style: Ints, rng: np.random.Generator) -> Floats:
        """Draw standardised deviations, (draw, N, K); values not rated keep their prior."""
        ratings = self.data.ratings
        assert ratings is not None
        draws, groups, _, values, levels, _ = table.shape
        slices = rng.integers(_SLICES, size=(draws, len(self.given), values))
        lists = np.arange(table.size // _SLICES).reshape(draws, groups, _STYLES, values * levels)
        own = lists[
            np.arange(draws)[:, None],
            self.data.group[ratings.person],
            style[:, ratings.person],
            rating_cells(self.data),
        ]
        slices[:, ratings.person, ratings.value] = pick_nodes(table, own, rng)
        return np.asarray(ndtri((slices + rng.random(slices.shape)) / _SLICES))


_NEEDED = (
    "position",
    "group_style",
    "style_spread",
    "loading",
    "deviation",
    "thresholds",
)


def _level_probabilities(eta: Floats, thresholds: Floats) -> Floats:
    """Probability of each level, (..., K, L, M) for ``eta`` (draw, G, Q, K, M)."""
    cuts = thresholds.reshape(len(thresholds), 1, 1, 1, -1, 1)
    odds = np.exp(eta)[..., None, :]
    above = 1 / (1 + np.exp(-cuts) * odds)  # P(below the cut)
    below = 1 / (1 + np.exp(cuts) / odds)  # P(at or above it)
    middle = below[..., :-1, :] * above[..., 1:, :] * -np.expm1(-np.diff(cuts, axis=-2))
    return np.concatenate([above[..., :1, :], middle, below[..., -1:, :]], axis=-2)
