"""What a worker process is told to fit: plain values beside a snapshot of the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from mfp_stats.errors import Fault, FitFailed
from mfp_stats.fitting.files import read_json
from mfp_stats.fitting.jobs import SPEC_FILE

#: The snapshot of the answers beside the spec; the questionnaire's file is copied there too.
SHEET_FILE: Final = "sheet.parquet"


@dataclass(frozen=True, slots=True)
class FitSpec:
    """Everything that decides a fit's result beside the answers and the questionnaire.

    Parameters
    ----------
    fit_id
        The fit's id, and its folder's name under ``fits``.
    survey
        Name of the survey.
    fits
        The folder of finished fits.
    models
        Model name to its file.
    group
        Item to compare people by, or ``wave``; None: the questionnaire's own.
    within
        Only people of this group of the questionnaire's own item; None: everybody.
    simulated
        Whether any of the people were simulated.
    settings
        Plain values of :class:`~mfp_stats.fitting.settings.FitSettings`.
    priors
        Model name to overridden priors.
    sources
        Answer sheets by where they came from, as :meth:`mfp_stats.store.Store.sources` counts.
    notes
        What is to be said of the answers that they do not say themselves.
    """

    fit_id: str
    survey: str
    fits: str
    models: Mapping[str, str]
    group: str | None = None
    within: str | None = None
    simulated: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    priors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the spec of a job's folder.

        Raises
        ------
        FitFailed
            The folder holds none.
        """
        file = folder / SPEC_FILE
        if not file.is_file():
            raise FitFailed(Fault(str(file), "the job has no spec", fix="Start the fit again"))
        return cls(**read_json(file))
