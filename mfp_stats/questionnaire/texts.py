"""Texts per language: fill in the first language, check the rest, fill in placeholders."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.model import Text, say

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")

#: Wording where the author gives none.
BEST_WORST: Final[Text] = {
    "en": "Of these, which matters most to you, and which matters least?",
    "es": "De estas cosas, ¿cuál le importa más y cuál le importa menos?",
}
PICK: Final[Text] = {
    "en": "Which of these matter most to you?",
    "es": "¿Cuáles de estas cosas le importan más?",
}
RANK: Final[Text] = {
    "en": "Please put these in order, starting with what matters most to you.",
    "es": "Ordene estas cosas, empezando por la que más le importa.",
}
PERCEPTION: Final[Text] = {
    "en": "What do you think matters most to this group: {group}?",
    "es": "¿Qué cree que le importa más a este grupo: {group}?",
}
CONJOINT: Final[Text] = {
    "en": "Which of the two would you rather have?",
    "es": "¿Cuál de los dos preferiría?",
}
#: What the two profiles of a pair are called.
PROFILES: Final[Mapping[str, Text]] = {
    "first": {"en": "Plan A", "es": "Plan A"},
    "second": {"en": "Plan B", "es": "Plan B"},
}
#: Labels of the ways not to answer.
MISSING: Final[Mapping[str, Text]] = {
    "dont_know": {"en": "Don't know", "es": "No sé"},
    "refused": {"en": "Prefer not to say", "es": "Prefiero no decirlo"},
    "not_applicable": {"en": "Does not apply to me", "es": "No se aplica a mi caso"},
}


@dataclass(frozen=True, slots=True)
class Texts:
    """Turns texts as written into texts per language."""

    languages: tuple[str, ...]
    faults: Faults
    languages_known: bool = True

    def read(self, written: Mapping[str, str] | None, path: Path) -> Text:
        """Return a text by language; a language that the questionnaire lacks is a fault."""
        text: dict[str, str] = {}
        for language, words in (written or {}).items():
            code = language or self.languages[0]
            if self.languages_known and code not in self.languages:
                self.faults.unknown((*path, code), "language", code, self.languages)
            text[code] = words.strip()
        return text

    def built_in(self, text: Text) -> Text:
        """Return a wording of ours in the questionnaire's languages, English if it has none."""
        return {k: v for k, v in text.items() if k in self.languages} or {"en": text["en"]}

    def fill(self, template: Text, words: Mapping[str, Text], path: Path) -> Text:
        """Replace ``{word}`` in every language; an unknown word is a fault."""
        for name in {n for text in template.values() for n in _PLACEHOLDER.findall(text)}:
            if name not in words:
                self.faults.unknown(path, "placeholder", f"{{{name}}}", [f"{{{w}}}" for w in words])

        def put(text: str, language: str) -> str:
            return _PLACEHOLDER.sub(lambda m: say(words.get(m[1], {}), language), text)

        return {language: put(text, language) for language, text in template.items()}
