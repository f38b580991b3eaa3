"""``mfp fit --list-priors`` and ``--prior-check``."""

from collections.abc import Sequence

from mfp_stats.cli import output
from mfp_stats.project import Project


def print_priors() -> None:
    """Print every prior of every model with its meaning."""
    from mfp_stats.workflow.priors import known_priors  # noqa: PLC0415 (imports PyMC)

    output.table(known_priors(Project.open()))
    output.say("Override one with: mfp fit SURVEY --priors model.prior=value")


def print_prior_check(survey: str, *, group: str | None, priors: Sequence[str]) -> None:
    """Print what the priors alone say about importance shares and overlap."""
    from mfp_stats.workflow.prior_check import prior_check  # noqa: PLC0415 (imports PyMC)

    records = prior_check(Project.open(), survey, group=group, overrides=priors)
    output.say("What the priors imply before any answer is seen (mean and 90 % interval):")
    output.table(records)
    output.say(
        "Shares that pile up near 0 or 1, or overlaps that can hardly differ from 1, are priors "
        "that decide the answer."
    )
