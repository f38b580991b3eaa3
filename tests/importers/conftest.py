"""A small questionnaire of every item type, and tables made in memory."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import pytest

from mfp_stats.importers import ImportMapping, parse_mapping
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.readers import Format, RawTable

QUESTIONNAIRE = """
survey: village
title: Our village
source: imported
group: {item: lives}
arms:
  order: {first: 0.5, second: 0.5}
values: {quiet: Quiet, shops: Shops, trees: Trees}
scales:
  agree3:
    level: ordinal
    options: {disagree: Disagree, neither: Neither, agree: Agree}
    missing: {dont_know: Don't know}
blocks:
  - block: picks
    role: value_tradeoff
    type: select_multiple values
    max_choices: 2
    options:
      other: Something else
      none_of_these: {label: None of these, exclusive: true}
      not_sure: {label: Not sure, missing: dont_know}
  - block: order
    role: value_tradeoff
    type: rank values
  - block: sets
    role: value_tradeoff
    type: best_worst
    sets: 1
    size: 3
  - block: beliefs
    role: belief
    scale: agree3
    items:
      - {name: growth, label: The village grows}
  - block: about_you
    items:
      - {name: lives, role: group, type: select_one, label: Where,
         options: {centre: In the centre, edge: At the edge}}
      - {name: age, role: covariate, type: integer, label: Age, minimum: 18, maximum: 110}
      - {name: comment, role: open, type: text, label: Anything else}
"""

MAPPING = """
survey: village
respondent: id
weight: w
missing: {"": skipped, "-1": refused, DK: dont_know}
items:
  picks:
    columns: {quiet: p1, shops: p2, trees: p3, other: p4, none_of_these: p5}
    missing_columns: {dont_know: p6}
    chosen: ["1"]
    not_chosen: ["0"]
    nothing_chosen: not_asked
  order:
    columns: {quiet: r1, shops: r2, trees: r3}
  sets.set1:
    best: b
    worst: c
    codes: {"1": quiet, "2": shops, "3": trees}
  growth:
    column: g
    codes: {"3": disagree, "2": neither, "1": agree}
  lives:
    column: where
    codes: {Centre: centre, Edge: edge}
  age: age
  comment: note
"""

#: Two people's cells, column by column.
CELLS = {
    "id": ["a", "b"],
    "w": ["1.5", "0"],
    "p1": ["1", None],
    "p2": ["0", None],
    "p3": ["1", None],
    "p4": [None, None],
    "p5": [None, None],
    "p6": [None, "1"],
    "r1": ["2", None],
    "r2": ["1", None],
    "r3": [None, None],
    "b": ["1", "DK"],
    "c": ["3", "DK"],
    "g": ["1", "-1"],
    "where": ["Centre", " Edge "],
    "age": ["44", None],
    "note": ["more trees", None],
}


@pytest.fixture(scope="session")
def village() -> Questionnaire:
    return parse(QUESTIONNAIRE, where="village")


@pytest.fixture(scope="session")
def table() -> Callable[..., RawTable]:
    """Make a raw table from columns; ``changes`` replaces some of the standard ones."""

    def make(
        changes: Mapping[str, Sequence[str | None]] | None = None,
        *,
        only: bool = False,
        **kept: object,
    ) -> RawTable:
        cells = dict(changes or {}) if only else CELLS | dict(changes or {})
        frame = pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String))
        lines = pl.int_range(2, frame.height + 2, eager=True, dtype=pl.Int64)
        return RawTable("village.csv", Format.CSV, "0" * 64, 1, frame, lines, "line", **kept)

    return make


@pytest.fixture(scope="session")
def mapping(village: Questionnaire) -> ImportMapping:
    return parse_mapping(MAPPING, village, where="mapping")
