"""The questionnaire as the rest of the library sees it: frozen, expanded, already validated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from mfp_stats.responses import Status

#: A text per language code, e.g. ``{"en": "A fair share of the benefits"}``.
Text = Mapping[str, str]


class Role(StrEnum):
    """What an item measures (method, section 2)."""

    VALUE_TRADEOFF = "value_tradeoff"
    VALUE_RATING = "value_rating"
    BELIEF = "belief"
    CONSEQUENCE = "consequence"
    SIGNAL = "signal"
    RESPONSE = "response"
    CONJOINT = "conjoint"
    PERCEPTION = "perception"
    EXPERIENCE = "experience"
    GROUP = "group"
    COVARIATE = "covariate"
    WEIGHT = "weight"
    ARM = "arm"
    WAVE = "wave"
    ATTENTION = "attention"
    OPEN = "open"


class ItemType(StrEnum):
    """How an item is answered; XLSForm's names where it has one."""

    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    BEST_WORST = "best_worst"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    NOTE = "note"


ScaleLevel = Literal["ordinal", "nominal"]


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be ticked. ``name`` is what is stored, ``label`` what is shown."""

    name: str
    label: Text
    #: Choosing it excludes every other option of a select_multiple.
    exclusive: bool = False
    #: Attributes of an intervention and the like, for generated options.
    note: Text = field(default_factory=dict)
    #: A few words for tables, charts and names; empty: the label.
    short: Text = field(default_factory=dict)

    @property
    def residual(self) -> bool:
        """Whether it stands for whatever the list leaves out; such an option is named ``other``."""
        return self.name == "other"


@dataclass(frozen=True, slots=True)
class Item:
    """One question after its block was expanded.

    ``options`` holds substantive answers only, in scale order (lowest first unless ``reverse``);
    ways not to answer that the respondent may tick are in ``missing`` (status -> label).
    """

    name: str
    type: ItemType
    role: Role
    label: Text
    block: str
    options: tuple[Option, ...] = ()
    level: ScaleLevel = "nominal"
    scale: str | None = None
    missing: Mapping[Status, Text] = field(default_factory=dict)
    reverse: bool = False
    required: bool = False
    #: XLSForm-like expression over earlier items; empty = always asked.
    relevant: str = ""
    hint: Text = field(default_factory=dict)
    min_choices: int = 0
    max_choices: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    construct: str | None = None
    #: Keys into the questionnaire's lists, where the item was generated from them.
    value: str | None = None
    intervention: str | None = None
    signal: str | None = None
    #: perception items: the group whose choice is guessed.
    group_of: str | None = None
    #: perception items about a proposal: name of the response item whose answers are guessed.
    mirrors: str | None = None
    #: option name that says "no difference": of signals, consequences and links between concepts.
    neutral: str | None = None
    #: response items: lowest option name that counts as accepting.
    accept_from: str | None = None
    #: A few words for tables, charts and names; empty: the label.
    short: Text = field(default_factory=dict)
    #: response items: people were told which consequences to suppose (see the block).
    stipulated: bool = False
    #: belief items: more of the concept ``cause`` leads to how much more or less of ``effect``.
    cause: str | None = None
    effect: str | None = None
    #: conjoint items: what each option is made of, attribute -> level.
    profiles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Column of an imported file is bound in the mapping, never here.

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the answer's parts in the canonical response frame."""
        match self.type:
            case ItemType.SELECT_MULTIPLE | ItemType.RANK:
                return tuple(o.name for o in self.options)
            case ItemType.BEST_WORST:
                return ("best", "worst")
            case ItemType.NOTE:
                return ()
            case _:
                return ("",)

    @property
    def is_ordinal(self) -> bool:
        """Whether it is answered by one of several ordered levels."""
        return self.type is ItemType.SELECT_ONE and self.level == "ordinal"

    @property
    def option_names(self) -> tuple[str, ...]:
        """Stored names of the substantive options, in order; code k is position k."""
        return tuple(o.name for o in self.options)

    @property
    def scored_options(self) -> tuple[Option, ...]:
        """The substantive options, the one that says least of what is asked about first."""
        return self.options[::-1] if self.reverse else self.options

    @property
    def scored_names(self) -> tuple[str, ...]:
        """Stored names of :attr:`scored_options`."""
        return tuple(o.name for o in self.scored_options)


