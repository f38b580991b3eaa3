"""The questionnaire file as its author writes it; the JSON Schema for editors comes from here.

These classes check shape alone. What the parts mean together is checked while the file is
expanded (:mod:`mfp_stats.questionnaire.expand`).
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mfp_stats.questionnaire.model import Role, ScaleLevel
from mfp_stats.questionnaire.written import (
    Attribute,
    ItemName,
    ItemReference,
    Language,
    Missing,
    Name,
    OptionName,
    Text,
    Tickable,
    Words,
    ask,
    labelled,
    option,
    options_by_name,
)


class Part(BaseModel):
    """Base of every part of the file: frozen, and without unknown keys."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True
    )


class OptionPart(Part):
    """One thing that can be ticked; the short form is its label."""

    label: Text | None = None
    """What is shown. May be left out where the option is one of the values."""
    note: Text | None = None
    """A line of explanation below the label."""
    exclusive: bool = False
    """Ticking it excludes every other option of a select_multiple."""
    missing: Tickable | None = None
    """The option is no answer but a way not to answer, e.g. ``dont_know``."""


class ValuePart(Part):
    """Something people care about, and so something that a proposal can change."""

    label: Text
    """As something to care about: "A fair share of the benefits"."""
    outcome: Text | None = None
    """As something that changes: "How fairly the benefits are shared". Default: the label."""
    short: Text | None = None
    """Two to five words for tables and charts: "Fair shares". Default: the label."""
    note: Text | None = None
    """A line of explanation below the label."""


class InterventionPart(Part):
    """A proposal that people respond to."""

    label: Text
    """A few words."""
    description: Text | None = None
    """One or two sentences that every respondent reads."""
    attributes: dict[Name, Attribute] = {}
    """What the proposal consists of, as numbers, words or true/false."""
    short: Text | None = None
    """Two to five words for tables and charts. Default: the label."""
    moves: dict[Name, Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)]] = {}
    """Concepts that the proposal pushes by itself, from -1 (down) to 1 (up); what follows from
    that is worked out from the beliefs that link concepts."""


class ConceptPart(Part):
    """Something that there can be more or less of: what belief items link as cause and effect."""

    label: Text | None = None
    """What there is more or less of: "Trust in companies". May be left out where it is a value."""
    short: Text | None = None
    """Two to five words for tables and charts. Default: the label."""
    value: Name | None = None
    """The value that it is, if it is one; more of it must then be better for that value."""


class TrustPart(Part):
    """Which answers say that a person trusts where information comes from."""

    item: ItemReference
    """The question about trust, asked before people are told."""
    from_: Annotated[OptionName, Field(alias="from")]
    """The lowest answer that counts as trusting."""


class InformationPart(Part):
    """Something that part of the people are told, and what would follow if it were believed."""

    label: Text
    """What people are told: "A report that found leaks to be rare"."""
    short: Text | None = None
    """Two to five words for tables and charts. Default: the label."""
    told: dict[Name, Annotated[list[Words], Field(min_length=1)]]
    """One arm and those of its levels in which people are told; ``wave`` in the place of the arm
    where everybody is told between two waves, with the waves that come after."""
    against: list[Words] = []
    """The levels, or waves, to compare with: people who were told nothing. Needed where the arm has
    several others; of waves, those before the first one that was told are the default."""
    beliefs: dict[ItemReference, Literal["raises", "lowers"]] = {}
    """Questions on beliefs or consequences, and whether it speaks for more or for less of what
    they measure."""
    support: dict[Name, Literal["raises", "lowers"]] = {}
    """Proposals, and whether support for them would go up or down with it."""
    trust: TrustPart | None = None
    """Who trusts its source; left out, all are taken together."""


class SignalPart(Part):
    """What a proposal would tell people."""

    label: Text
    """The question; ``{intervention}`` stands for the proposal."""
    scale: Name | None = None
    """The scale it is answered on. Default: the block's."""
    neutral: OptionName | None = None
    """The option that tells nothing either way. Default: the scale's."""


