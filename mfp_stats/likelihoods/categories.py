"""Belief answers as one wide indicator matrix: what the mixture, its rival and EM work on.

Every category of every indicator becomes a column, so that the log-likelihood of all persons
under all classes (or quadrature nodes) is one matrix product: ``chosen @ log_probability``.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mfp_stats.design.data import Beliefs, Floats, Ints
from mfp_stats.errors import DesignError, Fault

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Categories:
    """Layout of H indicators with T categories in all, and who gave which.

    Columns keep the order of the indicators and, within one, of its categories.
    """

    sizes: Ints  #: (H,) categories of each indicator
    ordinal: NDArray[np.bool_]  #: (H,) whether the categories are ordered
    names: tuple[str, ...]  #: (T,) ``indicator=category``
    chosen: Floats  #: (N, T) 1 where the person gave that answer; all 0 where missing

    @classmethod
    def of(cls, beliefs: Beliefs) -> Self:
        """Lay out the answers of one survey.

        Raises
        ------
        DesignError
            An indicator has fewer than two categories, or answers outside its categories.
        """
        sizes = np.array([len(i.categories) for i in beliefs.indicators], dtype=np.int64)
        _refuse_bad_answers(beliefs, sizes)
        return cls(
            sizes=sizes,
            ordinal=np.array([i.kind == "ordinal" for i in beliefs.indicators], dtype=bool),
            names=tuple(f"{i.name}={c}" for i in beliefs.indicators for c in i.categories),
            chosen=one_hot(beliefs.answers, sizes),
        )

    @property
    def starts(self) -> Index:
        """Column of each indicator's first category, shape (H,)."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.intp)

    @property
    def indicator(self) -> Index:
        """Indicator that each column belongs to, shape (T,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @property
    def is_ordinal(self) -> NDArray[np.bool_]:
        """Whether each column belongs to an ordinal indicator, shape (T,)."""
        return np.repeat(self.ordinal, self.sizes)

    @property
    def marginal(self) -> Floats:
        """Share of those who answered who gave each answer, half a person added, shape (T,)."""
        counts = self.chosen.sum(axis=0) + 0.5 / self.sizes[self.indicator]
        return counts / np.add.reduceat(counts, self.starts)[self.indicator]


def one_hot(answers: Ints, sizes: Ints) -> Floats:
    """Spread answers (N, H), -1 missing, over one 0/1 column per category, shape (N, T)."""
    person, indicator = np.nonzero(answers >= 0)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    chosen = np.zeros((len(answers), int(sizes.sum())))
    chosen[person, starts[indicator] + answers[person, indicator]] = 1.0
    return chosen


def zero_sum_basis(n: int) -> Floats:
    """Orthonormal basis of the vectors of length ``n`` that sum to zero, shape (n, n - 1).

    Helmert contrasts: independent standard normals times this basis are a zero-sum normal whose
    elements have variance 1 - 1/n.
    """
    contrasts = np.triu(np.ones((n, n)))[:, : n - 1]
    contrasts[np.arange(1, n), np.arange(n - 1)] = -np.arange(1.0, n)
    return contrasts / np.linalg.norm(contrasts, axis=0)


def _refuse_bad_answers(beliefs: Beliefs, sizes: Ints) -> None:
    faults = [
        Fault(
            where=f"belief {indicator.name}",
            what=f"has {size} answer categories" if size < 2 else "has answers off its scale",
            fix="Leave the item out of the beliefs or correct its options.",
        )
        for indicator, size, given in zip(beliefs.indicators, sizes, beliefs.answers.T, strict=True)
        if size < 2 or given.max(initial=-1) >= size or given.min(initial=-1) < -1
    ]
    if not beliefs.indicators:
        faults.append(Fault("beliefs", "no belief item has an answer", fix="Add belief items."))
    if faults:
        raise DesignError(faults, about="belief answers")
