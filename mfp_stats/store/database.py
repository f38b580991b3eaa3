"""The one connection to DuckDB: its settings, its single writer, its many readers."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import duckdb

from mfp_stats.errors import Fault, StoreError
from mfp_stats.store.journal import force_folder
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
        self._cursors = threading.Condition()
        self._open_cursors = 0
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

    def rewrite(self, finish: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        """Write the database anew into a file that takes the place of the old one.

        DuckDB leaves the bytes of deleted rows in its file; what is copied is only what stands. A
        crash keeps the old file or the new. Readers and the writer wait meanwhile.

        Parameters
        ----------
        finish
            Is given a connection to the copy before that takes the old one's place.

        Raises
        ------
        StoreError
            The copy could not be made, as on a full disk; all is as before.
        """
        beside = self.path.with_name(f"{self.path.name}.new")
        with self._writing, self._cursors:
            self._cursors.wait_for(lambda: self._open_cursors == 0)
            self._connection.close()
            # Until the old file is open again, every use opens it first.
            self._invalidated = True
            try:
                self._copy(beside, finish)
                beside.replace(self.path)
                force_folder(self.path.parent)
            except (duckdb.Error, OSError) as error:
                with suppress(OSError):
                    _delete(beside)
                what = f"could not be written anew: {_first_line(error)}"
                fix = "Free space or repair the disk, then open the project again."
                raise StoreError(Fault(str(self.path), what, fix=fix)) from error

    def _copy(self, beside: Path, finish: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        """Write what stands into a new file, whole on the disk when this returns."""
        _delete(beside)
        # Here alone a statement may name files: these two.
        settings = {k: v for k, v in _SETTINGS.items() if k != "enable_external_access"}
        with duckdb.connect(config={**settings, "temp_directory": f"{beside}.tmp"}) as connection:
            connection.execute(f"ATTACH {_quoted(self.path)} AS old (READ_ONLY)")
            connection.execute(f"ATTACH {_quoted(beside)} AS fresh")
            connection.execute("COPY FROM DATABASE old TO fresh")
            connection.execute("USE fresh")
            finish(connection)
            connection.execute("CHECKPOINT fresh")
        with beside.open("rb") as file:
            os.fsync(file.fileno())

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
            self._open_cursors += 1
        try:
            yield cursor
        finally:
            cursor.close()
            with self._cursors:
                self._open_cursors -= 1
                self._cursors.notify_all()

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


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _delete(file: Path) -> None:
    """Delete an unfinished copy and its log."""
    for left in (file, file.with_name(f"{file.name}.wal")):
        left.unlink(missing_ok=True)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
