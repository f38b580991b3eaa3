"""With the true parameters in the place of a posterior, the true split comes out: no sampler."""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.design.asked import Asked
from mfp_stats.likelihoods.logistic import NOISE
from mfp_stats.quantities.expected import Expected
from mfp_stats.quantities.gap_draws import MISFIT, RATIONALISED, UNDERSTATED
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.gaps import PARTS, ResponseParameters
from mfp_stats.quantities.index import ImportanceMoments, IndexLayout
from mfp_stats.quantities.response_draws import Measured, ResponseDraws, draw_responses
from mfp_stats.quantities.response_rows import ResponseRows
from mfp_stats.quantities.response_tables import displayed_draws, response_tables
from mfp_stats.quantities.unused_expectations import unused_means
from mfp_stats.questionnaire import load
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.simulate.acceptance import draw_group
from mfp_stats.simulate.decomposition import true_decomposition
from mfp_stats.simulate.people import draw_people, supposed_support
from mfp_stats.simulate.truths import named_truth

DRAWS = 8
PEOPLE = 4000
#: The truth in which groups differ a little in everything.
MIXED = "mixed"


@pytest.fixture(scope="module")
def instrument(checkout):
    return load(checkout / "tests" / "acceptance")


def known(instrument, name: str, *, n: int = PEOPLE, draws: int = DRAWS):
    """Return a truth and the draws that a posterior without any error would have."""
    if name == MIXED:
        truth = default_truth(instrument, seed=3, classes=2)
    else:
        truth = named_truth(instrument, name, seed=3)
    simulated = simulate_survey(instrument, truth, n=n, seed=5)
    data = build_model_data(simulated.sheet, instrument)
    people = simulated.persons
    member = np.searchsorted(truth.classes, people["worldview"].values)
    membership = np.eye(len(truth.classes))[member]
    rated = data.expectations
    places = np.where(rated.value >= 0, rated.value, rated.signal)
    mean = truth.consequence_means[:, None] + truth.consequence_deviations
    told = truth.signal_means[:, None] + truth.signal_deviations
    cells = np.stack(
        [
            (mean if v >= 0 else told)[:, :, x, k]
            for x, v, k in zip(rated.intervention, rated.value, places, strict=True)
        ],
        axis=-1,
    )
    # On the scale of the model, a person's deviation is part of the answer's noise.
    shrink = np.sqrt((np.pi**2 / 3) / (np.pi**2 / 3 + truth.consequence_sd**2))
    cuts = np.concatenate([_cuts(truth, instrument, rated, k) for k in range(len(rated.levels))])
    expected = Expected(
        rated,
        data.group,
        np.tile(np.log(np.maximum(membership, 1e-12)), (draws, 1, 1)),
        np.tile(cells * shrink, (draws, 1, 1, 1)),
        np.tile(cuts * shrink, (draws, 1)),
    )
    v = np.tile(people["v"].values, (draws, 1, 1))
    layout = IndexLayout.of(data.responses.interventions, rated)
    measured = Measured(
        data=replace(data, weight=None),
        v=v,
        log_membership=expected.log_membership,
        expected=expected,
        layout=layout,
        moments=ImportanceMoments.of(v),
        seed=7,
    )
    return truth, measured


def _cuts(truth, instrument, rated, scale: int) -> np.ndarray:
    cell = int(np.flatnonzero(rated.scale == scale)[0])
    about = "value" if rated.value[cell] >= 0 else "signal"
    names = list(instrument.values) if about == "value" else list(rated.signals)
    place = (rated.value if about == "value" else rated.signal)[cell]
    item = next(
        i
        for i in instrument.items
        if i.intervention == rated.interventions[rated.intervention[cell]]
        and getattr(i, about) == names[place]
        and i.role in ("consequence", "signal")
    )
    return truth.thresholds[item.name]


def response_draws(instrument, truth, measured) -> ResponseDraws:
    given = measured.data.responses
    item = next(i for i in instrument.with_role("response") if not i.stipulated)
    x = len(given.interventions)
    one = ResponseParameters(
        intercept=truth.intercepts - truth.thresholds[item.name][given.accept - 1],
        residual=truth.residuals,
        person_sd=truth.person_sd,
        expected_weight=truth.consequence_weight,
        class_effect=None,
        value_effect=None,
        signal_weight=truth.signal_weights,
        deviation_share=truth.consequence_sd**2 / (truth.consequence_sd**2 + NOISE),
    )
    assert truth.residuals.shape == (len(measured.data.groups), x)
    groups = np.arange(len(measured.data.groups))
    return draw_responses(measured, [one] * DRAWS, groups, {"unweighted": None})