Value = Annotated[ValuePart, BeforeValidator(labelled, json_schema_input_type=Text | ValuePart)]
Proposal = Annotated[
    InterventionPart, BeforeValidator(labelled, json_schema_input_type=Text | InterventionPart)
]
Signal = Annotated[SignalPart, BeforeValidator(labelled)]
Concept = Annotated[
    ConceptPart, BeforeValidator(labelled, json_schema_input_type=Text | ConceptPart)
]
Option = Annotated[
    OptionPart, BeforeValidator(option, json_schema_input_type=Text | OptionPart | None)
]
Options = Annotated[
    dict[OptionName, Option],
    BeforeValidator(options_by_name, json_schema_input_type=list[Name] | dict[OptionName, Option]),
    Field(min_length=1),
]


class ScalePart(Part):
    """A set of answers that several questions share."""

    labels: list[Text] | None = None
    """Short form: labels from lowest to highest; names are made from them."""
    options: Options | None = None
    """Long form: name and label of each answer, from lowest to highest."""
    level: ScaleLevel | None = None
    """Whether the answers have an order. Default: ordinal for ``labels``, else nominal."""
    missing: Missing = {}
    """Ways not to answer that may be ticked."""
    reverse: bool = False
    """The answers are listed from highest to lowest."""
    question: Text | None = None
    """Wording of generated questions on this scale; ``{intervention}`` and so on are filled in."""
    neutral: OptionName | None = None
    """For signals, consequences and links between concepts: the answer that says "no difference".
    """
    accept_from: OptionName | None = None
    """For responses: the lowest answer that counts as accepting."""


class AttributePart(Part):
    """Something in which the two profiles of a conjoint differ."""

    label: Text
    """What it is: "Pause of new data centres"."""
    short: Text | None = None
    """Two to five words for tables and charts. Default: the label."""
    levels: Options
    """Two or more that it can be; the others are compared with the first."""


class AskPart(Part):
    """One question that a response block asks about each proposal; short form: its scale."""

    scale: Name
    label: Text | None = None
    """The question. Default: the scale's ``question``."""
    accept_from: OptionName | None = None
    """The lowest answer that counts as accepting. Default: the scale's."""


Ask = Annotated[AskPart, BeforeValidator(ask, json_schema_input_type=Name | AskPart)]


class ItemPart(Part):
    """One question that is written out rather than generated."""

    name: ItemName
    """Under which the answers are stored."""
    type: Words | None = None
    """``select_one SCALE``, ``select_multiple SCALE``, ``rank values``, ``integer``, ``text``, …"""
    role: Role | None = None
    """What it measures. Default: the block's."""
    label: Text | None = None
    """The question. May be left out where the item rates one of the values."""
    short: Text | None = None
    """Two to five words for tables, charts and the names of worldviews: "Who gains"."""
    hint: Text | None = None
    scale: Name | None = None
    """Short for ``type: select_one SCALE``."""
    options: Options | None = None
    """Answers of this question alone, or answers beside those of its scale."""
    level: ScaleLevel | None = None
    """Whether ``options`` have an order. Default: nominal."""
    missing: Missing = {}
    """Ways not to answer, beside those of the scale."""
    reverse: bool = False
    """Agreeing means less of the construct."""
    required: bool | None = None
    relevant: Words | None = None
    """When the question applies: ``${uses_ai} = 'often' and ${age} >= 18``."""
    min_choices: Annotated[int, Field(ge=0)] | None = None
    max_choices: Annotated[int, Field(ge=1)] | None = None
    minimum: float | None = None
    maximum: float | None = None
    measures: Annotated[Name | None, Field(alias="construct")] = None
    """What several questions measure together."""
    value: Name | None = None
    """The value that the question is about."""
    intervention: Name | None = None
    signal: Name | None = None
    group_of: OptionName | None = None
    """Perception: the group whose choice is guessed."""
    mirrors: ItemReference | None = None
    """Perception of a proposal: the response question whose answers are guessed. Needed where the
    same proposal is asked about on the same scale more than once."""
    neutral: OptionName | None = None
    accept_from: OptionName | None = None
    cause: Name | None = None
    """Belief: the concept of which more would lead to less or more of ``effect``; the answers go
    from much less to much more."""
    effect: Name | None = None
    """Belief: the concept that ``cause`` acts on."""


