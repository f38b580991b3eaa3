"""Questions that a block generates from the questionnaire's lists."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mfp_stats.questionnaire import texts
from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.designs import best_worst_sets
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import AskPart, BlockPart
from mfp_stats.questionnaire.items import check_choices, read_type
from mfp_stats.questionnaire.model import Item, ItemType, Option, Role, Text

#: Keys that any block may have.
_COMMON: Final = frozenset(
    {
        *("block", "role", "title", "intro", "hint", "required", "relevant", "missing"),
        *("randomise_items", "randomise_options", "arms"),
    }
)


@dataclass(frozen=True, slots=True)
class _Source:
    """A block that generates, and where it stands."""

    context: Context
    part: BlockPart
    path: Path

    def at(self, key: str) -> Path:
        return (*self.path, key)

    def item(self, name: str, kind: ItemType, answers: Answers, label: Text) -> Item:
        part, context = self.part, self.context
        assert part.role is not None
        missing = context.reader.missing(part.missing, self.at("missing"), answers.missing)
        return Item(
            name=f"{part.block}.{name}" if name else part.block,
            type=kind,
            role=part.role,
            label=label,
            block=part.block,
            options=answers.options,
            level=answers.level,
            scale=answers.scale,
            missing=missing,
            reverse=answers.reverse,
            required=bool(part.required),
            relevant=part.relevant or "",
            hint=context.texts.read(part.hint, self.at("hint")),
        )

    def one(self, name: str, answers: Answers, label: Text) -> Item:
        return self.item(name, ItemType.SELECT_ONE, answers, label)

    def wording(self, default: Text) -> Text:
        """Return the block's own wording, else the default."""
        return self.context.texts.read(self.part.label, self.at("label")) or default

    def fill(self, template: Text, **words: Text) -> Text:
        return self.context.texts.fill(template, words, self.at("label"))

    def scale(self) -> Answers | None:
        """Return the scale that the block needs; it must have an order."""
        if self.part.scale is None:
            known = tuple(self.context.scales)
            self.context.faults.add(self.path, "'scale' is missing", known=known)
            return None
        answers = self.context.scale(self.part.scale, self.at("scale"))
        if answers is not None and answers.level != "ordinal":
            fix = "Say 'level: ordinal' and list the answers from lowest to highest."
            what = f"{self.part.scale!r} has no order"
            self.context.faults.add(self.at("scale"), what, fix=fix)
        return answers


def generated_items(context: Context, part: BlockPart, path: Path) -> list[Item]:
    """Return the questions that a block without ``items`` generates.

    Parameters
    ----------
    context
        The file; faults go there, among them that the block generates nothing.
    part, path
        The block as written, and where.
    """
    if part.role is None or part.role not in _GENERATORS:
        can = [role.value for role in _GENERATORS]
        role = part.role.value if part.role else "no role"
        fix = f"List its 'items'; blocks that generate them have one of the roles {', '.join(can)}."
        context.faults.add(path, f"generates nothing: a block with {role} has no items", fix=fix)
        return []
    generator, keys, lists = _GENERATORS[part.role]
    _refuse_other_keys(context, part, path, keys)
    empty = [name for name in lists if not getattr(context.file, name)]
    if empty:
        what = f"generates nothing: the questionnaire has no {' and no '.join(empty)}"
        context.faults.add(path, what)
        return []
    return generator(_Source(context, part, path))


def _refuse_other_keys(context: Context, part: BlockPart, path: Path, keys: Iterable[str]) -> None:
    used = _COMMON | set(keys)
    if part.role is Role.VALUE_TRADEOFF:
        kind = (part.type or "").partition(" ")[0]
        used = used - _UNUSED_BY.get(kind, frozenset())
    for key in sorted(part.model_fields_set - used):
        what = "has no effect in this block, which generates its items"
        context.faults.add((*path, key), what)


_SETS: Final = frozenset({"sets", "size", "repeat"})
_PICKING: Final = frozenset({"min_choices", "max_choices", "options"})
_UNUSED_BY: Final[Mapping[str, frozenset[str]]] = {
    "best_worst": _PICKING,
    "select_multiple": _SETS,
    "rank": _SETS,
}


