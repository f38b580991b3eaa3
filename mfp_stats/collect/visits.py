"""What every answer to a respondent starts from: who asks, with which draft, and may they."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import jinja2
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mfp_stats.collect import render
from mfp_stats.collect.drafts import Draft, Drafts
from mfp_stats.collect.forms import Fields
from mfp_stats.collect.intake import Refused
from mfp_stats.collect.sitting import Fielded, Sitting
from mfp_stats.collect.texts import tell
from mfp_stats.collect.tokens import Tokens, is_instance_id
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.responses import Submission

LOG: Final = logging.getLogger("mfp_stats.collect")

#: Hands a submission to the store. On return it is stored for good; the same submission may
#: come any number of times, from several threads.
type Append = Callable[[Submission], object]

#: How long a browser keeps its instance id, in seconds: as long as drafts are kept.
REMEMBERED: Final = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, with what was found out about it.

    ``vouched`` is whether the browser says that a page of ours caused it; ``cookie`` the
    instance id it holds for this survey, "" for none; ``language`` the one it prefers.
    """

    fielded: Fielded
    language: str
    cookie: str = ""
    fields: Fields = field(default_factory=dict)
    secure: bool = False
    vouched: bool = False
    query: Fields = field(default_factory=dict)

    @property
    def root(self) -> str:
        """Path of the survey's first page."""
        return f"/s/{self.fielded.questionnaire.survey}"

    def field(self, name: str) -> str:
        """Return the first value posted as ``name``, "" without one."""
        values = self.fields.get(name, ())
        return values[0] if values else ""


class Halted(Exception):  # noqa: N818 - control flow: the response is made, stop here
    """Carries the response of a visit that cannot go on."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True)
class Desk:
    """What all visits share.

    Parameters
    ----------
    append
        Hands a submission to the store. StoreError or OSError means "not now",
        SubmissionConflict that other answers are stored under the instance id, SubmissionErased
        that those under it were erased.
    drafts, tokens, templates
        See there.
    clock
        The time now, UTC.
    """

    append: Append
    drafts: Drafts
    tokens: Tokens
    templates: jinja2.Environment
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _locks: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(64))
    )

    def lock(self, instance_id: str) -> threading.Lock:
        """Return the lock under which one person's requests take turns."""
        return self._locks[sha256(instance_id.encode()).digest()[0] % len(self._locks)]

    def load(self, visit: Visit, instance_id: str) -> Draft | None:
        """Return the draft of an instance if it belongs to the visited survey."""
        if not is_instance_id(instance_id):
            return None
        try:
            draft = self.drafts.load(instance_id)
        except OSError as error:
            raise Refused(503, headers={"retry-after": "30"}) from error
        return draft if draft and draft.survey == visit.fielded.questionnaire.survey else None

    def posting(self, visit: Visit) -> str:
        """Return the instance id that a form was posted for.

        The form names it and carries a token bound to it. A browser that has lost its cookie is
        believed where it vouches that our own page sent the form.

        Raises
        ------
        Refused
            403: no token, a token of somebody else, or a form from elsewhere.
        """
        instance_id = visit.field("instance")
        known = visit.cookie == instance_id if visit.cookie else visit.vouched
        if not (known and is_instance_id(instance_id)):
            raise Refused(403)
        if not self.tokens.is_ours(visit.field("token"), instance_id):
            raise Refused(403)
        return instance_id

    def draft_of(self, visit: Visit, instance_id: str) -> Draft:
        """Return the draft, or halt with the page that says it is gone."""
        draft = self.load(visit, instance_id)
        if draft is None:
            raise Halted(self.message(visit, "expired", 410, link=visit.root))
        return draft

    def sitting(self, visit: Visit, draft: Draft) -> Sitting:
        """Return the sitting of an unfinished draft, or halt where it cannot go on."""
        if visit.fielded.closed:
            raise Halted(self.message(visit, "closed", 410))
        version = visit.fielded.version(draft.questionnaire)
        if version is None:
            # The browser keeps its id: the version may be at hand again later. Whoever chooses to
            # begin again gets another.
            raise Halted(self.message(visit, "changed", 410, link=visit.root))
        return Sitting.of(version, draft)

    def html(
        self,
        visit: Visit,
        template: str,
        language: str,
        status: int = 200,
        questionnaire: Questionnaire | None = None,
        **about: object,
    ) -> HTMLResponse:
        """Return a page about the visited survey."""
        version = questionnaire or visit.fielded.questionnaire
        text = render.page(self.templates, template, language, version, **about)
        return HTMLResponse(text, status)

    def message(
        self, visit: Visit, key: str, status: int, *, link: str = "", link_text: str = "begin_again"
    ) -> Response:
        """Return a page that only says something: ``key`` and ``{key}_about``."""
        return self.html(
            visit,
            "message",
            visit.language,
            status,
            heading=tell(visit.language, key),
            paragraphs=[tell(visit.language, f"{key}_about")],
            link=link,
            link_text=tell(visit.language, link_text),
        )


def cookie_name(survey: str) -> str:
    """Return the name of the cookie that holds a person's instance id of a survey."""
    return f"mfp_{survey}"


def remember(response: Response, visit: Visit, instance_id: str) -> None:
    """Let the browser keep the instance id: for this survey's pages, out of scripts' reach."""
    response.set_cookie(
        cookie_name(visit.fielded.questionnaire.survey),
        instance_id,
        max_age=REMEMBERED,
        path=visit.root,
        secure=visit.secure,
        httponly=True,
        samesite="strict",
    )


def forget(response: Response, visit: Visit) -> None:
    """Let the browser forget the instance id."""
    response.delete_cookie(
        cookie_name(visit.fielded.questionnaire.survey),
        path=visit.root,
        secure=visit.secure,
        httponly=True,
        samesite="strict",
    )


def see(path: str) -> RedirectResponse:
    """Send the browser on to ``path`` by GET."""
    return RedirectResponse(path, 303)


def later(response: Response) -> Response:
    """Turn a page into one that says "not now": 503, with the time after which to try again."""
    response.status_code = 503
    response.headers["retry-after"] = "30"
    return response
