"""Who was told something, who was not, and where in the sheet their answers stand."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from mfp_stats.design.compared import waves_of
from mfp_stats.design.data import Bools, Ints
from mfp_stats.frames.scores import scored_levels
from mfp_stats.questionnaire.model import Information, Item, Questionnaire
from mfp_stats.questionnaire.reserved import WAVE

NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class ToldPeople:
    """Rows of an analysis: P people, or of waves people in one wave; O occasions."""

    person: Ints  #: (P,) row of the people
    told: Bools  #: (P,)
    at: Ints  #: (P, O) row of the sheet; -1: none

    def only(self, kept: Bools) -> "ToldPeople":
        """Return some of the rows."""
        return ToldPeople(self.person[kept], self.told[kept], self.at[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Everybody's rows of the sheet, earliest wave first."""

    sheet: pl.DataFrame
    rows: Mapping[str, list[int]]  #: by respondent
    waves: tuple[str, ...]  #: in order

    @classmethod
    def of(cls, sheet: pl.DataFrame) -> "Answered":
        """Order the rows of a sheet."""
        names = sheet["wave"].to_list()
        waves = waves_of(sheet)
        order = {wave: k for k, wave in enumerate(waves)}
        found: dict[str, list[int]] = {}
        for row, respondent in enumerate(sheet["respondent"]):
            found.setdefault(respondent, []).append(row)
        for rows in found.values():
            rows.sort(key=lambda row: order[names[row]])
        return cls(sheet, found, waves)

    def told(self, one: Information, places: Mapping[str, int]) -> ToldPeople:
        """Return who was told a piece of information and who is compared with them.

        Parameters
        ----------
        one
            The piece.
        places
            Respondent to row of the people; others are left out.

        Notes
        -----
        An arm counts in the first wave in which a person's level is one of those compared. Who was
        not told then and is told in the next wave has no later answers here.
        """
        if WAVE in one.told:
            return self._by_wave(one, places)
        ((arm, levels),) = one.told.items()
        person, told, at = [], [], []
        for respondent, rows in self.rows.items():
            known = [r for r in rows if self._level(r, arm) in (*levels, *one.against)]
            if not known or respondent not in places:
                continue
            first = known[0]
            heard = self._level(first, arm) in levels
            later = rows[rows.index(first) + 1 :][:1]
            spoilt = not heard and later and self._level(later[0], arm) in levels
            person.append(places[respondent])
            told.append(heard)
            at.append((first, later[0] if later and not spoilt else NOBODY))
        return ToldPeople(
            np.array(person, dtype=np.int64),
            np.array(told, dtype=np.bool_),
            np.array(at, dtype=np.int64).reshape(-1, 2),
        )

    def told_again(self, one: Information, rows: ToldPeople) -> int:
        """Return how many who were told are in the telling arm in the next wave too."""
        if WAVE in one.told:
            return 0
        ((arm, levels),) = one.told.items()
        again = rows.at[rows.told & (rows.at[:, 1] != NOBODY), 1]
        return sum(self._level(int(row), arm) in levels for row in again)

    def _by_wave(self, one: Information, places: Mapping[str, int]) -> ToldPeople:
        after = one.told[WAVE]
        first = min((self.waves.index(w) for w in after if w in self.waves), default=0)
        before = one.against or self.waves[:first]
        names = self.sheet["wave"].to_list()
        respondents = self.sheet["respondent"].to_list()
        rows = [
            r
            for r, (name, wave) in enumerate(zip(respondents, names, strict=True))
            if name in places and wave in (*before, *after)
        ]
        return ToldPeople(
            np.array([places[respondents[r]] for r in rows], dtype=np.int64),
            np.array([names[r] in after for r in rows], dtype=np.bool_),
            np.array(rows, dtype=np.int64)[:, None],
        )

    def trust(self, item: Item, least: str, rows: ToldPeople) -> Ints:
        """Return 1 for people who trust, 0 for those who do not, -1 where that is not known.

        Their first answer counts, of the wave in which people were told or an earlier one.
        """
        levels, lowest = scored_levels(self.sheet, item), item.scored_names.index(least)
        respondents = self.sheet["respondent"].to_list()
        trust = np.full(len(rows.person), -1, dtype=np.int64)
        for k, first in enumerate(rows.at[:, 0]):
            own = self.rows[respondents[first]]
            given = [levels[r] for r in own[: own.index(int(first)) + 1] if levels[r] >= 0]
            if given:
                trust[k] = int(given[0] >= lowest)
        return trust

    def _level(self, row: int, arm: str) -> str | None:
        text = self.sheet["arms"][row]
        return None if text is None else json.loads(text).get(arm)

    def ever_told(self, one: Information) -> Iterator[tuple[str, str]]:
        """Yield the respondent and wave of every row that comes with or after being told."""
        if WAVE in one.told:
            return
        ((arm, levels),) = one.told.items()
        waves = self.sheet["wave"].to_list()
        for respondent, rows in self.rows.items():
            heard = [k for k, r in enumerate(rows) if self._level(r, arm) in levels]
            if heard:
                yield from ((respondent, waves[r]) for r in rows[heard[0] :])


def without_what_was_told(
    people: pl.DataFrame, sheet: pl.DataFrame, questionnaire: Questionnaire
) -> tuple[pl.DataFrame, list[str]]:
    """Return people's answers without those that information of an arm speaks for, where told.

    Parameters
    ----------
    people
        The people of a fit, one row each.
    sheet
        All answers.

    Returns
    -------
    people
        With these answers not asked: they tell of the arm, and would form worldviews of their own.
    list of str
        The items.
    """
    if not questionnaire.information:
        return people, []
    answered = Answered.of(sheet)
    codes = pl.lit(-1, dtype=pl.Int16)
    touched: list[str] = []
    key = list(zip(people["respondent"], people["wave"], strict=True))
    for one in questionnaire.information.values():
        told = set(answered.ever_told(one))
        heard = pl.Series([row in told for row in key], dtype=pl.Boolean)
        if not heard.any():
            continue
        touched += [name for name in one.beliefs if name not in touched]
        people = people.with_columns(
            pl.when(heard).then(codes).otherwise(pl.col(name)).alias(name) for name in one.beliefs
        )
    return people, touched
