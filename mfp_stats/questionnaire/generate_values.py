"""Generated questions about values: trade-offs, ratings and guesses about other groups."""

from dataclasses import replace

from mfp_stats.questionnaire import texts
from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.designs import best_worst_sets
from mfp_stats.questionnaire.item_checks import check_choices
from mfp_stats.questionnaire.items import read_type
from mfp_stats.questionnaire.model import Item, ItemType
from mfp_stats.questionnaire.source import Source, groups


def tradeoffs(source: Source) -> list[Item]:
    """Return the trade-offs between values: best–worst sets, or one pick or ranking."""
    part, context = source.part, source.context
    if part.type is None:
        known = ("best_worst", "select_multiple", "rank")
        context.faults.add(source.path, "'type' is missing", known=known)
        return []
    kind, _ = read_type(context, part.type, source.at("type"))
    if kind is ItemType.BEST_WORST:
        return _best_worst(source)
    if kind is ItemType.SELECT_MULTIPLE or kind is ItemType.RANK:
        return _picks(source, kind)
    if kind is not None:
        known = ("best_worst", "select_multiple", "rank")
        context.faults.add(source.at("type"), f"{kind.value} is no trade-off", known=known)
    return []


def _best_worst(source: Source) -> list[Item]:
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


def _design_possible(source: Source, values: int, sets: int, size: int, repeat: int) -> bool:
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


def _picks(source: Source, kind: ItemType) -> list[Item]:
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


def ratings(source: Source) -> list[Item]:
    """Return one importance rating a value."""
    answers = source.scale()
    if answers is None:
        return []
    wording = source.wording(answers.question)
    return [
        replace(
            source.one(name, answers, source.fill(wording, value=value.label) or value.label),
            value=name,
            short=value.short,
        )
        for name, value in source.context.values.items()
    ]


def perceptions(source: Source) -> list[Item]:
    """Return one guess a group: the value that matters most to most of it."""
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
