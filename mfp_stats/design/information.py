"""Who was told something, and what they answered about what it speaks for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from mfp_stats.design.compared import wave_order
from mfp_stats.design.data import Bools, Ints, MovedAnswer, Responses, Told
from mfp_stats.design.report import Report, people
from mfp_stats.design.responses import answers_on
from mfp_stats.frames.scores import is_ordinal
from mfp_stats.questionnaire.information import WAVE
from mfp_stats.questionnaire.model import Information, Item, Questionnaire, say

#: Strata of people by trust in the source.
DISTRUSTS, TRUSTS = "distrusts", "trusts"
#: When people answered: as they were told, and in the next wave that they answered.
AT_ONCE, LATER = "at_once", "later"
_NOBODY: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows of the analysis and where their answers stand in the sheet."""

    person: Ints  #: (P,) row of the people
    told: Bools  #: (P,)
    at: Ints  #: (P, O) row of the sheet; -1: none

    def only(self, kept: Bools) -> "_Rows":
        return _Rows(self.person[kept], self.told[kept], self.at[kept])


def information(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    persons: pl.DataFrame,
    responded: Responses | None,
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
        The people of the fit, one row each.
    responded
        Their responses, whose question about each proposal counts.
    report
        Takes a note on each piece, answer, stratum and occasion that is left out.
    language
        Of the labels.
    """
    found = []
    for one in questionnaire.information.values():
        made = _Builder(sheet, questionnaire, persons, responded, report, language).told(one)
        if made is not None:
            found.append(made)
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Builder:
    sheet: pl.DataFrame
    questionnaire: Questionnaire
    persons: pl.DataFrame
    responded: Responses | None
    report: Report
    language: str

    def told(self, one: Information) -> Told | None:
        label = say(one.short, self.language) or say(one.label, self.language) or one.name
        rows = self._by_wave(one) if WAVE in one.told else self._by_arm(one)
        if self._too_few(rows, f"“{label}” is left out"):
            return None
        rows, stratum, strata = self._strata(rows, one, label)
        if not len(rows.person):
            return None
        occasions = self._occasions(rows, label)
        cells, answers = self._cells(rows, one, label)
        if all(cell.support for cell in cells):
            why = "none of the beliefs that it speaks for tells anything"
            self.report.note(f"“{label}” is left out: {why}.")
            return None
        return Told(
            name=one.name,
            label=label,
            randomised=WAVE not in one.told,
            strata=strata,
            occasions=occasions,
            cells=cells,
            touched=tuple(one.beliefs),
            person=rows.person,
            told=rows.told,
            stratum=stratum,
            answers=answers[:, : len(occasions)],
        )

    @property
    def _places(self) -> dict[str, int]:
        return {name: k for k, name in enumerate(self.persons["respondent"])}

    def _by_arm(self, one: Information) -> _Rows:
        """Take people by the arm of the first wave in which theirs is known."""
        ((arm, levels),) = one.told.items()
        places = self._places
        person, told, at = [], [], []
        for respondent, rows in self._waves().items():
            known = [(r, level) for r in rows if (level := self._level(r, arm)) is not None]
            if not known or respondent not in places:
                continue
            first, level = known[0]
            later = rows[rows.index(first) + 1 :]
            person.append(places[respondent])
            told.append(level in levels)
            at.append((first, later[0] if later else _NOBODY))
        rows_at = np.array(at, dtype=np.int64).reshape(-1, 2)
        return _Rows(np.array(person, dtype=np.int64), np.array(told, dtype=np.bool_), rows_at)

    def _by_wave(self, one: Information) -> _Rows:
        waves, places = self.sheet["wave"].to_list(), self._places
        respondents = self.sheet["respondent"].to_list()
        rows = [r for r, name in enumerate(respondents) if name in places]
        return _Rows(
            np.array([places[respondents[r]] for r in rows], dtype=np.int64),
            np.array([waves[r] in one.told[WAVE] for r in rows], dtype=np.bool_),
            np.array(rows, dtype=np.int64)[:, None],
        )

    def _waves(self) -> dict[str, list[int]]:
        """Return everybody's rows of the sheet, earliest wave first."""
        waves = self.sheet["wave"].to_list()
        order = {wave: k for k, wave in enumerate(sorted(set(waves), key=wave_order))}
        found: dict[str, list[int]] = {}
        for r, respondent in enumerate(self.sheet["respondent"]):
            found.setdefault(respondent, []).append(r)
        for rows in found.values():
            rows.sort(key=lambda r: order[waves[r]])
        return found

    def _level(self, row: int, arm: str) -> str | None:
        text = self.sheet["arms"][row]
        return None if text is None else json.loads(text).get(arm)

    def _too_few(self, rows: _Rows, what: str) -> bool:
        """Say, with a note, whether too few people were told or too few were not."""
        for told, words in ((True, "told"), (False, "not told")):
            n = int((rows.told == told).sum())
            if n <= self.questionnaire.floor:
                verb = "was" if n == 1 else "were"
                self.report.note(f"{what}: {people(n)} {verb} {words}, too few to show anything.")
                return True
        return False

    def _strata(
        self, rows: _Rows, one: Information, label: str
    ) -> tuple[_Rows, Ints, tuple[str, ...]]:
        """Part people by trust in the source, leaving out strata that are too small."""
        if not one.trust:
            return rows, np.zeros(len(rows.person), dtype=np.int64), ("",)
        trust = self._trust(self.questionnaire.item(one.trust), one.trust_from)[rows.person]
        if unknown := int((trust < 0).sum()):
            self.report.note(
                f"“{label}”: {people(unknown)} left out, who did not say whether they trust its "
                "source."
            )
        kept = np.zeros(len(trust), dtype=np.bool_)
        strata: list[str] = []
        stratum = np.zeros(len(trust), dtype=np.int64)
        for value, name in enumerate((DISTRUSTS, TRUSTS)):
            inside = trust == value
            who = "trust its source" if value else "do not trust its source"
            if not self._too_few(rows.only(inside), f"“{label}”, those who {who}, are left out"):
                stratum[inside] = len(strata)
                strata.append(name)
                kept |= inside
        return rows.only(kept), stratum[kept], tuple(strata)

    def _trust(self, item: Item, least: str) -> Ints:
        """Return 1 for people who trust, 0 for those who do not, -1 where that is not known."""
        names = item.option_names
        codes = self.sheet[item.name].to_numpy().astype(np.int64)
        turned = np.where(codes >= 0, len(names) - 1 - codes if item.reverse else codes, -1)
        lowest = names.index(least)
        lowest = len(names) - 1 - lowest if item.reverse else lowest
        places, waves = self._places, self._waves()
        trust = np.full(len(self.persons), -1, dtype=np.int64)
        for respondent, place in places.items():
            given = [turned[r] for r in waves.get(respondent, ()) if turned[r] >= 0]
            if given:
                trust[place] = int(given[0] >= lowest)
        return trust

    def _occasions(self, rows: _Rows, label: str) -> tuple[str, ...]:
        if rows.at.shape[1] == 1 or not (rows.at[:, 1] >= 0).any():
            return (AT_ONCE,)
        what = f"“{label}”, what was left of it in the next wave, is left out"
        few = self._too_few(rows.only(rows.at[:, 1] >= 0), what)
        return (AT_ONCE,) if few else (AT_ONCE, LATER)

    def _cells(
        self, rows: _Rows, one: Information, label: str
    ) -> tuple[tuple[MovedAnswer, ...], Ints]:
        """Return what the information speaks for, beliefs first, and the levels (P, O, J)."""
        cells, columns = [], []
        for cell, levels in (*self._beliefs(one), *self._support(one, label)):
            answers = np.where(rows.at >= 0, levels[rows.at], -1)
            used = np.unique(answers[answers >= 0])
            if len(used) < 2:
                why = "all answered alike" if len(used) else "nobody answered"
                self.report.note(f"“{label}” tells nothing of {cell.name}: {why}.")
                continue
            cells.append(cell)
            columns.append(answers)
        empty = np.full((*rows.at.shape, 0), -1, dtype=np.int64)
        return tuple(cells), np.stack(columns, axis=2) if columns else empty

    def _beliefs(self, one: Information) -> Iterator[tuple[MovedAnswer, Ints]]:
        for name, direction in one.beliefs.items():
            item = self.questionnaire.item(name)
            if not is_ordinal(item):
                continue  # refused when the questionnaire is read
            codes = self.sheet[name].to_numpy().astype(np.int64)
            last = len(item.options) - 1
            levels = np.where(codes >= 0, last - codes if item.reverse else codes, -1)
            names = item.option_names[::-1] if item.reverse else item.option_names
            wording = self.questionnaire.wording(item, self.language)
            yield MovedAnswer(name, wording, False, direction, names), levels

    def _support(self, one: Information, label: str) -> Iterator[tuple[MovedAnswer, Ints]]:
        if not one.support:
            return
        given = self.responded
        found = (
            None
            if given is None or given.exclusive
            else answers_on(self.sheet, self.questionnaire, given, language=self.language)
        )
        for name, direction in one.support.items():
            if found is None or name not in found.interventions:
                proposal = self.questionnaire.interventions[name]
                words = say(proposal.short, self.language) or say(proposal.label, self.language)
                self.report.note(
                    f"Whether “{label}” carried into support of “{words}” is not told: no ordered "
                    "question about that was answered."
                )
                continue
            x = found.interventions.index(name)
            label = found.intervention_labels[x]
            cell = MovedAnswer(name, label, True, direction, found.levels, found.accept)
            yield cell, found.answers[:, x]
