import json
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xarray as xr
from polars.testing import assert_frame_equal

from mfp_stats.errors import ChecksFailed, FitFailed, FitRefused
from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.saved import FitRecord, Step, Table, read_draws, save_fit
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.fitting.tables import read_manifest, read_table, read_tables, table_file, table_names

MODEL = "from mfp_stats.fitting import model\n@model(title='Toy')\ndef toy(data): ...\n"
PASSED = GateResult((Check("r_hat", 1.0, 1.01, True, "share"),))
FAILED = GateResult(
    (
        Check("r_hat", float("nan"), 1.01, False, "share", "Take more draws."),
        Check("divergences", 3.0, 0.0, False, "", "Raise target_accept."),
    )
)
SHARES = pl.DataFrame({"group": ["farmers"], "mean": [0.5]})


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    file = tmp_path_factory.mktemp("models") / "toy.py"
    file.write_text(MODEL)
    return load_model(file)


def draws() -> xr.DataTree:
    rng = np.random.default_rng(1)
    posterior = xr.Dataset(
        {"share": (("chain", "draw", "group"), rng.random((4, 5, 2)))},
        coords={"group": pd.Index(["bønder", "townsfolk"])},
    )
    statistics = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((4, 5), dtype=bool))})
    statistics.attrs = {"compile_seconds": 1.5, "sampling_seconds": 2.5}
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": statistics})


def step(model, name="values", gate=PASSED) -> Step:
    return Step(name, model, {"classes": 2}, {"spread": 0.5}, FitSettings(), draws(), gate)


def record(fit_id="f1", **changes) -> FitRecord:
    entries = {
        "id": fit_id,
        "survey": "wind",
        "questionnaire": "abc",
        "data": "def",
        "group": None,
        "simulated": True,
        "seed": 3,
        "started": datetime(2026, 1, 2, tzinfo=UTC),
    }
    return FitRecord(**entries | changes)


@pytest.fixture
def fit(tmp_path, model):
    """A fit whose values may be shown and whose worldviews may not."""
    return save_fit(
        tmp_path,
        record(more={"note": "trial"}),
        [step(model), step(model, "worldviews", FAILED)],
        [
            Table("values", SHARES, ["values"]),
            Table("worldviews", SHARES, ["worldviews"]),
            Table("both", SHARES, ["values", "worldviews"]),
            Table("group_sizes", SHARES),
        ],
    )


def test_the_manifest_says_how_the_fit_came_about(fit):
    manifest = read_manifest(fit)
    assert manifest["id"] == "f1"
    assert manifest["simulated"] is True
    assert manifest["note"] == "trial"
    assert manifest["versions"].keys() >= {"pymc", "nutpie", "jax", "python", "mfp-stats"}
    values, worldviews = manifest["steps"]
    assert (values["shown"], worldviews["shown"]) == (True, False)
    assert values["model"]["text"] == MODEL
    assert len(values["model"]["sha256"]) == 64
    assert values["priors"] == {"spread": 0.5}
    assert values["options"] == {"classes": 2}
    assert values["settings"]["draws"] == FitSettings().draws
    assert values["sampling_seconds"] == 2.5
    assert datetime.fromisoformat(manifest["finished"]) > datetime(2026, 1, 2, tzinfo=UTC)


def test_tables_of_passed_steps_are_read(fit):
    assert_frame_equal(read_table(fit, "values"), SHARES)
    assert_frame_equal(read_table(fit, "group_sizes"), SHARES)
    assert set(table_names(fit)) == {"values", "worldviews", "both", "group_sizes", "diagnostics"}


@pytest.mark.parametrize("name", ["worldviews", "both"])
def test_tables_of_failed_steps_are_refused_with_the_checks(fit, name):
    with pytest.raises(FitRefused) as caught:
        read_table(fit, name)
    assert [fault.where for fault in caught.value.faults] == ["worldviews", "worldviews"]
    assert "divergences 3, where at most 0 is allowed. Raise target_accept." in str(caught.value)


