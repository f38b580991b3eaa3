"""Check one respondent's submission and add it."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime

import duckdb

from mfp_stats.errors import Fault, SubmissionConflict, SubmissionRejected
from mfp_stats.responses import MISSING_CODES, Submission
from mfp_stats.store.clock import as_utc, from_stored
from mfp_stats.store.database import one_row
from mfp_stats.store.journal import canonical
from mfp_stats.store.layout import Column, Layout
from mfp_stats.store.ledger import people_stored
from mfp_stats.store.received import Received, digest_of
from mfp_stats.store.records import SubmissionReceipt

Cursor = duckdb.DuckDBPyConnection
Answer = int | float | str

_MISSING = frozenset(MISSING_CODES.values())


def stored_receipt(cursor: Cursor, submission: Submission) -> SubmissionReceipt | None:
    """Return the receipt of a submission that is stored already.

    Raises
    ------
    SubmissionConflict
        Other answers are stored under its instance id.
    """
    row = one_row(
        cursor,
        "SELECT digest, received FROM submissions WHERE instance_id = ?",
        [submission.instance_id],
    )
    if row is None:
        return None
    if row[0] != digest_of(submission):
        what = "other answers were received under this instance id; the first are kept"
        raise SubmissionConflict(Fault(f"instance {submission.instance_id}", what))
    return Received(submission, from_stored(row[1]), row[0]).receipt


def check_submission(submission: Submission, layout: Layout) -> None:
    """Check a submission against the version that it says it answers.

    Raises
    ------
    SubmissionRejected
        With every fault.
    """
    faults = [*_head_faults(submission, layout), *_answer_faults(submission.answers, layout)]
    if faults:
        raise SubmissionRejected(faults, about=f"instance {submission.instance_id!r}")


def refuse_imported(cursor: Cursor, submission: Submission) -> None:
    """Refuse an instance id that an imported respondent of the same wave has as a name."""
    taken = one_row(
        cursor,
        "SELECT 1 FROM standing_respondents AS people"
        " JOIN surveys ON surveys.id = people.survey AND surveys.name = ?"
        " WHERE respondent = ? AND wave = ? LIMIT 1",
        [submission.survey, submission.instance_id, submission.wave],
    )
    if taken:
        what = "an imported respondent has this name in this wave"
        raise SubmissionRejected(Fault(f"instance {submission.instance_id}", what))


def _head_faults(submission: Submission, layout: Layout) -> Iterator[Fault]:
    if submission.survey != layout.survey:
        yield Fault("survey", f"is {submission.survey!r}, but the version is of {layout.survey!r}")
    if not submission.instance_id:
        yield Fault("instance_id", "is empty")
    for name in ("started", "submitted"):
        yield from _time_faults(name, getattr(submission, name))
    for name in ("instance_id", "wave"):
        yield from _text_faults(name, getattr(submission, name))
    for name in ("arms", "shown", "consent", "paradata"):
        yield from _json_faults(name, dict(getattr(submission, name)))


def _answer_faults(answers: Mapping[str, Answer], layout: Layout) -> Iterator[Fault]:
    columns = layout.by_name()
    for name, answer in answers.items():
        if name not in columns:
            yield Fault(f"answers.{name}", "is not of the questionnaire", known=tuple(columns))
        elif what := _wrong(answer, columns[name], layout):
            yield Fault(f"answers.{name}", what)
        elif isinstance(answer, str):
            yield from _text_faults(f"answers.{name}", answer)
    for item, parts in layout.by_item().items():
        absent = [c.part for c in parts if c.name not in answers]
        if 0 < len(absent) < len(parts):
            yield Fault(f"answers.{item}", f"lacks its parts {', '.join(absent)}")


def _wrong(answer: Answer, column: Column, layout: Layout) -> str:
    """Say what is wrong with an answer, '' if nothing is."""
    if isinstance(answer, bool) or not isinstance(answer, int | float | str):
        return f"is {type(answer).__name__}, not a code, a number or a text"
    if _is_missing(answer):
        return ""
    match column.kind:
        case "code":
            highest = layout.highest(column)
            good = isinstance(answer, int) and 0 <= answer <= highest
            return "" if good else f"is {answer!r}, off the scale of codes 0 to {highest}"
        case "number":
            good = not isinstance(answer, str) and math.isfinite(answer)
            return "" if good else f"is {answer!r}, not a finite number"
        case "text":
            return "" if isinstance(answer, str) else f"is {answer!r}, not a text"


def _is_missing(answer: Answer) -> bool:
    """Whether it is a missing code; the number -1 itself is given as the float -1.0."""
    return isinstance(answer, int) and answer in _MISSING


def _time_faults(where: str, moment: datetime) -> Iterator[Fault]:
    if moment.tzinfo is None:
        yield Fault(where, "has no time zone")
        return
    try:
        as_utc(moment)
    except OverflowError:
        yield Fault(where, f"is {moment}, which is out of range")


def _text_faults(where: str, text: str) -> Iterator[Fault]:
    try:
        text.encode()
    except UnicodeEncodeError:
        yield Fault(where, "holds half of a character pair, which is no text")


def _json_faults(where: str, content: Mapping[str, object]) -> Iterator[Fault]:
    try:
        canonical({k: list(v) if isinstance(v, tuple) else v for k, v in content.items()})
    except (TypeError, ValueError) as error:
        yield Fault(where, f"cannot be written as JSON: {error}")


def insert_submission(cursor: Cursor, received: Received, version: int, layout: Layout) -> None:
    """Insert a checked submission within the caller's transaction."""
    sent = received.submission
    key = people_stored(cursor) + 1
    shown = canonical({name: list(order) for name, order in sent.shown.items()})
    respondent = [key, sent.instance_id, sent.wave, canonical(dict(sent.arms)), shown]
    cursor.execute(
        "INSERT INTO respondents SELECT ?, survey, id, NULL, ?, ?, NULL, ?, ?, ?"
        " FROM questionnaire_versions WHERE id = ?",
        [*respondent, as_utc(sent.submitted), version],
    )
    times = [as_utc(sent.started), as_utc(received.received)]
    texts = [canonical(dict(sent.consent)), canonical(dict(sent.paradata))]
    cursor.execute(
        "INSERT INTO submissions VALUES (?, ?, ?, ?, ?, ?, ?)",
        [sent.instance_id, key, received.digest, *times, *texts],
    )
    _insert_answers(cursor, key, sent.answers, layout)


def _insert_answers(
    cursor: Cursor, key: int, answers: Mapping[str, Answer], layout: Layout
) -> None:
    given = [(c, answers[c.name]) for c in layout.columns if c.name in answers]
    codes = [a if c.kind == "code" or _is_missing(a) else 0 for c, a in given]
    _insert_lists(
        cursor,
        "INSERT INTO responses SELECT ?, unnest(?::SMALLINT[]), unnest(?::SMALLINT[])",
        key,
        list(zip([c.position for c, _ in given], codes, strict=True)),
    )
    for kind, statement in (
        ("number", "INSERT INTO numbers SELECT ?, unnest(?::SMALLINT[]), unnest(?::DOUBLE[])"),
        ("text", "INSERT INTO texts SELECT ?, unnest(?::SMALLINT[]), unnest(?::VARCHAR[])"),
    ):
        found = [(c.position, a) for c, a in given if c.kind == kind and not _is_missing(a)]
        _insert_lists(cursor, statement, key, found)


def _insert_lists(cursor: Cursor, statement: str, key: int, rows: list[tuple[int, Answer]]) -> None:
    if rows:
        cursor.execute(statement, [key, [k for k, _ in rows], [a for _, a in rows]])
