"""What is known of people's worldviews without some of their answers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Self

import xarray as xr

from mfp_stats.design.data import Floats, Ints, ModelData
from mfp_stats.quantities.memberships import (
    bounded_log,
    mean_log_membership,
    memberships_without,
)
from mfp_stats.workflow.basis import ChosenWorldviews, thinned
from mfp_stats.workflow.task import Part, Task


@dataclass(frozen=True, slots=True, eq=False)
class KnownWorldviews:
    """Thinned draws of two or more worldviews, and whose memberships are wanted. P people."""

    step: str  #: the step that the worldviews come from
    names: tuple[str, ...]
    matched: xr.Dataset  #: as of :class:`ChosenWorldviews`
    share: xr.DataArray  #: likewise
    data: ModelData
    person: Ints  #: (P,) rows of ``ModelData``
    without: Collection[str]  #: items whose answers are no evidence here

    @classmethod
    def of(
        cls, task: Task, worldviews: Part, person: Ints, *, without: Collection[str] = ()
    ) -> Self | None:
        """Return them; None where they did not pass their checks, or everybody has the same.

        Parameters
        ----------
        task, worldviews
            The fit under way, and its earlier part.
        person
            (P,) rows of ``ModelData``.
        without
            Items whose answers are no evidence here.
        """
        chosen = worldviews.basis
        if not isinstance(chosen, ChosenWorldviews) or chosen.matched.sizes["worldview"] < 2:
            return None
        matched = thinned(chosen.matched, task.settings)
        share = thinned(chosen.share.to_dataset(name="share"), task.settings)["share"]
        return cls(chosen.step, chosen.names, matched, share, task.data, person, without)

    def log_memberships(self) -> Iterator[Floats]:
        """Yield the logarithm of each draw's memberships, (P, C), chains one after the other."""
        for member in memberships_without(self.matched, self.data, self.without):
            yield bounded_log(member[self.person])

    def mean_log_membership(self) -> Floats:
        """Return the logarithm of what memberships are on average, (P, C)."""
        return mean_log_membership(self.matched, self.data, self.without)[self.person]
