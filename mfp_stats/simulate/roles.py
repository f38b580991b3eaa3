"""What a simulated person answers to an item, by what the item measures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import expit

from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role
from mfp_stats.simulate import draws
from mfp_stats.simulate.asked import Asked
from mfp_stats.simulate.information import moved_probabilities
from mfp_stats.simulate.latent import is_latent, latent_levels
from mfp_stats.simulate.part_worths import level_difference
from mfp_stats.simulate.people import People
from mfp_stats.simulate.truth import Floats, NumberProfile, Truth

#: Utility of an option that is not one of the survey's values ("other").
OTHER_UTILITY: Final = -2.0


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Full answers to one item, before anything is missing.

    ``codes`` for closed items, ``number`` or ``text`` for open ones; the others are None.
    """

    codes: draws.Ints | None = None  #: (N, parts)
    number: Floats | None = None  #: (N,)
    text: str | None = None
    dont_know: Floats | None = None  #: (N,) probability of not knowing; None: the general rate


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What answers are drawn from."""

    questionnaire: Questionnaire
    truth: Truth
    people: People
    asked: Asked
    supposed: Mapping[str, Floats]  #: block that stipulates -> support under it, (N, X)
    #: (N,) what people were told adds to consequences and responses, or nothing
    moved: Floats | float = 0.0


def answer(
    item: Item, context: Context, rng: np.random.Generator, moved: Floats | None = None
) -> Answered:
    """Draw everyone's answer to an item; it depends on no other answer.

    Parameters
    ----------
    moved
        (N,) logits by which what people were told moves it: of an ordered belief, a consequence or
        a response.
    """
    if item.name == context.questionnaire.group:
        return Answered(codes=context.people.group[:, None])
    if is_latent(item, context.questionnaire):
        told = context if moved is None else replace(context, moved=moved)
        return _BY_ROLE[item.role](item, told, rng)
    if item.type is ItemType.TEXT:
        return Answered(text="A simulated answer")
    return _from_profile(item, context, rng, moved)


def _tradeoff(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    utility = _utilities(item, context.truth, context.people.values)
    return Answered(draws.choose(item, utility, context.people.consistency, rng))


def _rating(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    truth, people = context.truth, context.people
    k = _position(truth.values, item.value)
    place = truth.rating_loadings[people.group, k] * people.values[:, k] + people.style
    return _on_scale(item, place, truth, rng)


def _consequence(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    truth, people = context.truth, context.people
    x, k = _position(truth.interventions, item.intervention), _position(truth.values, item.value)
    support = people.support[:, x]
    primed = context.asked.support_first[item.block]
    moved = truth.rationalisation * np.where(primed, 1, truth.rationalisation_before_support)
    shift = moved * (support - support.mean())
    place = people.consequences[:, x, k] + shift + context.moved
    drawn = _on_scale(item, place, truth, rng)
    return replace(drawn, dont_know=truth.consequence_dont_know[people.worldview])


def _signal(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    truth = context.truth
    x, q = _position(truth.interventions, item.intervention), _position(truth.signals, item.signal)
    return _on_scale(item, context.people.signals[:, x, q], truth, rng)


def _response(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    x = _position(context.truth.interventions, item.intervention)
    support = context.supposed.get(item.block, context.people.support)
    return _on_scale(item, support[:, x] + context.moved, context.truth, rng)


def _pair(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    """Choose between two profiles by a logit of how much more the first is worth."""
    block = next(b for b in context.questionnaire.blocks if b.name == item.block)
    worths = context.truth.part_worths[block.name] @ level_difference(item, block)
    first = rng.random(len(context.people)) < expit(worths[context.people.group])
    return Answered(np.where(first, 0, 1)[:, None])


def _perception(item: Item, context: Context, rng: np.random.Generator) -> Answered:
    """Guess what most of a group would answer: its mean, coloured by one's own position."""
    truth, people = context.truth, context.people
    h, own = _position(truth.groups, item.group_of), truth.perception_bias
    if item.intervention is None:
        noise = truth.perception_sd * rng.standard_normal(people.values.shape)
        seen = own * people.values + (1 - own) * truth.value_means[h] + noise
        utility = _utilities(item, truth, seen)
        return Answered(draws.choose(item, utility, people.consistency, rng))
    x = _position(truth.interventions, item.intervention)
    support, members = people.support[:, x], people.group == h
    theirs = support[members].mean() if members.any() else support.mean()
    return _on_scale(item, own * support + (1 - own) * theirs, truth, rng)


def _from_profile(
    item: Item, context: Context, rng: np.random.Generator, moved: Floats | None
) -> Answered:
    truth, people = context.truth, context.people
    profile, kind = truth.group_profiles.get(item.name), people.group
    if profile is None:
        profile, kind = truth.class_profiles[item.name], people.worldview
    unsure = profile.dont_know[kind]
    if isinstance(profile, NumberProfile):
        return Answered(number=draws.number(item, profile, kind, rng), dont_know=unsure)
    if moved is not None and item.level == "ordinal":
        up = -moved if item.reverse else moved
        shifted = moved_probabilities(profile.probabilities[kind], up)
        profile, kind = replace(profile, probabilities=shifted), np.arange(len(kind))
    return Answered(draws.from_profile(item, profile, kind, rng), dont_know=unsure)


def _on_scale(item: Item, place: Floats, truth: Truth, rng: np.random.Generator) -> Answered:
    """Return a latent position as a level of the item's scale, or as a number."""
    if latent_levels(item):
        return Answered(draws.cut(item, place, truth.thresholds[item.name], rng))
    return Answered(number=draws.latent_number(item, place, rng))


def _position(names: tuple[str, ...], name: str | None) -> int:
    return names.index(name or "")


def _utilities(item: Item, truth: Truth, values: Floats) -> Floats:
    """Return the utility of each option, shape (N, J)."""
    utility = np.full((len(values), len(item.options)), OTHER_UTILITY)
    for j, name in enumerate(item.option_names):
        if name in truth.values:
            utility[:, j] = values[:, truth.values.index(name)]
    return utility


_BY_ROLE: Final[Mapping[Role, Callable[[Item, Context, np.random.Generator], Answered]]] = {
    Role.VALUE_TRADEOFF: _tradeoff,
    Role.VALUE_RATING: _rating,
    Role.CONSEQUENCE: _consequence,
    Role.SIGNAL: _signal,
    Role.RESPONSE: _response,
    Role.CONJOINT: _pair,
    Role.PERCEPTION: _perception,
}
