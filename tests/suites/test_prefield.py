"""The sums of the suite of the check before fieldwork, on rows that are known."""

import pytest

from tests.prefield.stand_in import CAUSES, result
from tests.suites import acceptance, prefield
from tests.suites.prefield import (
    TRUTHS,
    checks,
    drawn_power,
    power_errors,
    prefield_figures,
    width_errors,
)
from tests.suites.rows import Row

PLANNED = prefield.SIZES
#: Fewer surveys than the suite has, for time.
SIZES = {300: 8, 900: 8}


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(prefield, "SIZES", SIZES)


def rows(change=None):
    made = []
    for truth in TRUTHS:
        for n, planned in SIZES.items():
            for k in range(planned):
                found = result(truth, n)
                if change is not None:
                    change(found, truth, n, k)
                cell = f"truth={truth} n={n}"
                made.append(Row("acceptance", cell, k, k, "0", True, 1.0, {"check": found}))
    return made


def figures(found):
    """Return figures by what their names say after "before fieldwork"."""
    return {figure.name.partition(": ")[2]: figure for figure in prefield_figures(found)}


@pytest.fixture(scope="module")
def plain():
    """What is told of surveys that are all alike; working it out takes a while."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(prefield, "SIZES", SIZES)
        return figures(rows())


def test_each_two_surveys_are_held_against_all_others():
    found = [{"number": k} for k in range(5)]
    pairs = [([r["number"] for r in a], [r["number"] for r in b]) for a, b in checks(found)]
    assert pairs == [([0, 1], [2, 3, 4]), ([2, 3], [0, 1, 4])]
    assert list(checks(found[:2])) == []


def test_equal_surveys_predict_each_other(plain):
    errors = width_errors(rows())
    assert set(errors) == {"gap", *CAUSES, "acceptance", "overlap"}
    assert max(abs(e) for each in errors.values() for e in each) == pytest.approx(0, abs=1e-9)
    assert plain["predicted widths within 20 %: gap"].passed


def test_widths_that_are_off_are_told():
    def wide(found, truth, n, k):
        for width in found["widths"]:
            width["width"] *= 2 if k < 2 else 1

    told = figures(rows(wide))["predicted widths within 20 %: models"]
    assert told.passed is False


def test_power_is_held_against_verdicts(plain):
    assert plain["power, n = 900: drawn and counted apart, on average"].passed is False

    def as_drawn(found, truth, n, k):
        if k / SIZES[n] >= drawn[n][truth]["right"]:
            found["pairs"][0]["verdict"] = "cannot_tell"

    drawn = {n: drawn_power(rows(), n)[0] for n in SIZES}
    told = figures(rows(as_drawn))
    for n in SIZES:
        for what in ("on average", "at most"):
            figure = told[f"power, n = {n}: drawn and counted apart, {what}"]
            assert figure.passed is not False
    # Eight surveys of a truth cannot tell ten points.
    figure = told["power, n = 300: drawn and counted apart, at most"]
    assert figure.passed is None
    assert figure.value.endswith(": cannot tell with so few")


@pytest.mark.parametrize(
    ("off", "passed"),
    [
        ({}, [None, None]),
        # What is too much for one truth makes up for nothing that is too little for another.
        ({"values": -0.4, "models": 0.4, "signals": -0.4, "residual": 0.4}, [False, False]),
        ({"none": 0.5}, [None, False]),
        # 25 points tell nothing where chance explains as much.
        ({"none": 0.25}, [None, None]),
    ],
)
def test_power_is_held_for_each_truth_whichever_way_it_is_off(off, passed):
    expected = dict.fromkeys(TRUTHS, 0.5)
    counted = {truth: (round(16 * (0.5 + off.get(truth, 0.0))), 16) for truth in TRUTHS}
    told = list(power_errors(expected, counted, 300, enough=True))
    assert [figure.passed for figure in told] == passed
    assert all(next(iter(off), "") in figure.value for figure in told)
    undecided = power_errors(expected, counted, 300, enough=False)
    assert [figure.passed for figure in undecided] == [None, None]


def test_many_surveys_tell_ten_points():
    expected = dict.fromkeys(TRUTHS, 0.5)

    def most(right):
        told = power_errors(expected, dict.fromkeys(TRUTHS, (right, 1000)), 300, enough=True)
        return list(told)[1]

    assert most(590).passed is True
    assert most(610).passed is False
    assert "cannot tell" not in most(590).value
    # More than chance explains, but within ten points: that is what is asked.
    assert most(590).value == "9 points; most in values; chance explains 4"


def test_few_rows_decide_nothing():
    assert all(figure.passed is not False for figure in prefield_figures(rows()[:3]))
    assert prefield_figures([]) == []
    other = [Row("acceptance", "truth=style n=900", 0, 0, "0", True, 1.0, {"verdict": "no_gap"})]
    assert prefield_figures(other) == []


def test_sizes_are_those_of_the_acceptance_suite():
    assert {n: acceptance.SIZES[n] for n in PLANNED} == PLANNED
