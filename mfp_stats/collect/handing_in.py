"""The check of all answers, and handing them to the store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from starlette.responses import Response

from mfp_stats.collect import entry, render
from mfp_stats.collect.answers import SKIPPED
from mfp_stats.collect.drafts import Draft
from mfp_stats.collect.sitting import Sitting, page_record, submission
from mfp_stats.collect.texts import tell
from mfp_stats.collect.tokens import receipt_code
from mfp_stats.collect.visits import LOG, Desk, Halted, Visit, later, remember, see
from mfp_stats.errors import StoreError, SubmissionConflict, SubmissionErased
from mfp_stats.questionnaire.model import Item, ItemType, say


def review(desk: Desk, visit: Visit) -> Response:
    """Show all answers before they are handed in."""
    draft = desk.load(visit, visit.cookie)
    if draft is None or draft.receipt:
        return see(visit.root)
    sitting = desk.sitting(visit, draft)
    number = sitting.unseen or sitting.unanswered
    return see(f"{visit.root}/{number}") if number else _review(desk, visit, sitting)


def _review(
    desk: Desk, visit: Visit, sitting: Sitting, *, notice: str = "", status: int = 200
) -> Response:
    language = sitting.draft.language
    return desk.html(
        visit,
        "review",
        language,
        status,
        questionnaire=sitting.questionnaire,
        heading=tell(language, "review"),
        sections=_sections(visit, sitting),
        notice=tell(language, notice) if notice else "",
        back=f"{visit.root}/{sitting.open_pages[-1]}" if sitting.open_pages else visit.root,
        token=desk.tokens.issue(sitting.draft.instance_id),
        instance=sitting.draft.instance_id,
    )


def _sections(visit: Visit, sitting: Sitting) -> list[dict[str, Any]]:
    """Return the answers block by block, each with the link to its first page."""
    by_block = groupby(sitting.open_pages, key=lambda n: sitting.pages[n - 1].block.name)
    sections = [_section(visit, sitting, list(numbers)) for _, numbers in by_block]
    return [section for section in sections if section["of"]]


def _section(visit: Visit, sitting: Sitting, numbers: Sequence[int]) -> dict[str, Any]:
    language = sitting.draft.language
    items = [i for n in numbers for i in sitting.visible(n) if i.type is not ItemType.NOTE]
    answers = sitting.draft.answers
    return {
        "title": say(sitting.pages[numbers[0] - 1].block.title, language),
        "link": f"{visit.root}/{numbers[0]}",
        "of": len(items),
        "answered": sum(answers.get(i.name, SKIPPED) != SKIPPED for i in items),
        "rows": [
            {
                "about": _about(sitting, item, language),
                "label": say(item.label, language),
                "text": render.answer_text(item, answers.get(item.name, SKIPPED), language),
            }
            for item in items
        ],
    }


def _about(sitting: Sitting, item: Item, language: str) -> str:
    if item.intervention is None:
        return ""
    return say(sitting.questionnaire.interventions[item.intervention].label, language)


def hand_in(desk: Desk, visit: Visit) -> Response:
    """Hand the answers to the store and show the receipt; the same receipt for every repeat."""
    instance_id = desk.posting(visit)
    with desk.lock(instance_id):
        response = _hand_in(desk, visit, desk.draft_of(visit, instance_id))
    remember(response, visit, instance_id)
    return response


def _hand_in(desk: Desk, visit: Visit, draft: Draft) -> Response:
    if draft.receipt:
        return see(f"{visit.root}/receipt")
    sitting = desk.sitting(visit, draft)
    if not desk.tokens.is_fresh(visit.field("token")):
        return _review(desk, visit, sitting, notice="stale", status=422)
    if number := sitting.unseen or sitting.unanswered:
        return see(f"{visit.root}/{number}?check=1")
    try:
        _store(desk, visit, sitting)
    except SubmissionErased as error:
        desk.drafts.delete(draft.instance_id)
        raise Halted(desk.message(visit, "erased", 409, link=visit.root)) from error
    except SubmissionConflict:
        return entry.receipt(desk, visit, draft=_finish(desk, draft, {}), status=409)
    except (StoreError, OSError) as error:
        LOG.error("a submission cannot be stored: %s", error)
        return later(_review(desk, visit, sitting, notice="not_sent"))
    return see(f"{visit.root}/receipt")


def _store(desk: Desk, visit: Visit, sitting: Sitting) -> None:
    """Fix the time, append, and only then forget the answers; every step may be repeated."""
    draft = replace(sitting.draft, submitted=sitting.draft.submitted or desk.clock())
    assert draft.submitted is not None
    desk.drafts.save(draft)
    desk.append(submission(sitting, wave=visit.fielded.wave, submitted=draft.submitted))
    fingerprints = {
        str(n): desk.tokens.fingerprint(page_record(page, draft.answers))
        for n, page in enumerate(sitting.pages, start=1)
    }
    _finish(desk, draft, fingerprints)


def _finish(desk: Desk, draft: Draft, fingerprints: Mapping[str, str]) -> Draft:
    finished = draft.finished(receipt_code(draft.instance_id), fingerprints)
    desk.drafts.save(finished)
    return finished
