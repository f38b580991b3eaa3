import pytest

from mfp_stats.errors import ModelError
from mfp_stats.fitting.settings import FitSettings


def test_settings_survive_json_values():
    settings = FitSettings(draws=50, seed=7, target_accept=0.95)
    assert FitSettings.from_dict(settings.to_dict()) == settings
    assert FitSettings.from_dict({}) == FitSettings()


def test_every_setting_out_of_range_is_named():
    with pytest.raises(ModelError) as caught:
        FitSettings(chains=3, draws=0, target_accept=1.0, seed=-1)
    assert [fault.where for fault in caught.value.faults] == [
        "chains",
        "draws",
        "seed",
        "target_accept",
    ]


def test_more_draws_than_any_machine_holds_are_refused():
    with pytest.raises(ModelError) as caught:
        FitSettings(draws=10**20, tune=10**9)
    assert [fault.where for fault in caught.value.faults] == ["draws", "tune"]
    assert "at most 1,000,000" in str(caught.value)


def test_whole_numbers_are_asked_for():
    with pytest.raises(ModelError, match=r"draws: is 10\.5"):
        FitSettings(draws=10.5)


def test_unknown_settings_are_named():
    with pytest.raises(ModelError, match="drawz: is no setting; known: chains, draws"):
        FitSettings.from_dict({"drawz": 3})
