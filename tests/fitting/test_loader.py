import pickle
import sys
from pathlib import Path
from textwrap import dedent

import cloudpickle
import pymc as pm
import pytest

from mfp_stats.errors import ModelError
from mfp_stats.fitting.loader import load_model

GOOD = """
import numpy as np
import pymc as pm
import pytensor.tensor as pt
from collections.abc import Mapping
from mfp_stats.design.data import ModelData
from mfp_stats.fitting import Prior, model

@model(title="Toy", priors={"spread": Prior(1.0, "sd")})
def toy(data: ModelData, *, priors: Mapping[str, float]) -> pm.Model:
    with pm.Model(coords={"values": data.values}) as built:
        pm.Normal("importance", 0, priors["spread"], dims="values")
    return built
"""


def write(folder: Path, text: str, name: str = "toy.py") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(dedent(text), encoding="utf-8")
    return folder / name


def test_a_model_file_is_loaded_and_built(tmp_path, survey):
    loaded = load_model(write(tmp_path, GOOD))
    assert (loaded.name, loaded.info.title) == ("toy", "Toy")
    assert loaded.text == GOOD
    assert len(loaded.sha256) == 64
    built = loaded.build(survey, priors={"spread": 0.1})
    assert isinstance(built, pm.Model)
    assert built.named_vars_to_dims["importance"] == ("values",)


def test_files_of_one_name_do_not_shadow_each_other(tmp_path):
    one = load_model(write(tmp_path / "a", GOOD))
    other = load_model(write(tmp_path / "b", GOOD.replace("Toy", "Other")))
    assert one.module != other.module
    assert {one.module, other.module} <= set(sys.modules)
    assert (one.info.title, other.info.title) == ("Toy", "Other")


def test_an_edited_file_is_loaded_afresh(tmp_path):
    one = load_model(write(tmp_path, GOOD))
    other = load_model(write(tmp_path, GOOD.replace("Toy", "Other")))
    assert (one.info.title, other.info.title) == ("Toy", "Other")


def test_a_model_can_be_sent_to_a_process_that_cannot_import_it(tmp_path, survey):
    loaded = load_model(write(tmp_path, GOOD))
    sent = cloudpickle.dumps(loaded)
    module = sys.modules.pop(loaded.module)
    try:
        received = pickle.loads(sent)
        assert isinstance(received.build(survey), pm.Model)
    finally:
        sys.modules[loaded.module] = module


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def broken(:\n", "line 1: is not Python"),
        ("x = 1\n", "has no @model function"),
        ("1 / 0\n", "fails when it is run: ZeroDivisionError"),
        (
            GOOD + GOOD.replace("def toy", "def toy2"),
            r"marks 2 functions with @model \(toy, toy2\)",
        ),
        ("from mfp_stats.fitting import model\nmodel(title='A', needs=['x'])(print)\n", "no part"),
    ],
)
def test_files_that_are_no_model_are_refused(tmp_path, text, message):
    with pytest.raises(ModelError, match=message):
        load_model(write(tmp_path, text))


def test_forbidden_imports_are_found_before_anything_runs(tmp_path):
    marker = tmp_path / "ran"
    text = f"""
    import os
    import numpy.linalg
    from pathlib import Path
    from . import values
    def late():
        import subprocess
    Path({str(marker)!r}).touch()
    """
    with pytest.raises(ModelError) as caught:
        load_model(write(tmp_path, text))
    named = [fault.what.split("'")[1] for fault in caught.value.faults]
    assert sorted(named) == [".", "os", "pathlib", "subprocess"]
    assert not marker.exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"absent\.py: cannot be read"):
        load_model(tmp_path / "absent.py")


def test_something_else_than_a_model_is_refused(tmp_path, survey):
    text = "from mfp_stats.fitting import model\n@model(title='A')\ndef toy(data):\n    return 3\n"
    with pytest.raises(ModelError, match=r"toy returned a int, not a pm\.Model"):
        load_model(write(tmp_path, text)).build(survey)
