"""The one connection to DuckDB: its settings, its single writer, its many readers."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import duckdb

from mfp_stats.errors import Fault, StoreError
from mfp_stats.store.ownership import locked_by_duckdb

#: No statement may read or write another file, load code or undo these settings.
_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
#: After these DuckDB refuses every further statement until the file is opened anew.
_FATAL: Final = (duckdb.FatalException, duckdb.InternalException)


class Database:
    """An open database file.

    Every transaction has a cursor of its own: a second statement on one cursor empties the
    result of the first, and threads must not share one.

    Parameters
    ----------
    path
        The database file; made where there is none.

    Raises
    ------
    StoreLocked
        A program other than this library has the file open.
    StoreError
        The file or its write-ahead log is damaged or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writing = threading.RLock()
        self._cursors = threading.Lock()
        self._connection = self._connect()
        self._invalidated = False

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(self.path, config=dict(_SETTINGS))
            connection.execute("SET lock_configuration = true")
        except duckdb.Error as error:
            if locked := locked_by_duckdb(error, self.path):
                raise locked from error
            raise StoreError(self._unreadable(error)) from error
        return connection

    def _unreadable(self, error: duckdb.Error) -> Fault:
        log = self.path.with_name(self.path.name + ".wal")
        fix = "Restore the database from a backup."
        if log.exists():
            fix = (
                f"If the write-ahead log is damaged, move {log.name} to another folder (keep it) "
                "and open again: submissions come back from the journal. Else restore a backup."
            )
        return Fault(str(self.path), _first_line(error), fix=fix)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a cursor on which everything is seen as it is now, whoever writes meanwhile."""
        with self._transaction() as cursor:
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give the only writer's cursor; its work is stored whole at the end, or not at all."""
        with self._writing, self._transaction() as cursor:
            yield cursor
            cursor.execute("COMMIT")

    def alone(self) -> threading.RLock:
        """Return the writer's lock, to hold over more than one transaction."""
        return self._writing

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database file.

        A cut log opens without complaint; what has left the log cannot be lost that way.
        """
        # Refused while another transaction needs the log; a later checkpoint will do it.
        later = suppress(duckdb.TransactionException)
        with self._writing, self._translated(), self._cursor() as cursor, later:
            cursor.execute("CHECKPOINT")

    def close(self) -> None:
        """Write out and close."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._translated(), self._cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION")
            # Closing the cursor rolls back whatever was not committed.
            yield cursor

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._cursors:
            if self._invalidated:
                self._connection.close()
                self._connection = self._connect()
                self._invalidated = False
            cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except _FATAL as error:
            self._invalidated = True
            raise StoreError(Fault(str(self.path), _first_line(error))) from error
        except duckdb.Error as error:
            raise StoreError(Fault(str(self.path), _first_line(error))) from error


def one_row(
    cursor: duckdb.DuckDBPyConnection, statement: str, values: Sequence[object] = ()
) -> tuple[Any, ...] | None:
    """Return a statement's first row, None where it has none.

    Not ``fetchone``: it leaves the result open, and the cursor then registers no frame.
    """
    rows: list[tuple[Any, ...]] = cursor.execute(statement, values).fetchall()
    return rows[0] if rows else None


def _first_line(error: duckdb.Error) -> str:
    return str(error).split("\n", 1)[0]
