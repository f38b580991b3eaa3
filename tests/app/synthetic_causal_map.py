"""Made-up causal maps: two worldviews that disagree about one link out of four."""

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.design.causal import CausalDesign
from mfp_stats.quantities.causal_map.tables import map_tables
from mfp_stats.questionnaire.model import Questionnaire, say

#: Cause and effect: trust, buildings, and the questionnaire's first two values.
LINKS = ((0, 1), (1, 2), (1, 3), (0, 3))
#: Of each link, in the first and in the second worldview.
STRENGTHS = ((0.5, 0.45), (0.6, -0.55), (-0.4, -0.5), (0.0, 0.3))
#: What the first proposal does for the two values, as its people say.
SAID = ((0.5, 0.6), (-0.3, -0.4))
CHAINS, DRAWS, SD = 4, 100, 0.05


def causal_map_tables(
    questionnaire: Questionnaire, groups: list[tuple[str, str, int]], names: tuple[str, str]
) -> dict[str, pl.DataFrame]:
    """Return the tables of a causal map."""
    values = list(questionnaire.values.items())[:2]
    proposals = list(questionnaire.interventions.items())[:1]
    if len(values) < 2:
        return {}
    design = CausalDesign(
        concepts=("trust", "building", *(name for name, _ in values)),
        concept_labels=("Trust in companies", "New buildings", *(say(v.label) for _, v in values)),
        links=np.array(LINKS),
        link_n=np.full(len(LINKS), 90),
        link_scores=np.zeros((len(LINKS), 1)),
        proposals=tuple(name for name, _ in proposals),
        proposal_labels=tuple(say(p.label) for _, p in proposals),
        moves=np.array([[0.5, 0.8, 0.0, 0.0]])[: len(proposals)],
        said=np.array([(0, 2), (0, 3)])[: 2 * len(proposals)].reshape(-1, 2),
        said_scores=np.zeros((2 * len(proposals), 1)),
    )
    labels = {"": "Everyone"} | {name: label for name, label, _ in groups}
    return map_tables(_draws(design, list(labels)), design, names=names, group_labels=labels)


def _draws(design: CausalDesign, groups: list[str]) -> xr.Dataset:
    rng = np.random.default_rng(11)
    head = (CHAINS, DRAWS)
    strength = np.array(STRENGTHS) + SD * rng.standard_normal((*head, len(LINKS), 2))
    first = np.linspace(0.05, 0.95, len(groups))
    held = np.stack([first, 1 - first], axis=1)
    of_groups = np.repeat((strength @ held.T)[:, :, :, None], 2, axis=3)
    found = {
        "strength": (("link", "worldview"), strength),
        "strength_in_group": (("link", "weighting", "group"), of_groups),
        "strength_apart": (("pair", "link"), (strength[..., 1] - strength[..., 0])[:, :, None]),
    }
    if len(design.said):
        said = np.array(SAID) + SD * rng.standard_normal((*head, 2, 2))
        found["said"] = (("rating", "worldview"), said)
    return xr.Dataset(
        {name: (("chain", "draw", *dims), array) for name, (dims, array) in found.items()},
        coords={"weighting": ["unweighted", "weighted"], "group": groups},
    )
