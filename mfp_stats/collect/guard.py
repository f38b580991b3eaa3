"""The outer skin of every public page: hosts, rate, headers, and one page for all errors."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import jinja2
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mfp_stats.collect import render
from mfp_stats.collect.intake import LOOPBACK, RateLimit, Refused, host_name
from mfp_stats.collect.texts import languages_spoken, tell

_LOG: Final = logging.getLogger("mfp_stats.collect")

#: On every response of ours. Referrer-Policy must let a form say its origin to ourselves.
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
HSTS: Final = "max-age=63072000; includeSubDomains"
#: In characters. No address of ours is longer, and Python reads no number of over 4,300 digits.
_LONGEST_PATH: Final = 1000
_TOLD: Final = frozenset({400, 403, 404, 405, 408, 413, 415, 422, 429, 500, 503})


@dataclass(frozen=True, slots=True)
class Guard:
    """Wraps the public application.

    Parameters
    ----------
    app
        What answers the requests that are let through.
    hosts
        Names under which the server may be addressed, beside those of this machine itself.
    rate
        Counts the requests of each client address.
    templates
        For the error page.
    """

    app: ASGIApp
    hosts: frozenset[str]
    rate: RateLimit
    templates: jinja2.Environment

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong inside becomes the error page."""
        begun = False

        async def send_on(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _set_headers(message, scope)
            await send(message)

        try:
            self._admit(scope)
            await self.app(scope, receive, send_on)
            return
        except Refused as refusal:
            response = self._page(scope, refusal.status, refusal.about, refusal.headers)
        except HTTPException as error:
            response = self._page(scope, error.status_code, {}, error.headers or {})
        except Exception:
            # The edge of the process: log it, tell an id, live on.
            error_id = secrets.token_hex(6)
            _LOG.exception("error %s at %s %s", error_id, scope["method"], scope["path"])
            if begun:
                raise
            response = self._page(scope, 500, {"id": error_id}, {})
        await response(scope, receive, send_on)

    def _admit(self, scope: Scope) -> None:
        if host_name(Headers(scope=scope).get("host", "")) not in self.hosts | LOOPBACK:
            raise Refused(400)
        if len(scope["path"]) > _LONGEST_PATH:
            raise Refused(404)
        client = scope.get("client")
        self.rate.admit(client[0] if client else "")

    def _page(
        self, scope: Scope, status: int, about: Mapping[str, str], headers: Mapping[str, str]
    ) -> Response:
        language = preferred_language(Request(scope), languages_spoken())
        status = status if status in _TOLD else 400
        paragraphs = [tell(language, "error_about")]
        if status == 404:
            paragraphs = [tell(language, "error_404_about")]
        elif status in (413, 429) and about:
            paragraphs.insert(0, tell(language, f"error_{status}_about", **about))
        if "id" in about:
            paragraphs.append(tell(language, "error_id", **about))
        html = render.page(
            self.templates,
            "message",
            language,
            heading=tell(language, f"error_{status}"),
            paragraphs=paragraphs,
            link="",
            link_text="",
        )
        return HTMLResponse(html, status, dict(headers))


def _set_headers(message: Message, scope: Scope) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers["strict-transport-security"] = HSTS


def preferred_language(request: Request, known: tuple[str, ...]) -> str:
    """Return the language of ``known`` that the browser prefers, else the first.

    Parameters
    ----------
    request
        Its query may name a language (``lang``); else its Accept-Language header is read in
        the order in which it lists languages.
    known
        Languages to choose from, at least one.
    """
    accepted = request.headers.get("accept-language", "")[:200].split(",")
    wished = [part.partition(";")[0].strip().partition("-")[0].lower() for part in accepted]
    for language in (request.query_params.get("lang", ""), *wished):
        if language in known:
            return language
    return known[0]
