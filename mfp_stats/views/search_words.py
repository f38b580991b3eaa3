"""What designs, and what people do with them, are called; what the numbers of a design mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from mfp_stats.views.findings import Row

#: Said of all designs: those that a later wave asked about are scored with a forecast.
UNTESTED: Final = (
    "Untested: these are predictions of this survey alone. Where a later wave has scored a design, "
    "its forecast says so."
)
#: A design with nothing unlike most proposals.
AS_USUAL: Final = "everything as in most proposals"
#: What the numbers of a design mean.
COUNTS: Final = (
    "Together: how probably every group of the coalition reaches the threshold at once.",
    "Worst group: the share that accepts in whichever group accepts least.",
    "Expected effect: what a worldview expects a design to do for what matters to the groups; "
    "above 0 good, below 0 harm.",
    "Best trade-offs: designs that no other betters on every one of these counts, and those that "
    "may be the best.",
    "Regret: by how much the best design that there is betters this one in the group that accepts "
    "least. Among many designs that nobody saw, some turn out better than their attributes say. "
    "Which ones cannot be known, so that some regret stays and no design is surely the best.",
    "Distance: in how many attributes a design differs from the nearest proposal that people were "
    "asked about. The farther, the more its numbers rest on attributes alone.",
)


@dataclass(frozen=True, slots=True)
class Taking:
    """What people do with a design that counts in its favour, in words.

    Preferring a design to another one is less than accepting it: half prefer an average design,
    whatever they think of all of them.

    Parameters
    ----------
    done
        As it ends "is predicted to be …".
    has_to
        As it ends "a share that has to …".
    share
        Title of an axis.
    """

    done: str
    has_to: str
    share: str


ACCEPTING: Final = Taking("accepted", "accept", "Share that accepts")
PREFERRING: Final = Taking(
    "preferred to a random proposal",
    "prefer a design to a random proposal",
    "Share that prefers it to a random proposal",
)


def worldview_names(worldviews: pl.DataFrame) -> dict[int, str]:
    """Return each worldview's name; empty where the survey asked about none."""
    if worldviews.is_empty():
        return {}
    return dict(worldviews.select("worldview", "name").unique(maintain_order=True).rows())


def design_name(row: Mapping[str, Any]) -> str:
    """Return what a design is called: its proposal's label where it was fielded."""
    return str(row["intervention_label"] or row["design_brief"] or AS_USUAL)


def all_reach(about: Row) -> str:
    """Return that a whole coalition reaches the threshold, as part of a sentence."""
    who = "the group reaches" if about["size"] == 1 else "all groups reach"
    return f"{who} the threshold"
