"""The leading columns of an answer sheet: who, when, with which weight and in which arm."""

from collections.abc import Iterator

import polars as pl

from mfp_stats.errors import first_names
from mfp_stats.importers.answers import Lookup, Rejects, look_up, trimmed
from mfp_stats.importers.mapping import ImportMapping
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.responses import SHEET_HEAD


def sheet_head(
    mapping: ImportMapping, questionnaire: Questionnaire, wave: str, rejects: Rejects
) -> list[pl.Series]:
    """Return the columns of ``SHEET_HEAD``; ids and weights that cannot be are added as faults."""
    rows = len(rejects.raw)
    columns = {
        "respondent": _respondents(mapping, rejects),
        "wave": _waves(mapping, wave, rejects),
        "weight": _weights(mapping, rejects),
        "arms": _arms(mapping, questionnaire, rejects),
    }
    _reject_twice(mapping, columns["respondent"], columns["wave"], rejects)
    nothing = {
        name: pl.repeat(None, rows, dtype=SHEET_HEAD[name], eager=True)
        for name in ("shown", "submitted")
    }
    return [series.alias(name) for name, series in (columns | nothing).items()]


def _respondents(mapping: ImportMapping, rejects: Rejects) -> pl.Series:
    column = mapping.respondent.column
    if column is None:
        numbers = pl.int_range(1, len(rejects.raw) + 1, eager=True)
        return numbers.cast(pl.String)
    return _filled(column, "the respondent's id is empty", rejects)


def _waves(mapping: ImportMapping, wave: str, rejects: Rejects) -> pl.Series:
    if mapping.wave is None:
        return pl.repeat(wave, len(rejects.raw), dtype=pl.String, eager=True)
    return _filled(mapping.wave, "the wave is empty", rejects)


def _filled(column: str, what: str, rejects: Rejects) -> pl.Series:
    texts = rejects.raw.frame.select(trimmed(pl.col(column))).to_series()
    rejects.rows(column, texts.is_null().arg_true(), what, fix="Fill it in, or delete the row.")
    return texts


def _reject_twice(
    mapping: ImportMapping, respondents: pl.Series, waves: pl.Series, rejects: Rejects
) -> None:
    column = mapping.respondent.column
    if column is None or respondents.n_unique() == len(respondents):
        return
    people = pl.DataFrame({"respondent": respondents, "wave": waves}).with_row_index("row")
    twice = people.filter(
        pl.col("respondent").is_not_null() & pl.struct("respondent", "wave").is_duplicated()
    )
    ids = twice["respondent"].unique(maintain_order=True).to_list()
    what = (
        f"{len(ids):,} ids stand on several rows of one wave: {first_names(list(map(repr, ids)))}"
    )
    fix = "Keep one row each; if they are waves, name their column under 'wave'."
    rejects.rows(column, twice["row"], what, fix=fix)


def _weights(mapping: ImportMapping, rejects: Rejects) -> pl.Series:
    """Return design weights; 0 is let through and counted where weights are used."""
    if mapping.weight is None:
        return pl.repeat(None, len(rejects.raw), dtype=pl.Float64, eager=True)
    column = pl.col(mapping.weight)
    weights = rejects.raw.frame.select(trimmed(column).cast(pl.Float64, strict=False)).to_series()
    usable = weights.is_finite().fill_null(value=False) & (weights >= 0)
    if not usable.all():
        known, fix = ("finite numbers of 0 or more",), "Correct the weight, or leave out the row."
        rejects.texts(mapping.weight, ~usable.fill_null(value=False), "weight", known, fix)
    return weights


def _arms(mapping: ImportMapping, questionnaire: Questionnaire, rejects: Rejects) -> pl.Series:
    """Return one JSON object a row."""
    if not mapping.arms:
        return pl.repeat(None, len(rejects.raw), dtype=pl.String, eager=True)
    levels = pl.DataFrame(list(_levels(mapping, questionnaire, rejects)))
    return levels.select(pl.struct(pl.all()).struct.json_encode()).to_series()


def _levels(
    mapping: ImportMapping, questionnaire: Questionnaire, rejects: Rejects
) -> Iterator[pl.Series]:
    for arm, source in mapping.arms.items():
        names = list(questionnaire.arms[arm])
        texts = source.codes or {name: name for name in names}
        known = {text.strip(): names.index(level) for text, level in texts.items()}
        codes = look_up(rejects.raw.frame, {arm: (source.column, Lookup.of(known, {}))})[arm]
        if codes.null_count():
            fix = f"Correct the file, or add the text under arms: {arm}: codes."
            rejects.texts(source.column, codes.is_null(), f"arm {arm}", known, fix)
        yield codes.replace_strict(
            list(range(len(names))), names, default=None, return_dtype=pl.String
        )
