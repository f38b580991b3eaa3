"""Suggest a mapping: from names, wordings, labels and contents, always with the reason why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from mfp_stats.importers.facts import ColumnFacts, column_facts
from mfp_stats.importers.likeness import likeness, plain
from mfp_stats.importers.mapping import Binding, ImportMapping, RespondentFrom
from mfp_stats.importers.suggest_codes import code_binding, option_match
from mfp_stats.importers.suggest_parts import part_binding
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, say
from mfp_stats.readers.table import RawTable

Sureness = Literal["sure", "likely", "unsure"]

_ENOUGH: Final = 0.5
#: Names of columns that hold a respondent's id, without signs and spaces.
_IDS: Final = (
    *("id", "respondent", "respid", "respondentid", "responseid", "participantid", "caseid"),
    *("uuid", "recordid", "sno", "serial", "respondentserial"),
)
_WEIGHTS: Final = frozenset({"weight", "weights", "wt", "wgt", "weighting"})
_ONE_COLUMN: Final = (ItemType.SELECT_ONE, ItemType.INTEGER, ItemType.DECIMAL, ItemType.TEXT)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one part of the mapping is suggested, and how sure that is."""

    what: str
    columns: tuple[str, ...]
    how_sure: Sureness
    why: str

    def __str__(self) -> str:
        return f"{self.what} <- {', '.join(self.columns)}: {self.how_sure}, {self.why}"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mapping to read through; it is not applied while it says ``confirmed: false``.

    ``unbound`` are the items for which no column was found.
    """

    mapping: ImportMapping
    reasons: tuple[Reason, ...]
    unbound: tuple[str, ...]

    @property
    def uncertain(self) -> tuple[str, ...]:
        """What to look at before confirming, in sentences."""
        lines = [str(reason) for reason in self.reasons if reason.how_sure != "sure"]
        fix = "bind it under items, or list it under not_in_file"
        return (*lines, *(f"{item}: no column was found; {fix}" for item in self.unbound))

    @property
    def comments(self) -> Mapping[str, str]:
        """Item -> a remark for the mapping file, see ``save_mapping``."""
        return {r.what: f"{r.how_sure}: {r.why}" for r in self.reasons if r.how_sure != "sure"}


def suggest_mapping(raw: RawTable, questionnaire: Questionnaire) -> Suggestion:
    """Suggest which columns answer which items.

    Parameters
    ----------
    raw
        The file's cells.
    questionnaire
        The items to bind.

    Returns
    -------
    Suggestion
        An unconfirmed mapping of what was found, and for each part of it how sure that is and
        why. Codes that could not be matched are left out, so that they are faults until
        somebody says what they mean.
    """
    facts = column_facts(raw)
    respondent, reason = _respondent(facts)
    reasons = [reason]
    weight = _weight(facts)
    if weight:
        reasons.append(Reason("weight", (weight,), "likely", "its name says so"))
    bound: dict[str, Binding] = {}
    free = {f.name: f for f in facts if f.name not in (respondent.column, weight)}
    items = [item for item in questionnaire.items if item.type is not ItemType.NOTE]
    for item, binding, why in (*_many(items, free), *_single(items, free)):
        bound[item.name] = binding
        reasons.append(why)
    mapping = ImportMapping(
        survey=questionnaire.survey,
        confirmed=False,
        respondent=respondent,
        weight=weight,
        items={item.name: bound[item.name] for item in items if item.name in bound},
    )
    unbound = tuple(item.name for item in items if item.name not in bound)
    return Suggestion(mapping, tuple(reasons), unbound)


def _respondent(facts: list[ColumnFacts]) -> tuple[RespondentFrom, Reason]:
    unique = [f for f in facts if f.identifies]
    named = [f for f in unique if plain(f.name).replace(" ", "") in _IDS]
    if named:
        why = "no value stands twice and the name says so"
        return _id_from(named[0], "sure", why)
    if unique:
        return _id_from(
            unique[0], "unsure", "it is the first column in which no value stands twice"
        )
    why = "no column tells the rows apart, so they are numbered"
    return RespondentFrom(row_number=True), Reason("respondent", (), "unsure", why)


def _id_from(fact: ColumnFacts, how: Sureness, why: str) -> tuple[RespondentFrom, Reason]:
    return RespondentFrom(column=fact.name), Reason("respondent", (fact.name,), how, why)


def _weight(facts: list[ColumnFacts]) -> str | None:
    named = (f for f in facts if _WEIGHTS & set(plain(f.name).split()) and f.positive_numbers)
    return next((f.name for f in named), None)


def _many(
    items: list[Item], free: dict[str, ColumnFacts]
) -> Iterator[tuple[Item, Binding, Reason]]:
    """Yield bindings of items with several parts; their columns are no longer free."""
    for item in items:
        if item.type in _ONE_COLUMN:
            continue
        found = part_binding(item, list(free.values()))
        if found is not None:
            binding, how, why = found
            columns = tuple(dict.fromkeys(binding.used()))
            for name in columns:
                free.pop(name)
            yield item, binding, Reason(item.name, columns, how, why)


def _single(
    items: list[Item], free: dict[str, ColumnFacts]
) -> Iterator[tuple[Item, Binding, Reason]]:
    """Yield bindings of items with one column, the best matches first."""
    scored = [
        (*_score(item, fact), item, fact)
        for item in items
        if item.type in _ONE_COLUMN
        for fact in free.values()
    ]
    scored.sort(key=lambda found: -found[0])
    taken: set[str] = set()
    for score, why, item, fact in scored:
        if score < _ENOUGH or item.name in taken or fact.name in taken:
            continue
        taken |= {item.name, fact.name}
        binding, doubts = code_binding(item, fact)
        how: Sureness = "sure" if score >= 1 else "likely" if score >= 0.7 else "unsure"
        if doubts:
            how = "unsure"
        yield item, binding, Reason(item.name, (fact.name,), how, "; ".join([why, *doubts]))


def _score(item: Item, fact: ColumnFacts) -> tuple[float, str]:
    """Return how well a column fits an item, 0 to 1, and why."""
    if item.type is ItemType.SELECT_ONE and not fact.texts:
        return 0.0, "it holds more texts than a scale has"
    if plain(item.name) == plain(fact.name):
        return 1.0, "it has the same name"
    wording = max(likeness(say(item.label), text) for text in (fact.label, fact.name))
    contents = option_match(item, fact)
    if wording == 1.0:
        return 0.95, "it has the same wording"
    if item.type is ItemType.SELECT_ONE and contents == 0:
        wording *= 0.5
    score = 0.6 * wording + 0.6 * contents if contents else 0.8 * wording
    why = f"{wording:.0%} of the words and {contents:.0%} of the answers agree"
    return min(score, 0.9), why
