"""Who changed what when, in a chain that shows later tampering."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

import duckdb

from mfp_stats.store.clock import utc_now
from mfp_stats.store.database import one_row
from mfp_stats.store.journal import canonical
from mfp_stats.store.versions import next_key

#: The action under which a forecast is noted.
FORECAST: Final = "forecast"

Cursor = duckdb.DuckDBPyConnection


def note(cursor: Cursor, action: str, detail: Mapping[str, str | int]) -> None:
    """Add a line to the audit within the caller's transaction; no answers, no names of people."""
    last = one_row(cursor, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
    now, text = utc_now(), canonical(detail)
    chained = _chain("" if last is None else last[0], now, action, text)
    row = [next_key(cursor, "audit"), now, action, text, chained]
    cursor.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", row)


def forecast_hashes(cursor: Cursor) -> dict[str, str]:
    """Return the hash of every forecast that was noted, by its id."""
    found = cursor.execute("SELECT detail FROM audit WHERE action = ? ORDER BY id", [FORECAST])
    lines = (json.loads(text) for (text,) in found.fetchall())
    return {line["forecast"]: line["sha256"] for line in lines}


def broken_link(cursor: Cursor) -> int | None:
    """Return the number of the first line that was changed or follows a removed one, if any."""
    before = ""
    lines = cursor.execute("SELECT id, recorded, action, detail, hash FROM audit ORDER BY id")
    for expected, (key, recorded, action, detail, stored) in enumerate(lines.fetchall(), start=1):
        if key != expected or stored != _chain(before, recorded, action, detail):
            return expected
        before = stored
    return None


def _chain(before: str, recorded: datetime, action: str, detail: str) -> str:
    return sha256(canonical([before, recorded.isoformat(), action, detail]).encode()).hexdigest()
