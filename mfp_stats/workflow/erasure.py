"""Erase what one respondent handed in, by the receipt code that they kept.

The order is one in which a stop at any point leaves the answers whole, or an erasure that goes on
by itself: copies of answers first, then the draft, and the store last, which finishes at its next
opening what it has begun.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from mfp_stats.collect.drafts import DRAFTS_FOLDER, Drafts
from mfp_stats.collect.tokens import read_receipt_code, receipt_code
from mfp_stats.errors import ErasureRefused, Fault
from mfp_stats.fitting.worker_process import find_process
from mfp_stats.project import Project
from mfp_stats.store import Erasure, Store
from mfp_stats.workflow.spec import SHEET_FILE
from mfp_stats.workflow.start import JOBS_FOLDER

_READ: Final = "Compare it with the receipt, letter by letter."


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed in under a receipt code: the respondent as the store names them, the wave."""

    receipt: str
    respondent: str
    wave: str


def handed_in(store: Store, survey: str, code: str) -> Handed:
    """Return the submission of a survey that has a receipt code.

    Parameters
    ----------
    code
        As the respondent gives it; small letters, spaces and missing dashes do no harm.

    Raises
    ------
    ErasureRefused
        It is no receipt code, or none of this survey's.
    """
    receipt = _receipt(code)
    if survey not in (known := store.surveys()):
        raise ErasureRefused(Fault(f"survey {survey}", "has no answers here", known=known))
    for name in (survey, *known):
        web = store.respondents(name).filter(source="web")
        for respondent, wave in web.select("respondent", "wave").iter_rows():
            if receipt_code(respondent) == receipt:
                if name != survey:
                    what = f"is of answers to another survey, {name}"
                    raise ErasureRefused(Fault(f"code {receipt}", what))
                return Handed(receipt, respondent, wave)
    what = f"is of no answers to {survey} that are stored here"
    fix = f"{_READ} Answers that came in a file have no code; for these: mfp withdraw"
    raise ErasureRefused(Fault(f"code {receipt}", what, fix=fix))


def erase(project: Project, store: Store, survey: str, code: str) -> Erasure:
    """Erase the submission of a survey that has a receipt code; again changes nothing.

    Raises
    ------
    ErasureRefused
        There is none, or a fit that is running holds it.
    StoreError
        The disk or the database failed; say it again.
    """
    receipt = _receipt(code)
    for erasure in store.erasures(survey):
        if erasure.receipt == receipt:
            store.scrub()
            return erasure
    handed = handed_in(store, survey, code)
    copies = list(_copies(project, handed.respondent))
    if running := [sheet.parent for sheet in copies if find_process(sheet.parent)]:
        what = "is running and holds these answers"
        fix = "Wait until it has ended, or stop it, and try again."
        raise ErasureRefused([Fault(f"fit {job.name}", what, fix=fix) for job in running])
    for sheet in copies:
        sheet.unlink()
    if (drafts := project.data / DRAFTS_FOLDER).is_dir():
        Drafts(drafts).delete(handed.respondent)
    return store.erase(survey, handed.respondent, receipt=receipt)


def _receipt(code: str) -> str:
    receipt = read_receipt_code(code)
    if receipt is None:
        fix = f"{_READ} It has three groups of four letters and digits: {receipt_code('example')}"
        raise ErasureRefused(Fault(f"code {code}", "is no receipt code", fix=fix))
    return receipt


def _copies(project: Project, respondent: str) -> Iterator[Path]:
    """Return the jobs' copies of answers that hold a respondent's, or cannot be read to the end."""
    for sheet in (project.data / JOBS_FOLDER).glob(f"*/{SHEET_FILE}*"):
        try:
            people = pl.read_parquet(sheet, columns=["respondent"], glob=False)["respondent"]
        except pl.exceptions.PolarsError:
            # Cut off when it was being written, or damaged: no fit can be held against it.
            yield sheet
        else:
            if respondent in people:
                yield sheet
