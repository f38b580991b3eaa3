"""What a user who holds a fit sees of it."""

from pathlib import Path

from mfp_stats.workflow.results import FitResults


def test_a_fit_at_a_prompt_is_one_line_without_its_models():
    fit = FitResults(Path("data/fits/1"), {"id": "1", "steps": [{"model": {"text": "def values"}}]})
    assert "data/fits/1" in repr(fit)
    assert "def values" not in repr(fit)
