"""Time and version as every record of the store carries them."""

from datetime import UTC, datetime
from importlib.metadata import version

__all__ = ["as_utc", "from_stored", "program", "utc_now"]


def utc_now() -> datetime:
    """Return the time as it is stored: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def as_utc(moment: datetime) -> datetime:
    """Return an aware time as it is stored: UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_stored(moment: datetime) -> datetime:
    """Return a stored time as callers see it: aware, UTC."""
    return moment.replace(tzinfo=UTC)


def program() -> str:
    """Return this library's version."""
    return version("mfp-stats")
