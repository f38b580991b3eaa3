"""Generated questions about proposals: consequences, signals and responses."""

from collections.abc import Mapping
from dataclasses import replace

from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import AskPart
from mfp_stats.questionnaire.model import Item, Text
from mfp_stats.questionnaire.source import Source


def _outcomes(context: Context) -> Mapping[str, Text]:
    """Return each value as something that changes."""
    return {
        name: context.texts.read(part.outcome, ("values", name, "outcome"))
        or context.values[name].label
        for name, part in context.file.values.items()
    }


def consequences(source: Source) -> list[Item]:
    """Return one expectation for each proposal and value."""
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
            neutral=answers.neutral,
            short=source.context.values[value].short,
        )
        for intervention, label in _interventions(source)
        for value, outcome in outcomes.items()
    ]


def _interventions(source: Source) -> list[tuple[str, Text]]:
    context, asked = source.context, source.part.interventions_per_person
    there = len(context.file.interventions)
    if asked is not None and asked > there:
        what = f"is {asked}, but there are only {there} interventions"
        context.faults.add(source.at("interventions_per_person"), what)
    return [
        (name, context.texts.read(part.label, ("interventions", name, "label")))
        for name, part in context.file.interventions.items()
    ]


def signals(source: Source) -> list[Item]:
    """Return one question for each proposal and signal."""
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


def responses(source: Source) -> list[Item]:
    """Return what is asked about accepting each proposal."""
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
            stipulated=part.stipulates is not None,
        )
        for intervention, label in _interventions(source)
        for answers, wording, accept_from in filter(None, asked)
    ]


def _asked(source: Source, ask: AskPart, i: int) -> tuple[Answers, Text, str | None] | None:
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
