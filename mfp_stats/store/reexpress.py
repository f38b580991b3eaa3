"""Express answers given under one questionnaire version in the codes of another.

Items, parts and options are matched by name; labels may change freely. What was not asked, or
not offered, under the earlier version is missing as "not asked". An item that the later version
dropped is left out. An answer that the later version cannot express is a fault, never a guess; a
choice of the best and the worst out of other cards is one, for it says nothing of the new ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mfp_stats.errors import Fault, StoreError
from mfp_stats.questionnaire.model import ItemType
from mfp_stats.responses import MISSING_CODES, Status
from mfp_stats.store.layout import Column, Layout

Codes = NDArray[np.int16]

_NOT_ASKED = MISSING_CODES[Status.NOT_ASKED]
_BY_OPTION = (ItemType.SELECT_ONE, ItemType.BEST_WORST)
_BY_PART = (ItemType.SELECT_MULTIPLE, ItemType.RANK)


@dataclass(frozen=True, slots=True)
class Recoding:
    """Where each column of the target comes from, and its codes.

    Parameters
    ----------
    given, target
        The version answered and the version wanted.
    stored
        Codes under ``given``, columns × respondents.
    """

    given: Layout
    stored: Codes
    target: Layout

    def source(self, column: Column) -> Column | None:
        """Return the column of the version answered that holds the target's column, if any."""
        return self.given.by_name().get(column.name)

    def codes(self, column: Column) -> Codes:
        """Return the target's codes of one of its columns, one per respondent."""
        source = self.source(column)
        if source is None:
            return self._not_offered(column)
        codes: Codes = self.stored[source.position]
        if column.type in _BY_OPTION:
            return self._by_option(codes, column)
        return codes

    def _not_offered(self, column: Column) -> Codes:
        """Codes of a part that the version answered lacks.

        Someone who refused the whole item refused this part too; who answered it was not asked.
        """
        siblings = self.given.by_item().get(column.item, [])
        codes = np.full(self.stored.shape[1], _NOT_ASKED, dtype=np.int16)
        if siblings and column.type in _BY_PART:
            first = self.stored[siblings[0].position]
            codes = np.where(first < 0, first, codes)
        return codes

    def _by_option(self, codes: Codes, column: Column) -> Codes:
        before = self.given.options.get(column.item, ())
        after = self.target.options.get(column.item, ())
        if before == after:
            return codes
        place = {name: code for code, name in enumerate(after)}
        lookup = np.array([place.get(name, _NOT_ASKED) for name in before] or [0], dtype=np.int16)
        return np.where(codes < 0, codes, lookup[np.maximum(codes, 0)])


def recoding(given: Layout, stored: Codes, target: Layout) -> Recoding:
    """Pair the columns of two versions.

    Raises
    ------
    StoreError
        An item's type differs, or someone chose or ranked an option that the target lacks;
        with every such item and option.
    """
    faults = [*_type_faults(given, target), *_option_faults(given, stored, target)]
    if faults:
        about = f"answers to version {given.hash[:12]} do not fit version {target.hash[:12]}"
        raise StoreError(faults, about=about)
    return Recoding(given, stored, target)


def _type_faults(given: Layout, target: Layout) -> list[Fault]:
    before = {c.item: c.type for c in given.columns}
    after = {c.item: c.type for c in target.columns}
    fix = "Give the changed question a new name."
    return [
        Fault(f"item {item}", f"was {before[item]} and is {kind}", fix=fix)
        for item, kind in after.items()
        if before.get(item, kind) != kind
    ]


def _option_faults(given: Layout, stored: Codes, target: Layout) -> list[Fault]:
    kept = {c.item for c in target.columns}
    faults = []
    for column in given.columns:
        if column.item in kept:
            lost = _lost_options(column, given, target)
            for option, code in lost.items():
                lacks = option not in target.options.get(column.item, ())
                why = "which this version lacks" if lacks else "out of other cards than these"
                faults += _if_given(column, option, stored[column.position], code, why)
    return faults


def _lost_options(column: Column, given: Layout, target: Layout) -> dict[str, int]:
    """Return the options that the target lacks, with the least code that says it was chosen."""
    after = target.options.get(column.item, ())
    if column.type in _BY_OPTION:
        before = given.options.get(column.item, ())
        if column.type is ItemType.BEST_WORST and set(before) != set(after):
            return {name: code for code, name in enumerate(before)}
        return {name: code for code, name in enumerate(before) if name not in after}
    if column.type in _BY_PART and column.part not in after:
        return {column.part: 1}
    return {}


def _if_given(column: Column, option: str, codes: Codes, code: int, why: str) -> list[Fault]:
    chosen = codes >= code if column.type in _BY_PART else codes == code
    count = int(np.count_nonzero(chosen))
    if not count:
        return []
    what = f"{count} respondents chose {option!r}, {why}"
    fix = "Keep the option, or give the changed question a new name."
    return [Fault(f"item {column.item}", what, fix=fix)]
