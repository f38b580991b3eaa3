"""``mfp check``: a questionnaire's faults, or what it can and cannot tell."""

from pathlib import Path
from typing import Any

from mfp_stats.project import Project
from mfp_stats.questionnaire import describe, load


def questionnaire_facts(survey: str) -> list[dict[str, Any]]:
    """Return the facts of a questionnaire, given by a survey's name or a file's path.

    Raises
    ------
    QuestionnaireError
        With every fault of the file.
    """
    path = Path(survey)
    return describe(load(path) if path.exists() else Project.open().questionnaire(survey))
