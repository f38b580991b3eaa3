"""Which columns a questionnaire version's answer sheet has, and which codes they may hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from mfp_stats.errors import Fault, StoreError
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire
from mfp_stats.responses import SHEET_HEAD, sheet_column

Kind = Literal["code", "number", "text"]

#: ``position`` is stored in 16 bits.
MOST_COLUMNS: Final = 32_767

_KINDS: Final[dict[ItemType, Kind]] = {
    ItemType.INTEGER: "number",
    ItemType.DECIMAL: "number",
    ItemType.TEXT: "text",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One part of an item, at its position in the version's sheet."""

    position: int
    item: str
    part: str
    type: ItemType

    @property
    def name(self) -> str:
        """The sheet column of the code, number or text."""
        return sheet_column(self.item, self.part)

    @property
    def kind(self) -> Kind:
        """What the column holds."""
        return _KINDS.get(self.type, "code")

    @property
    def code_name(self) -> str:
        """The sheet column of the code: for numbers and texts the status beside them."""
        return self.name if self.kind == "code" else sheet_column(self.item, "status")


def _meanings(item: Item) -> tuple[str, ...]:
    """Return what each option stands for, by which versions are matched: its name.

    The options of a pair of profiles are called alike in every pair: they stand for choosing one
    profile rather than the other, and in another pair there is no such choice.
    """
    if not item.profiles:
        return item.option_names
    made_of = [
        " ".join(f"{attribute}={level}" for attribute, level in sorted(item.profiles[side].items()))
        for side in item.option_names
    ]
    return tuple(f"{one} rather than {made_of[1 - k]}" for k, one in enumerate(made_of))


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one questionnaire version's sheet and the options of its items, in order."""

    survey: str
    hash: str
    columns: tuple[Column, ...]
    options: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Self:
        """Lay out a questionnaire.

        Raises
        ------
        StoreError
            An item's column would have the name of a leading column of every sheet or of
            another item's column, or there are more columns than can be numbered.
        """
        items = questionnaire.items
        named = ((item, part) for item in items for part in item.parts)
        columns = tuple(
            Column(k, item.name, part, item.type) for k, (item, part) in enumerate(named)
        )
        options = {item.name: _meanings(item) for item in items if item.options}
        layout = cls(questionnaire.survey, questionnaire.hash, columns, options)
        if faults := layout._faults():
            raise StoreError(faults, about=f"survey {questionnaire.survey!r}")
        return layout

    def _faults(self) -> list[Fault]:
        names = [c.name for c in self.columns]
        names += [c.code_name for c in self.columns if c.kind != "code"]
        taken = set(SHEET_HEAD)
        faults = []
        for name in names:
            if name in taken:
                what = "this column name is taken by another column of the answer sheet"
                faults.append(Fault(name, what, fix="Rename the item."))
            taken.add(name)
        if len(self.columns) > MOST_COLUMNS:
            what = f"{len(self.columns)} columns; at most {MOST_COLUMNS} can be stored"
            faults.append(Fault("items", what))
        return faults

    def highest(self, column: Column) -> int:
        """Return the highest code that the column may hold; the lowest is 0."""
        match column.type:
            case ItemType.SELECT_ONE | ItemType.BEST_WORST:
                return len(self.options.get(column.item, ())) - 1
            case ItemType.SELECT_MULTIPLE:
                return 1
            case ItemType.RANK:
                return len(self.options.get(column.item, ()))
            case _:
                return 0

    def by_name(self) -> dict[str, Column]:
        """Return the columns by sheet column, without the statuses beside them."""
        return {c.name: c for c in self.columns}

    def by_item(self) -> dict[str, list[Column]]:
        """Return the columns of each item, in order."""
        grouped: dict[str, list[Column]] = {}
        for column in self.columns:
            grouped.setdefault(column.item, []).append(column)
        return grouped