@pytest.mark.parametrize("name", ["values", "models", "signals", "residual", "none"])
def test_the_true_split_comes_out(instrument, name: str) -> None:
    truth, measured = known(instrument, name)
    found = response_draws(instrument, truth, measured)
    true = true_decomposition(instrument, truth, people=20_000)
    first, second = truth.groups[:2]
    phi = true["phi"].sel(reference=first, other=second).values
    back = true["phi"].sel(reference=second, other=first).values
    np.testing.assert_allclose(
        found.parts[:, 0, 0].mean(axis=0)[:, :4], ((phi - back) / 2)[:, :4], atol=0.025
    )
    gap = true["gap"].sel(reference=first, other=second).values
    np.testing.assert_allclose(found.gap[:, 0, 0].mean(axis=0), gap, atol=0.03)


def test_the_range_over_orders_is_that_of_the_truth(instrument) -> None:
    """Toward the gap of the second group, whichever group is moved; each end's mean of both."""
    truth, measured = known(instrument, MIXED)
    found = response_draws(instrument, truth, measured)
    true = true_decomposition(instrument, truth, people=20_000)
    first, second = truth.groups[:2]
    ends = {
        (here, there): [
            true[f"order_{end}"].sel(reference=here, other=there).values for end in ("low", "high")
        ]
        for here, there in ((first, second), (second, first))
    }
    forth, back = ends[first, second], ends[second, first]
    low, high = (forth[0] - back[1]) / 2, (forth[1] - back[0]) / 2
    assert (high - low).max() > 0.005
    np.testing.assert_allclose(found.order_low[:, 0, 0].mean(axis=0), low, atol=0.025)
    np.testing.assert_allclose(found.order_high[:, 0, 0].mean(axis=0), high, atol=0.025)


def moved_acceptance(truth, here, there, x: int, k: int, cut: float) -> float:
    """Return what acceptance gains if the people here expect of an outcome what those there do.

    The first of here comes to expect what the first of there does, and so on by rank.
    """
    own, other = here.consequences[:, x, k], np.sort(there.consequences[:, x, k])
    rank = np.argsort(np.argsort(own))
    weight = truth.consequence_weight * len(truth.values) * here.importance[:, k]
    moved = here.support[:, x] + weight * (other[rank] - own)
    return float(
        (1 / (1 + np.exp(cut - moved)) - 1 / (1 + np.exp(cut - here.support[:, x]))).mean()
    )


def test_a_swap_is_what_the_same_people_would_accept_with_the_others_expectation(instrument):
    truth, measured = known(instrument, "models")
    found = response_draws(instrument, truth, measured)
    a, b = (draw_group(truth, g, people=20_000, seed=1) for g in range(2))
    item = next(i for i in instrument.with_role("response") if not i.stipulated)
    cut = truth.thresholds[item.name][measured.data.responses.accept - 1]
    by_hand = [
        [
            (moved_acceptance(truth, b, a, x, k, cut) - moved_acceptance(truth, a, b, x, k, cut))
            / 2
            for k in range(len(truth.values))
        ]
        for x in range(len(truth.interventions))
    ]
    assert np.abs(by_hand).max() > 0.04
    np.testing.assert_allclose(found.swap[:, 0, 0].mean(axis=0), by_hand, atol=0.015)


