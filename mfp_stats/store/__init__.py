"""Answers, versions, provenance, fits and jobs: stored once, never changed."""

from mfp_stats.store.records import (
    Erasure,
    ImportReceipt,
    ImportSource,
    OpenReport,
    SubmissionReceipt,
)
from mfp_stats.store.store import Store

__all__ = ["Erasure", "ImportReceipt", "ImportSource", "OpenReport", "Store", "SubmissionReceipt"]
