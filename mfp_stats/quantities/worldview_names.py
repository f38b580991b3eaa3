"""Names of worldviews, made of the beliefs that set them most apart.

Names rest on EM's solution alone: the posterior of another seed has other noise in the last
digits, and a name that changed with it would not be one.
"""

from typing import Final

import numpy as np

from mfp_stats.design.data import Floats, Indicator
from mfp_stats.likelihoods.categories import Categories
from mfp_stats.likelihoods.em import ClassSolution

#: Beliefs in a name.
BELIEFS: Final = 2
#: Longest that a question or an answer may be in a name, in characters.
LENGTH: Final = 60
#: Standard errors by which a difference is discounted: two-sided 90 %.
DISCOUNT: Final = 1.645
#: The one worldview of people who are not divided: by how far they differ, it says nothing.
EVERYBODY: Final = "All people together"
#: Said where something rests on several worldviews.
NOT_DIVIDED: Final = (
    "People are not divided into worldviews, so that nothing can be told of who holds which."
)


def name_worldviews(
    indicators: tuple[Indicator, ...], categories: Categories, solution: ClassSolution
) -> tuple[str, ...]:
    """Name each worldview of a solution in plain words.

    A belief counts for a worldview by how much more often it is held there than by everyone,
    less ``DISCOUNT`` standard errors. Each item gives at most one belief. "Not" is used for
    options that are picked less often only where too few are picked more often.

    Returns
    -------
    names
        One a worldview, all different, in the solution's order.
    """
    if solution.classes == 1:
        return (EVERYBODY,)
    score = _scores(categories, solution)
    names: list[str] = []
    for c in range(solution.classes):
        beliefs = _beliefs(indicators, categories, score[:, c])
        used = BELIEFS
        while (name := "; ".join(beliefs[:used])) in names and used < len(beliefs):
            used += 1
        names.append(name if name not in names else f"{name} ({c + 1})")
    return tuple(names)


def belief_phrase(indicator: Indicator, category: int) -> str:
    """Say in words that somebody gives an answer: ``Jobs: more lost than made``."""
    label, answer = _short(indicator.label), _short(indicator.category_labels[category])
    if indicator.kind == "binary":
        return label if category == 1 else f"not {label}"
    joint = " " if label.endswith(("?", "…", ":")) else ": "
    return f"{label}{joint}{answer}"


def _scores(categories: Categories, solution: ClassSolution) -> Floats:
    """Discounted difference of each answer's share in each class from everyone's, (T, C)."""
    answered = categories.chosen.T @ solution.responsibilities
    answered = np.add.reduceat(answered, categories.starts, axis=0)[categories.indicator]
    profile = solution.best.profile
    error = np.sqrt(np.maximum(profile * (1 - profile), 0) / np.maximum(answered, 1.0))
    return np.asarray(profile - categories.marginal[:, None] - DISCOUNT * error)


def _beliefs(indicators: tuple[Indicator, ...], categories: Categories, score: Floats) -> list[str]:
    """Return a worldview's beliefs as phrases, most distinctive first, one an item."""
    within = np.arange(len(score)) - categories.starts[categories.indicator]
    asserted = [
        indicators[h].kind != "binary" or k == 1
        for h, k in zip(categories.indicator, within, strict=True)
    ]
    order = np.lexsort([np.arange(len(score)), -np.round(score, 9), ~(asserted & (score > 0))])
    phrases: dict[str, str] = {}
    for t in order:
        indicator = indicators[categories.indicator[t]]
        phrases.setdefault(indicator.item, belief_phrase(indicator, int(within[t])))
    return list(phrases.values())


def _short(text: str) -> str:
    """Cut a text at a word and mark the cut."""
    text = " ".join(text.split())
    if len(text) <= LENGTH:
        return text.rstrip(".")
    return text[: LENGTH - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
