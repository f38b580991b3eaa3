"""Who accepts what among those who answered: all that holding predictions against them needs."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.compared import Compared
from mfp_stats.design.covariates import Covariates, covariates
from mfp_stats.design.data import Floats, Ints, Responses, Weighting, weightings_of
from mfp_stats.design.persons import select_persons
from mfp_stats.design.report import Report
from mfp_stats.design.responses import answers_on
from mfp_stats.design.weighting import weights_of
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.weights import Margins


@dataclass(frozen=True, slots=True, eq=False)
class Acceptance:
    """N people of known groups, X interventions that somebody was asked about."""

    respondents: tuple[str, ...]
    waves: tuple[str, ...]  #: of each person
    groups: tuple[str, ...]
    group: Ints  #: (N,)
    weight: Floats | None  #: (N,) mean 1
    weighting: Weighting
    interventions: tuple[str, ...]
    accepts: Ints  #: (N, X) 1 accepts, 0 does not, −1 gave no answer
    covariates: Covariates | None
    notes: tuple[str, ...]

    @property
    def weightings(self) -> dict[str, Floats | None]:
        """How people may count, see :func:`~mfp_stats.design.data.weightings_of`."""
        return weightings_of(self.weight, self.weighting)


def acceptance(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    like: Responses,
    *,
    group: str | None = None,
    within: str | None = None,
    margins: Margins | None = None,
) -> Acceptance:
    """Return who accepts what, each person in their latest wave.

    Parameters
    ----------
    sheet
        Answer sheet in the questionnaire's codes.
    like
        On whose answer scale acceptance is read, see :func:`answers_on`.
    group
        Item to compare people by; None: the questionnaire's own.
    within
        Only people of this group of the questionnaire's own item.
    margins
        Shares of the population that weights are raked to.

    Raises
    ------
    DesignError
        Nobody is in a known group, the group item is gone, or weights cannot be used.
    """
    report = Report()
    compared = Compared.of(questionnaire, report, group=group, within=within)
    persons = None if compared is None else select_persons(sheet, compared, "en", report)
    weighed = (
        None
        if persons is None or compared is None
        else weights_of(persons, compared, margins, report)
    )
    report.stop_at_faults(questionnaire.survey)
    assert persons is not None and weighed is not None
    given = answers_on(persons.sheet, questionnaire, like)
    nothing = np.zeros((len(persons.sheet), 0), dtype=np.int64)
    return Acceptance(
        respondents=tuple(persons.sheet["respondent"]),
        waves=tuple(persons.sheet["wave"]),
        groups=persons.groups,
        group=persons.group,
        weight=weighed[0],
        weighting=weighed[1],
        interventions=() if given is None else given.interventions,
        accepts=nothing if given is None else given.accepts,
        covariates=covariates(persons.sheet, questionnaire),
        notes=tuple(report.notes),
    )
