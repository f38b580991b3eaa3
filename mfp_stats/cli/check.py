"""``mfp check``: a questionnaire's faults, or what it can and cannot tell."""

from pathlib import Path
from typing import Any

from mfp_stats.project import MARGINS_FILE, Project
from mfp_stats.questionnaire import describe, load
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.weights import load_margins


def questionnaire_facts(survey: str) -> list[dict[str, Any]]:
    """Return the facts of a questionnaire, given by a survey's name or a file's path.

    Raises
    ------
    QuestionnaireError
        With every fault of the file.
    MarginsError
        With every fault of the file of margins beside it.
    """
    path = Path(survey)
    if path.exists():
        questionnaire = load(path)
        beside = (path if path.is_dir() else path.parent) / MARGINS_FILE
        margins = beside if beside.is_file() else None
    else:
        project = Project.open()
        questionnaire, margins = project.questionnaire(survey), project.margins_file(survey)
    return [*describe(questionnaire), *_margins(margins, questionnaire)]


def _margins(file: Path | None, questionnaire: Questionnaire) -> list[dict[str, Any]]:
    if file is None:
        return []
    shares = load_margins(file, questionnaire).shares
    note = "weights are raked to these shares of the population"
    return [
        {
            "part": "margins",
            "name": item,
            "value": ", ".join(f"{option} {share:.3g}" for option, share in each.items()),
            "note": note,
        }
        for item, each in shares.items()
    ]
