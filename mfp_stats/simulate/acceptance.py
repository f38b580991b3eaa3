"""Who would accept what: the share of a simulated population, from latents rather than answers."""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from mfp_stats.questionnaire.model import Item, Questionnaire, Role
from mfp_stats.simulate.latent import is_latent, is_turned, latent_levels
from mfp_stats.simulate.people import People, draw_people
from mfp_stats.simulate.truth import Floats, Truth


def accept_cuts(questionnaire: Questionnaire, truth: Truth) -> Floats:
    """Return the latent position above which an answer accepts each intervention, shape (X,).

    Of the first response scale that says where accepting begins, asked under people's own
    expectations; NaN where an intervention is not asked about on it, or every answer accepts.
    """
    cuts = np.full(len(truth.interventions), np.nan)
    first: Item | None = None
    for item in questionnaire.with_role(Role.RESPONSE):
        usable = is_latent(item, questionnaire) and latent_levels(item) and not item.stipulated
        if not usable or item.accept_from not in item.option_names:
            continue
        first = first or item
        if (item.option_names, item.accept_from) != (first.option_names, first.accept_from):
            continue
        place = item.option_names.index(item.accept_from)
        level = len(item.options) - 1 - place if is_turned(item) else place
        x = truth.interventions.index(item.intervention or "")
        if level > 0 and np.isnan(cuts[x]):
            cuts[x] = truth.thresholds[item.name][level - 1]
    return cuts


def draw_group(truth: Truth, group: int, *, people: int, seed: int) -> People:
    """Draw people of one group.

    The same seed gives people of other groups the same random numbers, so that groups differ by
    their parameters and not by chance.
    """
    alone = np.zeros(len(truth.groups))
    alone[group] = 1.0
    return draw_people(replace(truth, group_shares=alone), n=people, seed=seed)


def acceptance(people: People, cuts: Floats) -> Floats:
    """Return the share of people who accept each intervention, shape (X,)."""
    return np.asarray(expit(people.support - cuts).mean(axis=0))
