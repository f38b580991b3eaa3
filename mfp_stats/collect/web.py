"""The public routes: Starlette's side of the respondent's pages."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from mfp_stats.collect import answering, entry, handing_in, render
from mfp_stats.collect.drafts import Drafts
from mfp_stats.collect.forms import Fields
from mfp_stats.collect.guard import Guard, preferred_language
from mfp_stats.collect.intake import (
    Limits,
    RateLimit,
    Refused,
    is_foreign,
    is_ours,
    read_form,
)
from mfp_stats.collect.sitting import Fielded
from mfp_stats.collect.tokens import Tokens
from mfp_stats.collect.visits import Append, Desk, Halted, Visit, cookie_name
from mfp_stats.errors import StoreError

#: Every route of ours, all of them public: path -> methods. A test compares this with what is
#: served; a route that is not listed here is refused there.
PUBLIC_ROUTES: Final[Mapping[str, frozenset[str]]] = {
    "/health": frozenset({"GET"}),
    "/s/_static/{name}": frozenset({"GET"}),
    "/s/{survey}": frozenset({"GET", "POST"}),
    "/s/{survey}/{number:int}": frozenset({"GET", "POST"}),
    "/s/{survey}/review": frozenset({"GET", "POST"}),
    "/s/{survey}/receipt": frozenset({"GET"}),
    "/s/{survey}/stop": frozenset({"GET", "POST"}),
    "/s/{survey}/leave": frozenset({"POST"}),
}

#: One year: the address of an asset changes with its content.
_ASSET_HEADERS: Final = {"cache-control": "public, max-age=31536000, immutable"}

type _Page = Callable[[Desk, Visit], Response]


@dataclass(frozen=True, slots=True)
class Settings:
    """How the public pages are served.

    Parameters
    ----------
    hosts
        Names under which the server may be addressed, beside those of this machine itself.
    limits
        See :class:`Limits`.
    clock
        The time now, UTC.
    """

    hosts: Iterable[str] = ()
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def collect_routes(
    surveys: Mapping[str, Fielded],
    *,
    append: Append,
    healthy: Callable[[], bool],
    drafts: Path,
    settings: Settings | None = None,
) -> list[BaseRoute]:
    """Return the public routes: ``/s/…`` for respondents and ``/health``.

    Parameters
    ----------
    surveys
        The surveys opened by the operator, by name. Read at every request, so a survey that is
        added, closed or replaced is served so at once.
    append
        Hands a submission to the store; see :class:`Desk`.
    healthy
        Does a real write and read in the store and says whether it worked.
    drafts
        Folder of unfinished questionnaires and of the secret key of their tokens.
    settings
        Hosts and limits.

    Raises
    ------
    OSError
        The folder of drafts cannot be made or written.
    """
    settings = settings or Settings()
    store = Drafts(drafts)
    clock = settings.clock
    desk = Desk(
        append,
        store,
        Tokens(store.key(), clock=lambda: clock().timestamp()),
        render.environment(),
        clock,
    )
    site = _Site(surveys, desk, healthy, settings.limits)
    hosts = frozenset(host.lower() for host in settings.hosts)
    rate = RateLimit(settings.limits)
    public = Guard(Router(site.routes(), redirect_slashes=False), hosts, rate, desk.templates)
    health = Guard(site.health, hosts, rate, desk.templates)
    return [Mount("/s", app=public), Route("/health", health, methods=["GET"])]


@dataclass(frozen=True, slots=True)
class _Site:
    surveys: Mapping[str, Fielded]
    desk: Desk
    healthy: Callable[[], bool]
    limits: Limits

    def routes(self) -> list[BaseRoute]:
        """Return the routes below ``/s``."""
        return [
            Route("/_static/{name}", self.static, methods=["GET"]),
            *self._both("/{survey}", entry.start, entry.begin),
            Route("/{survey}/{number:int}", self._numbered(answering.show), methods=["GET"]),
            Route("/{survey}/{number:int}", self._numbered(answering.answer), methods=["POST"]),
            *self._both("/{survey}/review", handing_in.review, handing_in.hand_in),
            Route("/{survey}/receipt", self._plain(entry.receipt), methods=["GET"]),
            *self._both("/{survey}/stop", entry.ask_to_stop, entry.stop),
            Route("/{survey}/leave", self._plain(entry.leave), methods=["POST"]),
        ]

    def _both(self, path: str, show: _Page, take: _Page) -> list[BaseRoute]:
        return [
            Route(path, self._plain(show), methods=["GET"]),
            Route(path, self._plain(take), methods=["POST"]),
        ]

    def _plain(self, page: _Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await self._respond(request, page)

        return endpoint

    def _numbered(
        self, page: Callable[[Desk, Visit, int], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            # A number of any length matches the path; no questionnaire has a billion pages.
            number = min(request.path_params["number"], 10**9)
            return await self._respond(request, lambda desk, visit: page(desk, visit, number))

        return endpoint

    async def _respond(self, request: Request, page: _Page) -> Response:
        visit = await self._visit(request)
        try:
            return await run_in_threadpool(page, self.desk, visit)
        except Halted as halt:
            return halt.response

    async def _visit(self, request: Request) -> Visit:
        fielded = self.surveys.get(request.path_params["survey"])
        if fielded is None:
            raise Refused(404)
        fields: Fields = {}
        if request.method == "POST":
            if is_foreign(request):
                raise Refused(403)
            fields = await read_form(request, self.limits)
        languages = fielded.questionnaire.languages
        posted = fields.get("language", [""])[0]
        return Visit(
            fielded,
            posted if posted in languages else preferred_language(request, languages),
            cookie=request.cookies.get(cookie_name(fielded.questionnaire.survey), ""),
            fields=fields,
            secure=request.url.scheme == "https",
            vouched=is_ours(request),
            query={name: request.query_params.getlist(name) for name in request.query_params},
        )

    async def static(self, request: Request) -> Response:
        """Serve one of the files that pages name; there are no others."""
        name = request.path_params["name"]
        if name not in render.ASSETS:
            raise Refused(404)
        return Response(render.asset(name), 200, _ASSET_HEADERS, render.ASSETS[name])

    async def health(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say whether answers can be stored now, and nothing else."""
        try:
            well = await run_in_threadpool(self.healthy)
        except (StoreError, OSError):
            well = False
        status = "ok" if well else "unavailable"
        await JSONResponse({"status": status}, 200 if well else 503)(scope, receive, send)
