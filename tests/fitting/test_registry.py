import pytest

from mfp_stats.errors import DesignError, ModelError
from mfp_stats.fitting import Prior, model
from mfp_stats.fitting.registry import parse_priors

PRIORS = {"spread": Prior(1.0, "sd between people"), "noise": Prior(0.5, "sd of answers")}


@model(title="Toy", priors=PRIORS)
def toy(data, *, priors, classes=2):
    return data, priors, classes


def test_the_function_receives_every_prior_and_the_options(survey):
    data = survey
    assert toy(data, priors={"noise": 2}, classes=3) == (data, {"spread": 1.0, "noise": 2.0}, 3)
    assert toy(data)[1:] == ({"spread": 1.0, "noise": 0.5}, 2)


def test_the_info_is_frozen():
    with pytest.raises(AttributeError):
        toy.info.title = "Other"
    with pytest.raises(TypeError):
        toy.info.priors["spread"] = Prior(2, "")


def test_unknown_priors_and_values_are_all_named(survey):
    with pytest.raises(ModelError) as caught:
        toy(survey, priors={"sprad": 1.0, "noise": float("nan")})
    assert len(caught.value.faults) == 2
    assert caught.value.faults[0].known == ("spread", "noise")


def test_unknown_and_missing_options_are_named(survey):
    @model(title="Classes")
    def mixture(data, *, classes):
        return classes

    with pytest.raises(ModelError, match="has no option 'clases'") as caught:
        mixture(survey, clases=2)
    assert "needs the option 'classes'" in str(caught.value)


def test_needs_are_checked_against_the_data(survey, rated_survey):
    @model(title="Values", needs=("tradeoffs or ratings", "ratings"))
    def values(data):
        return "built"

    assert values(rated_survey) == "built"
    with pytest.raises(DesignError) as caught:
        values(survey)
    assert [fault.where for fault in caught.value.faults] == ["wind", "wind"]
    assert "tradeoffs or ratings" in str(caught.value)


def test_declarations_that_do_not_fit_the_function_are_refused():
    with pytest.raises(ModelError, match="declares priors but takes none"):
        model(title="A", priors=PRIORS)(lambda data: data)
    with pytest.raises(ModelError, match="takes priors but declares none"):
        model(title="A")(lambda data, *, priors: data)
    with pytest.raises(ModelError, match="not keyword-only"):
        model(title="A")(lambda data, classes: data)
    with pytest.raises(ModelError, match="takes no data"):
        model(title="A")(lambda *, classes: classes)
    with pytest.raises(ModelError, match="'money' is no part"):
        model(title="A", needs=("money",))(lambda data: data)


def test_priors_are_read_as_users_write_them():
    assert parse_priors(["spread = 2", "noise=1e-1"], toy.info) == {"spread": 2.0, "noise": 0.1}
    assert parse_priors([], toy.info) == {}


def test_every_fault_of_written_priors_is_reported():
    with pytest.raises(ModelError) as caught:
        parse_priors(["spread", "noise=0.1", "noise=0.2", "sread=1", "spread=inf"], toy.info)
    assert len(caught.value.faults) == 4
    assert "known: spread, noise" in str(caught.value)
