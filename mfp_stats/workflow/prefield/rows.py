"""What is kept of a check: one file a simulated survey, so that a killed run goes on.

A check's folder, ``data/prefield/<survey>-<digest>``::

    plan.json             what the digest is of, for a reader
    questionnaire.yaml    the version that is checked
    rows/<survey>.json    {"sha256": ..., "content": {...}}, whole or not at all
    jobs/<number>/        the workers under way

The digest is of all that makes rows comparable: questionnaire, margins, people, gap, seed, model
files, how they are sampled. Another questionnaire, or another model, has another folder.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from mfp_stats.fitting.files import read_json, write_json
from mfp_stats.fitting.tables import file_hash
from mfp_stats.project import Project
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.workflow.prefield.plan import DesignPlan, SurveyTask

FOLDER: Final = "prefield"
ROWS_FOLDER: Final = "rows"
JOBS_FOLDER: Final = "jobs"
PLAN_FILE: Final = "plan.json"
#: The model files that a survey is fitted with.
MODELS: Final = ("values", "worldviews", "expectations", "responses")
#: Number of worldviews, which is taken as known: it saves three quarters of the time.
CLASSES: Final = 2
#: Draws of each chain; with fewer, overlap and acceptance would often need a second try, and so
#: would worldviews: with half as many, the R-hat of one of their many cells is often above 1.01.
DRAWS: Final = 1000
TUNE: Final = 400
#: The form of rows: another one starts anew.
FORM: Final = 2
#: What a width is of where it is of one proposal, beside all of them together.
PROPOSAL: Final = "proposal"

type Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a check on disk."""

    folder: Path  #: of the check
    digest: str

    @classmethod
    def of(cls, project: Project, questionnaire: Questionnaire, plan: DesignPlan) -> "Rows":
        """Return where the rows of a plan are; how many replicates it has makes no difference."""
        text = json.dumps(comparable(project, questionnaire, plan), sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        folder = project.data / FOLDER / f"{questionnaire.survey}-{digest[:12]}"
        return cls(folder, digest)

    def read(self, plan: DesignPlan) -> "Read":
        """Return the rows that a plan has so far; damaged ones count as absent, and are named."""
        found: dict[str, Row] = {}
        damaged = []
        for task in plan.tasks():
            file = self.file(task)
            if not file.exists():
                continue
            row = self._row(file)
            if row is None:
                damaged.append(file)
            else:
                found[task.name] = row
        return Read(found, tuple(damaged))

    def file(self, task: SurveyTask) -> Path:
        """Return the file of a survey's row."""
        return self.folder / ROWS_FOLDER / f"{task.name}.json"

    def write(self, task: SurveyTask, row: Row) -> None:
        """Keep a row; it is on disk when this returns."""
        content = {"digest": self.digest, **row}
        write_json(self.file(task), {"sha256": _hash(content), "content": content})

    def _row(self, file: Path) -> Row | None:
        """Return a row; None where the file is not as it was written, or is of another check."""
        try:
            written = read_json(file)
        except (ValueError, OSError):  # a ValueError: no UTF-8, or no JSON
            return None
        if not isinstance(written, dict) or written.keys() != {"sha256", "content"}:
            return None
        content: Row = written["content"]
        same = written["sha256"] == _hash(content) and content["digest"] == self.digest
        return content if same else None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a check."""

    rows: Mapping[str, Row] = field(repr=False)  #: by name of the survey
    damaged: tuple[Path, ...] = ()

    def missing(self, plan: DesignPlan) -> list[SurveyTask]:
        """Return the surveys that have no row yet."""
        return [task for task in plan.tasks() if task.name not in self.rows]


def comparable(project: Project, questionnaire: Questionnaire, plan: DesignPlan) -> dict[str, Any]:
    """Return all that makes rows comparable, plain values."""
    return {
        "form": FORM,
        "questionnaire": questionnaire.hash,
        "n": plan.n,
        "shares": dict(plan.shares),
        "effect": plan.effect,
        "seed": plan.seed,
        # Named only where there are some, so that rows of surveys without any stay what they are.
        **({"margins": plan.to_dict()["margins"]} if plan.margins else {}),
        "models": {name: file_hash(project.model_file(name)) for name in MODELS},
        "worldviews": CLASSES,
        "draws": [DRAWS, TUNE],
        "version": version("mfp-stats"),
    }


def _hash(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
