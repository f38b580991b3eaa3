"""What is said of stated joint acceptance, where statements are right and where they are not."""

import numpy as np

from tests.suites.displayed import joint_figures
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
