"""Persons' values drawn given their single pick, where the model integrated them out."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.special import ndtri

from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.likelihoods.subsets import Offer, offers, set_probabilities, uniform_nodes
from mfp_stats.quantities.drawn import flat_draws, pick_nodes

#: Nodes of each group's distribution among which a person is drawn, 2 to this power.
_LOG2_NODES = 9


@dataclass(frozen=True, slots=True, eq=False)
class PickedPersons:
    """What of a survey the draws need; ``draw`` gives everyone's values."""

    posterior: xr.Dataset
    data: ModelData
    offers: tuple[Offer, ...]

    @classmethod
    def of(cls, posterior: xr.Dataset, data: ModelData) -> "PickedPersons":
        """Collect what is needed from the posterior of ``models/values.py`` and its data."""
        return cls(posterior, data, offers(data))

    @property
    def cells(self) -> int:
        """Numbers held for one posterior draw."""
        outcomes = max(offer.outcomes for offer in self.offers)
        return len(self.data.groups) * (1 << _LOG2_NODES) * outcomes

    def draw(self, rows: Ints, rng: np.random.Generator) -> Floats:
        """Draw values given picks, (draw, N, K).

        Each is drawn by the likelihood of the pick out of low-discrepancy nodes of
        ``Normal(μ_g, Σ)`` that are shifted at random for every posterior draw and group; of persons
        without a pick from that distribution itself.
        """
        mu = flat_draws(self.posterior["mu"], rows)  # (draw, G, K)
        factor = flat_draws(self.posterior["factor"], rows)  # (draw, K, K-1)
        found = np.zeros((len(rows), len(self.data.respondents), len(self.data.values)))
        for offer in self.offers:
            group = self.data.group[offer.person]
            found[:, offer.person] = _resample(mu, factor, offer, group, rng)
        picked = np.concatenate([offer.person for offer in self.offers])
        without = np.setdiff1d(np.arange(len(self.data.respondents)), picked)
        z = rng.standard_normal((len(rows), len(without), factor.shape[2]))
        found[:, without] = mu[:, self.data.group[without]] + z @ factor.transpose(0, 2, 1)
        return found


def _resample(
    mu: Floats, factor: Floats, offer: Offer, group: Ints, rng: np.random.Generator
) -> Floats:
    """Draw values of the offer's persons, (draw, person, K)."""
    draws, groups, values = mu.shape
    shift = rng.random((draws, groups, 1, values - 1))
    points = (uniform_nodes(values - 1, log2=_LOG2_NODES) + shift) % 1.0
    z = ndtri(np.clip(points, 1e-12, 1 - 1e-12))  # (draw, G, M, K-1)
    v = mu[:, :, None] + z @ factor.transpose(0, 2, 1)[:, None]  # (draw, G, M, K)
    sets = np.concatenate(set_probabilities(np.exp(v).reshape(-1, values).T, offer))
    weights = sets.reshape(-1, draws, groups, z.shape[2])
    lists = np.arange(weights.size // z.shape[2]).reshape(weights.shape[:-1])
    node = pick_nodes(weights, lists[offer.outcome, :, group].T, rng)
    return np.asarray(v[np.arange(draws)[:, None], group, node])