def test_reading_several_is_all_or_nothing(fit):
    with pytest.raises(FitRefused):
        read_tables(fit, ["values", "worldviews"])
    assert set(read_tables(fit, ["values", "group_sizes"])) == {"values", "group_sizes"}


def test_draws_of_failed_steps_are_refused(fit):
    xr.testing.assert_equal(read_draws(fit, "values")["posterior"].ds, draws()["posterior"].ds)
    with pytest.raises(ChecksFailed, match="R-hat no number at share"):
        read_draws(fit, "worldviews")
    with pytest.raises(FitRefused, match="never checked; known: values, worldviews"):
        read_draws(fit, "overlap")


def test_diagnostics_are_always_readable(fit):
    table = read_table(fit, "diagnostics")
    assert table["step"].to_list() == ["values", "worldviews", "worldviews"]
    assert table["passed"].to_list() == [True, False, False]
    assert table["advice"].to_list()[1] == "Take more draws."


def test_a_manifest_that_claims_to_be_shown_does_not_help(fit):
    manifest = json.loads((fit / "manifest.json").read_text())
    manifest["steps"][1]["shown"] = True
    (fit / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FitRefused):
        read_table(fit, "worldviews")


def test_a_changed_or_lost_table_is_refused(fit):
    SHARES.with_columns(mean=0.9).write_parquet(table_file(fit, "values"))
    table_file(fit, "group_sizes").unlink()
    with pytest.raises(FitRefused) as caught:
        read_tables(fit, ["values", "group_sizes"])
    assert len(caught.value.faults) == 2


def test_a_fit_of_another_format_is_refused_and_asks_for_a_new_one(fit):
    file = fit / "manifest.json"
    manifest = json.loads(file.read_text())
    for other in ({k: v for k, v in manifest.items() if k != "format"}, manifest | {"format": 99}):
        file.write_text(json.dumps(other))
        for name in manifest["tables"]:
            with pytest.raises(FitRefused, match=r"another version of mfp_stats.*fit") as refused:
                read_table(fit, name)
            assert not isinstance(refused.value, ChecksFailed)
            assert refused.value.faults[0].where == "fit f1"  # and no path of the machine


def test_absent_fits_and_tables_are_named(fit, tmp_path):
    with pytest.raises(FitRefused, match="has no table 'overlap'; known: values"):
        read_table(fit, "overlap")
    with pytest.raises(FitFailed, match="holds no finished fit"):
        read_table(tmp_path / "f2", "values")


def test_a_fit_is_saved_once_and_under_sound_names(fit, model):
    with pytest.raises(FitFailed) as caught:
        save_fit(
            fit.parent,
            record(),
            [step(model), step(model)],
            [Table("../values", SHARES, ["vales"])],
        )
    text = str(caught.value)
    assert "'values' is used twice" in text
    assert "unknown step 'vales'" in text
    assert "'../values' cannot name a file" in text
    assert "there already" in text


def test_a_save_that_fails_leaves_nothing(tmp_path, model):
    broken = step(model)
    broken.draws["posterior"]["bad"] = ("chain", np.array([{}, {}, {}, {}], dtype=object))
    with pytest.raises((TypeError, ValueError)):
        save_fit(tmp_path, record("f3"), [broken], [])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_pickled(fit):
    files = {file.suffix for file in fit.rglob("*") if file.is_file()}
    assert files == {".json", ".nc", ".parquet"}


def test_tables_are_read_without_a_sampler(fit):
    code = (
        "import sys; from pathlib import Path; from mfp_stats.fitting.tables import read_table;"
        "print(read_table(Path(sys.argv[1]), 'values').height);"
        "assert not {'pymc', 'arviz', 'jax', 'xarray', 'nutpie'} & set(sys.modules)"
    )
    seen = subprocess.run(
        [sys.executable, "-c", code, str(fit)], check=True, capture_output=True, text=True
    )
    assert seen.stdout.strip() == "1"
