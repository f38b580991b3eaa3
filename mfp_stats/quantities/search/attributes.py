"""Attributes of proposals, their levels, and how levels count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mfp_stats.design.data import Floats
from mfp_stats.errors import Fault

type Level = float | str | bool

#: What unordered levels are divided by, so that two of them differ as much as a number's ends do.
_APART: Final = 2**0.5


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute and the levels that designs may have.

    Numbers and yes/no count by their size, from −½ at the least that was fielded to ½ at the most;
    words have no order.
    """

    name: str
    levels: tuple[Level, ...]
    fielded: tuple[Level, ...]  #: levels of the proposals that people were asked about, in order

    @property
    def is_ordered(self) -> bool:
        """Whether levels are numbers or yes/no."""
        return not any(isinstance(level, str) for level in self.fielded)

    @property
    def columns(self) -> int:
        """How many columns its coding has."""
        return 1 if self.is_ordered else len(self.fielded)

    @property
    def unseen(self) -> tuple[bool, ...]:
        """Whether nobody was asked about a proposal with the level, by level."""
        return tuple(level not in self.fielded for level in self.levels)

    def coded(self) -> Floats:
        """Return the coding of its levels, (levels, columns)."""
        if self.is_ordered:
            least, most = float(self.fielded[0]), float(self.fielded[-1])
            numbers = np.array([float(level) for level in self.levels])
            return ((numbers - least) / (most - least) - 0.5)[:, None]
        same = [[level == known for known in self.fielded] for level in self.levels]
        return np.array(same, dtype=np.float64) / _APART


def read_levels(attribute: Attribute, texts: Sequence[str], faults: list[Fault]) -> Iterator[Level]:
    """Yield levels from text; of those that cannot be had say why."""
    known = tuple(say_level(level) for level in attribute.fielded)
    if not texts:
        faults.append(Fault(attribute.name, "no level is given", known=known))
    for text in texts:
        there = [a for a in attribute.fielded if text.strip() in (say_level(a), str(a).lower())]
        number = _number(text)
        if there:
            yield there[0]
        elif number is not None and attribute.is_ordered and not _yes_no(attribute):
            if float(attribute.fielded[0]) < number < float(attribute.fielded[-1]):
                yield number
            else:
                what = f"nobody was asked about a proposal with {text.strip()}, or beyond it"
                faults.append(Fault(attribute.name, what, known=known))
        else:
            what = f"nobody was asked about a proposal with the level {text.strip()!r}"
            faults.append(Fault(attribute.name, what, known=known))


def _yes_no(attribute: Attribute) -> bool:
    return any(isinstance(level, bool) for level in attribute.fielded)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def say_level(level: Level) -> str:
    """Return a level as text: ``yes``, ``no``, a number without needless zeros, or its words."""
    if isinstance(level, bool):
        return "yes" if level else "no"
    return f"{level:g}" if isinstance(level, int | float) else level


def said(name: str) -> str:
    """Return an attribute's name in words."""
    return name.replace("_", " ")
