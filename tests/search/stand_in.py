"""Models of designs without a fit: known parameters, and a Gaussian posterior around them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mfp_stats.quantities.search.acceptance import DesignModel
from mfp_stats.quantities.search.own import KINDS, drawn_own
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import fielded_as, full_code

#: As wide as what 900 people tell about parameters, in logits.
DOUBT = 0.15


def described(levels: Sequence[int], proposals: int, *, seed: int = 0) -> dict[str, dict]:
    """Return proposals with attributes of so many levels, each fielded where there is room."""
    rng = np.random.default_rng((seed, 3))
    columns = []
    for size in levels:
        places = np.arange(proposals) % size
        columns.append(rng.permutation(places))
    return {
        f"plan_{x}": {f"part_{a}": f"level {columns[a][x]}" for a in range(len(levels))}
        for x in range(proposals)
    }


def space_of(levels: Sequence[int], proposals: int = 6, *, seed: int = 0) -> DesignSpace:
    plans = described(levels, proposals, seed=seed)
    return DesignSpace.of(plans, {name: name.replace("_", " ").title() for name in plans})


def stand_in(
    space: DesignSpace,
    *,
    draws: int,
    groups: int = 3,
    worldviews: int = 2,
    outcomes: int = 4,
    signals: int = 1,
    doubt: float = DOUBT,
    effect: float = 0.5,
    lack: float = 0.0,
    seed: int = 0,
) -> DesignModel:
    """Return draws around parameters drawn at random; any draw may be taken for the truth.

    ``effect`` is the sd of what attributes do to outcomes, ``lack`` that of what designs nobody saw
    have of their own; without ``lack`` the proposals fielded have nothing of their own either.
    """
    rng = np.random.default_rng(seed)
    columns = space.code(space.designs(0, 1)).shape[1]
    x = len(space.proposals)
    head = (draws, groups, worldviews)

    def linked(size: int, scale: float) -> np.ndarray:
        """Return coefficients (S, G, C, size, P): a common part, worldviews' and groups' own."""
        found = np.zeros((*head, size, columns + x + 1))
        for shape, part in (((1, 1, 1), 1.0), ((1, 1, worldviews), 0.7), ((1, groups, 1), 0.3)):
            true = rng.normal(0, part * scale, (*shape, size, columns))
            about = rng.normal(0, part * doubt, (draws, *shape[1:], size, columns))
            found[..., :columns] += true + about
        found[..., -1] = lack * rng.standard_normal((draws, 1, 1, size))
        return found

    logits = rng.normal(0, 0.6, (groups, worldviews)) + rng.normal(0, doubt, head)
    share = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    importance = (
        rng.dirichlet(np.full(outcomes, 5.0), groups) if outcomes else np.zeros((groups, 0))
    )
    weight = np.broadcast_to(0.8 * outcomes * importance[:, None], (*head, outcomes))
    root = 0.25 * rng.standard_normal((*head, outcomes, max(outcomes - 1, 0)))
    signal_weight = rng.normal(0.4, 0.05, (draws, signals))
    found = DesignModel(
        groups=tuple(f"g{g}" for g in range(groups)),
        labels=tuple(f"Group {g}" for g in range(groups)),
        share=share.astype(np.float32),
        variance=np.full(head, 1.2, np.float32),
        weight=weight.astype(np.float32),
        factor=root.astype(np.float32),
        outcome=linked(outcomes, effect).astype(np.float32),
        signal=linked(signals, effect).astype(np.float32),
        rest=linked(1, 0.3)[:, :, :, 0].astype(np.float32),
        signal_weight=signal_weight.astype(np.float32),
        own=_own(weight, signal_weight, lack),
        fielded=np.zeros((draws, groups, x), np.float32),
        importance=np.broadcast_to(importance, (draws, groups, outcomes)).astype(np.float32),
    )
    return with_fielded(found, space)


def _own(weight: np.ndarray, signal_weight: np.ndarray, lack: float) -> np.ndarray:
    """Return what designs' own do to the index: the same to all worldviews and groups."""
    head = weight.shape[:3]
    if not lack:
        return np.zeros((*head, 0), np.float32)
    told = np.broadcast_to(signal_weight[:, None, None], (*head, signal_weight.shape[1]))
    every = np.concatenate([weight, told, np.ones((*head, 1))], axis=3).astype(np.float32)
    sds = np.zeros((head[0], every.shape[3], KINDS))
    sds[:, :, 0] = lack
    return drawn_own(sds, every)


def accepted_in_truth(
    model: DesignModel, space: DesignSpace, levels: np.ndarray, draw: int, lack: float, seed: int
) -> np.ndarray:
    """Return who accepts designs (N, G) where a draw is the truth and each has an ε of its own."""
    rng = np.random.default_rng((seed, 31))
    true = model.of_draws(np.full(len(levels), draw))
    drawn = {}
    for name in ("outcome", "signal"):
        array = getattr(true, name).copy()
        array[..., -1] = lack * rng.standard_normal((len(levels), 1, 1, array.shape[3]))
        drawn[name] = array
    rest = true.rest.copy()
    rest[..., -1] = lack * rng.standard_normal((len(levels), 1, 1))
    own = replace(true, rest=rest, **drawn)
    each = np.arange(len(levels))
    code = full_code(own, space, levels, fielded_as(own, space, levels))
    return own.accepts(code)[each, each]


def with_fielded(model: DesignModel, space: DesignSpace) -> DesignModel:
    """Return the model with the acceptance of the proposals fielded as the model itself has it."""
    own = np.arange(len(space.proposals))
    code = full_code(model, space, space.proposal_levels, own)
    return replace(model, fielded=model.accepts(code).transpose(1, 2, 0))
