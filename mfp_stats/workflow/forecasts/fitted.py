"""The answers that a fit was made of, as they were when it was started."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from mfp_stats.design import ModelData, build_model_data
from mfp_stats.design.acceptance import Acceptance, acceptance
from mfp_stats.errors import Fault, ForecastRefused
from mfp_stats.fitting.tables import file_hash
from mfp_stats.project import MARGINS_FILE, Project
from mfp_stats.questionnaire import load
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.store import Store
from mfp_stats.weights import load_margins
from mfp_stats.workflow.results import FitResults
from mfp_stats.workflow.spec import SHEET_FILE
from mfp_stats.workflow.start import JOBS_FOLDER

_AGAIN: Final = "Fit the survey again and freeze that fit."


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What was fitted: the questionnaire, the arrays, and who accepted what."""

    questionnaire: Questionnaire
    data: ModelData
    accepted: Acceptance


def fitted_answers(project: Project, results: FitResults) -> Fitted:
    """Read the snapshot that a fit was made of.

    Raises
    ------
    ForecastRefused
        The snapshot is gone or is not the one that was fitted.
    """
    folder = project.data / JOBS_FOLDER / results.fit_id
    sheet_file = folder / SHEET_FILE
    if not sheet_file.is_file():
        what = "the answers that it was made of are no longer there"
        raise ForecastRefused(Fault(f"fit {results.fit_id}", what, fix=_AGAIN))
    if file_hash(sheet_file) != results.manifest["data"]:
        what = "is not what the fit was made of"
        raise ForecastRefused(Fault(str(sheet_file), what, fix=_AGAIN))
    questionnaire = load(folder)
    file = folder / MARGINS_FILE
    margins = load_margins(file, questionnaire) if file.is_file() else None
    sheet = pl.read_parquet(sheet_file, glob=False)
    group, within = results.manifest["group"], results.manifest.get("within")
    data = build_model_data(sheet, questionnaire, group=group, within=within, margins=margins)
    if data.responses is None:
        what = "the survey has no responses to proposals, so that no acceptance is predicted"
        raise ForecastRefused(Fault(f"fit {results.fit_id}", what))
    accepted = acceptance(
        sheet, questionnaire, data.responses, group=group, within=within, margins=margins
    )
    return Fitted(questionnaire, data, accepted)


def sources(store: Store, survey: str, accepted: Acceptance) -> list[dict[str, str | int]]:
    """Return where the people who were fitted come from: ``wave``, ``source``, ``people``.

    Raises
    ------
    ForecastRefused
        Some of their answers do not stand any more.
    """
    pairs = pl.DataFrame({"respondent": accepted.respondents, "wave": accepted.waves})
    standing = store.respondents(survey).select("respondent", "wave", "source")
    found = pairs.join(standing, on=["respondent", "wave"], how="left", maintain_order="left")
    if gone := found["source"].null_count():
        what = f"the answers of {gone:,} people who were fitted were withdrawn or erased since"
        raise ForecastRefused(Fault(f"survey {survey}", what, fix=_AGAIN))
    counted = found.group_by("wave", "source", maintain_order=True).agg(people=pl.len())
    return counted.to_dicts()
