"""What is shown of known draws: moves in points, everybody's share, verdicts."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.special import expit
from scipy.stats import norm

from mfp_stats.design.data import ModelData, MovedAnswer, Told
from mfp_stats.quantities.updating import updating_quantities
from mfp_stats.quantities.updating_verdicts import carried, judge, lasted

CHAINS, DRAWS, P = 2, 200, 40
RNG = np.random.default_rng(1)


def data_of(*, weight: np.ndarray | None = None, strata=("",), support=True) -> ModelData:
    belief = MovedAnswer("kept", "Kept", False, -1, tuple("abc"))
    backed = MovedAnswer("fund", "A fund", True, 1, tuple("abcd"), accept=2)
    cells = (belief, backed) if support else (belief,)
    told = Told(
        name="report",
        label="The report",
        randomised=True,
        strata=strata,
        occasions=("at_once", "later"),
        cells=cells,
        touched=("kept",),
        person=np.arange(P),
        told=np.arange(P) % 2 == 0,
        stratum=np.arange(P) // 2 % len(strata),
        answers=np.zeros((P, 2, len(cells)), dtype=np.int64),
    )
    return ModelData(
        survey="s",
        questionnaire="q",
        respondents=tuple(f"r{k}" for k in range(P)),
        groups=("a", "b"),
        group_labels=("A", "B"),
        group=np.repeat([0, 1], P // 2),
        weight=weight,
        values=(),
        value_labels=(),
        told=told,
    )


def draws_of(data: ModelData, response: np.ndarray, *, sd: float = 0.0, spread=0.01) -> xr.Dataset:
    """Draws around κ (kinds, occasions, strata, classes); θ is 0 and ε is 0."""
    told = data.told
    assert told is not None
    shape = (CHAINS, DRAWS)
    noise = spread * RNG.standard_normal((*shape, *([1] * response.ndim)))
    kinds, occasions, strata, classes = response.shape
    place = np.zeros((*shape, len(told.cells), occasions, strata, 2, classes))
    cuts = np.tile(np.array([-0.5, 0.5, -1.0, 0.0, 1.0])[: 2 + 3 * (kinds > 1)], (*shape, 1))
    return xr.Dataset(
        {
            "response": (("chain", "draw", "k", "o", "s", "c"), response + noise),
            "place": (("chain", "draw", "j", "o", "s", "g", "c"), place),
            "apart": (("chain", "draw", "j"), np.zeros((*shape, len(told.cells)))),
            "share_apart": (("chain", "draw", "s", "c"), np.zeros((*shape, strata, classes))),
            "person_sd": (("chain", "draw", "k"), np.full((*shape, kinds), sd)),
            "cutpoints": (("chain", "draw", "t"), cuts),
        }
    )


MEMBERSHIP = np.tile([0.75, 0.25], (P, 1))
NAMES = ("One", "Other")


def rows_of(response, **changes):
    data = data_of(**{k: v for k, v in changes.items() if k in ("weight", "strata", "support")})
    options = {k: v for k, v in changes.items() if k in ("sd", "spread")}
    table, draws = updating_quantities(
        draws_of(data, response, **options), data, MEMBERSHIP, names=NAMES, floor=1
    )
    return table, draws


RESPONSE = np.array([[[[1.0, -1.0]], [[0.0, 0.0]]], [[[0.5, 0.0]], [[0.5, 0.0]]]])


def test_a_move_is_how_much_farther_up_the_scale_people_answer() -> None:
    table, _ = rows_of(RESPONSE)
    row = table.filter(kind="belief", occasion="at_once", worldview=1).row(0, named=True)
    # The report speaks for less: answers go down by one logit, which counts as a move up.
    expected = np.mean([expit(-c) - expit(-1 - c) for c in (-0.5, 0.5)])
    assert row["shift_mean"] == pytest.approx(expected, abs=0.002)
    assert row["response_mean"] == pytest.approx(1.0, abs=0.002)


def test_a_move_of_support_is_how_many_more_accept() -> None:
    table, _ = rows_of(RESPONSE)
    row = table.filter(kind="support", occasion="at_once", worldview=1).row(0, named=True)
    assert row["shift_mean"] == pytest.approx(expit(0.5) - 0.5, abs=0.002)


def test_what_is_peoples_own_is_averaged_over() -> None:
    narrow, wide = (rows_of(RESPONSE, sd=sd)[0]["shift_mean"][1] for sd in (0.0, 3.0))
    assert 0.3 * narrow < wide < 0.7 * narrow


def test_everybody_is_the_mean_over_the_worldviews_that_people_hold() -> None:
    table, _ = rows_of(RESPONSE)
    row = table.filter(kind="belief", occasion="at_once", worldview=0).row(0, named=True)
    assert row["response_mean"] == pytest.approx(0.75 * 1.0 - 0.25 * 1.0, abs=0.003)
    assert row["name"] == ""


def test_weights_count_where_there_are_some() -> None:
    weight = np.where(np.arange(P) < P // 2, 2.0, 0.0)
    membership = np.where(np.arange(P)[:, None] < P // 2, [[1.0, 0.0]], [[0.0, 1.0]])
    data = data_of(weight=weight)
    table, _ = updating_quantities(draws_of(data, RESPONSE), data, membership, names=NAMES, floor=1)
    means = dict(
        table.filter(kind="belief", occasion="at_once", worldview=0)
        .select("weighting", "response_mean")
        .rows()
    )
    assert means["unweighted"] == pytest.approx(0.0, abs=0.003)
    assert means["weighted"] == pytest.approx(1.0, abs=0.003)


def test_strata_are_told_apart_with_their_numbers() -> None:
    response = np.concatenate([RESPONSE, -RESPONSE], axis=2)
    table, draws = rows_of(response, strata=("distrusts", "trusts"))
    assert draws["shift"].sizes["row"] == len(table) == 2 * 2 * 2 * 3
    one = table.filter(kind="belief", occasion="at_once", worldview=1)
    assert one["trust"].to_list() == ["distrusts", "trusts"]
    assert one["response_mean"].to_list() == pytest.approx([1.0, -1.0], abs=0.003)
    whole = table.filter(kind="belief", occasion="at_once", worldview=0)
    assert whole["n_told"].to_list() == [10, 10] and whole["n_not_told"].to_list() == [10, 10]
    # Three of four hold the first worldview.
    assert one["n_told"].to_list() == [8, 8] and one["n_not_told"].to_list() == [8, 8]
    assert one["verdict"].to_list() == ["follows", "backfires"]
    assert one["backfire_probability"].to_list() == [0.0, 1.0]


def test_it_is_said_whether_support_followed_and_whether_it_lasted() -> None:
    response = np.zeros((2, 2, 1, 2))
    response[0, 0] = [1.0, -1.0]  # beliefs at once
    response[1, 0] = [0.8, 0.0]  # support at once
    response[0, 1] = [0.9, 0.0]  # beliefs later
    table, _ = rows_of(response)
    beliefs = table.filter(kind="belief")
    at_once, later = (beliefs.filter(occasion=o) for o in ("at_once", "later"))
    carried = dict(at_once.select("worldview", "carried").rows())
    lasted = dict(later.select("worldview", "lasted").rows())
    assert (carried[1], carried[2]) == ("yes", "no")
    assert (lasted[1], lasted[2]) == ("yes", "no")
    assert later["carried"].null_count() == at_once["lasted"].null_count() == 3
    assert table.filter(kind="support").select("carried", "lasted").null_count().row(0) == (6, 6)


def test_what_did_not_move_carried_nothing() -> None:
    response = np.zeros((2, 2, 1, 2))
    response[1] = 1.0
    table, _ = rows_of(response)
    assert table["carried"].null_count() == len(table) == table["lasted"].null_count()
    assert table.filter(kind="belief")["verdict"].unique().to_list() == ["unmoved"]


def test_where_support_was_not_asked_nothing_is_said_of_it() -> None:
    table, _ = rows_of(RESPONSE[:1], support=False)
    assert table["kind"].unique().to_list() == ["belief"]
    assert table["carried"].null_count() == len(table)


def test_a_single_class_is_everybody_alone() -> None:
    data = data_of()
    response = RESPONSE[..., :1]
    table, draws = updating_quantities(
        draws_of(data, response), data, np.ones((P, 1)), names=(), floor=1
    )
    assert table["worldview"].unique().to_list() == [0]
    assert draws["response"].sizes["row"] == len(table) == 4


@pytest.mark.parametrize(
    ("centre", "spread", "said"),
    [(0.3, 0.05, "follows"), (-0.3, 0.05, "backfires"), (0.0, 0.001, "unmoved"),
     (0.1, 0.2, "cannot_tell"), (0.02, 0.001, "unmoved")],
)  # fmt: skip
def test_a_verdict_needs_near_certainty(centre: float, spread: float, said: str) -> None:
    assert judge(centre + spread * RNG.standard_normal(4000)) == said


def normal(mean: float, sd: float) -> np.ndarray:
    """Draws (S,) in points of a hundred, of which as many lie at either end as should."""
    return RNG.permutation(norm.ppf((np.arange(4000) + 0.5) / 4000, mean, sd)) / 100


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("first", "later", "said"),
    [
        ((3.1, 1.1), (2.8, 0.1), "yes"),  # small, as the first move was
        ((3.5, 1.2), (1.8, 0.6), "some"),
        ((20, 3), (5, 2), "partly"),
        ((20, 3), (18, 2), "yes"),
        ((20, 3), (11, 3), "some"),
        ((20, 3), (0.5, 1), "no"),
        ((20, 3), (-10, 2), "no"),
        ((2.5, 1.0), (1, 0.8), "cannot_tell"),  # little, yet perhaps as much as at first
        ((20, 3), (3, 6), "cannot_tell"),
        ((1, 3), (5, 1), None),
    ],
)
def test_it_lasted_by_what_is_left_of_the_first_move(first, later, said, turn) -> None:
    assert lasted(turn * normal(*first), turn * normal(*later)) == said


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize(
    ("support", "said"),
    [((5, 1), "yes"), ((2.8, 0.05), "little"), ((0, 1), "no"), ((-9, 1), "no"),
     ((2, 3), "cannot_tell")],
)  # fmt: skip
def test_support_that_went_along_is_never_said_not_to_have(support, said, turn) -> None:
    assert carried(turn * normal(20, 3), turn * normal(*support)) == said


def test_a_worldview_that_too_few_hold_is_not_told() -> None:
    data = data_of()
    rare = np.tile([0.95, 0.05], (P, 1))
    table, _ = updating_quantities(draws_of(data, RESPONSE), data, rare, names=NAMES, floor=5)
    assert table["worldview"].unique().sort().to_list() == [0, 1]


def test_what_nobody_answered_has_no_row() -> None:
    data = data_of()
    told = data.told
    answers = told.answers.copy()
    answers[:, 1, 0] = -1  # the belief, later
    one = replace(data, told=replace(told, answers=answers))
    table, _ = updating_quantities(draws_of(one, RESPONSE), one, MEMBERSHIP, names=NAMES, floor=1)
    kinds = set(table.select("kind", "occasion").rows())
    assert kinds == {("belief", "at_once"), ("support", "at_once"), ("support", "later")}


def test_a_stratum_without_weight_has_no_weighted_row() -> None:
    weight = np.where(np.arange(P) // 2 % 2 == 0, 2.0, 0.0)
    data = data_of(weight=weight, strata=("distrusts", "trusts"))
    response = np.concatenate([RESPONSE, -RESPONSE], axis=2)
    table, _ = updating_quantities(draws_of(data, response), data, MEMBERSHIP, names=NAMES, floor=1)
    assert set(table.select("weighting", "trust").rows()) == {
        ("unweighted", "distrusts"), ("unweighted", "trusts"), ("weighted", "distrusts")
    }  # fmt: skip
    assert table["shift_mean"].is_finite().all()


def test_trust_that_goes_with_a_worldview_counts_in_everybodys_mean() -> None:
    data = data_of()
    draws = draws_of(data, RESPONSE)
    draws["share_apart"] = draws["share_apart"] + np.array([np.log(1 / 3), 0.0])
    table, _ = updating_quantities(draws, data, MEMBERSHIP, names=NAMES, floor=1)
    row = table.filter(kind="belief", occasion="at_once", worldview=0).row(0, named=True)
    assert row["response_mean"] == pytest.approx(0.0, abs=0.003)  # 3 : 1 becomes 1 : 1


def test_what_lasted_is_told_of_what_was_asked_again() -> None:
    """Half of a small mean of two moves is not half of the one that was asked about again."""
    data = data_of(support=False)
    first = data.told.cells[0]
    answers = np.zeros((P, 2, 2), dtype=np.int64)
    answers[:, 1, 1] = -1  # the second question was not asked in the next wave
    told = replace(data.told, cells=(first, replace(first, name="broken")), answers=answers)
    data = replace(data, told=told)
    response = np.array([[[[1.0]], [[0.4]]]])
    draws = draws_of(data, response).drop_vars(["apart", "cutpoints"])
    shape = (CHAINS, DRAWS)
    draws["apart"] = ("chain", "draw", "j"), np.tile([0.0, -0.95], (*shape, 1))
    draws["cutpoints"] = ("chain", "draw", "t"), np.tile([-0.5, 0.5, -0.5, 0.5], (*shape, 1))

    def later(data):
        table, _ = updating_quantities(draws, data, np.ones((P, 1)), names=("",), floor=1)
        return table.filter(occasion="later")

    row = later(data).row(0, named=True)
    assert row["lasted"] == "partly"
    expected = np.mean([expit(-c) - expit(-0.4 - c) for c in (-0.5, 0.5)])
    assert row["shift_mean"] == pytest.approx(expected, abs=0.002)
    other = np.where(np.arange(2) == 1, 0, -1)
    answers = np.stack([answers[:, 0].copy(), np.broadcast_to(other, (P, 2))], axis=1)
    answers[:, 0, 1] = -1  # another question each time
    assert later(replace(data, told=replace(told, answers=answers))).is_empty()
