"""What is to be checked before fieldwork, and which simulated surveys that takes."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from mfp_stats.errors import DesignCheckRefused, Fault
from mfp_stats.quantities.shapley import CAUSES
from mfp_stats.questionnaire.model import Block, Questionnaire, Role
from mfp_stats.simulate.needs import what_is_missing
from mfp_stats.simulate.survey import MOST
from mfp_stats.simulate.truths import DEFAULT_EFFECT
from mfp_stats.weights import Margins
from mfp_stats.workflow.prefield.margins import group_share_faults

#: The truth without a gap; of the others each cause carries one.
NONE: Final = "none"
#: Groups differ moderately in everything: where no cause can be simulated, intervals would be those
#: of groups that are all alike, of which overlap is known best.
MODERATE: Final = "moderate"
#: Surveys simulated and fitted of each truth, unless others are asked for, and at most.
REPLICATES: Final = 2
MOST_REPLICATES: Final = 100
#: Truths in which blocks are halved: those that the check is first of all about.
HALVED_UNDER: Final = ("values", "models")
#: What the answers of a block inform that a verdict rests on.
EVIDENCE: Final = frozenset(
    {
        *(Role.VALUE_TRADEOFF, Role.VALUE_RATING, Role.BELIEF),
        *(Role.CONSEQUENCE, Role.SIGNAL, Role.RESPONSE),
    }
)
#: Versions of overlap, and what each rests on.
OF_OVERLAP: Final = {"revealed": Role.VALUE_TRADEOFF, "claimed": Role.VALUE_RATING}
_SUM_TO_ONE: Final = 0.005


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """One survey to simulate and fit; with half of a block's answers where one is named."""

    truth: str
    replicate: int
    block: str | None = None

    @property
    def name(self) -> str:
        """Name of its row: ``values-1``, ``values-1-half-beliefs``."""
        whole = f"{self.truth}-{self.replicate + 1}"
        return whole if self.block is None else f"{whole}-half-{self.block}"

    def seed(self, first: int) -> int:
        """Return the seed of its people and answers, another one for each whole survey."""
        text = f"{first}\x1f{self.truth}\x1f{self.replicate}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


