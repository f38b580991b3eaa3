"""What is said of stated joint acceptance, where statements are right and where they are not."""

import numpy as np
import polars as pl
import pytest
import xarray as xr

from mfp_stats.quantities.gap_tables import POOLED
from mfp_stats.quantities.gaps import PARTS
from tests.suites.displayed import gap_shares, joint_figures
from tests.suites.suite import Figure

SURVEYS = 200
PROPOSALS = 4


def _figures(*, turned: bool = False) -> list[Figure]:
    """Claims that are true as often as they say, or of the opposite."""
    rng = np.random.default_rng(3)
    stated = rng.uniform(size=(SURVEYS, PROPOSALS)) ** 2
    true = rng.uniform(size=stated.shape) < (1 - stated if turned else stated)
    claims = np.stack([stated, true], axis=2)
    return joint_figures([{"joint": each.tolist()} for each in claims] + [{"verdict": "models"}])


def test_claims_that_are_true_as_often_as_they_say_pass() -> None:
    """All together, and by how surely they were made."""
    first, low, _, high = _figures()
    assert first.passed is True
    for figure, least, most in ((low, 0.0, 0.1), (high, 0.9, 1.0)):
        hits, of = (int(word) for word in figure.value.split(" (")[0].split(" of "))
        assert of > 20
        assert least <= hits / of <= most


def test_claims_of_the_opposite_fail() -> None:
    """They are far from what is true."""
    assert _figures(turned=True)[0].passed is False


def test_rows_without_claims_say_nothing() -> None:
    """Rows of before they were kept."""
    assert joint_figures([{"verdict": "none"}]) == []


@pytest.mark.parametrize(("gap", "share"), [(0.4, 0.5), (0.0, np.nan)])
def test_a_gap_that_is_none_has_no_shares(gap: float, share: float) -> None:
    """They are shown wherever a gap is found, which may be by chance."""
    dims = {"reference": ["a", "b"], "other": ["a", "b"], "intervention": ["tax"]}
    turned = np.array([[[0.0], [gap]], [[-gap], [0.0]]])
    true = xr.Dataset({"gap": (list(dims), turned)}, coords=dims)
    half = xr.DataArray(
        [0.5, 0.5] + [0.0] * (len(PARTS) - 2), dims="part", coords={"part": [*PARTS]}
    )
    true["phi"] = true["gap"] * half
    found = pl.DataFrame({"intervention": ["tax", POOLED], "gap_mean": [0.3, 0.3]}).with_columns(
        pl.lit(0.5).alias(f"{part}_share_mean") for part in PARTS[:2]
    )
    found = found.with_columns(pl.lit(None).alias(f"{part}_share_mean") for part in PARTS[2:])
    told = list(gap_shares(true, found, ("a", "b")))
    assert [name for _, name, _ in told] == 2 * [f"{part}_share" for part in PARTS[:2]]
    np.testing.assert_allclose([value for *_, value in told], share)
