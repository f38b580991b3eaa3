"""Pairs of profiles for choices between two made-up proposals.

Every level of an attribute is shown about equally often and on both sides alike, the two profiles
of a pair differ in as many attributes as can be (what is alike in both tells nothing), and which
levels of one attribute meet says nothing of which levels of another do: level balance, minimal
overlap and orthogonality of Huber & Zwerina (1996, J. Marketing Research 33:307-317), in the
differences between the profiles, on which alone choices depend (Street & Burgess 2007, The
Construction of Optimal Stated Choice Experiments). No profile is thought better than another
beforehand, so that balance of utility is no aim.

Each attribute gets the pairs of its levels first, balanced by construction. Then such pairs trade
places between pairs of profiles, which leaves balance and overlap as they are, for as long as that
lowers what attributes have in common. Of several starts the one with the greatest determinant of
the information matrix is taken. All is whole numbers, the same on every machine.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from math import prod
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mfp_stats.questionnaire.designs import shuffled

#: Number of the level of each attribute, in order.
Profile = tuple[int, ...]
Pair = tuple[Profile, Profile]
Pairs = tuple[Pair, ...]
_Ints = NDArray[np.int64]
#: Levels of one attribute on the two sides, for each pair of profiles.
_Column = list[tuple[int, int]]

#: Most random starts, of which the best is kept, and work that they may do; short designs get more.
_STARTS: Final = 12
_WORK: Final = 10_000


@dataclass(frozen=True, slots=True)
class PairBalance:
    """How evenly pairs show levels; each two numbers are the least and the most."""

    pairs: int
    levels: dict[str, tuple[int, int]]  #: by attribute: times that a level is shown
    sides: dict[str, int]  #: by attribute: most that a level is shown oftener on one side
    alike: dict[str, int]  #: by attribute: pairs in which both profiles have the same level

    @property
    def even(self) -> bool:
        """Whether no two levels of an attribute, nor a level's two sides, differ by over one."""
        shown = all(most - least <= 1 for least, most in self.levels.values())
        return shown and max(self.sides.values(), default=0) <= 1


def possible_pairs(levels: Sequence[int]) -> int:
    """Return how many different pairs of profiles attributes of so many levels allow."""
    profiles = prod(levels)
    return profiles * (profiles - 1) // 2


