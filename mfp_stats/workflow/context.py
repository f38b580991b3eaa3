"""What a dashboard page may ask for. Reads stored results; never imports a sampler."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from mfp_stats.errors import Fault, ProjectError
from mfp_stats.frames import missingness
from mfp_stats.project import QUESTIONNAIRE_FILE, Project
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.responses import Status
from mfp_stats.store import Store
from mfp_stats.workflow.results import FitResults, fits_of
from mfp_stats.workflow.small_numbers import withheld

#: What the file name of a stored simulation starts with, so that it is known for what it is.
SIMULATED: Final = "simulated: "
#: Why there is no answer, in words.
REASONS: Final = {
    Status.NOT_ASKED: "not asked",
    Status.SKIPPED: "skipped",
    Status.DONT_KNOW: "don't know",
    Status.REFUSED: "refused",
    Status.NOT_APPLICABLE: "not applicable",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of a survey.

    ``missing`` is as :func:`reasons_missing` returns it.
    """

    people: int
    submissions: int
    simulated: bool
    imports: pl.DataFrame
    missing: pl.DataFrame


@dataclass(frozen=True, slots=True)
class PageContext:
    """A project and its open store, as the pages see them.

    Parameters
    ----------
    project
        The project that is served.
    store
        Its store, owned by the serving process.
    opened
        Surveys that respondents can answer now.
    """

    project: Project
    store: Store
    opened: Sequence[str] = ()
    _loaded: dict[Path, tuple[tuple[int, int], Questionnaire]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def surveys(self) -> list[str]:
        """Return every survey's name: those with answers first, then those published."""
        names = [*self.store.answered(), *self.store.surveys(), *self.project.surveys()]
        return list(dict.fromkeys(names))

    def questionnaire(self, survey: str) -> Questionnaire:
        """Return a survey's questionnaire, read anew when its file was changed.

        Raises
        ------
        ProjectError, QuestionnaireError
            There is no such survey, or its questionnaire has faults.
        """
        file = self.project.survey_folder(survey) / QUESTIONNAIRE_FILE
        written = (file.stat().st_mtime_ns, file.stat().st_size)
        held = self._loaded.get(file)
        if held is None or held[0] != written:
            held = (written, self.project.questionnaire(survey))
            self._loaded[file] = held
        return held[1]

    def latest(self, survey: str) -> FitResults | None:
        """Return the newest finished fit, None where there is none."""
        return next(iter(fits_of(self.project, survey)), None)

    def form_path(self, survey: str) -> str | None:
        """Return where respondents answer the survey, None where it is not open to them."""
        return f"/s/{survey}" if survey in self.opened else None

    def stored(self, survey: str) -> Stored:
        """Count what is stored of a survey and what is missing in it."""
        questionnaire = self.questionnaire(survey)
        people, imports = self.store.respondents(survey), self.store.imports(survey)
        missing = missingness(self.store.sheet(questionnaire), questionnaire)
        return Stored(
            people=len(people),
            submissions=len(people.filter(pl.col("source") == "web")),
            simulated=is_simulated(imports),
            imports=imports,
            missing=reasons_missing(missing, questionnaire),
        )


def reasons_missing(counts: pl.DataFrame, questionnaire: Questionnaire) -> pl.DataFrame:
    """Return the rows of a table of ``missingness`` that say why answers are not there.

    Returns
    -------
    polars.DataFrame
        A row per item and reason that somebody had: ``item``, ``question``, ``reason``, ``n``
        people and their ``share``, both null where they would tell a number of people of the
        questionnaire's floor or fewer: of that reason, of others, or of those who answered.
    """
    answered = pl.col("status") == Status.ANSWERED
    hidden = [
        number
        for of in counts.with_columns(answered=answered).partition_by("item", maintain_order=True)
        for number in withheld(
            of["n"].to_numpy(), questionnaire.floor, untold=of["answered"].to_numpy()
        )
    ]
    shown = pl.when(~pl.Series(hidden, dtype=pl.Boolean))
    there = counts.select((pl.col("n") > 0) & ~answered).to_series()
    lacking = counts.with_columns(n=shown.then("n"), share=shown.then("share")).filter(there)
    questions = {item.name: questionnaire.wording(item) for item in questionnaire.items}
    return lacking.with_columns(
        question=pl.col("item").replace_strict(questions, return_dtype=pl.String),
        reason=pl.col("status").cast(pl.String).replace_strict(REASONS, return_dtype=pl.String),
    ).drop("status")


def is_simulated(imports: pl.DataFrame) -> bool:
    """Whether any standing import of a survey holds simulated people."""
    standing = imports.filter(pl.col("withdrawn_because").is_null())
    return bool(standing.filter(pl.col("file").str.starts_with(SIMULATED)).height)


#: The one context of this process. Streamlit runs its pages anew without a way to hand them
#: anything, so the server leaves here what they may use.
_served: list[PageContext] = []


@contextmanager
def serving(context: PageContext) -> Iterator[PageContext]:
    """Make a context the one that pages get, for as long as the block runs."""
    _served.append(context)
    try:
        yield context
    finally:
        _served.remove(context)


def page_context() -> PageContext:
    """Return what the process serves.

    Raises
    ------
    ProjectError
        Nothing is served: the page was not started by ``mfp serve``.
    """
    if not _served:
        fault = Fault("dashboard", "no project is open", fix="Start it with: mfp serve")
        raise ProjectError(fault)
    return _served[-1]
