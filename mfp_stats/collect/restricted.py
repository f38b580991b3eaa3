"""The other surface of the same port: what only this machine's own browser may reach."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mfp_stats.collect.intake import LOOPBACK, has_foreign_origin, host_name

#: What a browser may load for the dashboard: nothing of other hosts, whatever stands in a label.
#: Streamlit's page has scripts and styles in it; not every browser counts a WebSocket as of the
#: page's own address.
_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws://localhost:* ws://127.0.0.1:*; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
#: Headers by which a proxy says that it forwards, beside all that begin with ``x-forwarded-``.
_FORWARDED: Final = frozenset({"forwarded", "via", "x-real-ip"})


@dataclass(frozen=True, slots=True)
class Restricted:
    """Lets only this machine's own browser reach the dashboard.

    A request counts as this machine's where it comes from a loopback address, is addressed to a
    loopback name, no proxy says that it forwards it, and no page of another address sent it.
    Everything else gets 404, as if there were no dashboard. The public paths guard themselves.

    Parameters
    ----------
    app
        The application behind it.
    port
        The only port that has a dashboard; None for all. What a proxy forwards to another one
        may look in every way like this machine's own: nginx, unless told otherwise, asks for a
        loopback name and says nothing of itself.
    """

    app: ASGIApp
    port: int | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there is nothing."""
        if scope["type"] not in ("http", "websocket") or is_public(scope["path"]):
            await self.app(scope, receive, send)
        elif self._has_dashboard(scope) and _is_local(HTTPConnection(scope)):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            response = PlainTextResponse("There is no such page.", 404)
            await response(scope, receive, _with_headers(send))

    def _has_dashboard(self, scope: Scope) -> bool:
        server = scope.get("server")
        return self.port is None or (server is not None and server[1] == self.port)


def is_public(path: str) -> bool:
    """Return whether a path belongs to respondents and monitors."""
    return path == "/health" or path.startswith("/s/")


def _is_local(connection: HTTPConnection) -> bool:
    headers = connection.headers
    if any(name in _FORWARDED or name.startswith("x-forwarded-") for name in headers):
        return False
    client = connection.client.host if connection.client else ""
    ours = is_loopback(client) and host_name(headers.get("host", "")) in LOOPBACK
    return ours and not has_foreign_origin(connection)


def is_loopback(host: str) -> bool:
    """Return whether an address or name is one that only this machine can reach."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _with_headers(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("x-content-type-options", "nosniff")
            headers.setdefault("referrer-policy", "same-origin")
            headers.setdefault("content-security-policy", _POLICY)
        await send(message)

    return send_on
