"""Balanced best–worst designs: which values stand together in which set, and where.

A good design shows every value about equally often, every pair about equally often and every
value about equally often in each place (Louviere, Flynn & Marley 2015, chapter 1 on balanced
incomplete block designs). Where the numbers allow such a block design, the search finds it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, product
from random import Random
from typing import Final

Sets = list[list[int]]

#: Work that a search may do, in steps of its inner loop; small designs get more starts.
_WORK: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Balance:
    """How evenly a design shows its values; each pair of numbers is the least and the most."""

    sets: int
    size: int
    values: tuple[int, int]  #: times that a value is shown
    pairs: tuple[int, int]  #: times that two values are shown together
    places: tuple[int, int]  #: times that a value stands in one place

    @property
    def even(self) -> bool:
        """Whether no count differs from another of its kind by more than one."""
        return all(most - least <= 1 for least, most in (self.values, self.pairs, self.places))


@lru_cache(maxsize=64)
def best_worst_sets(values: int, sets: int, size: int) -> tuple[tuple[int, ...], ...]:
    """Return a balanced design.

    Parameters
    ----------
    values
        Number of values K.
    sets
        Number of sets; ``sets * size >= values``, so that every value is shown.
    size
        Values a set, ``2 <= size <= values``.

    Returns
    -------
    tuple of tuple of int
        (sets, size) indices of values in the order shown. The same arguments give the same
        design on every machine.

    Raises
    ------
    ValueError
        The numbers allow no design.
    """
    if not 2 <= size <= values or sets * size < values:
        raise ValueError(f"no design shows {values} values in {sets} sets of {size}")
    starts = max(4, min(60, _WORK // (sets * size) ** 2))
    tries = (_pair_balanced(values, sets, size, seed) for seed in range(starts))
    pairs = sets * size * (size - 1) // 2
    best = _evenest(tries, values, _pair_counts, _lowest_cost(pairs, values * (values - 1) // 2))
    orders = (_place_balanced(best, values, seed) for seed in range(starts))
    placed = _evenest(orders, values, _place_counts, _lowest_cost(sets * size, values * size))
    return tuple(tuple(chosen) for chosen in placed)


def balance(design: Sequence[Sequence[object]], values: Sequence[object]) -> Balance:
    """Return how evenly ``design`` shows ``values``; both hold indices, or both hold names."""
    index = {value: k for k, value in enumerate(values)}
    shown = [[index[value] for value in chosen] for chosen in design]
    counts = Counter(value for chosen in shown for value in chosen)
    return Balance(
        sets=len(shown),
        size=max((len(chosen) for chosen in shown), default=0),
        values=_range([counts[k] for k in range(len(values))]),
        pairs=_range(_pair_counts(shown, len(values))),
        places=_range(_place_counts(shown, len(values))),
    )


def _range(counts: Sequence[int]) -> tuple[int, int]:
    return (min(counts, default=0), max(counts, default=0))


def _pair_counts(design: Sets, values: int) -> list[int]:
    """Return how often each two values stand together."""
    pairs = Counter(tuple(sorted(pair)) for chosen in design for pair in combinations(chosen, 2))
    return [pairs[pair] for pair in combinations(range(values), 2)]


def _place_counts(design: Sets, values: int) -> list[int]:
    """Return how often each value stands in each place."""
    cells = Counter((value, place) for chosen in design for place, value in enumerate(chosen))
    size = max((len(chosen) for chosen in design), default=0)
    return [cells[cell] for cell in product(range(values), range(size))]


def _evenest(
    tries: Iterable[Sets], values: int, count: Callable[[Sets, int], list[int]], goal: int
) -> Sets:
    """Return the first try whose counts are as even as can be, else the evenest."""
    best: Sets = []
    least = (0, 0)
    for design in tries:
        counts = count(design, values)
        cost = (sum(n * n for n in counts), max(counts) - min(counts))
        if not best or cost < least:
            best, least = design, cost
        if least[0] <= goal:
            break
    return best


def _lowest_cost(total: int, cells: int) -> int:
    """Return the least sum of squares of ``cells`` counts that sum to ``total``."""
    low, more = divmod(total, cells)
    return more * (low + 1) ** 2 + (cells - more) * low**2


def shuffled[T](things: Sequence[T], random: Random) -> list[T]:
    """Return things in an order of chance that is the same on every machine."""
    # Only random() is promised to stay the same in later versions of Python.
    keys = [random.random() for _ in things]
    return [things[k] for k in sorted(range(len(things)), key=lambda k: keys[k])]


def _even_sets(values: int, sets: int, size: int, random: Random) -> Sets:
    """Return sets that show every value equally often, give or take one."""
    design: Sets = []
    shown: Counter[int] = Counter()
    for _ in range(sets):
        rare = sorted(shuffled(range(values), random), key=lambda value: shown[value])
        design.append(rare[:size])
        shown.update(rare[:size])
    return design


def _pair_balanced(values: int, sets: int, size: int, seed: int) -> Sets:
    """Swap values between sets for as long as that evens out the pairs."""
    random = Random(f"pairs {values} {sets} {size} {seed}")  # noqa: S311 (a design, no secret)
    design = _even_sets(values, sets, size, random)
    together = [[0] * values for _ in range(values)]
    for chosen in design:
        _add(together, chosen, 1)
    improved = True
    while improved:
        improved = False
        for first, second in combinations(range(sets), 2):
            improved |= _swap_between(design[first], design[second], together)
    return design


def _add(together: Sets, chosen: Sequence[int], times: int) -> None:
    for one, other in combinations(chosen, 2):
        together[one][other] += times
        together[other][one] += times


def _swap_between(one: list[int], other: list[int], together: Sets) -> bool:
    """Make the swaps between two sets that lower the pair cost; say whether there was one."""
    improved = False
    for i, j in product(range(len(one)), range(len(other))):
        a, b = one[i], other[j]
        if a in other or b in one:
            continue
        stay, rest = one[:i] + one[i + 1 :], other[:j] + other[j + 1 :]
        gain = sum(together[a][c] - together[b][c] for c in stay)
        gain += sum(together[b][c] - together[a][c] for c in rest)
        if gain > len(stay) + len(rest) - 2 * len(set(stay) & set(rest)):
            _add(together, one, -1)
            _add(together, other, -1)
            one[i], other[j] = b, a
            _add(together, one, 1)
            _add(together, other, 1)
            improved = True
    return improved


def _place_balanced(design: Sets, values: int, seed: int) -> Sets:
    """Swap places within sets for as long as that evens out where each value stands."""
    random = Random(f"places {seed}")  # noqa: S311 (a design, no secret)
    placed = [shuffled(chosen, random) for chosen in design]
    counts = [[0] * len(placed[0]) for _ in range(values)]
    for chosen in placed:
        for place, value in enumerate(chosen):
            counts[value][place] += 1
    improved = True
    while improved:
        improved = False
        for chosen in placed:
            improved |= _swap_within(chosen, counts)
    return placed


def _swap_within(chosen: list[int], counts: Sets) -> bool:
    improved = False
    for p, q in combinations(range(len(chosen)), 2):
        a, b = chosen[p], chosen[q]
        gain = counts[a][p] - counts[a][q] + counts[b][q] - counts[b][p]
        if gain > 2:
            counts[a][p] -= 1
            counts[a][q] += 1
            counts[b][q] -= 1
            counts[b][p] += 1
            chosen[p], chosen[q] = b, a
            improved = True
    return improved