def test_signals_are_opposite_in_the_draws_in_which_groups_lie_on_two_sides(instrument) -> None:
    truth, measured = known(instrument, "signals", n=400)
    found = response_draws(instrument, truth, measured)
    told = np.abs(found.told) + 0.1
    turned = told.copy()
    turned[: DRAWS // 4, :, 1] *= -1
    for drawn, probability in ((told, 0.0), (-told, 0.0), (turned, 0.25)):
        rows = response_tables(replace(found, told=drawn), measured, instrument)["signal_pairs"]
        assert rows["probability_opposite"].to_list() == [probability] * len(rows) != []
    difference = rows["difference_mean"].to_numpy().reshape(-1)
    mean = (turned[:, 0, 1] - turned[:, 0, 0]).mean(axis=0).ravel()
    np.testing.assert_allclose(difference, mean)


def test_what_proposals_tell_within_worldviews_comes_out(instrument) -> None:
    truth, measured = known(instrument, "signals")
    found = response_draws(instrument, truth, measured)
    shares = np.bincount(measured.data.group) / len(measured.data.group)
    # People of a worldview are of the groups in proportion to how many of each hold it.
    held = shares[:, None] * truth.class_shares
    held = held / held.sum(axis=0)
    apart = np.einsum("gc,gxq->cxq", held, truth.signal_deviations)
    # In logits of one answer, of which a person's own deviation is a part.
    expected = (truth.signal_means + apart) / np.sqrt(1 + truth.consequence_sd**2 / NOISE)
    np.testing.assert_allclose(found.told_within[:, 0].mean(axis=0), expected, atol=0.08)
    table = response_tables(found, measured, instrument)["signal_worldviews"]
    first = table.filter(worldview=1)["tells_mean"].to_numpy()
    np.testing.assert_allclose(first, found.told_within[:, 0, 0].mean(axis=0).ravel())


def with_holders(measured, few: int, signal: int):
    """Return the survey in which only so many holders of the first worldview rated a signal."""
    expected = measured.expected
    holders = np.flatnonzero(np.exp(expected.log_membership[0, :, 0]) > 0.5)
    answers = expected.rated.answers.copy()
    answered = holders[answers[holders, signal] >= 0]
    answers[answered[few:], signal] = -1
    rated = replace(expected.rated, answers=answers)
    return replace(measured, expected=replace(expected, rated=rated))


def test_a_worldview_that_too_few_who_rated_a_signal_hold_has_no_number(instrument) -> None:
    truth, measured = known(instrument, "signals", n=400)
    signal = int(measured.layout.told[0][0][0])
    found = response_draws(instrument, truth, measured)
    for few, left in ((instrument.floor - 1, {2}), (instrument.floor + 1, {1, 2})):
        changed = with_holders(measured, few, signal)
        table = response_tables(found, changed, instrument)["signal_worldviews"]
        cell = table.filter(
            intervention=changed.data.responses.interventions[0],
            signal=changed.data.expectations.signals[changed.layout.told[0][1][0]],
        )
        assert set(cell["worldview"]) == left
    # Every other signal keeps both: enough people of both worldviews rated it.
    whole = response_tables(found, measured, instrument)["signal_worldviews"]
    assert len(whole) == len(table)


def test_parts_sum_to_the_gap_in_every_draw(instrument) -> None:
    truth, measured = known(instrument, "models")
    found = response_draws(instrument, truth, measured)
    np.testing.assert_allclose(found.parts.sum(axis=-1), found.gap, atol=1e-12)
    assert found.parts.shape[-1] == len(PARTS)


def test_tables_name_the_cause_and_the_swap_with_the_largest_effect(instrument) -> None:
    truth, measured = known(instrument, "models")
    found = response_draws(instrument, truth, measured)
    tables = response_tables(found, measured, instrument)
    pooled = tables["gap"].filter(intervention=POOLED).row(0, named=True)
    assert pooled["verdict"] == "models"
    assert pooled["gap_mean"] == pytest.approx(0.2, abs=0.03)
    assert pooled["models_share_mean"] > 0.8
    ranked = tables["divergence"].filter(rank=1).row(0, named=True)
    others = tables["divergence"].filter(tables["divergence"]["rank"] > 1)
    assert abs(ranked["swap_mean"]) >= others["swap_mean"].abs().max()
    # To expect what the others expect brings groups nearer to each other.
    single = tables["gap"].filter(intervention=ranked["intervention"]).row(0, named=True)
    assert ranked["swap_mean"] * single["gap_mean"] < 0
    draws = tables["acceptance_draws"]
    assert draws["draw"].n_unique() == DRAWS
    assert draws["accepts"].is_between(0, 1).all()


def test_a_model_that_misses_the_observed_gap_names_no_cause(instrument) -> None:
    truth, measured = known(instrument, "models")
    found = response_draws(instrument, truth, measured)
    fine = response_tables(found, measured, instrument)["gap"]
    near = (fine["gap_mean"] - fine["observed_gap"]).abs() / fine["observed_gap_se"]
    assert near.max() < 2.5
    assert set(fine["warning"]) == {""}
    # The same draws beside people who answered the other way round.
    given = measured.data.responses
    answers = np.where(given.answers < 0, -1, len(given.levels) - 1 - given.answers)
    turned = replace(measured.data, responses=replace(given, answers=answers))
    off = response_tables(found, replace(measured, data=turned), instrument)["gap"]
    pooled = off.filter(intervention=POOLED).row(0, named=True)
    assert (pooled["warning"], pooled["verdict"]) == (MISFIT, "cannot_tell")
    for told in ("leading", "verdict_probability", "models_share_mean"):
        assert pooled[told] is None


@pytest.mark.parametrize("name", ["values", "models", "signals", "residual", "none"])
def test_the_split_foretells_the_gap_under_stipulated_consequences(instrument, name: str) -> None:
    truth, measured = known(instrument, name)
    found = response_draws(instrument, truth, measured)
    people = draw_people(truth, n=60_000, seed=11)
    (supposed,) = truth.stipulated.values()
    item = next(i for i in instrument.with_role("response") if not i.stipulated)
    cut = truth.thresholds[item.name][measured.data.responses.accept - 1]
    accepts = 1 / (1 + np.exp(cut - supposed_support(truth, people, supposed)))
    first, second = (accepts[people.group == g].mean(axis=0) for g in range(2))
    foretold = found.foretold[:, 0].mean(axis=0)
    np.testing.assert_allclose(foretold[1] - foretold[0], second - first, atol=0.03)


def checked(found: ResponseDraws, more: float, noise_sd: float = 0.005) -> ResponseDraws:
    """Return draws in which so much more of every gap is left than foretold, give or take."""
    noise = np.random.default_rng(2).normal(0, noise_sd, found.gap[:, :, 0].shape)
    apart = (more * np.sign(found.gap[:, :, 0].mean(axis=0)) + noise) / 2
    shares = found.foretold + np.stack([-apart, apart], axis=2)
    return replace(found, stipulated=shares, arm=shares.clip(0.01, 0.99))


@pytest.mark.parametrize(
    ("name", "more", "warning", "verdict"),
    [
        ("models", 0.0, "", "models"),
        ("models", 0.2, RATIONALISED, "cannot_tell"),
        ("residual", 0.0, "", "residual"),
        ("residual", -0.15, UNDERSTATED, "cannot_tell"),
        ("values", 0.0, "", "values"),
        ("values", 0.15, RATIONALISED, "values"),
    ],
)
def test_the_randomised_check_is_held_to_what_the_split_foretells(
    instrument, name: str, more: float, warning: str, verdict: str
) -> None:
    truth, measured = known(instrument, name)
    found = checked(response_draws(instrument, truth, measured), more)
    tables = response_tables(found, measured, instrument)
    pooled = tables["gap"].filter(intervention=POOLED).row(0, named=True)
    assert (pooled["warning"], pooled["verdict"]) == (warning, verdict)
    probability = pooled["disagreement_probability"]
    assert probability > 0.9 if warning else probability < 0.1


def test_what_the_check_says_of_all_proposals_together_holds_for_each(instrument) -> None:
    """Of one proposal it knows too little to doubt a cause that it doubts of all of them."""
    truth, measured = known(instrument, "models")
    draws = response_draws(instrument, truth, measured)
    fine, found = checked(draws, 0.0, 0.06), checked(draws, 0.12, 0.1)
    named = response_tables(fine, measured, instrument)["gap"].filter(verdict="models")
    assert len(named) and set(named["pooled_warning"]) == {""}
    rows = response_tables(found, measured, instrument)["gap"]
    singly = rows.filter(rows["intervention"] != POOLED, warning="")
    assert len(singly) and set(singly["pooled_warning"]) == {RATIONALISED}
    assert "models" not in rows["verdict"].to_list()


def test_a_check_that_is_silent_leaves_models_unnamed(instrument) -> None:
    """Too few were told the same to contradict the split, or to bear it out."""
    truth, measured = known(instrument, "models")
    found = checked(response_draws(instrument, truth, measured), 0.07, 0.15)
    rows = response_tables(found, measured, instrument)["gap"]
    assert set(rows["pooled_warning"]) == {""} and set(rows["warning"]) == {""}
    assert "models" not in rows["verdict"].to_list()
    pooled = rows.filter(intervention=POOLED).row(0, named=True)
    assert pooled["leading"] == "models"
    assert pooled["verdict_probability"] > 0.9 > pooled["checked_probability"] > 0.3


def test_a_check_that_bears_out_all_proposals_together_bears_out_each(instrument) -> None:
    truth, measured = known(instrument, "models")
    found = checked(response_draws(instrument, truth, measured), 0.0, 0.08)
    rows = response_tables(found, measured, instrument)["gap"]
    assert rows.filter(intervention=POOLED)["checked_probability"].item() > 0.9
    singly = rows.filter(rows["intervention"] != POOLED, verdict="models")
    assert (singly["checked_probability"] < 0.9).any()
    assert (singly["checked_probability"] >= 0.5).all()


def test_the_luckiest_of_several_proposals_is_not_named(instrument) -> None:
    """By the check of all together models do not lead; by that of one they seem to."""
    truth, measured = known(instrument, "models")
    draws = response_draws(instrument, truth, measured)
    found = checked(draws, 0.15, 0.06)
    one = checked(draws, 0.0, 0.001)
    for name in ("stipulated", "arm"):
        getattr(found, name)[..., 0] = getattr(one, name)[..., 0]
    rows = response_tables(found, measured, instrument)["gap"]
    lucky = rows.row(0, named=True)
    assert lucky["checked_probability"] > 0.9 > lucky["disagreement_probability"]
    assert "models" not in rows["verdict"].to_list()


def few_told(measured: Measured, proposals: list[int]) -> Measured:
    """Return what was measured had nobody been told what to suppose of some proposals."""
    given = measured.data.responses
    told = given.stipulated.copy()
    told[:, proposals] = -1
    return replace(measured, data=replace(measured.data, responses=replace(given, stipulated=told)))


@pytest.mark.parametrize(
    ("more", "named"), [(0.0, {"models"}), (0.2, {"cannot_tell"})], ids=["closed", "not closed"]
)
def test_a_check_of_some_proposals_counts_for_all(instrument, more: float, named) -> None:
    truth, measured = known(instrument, "models")
    found = checked(response_draws(instrument, truth, measured), more, 0.02)
    tables = response_tables(found, few_told(measured, [3]), instrument)
    rows = {row["intervention"]: row for row in tables["gap"].to_dicts()}
    unchecked = rows[measured.data.responses.interventions[3]]
    assert unchecked["checked_probability"] is unchecked["randomised_mean"] is None
    assert rows[POOLED]["checked_probability"] is not None
    assert {row["verdict"] for row in rows.values()} == named
    assert unchecked["pooled_warning"] == (RATIONALISED if more else "")


def test_an_arm_in_which_too_few_were_told_anything_names_no_models(instrument) -> None:
    truth, measured = known(instrument, "models")
    found = checked(response_draws(instrument, truth, measured), 0.0)
    rows = response_tables(found, few_told(measured, [0, 1, 2, 3]), instrument)["gap"]
    assert rows["checked_probability"].null_count() == len(rows)
    assert set(rows["verdict"]) == {"cannot_tell"} and set(rows["leading"]) == {"models"}


def test_doubts_about_who_holds_which_worldview_count(instrument) -> None:
    """Everybody's membership moves together from draw to draw; its mean is the same in all."""
    truth, measured = known(instrument, "models")
    rng = np.random.default_rng(3)
    odds = measured.log_membership[..., :1] - measured.log_membership[..., 1:]
    moved = np.clip(odds, -1, 1) + rng.normal(0, 2, (len(odds), 1, 1))
    doubtful = np.concatenate([-np.logaddexp(0, -moved), -np.logaddexp(0, moved)], axis=2)
    mean = np.log(np.exp(doubtful).mean(axis=0, keepdims=True))
    held = (np.broadcast_to(mean, doubtful.shape), doubtful)
    found = [
        response_draws(
            instrument,
            truth,
            replace(measured, expected=replace(measured.expected, log_membership=one)),
        ).expects
        for one in held
    ]
    sure, unsure = (f[:, 0].std(axis=0) for f in found)
    assert np.median(unsure / sure) > 1.5


def test_without_one_stipulation_the_check_is_shown_and_not_judged(instrument) -> None:
    truth, measured = known(instrument, "models")
    given = replace(measured.data.responses, supposed=None)
    open_ = replace(measured, data=replace(measured.data, responses=given))
    found = response_draws(instrument, truth, open_)
    assert found.foretold is None
    found = replace(found, stipulated=found.acceptance)
    pooled = response_tables(found, open_, instrument)["gap"].filter(intervention=POOLED)
    row = pooled.row(0, named=True)
    assert row["randomised_mean"] == pytest.approx(0, abs=0.01)
    assert row["implied_mean"] is row["disagreement_probability"] is None
    assert (row["warning"], row["verdict"]) == ("", "models")


def test_an_outcome_or_signal_that_too_few_rated_is_not_shown(instrument) -> None:
    truth, measured = known(instrument, "models", n=400)
    few = np.flatnonzero(measured.data.group == 1)[10:]
    answers = measured.expected.rated.answers.copy()
    outcome, signal = (int(measured.layout.outcomes[0][0][0]), int(measured.layout.told[0][0][0]))
    answers[np.ix_(few, [outcome, signal])] = -1
    rated = replace(measured.expected.rated, answers=answers)
    hidden = replace(measured, expected=replace(measured.expected, rated=rated))
    found = response_draws(instrument, truth, hidden)
    before, after = (response_tables(found, m, instrument) for m in (measured, hidden))
    for name in ("divergence", "signal_pairs"):
        assert len(before[name]) - len(after[name]) == 1
    keys = ["intervention", "signal", "group"]
    (gone,) = before["signals"].join(after["signals"], on=keys, how="anti").to_dicts()
    assert gone["group"] == measured.data.groups[1]


def test_a_cause_that_was_not_asked_about_has_no_numbers_and_leaves_no_residual_verdict(
    instrument,
) -> None:
    truth, measured = known(instrument, "residual")
    found = response_draws(instrument, truth, measured)
    whole = response_tables(found, measured, instrument)["gap"]
    assert whole.filter(intervention=POOLED)["verdict"].to_list() == ["residual"]
    layout = replace(measured.layout, signals=0)
    part = response_tables(found, replace(measured, layout=layout), instrument)["gap"]
    assert part["signals_mean"].null_count() == len(part)
    assert part["signals_share_mean"].dtype == part["values_share_mean"].dtype
    assert part.filter(intervention=POOLED)["verdict"].to_list() == ["cannot_tell"]


def test_the_gate_sees_every_displayed_quantity(instrument) -> None:
    truth, measured = known(instrument, "signals")
    found = response_draws(instrument, truth, measured)
    rows = ResponseRows(found, measured, instrument.floor)
    displayed = displayed_draws(found, rows, chains=2)
    names = {"acceptance", "gap", "part", "from_a", "from_b", "swap", "pooled_gap", "pooled_part"}
    names |= {"expectation", "told", "told_within"}
    assert set(displayed.data_vars) == names
    assert dict(displayed.sizes)["draw"] == DRAWS // 2
    supposed = displayed_draws(checked(found, 0.0), rows, chains=2)
    assert set(supposed.data_vars) == names | {"stipulated", "foretold"}
    gap = response_tables(found, measured, instrument)["gap"].filter(intervention=POOLED)
    assert displayed["pooled_gap"].mean().item() == pytest.approx(gap["gap_mean"].item())
    pooled = displayed["pooled_part"].mean(("chain", "draw")).squeeze()
    for part in PARTS:
        assert pooled.sel(cause=part).item() == pytest.approx(gap[f"{part}_mean"].item())


def test_without_values_a_gap_is_split_among_the_other_causes(instrument) -> None:
    truth, measured = known(instrument, "signals")
    none = np.zeros((*measured.v.shape[:2], 0))
    bare = replace(
        measured,
        v=none,
        layout=IndexLayout.of(
            measured.data.responses.interventions, measured.data.expectations, has_values=False
        ),
        moments=ImportanceMoments.of(none),
    )
    assert bare.causes == ("models", "signals", "residual")
    found = response_draws(instrument, truth, bare)
    # No parameter of the truth belongs to the reduced form, so that signals and residual are left.
    there = [PARTS.index(name) for name in ("signals", "residual", "dependence")]
    np.testing.assert_allclose(found.parts[..., there].sum(axis=-1), found.gap, atol=1e-12)
    assert not np.delete(found.parts, there, axis=-1).any()
    pooled = response_tables(found, bare, instrument)["gap"].filter(intervention=POOLED)
    assert pooled["values_mean"].null_count() == 1
    assert pooled["signals_mean"].null_count() == 0


def test_what_one_group_was_not_asked_is_no_part_of_the_split(instrument) -> None:
    """Its estimates are those of the other group; what may lie in it is left to the residual."""
    truth, measured = known(instrument, "models")
    found = response_draws(instrument, truth, measured)
    asked = Asked.of(measured.data)
    whole = response_tables(found, measured, instrument)["gap"]
    same = replace(measured, asked=asked)
    assert response_tables(found, same, instrument)["gap"].equals(whole)
    assert whole.filter(intervention=POOLED)["verdict"].to_list() == ["models"]
    cells = asked.cells.copy()
    cells[1, measured.layout.outcomes[0][0]] = False
    lacking = replace(measured, asked=replace(asked, cells=cells))
    assert lacking.not_compared((0, 1), 0) == {"models"} == lacking.not_compared((1,), 0)
    assert lacking.not_compared((0,), 0) == frozenset() == lacking.not_compared((0, 1), 1)
    part = response_tables(found, lacking, instrument)["gap"]
    names = measured.data.responses.interventions
    for name in (names[0], POOLED):
        row = part.filter(intervention=name).row(0, named=True)
        before = whole.filter(intervention=name).row(0, named=True)
        assert row["verdict"] == "cannot_tell"
        assert {row[f"models_{end}"] for end in ("mean", "q05", "q95", "order_low")} == {None}
        assert row["models_share_mean"] is None and row["models_from_a_mean"] is None
        kept = [row[f"{cause}_mean"] for cause in PARTS if cause != "models"]
        assert sum(kept) == pytest.approx(row["gap_mean"])
        unmeasured = before["residual_mean"] + before["models_mean"]
        assert row["residual_mean"] == pytest.approx(unmeasured)
        assert row["signals_mean"] == before["signals_mean"]
    elsewhere = part.filter(intervention=names[1])
    assert elsewhere.select(whole.columns).equals(whole.filter(intervention=names[1]))
    rows = response_tables(found, lacking, instrument)["divergence"]
    assert names[1] in rows["intervention"].to_list()


def test_what_was_rated_is_told_though_support_is_analysed_without_it(instrument) -> None:
    """One proposal of which nobody was asked what it would do puts all into the reduced form."""
    truth, measured = known(instrument, "models")
    whole = response_tables(response_draws(instrument, truth, measured), measured, instrument)
    full = whole["divergence"]
    rated, last = measured.data.expectations, measured.data.responses.interventions[-1]
    left = replace(rated, interventions=(*rated.interventions[:-1], "another"))
    assert rated.interventions[-1] == last
    data = replace(measured.data, expectations=left)
    layout = IndexLayout.of(data.responses.interventions, left)
    assert layout.reduced
    part = replace(measured, data=data, layout=layout)
    # Of the reduced form the truth has no parameters: its draws are of support alone.
    found = response_draws(instrument, truth, replace(part, data=measured.data))
    unused = unused_means(found, part)
    rows = response_tables(found, part, instrument, unused)["divergence"]
    layout_rows = ResponseRows(found, part, instrument.floor)
    assert "unused" in displayed_draws(found, layout_rows, 2, unused)
    assert last not in set(rows["intervention"])
    assert rows["swap_mean"].null_count() == len(rows)
    assert rows["rank"].to_list() == sorted(
        rows["rank"], key=lambda rank: -abs(rows.row(rank - 1, named=True)["difference_mean"])
    )
    keys = ["intervention", "value"]
    both = rows.join(full, on=keys, suffix="_full")
    assert len(both) == len(rows) == 3 * len(data.values)
    for name in ("expects_a", "expects_b", "difference"):
        np.testing.assert_allclose(both[f"{name}_mean"], both[f"{name}_mean_full"], atol=1e-9)


def test_values_are_no_part_where_one_group_weighed_others(instrument) -> None:
    truth, measured = known(instrument, "values")
    found = response_draws(instrument, truth, measured)
    asked = Asked.of(measured.data)
    offered = asked.values.copy()
    offered[0, 2] = False
    fewer = replace(measured, asked=replace(asked, values=offered))
    part = response_tables(found, fewer, instrument)["gap"]
    assert part["values_mean"].null_count() == len(part)
    assert set(part["verdict"]) <= {"cannot_tell", "no_gap"}
