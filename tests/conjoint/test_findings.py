"""Sentences on choices between proposals, in every case that there can be."""

import numpy as np
import polars as pl

from mfp_stats.views.conjoint_findings import ALIKE, PREFERRED, describe_conjoint
from mfp_stats.views.words import WAVES
from tests.conjoint.test_quantities import found

NOTHING = {name: pl.DataFrame() for name in ("conjoint_search", "conjoint_search_summary")}


def tables(**more):
    return found(**more)[0] | NOTHING


def said(shown, **more) -> str:
    return " ".join(describe_conjoint(shown, **more))


def test_groups_agree_part_and_worldviews_differ():
    words = said(tables(sd=0.05))
    assert "“Payer”: every group shown prefers “firms”, least of all “" in words
    assert "“Pause”: groups part over it. “residents” prefers “five years” and “owners”" in words
    assert "Worldviews differ most over “Pause”" in words
    assert PREFERRED not in words and "Untested" not in words
    assert ALIKE.format(whom="a group and worldview") in words


def test_a_favourite_that_is_not_sure_is_not_named():
    shown = tables(sd=0.05)
    shown["conjoint_pairs"] = shown["conjoint_pairs"].with_columns(best_b_probability=pl.lit(0.6))
    words = said(shown)
    assert "“owners” prefers another level, though which is not known" in words


def test_the_pair_that_parts_most_surely_is_told():
    shown = tables(sd=0.05)
    (pause,) = shown["conjoint_pairs"].filter(attribute="Pause").to_dicts()
    doubtful = pause | {"group_b_label": "Others", "same_best_probability": 0.09}
    pairs = [doubtful, *shown["conjoint_pairs"].to_dicts()]
    shown["conjoint_pairs"] = pl.DataFrame(pairs, schema=shown["conjoint_pairs"].schema)
    assert "“Others”" not in said(shown)


def test_one_group_is_not_compared():
    words = said(tables(people=(60, 10), sd=0.4))
    assert "every group" not in words and "part over" not in words
    assert "“residents” prefers" in words or "which level is preferred most" in words
    assert "whether groups" not in words


def test_waves_are_called_waves():
    words = said(tables(sd=0.05), compared=WAVES)
    assert "every wave shown prefers" in words and "waves part over it" in words
    assert "group" not in words


def test_one_worldview_for_all_is_not_mentioned():
    shown = tables(sd=0.05)
    shown["conjoint_worldviews"] = shown["conjoint_worldviews"].clear()
    words = said(shown)
    assert "orldview" not in words
    assert ALIKE.format(whom="a group") in words


def test_weighted_estimates_are_told_where_there_are_any():
    words = said(tables(sd=0.05, raked=np.array([[0.7, 0.3], [0.7, 0.3]])))
    assert words.endswith("(raked to margins).") and words.count("“Payer”") == 1
    assert said(tables(sd=0.05)).endswith("the people who answered.")


def test_nothing_is_said_of_nothing():
    empty = dict.fromkeys(tables(), pl.DataFrame())
    assert said(empty).startswith("This survey cannot tell")
