"""Two waves that differ in one cause alone: the verdict names it, and nothing else."""

from dataclasses import replace

import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.simulate import simulate_survey
from mfp_stats.simulate.truths import named_truth
from mfp_stats.views.gap_findings import CHANGE, describe_gap
from mfp_stats.views.words import WAVES
from tests.suites.acceptance import fit

N, SEED = 400, 11
BRIEF = FitSettings(draws=1000, tune=500, seed=SEED)
NOTHING = pl.DataFrame()


def two_waves(questionnaire: Questionnaire, name: str) -> pl.DataFrame:
    """Return answers in which the first group of a truth is one wave and the second the next.

    Who they say they are is alike in both waves.
    """
    truth = named_truth(questionnaire, name, seed=SEED, effect=0.35)
    sheet = simulate_survey(questionnaire, truth, n=N, seed=SEED).sheet
    first = pl.col(questionnaire.group) == 0
    place = pl.int_range(pl.len()).over(questionnaire.group)
    return sheet.with_columns(
        wave=pl.when(first).then(pl.lit("spring")).otherwise(pl.lit("summer")),
        **{questionnaire.group: (place % 2).cast(pl.Int16)},
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["values", "models"])
def test_the_verdict_names_what_changed(checkout, name: str) -> None:
    questionnaire = load(checkout / "tests" / "acceptance")
    sheet = two_waves(questionnaire, name)
    data = replace(build_model_data(sheet, questionnaire, group="wave"), ratings=None)
    assert data.groups == ("spring", "summer")
    assert not any("who answered" in note for note in data.notes)
    found = fit(data, questionnaire, BRIEF, root=checkout)
    assert not found.failed
    gap = found.table("gap")
    pooled = gap.filter(intervention=POOLED).row(0, named=True)
    assert pooled["group_a_label"] == "Wave spring" and pooled["group_b_label"] == "Wave summer"
    assert pooled["verdict"] == name
    told = describe_gap(gap, NOTHING, NOTHING, WAVES)
    assert f"{name.capitalize()} carry" in told[0]
    assert CHANGE in told
