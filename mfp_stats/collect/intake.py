"""What may come in: sizes, times, rates and hosts, and the reading of a posted form."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import anyio
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from mfp_stats.collect.forms import LONGEST_TEXT, Fields
from mfp_stats.collect.pages import LONGEST

#: Names of this machine that no other machine can be reached by.
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FORM: Final = "application/x-www-form-urlencoded"
#: Most bytes of a posted character: four in UTF-8, each written as three.
_CHARACTER: Final = 12
#: Room for names of fields and options, tokens and what surrounds them.
_BESIDE_TEXTS: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from one client.

    Parameters
    ----------
    body
        Most bytes of a posted form: a page full of the longest texts, in any script, passes.
    fields
        Most fields of a posted form.
    seconds
        Longest time for a posted form to arrive.
    requests_per_minute
        From one client address; a whole library may share one, so this is generous.
    clients
        How many addresses are remembered.
    """

    body: int = LONGEST * LONGEST_TEXT * _CHARACTER + _BESIDE_TEXTS
    fields: int = 1000
    seconds: float = 20.0
    requests_per_minute: int = 600
    clients: int = 10_000


class Refused(Exception):  # noqa: N818 - a refusal is told to the client, not an error of ours
    """A request that is answered with a short page and a status instead of what it asked for.

    Parameters
    ----------
    status
        HTTP status; the page's heading follows from it.
    about
        What the page's text names, e.g. the limit that was passed.
    headers
        Further headers.
    """

    def __init__(
        self,
        status: int,
        about: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.about = dict(about or {})
        self.headers = dict(headers or {})


async def read_form(request: Request, limits: Limits) -> Fields:
    """Return the fields of a posted form.

    Parameters
    ----------
    request
        The POST request.
    limits
        Bytes are counted as they arrive, so that a body without a stated length is limited too.

    Raises
    ------
    Refused
        415 another media type; 413 too many bytes or fields; 408 too slow; 400 not readable.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refused(415)
    body = await _read_body(request, limits)
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=limits.fields,
            errors="replace",
        )
    except UnicodeDecodeError:
        raise Refused(400) from None
    except ValueError:
        raise Refused(413, {"limit": f"{limits.fields} fields"}) from None


async def _read_body(request: Request, limits: Limits) -> bytes:
    too_large = Refused(413, {"limit": f"{limits.body // 1024} KiB"}, {"connection": "close"})
    stated = request.headers.get("content-length", "0")
    if not stated.isdecimal() or int(stated[:20]) > limits.body:
        raise too_large
    body = bytearray()
    try:
        with anyio.fail_after(limits.seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.body:
                    raise too_large
    except TimeoutError:
        raise Refused(408, headers={"connection": "close"}) from None
    except ClientDisconnect:
        raise Refused(400) from None
    return bytes(body)


@dataclass(slots=True)
class RateLimit:
    """A bucket of tokens for every client address: full at first, refilled evenly.

    The least recently seen address is forgotten when more than ``limits.clients`` are known.
    Used from one event loop only.
    """

    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def admit(self, client: str) -> None:
        """Count one request of ``client``.

        Raises
        ------
        Refused
            429 with the seconds to wait, where its bucket is empty.
        """
        most = self.limits.requests_per_minute
        now = self.clock()
        left, seen = self._buckets.pop(client, (float(most), now))
        left = min(most, left + (now - seen) * most / 60)
        self._buckets[client] = (max(left - 1, 0.0), now)
        if len(self._buckets) > self.limits.clients:
            self._buckets.popitem(last=False)
        if left < 1:
            wait = str(int((1 - left) * 60 / most) + 1)
            raise Refused(429, {"seconds": wait, "limit": str(most)}, {"retry-after": wait})


def host_name(host: str) -> str:
    """Return the name in a Host header, without its port, in lower case; "" if unreadable."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def is_foreign(request: Request) -> bool:
    """Return whether the browser says that another site caused this request."""
    site = request.headers.get("sec-fetch-site")
    return has_foreign_origin(request) if site is None else site not in ("same-origin", "none")


def has_foreign_origin(connection: HTTPConnection) -> bool:
    """Return whether a page of another address speaks: handshakes of WebSockets say so too."""
    origin = connection.headers.get("origin")
    return origin is not None and not _same_host(origin, connection)


def is_ours(request: Request) -> bool:
    """Return whether the browser vouches that a page of this site caused this request."""
    if "sec-fetch-site" in request.headers:
        return request.headers["sec-fetch-site"] == "same-origin"
    return _same_host(request.headers.get("origin", ""), request)


def _same_host(origin: str, connection: HTTPConnection) -> bool:
    return bool(origin) and origin.partition("://")[2] == connection.headers.get("host", "")
