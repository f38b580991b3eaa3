"""What a search found as tidy tables: a row a design, and a row about the search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import MIDDLE, Floats, Ints
from mfp_stats.design.data import NEUTRAL as NAMED
from mfp_stats.quantities.in_words import ZEROS
from mfp_stats.quantities.search.acceptance import Singles
from mfp_stats.quantities.search.attributes import say_level
from mfp_stats.quantities.search.beliefs import NEUTRAL, Change, best_change
from mfp_stats.quantities.search.front import Front
from mfp_stats.quantities.search.sweep import Scores, full_code
from mfp_stats.quantities.summaries import HIGH, LOW

#: Kinds of beliefs that a design's acceptance may need to change, and no such belief.
NO_CHANGE: Final[Mapping[str, Any]] = dict.fromkeys(
    (
        *("change_group", "change_group_label", "change_kind", "change_name", "change_label"),
        *("change_toward", "change_toward_label", "change_joint_probability", "change_joint_gain"),
        *("change_worst_gain_mean", "change_worst_gain_q05", "change_worst_gain_q95"),
    )
)


@dataclass(frozen=True, slots=True)
class Cells:
    """Name and label of the outcomes and of the signals that beliefs are about."""

    outcomes: Sequence[tuple[str, str]]
    signals: Sequence[tuple[str, str]]
    #: Kind and name of those of which the questionnaire names no neutral answer: their 0 is the
    #: middle of the scale.
    middle: frozenset[tuple[str, str]] = frozenset()

    @property
    def zero(self) -> str:
        """What 0 is of all outcomes together."""
        return MIDDLE if any(kind != "signal" for kind, _ in self.middle) else NAMED


def design_rows(front: Front, cells: Cells) -> pl.DataFrame:
    """Return a row a design on the front and a proposal fielded, best first.

    Notes
    -----
    ``rank`` is null where designs tie for the first place. ``design`` says it in words,
    ``design_brief`` only what it has unlike most proposals ("" where that is nothing),
    ``attribute_<name>`` a level each. ``intervention`` names the proposal where it was fielded;
    ``distance`` is in attributes from the nearest one. ``worst`` and ``accepts_<group>`` (mean, q05
    and q95) are shares, ``effect_<worldview>`` logits of one answer about a consequence,
    ``regret`` a share. ``zero`` is what 0 is among expected effects, the middle of the scale where
    an outcome has no neutral answer. ``change_…`` is the belief whose change would raise joint
    acceptance most.
    """
    scores, which = front.scores, front.which
    accepts = scores.accepts(which)
    effects = _effects(scores, which)
    confirm = front.confirm
    distance = scores.space.distance(scores.levels[which])
    unseen = scores.space.unseen(scores.levels[which])
    rows = []
    for at, place in enumerate(which):
        tied = front.tied > 1 and bool(np.isnan(front.best_probability[at]))
        row: dict[str, Any] = {"rank": None if tied else at + 1, "zero": cells.zero}
        row |= _named(scores, int(place))
        row |= {
            "distance": int(distance[at]),
            "unseen_level": bool(unseen[at]),
            "on_front": bool(front.on_front[at]),
            "undominated": bool(front.undominated[at]),
            "joint_probability": float(scores.joint[place]),
        }
        row |= _accepted(scores, accepts[at])
        for c in range(effects.shape[2]):
            row |= _estimate(f"effect_{c + 1}", effects[at, :, c])
        row |= {"best_probability": _known(front.best_probability[at])}
        row |= _estimate("regret", front.regret[at])
        row |= {
            "betters_fielded_probability": _known(front.betters_fielded[at]),
            "confirm": bool(confirm[at]),
        }
        rows.append(row | _changed(scores, best_change(scores, int(place)), cells))
    return pl.DataFrame(rows, infer_schema_length=None)


def summary_row(front: Front) -> dict[str, Any]:
    """Return what is to be known of the search as a whole."""
    scores = front.scores
    space, fielded, best = scores.space, front.fielded, front.fielded.best
    searched = (space.proposal_levels >= 0).all(axis=1)
    return {
        "designs": space.count,
        "looked_at": len(scores.levels),
        "complete": scores.complete,
        "draws": scores.model.draws,
        "beliefs": scores.model.beliefs,
        "front": front.size,
        "tied": front.tied,
        "as_good": front.as_good,
        "lowest_joint_probability": float(np.nanmin(scores.joint)) if len(front.which) else None,
        "usual": space.say_usual(),
        "fielded_best": None if best is None else space.labels[best],
        "fielded_best_joint_probability": None if best is None else float(fielded.joint[best]),
        # Proposals are fielded whatever levels are searched.
        "fielded_best_searched": None if best is None else bool(searched[best]),
        # Of these some group has no estimate, so that nothing is held against them.
        "fielded_unknown": [space.labels[k] for k in np.flatnonzero(np.isnan(fielded.worst))],
    }


def _named(scores: Scores, place: int) -> dict[str, Any]:
    space, levels, x = scores.space, scores.levels[place], int(scores.proposal[place])
    parts = {
        f"attribute_{a.name}": say_level(a.levels[k])
        for a, k in zip(space.attributes, levels, strict=True)
    }
    return {
        "design": space.say([int(k) for k in levels]),
        "design_brief": space.say_briefly([int(k) for k in levels]),
        **parts,
        "intervention": space.proposals[x] if x >= 0 else None,
        "intervention_label": space.labels[x] if x >= 0 else None,
    }


def _accepted(scores: Scores, accepts: Singles) -> dict[str, Any]:
    """Return who accepts a design (S, G), and who accepts it least."""
    model = scores.model
    least = int(accepts.mean(axis=0).argmin())
    row: dict[str, Any] = dict(_estimate("worst", accepts.min(axis=1)))
    row |= {"worst_group": model.groups[least], "worst_group_label": model.labels[least]}
    for g, name in enumerate(model.groups):
        row |= _estimate(f"accepts_{name}", accepts[:, g])
    return row


def _effects(scores: Scores, which: Ints) -> Singles:
    """Return expected effects of designs as each worldview sees them, (n, S, C)."""
    model = scores.model
    code = full_code(model, scores.space, scores.levels[which], scores.proposal[which])
    return np.asarray(np.einsum("np,scp->nsc", code.astype(np.float32), model.effect))


def _changed(scores: Scores, change: Change | None, cells: Cells) -> dict[str, Any]:
    if change is None:
        return dict(NO_CHANGE)
    model = scores.model
    is_outcome = change.outcome is not None
    about = cells.outcomes if is_outcome else cells.signals
    name, label = about[(change.outcome if is_outcome else change.signal) or 0]
    to_neutral = change.toward == NEUTRAL
    kind = "outcome" if is_outcome else "signal"
    zero = ZEROS[MIDDLE] if (kind, name) in cells.middle else "no difference"
    return {
        "change_group": model.groups[change.group],
        "change_group_label": model.labels[change.group],
        "change_kind": kind,
        "change_name": name,
        "change_label": label,
        "change_toward": "neutral" if to_neutral else model.groups[change.toward],
        "change_toward_label": zero if to_neutral else model.labels[change.toward],
        "change_joint_probability": change.joint,
        "change_joint_gain": change.gain,
        **_estimate("change_worst_gain", change.worst_gain),
    }


def _estimate(name: str, draws: Singles | Floats) -> dict[str, float]:
    low, high = np.quantile(draws, [LOW, HIGH])
    return {
        f"{name}_mean": float(draws.mean()),
        f"{name}_q05": float(low),
        f"{name}_q95": float(high),
    }


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
