"""A block that generates its questions, with what all generators share."""

from dataclasses import dataclass

from mfp_stats.questionnaire.answers import Answers
from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import BlockPart
from mfp_stats.questionnaire.model import Item, ItemType, Option, Role, Text


@dataclass(frozen=True, slots=True)
class Source:
    """A block that generates, and where it stands."""

    context: Context
    part: BlockPart
    path: Path

    def at(self, key: str) -> Path:
        """Return the path of one of the block's keys."""
        return (*self.path, key)

    def item(self, name: str, kind: ItemType, answers: Answers, label: Text) -> Item:
        """Return an item of the block; an empty ``name`` names it as the block."""
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
        """Return a select_one item of the block."""
        return self.item(name, ItemType.SELECT_ONE, answers, label)

    def wording(self, default: Text) -> Text:
        """Return the block's own wording, else the default."""
        return self.context.texts.read(self.part.label, self.at("label")) or default

    def fill(self, template: Text, **words: Text) -> Text:
        """Return a wording of the block with its placeholders replaced."""
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


def groups(context: Context) -> tuple[Option, ...]:
    """Return the options of the group item, as far as it is known by now."""
    named = context.file.group
    found = [
        item
        for item, _ in context.items
        if item.role is Role.GROUP and (named is None or item.name == named)
    ]
    return found[0].options if found else ()
