import numpy as np
import pytest
import xarray as xr
from scipy.signal import lfilter

from mfp_stats.errors import FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.gate import check_draws, plain_name

CHECKS = [
    "chains",
    "finite",
    "varies",
    "r_hat",
    "bulk_ess",
    "tail_ess",
    "modes",
    "divergences",
    "e_bfmi",
]
DIMS = ("chain", "draw", "group", "value")


def shares(chains=4, draws=500, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.3, 0.1, size=(chains, draws, 2, 3))


def displayed(values: np.ndarray, name="share", **attrs) -> xr.Dataset:
    coords = {"group": ["farmers", "townsfolk"], "value": ["fair", "cheap", "safe"]}
    return xr.Dataset({name: (DIMS, values, attrs)}, coords=coords)


def statistics(chains=4, draws=500, seed=9) -> xr.Dataset:
    rng = np.random.default_rng(seed)
    pair = ("chain", "draw")
    return xr.Dataset(
        {
            "diverging": (pair, np.zeros((chains, draws), dtype=bool)),
            "energy": (pair, rng.normal(size=(chains, draws))),
            "logp": (pair, rng.normal(-900, 5, size=(chains, draws))),
        }
    )


def failed(result: GateResult) -> set[str]:
    assert [check.check for check in result.checks] == CHECKS
    assert result.shown == (not result.failed)
    for check in result.checks:
        assert bool(check.advice) == (not check.passed)
    return {check.check for check in result.failed}


def one(result: GateResult, name: str) -> Check:
    return next(check for check in result.checks if check.check == name)


def test_good_draws_are_shown():
    result = check_draws(displayed(shares()), statistics())
    assert failed(result) == set()
    result.require("values")


def test_one_chain_is_refused():
    assert "chains" in failed(check_draws(displayed(shares(1, 3000)), statistics(1, 3000)))


def test_three_chains_are_refused_for_that_alone():
    assert failed(check_draws(displayed(shares(3, 900)), statistics(3, 900))) == {"chains"}


def test_fifty_draws_are_refused():
    result = check_draws(displayed(shares(draws=50)), statistics(draws=50))
    assert {"bulk_ess", "tail_ess"} <= failed(result)
    assert "draws a chain" in one(result, "bulk_ess").advice


def test_three_draws_are_refused():
    result = check_draws(displayed(shares(draws=3)), statistics(draws=3))
    assert {"r_hat", "bulk_ess", "tail_ess"} <= failed(result)


def test_one_bad_cell_among_many_is_found_and_named():
    values = shares()
    values[3, :, 1, 2] += 0.05
    result = check_draws(displayed(values, long_name="importance share"), statistics())
    assert "r_hat" in failed(result)
    assert "modes" not in failed(result)
    assert one(result, "r_hat").worst == "importance share (group townsfolk, value safe)"


def test_slow_chains_are_told_how_many_draws_they_need():
    noise = np.random.default_rng(3).normal(size=(4, 2000, 2, 3))
    values = lfilter([1.0], [1.0, -0.97], noise, axis=1)
    check = one(check_draws(displayed(values), statistics(draws=2000)), "bulk_ess")
    assert not check.passed
    wanted = int(check.advice.split("about ")[1].split(" draws")[0].replace(",", ""))
    assert wanted == pytest.approx(1.25 * 2000 * 400 / check.value, abs=100)


def test_chains_in_different_modes_are_refused_as_such():
    values = shares()
    values[2:, :, 0, 0] += 1.0
    result = check_draws(displayed(values), statistics())
    assert {"r_hat", "modes"} <= failed(result)
    check = one(result, "modes")
    assert check.worst == "share (group farmers, value fair)"
    assert check.value > 5
    assert "different answers" in check.advice


def test_modes_that_agree_on_what_is_shown_differ_in_density():
    stats = statistics()
    stats["logp"][0] -= 30
    result = check_draws(displayed(shares()), stats)
    assert failed(result) == {"modes"}
    assert one(result, "modes").worst == "posterior density"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_number_that_is_none_is_refused(bad):
    values = shares()
    values[1, 7, 1, 0] = bad
    result = check_draws(displayed(values), statistics())
    assert failed(result) == {"finite"}
    assert one(result, "finite").worst == "share (group townsfolk, value fair)"


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nothing_but_bad_numbers_is_refused(bad):
    result = check_draws(displayed(np.full((4, 500, 2, 3), bad)), statistics())
    assert failed(result) == {"finite"}