@lru_cache(maxsize=64)
def profile_pairs(levels: tuple[int, ...], pairs: int) -> Pairs:
    """Return a balanced design.

    Parameters
    ----------
    levels
        Number of levels of each attribute, two or more.
    pairs
        Number of pairs P; at most :func:`possible_pairs`.

    Returns
    -------
    tuple of tuple of tuple of int
        (P, 2, attributes) levels of the first and the second profile of each pair. No two pairs
        hold the same profiles. The same arguments give the same design on every machine.

    Raises
    ------
    ValueError
        The numbers allow no design.
    """
    if not levels or min(levels) < 2 or not 1 <= pairs <= possible_pairs(levels):
        raise ValueError(f"no design makes {pairs} pairs of profiles with levels {levels}")
    starts = range(max(2, min(_STARTS, _WORK // pairs**2)))
    alike = _overlaps(levels, pairs)
    tries = [_traded(levels, pairs, alike, start) for start in starts]
    found = [design for design in tries if design is not None]
    if found and not any(alike):
        return max(found, key=lambda design: information(design, levels))
    # Where so many of the possible pairs are wanted, these are few and can be listed.
    found += [_listed(levels, pairs, start) for start in starts]
    return max(found, key=lambda design: _merit(design, levels, traded=design in tries))


def _merit(design: Pairs, levels: Sequence[int], *, traded: bool) -> int:
    """Return the information, of balanced designs as if a tenth more efficient than they are."""
    favour: int = (10 if traded else 9) ** (sum(levels) - len(levels))
    return information(design, levels) * favour


def information(design: Pairs, levels: Sequence[int]) -> int:
    """Return the determinant of the information matrix X'X of zero-sum coded differences.

    X has a row a pair and L − 1 columns an attribute: what the first profile has more of a level,
    or of the last level less, than the second. Zero: not all levels can be told apart.
    """
    coded = np.hstack(
        [
            _marked(column, size)[:, :-1] - _marked(column, size)[:, -1:]
            for column, size in zip(_columns(design), levels, strict=True)
        ]
    )
    return _determinant((coded.T @ coded).tolist())


def pair_balance(
    design: Sequence[tuple[Sequence[str], Sequence[str]]], levels: Mapping[str, Sequence[str]]
) -> PairBalance:
    """Return how evenly pairs of profiles, each a level an attribute, show the levels."""
    shown, sides, alike = {}, {}, {}
    for place, (attribute, names) in enumerate(levels.items()):
        left, right = (Counter(pair[side][place] for pair in design) for side in (0, 1))
        counts = [left[name] + right[name] for name in names]
        shown[attribute] = (min(counts), max(counts))
        sides[attribute] = max(abs(left[name] - right[name]) for name in names)
        alike[attribute] = sum(first[place] == second[place] for first, second in design)
    return PairBalance(len(design), shown, sides, alike)


def _random(purpose: str, levels: Sequence[int], pairs: int, start: int) -> Random:
    seed = f"{purpose} {'x'.join(map(str, levels))} {pairs} {start}"
    return Random(seed)  # noqa: S311 (a design, no secret)


def _columns(design: Sequence[Pair]) -> list[_Column]:
    return [[(first[k], second[k]) for first, second in design] for k in range(len(design[0][0]))]


def _marked(column: _Column, levels: int) -> _Ints:
    """Return 1 where the first profile has a level, −1 where the second has it, (P, levels)."""
    marks = np.zeros((len(column), levels), dtype=np.int64)
    rows = np.arange(len(column))
    for side, sign in ((0, 1), (1, -1)):
        marks[rows, [pair[side] for pair in column]] += sign
    return marks


def _overlaps(levels: Sequence[int], pairs: int) -> list[int]:
    """Return in how many pairs each attribute must have the same level on both sides.

    Pairs that differ in every attribute come first, then those that are alike in one, and so on;
    attributes take turns, for as many pairs as they have levels, so that all are shown.
    """
    alike, left = [0] * len(levels), pairs
    for size in range(len(levels)):
        room = {
            same: prod(n if k in same else n * (n - 1) for k, n in enumerate(levels)) // 2
            for same in combinations(range(len(levels)), size)
        }
        while left and any(room.values()):
            same = min((s for s in room if room[s]), key=lambda s: (sum(alike[k] for k in s), s))
            taken = min(left, room[same], max((levels[k] for k in same), default=left))
            room[same] -= taken
            left -= taken
            for k in same:
                alike[k] += taken
        if not left:
            break
    return alike


def _balanced_column(levels: int, pairs: int, alike: int, random: Random) -> _Column:
    """Return the levels of one attribute on both sides, in an order of chance.

    Levels stand against those so many places on, going round, which shows every level once on each
    side; further rounds take another distance, so that each two levels meet about equally often.
    """
    rounds, rest = divmod(pairs - alike, levels)
    column = [
        (level, (level + 1 + step % (levels - 1)) % levels)
        for step in range(rounds)
        for level in range(levels)
    ]
    # The last round is cut short: of the distances that keep it even, the one least met.
    apart = range(min(rest, levels - rest), max(rest, levels - rest) + 1)
    tails: list[_Column] = [
        [(k, (k + far) % levels) for k in range(rest)] for far in apart if 0 < far < levels
    ]
    column += min(tails, key=lambda tail: _unevenness([*column, *tail]), default=[])
    for _ in range(alike):
        shown = Counter(level for pair in column for level in pair)
        level = min(range(levels), key=lambda level: shown[level])
        column.append((level, level))
    # Which level is shown once more, where one must be, is left to chance.
    names = shuffled(range(levels), random)
    return shuffled([(names[one], names[other]) for one, other in column], random)


def _unevenness(column: _Column) -> int:
    met = Counter(frozenset(pair) for pair in column)
    return sum(times * times for times in met.values())


def _traded(levels: tuple[int, ...], pairs: int, alike: Sequence[int], start: int) -> Pairs | None:
    """Let pairs of profiles trade levels; None where two stay the same."""
    random = _random("traded", levels, pairs, start)
    each = zip(levels, alike, strict=True)
    trade = _Trade(levels, [_balanced_column(size, pairs, same, random) for size, same in each])
    while trade.improve():
        pass
    return None if trade.twins else trade.design


class _Trade:
    """Columns of levels whose entries trade places until attributes have little in common."""

    def __init__(self, levels: tuple[int, ...], columns: list[_Column]) -> None:
        self.levels, self.columns = levels, columns
        self.rows = Counter(_unordered(pair) for pair in self.design)

    @property
    def design(self) -> Pairs:
        """The pairs of profiles as they stand."""
        rows = zip(*self.columns, strict=True)
        return tuple((tuple(a for a, _ in row), tuple(b for _, b in row)) for row in rows)

    @property
    def twins(self) -> int:
        """How many pairs stand there already, or are no pair: the same profile twice."""
        return sum(self._excess(row) for row in self.rows)

    def _excess(self, row: Pair) -> int:
        return self.rows[row] - (row[0] != row[1]) if self.rows[row] else 0

    def improve(self) -> bool:
        """Make the best trade within one column; say whether there was one."""
        found = [self._improve(k) for k in range(len(self.columns))]
        return any(found)

    def _improve(self, k: int) -> bool:
        gains = self._gains(k)
        one, other = np.triu_indices(len(gains), 1)
        order = np.argsort(gains[one, other], kind="stable")
        clear = not self.twins
        for i, j, cost in zip(
            one[order].tolist(), other[order].tolist(), gains[one, other][order].tolist(),
            strict=True,
        ):  # fmt: skip
            if clear and cost >= 0:
                return False
            change = self._swap(k, i, j)
            if change < 0 or (change == 0 and cost < 0):
                return True
            self._swap(k, i, j)
        return False

    def _gains(self, k: int) -> _Ints:
        """Return by how much each trade between two pairs raises what k shares with the others.

        That is the sum of squares of the cross-products of differences, each attribute's weighted
        by its levels less one: what is lost of the determinant, to second order.
        """
        own = _marked(self.columns[k], self.levels[k])
        others = np.hstack(
            [np.zeros((len(own), 1), dtype=np.int64)]
            + [
                _marked(column, size)
                for m, (column, size) in enumerate(zip(self.columns, self.levels, strict=True))
                if m != k
            ]
        )
        weights = np.array(
            [0] + [size - 1 for m, size in enumerate(self.levels) if m != k for _ in range(size)]
        )
        weighted = others * weights
        both = own @ (own.T @ others) @ weighted.T
        trace = np.diag(both)
        apart = _distances(own @ own.T) * _distances(others @ weighted.T)
        return np.asarray(2 * (both + both.T - trace[:, None] - trace) + apart)

    def _swap(self, k: int, i: int, j: int) -> int:
        """Trade k's levels between two pairs; return how many more twins there are."""
        before = self._row(i), self._row(j)
        column = self.columns[k]
        column[i], column[j] = column[j], column[i]
        after = self._row(i), self._row(j)
        touched = {*before, *after}
        excess = sum(self._excess(row) for row in touched)
        self.rows.subtract(before)
        self.rows.update(after)
        return sum(self._excess(row) for row in touched) - excess

    def _row(self, i: int) -> Pair:
        entries = [column[i] for column in self.columns]
        return _unordered((tuple(a for a, _ in entries), tuple(b for _, b in entries)))


def _unordered(pair: Pair) -> Pair:
    return min(pair), max(pair)


def _distances(products: _Ints) -> _Ints:
    """Return squared distances between rows from their products."""
    squares = np.diag(products)
    return np.asarray(squares[:, None] + squares - 2 * products)


def _listed(levels: tuple[int, ...], pairs: int, start: int) -> Pairs:
    """Take pairs from the list of all: where most are wanted, trades may lead to none.

    Those that differ in most attributes come first; each is turned so as to even out the sides.
    """
    random = _random("listed", levels, pairs, start)
    profiles = list(product(*(range(size) for size in levels)))
    every = shuffled(list(combinations(profiles, 2)), random)
    every.sort(key=lambda pair: sum(a == b for a, b in zip(*pair, strict=True)))
    more: Counter[tuple[int, int]] = Counter()
    made = []
    for one, other in every[:pairs]:
        lean = sum(more[k, a] - more[k, b] for k, (a, b) in enumerate(zip(one, other, strict=True)))
        first, second = (other, one) if lean > 0 else (one, other)
        more.update(enumerate(first))
        more.subtract(Counter(enumerate(second)))
        made.append((first, second))
    return tuple(made)


def _determinant(matrix: list[list[int]]) -> int:
    """Return a determinant in whole numbers (Bareiss 1968)."""
    last = 1
    for k in range(len(matrix) - 1):
        # Information is positive semidefinite: where a pivot is 0, so is the determinant.
        if matrix[k][k] == 0:
            return 0
        for i in range(k + 1, len(matrix)):
            for j in range(k + 1, len(matrix)):
                crossed = matrix[i][j] * matrix[k][k] - matrix[i][k] * matrix[k][j]
                matrix[i][j] = crossed // last
        last = matrix[k][k]
    return matrix[-1][-1]