class BlockPart(Part):
    """A run of questions on a page or several; it may generate them from the lists above."""

    block: Name
    """The block's name; names of generated questions begin with it."""
    role: Role | None = None
    """What the questions measure."""
    type: Words | None = None
    """Type of the generated or listed questions, e.g. ``best_worst`` or ``select_one agree5``."""
    scale: Name | None = None
    """Scale of the generated or listed questions."""
    title: Text | None = None
    intro: Text | None = None
    """Shown above the questions."""
    label: Text | None = None
    """Wording of the generated questions; ``{value}``, ``{intervention}``, ``{signal}`` and
    ``{group}`` are filled in."""
    hint: Text | None = None
    required: bool | None = None
    relevant: Words | None = None
    """When the block's questions apply."""
    items: Annotated[list[ItemPart], Field(min_length=1)] | None = None
    """Questions that are written out."""
    sets: Annotated[int, Field(ge=1, le=40)] | None = None
    """best_worst: how many sets each person sees."""
    size: Annotated[int, Field(ge=3, le=10)] | None = None
    """best_worst: how many values a set shows. Default 4."""
    repeat: Annotated[int, Field(ge=0, le=5)] | None = None
    """best_worst: how many of the sets are shown again, to learn how steady choices are."""
    min_choices: Annotated[int, Field(ge=0)] | None = None
    max_choices: Annotated[int, Field(ge=1)] | None = None
    options: Options | None = None
    """Pick or rank: answers beside the values, e.g. "something else"."""
    interventions_per_person: Annotated[int, Field(ge=1)] | None = None
    """How many proposals, drawn at random, each person answers for. Default: all."""
    ask: Annotated[list[Ask], Field(min_length=1)] | None = None
    """Response: what is asked about each proposal."""
    stipulates: dict[Name, Annotated[float, Field(allow_inf_nan=False)]] | None = None
    """Response: people are told to suppose these consequences, the same for everyone and for every
    proposal. Value: answers above (below: negative) the middle of the consequence scale; values
    that are not named stay as they are."""
    attributes: Annotated[dict[Name, AttributePart], Field(min_length=1)] | None = None
    """Conjoint: what the two profiles of a pair are made of."""
    pairs: Annotated[int, Field(ge=4, le=60)] | None = None
    """Conjoint: how many pairs of profiles are made. Default 24, or all that there can be."""
    pairs_per_person: Annotated[int, Field(ge=1)] | None = None
    """Conjoint: how many pairs, drawn at random, each person chooses from. Default: all."""
    of: list[Literal["value_tradeoff"]] | None = None
    """Perception: what is guessed about each group."""
    randomise_items: bool = False
    randomise_options: bool = False
    arms: dict[Name, list[Name]] = {}
    """The block is for people in these levels of an arm only."""
    missing: Missing = {}
    """Ways not to answer, beside those of the scale."""


class QuestionnaireFile(Part):
    """A questionnaire for mfp_stats."""

    survey: Name
    """The survey's name; its folder is called the same."""
    title: Text
    languages: Annotated[list[Language], Field(min_length=1)] = ["en"]
    """Languages of the texts; a text without a language is in the first."""
    source: Literal["fielded", "imported"] = "fielded"
    """``imported`` describes somebody else's survey."""
    simulated: bool = False
    """Answers do not come from people; every page says so."""
    group: ItemReference | None = None
    """The item that says which stakeholder group a person belongs to."""
    weight: ItemReference | None = None
    """The item that holds the survey weight."""
    floor: Annotated[int, Field(ge=5, le=10)] = 10
    """Groups of this many people or fewer are not shown."""
    contact: str = ""
    """Whom respondents may ask."""
    intro: Text | None = None
    consent: Text | None = None
    values: dict[Name, Value] = {}
    """What people care about: one list for priorities and for outcomes of proposals."""
    concepts: dict[Name, Concept] = {}
    """What belief items link as cause and effect: the parts of people's causal maps."""
    interventions: dict[Name, Proposal] = {}
    signals: dict[Name, Signal] = {}
    scales: dict[Name, ScalePart] = {}
    arms: dict[Name, dict[Name, Annotated[float, Field(gt=0, le=1)]]] = {}
    """Randomised parts: the levels of each and their probabilities."""
    information: dict[Name, InformationPart] = {}
    """What part of the people are told, to learn whether it reaches their beliefs."""
    blocks: Annotated[list[BlockPart], Field(min_length=1)]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the questionnaire file, for editors."""
    schema = QuestionnaireFile.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
