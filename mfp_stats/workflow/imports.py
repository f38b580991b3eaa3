"""A survey export into the store, through a mapping that the user has seen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from mfp_stats.errors import Fault, MappingError
from mfp_stats.frames import missingness
from mfp_stats.importers import apply_mapping, load_mapping, save_mapping, suggest_mapping
from mfp_stats.project import Project
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.readers import read_file
from mfp_stats.store import ImportReceipt, ImportSource, Store
from mfp_stats.workflow.apart import refuse_real, refuse_simulated
from mfp_stats.workflow.context import SIMULATED


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A file read through a mapping, with nothing stored yet."""

    questionnaire: Questionnaire
    sheet: pl.DataFrame
    missing: pl.DataFrame
    mapping: Path
    unused_columns: Sequence[str]
    #: What was decided while reading the file: encoding, delimiter, new names, rows left out, and
    #: where waves come from if not from the reader.
    notes: Sequence[str]
    #: The mapping says that the file holds no real people.
    simulated: bool


@dataclass(frozen=True, slots=True)
class SuggestedMapping:
    """A mapping that the program suggests, written to a file for the user to confirm."""

    file: Path
    uncertain: Sequence[str]


def choose_mapping(project: Project, survey: str, given: Path | None) -> Path:
    """Return the mapping to use: the one given, else the only one that the survey keeps.

    Raises
    ------
    MappingError
        The file given does not exist, or the survey keeps none or several.
    """
    if given is not None:
        if not given.is_file():
            raise MappingError(Fault(str(given), "there is no such file"))
        return given
    kept = project.mappings(survey)
    if len(kept) == 1:
        return next(iter(kept.values()))
    what = "keeps several mappings" if kept else "keeps no mapping yet"
    names = tuple(str(path) for path in kept.values())
    fix = "Pass one with --mapping" if kept else "Have one suggested, check it, pass it back"
    raise MappingError(Fault(survey, what, known=names, fix=fix))


def rehearse(
    project: Project,
    survey: str,
    file: Path,
    *,
    mapping: Path | None,
    wave: str,
    store: Store | None,
) -> Rehearsal:
    """Read a file through a mapping and say what would be stored; nothing is.

    Parameters
    ----------
    project, survey, file, mapping, wave
        As of :func:`import_file`.
    store
        The project's store, read only. None where there is none, or where it cannot be opened:
        the file is then not held against what is stored already.

    Raises
    ------
    ImportRejected, MappingError, QuestionnaireError, ProjectError
        What :func:`import_file` would refuse.
    """
    read = _read(project, survey, file, mapping=mapping, wave=wave)
    if store is None:
        Store.check_sheet(read.sheet, read.questionnaire, file=file.name)
        return read
    source = _source(read, file, _identity(file))
    _keep_apart(store, survey, read, source)
    earlier = store.rehearse_sheet(read.sheet, read.questionnaire, source=source)
    return read if earlier is None else replace(read, notes=(*read.notes, earlier.message))


def _read(
    project: Project, survey: str, file: Path, *, mapping: Path | None, wave: str
) -> Rehearsal:
    questionnaire = project.questionnaire(survey)
    chosen = choose_mapping(project, survey, mapping)
    binding = load_mapping(chosen, questionnaire)
    raw = read_file(file, options=binding.file)
    sheet = apply_mapping(raw, binding, questionnaire, wave=wave)
    missing = missingness(sheet, questionnaire)
    used = binding.columns()
    unused = [column for column in raw.columns if column not in used]
    waves = (
        () if binding.wave is None else (f"wave: from the column '{binding.wave}', for every row",)
    )
    notes = (*raw.notes, *waves)
    return Rehearsal(questionnaire, sheet, missing, chosen, unused, notes, binding.simulated)


def import_file(
    project: Project,
    store: Store,
    survey: str,
    file: Path,
    *,
    mapping: Path | None = None,
    wave: str = "1",
) -> tuple[ImportReceipt, Rehearsal]:
    """Store a file's answers, all or nothing; the same file twice adds nothing.

    Raises
    ------
    ImportRejected, MappingError, QuestionnaireError, ProjectError
        With every fault found in the file, the mapping or the questionnaire; or the survey holds
        simulated people and these are real, or the other way round.
    """
    read = _read(project, survey, file, mapping=mapping, wave=wave)
    source = _source(read, file, _identity(file))
    _keep_apart(store, survey, read, source)
    receipt = store.append_sheet(read.sheet, read.questionnaire, source=source, original=file)
    return receipt, read


def _identity(file: Path) -> str:
    """Return the hash that a file is stored under."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _source(read: Rehearsal, file: Path, sha256: str) -> ImportSource:
    """Return where a sheet comes from; one of simulated people is known by its name."""
    return ImportSource(
        file=f"{SIMULATED}{file.name}" if read.simulated else file.name,
        sha256=sha256,
        mapping=read.mapping.read_text(encoding="utf-8"),
    )


def _keep_apart(store: Store, survey: str, read: Rehearsal, source: ImportSource) -> None:
    """Refuse real people among simulated ones, and the other way round."""
    if read.simulated:
        refuse_simulated(store, survey, source.sha256)
    else:
        refuse_real(store, survey)


def suggest(project: Project, survey: str, file: Path) -> SuggestedMapping:
    """Write the mapping that seems to fit a file into the project, for the user to confirm.

    It is named after the survey and the file, and is used only when confirmed and passed back.

    Raises
    ------
    ImportRejected
        The file cannot be read.
    MappingError
        One was suggested for that file before; it may hold corrections and is left as it is.
        Or the project's folder cannot be written.
    """
    target = project.root / f"{survey}-{file.stem}-suggested-mapping.yaml"
    if target.exists():
        what = "a mapping was suggested for this file before"
        fix = "Pass it back with --mapping, or delete it to have another one suggested"
        raise MappingError(Fault(str(target), what, fix=fix))
    questionnaire = project.questionnaire(survey)
    suggestion = suggest_mapping(read_file(file), questionnaire)
    try:
        save_mapping(suggestion.mapping, target, comments=suggestion.comments)
    except OSError as error:
        raise MappingError(Fault(str(target), f"cannot be written: {error.strerror}")) from error
    return SuggestedMapping(target, suggestion.uncertain)
