"""Whatever order things happen in, the store holds what it said it holds."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mfp_stats.errors import (
    ImportRejected,
    SubmissionConflict,
    SubmissionErased,
    SubmissionRejected,
)
from mfp_stats.questionnaire.model import Item, ItemType, Option, Questionnaire, Role
from mfp_stats.responses import SHEET_HEAD, Submission
from mfp_stats.store import ImportSource, Store

NAMES = st.sampled_from(["ann", "ben", "cy", "dee"])
CODES = st.integers(-5, 2)
OPTIONS = tuple(Option(name, {}) for name in ("low", "middle", "high"))
TOWN = Questionnaire(
    survey="town", title={}, languages=(), source="fielded", hash="a" * 64, values={},
    interventions={}, signals={}, arms={}, blocks=(), group="trust",
    items=(Item("trust", ItemType.SELECT_ONE, Role.GROUP, {}, "b", options=OPTIONS),),
)  # fmt: skip
NOW = datetime(2026, 5, 4, tzinfo=UTC)


class Life(RuleBasedStateMachine):
    """Imports, withdrawals, submissions, restarts and cut logs against a plain dictionary."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.data = Path(self.folder.name)
        self.store = Store.open(self.data)
        self.store.publish(TOWN)
        self.imported, self.submitted, self.files = {}, {}, 0
        self.erased = set()

    def teardown(self):
        self.store.close()
        self.folder.cleanup()

    def held(self):
        people = dict(self.submitted)
        for rows in self.imported.values():
            people |= rows
        return people

    @rule(rows=st.dictionaries(NAMES, CODES, min_size=1))
    def import_file(self, rows):
        self.files += 1
        head = pl.DataFrame({"respondent": list(rows)}).with_columns(wave=pl.lit("1"))
        empty = {n: pl.lit(None, dtype=t) for n, t in SHEET_HEAD.items() if n not in head.columns}
        codes = pl.Series("trust", list(rows.values()), dtype=pl.Int16)
        sheet = head.with_columns(**empty).with_columns(codes)
        source = ImportSource("f.csv", f"{self.files:064}")
        if rows.keys() & self.held().keys():
            with pytest.raises(ImportRejected):
                self.store.append_sheet(sheet, TOWN, source=source)
        else:
            receipt = self.store.append_sheet(sheet, TOWN, source=source)
            self.imported[receipt.number] = rows

    @precondition(lambda self: self.imported)
    @rule()
    def withdraw(self):
        number = min(self.imported)
        self.store.withdraw("town", number, "wrong")
        del self.imported[number]

    @rule(name=NAMES, code=CODES)
    def submit(self, name, code):
        sent = Submission(
            name, "town", TOWN.hash, "1", {"trust": code}, {}, {}, {}, NOW, NOW
        )  # fmt: skip
        if name in self.submitted:
            if self.submitted[name] == code:
                assert self.store.append_submission(sent).instance_id == name
            else:
                with pytest.raises(SubmissionConflict):
                    self.store.append_submission(sent)
        elif name in self.erased:
            with pytest.raises(SubmissionErased):
                self.store.append_submission(sent)
        elif name in self.held():
            with pytest.raises(SubmissionRejected):
                self.store.append_submission(sent)
        else:
            self.store.append_submission(sent)
            self.submitted[name] = code

    @precondition(lambda self: self.submitted)
    @rule()
    def erase(self):
        name = min(self.submitted)
        self.store.erase("town", name, receipt="ABCD-EFGH-JKMN")
        del self.submitted[name]
        self.erased.add(name)

    @rule()
    def reopen(self):
        self.store.close()
        self.store = Store.open(self.data)
        assert self.store.opened.messages == ()

    @rule(keep=st.floats(0, 1))
    def lose_the_end_of_the_log(self, keep):
        """Copy the files as a crash leaves them, cut the log, go on with the copy."""
        wal = "store.duckdb.wal"
        left = {
            path.relative_to(self.data): path.read_bytes()
            for path in self.data.rglob("*")
            if path.is_file()
        }
        self.store.close()
        for path in self.data.rglob("*"):
            if path.is_file():
                path.unlink()
        for name, content in left.items():
            (self.data / name).write_bytes(content)
        if (self.data / wal).exists():
            os.truncate(self.data / wal, int(keep * (self.data / wal).stat().st_size))
        self.store = Store.open(self.data)
        assert set(self.store.opened.replayed) <= set(self.submitted)

    @invariant()
    def holds_what_it_said(self):
        sheet = self.store.sheet(TOWN)
        assert dict(sheet.select("respondent", "trust").iter_rows()) == self.held()
        assert sheet.height == len(self.held())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=15, stateful_step_count=12)