def test_a_constant_is_refused_unless_it_is_one_by_definition():
    values = shares()
    values[:, :, 0, 0] = 1.0
    result = check_draws(displayed(values), statistics())
    assert failed(result) == {"varies"}
    assert one(result, "varies").worst == "share (group farmers, value fair)"
    assert check_draws(displayed(values), statistics(), constants=["share"]).shown
    values[:, ::3, 0, 0] += 2e-16
    assert failed(check_draws(displayed(values), statistics())) == {"varies"}


def test_chains_stuck_in_different_places_are_no_constant():
    values = shares()
    values[:, :, 0, 0] = np.arange(4)[:, None]
    result = check_draws(displayed(values), statistics(), constants=["share"])
    assert {"r_hat", "modes"} <= failed(result)
    assert one(result, "modes").value == np.inf


def test_one_divergence_is_refused():
    stats = statistics()
    stats["diverging"][2, 10] = True
    result = check_draws(displayed(shares()), stats)
    assert failed(result) == {"divergences"}
    assert one(result, "divergences").value == 1
    assert "target_accept" in one(result, "divergences").advice


def test_low_energy_information_of_one_chain_is_refused():
    stats = statistics()
    walk = np.random.default_rng(1).normal(size=500).cumsum()
    stats["energy"][3] = walk
    assert failed(check_draws(displayed(shares()), stats)) == {"e_bfmi"}
    stats["energy"][3] = 5.0
    assert failed(check_draws(displayed(shares()), stats)) == {"e_bfmi"}


def test_a_funnels_draws_are_refused():
    """Draws of Neal's funnel by random walk: the neck is never entered."""
    rng = np.random.default_rng(8)
    draws = np.empty((4, 1000, 2))
    for chain in range(4):
        state, density = np.array([2.0, 0.5]), -np.inf
        for step in range(1000):
            proposal = state + rng.normal(size=2) * 0.5
            log_sd, x = proposal
            new = -(log_sd**2) / 18 - log_sd - x**2 * np.exp(-2 * log_sd) / 2
            if np.log(rng.random()) < new - density:
                state, density = proposal, new
            draws[chain, step] = state
    result = check_draws(
        xr.Dataset({"spread": (("chain", "draw", "k"), draws)}, coords={"k": [0, 1]}),
        statistics(draws=1000),
    )
    assert {"r_hat", "bulk_ess"} <= failed(result)


@pytest.mark.parametrize(("name", "check"), [("energy", "e_bfmi"), ("logp", "modes")])
@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_statistics_that_are_no_numbers_are_refused(name, check, bad):
    stats = statistics()
    stats[name][1] = bad
    assert failed(check_draws(displayed(shares()), stats)) == {check}


def test_missing_statistics_and_quantities_are_refused():
    with pytest.raises(FitRefused) as caught:
        check_draws(xr.Dataset(), statistics().drop_vars("energy"), constants=["share"])
    assert len(caught.value.faults) == 3
    with pytest.raises(FitRefused, match="has no dims chain and draw"):
        check_draws(displayed(shares()).mean("draw"), statistics())


def test_quantities_of_all_shapes_are_judged_together():
    both = displayed(shares())
    both["gap"] = (("draw", "chain"), np.random.default_rng(4).normal(size=(500, 4)))
    assert check_draws(both, statistics()).shown
    both["gap"][:, 0] += 9
    assert one(check_draws(both, statistics()), "modes").worst == "gap"


def test_a_refusal_names_every_failed_check_and_what_to_do():
    stats = statistics()
    stats["diverging"][0, 0] = True
    values = shares()
    values[0, 0, 0, 0] = np.nan
    with pytest.raises(FitRefused) as caught:
        check_draws(displayed(values), stats).require("values")
    text = str(caught.value)
    assert "divergences 1, where at most 0 is allowed" in text
    assert "quantities with draws that are no numbers 1 at" in text
    assert len(caught.value.faults) == 2


def test_without_any_check_nothing_is_shown():
    assert not GateResult(()).shown
    with pytest.raises(FitRefused, match="never checked"):
        GateResult(()).require("values")


def test_results_survive_as_rows():
    result = check_draws(displayed(shares(draws=50)), statistics(draws=50))
    rows = result.rows("values")
    assert {row["step"] for row in rows} == {"values"}
    assert GateResult.from_rows(rows) == result


def test_cells_are_named_in_order():
    array = displayed(shares())["share"]
    assert plain_name(array, 0) == "share (group farmers, value fair)"
    assert plain_name(array, 4) == "share (group townsfolk, value cheap)"
