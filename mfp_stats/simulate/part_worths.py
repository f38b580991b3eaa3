"""What levels of attributes are worth to each group, for choices between profiles."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Block, Item, Questionnaire
from mfp_stats.simulate.seeds import NamedNormals
from mfp_stats.simulate.truth import Floats

#: sd of what levels are worth to all, and of what they are worth to each group beside that.
_COMMON: Final = 0.5
_APART: Final = 0.3
#: How far the worths of an attribute's levels may sum from 0.
_ROUNDING: Final = 1e-6


def default_part_worths(draw: NamedNormals, questionnaire: Questionnaire) -> dict[str, Floats]:
    """Return worths for each conjoint block, (G, levels): common ones, and groups around them."""
    groups = tuple(option.name for option in questionnaire.groups)
    return {
        block.name: np.hstack(
            [
                _centred(
                    draw.array(_COMMON, "part worth", (block.name,), (name,), levels)[0]
                    + draw.array(_APART, "part worth", (block.name,), (name,), groups, levels)[0, 0]
                )
                for name, levels in _levels(block).items()
            ]
        )
        for block in _conjoint_blocks(questionnaire)
    }


def level_difference(item: Item, block: Block) -> Floats:
    """Return what an item's first profile has more of each level than the second, (levels,)."""
    first, second = (item.profiles[name] for name in item.option_names)
    return np.array(
        [
            float(first[name] == level) - float(second[name] == level)
            for name, levels in _levels(block).items()
            for level in levels
        ]
    )


def part_worth_faults(questionnaire: Questionnaire, worths: Mapping[str, Floats]) -> list[Fault]:
    """Return a fault for each block whose worths are missing or have another shape."""
    blocks = {block.name: block for block in _conjoint_blocks(questionnaire)}
    if set(worths) != set(blocks):
        what = "does not match the blocks that ask for choices between profiles"
        return [Fault("truth.part_worths", what, known=tuple(sorted(blocks)))]
    return [
        Fault(f"truth.part_worths.{name}", what)
        for name, block in blocks.items()
        for what in _wrong(worths[name], block, len(questionnaire.groups))
    ]


def _wrong(worths: Floats, block: Block, groups: int) -> Iterator[str]:
    sizes = [len(levels) for levels in _levels(block).values()]
    shape = (groups, sum(sizes))
    if worths.shape != shape:
        yield f"has the shape {worths.shape}, not (groups, levels) {shape}"
    elif not np.isfinite(worths).all():
        yield "holds what is no finite number"
    else:
        for name, part in zip(block.attributes, _split(worths, sizes), strict=True):
            if np.abs(part.sum(axis=1)).max() > _ROUNDING:
                yield f"does not sum to 0 over the levels of {name}"


def _split(worths: Floats, sizes: list[int]) -> list[Floats]:
    return np.split(worths, np.cumsum(sizes)[:-1], axis=1)


def _centred(worths: Floats) -> Floats:
    return np.asarray(worths - worths.mean(axis=1, keepdims=True))


def _levels(block: Block) -> dict[str, tuple[str, ...]]:
    return {name: tuple(o.name for o in one.levels) for name, one in block.attributes.items()}


def _conjoint_blocks(questionnaire: Questionnaire) -> list[Block]:
    return [block for block in questionnaire.blocks if block.attributes]
