"""What a worker process is told to fit: one JSON file beside a snapshot of the answers."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from mfp_stats.errors import Fault, FitFailed

SPEC_FILE = "spec.json"
SHEET_FILE = "sheet.parquet"
QUESTIONNAIRE_FILE = "questionnaire.yaml"


@dataclass(frozen=True, slots=True)
class FitSpec:
    """Everything that decides a fit's result, beside the answers and the questionnaire.

    ``models`` maps a model's name to its file; ``priors`` maps model name -> prior -> value.
    """

    fit_id: str
    survey: str
    fits: str
    models: Mapping[str, str]
    group: str | None = None
    simulated: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    priors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    prior_check: bool = False

    def write(self, folder: Path) -> None:
        """Write the spec into a job's folder."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / SPEC_FILE).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the spec of a job's folder; FitFailed where there is none."""
        file = folder / SPEC_FILE
        if not file.is_file():
            raise FitFailed(Fault(str(file), "the job has no spec", fix="Start the fit again"))
        return cls(**json.loads(file.read_text(encoding="utf-8")))
