"""Which answers say that one concept acts on another, and how each of them counts.

An answer counts from −1 (the lowest of its scale: much less of the effect) over 0 (no difference)
to 1 (the highest), in equal steps on each side. Answers on what a proposal would do for a value
count in the same way, so that the two can be held against each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mfp_stats.design.data import Beliefs, Floats, Ints, ModelData
from mfp_stats.questionnaire.concepts import links_of
from mfp_stats.questionnaire.model import Item, Questionnaire, Role, short_label
from mfp_stats.questionnaire.stipulations import middle_level


@dataclass(frozen=True, slots=True, eq=False)
class CausalDesign:
    """Links between K concepts, and what was said of proposals. T = answers to all beliefs.

    Rows of ``link_scores`` and ``said_scores`` times the probabilities of all answers (T,), as
    ``profile`` of a worldview holds them, are expected answers, −1 to 1.
    """

    concepts: tuple[str, ...]
    concept_labels: tuple[str, ...]
    links: Ints  #: (L, 2) cause and effect, indices into ``concepts``
    link_n: Ints  #: (L,) people who answered
    link_scores: Floats  #: (L, T)
    proposals: tuple[str, ...]  #: X interventions that move a concept
    proposal_labels: tuple[str, ...]
    moves: Floats  #: (X, K) −1 to 1
    said: Ints  #: (M, 2) proposal and concept whose consequence was rated
    said_scores: Floats  #: (M, T)
    #: What of the map is left out, and why.
    notes: tuple[str, ...] = ()


def causal_design(
    questionnaire: Questionnaire, data: ModelData, *, language: str = "en"
) -> CausalDesign | None:
    """Return the links that enough people answered about; None where no item asks about any.

    Parameters
    ----------
    questionnaire
        Whose beliefs link concepts.
    data
        The answers. Links that no more people answered about than the questionnaire's floor are
        left out with a note; of a link that several items ask about, their mean counts.
    language
        Of the labels.
    """
    asked = links_of(questionnaire)
    if not asked or data.beliefs is None:
        return None
    places = {name: k for k, name in enumerate(questionnaire.concepts)}
    scores = _Scores(data.beliefs)
    notes: list[str] = []
    links: list[tuple[int, int]] = []
    rows: list[tuple[int, Floats]] = []
    for (cause, effect), names in asked.items():
        found = scores.mean_of([questionnaire.item(name) for name in names])
        if found is None or found[0] <= questionnaire.floor:
            notes.append(_left_out(questionnaire, cause, effect, language))
            continue
        links.append((places[cause], places[effect]))
        rows.append(found)
    moving = [p for p in questionnaire.interventions.values() if p.moves]
    rated = list(_said(questionnaire, [p.name for p in moving], places, scores))
    size = scores.size
    return CausalDesign(
        concepts=tuple(places),
        concept_labels=tuple(short_label(c, language) for c in questionnaire.concepts.values()),
        links=np.array(links, dtype=np.int64).reshape(-1, 2),
        link_n=np.array([n for n, _ in rows], dtype=np.int64),
        link_scores=np.array([row for _, row in rows]).reshape(-1, size),
        proposals=tuple(p.name for p in moving),
        proposal_labels=tuple(short_label(p, language) for p in moving),
        moves=np.array([[p.moves.get(name, 0.0) for name in places] for p in moving]).reshape(
            -1, len(places)
        ),
        said=np.array([cell for cell, _ in rated], dtype=np.int64).reshape(-1, 2),
        said_scores=np.array([row for _, row in rated]).reshape(-1, size),
        notes=tuple(notes),
    )


class _Scores:
    """How every answer to the indicators counts."""

    def __init__(self, beliefs: Beliefs) -> None:
        self._beliefs = beliefs
        self._at = {indicator.name: h for h, indicator in enumerate(beliefs.indicators)}
        sizes = [len(indicator.categories) for indicator in beliefs.indicators]
        self._ends = list(pairwise(np.concatenate([[0], np.cumsum(sizes)]).tolist()))
        #: T
        self.size = sum(sizes)

    def mean_of(self, items: Sequence[Item]) -> tuple[int, Floats] | None:
        """Return who answered any of the items, and how answers count (T,); None: none is used."""
        used = [item for item in items if item.name in self._at]
        if not used:
            return None
        answered = np.zeros(len(self._beliefs.answers), dtype=np.bool_)
        row = np.zeros(self.size)
        for item in used:
            h = self._at[item.name]
            answered |= self._beliefs.answers[:, h] >= 0
            first, end = self._ends[h]
            counts = answer_scores(item)
            categories = self._beliefs.indicators[h].categories
            row[first:end] += np.array([counts[name] for name in categories]) / len(used)
        return int(answered.sum()), row


def answer_scores(item: Item) -> dict[str, float]:
    """Return how each answer to an ordinal item counts, −1 to 1, by the option's name."""
    names = item.scored_names
    middle, last = middle_level(item), len(names) - 1

    def score(level: int) -> float:
        away = level - middle
        return away / (last - middle) if away > 0 else away / middle if away else 0.0

    return {name: score(level) for level, name in enumerate(names)}


def _said(
    questionnaire: Questionnaire, moving: Sequence[str], places: dict[str, int], scores: _Scores
) -> Iterator[tuple[tuple[int, int], Floats]]:
    """Yield the proposal, the concept and the scores of each rated consequence of the map's."""
    concept_of = {c.value: places[name] for name, c in questionnaire.concepts.items() if c.value}
    about: dict[tuple[int, int], list[Item]] = {}
    for item in questionnaire.with_role(Role.CONSEQUENCE):
        if item.intervention in moving and item.value in concept_of and item.is_ordinal:
            cell = moving.index(item.intervention), concept_of[item.value]
            about.setdefault(cell, []).append(item)
    for cell, items in about.items():
        found = scores.mean_of(items)
        if found is not None and found[0] > questionnaire.floor:
            yield cell, found[1]


def _left_out(questionnaire: Questionnaire, cause: str, effect: str, language: str) -> str:
    ends = [short_label(questionnaire.concepts[name], language) for name in (cause, effect)]
    return (
        f"“{ends[0]}” → “{ends[1]}” is left out of the causal map, and of what follows from it: "
        "too few people answered about it, or all alike."
    )
