"""What exchanging an expectation does in truth, where it is known in another way."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import Truth, named_truth
from mfp_stats.simulate.decomposition import true_decomposition
from tests.suites.provenance import ROOT
from tests.suites.swaps import true_swaps

PEOPLE = 4000
PROPOSAL, VALUE = 1, 2


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return load(ROOT / "tests" / "acceptance")


def _apart(questionnaire: Questionnaire, by: float) -> Truth:
    """Groups alike but for one expectation, which the first has lower, the second higher."""
    truth = named_truth(questionnaire, "none", seed=5)
    deviations = np.zeros_like(truth.consequence_deviations)
    deviations[:, PROPOSAL, VALUE] = (-by, by)
    return replace(truth, consequence_deviations=deviations)


def test_the_only_difference_exchanged_closes_the_gap(questionnaire: Questionnaire) -> None:
    """One group given what the other expects accepts as the other does."""
    truth = _apart(questionnaire, 1.5)
    gap = true_decomposition(questionnaire, truth, people=PEOPLE)["gap"]
    gap = gap.sel(reference=truth.groups[0], other=truth.groups[1]).values
    swaps = true_swaps(questionnaire, truth, people=PEOPLE)
    found = swaps.sel(group_a=truth.groups[0], group_b=truth.groups[1]).values
    assert abs(gap[PROPOSAL]) > 0.05
    assert found[PROPOSAL, VALUE] == pytest.approx(-gap[PROPOSAL], rel=1e-9)
    found[PROPOSAL, VALUE] = 0
    assert np.allclose(found, 0)


def test_groups_that_are_alike_have_nothing_to_exchange(questionnaire: Questionnaire) -> None:
    swaps = true_swaps(questionnaire, _apart(questionnaire, 0.0), people=PEOPLE)
    assert np.isnan(swaps).sum() == 3 * swaps[0, 0].size
    assert np.nanmax(np.abs(swaps)) == pytest.approx(0)
