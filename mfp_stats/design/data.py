"""What a model file receives: arrays whose axes are named by coordinates. numpy only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # it is made of arrays of this module
    from mfp_stats.design.conjoint_choices import Conjoint

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
#: What estimates that use weights are called: raked where margins of the population count.
Weighting = Literal["weighted", "raked"]
#: What 0 is on the scale of a rating: the answer that the questionnaire names as neutral, or, where
#: it names none, no more than the middle of the scale.
NEUTRAL: Final = "neutral"
MIDDLE: Final = "middle"


@dataclass(frozen=True, slots=True, eq=False)
class BestWorst:
    """Best–worst tasks, one row a task answered. S = options shown."""

    person: Ints  #: (task,) row of ``ModelData.respondents``
    shown: Ints  #: (task, S) value indices; -1 pads smaller sets
    best: Ints  #: (task,) position within ``shown``
    worst: Ints  #: (task,) position within ``shown``; -1 where only the best was given


@dataclass(frozen=True, slots=True, eq=False)
class Picks:
    """Pick-k tasks: an unordered set chosen out of those offered. K = values."""

    person: Ints  #: (task,)
    offered: Bools  #: (task, K)
    chosen: Bools  #: (task, K); subset of offered, at least one, never all


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """Full or partial rankings."""

    person: Ints  #: (task,)
    offered: Bools  #: (task, K)
    order: Ints  #: (task, K) value indices, most important first; -1 after the last ranked


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Importance ratings on one ordinal scale, one row an answered rating."""

    person: Ints  #: (rating,)
    value: Ints  #: (rating,)
    level: Ints  #: (rating,) 0 = least important, reverse scoring already undone
    levels: tuple[str, ...]  #: names of the scale's levels, least important first


@dataclass(frozen=True, slots=True, eq=False)
class Guesses:
    """What people think matters most to most of a group, their own or another."""

    picks: Picks  #: one row a guess
    guessed: Ints  #: (guess,) index into ``ModelData.groups``