@dataclass(frozen=True, slots=True)
class Concept:
    """Something that there can be more or less of, and that beliefs link as cause or effect."""

    name: str
    label: Text
    #: The value that it is, where more of it is better for that value.
    value: str | None = None
    #: A few words for tables and charts; empty: the label.
    short: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Intervention:
    """A proposal that people respond to."""

    name: str
    label: Text
    description: Text = field(default_factory=dict)
    attributes: Mapping[str, float | str | bool] = field(default_factory=dict)
    #: A few words for tables, charts and names; empty: the label.
    short: Text = field(default_factory=dict)
    #: Concepts that it pushes by itself, −1 (as far down as can be) to 1 (as far up).
    moves: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Information:
    """Something that part of the people were told."""

    name: str
    label: Text
    #: One arm and the levels of it in which people were told; ``wave``: waves that came after.
    told: Mapping[str, tuple[str, ...]]
    #: Levels of the arm, or waves, in which people were told nothing; of waves, empty: all before.
    against: tuple[str, ...]
    #: Items whose answers would go up (1) or down (−1) with it, up being more of what they measure.
    beliefs: Mapping[str, int]
    #: Proposals whose support would go up (1) or down (−1) with it.
    support: Mapping[str, int] = field(default_factory=dict)
    #: The item on trust in its source, and the lowest answer that counts as trust; "": none.
    trust: str = ""
    trust_from: str = ""
    #: Responses that are asked before people are told, and cannot follow from it.
    responses_before: tuple[str, ...] = ()
    #: A few words for tables and charts; empty: the label.
    short: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something in which the profiles of a conjoint differ."""

    name: str
    label: Text
    levels: tuple[Option, ...]  #: two or more; the first is what the others are compared with
    #: A few words for tables and charts; empty: the label.
    short: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """A page or run of items, with what is randomised or planned missing in it."""

    name: str
    title: Text
    intro: Text
    items: tuple[str, ...]
    role: Role | None = None
    randomise_items: bool = False
    randomise_options: bool = False
    #: Planned missingness: how many randomly drawn interventions a person answers for (None: all).
    interventions_per_person: int | None = None
    #: The block is shown only in these levels of an arm: {arm: (levels,)}.
    arms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Consequences that its responses are to suppose, in answers above the middle of the
    #: consequence scale, by value; values left out stay as they are. None: people's own.
    stipulates: Mapping[str, float] | None = None
    #: What the profiles that a conjoint block asks about are made of, by name of attribute.
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    #: Planned missingness: how many randomly drawn pairs of profiles a person chooses from (None:
    #: all).
    pairs_per_person: int | None = None


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A validated questionnaire version.

    ``hash`` is the content hash (sha256 hex of the canonical JSON); a published version is
    known by it and every response carries it. Build one with
    :func:`mfp_stats.questionnaire.load`.
    """

    survey: str
    title: Text
    languages: tuple[str, ...]
    source: Literal["fielded", "imported"]
    hash: str
    values: Mapping[str, Option]
    interventions: Mapping[str, Intervention]
    signals: Mapping[str, Option]
    arms: Mapping[str, Mapping[str, float]]
    blocks: tuple[Block, ...]
    items: tuple[Item, ...]
    #: Name of the item with role ``group``.
    group: str
    weight: str | None = None
    intro: Text = field(default_factory=dict)
    consent: Text = field(default_factory=dict)
    contact: str = ""
    simulated: bool = False
    #: Cells of n <= floor are suppressed (method, section 6); 5 to 10.
    floor: int = 10
    #: What belief items link as cause and effect.
    concepts: Mapping[str, Concept] = field(default_factory=dict)
    #: What part of the people were told.
    information: Mapping[str, Information] = field(default_factory=dict)

    def item(self, name: str) -> Item:
        """Return the item called ``name``; KeyError with the near names if there is none."""
        for item in self.items:
            if item.name == name:
                return item
        raise KeyError(f"no item {name!r} in {self.survey}; it has {len(self.items)} items")

    def with_role(self, *roles: Role) -> tuple[Item, ...]:
        """Return the items with any of the roles, in questionnaire order."""
        return tuple(i for i in self.items if i.role in roles)

    def wording(self, item: Item, language: str = "en") -> str:
        """Return an item's short text, else its label, for a table that shows nothing above it.

        A page shows the proposal as a heading; elsewhere "How safe roads are" could be about any
        of them, so the proposal is put in front where the item does not name it.
        """
        text = short_label(item, language)
        proposal = self.interventions.get(item.intervention or "")
        if proposal is None:
            return text
        label, short = say(proposal.label, language), say(proposal.short, language)
        named = label in text or (short and short in text)
        return text if named else f"{short or label}: {text}"

    @property
    def order_arms(self) -> tuple[str, ...]:
        """Arms that decide by chance which block comes first: their levels are ``X_first``."""
        return tuple(
            arm
            for arm, levels in self.arms.items()
            if all(level.endswith("_first") for level in levels)
        )

    @property
    def groups(self) -> tuple[Option, ...]:
        """The stakeholder groups: options of the group item, in order."""
        return self.item(self.group).options


def say(text: Text, language: str = "en") -> str:
    """Return ``text`` in ``language``, else English, else whichever comes first, else ''."""
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


#: What may have a few words for tables and charts beside its label.
type Shortened = Attribute | Concept | Information | Intervention | Item | Option


def short_label(thing: Shortened, language: str = "en") -> str:
    """Return the short text of a thing, else its label, else its name."""
    return say(thing.short, language) or say(thing.label, language) or thing.name
