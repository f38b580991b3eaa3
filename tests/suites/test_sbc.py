"""A few simulations of every model in which a sign error, and little else, would show.

The suites ``sbc-…`` have enough of them to say more; see CONTRIBUTING.md.
"""

from dataclasses import replace

import numpy as np
import pytest

from mfp_stats.fitting.settings import FitSettings
from tests.suites.sbc.bands import Uniformity
from tests.suites.sbc.case import DENSITY, Calibration
from tests.suites.sbc.cases import (
    expectations,
    experience,
    part_worths,
    responses,
    updating,
    values,
    worldview_continuum,
    worldviews,
)

BINS, REPLICATES = 40, 3
BRIEF = FitSettings(draws=40, tune=110, cores=1)
#: The reduced form of responses is left to its suite: it is compiled for every survey, which takes
#: half a minute.
CASES = {
    "best-worst": values.BEST_WORST,
    "picks": values.PICKS,
    "ratings": values.RATINGS,
    "worldviews": worldviews.CASE,
    "continuum": worldview_continuum.CASE,
    "experience": experience.CASE,
    "updating": updating.CASE,
    "expectations": expectations.CASE,
    "part-worths": part_worths.CASE,
    "responses": responses.FULL_FORM,
}
#: Parameters whose sign a wrong simulator turns.
TURNED = {"picks": "mu", "expectations": "expectation", "updating": "response"}
#: Probability below which ranks are taken for wrong, of any one quantity.
TINY = 1e-4


@pytest.fixture(scope="module")
def compiled():
    """Compiled cases with short fits, each made once."""
    made = {}

    def get(name):
        if name not in made:
            made[name] = replace(Calibration.of(CASES[name]), tries=(BRIEF,), bins=BINS)
        return made[name]

    return get


def smallest_p_value(calibration):
    rows = [calibration(seed) for seed in range(REPLICATES)]
    law = Uniformity(REPLICATES, BINS)
    ranks = np.array([row["ranks"] for row in rows]).T
    assert len(ranks) == len((*calibration.case.ranked, DENSITY))
    return min(law.p_value(r) for r in ranks)


@pytest.mark.parametrize("name", CASES)
def test_true_values_are_ranked_like_draws(compiled, name):
    assert smallest_p_value(compiled(name)) > TINY


@pytest.mark.parametrize("name", TURNED)
def test_a_sign_error_shows(compiled, name):
    calibration, turned = compiled(name), TURNED[name]
    case = calibration.case

    def simulate(truth, design, rng):
        return case.simulate(truth.assign({turned: -truth[turned]}), design, rng)

    assert smallest_p_value(replace(calibration, case=replace(case, simulate=simulate))) < TINY


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.reuse])
def test_reused_code_has_the_density_of_the_model_built_for_the_survey(compiled, name):
    reusable, survey = compiled(name).reusable, compiled(name).survey(11)
    point = reusable.prior.unconstrained(survey.parameters)
    named = {
        survey.model.rvs_to_values[rv].name: point[rv.name].reshape(shape)
        for rv, shape in zip(
            survey.model.free_RVs,
            (np.shape(v) for v in survey.model.initial_point().values()),
            strict=True,
        )
    }
    fresh = survey.model.compile_logp(mode="FAST_COMPILE")(named)
    assert reusable.log_density(survey.parameters, survey.held) == pytest.approx(float(fresh))


def test_the_simulator_of_beliefs_means_what_the_model_means(compiled):
    calibration = compiled("worldviews")
    survey = calibration.survey(12)
    own = worldviews.profile(survey.truth, survey.data)
    np.testing.assert_allclose(survey.truth["answer_probability"].values[0, 0], own)
