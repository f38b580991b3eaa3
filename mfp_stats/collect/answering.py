"""The pages of questions: show one, take its answers, send the person on."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from starlette.responses import Response

from mfp_stats.collect import entry, render
from mfp_stats.collect.drafts import Draft
from mfp_stats.collect.forms import Fields, Parsed, Problem, field_names, parse
from mfp_stats.collect.intake import Refused
from mfp_stats.collect.pages import Page, stands_alone
from mfp_stats.collect.sitting import Sitting, page_record
from mfp_stats.collect.texts import tell
from mfp_stats.collect.visits import LOG, Desk, Visit, later, remember, see
from mfp_stats.questionnaire.model import say

#: Fields of every form beside those of its questions.
_OWN_FIELDS = frozenset({"token", "instance", "go"})


def show(desk: Desk, visit: Visit, number: int) -> Response:
    """Show page ``number`` with the answers given so far."""
    draft = desk.load(visit, visit.cookie)
    if draft is None or draft.receipt:
        return see(visit.root)
    sitting = _page_of(desk, visit, draft, number)
    if number not in sitting.open_pages:
        return see(_path(visit, sitting.after(number)))
    items = sitting.visible(number)
    fields = render.fields_of(items, draft.answers)
    problems = parse(items, fields).problems if "check" in visit.query else {}
    notice = "new_questions" if "more" in visit.query else ""
    return _page(desk, visit, sitting, number, fields, problems=problems, notice=notice)


def answer(desk: Desk, visit: Visit, number: int) -> Response:
    """Take the answers of page ``number`` and send the person on, or say what is wrong."""
    instance_id = desk.posting(visit)
    with desk.lock(instance_id):
        draft = desk.draft_of(visit, instance_id)
        take = _repeated if draft.receipt else _answer
        response = take(desk, visit, number, draft)
    remember(response, visit, instance_id)
    return response


def _answer(desk: Desk, visit: Visit, number: int, draft: Draft) -> Response:
    sitting = _page_of(desk, visit, draft, number)
    if refusal := _refusal(desk, visit, sitting.pages[number - 1]):
        return _page(desk, visit, sitting, number, visit.fields, notice=refusal, status=422)
    parsed = parse(sitting.visible(number), visit.fields)
    after = Sitting.of(sitting.questionnaire, _with_answers(desk, visit, sitting, number, parsed))
    try:
        desk.drafts.save(after.draft)
    except OSError as error:
        LOG.warning("a draft cannot be written: %s", error)
        return later(_page(desk, visit, sitting, number, visit.fields, notice="not_saved"))
    if parsed.problems and visit.field("go") != "back":
        fields = visit.fields
        return _page(desk, visit, after, number, fields, problems=parsed.problems, status=422)
    return see(_onward(visit, sitting, after, number))


def _onward(visit: Visit, sitting: Sitting, after: Sitting, number: int) -> str:
    """Return where the answers of a page lead: back, on, or to what they gave rise to."""
    if visit.field("go") == "back":
        return _path(visit, after.before(number) or number)
    if any(item not in sitting.visible(number) for item in after.visible(number)):
        return f"{visit.root}/{number}?more=1"
    return _path(visit, after.after(number))


def _page_of(desk: Desk, visit: Visit, draft: Draft, number: int) -> Sitting:
    sitting = desk.sitting(visit, draft)
    if not 1 <= number <= len(sitting.pages):
        raise Refused(404)
    return sitting


def _refusal(desk: Desk, visit: Visit, page: Page) -> str:
    """Return why nothing of a form is saved, though its answers are shown again; "" if it is."""
    if not desk.tokens.is_fresh(visit.field("token")):
        return "stale"
    known = _OWN_FIELDS.union(*(field_names(item) for item in page.items))
    return "" if known.issuperset(visit.fields) else "unexpected"


def _with_answers(desk: Desk, visit: Visit, sitting: Sitting, number: int, parsed: Parsed) -> Draft:
    draft, page = sitting.draft, sitting.pages[number - 1]
    kept = {name: a for name, a in draft.answers.items() if name not in parsed.problems}
    answers = {**kept, **parsed.answers}
    part = f"{page.block.name}.{page.part}"
    spent = draft.seconds.get(part, 0.0) + desk.tokens.age(visit.field("token"))
    return replace(
        draft,
        answers=answers,
        seconds={**draft.seconds, part: round(spent, 1)},
        submitted=draft.submitted if answers == draft.answers else None,
    )


def _repeated(desk: Desk, visit: Visit, number: int, draft: Draft) -> Response:
    """Answer a page that comes again after all was handed in: 409 if it was changed."""
    version = visit.fielded.version(draft.questionnaire)
    pages = Sitting.of(version, draft).pages if version else ()
    if not 1 <= number <= len(pages):
        raise Refused(404)
    page = pages[number - 1]
    record = page_record(page, parse(page.items, visit.fields).answers)
    if desk.tokens.fingerprint(record) == draft.fingerprints.get(str(number)):
        return see(f"{visit.root}/receipt")
    return entry.receipt(desk, visit, draft=draft, status=409)


def _page(
    desk: Desk,
    visit: Visit,
    sitting: Sitting,
    number: int,
    fields: Fields,
    *,
    problems: Mapping[str, Problem] | None = None,
    notice: str = "",
    status: int = 200,
) -> Response:
    language, page = sitting.draft.language, sitting.pages[number - 1]
    runs = _runs(sitting, number, fields, problems or {})
    sets = any(stands_alone(item) for item in page.items)
    counted = "pair" if page.block.attributes else "set"
    pages = sitting.open_pages
    return desk.html(
        visit,
        "page",
        language,
        status,
        questionnaire=sitting.questionnaire,
        heading=say(page.block.title, language),
        intro=say(page.block.intro, language) if page.part == 1 or not sets else "",
        part=tell(language, counted, part=page.part, parts=page.parts) if sets else "",
        place=sum(n <= number for n in pages),
        pages=len(pages) + 1,
        runs=runs,
        wrong=[q for run in runs for q in run["questions"] if q.error],
        notice=tell(language, notice) if notice else "",
        action=f"{visit.root}/{number}",
        token=desk.tokens.issue(sitting.draft.instance_id),
        instance=sitting.draft.instance_id,
    )


def _runs(
    sitting: Sitting,
    number: int,
    fields: Fields,
    problems: Mapping[str, Problem],
) -> list[dict[str, Any]]:
    """Return the page's questions, those about one intervention together."""
    language, assignment = sitting.draft.language, sitting.assignment
    made = render.questions(
        sitting.visible(number),
        assignment,
        language,
        fields,
        problems,
        sitting.pages[number - 1].block.attributes,
    )
    about = {item.name: item.intervention for item in sitting.visible(number)}
    return [
        {
            "about": sitting.questionnaire.interventions[name] if name else None,
            "questions": list(run),
        }
        for name, run in groupby(made, key=lambda question: about[question.name])
    ]


def _path(visit: Visit, number: int | None) -> str:
    return f"{visit.root}/{number or 'review'}"