def _tradeoffs(source: _Source) -> list[Item]:
    part, context = source.part, source.context
    if part.type is None:
        known = ("best_worst", "select_multiple", "rank")
        context.faults.add(source.path, "'type' is missing", known=known)
        return []
    kind, _ = read_type(context, part.type, source.at("type"))
    if kind is ItemType.BEST_WORST:
        return _best_worst(source)
    if kind in (ItemType.SELECT_MULTIPLE, ItemType.RANK):
        return _picks(source, kind)
    if kind is not None:
        known = ("best_worst", "select_multiple", "rank")
        context.faults.add(source.at("type"), f"{kind.value} is no trade-off", known=known)
    return []


def _best_worst(source: _Source) -> list[Item]:
    part, values = source.part, tuple(source.context.values.values())
    size, repeat = part.size or 4, part.repeat or 0
    sets = part.sets or len(values)
    if not _design_possible(source, len(values), sets, size, repeat):
        return []
    design = best_worst_sets(len(values), sets, size)
    wording = source.wording(source.context.texts.built_in(texts.BEST_WORST))
    shown = [(f"set{i + 1}", chosen) for i, chosen in enumerate(design)]
    # A repeat shows a set the other way round, so that places do not pass for steadiness.
    shown += [(f"repeat{i + 1}", design[i][::-1]) for i in range(repeat)]
    return [
        source.item(name, ItemType.BEST_WORST, Answers(tuple(values[k] for k in chosen)), wording)
        for name, chosen in shown
    ]


def _design_possible(source: _Source, values: int, sets: int, size: int, repeat: int) -> bool:
    before = len(source.context.faults.found)
    faults = source.context.faults
    lost = source.context.lost["values"]
    values += lost
    if size > values:
        faults.add(source.at("size"), f"is {size}, but there are only {values} values")
    elif sets * size < values:
        fix = f"Use at least {-(-values // size)} sets."
        what = f"is {sets}: sets of {size} cannot show all {values} values"
        faults.add(source.at("sets"), what, fix=fix)
    if repeat > sets:
        faults.add(source.at("repeat"), f"is {repeat}, but there are only {sets} sets")
    return len(faults.found) == before and not lost


def _picks(source: _Source, kind: ItemType) -> list[Item]:
    part, context = source.part, source.context
    extra, missing = context.reader.options(part.options or {}, source.at("options"))
    values = tuple(context.values.values())
    for name in {o.name for o in extra} & set(context.values):
        context.faults.add((*source.at("options"), name), "is one of the values already")
    answers = Answers((*values, *extra), missing=missing)
    least = part.min_choices or 0
    check_choices(context, least, part.max_choices, len(answers.options), source.path)
    default = texts.PICK if kind is ItemType.SELECT_MULTIPLE else texts.RANK
    wording = source.wording(context.texts.built_in(default))
    item = source.item("", kind, answers, wording)
    return [replace(item, min_choices=least, max_choices=part.max_choices)]


def _ratings(source: _Source) -> list[Item]:
    answers = source.scale()
    if answers is None:
        return []
    wording = source.wording(answers.question)
    return [
        replace(
            source.one(name, answers, source.fill(wording, value=value.label) or value.label),
            value=name,
        )
        for name, value in source.context.values.items()
    ]


def _outcomes(context: Context) -> Mapping[str, Text]:
    """Return each value as something that changes."""
    return {
        name: context.texts.read(part.outcome, ("values", name, "outcome"))
        or context.values[name].label
        for name, part in context.file.values.items()
    }


def _consequences(source: _Source) -> list[Item]:
    answers = source.scale()
    if answers is None:
        return []
    outcomes = _outcomes(source.context)
    default = dict.fromkeys(source.context.texts.languages, "{intervention}: {value}")
    wording = source.wording(answers.question or default)
    return [
        replace(
            source.one(
                f"{intervention}.{value}",
                answers,
                source.fill(wording, intervention=label, value=outcome),
            ),
            intervention=intervention,
            value=value,
        )
        for intervention, label in _interventions(source)
        for value, outcome in outcomes.items()
    ]


def _interventions(source: _Source) -> list[tuple[str, Text]]:
    context, asked = source.context, source.part.interventions_per_person
    there = len(context.file.interventions)
    if asked is not None and asked > there:
        what = f"is {asked}, but there are only {there} interventions"
        context.faults.add(source.at("interventions_per_person"), what)
    return [
        (name, context.texts.read(part.label, ("interventions", name, "label")))
        for name, part in context.file.interventions.items()
    ]


