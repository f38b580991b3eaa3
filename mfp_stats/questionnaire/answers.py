"""What can be ticked: scales, lists of options, and the ways not to answer."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.file import OptionPart, QuestionnaireFile, ScalePart, ValuePart
from mfp_stats.questionnaire.model import Option, ScaleLevel, Text, say
from mfp_stats.questionnaire.texts import MISSING, Texts
from mfp_stats.questionnaire.written import Tickable
from mfp_stats.responses import Status

#: Ways not to answer that can be ticked, in the order in which they are shown.
TICKABLE: Final = (Status.DONT_KNOW, Status.NOT_APPLICABLE, Status.REFUSED)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to a question: substantive options in order, and ways not to answer."""

    options: tuple[Option, ...] = ()
    missing: Mapping[Status, Text] = field(default_factory=dict)
    level: ScaleLevel = "nominal"
    scale: str | None = None
    reverse: bool = False
    question: Text = field(default_factory=dict)
    neutral: str | None = None
    accept_from: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Stored names of the substantive options."""
        return tuple(o.name for o in self.options)


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Reads scales and options of one file."""

    texts: Texts
    faults: Faults
    values: Mapping[str, Option]

    def scale(self, name: str, part: ScalePart) -> Answers | None:
        """Return the answers that a scale offers; None where they are unclear."""
        path: Path = ("scales", name)
        if (part.labels is None) == (part.options is None):
            self.faults.add(path, "needs either 'labels' or 'options'")
            return None
        options, missing = self.options(part.options or {}, (*path, "options"))
        options = options or self._from_labels(part.labels or [], (*path, "labels"))
        if len(options) == 1:
            self.faults.add(path, "has a single answer; a scale has at least two")
        answers = Answers(
            options=options,
            missing=self.missing(part.missing, (*path, "missing"), missing),
            level=part.level or ("ordinal" if part.labels else "nominal"),
            scale=name,
            reverse=part.reverse,
            question=self.texts.read(part.question, (*path, "question")),
            neutral=part.neutral,
            accept_from=part.accept_from,
        )
        self.check_marks(answers, path)
        return answers

    def check_marks(self, answers: Answers, path: Path) -> None:
        """Add a fault where ``neutral`` or ``accept_from`` is none of the options."""
        for key, name in (("neutral", answers.neutral), ("accept_from", answers.accept_from)):
            if name is not None and answers.options and name not in answers.names:
                self.faults.unknown((*path, key), "option", name, answers.names)

    def options(
        self, parts: Mapping[str, OptionPart], path: Path
    ) -> tuple[tuple[Option, ...], dict[Status, Text]]:
        """Return substantive options, and those that are ways not to answer by their status."""
        options: list[Option] = []
        missing: dict[Status, Text] = {}
        for name, part in parts.items():
            option = self._option(name, part, (*path, name))
            if part.missing is None:
                options.append(option)
            elif Status(part.missing) in missing:
                self.faults.add((*path, name), f"is a second option that means {part.missing}")
            else:
                missing[Status(part.missing)] = option.label
        return tuple(options), missing

    def missing(
        self,
        written: Mapping[Tickable, Mapping[str, str] | None],
        path: Path,
        also: Mapping[Status, Text],
    ) -> dict[Status, Text]:
        """Return the ways not to answer, in the order in which they are shown."""
        found = dict(also)
        for name, text in written.items():
            own = self.texts.read(text, (*path, name))
            found[Status(name)] = own or self.texts.built_in(MISSING[name])
        return {status: found[status] for status in TICKABLE if status in found}

    def _option(self, name: str, part: OptionPart, path: Path) -> Option:
        label = self.texts.read(part.label, (*path, "label"))
        if not label and name in self.values:
            label = self.values[name].label
        elif not label:
            self.faults.unknown(path, "value", name, self.values)
        return Option(name, label, part.exclusive, self.texts.read(part.note, (*path, "note")))

    def _from_labels(self, labels: list[dict[str, str]], path: Path) -> tuple[Option, ...]:
        options: list[Option] = []
        for i, written in enumerate(labels):
            label = self.texts.read(written, (*path, i))
            name = slug(say(label, self.texts.languages[0]))
            if not name:
                fix = "Use 'options' and name them."
                self.faults.add((*path, i), "has no letter or digit to make a name from", fix=fix)
            elif name in [o.name for o in options]:
                self.faults.add((*path, i), f"has the same name {name!r} as another label")
            options.append(Option(name, label))
        return tuple(options)


def values_of(file: QuestionnaireFile, texts: Texts) -> dict[str, Option]:
    """Return the questionnaire's values as options."""

    def option(name: str, part: ValuePart) -> Option:
        path: Path = ("values", name)
        label = texts.read(part.label, (*path, "label"))
        note, short = (texts.read(getattr(part, k), (*path, k)) for k in ("note", "short"))
        return Option(name, label, note=note, short=short)

    return {name: option(name, part) for name, part in file.values.items()}


def slug(label: str) -> str:
    """Return a stored name for a label: ASCII letters, digits and _."""
    ascii_only = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only.lower()).strip("_")[:60]