@dataclass(frozen=True, slots=True, eq=False)
class SupportGuesses:
    """What people think that most of a group would answer to a proposal, beside the answers."""

    intervention: str
    label: str
    person: Ints  #: (guess,)
    guessed: Ints  #: (guess,) index into ``ModelData.groups``
    accepts: Bools  #: (guess,) whether the guessed answer counts as accepting
    asked: Ints  #: (answer,) persons who answered for themselves
    accepted: Bools  #: (answer,)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One categorical variable of the worldview mixture.

    A select_one item gives one (plus a ``dont_know`` one where that was offered and used);
    a pick-k item gives one binary per option (plus a ``dont_know`` one), but none for "other" and
    for an exclusive option that the others imply ("none of these"); where a person does not know,
    the substantive indicators of that item are missing for them.
    """

    name: str  #: item, or item/option, or item/dont_know
    item: str
    kind: Literal["ordinal", "nominal", "binary"]
    categories: tuple[str, ...]  #: option names, or ("no", "yes")
    label: str  #: plain words for tables
    category_labels: tuple[str, ...]
    consequence: bool = False  #: whether it is about what an intervention would do


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """Answers to belief (and consequence) items as categorical indicators. H = indicators."""

    indicators: tuple[Indicator, ...]
    answers: Ints  #: (person, H) 0-based category; -1 missing


@dataclass(frozen=True, slots=True, eq=False)
class Expectations:
    """What people expect of interventions and are told by them. J = cells, one a question.

    A cell is one intervention with one value as its outcome, or with one signal.
    """

    interventions: tuple[str, ...]  #: X names
    signals: tuple[str, ...]  #: Q names of the signals that are rated
    signal_labels: tuple[str, ...]
    intervention: Ints  #: (J,) index into ``interventions``
    value: Ints  #: (J,) index into ``ModelData.values``; -1 where the cell is a signal
    signal: Ints  #: (J,) index into ``signals``; -1 where the cell is an outcome
    scale: Ints  #: (J,) index of the answer scale; cells of one scale stand side by side
    levels: Ints  #: (scales,) number of levels of each
    #: (scales,) the level that says "no difference", or the middle; halves lie between two levels.
    neutral: Floats
    answers: Ints  #: (N, J) level, higher = better for the outcome, more of the signal; -1 missing
    #: (J,) whether ``neutral`` is an answer that the questionnaire names; None: of no cell.
    named: Bools | None = None

    def zero(self, cell: int) -> str:
        """Return what 0 is in a cell, ``NEUTRAL`` or ``MIDDLE``."""
        return NEUTRAL if self.named is not None and self.named[cell] else MIDDLE

    @property
    def has_outcomes(self) -> bool:
        """Whether any outcome was asked about."""
        return bool((self.value >= 0).any())


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """Whether people accept interventions. X = interventions with a response."""

    interventions: tuple[str, ...]
    intervention_labels: tuple[str, ...]
    levels: tuple[str, ...]  #: names of the answers' levels, least accepting first
    accept: int  #: lowest level that counts as accepting
    answers: Ints  #: (N, X) level; -1 missing
    #: (N, X) answers under consequences that everybody was told to suppose; None: never asked.
    stipulated: Ints | None = None
    #: What they supposed: value to levels above "no difference", others make none; None: not known,
    #: or not the same in all of these questions.
    supposed: Mapping[str, float] | None = None
    #: The interventions are the options of one question, of which a person chose one.
    exclusive: bool = False
    #: Names of the items that were answered, the stipulated ones aside; empty: not known.
    questions: tuple[str, ...] = ()

    @property
    def accepts(self) -> Ints:
        """Who accepts what, (N, X): 1 accepts, 0 does not, −1 gave no answer."""
        return self._accepting(self.answers)

    @property
    def accepts_offers(self) -> Ints:
        """Who accepts which offer, (N, O), likewise.

        Offers are the interventions, then the same under stipulated consequences where asked.
        """
        told = self.accepts_stipulated
        return self.accepts if told is None else np.concatenate([self.accepts, told], axis=1)

    @property
    def accepts_stipulated(self) -> Ints | None:
        """Who accepts what under stipulated consequences, likewise; None: never asked."""
        return None if self.stipulated is None else self._accepting(self.stipulated)

    def _accepting(self, answers: Ints) -> Ints:
        return np.where(answers >= 0, (answers >= self.accept).astype(np.int64), -1)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """What is known of each person without a look at responses. C = worldviews.

    Moments of the index that a response rests on: the expected value ``K Σ_k w_ik m_ixk`` and the
    signals ``s_ixq``, given each worldview; where outcomes were not asked, of the values ``v_i``.
    X follows ``ModelData.responses``.

    What rests on ratings is known up to ρ, the share of a rating's noise that is the person's own
    deviation: a last axis holds coefficients of ρ⁰, ρ¹, … of a mean, to be divided by √(1 − ρ),
    and of a variance, to be divided by 1 − ρ.
    """

    log_membership: Floats  #: (N, C) log-probabilities of the worldviews
    expected: Floats  #: (N, X, C, 2) ρ⁰, ρ¹ of the mean; zeros in the reduced form
    expected_variance: Floats  #: (N, X, C, 3) ρ⁰, ρ¹, ρ²
    signal: Floats  #: (N, X, C, Q, 2) ρ⁰, ρ¹
    signal_variance: Floats  #: (N, X, C, Q, 2) ρ¹, ρ²
    value: Floats  #: (N, K) mean of v
    value_covariance: Floats  #: (N, K, K)
    reduced: bool  #: whether outcomes were not asked


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """Something of people's record, and where along it results are told."""

    name: str
    label: str
    kind: str  #: "ordinal", "nominal" or "number"
    levels: tuple[str, ...]
    level_labels: tuple[str, ...]
    places: Floats  #: (L,) the answers that the levels stand for


@dataclass(frozen=True, slots=True, eq=False)
class Experience:
    """The record that people reason from. J predictors."""

    predictors: tuple[Predictor, ...]
    answers: Floats  #: (N, J) 0-based level, or the number; NaN missing


