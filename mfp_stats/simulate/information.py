"""Who is told something, and how far that moves what they answer."""

import json
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from mfp_stats.questionnaire.model import Information, Item, Questionnaire, Role
from mfp_stats.questionnaire.reserved import WAVE
from mfp_stats.simulate.truth import Floats, Truth

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def told_people(
    questionnaire: Questionnaire, truth: Truth, arms: Sequence[str | None], wave: str
) -> dict[str, Bools]:
    """Return who is told each piece of information that people respond to, (N,) by its name."""
    levels = [{} if text is None else json.loads(text) for text in arms]
    found = {}
    for name in truth.information:
        ((arm, told),) = questionnaire.information[name].told.items()
        found[name] = np.array(
            [(wave if arm == WAVE else own.get(arm)) in told for own in levels], dtype=np.bool_
        )
    return found


def shift(
    item: Item,
    questionnaire: Questionnaire,
    truth: Truth,
    worldview: Ints,
    told: Mapping[str, Bools],
    answers: Mapping[str, pl.Series],
    *,
    again: bool,
) -> Floats | None:
    """Return by how many logits people's answers to an item are moved, (N,); None: by nothing.

    Parameters
    ----------
    worldview
        (N,)
    told
        Of :func:`told_people`.
    answers
        Sheet columns of earlier items, with that on trust.
    again
        Whether people answer once more.
    """
    total = np.zeros(len(worldview))
    for name, heard in told.items():
        one, response = questionnaire.information[name], truth.information[name]
        support = item.role is Role.RESPONSE
        way = one.support.get(item.intervention or "") if support else one.beliefs.get(item.name)
        if way is not None:
            by_trust = response.support if support else response.beliefs
            left = response.lasts if again else 1.0
            trusts = _trusts(one, questionnaire, answers, len(worldview))
            total += way * left * heard * by_trust[trusts, worldview]
    return total if total.any() else None


def _trusts(
    one: Information, questionnaire: Questionnaire, answers: Mapping[str, pl.Series], n: int
) -> Ints:
    """Return 1 for who trusts the source, 0 for who does not or does not say, (N,)."""
    if not one.trust:
        return np.ones(n, dtype=np.int64)
    item, codes = questionnaire.item(one.trust), answers[one.trust].to_numpy().astype(np.int64)
    least, last = item.option_names.index(one.trust_from), len(item.options) - 1
    if item.reverse:
        codes, least = np.where(codes >= 0, last - codes, -1), last - least
    return (codes >= least).astype(np.int64)


def moved_probabilities(probabilities: Floats, by: Floats) -> Floats:
    """Return probabilities (N, J) of ordered answers after a move by (N,) logits."""
    below = probabilities.cumsum(axis=1)[:, :-1].clip(1e-9, 1 - 1e-9)
    edges = expit(logit(below) - by[:, None])
    return np.diff(np.pad(edges, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1))), axis=1)
