"""Instance ids, receipt codes and the token that shows a form came from one of our pages."""

import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_INSTANCE: Final = re.compile(r"[A-Za-z0-9_-]{32}\Z")
#: No 0/O, 1/I/L, 5/S, so that a code can be read aloud.
_RECEIPT_LETTERS: Final = "ABCDEFGHJKMNPQRTUVWXYZ2346789"


def new_instance_id() -> str:
    """Return a fresh instance id of 192 random bits."""
    return secrets.token_urlsafe(24)


def is_instance_id(text: str) -> bool:
    """Return whether ``text`` has the shape of an instance id."""
    return _INSTANCE.match(text) is not None


def receipt_code(instance_id: str) -> str:
    """Return the receipt code of an instance: three groups of four letters.

    It follows from the instance id, so that whoever holds the store can find the answers that
    a respondent asks about; the id does not follow from it.
    """
    digest = sha256(b"receipt\x1f" + instance_id.encode()).digest()
    return _grouped("".join(_RECEIPT_LETTERS[b % len(_RECEIPT_LETTERS)] for b in digest[:12]))


def read_receipt_code(text: str) -> str | None:
    """Return the receipt code that somebody wrote, as it is printed; None where it is none."""
    letters = re.sub(r"[\s-]", "", text).upper()
    if len(letters) != 12 or not set(letters) <= set(_RECEIPT_LETTERS):
        return None
    return _grouped(letters)


def _grouped(letters: str) -> str:
    return "-".join(letters[i : i + 4] for i in (0, 4, 8))


@dataclass(frozen=True, slots=True)
class Tokens:
    """Issues and checks tokens with a secret key.

    Parameters
    ----------
    key
        At least 32 secret bytes, the same after a restart.
    lifetime
        Seconds for which a token is fresh. An older one is told apart from a foreign one, so
        that the page can be shown again with its answers.
    clock
        Seconds since the epoch.
    """

    key: bytes
    lifetime: float = 12 * 3600
    clock: Callable[[], float] = time.time

    def issue(self, bound_to: str) -> str:
        """Return a token for a form shown to ``bound_to`` (an instance id, or a survey)."""
        return self._token(bound_to, format(int(self.clock()), "x"))

    def is_ours(self, token: str, bound_to: str) -> bool:
        """Return whether the token was issued to ``bound_to``, however long ago."""
        return hmac.compare_digest(
            token.encode(), self._token(bound_to, token.partition(".")[0]).encode()
        )

    def age(self, token: str) -> float:
        """Return how many seconds ago a token of ours was issued."""
        return self.clock() - int(token.partition(".")[0], 16)

    def is_fresh(self, token: str) -> bool:
        """Return whether a token of ours was issued within its lifetime."""
        return self.age(token) <= self.lifetime

    def fingerprint(self, text: str) -> str:
        """Return a keyed digest, by which a text is known again without being kept."""
        return hmac.digest(self.key, b"fingerprint\x1f" + text.encode(), sha256).hex()

    def _token(self, bound_to: str, issued: str) -> str:
        text = f"form\x1f{bound_to}\x1f{issued}".encode("utf-8", "replace")
        return f"{issued}.{hmac.digest(self.key, text, sha256).hex()}"
