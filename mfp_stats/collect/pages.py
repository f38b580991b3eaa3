"""Which questions come together on which page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched, groupby
from typing import Final

from mfp_stats.collect.assignment import Assignment
from mfp_stats.questionnaire.model import Block, Item, ItemType, Questionnaire

#: More questions than this are spread over several pages: a phone shows about two at a time.
LONGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the form: part ``part`` of ``parts`` of its block."""

    block: Block
    items: tuple[Item, ...]
    part: int = 1
    parts: int = 1


def paginate(questionnaire: Questionnaire, assignment: Assignment) -> tuple[Page, ...]:
    """Return all pages that a person may meet, in order.

    A best–worst set or a pair of profiles has a page of its own; a block about interventions keeps
    the questions about one intervention together; every other block is one page unless it is long.
    """
    known = {item.name: item for item in questionnaire.items}
    blocks = {block.name: block for block in questionnaire.blocks}
    pages: list[Page] = []
    for name, items in assignment.blocks.items():
        chunks = _chunks([known[item] for item in items])
        pages += [
            Page(blocks[name], tuple(chunk), part, len(chunks))
            for part, chunk in enumerate(chunks, start=1)
        ]
    return tuple(pages)


def stands_alone(item: Item) -> bool:
    """Whether an item fills a page, so that its block counts its pages as sets."""
    return item.type is ItemType.BEST_WORST or bool(item.profiles)


def _chunks(items: Sequence[Item]) -> list[list[Item]]:
    runs = [list(run) for _, run in groupby(items, key=lambda item: item.intervention)]
    chunks: list[list[Item]] = []
    for run in runs:
        if any(stands_alone(item) for item in run):
            chunks += _one_set_a_page(run)
        elif chunks and _joins(chunks[-1], run):
            chunks[-1] += run
        else:
            chunks += _evenly(run)
    return chunks


def _joins(page: Sequence[Item], run: Sequence[Item]) -> bool:
    """Two questions about an intervention are too few for a page of their own."""
    sets = any(stands_alone(item) for item in page)
    return len(run) <= 2 and len(page) + len(run) <= LONGEST and not sets


def _one_set_a_page(run: Sequence[Item]) -> list[list[Item]]:
    """Give each set a page; notes go on the page of the set that follows them."""
    chunks: list[list[Item]] = [[]]
    for item in run:
        if any(stands_alone(i) for i in chunks[-1]):
            chunks.append([])
        chunks[-1].append(item)
    return chunks


def _evenly(run: Sequence[Item]) -> list[list[Item]]:
    pages = -(-len(run) // LONGEST)
    return [list(chunk) for chunk in batched(run, -(-len(run) // pages))]
