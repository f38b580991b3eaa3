"""Plans of the published tax conjoint that all parties would prefer, and whether any beats those
that were shown.

A quarter of the people stand for the survey in every run, so that the others can say whether what
is predicted comes true; the slow test takes everybody.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.search.conjoint import conjoint_model, conjoint_space
from mfp_stats.views.search_findings import describe_search
from mfp_stats.views.search_words import PREFERRING, design_name
from mfp_stats.views.words import chance
from mfp_stats.workflow.conjoint import ConjointFit, fit_conjoint
from tests.independent.tax_plans import ATTRIBUTES, possible_plans, read_tax_table

PEOPLE = 480
PARTIES = ("Democrat", "Independent", "Republican")


def fitted(frame: pl.DataFrame) -> ConjointFit:
    found = fit_conjoint(
        frame,
        ATTRIBUTES,
        chosen="chose_plan",
        respondent="ID",
        group="partyid",
        task="task",
        settings=FitSettings(draws=1000, tune=1000, seed=4, target_accept=0.98),
    )
    assert found.gate.shown, found.gate.failed
    return found


@pytest.fixture(scope="module")
def some(shared_data: Path) -> ConjointFit:
    return fitted(read_tax_table(shared_data, people=PEOPLE))


@pytest.fixture(scope="module")
def everybody(shared_data: Path) -> ConjointFit:
    return fitted(read_tax_table(shared_data))


def told(fit: ConjointFit, frame: pl.DataFrame, threshold: float = 0.5) -> dict[str, pl.DataFrame]:
    return fit.search(threshold=threshold, possible=possible_plans(frame, fit.design_levels))


def test_only_plans_whose_revenue_can_follow_from_their_rates_are_possible(shared_data: Path):
    frame = read_tax_table(shared_data)
    levels = {name: tuple(texts) for name, texts in ATTRIBUTES.items()}
    possible = possible_plans(frame, levels).reshape([len(texts) for texts in levels.values()])
    assert possible.any(axis=-1).all()  # every set of rates brings some revenue
    assert 7_680 <= possible.sum() < 9_000
    places = [
        frame[n].replace_strict({t: k for k, t in enumerate(texts)}).to_numpy()
        for n, texts in levels.items()
    ]
    assert possible[tuple(places)].all()  # nothing that was shown is ruled out


def test_people_who_were_not_asked_choose_as_is_predicted(some, shared_data: Path):
    asked = read_tax_table(shared_data, people=PEOPLE)
    others = read_tax_table(shared_data).join(asked, on="ID", how="anti", maintain_order="left")
    assert others["ID"].n_unique() > 1_400
    space = conjoint_space(some.profiles)
    model = conjoint_model(some.utility[::20], some.intercept[::20], some.profiles, space)
    levels = np.column_stack(
        [
            others[a.name].replace_strict({str(t): k for k, t in enumerate(a.levels)}).to_numpy()
            for a in space.attributes
        ]
    )
    plans, back = np.unique(levels, axis=0, return_inverse=True)
    predicted = model.unseen.accepts(space.code(plans)).mean(axis=1)[back.ravel()]  # (rows, G)
    for g, party in enumerate(some.profiles.groups):
        of_party = (others["partyid"] == party).to_numpy()
        share, chosen = predicted[of_party, g], others["chose_plan"].to_numpy()[of_party]
        order = np.argsort(share)
        fifths = [(share[part].mean(), chosen[part].mean()) for part in np.array_split(order, 5)]
        said, done = np.array(fifths).T
        assert (np.diff(done) > 0).all()  # more of those predicted to be chosen more are
        np.testing.assert_allclose(said, done, atol=0.06)
        assert done[-1] - done[0] > 0.15


def test_the_search_names_plans_or_says_that_none_beats_those_shown(some, shared_data: Path):
    found = told(some, read_tax_table(shared_data))
    rows, about = found["search"], found["search_summary"].row(0, named=True)
    assert about["coalition"] == " + ".join(PARTIES)
    assert about["designs"] == about["looked_at"] > 7_680 and about["complete"]
    new = rows.filter(pl.col("intervention").is_null())
    assert len(new)
    marked = rows.filter("confirm")
    assert (marked["betters_fielded_probability"] > 0.5).all()
    assert set(marked["design"]) <= set(new["design"])
    first = rows.row(0, named=True)
    assert first["joint_probability"] > 0.9  # a plan that most of every party prefer to another
    # What all parties prefer leaves little to those who earn least and asks more of the rich.
    assert first["attribute_taxrate1"] in ("<10k: 0%", "<10k: 5%")
    assert first["attribute_taxrate6"] not in (">375k: 5%", ">375k: 15%")


def test_what_is_told_names_plans_that_beat_those_shown_or_says_that_none_does(
    some, shared_data: Path
):
    found = told(some, read_tax_table(shared_data))
    rows = found["search"]
    words = describe_search(rows, found["search_summary"], pl.DataFrame(), PREFERRING)
    (said,) = (line for line in words if "nobody was asked about" in line and "better" in line)
    sure = rows.filter(
        pl.col("intervention").is_null() & (pl.col("betters_fielded_probability") >= 0.9)
    )
    assert "in its worst group" in said or "in their worst group" in said
    assert "every proposal fielded" in said
    if len(sure):
        assert f"“{design_name(sure.row(0, named=True))}” does with probability" in said
    else:
        likeliest = rows["betters_fielded_probability"].max()
        assert said.startswith("Of the best trade-offs, none that nobody was asked about")
        assert said.endswith(f"the likeliest does with probability {chance(likeliest)}.")
    # The first plan is told with how probably most of every party prefer it.
    first = rows.row(0, named=True)
    assert words[0].startswith(f"Of {found['search_summary']['designs'][0]:,} designs")
    assert f"“{design_name(first)}” comes first" in words[0]
    assert f"with probability {chance(first['joint_probability'])}" in words[0]


@pytest.mark.slow
def test_of_all_plans_none_that_was_not_shown_beats_every_one_that_was(
    everybody, shared_data: Path
):
    rows = told(everybody, read_tax_table(shared_data))["search"]
    new = rows.filter(pl.col("intervention").is_null())
    assert (new["betters_fielded_probability"] < 0.1).all()
    assert not rows["confirm"].any()
    assert rows["worst_mean"].max() == pytest.approx(0.71, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("threshold", [0.5, 0.6, 0.65, 0.7])
def test_most_of_every_party_prefer_no_new_plan_more_probably_than_a_shown_one(
    everybody, shared_data: Path, threshold: float
):
    """Joint acceptance itself, also where it tells plans apart: nearly all reach one half."""
    rows = told(everybody, read_tax_table(shared_data), threshold)["search"]
    shown = rows.filter(pl.col("intervention").is_not_null())
    new = rows.filter(pl.col("intervention").is_null())
    # Where no new plan is on the front, a shown one is at least as good as each.
    assert all(joint <= shown["joint_probability"].max() for joint in new["joint_probability"])
