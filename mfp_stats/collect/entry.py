"""The pages around the questions: the first page, the receipt, stopping, clearing the device."""

from starlette.responses import Response

from mfp_stats.collect.drafts import Draft
from mfp_stats.collect.intake import Refused
from mfp_stats.collect.sitting import Sitting, consent_record
from mfp_stats.collect.texts import LANGUAGE_NAMES, tell
from mfp_stats.collect.tokens import new_instance_id
from mfp_stats.collect.visits import Desk, Visit, forget, remember, see
from mfp_stats.questionnaire.model import say


def start(desk: Desk, visit: Visit, *, missing_consent: bool = False, notice: str = "") -> Response:
    """Show the first page: what this is, the consent text, and Begin or Go on."""
    draft = desk.load(visit, visit.cookie)
    if draft and draft.receipt:
        return see(f"{visit.root}/receipt")
    if visit.fielded.closed:
        return desk.message(visit, "closed", 410)
    questionnaire = visit.fielded.questionnaire
    return desk.html(
        visit,
        "start",
        visit.language,
        422 if missing_consent or notice else 200,
        heading=say(questionnaire.title, visit.language),
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in questionnaire.languages],
        token=desk.tokens.issue(_bound(visit, questionnaire.hash, visit.language)),
        missing_consent=missing_consent,
        notice=tell(visit.language, notice) if notice else "",
        resume=_resume(desk, visit, draft) if draft and _goes_on(visit, draft) else "",
    )


def begin(desk: Desk, visit: Visit) -> Response:
    """Take the consent, draw an instance id and send the person to the first question.

    The form says which version was shown in which language, and its token vouches for both: what
    somebody agrees to is what they saw, whatever is served since.
    """
    shown = visit.field("version"), visit.field("language")
    if not desk.tokens.is_ours(visit.field("token"), _bound(visit, *shown)):
        raise Refused(403)
    begun = desk.load(visit, visit.cookie)
    if visit.fielded.closed or (begun and _goes_on(visit, begun)):
        return see(visit.root)
    questionnaire = visit.fielded.questionnaire
    if shown != (questionnaire.hash, visit.language):
        return start(desk, visit, notice="start_changed")
    now = desk.clock()
    consent = consent_record(questionnaire, visit.language, now)
    if consent and visit.field("consent") != "yes":
        return start(desk, visit, missing_consent=True)
    draft = Draft(
        new_instance_id(),
        questionnaire.survey,
        questionnaire.hash,
        visit.language,
        started=now,
        consent=consent,
    )
    try:
        desk.drafts.save(draft)
    except OSError as error:
        raise Refused(503, headers={"retry-after": "30"}) from error
    response = see(_resume(desk, visit, draft))
    remember(response, visit, draft.instance_id)
    return response


def receipt(desk: Desk, visit: Visit, *, draft: Draft | None = None, status: int = 200) -> Response:
    """Show the receipt of a finished draft; ``status`` 409 says that a change was not taken."""
    draft = draft or desk.load(visit, visit.cookie)
    if draft is None or not draft.receipt:
        return see(visit.root)
    language = draft.language
    return desk.html(
        visit,
        "receipt",
        language,
        status,
        heading=tell(language, "already" if status == 409 else "thanks"),
        notice=tell(language, "already_about") if status == 409 else "",
        receipt=draft.receipt,
        token=desk.tokens.issue(draft.instance_id),
        instance=draft.instance_id,
    )


def ask_to_stop(desk: Desk, visit: Visit) -> Response:
    """Ask whether an unfinished draft is to be deleted."""
    draft = desk.load(visit, visit.cookie)
    if draft is None or draft.receipt:
        return see(visit.root)
    return desk.html(
        visit,
        "stop",
        draft.language,
        heading=tell(draft.language, "stop_title"),
        token=desk.tokens.issue(draft.instance_id),
        instance=draft.instance_id,
    )


def stop(desk: Desk, visit: Visit) -> Response:
    """Delete an unfinished draft."""
    instance_id = desk.posting(visit)
    with desk.lock(instance_id):
        draft = desk.draft_of(visit, instance_id)
        if draft.receipt:
            return receipt(desk, visit, draft=draft, status=409)
        desk.drafts.delete(instance_id)
    response = desk.message(visit, "stopped", 200)
    forget(response, visit)
    return response


def leave(desk: Desk, visit: Visit) -> Response:
    """Let this browser forget a finished draft, for the next person at it."""
    desk.posting(visit)
    response = desk.message(visit, "left", 200, link=visit.root, link_text="begin")
    forget(response, visit)
    return response


def _bound(visit: Visit, version: str, language: str) -> str:
    """Return what the first page's token is bound to: the very text that it shows."""
    return f"start {visit.fielded.questionnaire.survey} {version} {language}"


def _goes_on(visit: Visit, draft: Draft) -> bool:
    """Whether a draft is finished, or can be gone on with: its version is at hand."""
    return bool(draft.receipt) or visit.fielded.version(draft.questionnaire) is not None


def _resume(desk: Desk, visit: Visit, draft: Draft) -> str:
    """Return the path of the first page with something unseen, or of the check at the end."""
    sitting: Sitting = desk.sitting(visit, draft)
    return f"{visit.root}/{sitting.unseen or 'review'}"
