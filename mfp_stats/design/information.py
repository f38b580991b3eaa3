"""Pieces of information: the answers that they speak for, of people told and not told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Bools, Ints, MovedAnswer, Told
from mfp_stats.design.persons import Persons
from mfp_stats.design.report import Report
from mfp_stats.design.responses import responses
from mfp_stats.design.told_people import Answered, ToldPeople
from mfp_stats.frames.scores import scored_levels
from mfp_stats.questionnaire.model import Information, Questionnaire, short_label
from mfp_stats.questionnaire.reserved import WAVE

#: Strata of people by trust in the source.
DISTRUSTS, TRUSTS = "distrusts", "trusts"
#: When people answered: as they were told, and in the next wave that they answered.
AT_ONCE, LATER = "at_once", "later"
#: What notes on information begin with.
ABOUT: Final = "Information "
_WHO: Final = {
    "": "",
    DISTRUSTS: " among those who do not trust its source",
    TRUSTS: " among those who trust its source",
}


def information(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    persons: Persons,
    report: Report,
    *,
    language: str = "en",
) -> tuple[Told, ...]:
    """Return the pieces of information to which a response can be told.

    Parameters
    ----------
    sheet
        All answers, one row per respondent and wave.
    persons
        The people of the fit; those of groups too small to be shown are not in it.
    report
        Takes a note, beginning with :data:`ABOUT`, on each piece, answer, stratum and occasion that
        is left out. Of an answer there have to be more people than the floor who were told, and who
        were not, on each occasion and in each stratum.
    language
        Of the labels.
    """
    if not questionnaire.information:
        return ()
    answered = Answered.of(sheet)
    sizes = np.bincount(persons.group, minlength=len(persons.groups))
    large = sizes > questionnaire.floor
    inside = large[persons.group] if large.any() else np.ones(len(persons.group), dtype=np.bool_)
    places = {name: k for k, name in enumerate(persons.sheet["respondent"].to_list()) if inside[k]}
    found = []
    for one in questionnaire.information.values():
        label = short_label(one, language)
        rows = answered.told(one, places)
        made = _Piece(answered, questionnaire, one, label, report, language).told(rows)
        if made is not None:
            found.append(made)
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """One piece of information under way."""

    answered: Answered
    questionnaire: Questionnaire
    one: Information
    label: str
    report: Report
    language: str

    def told(self, rows: ToldPeople) -> Told | None:
        if not self._enough(rows.told):
            self._note("is left out: too few people were told, or too few were not")
            return None
        rows, stratum, strata = self._strata(rows)
        cells, answers = self._cells(rows)
        answers, occasions = self._large_enough(rows, stratum, strata, cells, answers)
        kept = self._with_beliefs(stratum, strata, cells, answers)
        if not kept:
            self._note("is left out: too few answered what it speaks for, told and not told")
            return None
        inside = np.isin(stratum, kept)
        self._note_the_same_people(rows.only(inside))
        if len(occasions) > 1 and (again := self.answered.told_again(self.one, rows.only(inside))):
            self._note(
                f"has {again:,} people in the telling arm in the next wave too: if they were told "
                "again, what lasted is not what being told once leaves"
            )
        every = self.questionnaire.information.values()
        asked = (answers[inside] >= 0).any(axis=(0, 1))
        return Told(
            name=self.one.name,
            label=self.label,
            randomised=WAVE not in self.one.told,
            strata=tuple(strata[s] for s in kept),
            occasions=occasions,
            cells=tuple(c for c, there in zip(cells, asked, strict=True) if there),
            touched=tuple(dict.fromkeys(name for piece in every for name in piece.beliefs)),
            person=rows.person[inside],
            told=rows.told[inside],
            stratum=np.searchsorted(kept, stratum[inside]).astype(np.int64),
            answers=answers[inside][:, :, asked],
        )

    def _note(self, what: str) -> None:
        self.report.note(f"{ABOUT}“{self.label}” {what}.")

    def _enough(self, told: Bools) -> bool:
        """Whether more people than the floor were told, and more were not."""
        floor = self.questionnaire.floor
        return bool(told.sum() > floor and (~told).sum() > floor)

    def _strata(self, rows: ToldPeople) -> tuple[ToldPeople, Ints, tuple[str, ...]]:
        """Part people by trust in the source."""
        if not self.one.trust:
            return rows, np.zeros(len(rows.person), dtype=np.int64), ("",)
        item = self.questionnaire.item(self.one.trust)
        trust = self.answered.trust(item, self.one.trust_from, rows)
        known = trust >= 0
        if not known.all():
            self._note("is told without those who did not say whether they trust its source")
        return rows.only(known), trust[known], (DISTRUSTS, TRUSTS)

    def _cells(self, rows: ToldPeople) -> tuple[list[MovedAnswer], Ints]:
        """Return what the information speaks for, beliefs first, and the levels (P, O, J)."""
        cells, columns = [], []
        for cell, levels in (*self._beliefs(), *self._support(rows)):
            answers = np.where(rows.at >= 0, levels[rows.at], -1)
            used = np.unique(answers[answers >= 0])
            if len(used) < 2:
                why = "all answered alike" if len(used) else "nobody answered"
                self._note(f"tells nothing of {cell.name}: {why}")
                continue
            cells.append(cell)
            columns.append(answers)
        empty = np.full((*rows.at.shape, 0), -1, dtype=np.int64)
        return cells, np.stack(columns, axis=2) if columns else empty

    def _beliefs(self) -> Iterator[tuple[MovedAnswer, Ints]]:
        for name, direction in self.one.beliefs.items():
            item = self.questionnaire.item(name)
            assert item.is_ordinal  # others are refused when the questionnaire is read
            levels = scored_levels(self.answered.sheet, item)
            wording = self.questionnaire.wording(item, self.language)
            yield MovedAnswer(name, wording, False, direction, item.scored_names), levels

    def _support(self, rows: ToldPeople) -> Iterator[tuple[MovedAnswer, Ints]]:
        if not self.one.support:
            return
        at = np.unique(rows.at[rows.at >= 0])
        # Support that was asked before people were told as well is read where it was asked after.
        before = [pl.lit(-1, dtype=pl.Int16).alias(name) for name in self.one.responses_before]
        sheet = self.answered.sheet[at].with_columns(*before)
        found = responses(sheet, self.questionnaire, Report(), language=self.language)
        ordered = found if found is not None and not found.exclusive else None
        for name, direction in self.one.support.items():
            if ordered is None or name not in ordered.interventions:
                proposal = self.questionnaire.interventions[name]
                words = short_label(proposal, self.language)
                self._note(
                    f"cannot be told to have carried into support of “{words}”: no ordered "
                    "question about that was answered"
                )
                continue
            x = ordered.interventions.index(name)
            levels = np.full(len(self.answered.sheet), -1, dtype=np.int64)
            levels[at] = ordered.answers[:, x]
            label = ordered.intervention_labels[x]
            yield MovedAnswer(name, label, True, direction, ordered.levels, ordered.accept), levels

    def _large_enough(
        self,
        rows: ToldPeople,
        stratum: Ints,
        strata: tuple[str, ...],
        cells: list[MovedAnswer],
        answers: Ints,
    ) -> tuple[Ints, tuple[str, ...]]:
        """Take out answers that too few gave, told or not, on an occasion and in a stratum."""
        answers = answers.copy()
        for o, s, j in np.ndindex(answers.shape[1], len(strata), len(cells)):
            given = (stratum == s) & (answers[:, o, j] >= 0)
            if given.any() and not self._enough(rows.told[given]):
                answers[given, o, j] = -1
                when = " in the next wave" if o else ""
                self._note(
                    f"tells nothing of {cells[j].name}{_WHO[strata[s]]}{when}: too few who were "
                    "told answered it, or too few who were not"
                )
        self._note_other_questions(cells, answers)
        there = (answers >= 0).any(axis=(0, 2))
        later = len(there) > 1 and bool(there[1])
        return answers[:, : 1 + later], (AT_ONCE, LATER) if later else (AT_ONCE,)

    def _note_other_questions(self, cells: list[MovedAnswer], answers: Ints) -> None:
        """Say what was asked on one occasion only, where something was asked on both."""
        if answers.shape[1] < 2:
            return
        at_once, later = (answers >= 0).any(axis=0)
        if not (at_once & later).any():
            return
        for one, other, words in (
            (at_once, later, "once only"),
            (later, at_once, "in the next wave only"),
        ):
            names = [cells[j].name for j in np.flatnonzero(one & ~other)]
            if names:
                self._note(f"is told to have lasted without {', '.join(names)}: asked {words}")

    def _with_beliefs(
        self, stratum: Ints, strata: tuple[str, ...], cells: list[MovedAnswer], answers: Ints
    ) -> list[int]:
        """Return the strata in which a belief was answered at once; note the others."""
        belief = np.array([not cell.support for cell in cells], dtype=np.bool_)
        kept = []
        for s, name in enumerate(strata):
            if (answers[stratum == s, 0][:, belief] >= 0).any():
                kept.append(s)
            elif len(strata) > 1:
                self._note(f"is left out{_WHO[name]}: too few answered what it speaks for")
        return kept

    def _note_the_same_people(self, rows: ToldPeople) -> None:
        again = len(rows.person) - len(np.unique(rows.person))
        if again:
            self._note(
                "compares waves in which some of the same people answered; each of their answers "
                "counts as another person's, with the weight of their latest"
            )