@dataclass(frozen=True, slots=True)
class MovedAnswer:
    """An answer that a piece of information speaks for or against."""

    name: str  #: of the item, or of the proposal that is supported
    label: str
    support: bool  #: whether it is support of a proposal, else a belief
    direction: int  #: 1 or −1: whether more of it would follow from the information
    levels: tuple[str, ...]  #: least first
    accept: int = 0  #: support: lowest level that counts as accepting


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Answers of people who were told something beside those of others.

    P rows, O occasions, J answers. An arm's row is a person, with what they answered when some were
    told and in the next wave after that; where all were told between waves, a row is a person in
    one wave, and there is one occasion.
    """

    name: str
    label: str
    randomised: bool  #: whether chance decided who was told
    #: "" alone, or those of ``distrusts`` and ``trusts`` that are large enough
    strata: tuple[str, ...]
    occasions: tuple[str, ...]  #: "at_once", then "later" where enough people answered again
    cells: tuple[MovedAnswer, ...]  #: beliefs first
    touched: tuple[str, ...]  #: items on beliefs that any information speaks for, used or not
    person: Ints  #: (P,) row of ``ModelData``
    told: Bools  #: (P,)
    stratum: Ints  #: (P,) index into ``strata``
    answers: Ints  #: (P, O, J) level; -1 missing, and where too few gave any

    @property
    def kinds(self) -> tuple[str, ...]:
        """``belief``, then ``support`` where that was asked about."""
        return ("belief", "support") if any(cell.support for cell in self.cells) else ("belief",)

    @property
    def kind(self) -> Ints:
        """(J,) index into ``kinds``."""
        return np.array([int(cell.support) for cell in self.cells], dtype=np.int64)

    def asked(self, occasion: int, stratum: int) -> Bools:
        """Return which answers people of a stratum gave on an occasion, (J,)."""
        given = self.answers[self.stratum == stratum, occasion] >= 0
        return np.asarray(given.any(axis=0), dtype=np.bool_)


def weightings_of(weight: Floats | None, weighting: Weighting) -> dict[str, Floats | None]:
    """Return how people may count: the name of each way and the weights (N,), None for all alike.

    Parameters
    ----------
    weight
        (N,) mean 1; None where there are no weights.
    weighting
        What estimates that use them are called.
    """
    alike: dict[str, Floats | None] = {"unweighted": None}
    return alike if weight is None else alike | {weighting: weight}


@dataclass(frozen=True, slots=True, eq=False)
class ModelData:
    """Everything of one survey that models may condition on. N = persons, G = groups.

    Only persons with a known group are in it. Reverse-scored items are already turned so that
    higher means more of the construct. A survey without a role has None there.
    """

    survey: str
    questionnaire: str  #: content hash
    respondents: tuple[str, ...]
    groups: tuple[str, ...]  #: group names with at least one person, questionnaire order
    group_labels: tuple[str, ...]
    group: Ints  #: (N,) index into groups
    weight: Floats | None  #: (N,) mean 1, None where the survey has no weights
    values: tuple[str, ...]  #: K value names
    value_labels: tuple[str, ...]
    best_worst: BestWorst | None = None
    picks: Picks | None = None
    rankings: Rankings | None = None
    ratings: Ratings | None = None
    beliefs: Beliefs | None = None
    experience: Experience | None = None
    expectations: Expectations | None = None
    responses: Responses | None = None
    #: (N, C) log-probabilities of worldviews given beliefs; set between two models of one fit.
    log_membership: Floats | None = None
    #: (N, C) log density of a person's beliefs in each worldview, up to a constant; likewise.
    log_evidence: Floats | None = None
    index: Index | None = None  #: likewise
    #: What part of the people were told, a piece of information each.
    information: tuple[Told, ...] = ()
    told: Told | None = None  #: one of them; set while it is fitted
    #: Choices between made-up proposals, a block each.
    conjoints: "tuple[Conjoint, ...]" = ()
    conjoint: "Conjoint | None" = None  #: one of them; set while it is fitted
    guesses: Guesses | None = None
    support_guesses: tuple[SupportGuesses, ...] = ()
    #: Persons per group who answered "don't know" to a trade-off: {group: n}.
    undecided: Mapping[str, int] | None = None
    #: What of the survey was left out and why, in plain words.
    notes: tuple[str, ...] = ()
    weighting: Weighting = "weighted"  #: what estimates that use ``weight`` are called

    @property
    def has_tradeoffs(self) -> bool:
        """Whether any trade-off task was answered."""
        return any(x is not None for x in (self.best_worst, self.picks, self.rankings))

    @property
    def has_evidence(self) -> bool:
        """Whether there is anything that a model can be fitted to."""
        parts = (self.ratings, self.beliefs, self.responses)
        any_part = any(part is not None for part in parts)
        return self.has_tradeoffs or any_part or bool(self.conjoints)

    @property
    def group_sizes(self) -> Ints:
        """Persons per group, shape (G,)."""
        return np.bincount(self.group, minlength=len(self.groups)).astype(np.int64)

    @property
    def weightings(self) -> dict[str, Floats | None]:
        """How people may count, see :func:`weightings_of`."""
        return weightings_of(self.weight, self.weighting)

    @property
    def best_weighting(self) -> str:
        """The way of counting that estimates are told in: with weights, where there are any."""
        return "unweighted" if self.weight is None else self.weighting

    def only_tradeoffs(self) -> Self:
        """Return the same people with trade-off evidence alone (revealed priorities)."""
        return replace(self, ratings=None, beliefs=None)

    def only_ratings(self) -> Self:
        """Return the same people with ratings alone (claimed priorities)."""
        return replace(self, best_worst=None, picks=None, rankings=None, beliefs=None)
