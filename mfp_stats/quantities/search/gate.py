"""Draws by which the gate judges what a search shows: designs as links and people make them.

A search shows any design, and none of them is known when a fit is judged. Every one is a sum of the
same links and people, so that the profiles of the proposals fielded stand for all: as measured
proposals are rebuilt through their links, and as designs that nobody saw. All draws of the fit are
judged, not only those that are kept for the search: where few are kept, memory is why, not chains
that do not agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import xarray as xr

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.quantities.search.acceptance import DesignModel, Singles
from mfp_stats.quantities.search.draws import (
    MOST_NUMBERS,
    SearchDraws,
    numbers_of_a_draw,
    search_draws,
)
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import full_code
from mfp_stats.quantities.search.tables import roots

#: Judged quantities with cells that cannot vary: effects of what too few proposals were rated for.
CONSTANT: Final = ("search_effect",)


def search_gate_draws(
    measured: Measured,
    given: Sequence[ResponseParameters],
    groups: Ints,
    weightings: Mapping[str, Floats | None],
    space: DesignSpace,
    raised: Floats | None = None,
    *,
    chains: int,
) -> xr.Dataset:
    """Return draws of what a search shows, dims (chain, draw, ...), for the gate.

    Parameters
    ----------
    measured, given, groups, weightings, space, raised
        As of :func:`mfp_stats.quantities.search.draws.search_draws`.
    chains
        Chains that the draws are of, one after the other.

    Returns
    -------
    xarray.Dataset
        ``search_fielded`` and ``search_new`` (weighting, group, proposal): who accepts the profile
        of each proposal as it was fielded, and where nobody had seen it. ``search_effect``
        (weighting, worldview, proposal): what each worldview expects of it; only where
        consequences were asked about.
    """
    parts = []
    for kept in _parts(measured, groups, weightings, space):
        one = search_draws(measured, given, groups, weightings, space, raised, kept=kept)
        parts.append((kept, _judged(one, space)))
    dims = {
        "search_fielded": ("weighting", "group", "proposal"),
        "search_new": ("weighting", "group", "proposal"),
        "search_effect": ("weighting", "worldview", "proposal"),
    }
    order = np.argsort(np.concatenate([kept for kept, _ in parts]))
    found = {
        name: np.concatenate([arrays[name] for _, arrays in parts])[order] for name in parts[0][1]
    }
    return xr.Dataset(
        {
            name: (("chain", "draw", *dims[name]), array.reshape(chains, -1, *array.shape[1:]))
            for name, array in found.items()
        },
        coords={"weighting": list(weightings), "proposal": list(space.proposals)},
    )


def _parts(
    measured: Measured, groups: Ints, weightings: Mapping[str, Floats | None], space: DesignSpace
) -> Iterator[Ints]:
    """Yield all draws in parts that memory holds, each spread evenly over the chains.

    How much attributes explain is inferred from means over a part.
    """
    each = max(1, numbers_of_a_draw(measured, len(groups), len(weightings), space))
    parts = -(-measured.draws * each // MOST_NUMBERS)
    yield from (np.arange(first, measured.draws, parts) for first in range(parts))


def _judged(found: SearchDraws, space: DesignSpace) -> dict[str, Singles]:
    """Return each quantity under all weightings, (S, W, ...)."""
    levels, own = space.proposal_levels, np.arange(len(space.proposals))
    models = [_model(found, w, len(own)) for w in range(found.share.shape[1])]
    code = full_code(models[0], space, levels, own)
    judged = {
        "search_fielded": [model.accepts(code) for model in models],
        "search_new": [model.unseen.accepts(space.code(levels)) for model in models],
    }
    if found.told_effect:
        single = code.astype(np.float32)
        judged["search_effect"] = [
            np.einsum("np,scp->nsc", single, model.effect) for model in models
        ]
    return {name: np.stack(arrays).transpose(2, 0, 3, 1) for name, arrays in judged.items()}


def _model(found: SearchDraws, weighting: int, proposals: int) -> DesignModel:
    """Return the model of designs under one weighting, without what tells designs apart."""
    share = found.share[:, weighting]
    draws, groups = share.shape[:2]
    names = tuple(str(g) for g in range(groups))
    single = np.float32
    return DesignModel(
        groups=names,
        labels=names,
        share=share.astype(single),
        variance=found.variance[:, weighting].astype(single),
        weight=found.weight[:, weighting].astype(single),
        factor=roots(found.covariance[:, weighting]).astype(single),
        outcome=found.outcome.astype(single),
        signal=found.signal.astype(single),
        rest=found.rest[:, weighting].astype(single),
        signal_weight=found.signal_weight.astype(single),
        own=np.zeros((*share.shape, 0), dtype=single),
        fielded=np.full((draws, groups, proposals), np.nan, dtype=single),
        importance=found.importance[:, weighting].astype(single) if found.told_effect else None,
    )
