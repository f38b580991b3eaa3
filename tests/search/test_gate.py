"""What the gate is given of a search: who accepts designs in every draw, chain by chain."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from mfp_stats.fitting.gate import check_draws
from mfp_stats.quantities.response_draws import draw_responses
from mfp_stats.quantities.search import gate
from mfp_stats.quantities.search.gate import CONSTANT, search_gate_draws
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.questionnaire import load
from mfp_stats.workflow.designs import judged_for_search
from tests.quantities.test_gaps_at_the_truth import known
from tests.search.test_draws import ATTRIBUTES, LABELS, true_parameters

#: As many draws as a fit judges: fewer independent ones have an R-hat above 1.01 now and then.
CHAINS, EACH = 4, 400
SPACE = DesignSpace.of(ATTRIBUTES, LABELS)


@pytest.fixture(scope="module")
def instrument(checkout):
    return load(checkout / "tests" / "acceptance")


@pytest.fixture(scope="module")
def fitted(instrument):
    """What was measured, and parameters with errors that are independent between draws."""
    truth, measured = known(instrument, "models", n=300, draws=CHAINS * EACH)
    one = true_parameters(instrument, truth, measured)
    rng = np.random.default_rng(8)
    off = 0.2 * rng.standard_normal((CHAINS * EACH, *one.residual.shape))
    return measured, [replace(one, residual=one.residual + more) for more in off]


def judged(measured, given, **more):
    groups = np.arange(len(measured.data.groups))
    weightings = {"unweighted": None}
    return search_gate_draws(measured, given, groups, weightings, SPACE, chains=CHAINS, **more)


def statistics() -> xr.Dataset:
    rng = np.random.default_rng(2)
    dims, shape = ("chain", "draw"), (CHAINS, EACH)
    numbers = {name: (dims, rng.standard_normal(shape)) for name in ("energy", "logp")}
    return xr.Dataset({**numbers, "diverging": (dims, np.zeros(shape, dtype=np.bool_))})


def failed(found: xr.Dataset) -> set[str]:
    result = check_draws(found, statistics(), constants=CONSTANT)
    return {check.check for check in result.checks if not check.passed}


def test_designs_are_judged_in_every_draw_as_they_are_shown(fitted) -> None:
    measured, given = fitted
    found = judged(measured, given)
    assert dict(found["search_fielded"].sizes) == {
        **{"chain": CHAINS, "draw": EACH},
        **{"weighting": 1, "group": 2, "proposal": 4},
    }
    assert found["search_effect"].sizes["worldview"] == measured.worldviews
    # What nobody saw is known less well.
    spread = found.std(("chain", "draw"))
    assert bool((spread["search_new"] > spread["search_fielded"]).all())
    assert failed(found) == set()


def test_a_profile_is_accepted_as_the_proposal_that_has_it(instrument) -> None:
    truth, measured = known(instrument, "models")
    given = [true_parameters(instrument, truth, measured)] * measured.draws
    found = judged(measured, given)["search_fielded"].values.reshape(measured.draws, 2, 4)
    exact = draw_responses(measured, given, np.arange(2), {"unweighted": None}).acceptance[:, 0]
    assert np.abs(found - exact).max() < 0.03


def test_a_chain_that_is_elsewhere_is_found_out(fitted) -> None:
    measured, given = fitted
    moved = [
        replace(one, intercept=one.intercept + (1.0 if s >= 3 * EACH else 0.0))
        for s, one in enumerate(given)
    ]
    assert "r_hat" in failed(judged(measured, moved))


def test_memory_decides_on_parts_and_not_on_draws(fitted, monkeypatch) -> None:
    measured, given = fitted
    whole = judged(measured, given)
    monkeypatch.setattr(gate, "MOST_NUMBERS", 360_000)
    parts = judged(measured, given)
    assert parts.sizes == whole.sizes
    # The links of each part are drawn by themselves; through its own, a proposal is what it was.
    np.testing.assert_allclose(parts["search_fielded"], whole["search_fielded"], atol=1e-4)
    apart = (parts["search_new"] - whole["search_new"]).mean(("chain", "draw"))
    assert float(np.abs(apart).max()) < 0.05
    assert failed(parts) == set()


def test_where_nothing_is_searched_nothing_is_judged(instrument, fitted) -> None:
    measured, given = fitted
    bare = judged_for_search(
        *(instrument, measured, given, np.arange(2), {"unweighted": None}), chains=CHAINS
    )
    assert not bare.data_vars
    described = {
        name: replace(one, attributes=ATTRIBUTES[name])
        for name, one in instrument.interventions.items()
    }
    questionnaire = replace(instrument, interventions=described)
    some = judged_for_search(
        *(questionnaire, measured, given, np.arange(2), {"unweighted": None}), chains=CHAINS
    )
    assert set(some.data_vars) == {"search_fielded", "search_new", "search_effect"}
