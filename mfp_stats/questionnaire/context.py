"""What every step of expanding a file shares."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from mfp_stats.questionnaire.answers import AnswerReader, Answers, values_of
from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.file import QuestionnaireFile
from mfp_stats.questionnaire.model import Item, Option
from mfp_stats.questionnaire.salvage import Draft
from mfp_stats.questionnaire.texts import Texts

#: The list of options that every questionnaire has: its values.
VALUES = "values"


@dataclass(slots=True)
class Context:
    """One file on its way to a questionnaire; ``items`` grows, each with where it was written."""

    file: QuestionnaireFile
    broken: frozenset[str]
    lost: Counter[str]
    faults: Faults
    texts: Texts
    reader: AnswerReader
    values: Mapping[str, Option]
    scales: Mapping[str, Answers]
    items: list[tuple[Item, Path]] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft, faults: Faults) -> "Context":
        """Read values and scales, so that blocks can refer to them."""
        file = draft.file
        texts = Texts(tuple(file.languages), faults, languages_known=not draft.lost["languages"])
        values = values_of(file, texts)
        reader = AnswerReader(texts, faults, values)
        read = {name: reader.scale(name, part) for name, part in file.scales.items()}
        scales = {name: answers for name, answers in read.items() if answers is not None}
        broken = draft.broken | (set(read) - set(scales))
        return cls(file, broken, draft.lost, faults, texts, reader, values, scales)

    def scale(self, name: str | None, path: Path) -> Answers | None:
        """Return a scale by name; None, with a fault, where there is none."""
        if name is None or name in self.broken:
            return None
        if name == VALUES:
            return Answers(options=tuple(self.values.values()))
        if name not in self.scales:
            self.faults.unknown(path, "scale", name, self.scales)
        return self.scales.get(name)

    def check_known(
        self, path: Path, kind: str, name: str | None, known: Mapping[str, object]
    ) -> None:
        """Add a fault where ``name`` is given but is no ``kind``."""
        if name is not None and name not in known and name not in self.broken:
            self.faults.unknown(path, kind, name, known)
