"""A published mediated effect comes out as what signals carry of a gap.

Hardly any survey is as bare: no values and no beliefs were asked about, so that a gap can be split
into signals and a residual alone.
"""

from pathlib import Path
from typing import Any

import pytest

from mfp_stats.design import build_model_data, unavailable
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.workflow.responses import EXPECTATIONS, RESPONSES, fit_responses, responses_steps
from mfp_stats.workflow.task import Part, Task
from mfp_stats.workflow.values import fit_values
from mfp_stats.workflow.worldviews import fit_worldviews
from tests.independent.framing import read_framing
from tests.suites.acceptance import Quiet

#: Of the published analysis, which takes the feeling, a sum of three ratings, as free of error.
MEDIATED = 0.08
#: The sd of people's own feelings, in logits of one answer, at which 92 % of what the answers leave
#: open is the person and 8 % error.
NEARLY_EXACT = 6.0
#: Shares who had the message sent.
OTHER, COSTS = 60 / 197, 28 / 68


def split(checkout: Path, shared_data: Path, **priors: float) -> tuple[Part, dict[str, Any]]:
    """Fit the experiment as the product does; return the part and its one gap."""
    sheet, questionnaire = read_framing(shared_data)
    data = build_model_data(sheet, questionnaire)
    assert responses_steps(data) == [EXPECTATIONS, RESPONSES]
    names = (EXPECTATIONS, RESPONSES)
    task = Task(
        data=data,
        questionnaire=questionnaire,
        settings=FitSettings(draws=1000, tune=500, seed=3, target_accept=0.97),
        models={name: load_model(checkout / "models" / f"{name}.py") for name in names},
        priors={RESPONSES: priors},
        report=Quiet(),  # type: ignore[arg-type]
    )
    part = fit_responses(task, fit_values(task), fit_worldviews(task))
    assert part.failed == ()
    gap = next(table for table in part.tables if table.name == "gap")
    assert tuple(gap.steps) == names
    return part, gap.frame.row(0, named=True)


@pytest.fixture(scope="module")
def exact(checkout, shared_data) -> tuple[Part, dict[str, Any]]:
    return split(checkout, shared_data, deviation=NEARLY_EXACT, deviation_log_sd=0.3)


def test_what_signals_carry_is_the_published_mediated_effect(exact) -> None:
    part, row = exact
    assert (row["group_a"], row["group_b"]) == ("other", "costs")
    assert row["signals_q05"] < MEDIATED < row["signals_q95"]
    assert row["signals_mean"] == pytest.approx(MEDIATED, abs=0.03)
    assert row["signals_q05"] > 0
    assert row["support_a_mean"] == pytest.approx(OTHER, abs=0.02)
    assert row["support_b_mean"] == pytest.approx(COSTS, abs=0.02)
    assert row["gap_q05"] < COSTS - OTHER < row["gap_q95"]
    assert row["signals_mean"] + row["residual_mean"] == pytest.approx(row["gap_mean"], abs=1e-9)
    # What was not asked about has no numbers.
    assert row["values_mean"] is row["models_mean"] is None
    told = next(table.frame for table in part.tables if table.name == "signals")
    assert told["tells_mean"].is_sorted()


@pytest.mark.slow
def test_taken_for_single_ratings_they_are_held_to_say_less_and_carry_no_less(
    exact, checkout, shared_data
) -> None:
    """The product allows for error that the published analysis takes to be none.

    What is then carried is more than what was published, which takes it for 0: what is held to is
    the estimate of the same model without error.
    """
    _, sure = exact
    _, row = split(checkout, shared_data)
    assert row["signals_q05"] < sure["signals_mean"] < row["signals_mean"]
    assert row["signals_mean"] > MEDIATED
    wide, narrow = (r["signals_q95"] - r["signals_q05"] for r in (row, sure))
    assert wide > 1.3 * narrow
    assert row["gap_mean"] == pytest.approx(COSTS - OTHER, abs=0.04)
    assert row["verdict"] in ("signals", "cannot_tell")


def test_what_the_experiment_cannot_tell_is_named(shared_data) -> None:
    sheet, questionnaire = read_framing(shared_data)
    found = {one.quantity: one for one in unavailable(questionnaire, sheet)}
    assert "values, models or signals as the cause of a gap" not in found
    assert "what signals carry of a gap" not in found
    assert "signal profile" not in found
    assert "coordination surface" not in found
    assert "value_tradeoff" in found["what values carry of a gap"].add
    assert "role belief" in found["what models carry of a gap"].add
