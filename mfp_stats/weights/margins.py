"""Margins of the population: how common each answer to an item is, as a user writes it down.

A file ``margins.yaml`` beside the questionnaire::

    relation: {residents: 0.62, workers: 0.30, owners: 0.08}
    age: {under_35: 0.31, from_35_to_64: 0.46, over_64: 0.23}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Final

from mfp_stats.errors import Fault, MarginsError, QuestionnaireError
from mfp_stats.questionnaire.faults import Faults
from mfp_stats.questionnaire.faults import Path as Place
from mfp_stats.questionnaire.model import ItemType, Questionnaire
from mfp_stats.questionnaire.yaml_tree import LONGEST, Tree, read_yaml

#: How far shares may sum from 1: three digits of a handful of options.
_ROUNDING: Final = 0.0025

_SHAPE: Final = "Write for example: relation: {residents: 0.7, workers: 0.3}"


@dataclass(frozen=True, slots=True)
class Margins:
    """Shares of the population, ``{item: {option: share}}``.

    The shares of an item sum to 1; options that the file leaves out have share 0.
    """

    shares: Mapping[str, Mapping[str, float]]


def load_margins(path: Path, questionnaire: Questionnaire) -> Margins:
    """Read a file of margins and check it against the questionnaire.

    Raises
    ------
    MarginsError
        The file cannot be read, or with every fault in it.
    """
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8-sig") if size <= LONGEST else ""
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise MarginsError(Fault("", f"cannot be read: {said}"), about=str(path)) from None
    if size > LONGEST:
        what = f"holds {size:,} bytes; that is no file of margins"
        raise MarginsError(Fault("", what), about=str(path))
    return parse_margins(text, questionnaire, where=path.name)


def parse_margins(text: str, questionnaire: Questionnaire, *, where: str) -> Margins:
    """Read margins from YAML text; see :func:`load_margins`."""
    lines: dict[Place, int] = {}
    faults = Faults(where, lines)
    try:
        tree = read_yaml(text, faults, lines)
    except QuestionnaireError as error:
        raise MarginsError(error.faults, about=where) from None
    shares: dict[str, dict[str, float]] = {}
    if isinstance(tree, dict) and tree:
        for name, written in tree.items():
            shares[name] = _item(name, written, questionnaire, faults)
    else:
        what = "must be a mapping of items to the shares of their options"
        faults.add((), what if tree else "is empty", fix=_SHAPE)
    if faults.found:
        raise MarginsError(faults.found, about=where)
    return Margins(shares)


def _item(
    name: str, written: Tree, questionnaire: Questionnaire, faults: Faults
) -> dict[str, float]:
    """Return the shares of one item's options, scaled to sum to 1 exactly."""
    usable = [i.name for i in questionnaire.items if i.type is ItemType.SELECT_ONE]
    known = [i.name for i in questionnaire.items]
    if name not in usable:
        if name in known:
            what = f"{name!r} is {questionnaire.item(name).type.value}; margins need select_one"
            faults.add((name,), what, known=usable)
        else:
            faults.unknown((name,), "item", name, usable)
        return {}
    if not isinstance(written, dict) or not written:
        faults.add((name,), "must be a mapping of options to shares", fix=_SHAPE)
        return {}
    options = questionnaire.item(name).option_names
    before = len(faults.found)
    found = {}
    for option, share in written.items():
        if option not in options:
            faults.unknown((name, option), f"option of {name}", option, options)
        found[option] = _share((name, option), share, faults)
    if len(faults.found) > before:
        return {}
    total = sum(found.values())
    if abs(total - 1) > _ROUNDING:
        faults.add((name,), f"shares sum to {total:g}, not 1")
        return {}
    return {option: share / total for option, share in found.items()}


def _share(place: Place, written: Tree, faults: Faults) -> float:
    fix = "Write a share of the population between 0 and 1, such as 0.31."
    try:
        share = float(written) if isinstance(written, str) else float("nan")
    except ValueError:
        share = float("nan")
    if not isfinite(share):
        said = "is empty" if written is None else f"must be a number, not {written!r}"
        faults.add(place, said, fix=fix)
    elif not 0 <= share <= 1:
        faults.add(place, f"is {share:g}, but a share lies between 0 and 1", fix=fix)
    return share