@dataclass(frozen=True, slots=True)
class DesignPlan:
    """What is checked: how many people of which groups, and how large a gap.

    Make one with :func:`plan_design`, which checks it.
    """

    n: int
    shares: Mapping[str, float]  #: of the groups, in the questionnaire's order; they sum to 1
    effect: float  #: true gap between the two most different groups, a share
    seed: int
    replicates: int
    truths: tuple[str, ...]
    blocks: tuple[str, ...]  #: to be halved
    #: Shares of the population that answers are raked to, of each item's options.
    margins: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def tasks(self) -> list[SurveyTask]:
        """Return the surveys to simulate, truths in turn, then those with half a block."""
        whole = [SurveyTask(t, r) for r in range(self.replicates) for t in self.truths]
        return [*whole, *(SurveyTask(t, 0, b) for b in self.blocks for t in self.halved_under())]

    @property
    def causes(self) -> tuple[str, ...]:
        """The causes of a gap that are simulated."""
        return tuple(truth for truth in self.truths if truth in CAUSES)

    def halved_under(self) -> tuple[str, ...]:
        """Return the truths in which blocks are halved."""
        return tuple(t for t in HALVED_UNDER if t in self.truths) or self.truths[:1]

    def sizes(self) -> dict[str, int]:
        """Return the expected number of people in each group."""
        return {group: round(self.n * share) for group, share in self.shares.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {
            "n": self.n,
            "shares": dict(self.shares),
            "effect": self.effect,
            "seed": self.seed,
            "replicates": self.replicates,
            "truths": list(self.truths),
            "blocks": list(self.blocks),
            "margins": {item: dict(shares) for item, shares in self.margins.items()},
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Undo :meth:`to_dict`."""
        lists = {name: tuple(values[name]) for name in ("truths", "blocks")}
        return cls(**{**values, **lists})


def plan_design(
    questionnaire: Questionnaire,
    *,
    n: int,
    groups: Mapping[str, float] | None = None,
    effect: float = DEFAULT_EFFECT,
    replicates: int = REPLICATES,
    blocks: bool = False,
    seed: int = 1,
    margins: Margins | None = None,
) -> DesignPlan:
    """Plan the check of a questionnaire.

    Parameters
    ----------
    questionnaire
        What is to be fielded, or describes somebody else's survey.
    n
        People who will answer.
    groups
        Share of each stakeholder group among them; None: all groups alike.
    effect
        Gap in acceptance that the survey should tell the cause of, a share above 0 and below 1.
    replicates
        Surveys to simulate and fit of each truth.
    blocks
        Whether to find out, by fits with half of its answers, what each block is worth.
    seed
        Of everything that is drawn.
    margins
        Shares of the population that a fit would rake answers to; None: it would not.

    Raises
    ------
    DesignCheckRefused
        Groups or their shares do not fit the questionnaire or the margins, there are too few people
        for anything to be shown, a number is out of its range, or the questionnaire asks neither
        about values nor about proposals; all faults.
    """
    shares = dict.fromkeys((option.name for option in questionnaire.groups), 0.0)
    held = {} if margins is None else margins.shares
    faults = [
        *_number_faults(n, effect, replicates, seed),
        *_group_faults(questionnaire, groups),
        *group_share_faults(questionnaire, held, groups or shares),
    ]
    if not any(item.role in _SHOWN for item in questionnaire.items):
        what = "asks neither what people value nor which proposals they accept"
        fix = "Add a block with 'role: value_tradeoff' or 'role: response'."
        faults.append(Fault(questionnaire.survey, what, fix=fix))
    if not faults:
        given = groups or dict.fromkeys(shares, 1 / len(shares))
        total = sum(given.values())
        shares = {name: given[name] / total for name in shares}
        faults += _size_faults(questionnaire, n, shares)
    if faults:
        raise DesignCheckRefused(faults, about=questionnaire.survey)
    return DesignPlan(
        n=n,
        shares=shares,
        effect=effect,
        seed=seed,
        replicates=replicates,
        truths=truths_of(questionnaire),
        blocks=tuple(block.name for block in evidence(questionnaire)) if blocks else (),
        margins=held,
    )


#: Roles of which something that the check is about is displayed.
_SHOWN: Final = frozenset({Role.VALUE_TRADEOFF, Role.VALUE_RATING, Role.RESPONSE})


def _number_faults(n: int, effect: float, replicates: int, seed: int) -> Iterator[Fault]:
    if not 1 <= n <= MOST:
        yield Fault("n", f"is {n:,}; between 1 and {MOST:,} people can be simulated")
    if not 0 < effect < 1:
        yield Fault("effect", f"is {effect:g}, but must be above 0 and below 1")
    if not 1 <= replicates <= MOST_REPLICATES:
        yield Fault("replicates", f"is {replicates}, but must be from 1 to {MOST_REPLICATES}")
    if seed < 0:
        yield Fault("seed", f"is {seed}, but must be 0 or more")


def _group_faults(
    questionnaire: Questionnaire, groups: Mapping[str, float] | None
) -> Iterator[Fault]:
    known = tuple(option.name for option in questionnaire.groups)
    if groups is None:
        return
    for name, share in groups.items():
        if name not in known:
            yield Fault(f"groups.{name}", "is no group of the questionnaire", known=known)
        if not share > 0:
            yield Fault(f"groups.{name}", f"has the share {share:g}, but must have one above 0")
    for name in known:
        if name not in groups:
            fix = "To ask none of them, take them out of the questionnaire's options."
            yield Fault(f"groups.{name}", "has no share", fix=fix)
    total = sum(groups.values())
    if abs(total - 1) > _SUM_TO_ONE:
        yield Fault("groups", f"have shares that sum to {total:.3g}, not to 1")


def _size_faults(
    questionnaire: Questionnaire, n: int, shares: Mapping[str, float]
) -> Iterator[Fault]:
    """Yield a fault where too few groups are large enough to be shown."""
    floor = questionnaire.floor
    shown = sum(n * share > floor for share in shares.values())
    if shown >= 2:
        return
    sizes = ", ".join(f"{name} {n * share:.0f}" for name, share in shares.items())
    what = (
        f"is {n}: groups of {floor} or fewer people are not shown, and {shown or 'none'} would "
        f"be larger ({sizes})"
    )
    yield Fault("n", what, fix="Two must be. Plan for more people, or for other shares.")


def truths_of(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return the truths that can be simulated with a questionnaire."""
    causes = tuple(t for t in CAUSES if not what_is_missing(questionnaire, t))
    return (*(causes or (MODERATE,)), NONE)


def evidence(questionnaire: Questionnaire) -> list[Block]:
    """Return the blocks whose answers verdicts rest on, or overlap where there are no verdicts.

    Ratings of values count only where there are no trade-offs to rest on; beliefs, consequences and
    signals only where somebody is asked what they accept.
    """
    asked = any(not item.stipulated for item in questionnaire.with_role(Role.RESPONSE))
    roles = set(EVIDENCE) if asked else set(OF_OVERLAP.values())
    if questionnaire.with_role(Role.VALUE_TRADEOFF):
        roles.discard(Role.VALUE_RATING)
    counted = {i.block for i in questionnaire.items if i.role in roles and not i.stipulated}
    return [block for block in questionnaire.blocks if block.name in counted]
