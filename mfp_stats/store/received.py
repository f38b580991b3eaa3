"""A submission as it arrived, and as the journal keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Self

from mfp_stats.responses import Submission
from mfp_stats.store.journal import canonical
from mfp_stats.store.records import SubmissionReceipt


@dataclass(frozen=True, slots=True)
class Received:
    """A submission with the time of its first arrival and the hash of what was answered."""

    submission: Submission
    received: datetime
    digest: str

    @classmethod
    def now(cls, submission: Submission) -> Self:
        """Receive a submission."""
        return cls(submission, datetime.now(UTC), digest_of(submission))

    @property
    def receipt(self) -> SubmissionReceipt:
        """The receipt that its sender gets, however often it is sent."""
        sent = self.submission
        return SubmissionReceipt(
            sent.instance_id, sent.survey, sent.questionnaire, self.digest, self.received
        )

    def to_json(self) -> dict[str, Any]:
        """Return the journal's record of it."""
        sent = self.submission
        fields = {name: getattr(sent, name) for name in Submission.__slots__}
        plain = {k: dict(v) if isinstance(v, Mapping) else v for k, v in fields.items()}
        plain["shown"] = {k: list(v) for k, v in sent.shown.items()}
        for name in ("started", "submitted"):
            plain[name] = fields[name].astimezone(UTC).isoformat()
        return {
            "kind": "submission",
            "received": self.received.isoformat(),
            "digest": self.digest,
            "submission": plain,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Self:
        """Undo :meth:`to_json`."""
        fields = dict(record["submission"])
        for name in ("started", "submitted"):
            fields[name] = datetime.fromisoformat(fields[name])
        received = datetime.fromisoformat(record["received"])
        return cls(Submission(**fields), received, record["digest"])


def digest_of(submission: Submission) -> str:
    """Return the hash of what was answered, and to what.

    Times and paradata are left out: a browser that sends the same answers again, because it
    never saw the receipt, sends the same submission.
    """
    content = [submission.survey, submission.questionnaire, submission.wave]
    return sha256(canonical([*content, dict(submission.answers)]).encode()).hexdigest()
