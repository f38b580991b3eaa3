"""What went into a simulated survey comes out of the mixture."""

import numpy as np
import pytest

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.gate import check_draws
from mfp_stats.likelihoods.em import match_profiles
from mfp_stats.quantities.worldviews import reference_solution, summarise_worldviews


@pytest.fixture(scope="module")
def found(two_kinds, two_kinds_fit):
    reference = reference_solution(two_kinds.data, 2)
    posterior = two_kinds_fit["posterior"].to_dataset()
    return summarise_worldviews(posterior, two_kinds.data, reference, floor=10)


def true_order(known, memberships: np.ndarray) -> np.ndarray:
    """Which reported worldview plays each true class."""
    return match_profiles(memberships, np.eye(known.shares.shape[1])[known.member])


def test_memberships_are_recovered(two_kinds, found):
    probability = found.memberships.probability
    order = true_order(two_kinds, probability)
    assert np.mean(probability[:, order].argmax(1) == two_kinds.member) > 0.9
    np.testing.assert_allclose(probability.sum(1), 1.0)


def test_compositions_lie_near_the_truth(two_kinds, found):
    order = true_order(two_kinds, found.memberships.probability)
    share = found.draws["share"].sel(weighting="unweighted", group=["a", "b"])
    mean = share.mean(("chain", "draw")).values[:, order]
    sd = share.std(("chain", "draw")).values[:, order]
    assert (np.abs(mean - two_kinds.shares) < 3 * sd).all()
    assert (sd < 0.08).all()


def test_displayed_quantities_pass_the_gate_but_for_their_number_of_draws(two_kinds_fit, found):
    stats = two_kinds_fit["sample_stats"].to_dataset()
    gate = check_draws(found.draws, stats, constants=found.constants)
    failed = {c.check for c in gate.failed}
    assert failed <= {"r_hat", "bulk_ess", "tail_ess"}
    worst = {c.check: c.value for c in gate.checks}
    assert worst["r_hat"] < 1.03
    assert worst["bulk_ess"] > 150


def test_a_group_that_deviates_is_not_pooled_away(found):
    share = found.draws["share"].sel(weighting="unweighted", worldview=1)
    apart = share.sel(group="a") - share.sel(group="b")
    assert max(float((apart > 0).mean()), float((apart < 0).mean())) > 0.99


def test_one_group_and_one_class(fit, two_kinds):
    data = two_kinds.data
    alone = ModelData(
        **{f: getattr(data, f) for f in data.__dataclass_fields__}
        | {"groups": ("a",), "group_labels": ("A",), "group": np.zeros_like(data.group)}
    )
    posterior = fit(alone, 1)["posterior"].to_dataset()
    found = summarise_worldviews(posterior, alone, reference_solution(alone, 1), floor=10)
    assert found.names == ("All people together",)
    assert found.tables["worldviews"]["mean"].to_list() == pytest.approx([1.0, 1.0])
    assert found.tables["worldview_beliefs"]["distinctiveness"].abs().max() == 0
    observed = (data.beliefs.answers[:, 2] == 1).sum() / (data.beliefs.answers[:, 2] >= 0).sum()
    row = found.tables["worldview_beliefs"].filter(indicator="q2")
    assert row["mean"][0] == pytest.approx(observed, abs=0.03)


def test_everyone_is_all_where_each_group_is_too_small(fit, two_kinds):
    posterior = fit(two_kinds.data, 2)["posterior"].to_dataset()
    reference = reference_solution(two_kinds.data, 2)
    n = len(two_kinds.data.group)
    found = summarise_worldviews(posterior, two_kinds.data, reference, floor=n - 1)
    rows = found.tables["worldviews"]
    assert rows["group_label"].unique().to_list() == ["Everyone"]
    assert rows["n"].unique().to_list() == [n]
    assert rows["mean"].sum() == pytest.approx(1)
