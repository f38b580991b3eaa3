"""A survey whose beliefs link trust, jobs and calm, and draws of two worldviews about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import xarray as xr

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.causal import CausalDesign, causal_design
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.simulate import default_truth, simulate_survey

CHAINS, DRAWS = 4, 50


def document() -> dict[str, Any]:
    """Five beliefs that link concepts, two of them about one link, and two proposals."""

    def link(name: str, cause: str, effect: str, **more: object) -> dict[str, object]:
        label = f"More {cause} leads to … {effect}"
        return {"name": name, "label": label, "cause": cause, "effect": effect, **more}

    return {
        "survey": "mapped",
        "title": "Mapped",
        "values": {"jobs": "Good jobs", "calm": "Quiet streets"},
        "concepts": {
            "trust": "Trust in companies",
            "building": {"label": "New buildings", "short": "Buildings"},
            "jobs": {"value": "jobs"},
            "calm": {"value": "calm"},
        },
        "interventions": {
            "fund": {"label": "A fund", "moves": {"trust": 0.5, "building": 1}},
            "pause": {"label": "A pause", "moves": {"building": -1}},
        },
        "scales": {
            "less_more5": {
                "labels": ["Much less", "Less", "As much", "More", "Much more"],
                "missing": ["dont_know"],
            },
            "four": {
                "level": "ordinal",
                "neutral": "same",
                "options": {"less": "Less", "same": "Same", "more": "More", "most": "Most"},
            },
            "worse_better3": {"labels": ["Worse", "Same", "Better"]},
            "support3": {"labels": ["No", "Perhaps", "Yes"], "accept_from": "yes"},
        },
        "blocks": [
            {"block": "who", "items": [
                {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                 "options": {"left": "Left", "right": "Right"}}]},
            {"block": "links", "role": "belief", "scale": "less_more5", "items": [
                link("t_b", "trust", "building"),
                link("b_j", "building", "jobs"),
                link("b_j_again", "building", "jobs", scale="four"),
                link("b_c", "building", "calm", reverse=True),
                link("j_t", "jobs", "trust"),
                {"name": "fair", "label": "Life is fair", "scale": "worse_better3"}]},
            {"block": "effects", "role": "consequence", "scale": "worse_better3"},
            {"block": "support", "role": "response", "ask": ["support3"]},
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class Mapped:
    """A simulated survey with its design."""

    questionnaire: Questionnaire
    data: ModelData
    design: CausalDesign


def mapped(written: dict[str, Any], *, n: int = 120) -> Mapped:
    questionnaire = parse(written, where="mapped")
    truth = default_truth(questionnaire, seed=1)
    sheet = simulate_survey(questionnaire, truth, n=n, seed=1).sheet
    data = build_model_data(sheet, questionnaire)
    design = causal_design(questionnaire, data)
    assert design is not None
    return Mapped(questionnaire, data, design)


@pytest.fixture(scope="session")
def surveyed() -> Mapped:
    return mapped(document())


def drawn(
    surveyed: Mapped, answers: Mapping[str, tuple[dict[str, float], ...]], *, noise: float = 0.0
) -> xr.Dataset:
    """Return matched draws in which each worldview gives the named answers with these chances.

    ``answers`` maps an item to the chances of its options in each worldview; other items are
    answered evenly. ``noise`` shifts chances between answers from draw to draw.
    """
    assert surveyed.data.beliefs is not None
    worldviews = len(next(iter(answers.values())))
    rng = np.random.default_rng(3)
    blocks = []
    for indicator in surveyed.data.beliefs.indicators:
        size = len(indicator.categories)
        even: tuple[dict[str, float], ...] = ({},) * worldviews
        given = answers.get(indicator.name, even)
        chance = np.array(
            [
                [(one.get(c, 0.0) if one else 1 / size) for one in given]
                for c in indicator.categories
            ]
        )
        jitter = np.exp(noise * rng.standard_normal((CHAINS, DRAWS, *chance.shape)))
        part = np.maximum(chance, 1e-9) * jitter
        blocks.append(part / part.sum(axis=2, keepdims=True))
    composition = np.zeros((CHAINS, DRAWS, 2, worldviews)) + 1 / worldviews
    return xr.Dataset(
        {
            "profile": (("chain", "draw", "answers", "worldview"), np.concatenate(blocks, axis=2)),
            "composition": (("chain", "draw", "groups", "worldview"), composition),
        },
        coords={"worldview": np.arange(1, worldviews + 1)},
    )


def shares(matched: xr.Dataset, first: Mapping[str, float]) -> xr.DataArray:
    """Return shares of two worldviews, or of one, from that of the first in each group."""
    held = [
        [share, 1 - share] if matched.sizes["worldview"] == 2 else [1.0] for share in first.values()
    ]
    whole = np.broadcast_to(np.array(held), (CHAINS, DRAWS, 1, *np.shape(held)))
    return xr.DataArray(
        whole,
        dims=("chain", "draw", "weighting", "group", "worldview"),
        coords={
            "weighting": ["unweighted"],
            "group": list(first),
            "worldview": matched["worldview"].values,
        },
    )
