"""One person answering one version of a questionnaire, and the submission that comes of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Self

from mfp_stats.collect.answers import SKIPPED, Answer, Code, codes
from mfp_stats.collect.assignment import Assignment, assign
from mfp_stats.collect.drafts import Draft
from mfp_stats.collect.pages import Page, paginate
from mfp_stats.errors import Fault, QuestionnaireError
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, say
from mfp_stats.questionnaire.relevant import evaluate
from mfp_stats.responses import Status, Submission


@dataclass(frozen=True, slots=True)
class Fielded:
    """A survey that its operator opened to respondents.

    Parameters
    ----------
    questionnaire
        The version that new respondents get; its ``source`` is "fielded".
    wave
        The wave that submissions belong to.
    closed
        Whether it takes no more answers. Receipts can still be seen.
    earlier
        Versions that somebody may have begun, by hash: a draft is finished in its own version.

    Raises
    ------
    QuestionnaireError
        The questionnaire describes an imported survey.
    """

    questionnaire: Questionnaire
    wave: str = "1"
    closed: bool = False
    earlier: Mapping[str, Questionnaire] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.questionnaire.source != "fielded":
            fault = Fault(
                f"{self.questionnaire.survey}, source",
                f"is {self.questionnaire.source!r}: nobody can be asked these questions here",
                fix="Open a survey with `source: fielded`.",
            )
            raise QuestionnaireError(fault)

    def version(self, content_hash: str) -> Questionnaire | None:
        """Return the version with this content hash, None where it is not at hand."""
        if content_hash == self.questionnaire.hash:
            return self.questionnaire
        return self.earlier.get(content_hash)


@dataclass(frozen=True)
class Sitting:
    """A draft together with all that follows from it: assignment, pages, what applies."""

    questionnaire: Questionnaire
    draft: Draft
    assignment: Assignment
    pages: tuple[Page, ...]

    @classmethod
    def of(cls, questionnaire: Questionnaire, draft: Draft) -> Self:
        """Return the sitting of a draft in the version that it was begun in."""
        assignment = assign(questionnaire, draft.instance_id)
        return cls(questionnaire, draft, assignment, paginate(questionnaire, assignment))

    @cached_property
    def applying(self) -> Mapping[str, bool]:
        """Whether each item of this person applies, given the answers before it.

        An answer to an item that no longer applies counts as not given.
        """
        answers: dict[str, str | float | tuple[str, ...] | None] = {}
        applies: dict[str, bool] = {}
        for item in (item for page in self.pages for item in page.items):
            applies[item.name] = evaluate(item.relevant, answers)
            if applies[item.name]:
                answers[item.name] = self.draft.answers.get(item.name, SKIPPED).in_relevant
        return applies

    def visible(self, number: int) -> tuple[Item, ...]:
        """Return the items of page ``number`` (from 1) that apply."""
        return tuple(i for i in self.pages[number - 1].items if self.applying[i.name])

    @cached_property
    def open_pages(self) -> tuple[int, ...]:
        """Numbers of the pages on which something applies."""
        return tuple(n for n in range(1, len(self.pages) + 1) if self.visible(n))

    def after(self, number: int) -> int | None:
        """Return the next open page, None after the last."""
        return next((n for n in self.open_pages if n > number), None)

    def before(self, number: int) -> int | None:
        """Return the previous open page, None before the first."""
        return next((n for n in reversed(self.open_pages) if n < number), None)

    @cached_property
    def unseen(self) -> int | None:
        """The first open page with a question that was never posted; None when all were."""
        return next((n for n in self.open_pages if self._lacks_a_post(n)), None)

    @cached_property
    def unanswered(self) -> int | None:
        """The first open page with a required question unanswered; None when there is none."""
        return next((n for n in self.open_pages if self._lacks_required(n)), None)

    def _lacks_a_post(self, number: int) -> bool:
        return any(
            item.name not in self.draft.answers
            for item in self.visible(number)
            if item.type is not ItemType.NOTE
        )

    def _lacks_required(self, number: int) -> bool:
        answers = self.draft.answers
        return any(
            item.required and answers.get(item.name, SKIPPED) == SKIPPED
            for item in self.visible(number)
            if item.type is not ItemType.NOTE
        )

    def answer_codes(self) -> dict[str, Code]:
        """Return the answer sheet's cells for every item of the questionnaire."""
        cells: dict[str, Code] = {}
        for item in self.questionnaire.items:
            cells |= codes(item, self._final(item))
        return cells

    def _final(self, item: Item) -> Answer:
        if item.name not in self.applying:
            return Answer(Status.NOT_ASKED)
        if not self.applying[item.name]:
            return Answer(Status.NOT_APPLICABLE)
        return self.draft.answers.get(item.name, SKIPPED)


def submission(sitting: Sitting, *, wave: str, submitted: datetime) -> Submission:
    """Return what is handed to the store: the same for the same draft and time.

    Parameters
    ----------
    sitting
        The person's answers; required ones are there.
    wave
        The wave of fieldwork.
    submitted
        When it was handed in first, UTC.
    """
    draft = sitting.draft
    return Submission(
        instance_id=draft.instance_id,
        survey=draft.survey,
        questionnaire=draft.questionnaire,
        wave=wave,
        answers=sitting.answer_codes(),
        arms=dict(sitting.assignment.arms),
        shown=sitting.assignment.shown(),
        consent=dict(draft.consent),
        started=draft.started,
        submitted=submitted,
        paradata={
            "language": draft.language,
            "seconds": (submitted - draft.started).total_seconds(),
            **{f"seconds:{page}": seconds for page, seconds in draft.seconds.items()},
        },
    )


def consent_record(questionnaire: Questionnaire, language: str, time: datetime) -> dict[str, str]:
    """Return which consent text was agreed to, in which language and when; {} without one."""
    text = say(questionnaire.consent, language)
    if not text:
        return {}
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {"text": digest, "language": language, "time": time.isoformat()}


def page_record(page: Page, answers: Mapping[str, Answer]) -> str:
    """Return a page's answers as one canonical text, to tell a repeat from a change."""
    given = {
        item.name: answers.get(item.name, SKIPPED).to_json()
        for item in page.items
        if item.type is not ItemType.NOTE
    }
    return json.dumps(given, sort_keys=True)
