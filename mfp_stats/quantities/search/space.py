"""Designs that a search may choose from: combinations of the levels of proposals' attributes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Self

import numpy as np

from mfp_stats.design.data import Bools, Floats, Ints
from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.search.attributes import (
    Attribute,
    Level,
    read_levels,
    said,
    say_level,
)


@dataclass(frozen=True, eq=False)
class DesignSpace:
    """All designs that a search may choose from, and those that were fielded.

    X proposals that were fielded and are described, A attributes that differ between them.
    """

    attributes: tuple[Attribute, ...]
    proposals: tuple[str, ...]  #: names of the proposals fielded
    labels: tuple[str, ...]
    fielded: Ints  #: (X, A) place of each proposal's level among ``Attribute.fielded``
    notes: tuple[str, ...] = ()  #: what was left out, and why
    #: (all designs,) which of them can be; None: all. For parts that follow from one another.
    possible: Bools | None = None

    @classmethod
    def of(
        cls, described: Mapping[str, Mapping[str, Level]], labels: Mapping[str, str]
    ) -> "DesignSpace":
        """Collect the levels of proposals' attributes.

        Parameters
        ----------
        described
            Name of each proposal fielded to its attributes.
        labels
            Name to label.

        Notes
        -----
        Left out, with a note: attributes of which all proposals have the same level or that mix
        words, numbers and yes/no; proposals that have no attributes or lack one that others have.
        Of proposals with the same attributes one is a design, and all tell what attributes do.
        """
        having = {name: levels for name, levels in described.items() if levels}
        bare = [labels[name] for name in described if not described[name]]
        names = list(dict.fromkeys(name for levels in having.values() for name in levels))
        partial = [name for name, levels in having.items() if set(names) - set(levels)]
        whole = {name: levels for name, levels in having.items() if name not in partial}
        notes = [f"“{label}” is not described by attributes." for label in bare]
        notes += [
            f"“{labels[name]}” does not say its {_listed(set(names) - set(having[name]))}."
            for name in partial
        ]
        attributes = []
        for name in names if whole else ():
            seen = list(dict.fromkeys(levels[name] for levels in whole.values()))
            if mixed := _mixed([levels[name] for levels in whole.values()]):
                notes.append(f"The attribute {name!r} mixes {mixed}.")
            elif len(seen) == 1:
                what = f"All proposals have the same {said(name)} ({say_level(seen[0])})"
                notes.append(f"{what}: nothing is known of any other.")
            else:
                ordered = seen if isinstance(seen[0], str) else sorted(seen, key=float)
                attributes.append(Attribute(name, tuple(ordered), tuple(ordered)))
        places = [
            [a.fielded.index(levels[a.name]) for a in attributes] for levels in whole.values()
        ]
        notes += _twins([labels[name] for name in whole], places) if attributes else []
        return cls(
            attributes=tuple(attributes),
            proposals=tuple(whole),
            labels=tuple(labels[name] for name in whole),
            fielded=np.array(places, dtype=np.int64).reshape(len(whole), len(attributes)),
            notes=tuple(notes),
        )

    @property
    def size(self) -> int:
        """Number of designs; 0 where nothing differs between the proposals."""
        return prod(len(a.levels) for a in self.attributes) if self.attributes else 0

    @property
    def count(self) -> int:
        """Number of designs that can be."""
        return self.size if self.possible is None else int(self.possible.sum())

    @cached_property
    def sizes(self) -> Ints:
        """Levels of each attribute, (A,)."""
        return np.array([len(a.levels) for a in self.attributes], dtype=np.int64)

    @cached_property
    def coding(self) -> tuple[Floats, ...]:
        """Coding of each attribute's levels, each (levels, columns)."""
        return tuple(a.coded() for a in self.attributes)

    @property
    def fielded_code(self) -> Floats:
        """Code of the proposals fielded, (X, columns), without the intercept."""
        original = replace(
            self, attributes=tuple(replace(a, levels=a.fielded) for a in self.attributes)
        )
        return original.code(self.fielded)[:, 1:]

    def code(self, levels: Ints) -> Floats:
        """Return the code of designs, (N, 1 + columns), a 1 for the intercept first.

        Parameters
        ----------
        levels
            (N, A) place of each level within its attribute.
        """
        parts = [table[levels[:, a]] for a, table in enumerate(self.coding)]
        return np.column_stack([np.ones(len(levels)), *parts])

    def designs(self, first: int = 0, last: int | None = None) -> Ints:
        """Return possible designs by number, from ``first`` to before ``last``, (N, A)."""
        numbers = np.arange(first, self.size if last is None else min(last, self.size))
        if self.possible is not None:
            numbers = numbers[self.possible[numbers]]
        return np.column_stack(np.unravel_index(numbers, tuple(self.sizes))).astype(np.int64)

    def numbers(self, levels: Ints) -> Ints:
        """Return the numbers of designs, (N,)."""
        return np.asarray(np.ravel_multi_index(tuple(levels.T), tuple(self.sizes)), dtype=np.int64)

    @cached_property
    def proposal_levels(self) -> Ints:
        """Return each proposal's levels among those searched, (X, A); −1 where it is left out."""
        places = np.full(self.fielded.shape, -1, dtype=np.int64)
        for a, attribute in enumerate(self.attributes):
            where = {level: k for k, level in enumerate(attribute.levels)}
            own = [where.get(attribute.fielded[k], -1) for k in self.fielded[:, a]]
            places[:, a] = own
        return places

    def distance(self, levels: Ints) -> Ints:
        """Return in how many attributes designs differ from the nearest one fielded, (N,)."""
        apart = levels[:, None, :] != self.proposal_levels
        return np.asarray(apart.sum(axis=2).min(axis=1), dtype=np.int64)

    def unseen(self, levels: Ints) -> Bools:
        """Return which designs have a level that nobody saw, (N,)."""
        found = np.zeros(len(levels), dtype=np.bool_)
        for a, attribute in enumerate(self.attributes):
            found |= np.array(attribute.unseen)[levels[:, a]]
        return found

    def say(self, levels: Sequence[int]) -> str:
        """Return a design in words: ``fund percent 2 · vote yes``."""
        pairs = zip(self.attributes, levels, strict=True)
        return " · ".join(f"{said(a.name)} {say_level(a.levels[k])}" for a, k in pairs)

    @cached_property
    def usual(self) -> tuple[Level | None, ...]:
        """Return the level that more than half of the proposals have, by attribute; None: none."""
        found: list[Level | None] = []
        for a, attribute in enumerate(self.attributes):
            counts = np.bincount(self.fielded[:, a], minlength=len(attribute.fielded))
            most = int(counts.argmax())
            found.append(attribute.fielded[most] if 2 * counts[most] > len(self.fielded) else None)
        return tuple(found)

    def say_briefly(self, levels: Sequence[int]) -> str:
        """Return in words what a design has unlike most of the proposals; "" for nothing."""
        parts = zip(self.attributes, levels, self.usual, strict=True)
        return " · ".join(
            f"{said(a.name)} {say_level(a.levels[k])}"
            for a, k, usual in parts
            if usual is None or a.levels[k] != usual
        )

    def say_usual(self) -> str:
        """Return in words what most of the proposals have; "" where there is no such level."""
        parts = zip(self.attributes, self.usual, strict=True)
        return ", ".join(f"{said(a.name)} {say_level(u)}" for a, u in parts if u is not None)

    def restricted(self, wanted: Mapping[str, Sequence[str]]) -> Self:
        """Return the space with other levels of some attributes.

        Parameters
        ----------
        wanted
            Attribute to the levels that designs may have, as text. Numbers between the least and
            the most that was fielded may be new ones.

        Raises
        ------
        ChoiceError
            There is no such attribute, or nobody saw such a level and none lies around it.
        """
        faults = [
            Fault("levels", f"no attribute {name!r} differs between the proposals", known=known)
            for known in [tuple(a.name for a in self.attributes)]
            for name in wanted
            if name not in known
        ]
        attributes = []
        for attribute in self.attributes:
            texts = wanted.get(attribute.name)
            read = (
                attribute.levels if texts is None else list(read_levels(attribute, texts, faults))
            )
            attributes.append(replace(attribute, levels=tuple(dict.fromkeys(read))))
        if faults:
            raise ChoiceError(faults)
        narrowed = replace(self, attributes=tuple(attributes), possible=None)
        return replace(narrowed, possible=self._possible_among(narrowed))

    def _possible_among(self, narrowed: "DesignSpace") -> Bools | None:
        """Return which designs of a space with fewer levels can be; None: all."""
        if self.possible is None:
            return None
        levels = narrowed.designs()
        for a, (mine, theirs) in enumerate(zip(self.attributes, narrowed.attributes, strict=True)):
            levels[:, a] = [mine.levels.index(theirs.levels[k]) for k in levels[:, a]]
        return np.asarray(self.possible[self.numbers(levels)])


def _mixed(levels: Sequence[Level]) -> str:
    """Return which kinds of levels an attribute mixes, in words; "" where it has one kind.

    Yes and 1 are equal to Python, but a proposal that has 1 of something says nothing of yes.
    """
    kinds = {
        "words": any(isinstance(level, str) for level in levels),
        "numbers": any(not isinstance(level, str | bool) for level in levels),
        "yes/no": any(isinstance(level, bool) for level in levels),
    }
    there = [kind for kind, found in kinds.items() if found]
    return " with ".join(there) if len(there) > 1 else ""


def _twins(labels: Sequence[str], places: Sequence[Sequence[int]]) -> Iterator[str]:
    """Yield a note for each proposal that has the attributes of one before it."""
    first: dict[tuple[int, ...], str] = {}
    for label, row in zip(labels, places, strict=True):
        before = first.setdefault(tuple(row), label)
        if before != label:
            yield (
                f"“{label}” has the same attributes as “{before}”: the first of which enough "
                "people were asked stands for both."
            )


def _listed(names: set[str]) -> str:
    return ", ".join(said(name) for name in sorted(names))
