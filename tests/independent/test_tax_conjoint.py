"""The published marginal effects of the conjoint on income tax come out."""

from pathlib import Path

import pytest

from mfp_stats.quantities.marginal_effects import plain_marginal_effects
from tests.independent.tax_plans import read_tax_plans

#: As printed beside the published software: effect, standard error where printed.
PUBLISHED = {
    "<10k: 15%": (-0.0897702241, 0.009883554),
    "<10k: 25%": (-0.2215066470, None),
    "175-375k: 35%": (0.0716090284, None),
}


def test_the_plain_estimator_gives_the_published_effects(shared_data: Path) -> None:
    found = plain_marginal_effects(read_tax_plans(shared_data))
    rows = {row["level"]: row for row in found.to_dicts()}
    assert len(rows) == 32
    for level, (effect, error) in PUBLISHED.items():
        assert rows[level]["effect"] == pytest.approx(effect, abs=5e-10)
        if error is not None:
            assert rows[level]["standard_error"] == pytest.approx(error, abs=5e-10)
