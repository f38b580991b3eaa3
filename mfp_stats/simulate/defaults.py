"""A moderate truth for any questionnaire: effects that a careful survey can find."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from scipy.special import expit, softmax

from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role
from mfp_stats.simulate.latent import is_latent, latent_levels
from mfp_stats.simulate.limits import limits
from mfp_stats.simulate.part_worths import default_part_worths
from mfp_stats.simulate.seeds import NamedNormals
from mfp_stats.simulate.stipulated import stipulated_consequences
from mfp_stats.simulate.truth import Floats, NumberProfile, Profile, Response, Truth

_BY_CLASS: Final = frozenset(
    {Role.BELIEF, Role.EXPERIENCE, Role.CONSEQUENCE, Role.SIGNAL, Role.RESPONSE}
)
#: Ratings pile up at the important end; other scales are answered about their middle.
_RATING_SHIFT: Final = 1.0


def default_truth(questionnaire: Questionnaire, *, seed: int, classes: int = 3) -> Truth:
    """Return a truth with moderate differences between groups and between worldviews.

    Parameters
    ----------
    questionnaire
        Any questionnaire; roles that it lacks have empty arrays.
    seed
        Other seeds give other truths of the same kind.
    classes
        Number of worldviews C.

    Notes
    -----
    Every parameter is drawn under its own name (group, value, item …), so that a question
    added to the questionnaire changes no parameter of the others.
    """
    draw = NamedNormals(seed)
    groups = tuple(o.name for o in questionnaire.groups)
    values = tuple(questionnaire.values)
    interventions = tuple(questionnaire.interventions)
    signals = tuple(questionnaire.signals)
    kinds = tuple(f"worldview_{c + 1}" for c in range(classes))
    latent = [i for i in questionnaire.items if is_latent(i, questionnaire)]
    others = [i for i in questionnaire.items if i not in latent and i.name != questionnaire.group]
    by_class = [i for i in others if i.role in _BY_CLASS]
    by_group = [i for i in others if i.role not in _BY_CLASS]
    thresholds = {i.name: _thresholds(i) for i in latent if latent_levels(i)}
    shares = np.array([draw.number(0.3, "share", g) for g in groups])
    return Truth(
        groups=groups,
        values=values,
        classes=kinds,
        interventions=interventions,
        signals=signals,
        group_shares=softmax(shares),
        value_means=_value_means(draw, groups, values),
        value_covariance=zero_sum_covariance(len(values), sd=0.8),
        class_shares=softmax(draw.array(0.9, "class share", groups, kinds), axis=1),
        rating_loadings=1 + draw.array(0.08, "loading", groups, values),
        style_means=draw.array(0.2, "style", groups),
        thresholds=thresholds,
        class_profiles=_profiles(draw, by_class, classes, sd=1.2),
        group_profiles=_profiles(draw, by_group, len(groups), sd=0.4),
        consequence_means=draw.array(0.7, "consequence", kinds, interventions, values),
        consequence_deviations=draw.array(0.15, "consequence", groups, interventions, values),
        consequence_dont_know=np.linspace(0.03, 0.12, classes),
        signal_means=draw.array(0.7, "signal", kinds, interventions, signals),
        signal_deviations=draw.array(0.15, "signal", groups, interventions, signals),
        intercepts=draw.array(0.4, "intercept", interventions),
        signal_weights=0.4 + draw.array(0.1, "signal weight", signals),
        residuals=draw.array(0.2, "residual", groups, interventions),
        information={name: _response(draw, name, kinds) for name in questionnaire.information},
        stipulated=stipulated_consequences(questionnaire, thresholds),
        part_worths=default_part_worths(draw, questionnaire),
    )


def _response(draw: NamedNormals, name: str, kinds: tuple[str, ...]) -> Response:
    """Beliefs follow where the source is trusted, support half as far; half of it lasts."""
    trust = ("distrusts", "trusts")
    beliefs = draw.array(0.4, "response", (name,), trust, kinds)[0]
    beliefs += np.array([[0.0], [0.8]])
    return Response(beliefs, beliefs / 2, lasts=0.5)


def _value_means(draw: NamedNormals, groups: tuple[str, ...], values: tuple[str, ...]) -> Floats:
    """Group means around a common one: rows sum to 0, deviations sum to 0 over groups."""
    if not values:
        return np.zeros((len(groups), 0))
    common = draw.array(0.7, "value", values)
    deviations = draw.array(0.5, "value", groups, values)
    deviations = deviations - deviations.mean(axis=0)
    means = common + deviations
    return np.asarray(means - means.mean(axis=1, keepdims=True))


def zero_sum_covariance(values: int, *, sd: float) -> Floats:
    """Return the covariance with equal variances sd² of vectors that sum to 0."""
    if values < 2:
        return np.zeros((values, values))
    centring = np.eye(values) - 1 / values
    return centring * (sd**2 * values / (values - 1))


def _thresholds(item: Item) -> Floats:
    """Return cut points that make the levels about equally likely at the latent centre."""
    levels = len(item.options)
    share = np.arange(1, levels) / levels
    cuts = np.log(share / (1 - share))
    return np.asarray(cuts - (_RATING_SHIFT if item.role is Role.VALUE_RATING else 0.0))


def _profiles(
    draw: NamedNormals, items: Iterable[Item], kinds: int, *, sd: float
) -> dict[str, Profile | NumberProfile]:
    """Return the profiles of items that can be answered from one."""
    drawn = {item.name: _profile(draw, item, kinds, sd) for item in items}
    return {name: profile for name, profile in drawn.items() if profile is not None}


def _profile(
    draw: NamedNormals, item: Item, kinds: int, sd: float
) -> Profile | NumberProfile | None:
    rng = draw.generator("profile", item.name)
    dont_know = rng.uniform(0.02, 0.12, kinds)
    if item.type in (ItemType.INTEGER, ItemType.DECIMAL):
        low, high = limits(item)
        middle, width = (low + high) / 2, high - low
        means = middle + rng.normal(0, sd / 6 * width, kinds)
        return NumberProfile(means.clip(low, high), width / 6, dont_know)
    if item.options:
        return Profile(_probabilities(rng, item, kinds, sd), dont_know)
    return None


def _probabilities(rng: np.random.Generator, item: Item, kinds: int, sd: float) -> Floats:
    options = len(item.options)
    if item.type is ItemType.SELECT_MULTIPLE:
        common = rng.normal(-0.5, 0.7, options)
        return expit(common + rng.normal(0, sd, (kinds, options)))
    if item.level == "ordinal":
        spread = np.linspace(-sd, sd, kinds) if kinds > 1 else np.zeros(1)
        location = rng.permutation(spread) * rng.uniform(0.5, 1.3) + rng.normal(0, 0.4)
        cumulative = expit(_thresholds(item) - location[:, None])
        edges = np.pad(cumulative, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
        return np.diff(edges, axis=1)
    common = rng.normal(0, 0.5, options)
    return np.asarray(softmax(common + rng.normal(0, sd, (kinds, options)), axis=1))
