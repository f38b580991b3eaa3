"""A raw table and its mapping to an answer sheet: everything, or every reason why not."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.errors import Fault, ImportRejected, MappingError
from mfp_stats.importers.answers import Lookup, Rejects, look_up, trimmed
from mfp_stats.importers.head import sheet_head
from mfp_stats.importers.mapping import Binding, ImportMapping
from mfp_stats.importers.parts import (
    best_worst,
    joined_parts,
    option_codes,
    pick_lookups,
    reject_double_ranks,
    reject_unknown,
    split_parts,
)
from mfp_stats.questionnaire.faults import Faults
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire
from mfp_stats.readers.table import RawTable, short
from mfp_stats.responses import MISSING_CODES, Status, sheet_column

_NOT_ASKED: Final = MISSING_CODES[Status.NOT_ASKED]


def apply_mapping(
    raw: RawTable, mapping: ImportMapping, questionnaire: Questionnaire, *, wave: str
) -> pl.DataFrame:
    """Turn a file's cells into answers.

    Parameters
    ----------
    raw
        The file's cells.
    mapping
        What they mean; checked against the questionnaire by ``load_mapping``.
    questionnaire
        The items that they answer.
    wave
        The wave, unless the mapping names a column of it.

    Returns
    -------
    polars.DataFrame
        An answer sheet (see :mod:`mfp_stats.responses`): one row a respondent and wave, in the
        file's order; every item of the questionnaire, those listed as not in the file as not
        asked.

    Raises
    ------
    MappingError
        The mapping is an unconfirmed suggestion, or names columns that the file does not have.
    ImportRejected
        With every cell that means nothing, every answer that contradicts itself, every id that
        is empty or stands twice, and every weight that is none; with their lines. Or the wave has
        no name.
    """
    _refuse_unusable(raw, mapping)
    if mapping.wave is None and not wave.strip():
        fix = "Give it one, such as 1."
        raise ImportRejected(Fault("wave", "the wave has no name", fix=fix), about=raw.file)
    rejects = Rejects(raw)
    head = sheet_head(mapping, questionnaire, wave, rejects)
    answers = list(_answers(mapping, questionnaire, rejects))
    if rejects.found:
        raise ImportRejected(rejects.found, about=raw.file)
    return pl.DataFrame([*head, *answers])


def unused_columns(raw: RawTable, mapping: ImportMapping) -> tuple[str, ...]:
    """Return the file's columns that the mapping leaves aside, in order."""
    used = mapping.columns()
    return tuple(name for name in raw.columns if name not in used)


def _refuse_unusable(raw: RawTable, mapping: ImportMapping) -> None:
    faults = Faults(raw.file)
    if not mapping.confirmed:
        fix = "Read it through, correct it, and delete the line 'confirmed: false'."
        faults.add(("confirmed",), "the mapping is a suggestion that nobody has confirmed", fix=fix)
    have = set(raw.columns)
    for key, name in _named_columns(mapping):
        if name not in have:
            faults.unknown(tuple(key.split("/")), "column", name, raw.columns)
    if faults.found:
        raise MappingError(faults.found, about=f"{raw.file} with the mapping of {mapping.survey}")


def _named_columns(mapping: ImportMapping) -> Iterator[tuple[str, str]]:
    head = {"respondent": mapping.respondent.column, "wave": mapping.wave, "weight": mapping.weight}
    yield from ((key, name) for key, name in head.items() if name is not None)
    yield from ((f"arms/{arm}", source.column) for arm, source in mapping.arms.items())
    for item, binding in mapping.items.items():
        yield from ((f"items/{item}", name) for name in binding.used())


def _answers(
    mapping: ImportMapping, questionnaire: Questionnaire, rejects: Rejects
) -> Iterator[pl.Series]:
    """Yield the sheet's columns in questionnaire order."""
    codes = _simple_codes(mapping, questionnaire, rejects)
    for item in questionnaire.items:
        binding = mapping.items.get(item.name)
        if binding is None:
            yield from _unasked(item, len(rejects.raw))
            continue
        missing = mapping.missing_of(binding)
        match item.type:
            case ItemType.SELECT_ONE:
                assert binding.column is not None
                found = codes[item.name]
                reject_unknown(item, binding.column, found, option_codes(item, binding), rejects)
                yield found
            case ItemType.SELECT_MULTIPLE | ItemType.RANK:
                yield from _parts(item, binding, mapping, codes, rejects)
            case ItemType.BEST_WORST:
                yield from best_worst(item, binding, missing, rejects)
            case ItemType.INTEGER | ItemType.DECIMAL:
                yield from _number(item, binding, Lookup.of({}, missing), rejects)
            case ItemType.TEXT:
                yield from _text(item, binding, Lookup.of({}, missing), rejects)


