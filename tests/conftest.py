"""Fixtures that every part's tests share."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# How long a busy machine takes for an example, or to draw one, says nothing of the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")
#: The same, where a test's own fixture may serve all of its examples.
settings.register_profile(
    "shared fixture",
    settings.get_profile("any machine"),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real surveys, which a user's clone does not have."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real surveys (../shared/data) are not on this machine")
    return folder


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds surveys/, models/ and app/."""
    return ROOT
