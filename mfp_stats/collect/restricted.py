"""The other surface of the same port: what only this machine's own browser may reach."""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mfp_stats.collect.intake import LOOPBACK, host_name


@dataclass(frozen=True, slots=True)
class Restricted:
    """Lets only this machine's own browser reach the dashboard.

    A request counts as this machine's where it comes from a loopback address, is addressed to a
    loopback name, and no proxy says that it forwards it. Everything else gets 404, as if there
    were no dashboard. The public paths guard themselves.

    Parameters
    ----------
    app
        The application behind it.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say that there is nothing."""
        if scope["type"] not in ("http", "websocket") or is_public(scope["path"]):
            await self.app(scope, receive, send)
        elif _is_local(HTTPConnection(scope)):
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            response = PlainTextResponse("There is no such page.", 404)
            await response(scope, receive, _with_headers(send))


def is_public(path: str) -> bool:
    """Return whether a path belongs to respondents and monitors."""
    return path == "/health" or path.startswith("/s/")


def _is_local(connection: HTTPConnection) -> bool:
    headers = Headers(scope=connection.scope)
    forwarded = any(name == "forwarded" or name.startswith("x-forwarded-") for name in headers)
    client = connection.client.host if connection.client else ""
    return not forwarded and is_loopback(client) and host_name(headers.get("host", "")) in LOOPBACK


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
            headers.setdefault("content-security-policy", "frame-ancestors 'none'")
        await send(message)

    return send_on