def _simple_codes(
    mapping: ImportMapping, questionnaire: Questionnaire, rejects: Rejects
) -> pl.DataFrame:
    """Return the codes of all single columns in one go: polars then uses every core."""
    lookups: dict[str, tuple[str, Lookup]] = {}
    for item in questionnaire.items:
        binding = mapping.items.get(item.name)
        if binding is None:
            continue
        missing = mapping.missing_of(binding)
        if item.type is ItemType.SELECT_ONE:
            assert binding.column is not None
            lookup = Lookup.of(option_codes(item, binding), missing)
            lookups[item.name] = (binding.column, lookup)
        elif binding.columns is not None:
            for part, named in pick_lookups(item, binding, missing).items():
                lookups[f"{item.name}|{part}"] = named
    return look_up(rejects.raw.frame, lookups)


def _parts(
    item: Item, binding: Binding, mapping: ImportMapping, codes: pl.DataFrame, rejects: Rejects
) -> list[pl.Series]:
    missing = mapping.missing_of(binding)
    empty = Status(binding.nothing_chosen) if binding.nothing_chosen else missing.get("")
    if binding.columns is None:
        parts = split_parts(item, binding, missing, rejects)
    else:
        prefix = f"{item.name}|"
        lookups = pick_lookups(item, binding, missing)
        parts = codes.select(pl.col(prefix + part).alias(part) for part in lookups)
        for part, (column, lookup) in lookups.items():
            reject_unknown(item, column, parts[part], lookup.codes, rejects)
        parts = parts.fill_null(0)
    if item.type is ItemType.RANK:
        reject_double_ranks(item, binding, parts, rejects)
    return joined_parts(item, binding, parts, rejects, empty)


def _unasked(item: Item, rows: int) -> Iterator[pl.Series]:
    codes = pl.repeat(_NOT_ASKED, rows, dtype=pl.Int16, eager=True)
    for part in item.parts:
        name = sheet_column(item.name, part)
        match item.type:
            case ItemType.INTEGER | ItemType.DECIMAL:
                yield pl.repeat(None, rows, dtype=pl.Float64, eager=True).alias(name)
                yield codes.alias(sheet_column(item.name, "status"))
            case ItemType.TEXT:
                yield pl.repeat(None, rows, dtype=pl.String, eager=True).alias(name)
                yield codes.alias(sheet_column(item.name, "status"))
            case _:
                yield codes.alias(name)


def _number(item: Item, binding: Binding, lookup: Lookup, rejects: Rejects) -> list[pl.Series]:
    """Return a number column and its status."""
    assert binding.column is not None
    cells = rejects.raw.frame.select(
        text=trimmed(pl.col(binding.column)),
        status=lookup.expression(trimmed(pl.col(binding.column))),
    ).with_columns(number=pl.col("text").cast(pl.Float64, strict=False))
    numbers = cells.select(
        pl.when(pl.col("status").is_null()).then(pl.col("number")).alias("number"),
        pl.col("status").fill_null(0),
    )
    number, status = pl.col("number"), pl.col("status")
    usable = number.is_finite().fill_null(value=False)
    unreadable = numbers.select((status == 0) & ~usable).to_series()
    if unreadable.any():
        fix = "Numbers need a point, not a comma; name other texts under 'missing'."
        rejects.texts(binding.column, unreadable, item.name, _range(item), fix)
    off = [number < item.minimum] if item.minimum is not None else []
    off += [number > item.maximum] if item.maximum is not None else []
    off += [number != number.floor()] if item.type is ItemType.INTEGER else []
    wrong = numbers.select(usable & pl.any_horizontal(off or [pl.lit(value=False)])).to_series()
    if wrong.any():
        rejects.texts(binding.column, wrong, item.name, _range(item), "Correct the file.")
    name = item.name
    return [numbers["number"].alias(name), numbers["status"].alias(sheet_column(name, "status"))]


def _range(item: Item) -> tuple[str, ...]:
    kind = "whole numbers" if item.type is ItemType.INTEGER else "numbers"
    low, high = item.minimum, item.maximum
    if low is not None and high is not None:
        return (f"{kind} from {low:g} to {high:g}",)
    if low is not None:
        return (f"{kind} from {low:g}",)
    return (f"{kind} up to {high:g}",) if high is not None else (kind,)


def _text(item: Item, binding: Binding, lookup: Lookup, rejects: Rejects) -> list[pl.Series]:
    """Return a text column and its status; an empty cell without a meaning is a fault."""
    assert binding.column is not None
    text = trimmed(pl.col(binding.column))
    cells = rejects.raw.frame.select(text=text, status=lookup.expression(text)).with_columns(
        text=pl.when(pl.col("status").is_null()).then(pl.col("text"))
    )
    lost = cells.select((pl.col("text").is_null() & pl.col("status").is_null()).arg_true())
    fix = f'Say what it means: items: {item.name}: missing: {{"": skipped}}.'
    rejects.rows(short(binding.column), lost.to_series(), "the cell is empty", fix=fix)
    status = cells["status"].fill_null(0).alias(sheet_column(item.name, "status"))
    return [cells["text"].alias(item.name), status]