def _signals(source: _Source) -> list[Item]:
    context = source.context
    asked: list[tuple[str, Text, Answers, str | None]] = []
    for name, part in context.file.signals.items():
        own = part.scale is not None
        path: Path = ("signals", name, "scale") if own else source.at("scale")
        chosen = part.scale or source.part.scale
        if chosen is None:
            known = tuple(context.scales)
            context.faults.add(("signals", name), "'scale' is missing", known=known)
        answers = context.scale(chosen, path)
        if answers is not None:
            _check_neutral(context, name, part.neutral, answers)
            label = context.texts.read(part.label, ("signals", name, "label"))
            asked.append((name, label, answers, part.neutral or answers.neutral))
    return [
        replace(
            source.one(
                f"{intervention}.{signal}",
                answers,
                context.texts.fill(wording, {"intervention": label}, ("signals", signal, "label")),
            ),
            intervention=intervention,
            signal=signal,
            neutral=neutral,
        )
        for intervention, label in _interventions(source)
        for signal, wording, answers, neutral in asked
    ]


def _check_neutral(context: Context, name: str, neutral: str | None, answers: Answers) -> None:
    if neutral is not None and neutral not in answers.names:
        context.faults.unknown(("signals", name, "neutral"), "option", neutral, answers.names)


def _responses(source: _Source) -> list[Item]:
    part, context = source.part, source.context
    asks = part.ask or ([AskPart(scale=part.scale)] if part.scale else [])
    if not asks:
        known = tuple(context.scales)
        context.faults.add(source.path, "'ask' is missing: which scales?", known=known)
    asked = [_asked(source, ask, i) for i, ask in enumerate(asks)]
    return [
        replace(
            source.one(
                f"{intervention}.{answers.scale}", answers, source.fill(wording, intervention=label)
            ),
            intervention=intervention,
            accept_from=accept_from,
        )
        for intervention, label in _interventions(source)
        for answers, wording, accept_from in filter(None, asked)
    ]


def _asked(source: _Source, ask: AskPart, i: int) -> tuple[Answers, Text, str | None] | None:
    """Return the answers, the wording and where accepting begins, of one question."""
    context = source.context
    path: Path = (*source.at("ask"), i) if source.part.ask else source.at("scale")
    answers = context.scale(ask.scale, path)
    if answers is None:
        return None
    accept_from = ask.accept_from or answers.accept_from
    if accept_from is None:
        fix = f"Give scales.{ask.scale} an 'accept_from'."
        what = f"scale {ask.scale!r} does not say which answers count as accepting"
        context.faults.add(path, what, known=answers.names, fix=fix)
    elif accept_from not in answers.names and ask.accept_from:
        context.faults.unknown(path, "option", accept_from, answers.names)
    default = dict.fromkeys(context.texts.languages, "{intervention}")
    own = context.texts.read(ask.label, (*path, "label"))
    return answers, own or source.wording(answers.question or default), accept_from


def _perceptions(source: _Source) -> list[Item]:
    context = source.context
    answers = Answers(tuple(context.values.values()))
    wording = source.wording(context.texts.built_in(texts.PERCEPTION))
    return [
        replace(
            source.one(group.name, answers, source.fill(wording, group=group.label)),
            group_of=group.name,
        )
        for group in groups(context)
    ]


def groups(context: Context) -> tuple[Option, ...]:
    """Return the options of the group item, as far as it is known by now."""
    named = context.file.group
    found = [
        item
        for item, _ in context.items
        if item.role is Role.GROUP and (named is None or item.name == named)
    ]
    return found[0].options if found else ()


type _Generator = tuple[Callable[[_Source], list[Item]], tuple[str, ...], tuple[str, ...]]

#: Role -> its generator, the keys it reads beside the common ones, the lists it needs.
_GENERATORS: Final[Mapping[Role, _Generator]] = {
    Role.VALUE_TRADEOFF: (_tradeoffs, ("type", "label", *_SETS, *_PICKING), ("values",)),
    Role.VALUE_RATING: (_ratings, ("scale", "label"), ("values",)),
    Role.CONSEQUENCE: (
        _consequences,
        ("scale", "label", "interventions_per_person"),
        ("interventions", "values"),
    ),
    Role.SIGNAL: (_signals, ("scale", "interventions_per_person"), ("interventions", "signals")),
    Role.RESPONSE: (
        _responses,
        ("scale", "ask", "label", "interventions_per_person"),
        ("interventions",),
    ),
    Role.PERCEPTION: (_perceptions, ("of", "label"), ("values",)),
}
