"""A simulated survey into the store or into a file, labelled as what it is."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from mfp_stats.errors import DesignError, Fault, ProjectError
from mfp_stats.importers import export_sheet, save_mapping
from mfp_stats.project import Project, require_writable
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate import DEFAULT_EFFECT, default_truth, named_truth, simulate_survey
from mfp_stats.store import ImportReceipt, ImportSource, Store
from mfp_stats.workflow.apart import refuse_simulated
from mfp_stats.workflow.context import SIMULATED

_SUFFIXES: Final = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is to be simulated.

    ``truth`` is one of :data:`mfp_stats.simulate.NAMES`; None: groups differ moderately in
    everything. ``effect`` is the size of the truth's gap in acceptance (default 0.2).
    """

    people: int
    seed: int
    truth: str | None = None
    effect: float | None = None

    def words(self) -> str:
        """Return what tells this simulation from others of the same questionnaire."""
        if self.truth is None:
            return f"{self.people} people, seed {self.seed}"
        gap = self.effect if self.effect is not None else DEFAULT_EFFECT
        return f"{self.people} people, truth {self.truth}, effect {gap:g}, seed {self.seed}"

    def sheet(self, questionnaire: Questionnaire) -> pl.DataFrame:
        """Return the answers.

        Raises
        ------
        DesignError
            So many people cannot be simulated, or not with that seed, truth or effect.
        """
        if self.truth is not None:
            gap = self.effect if self.effect is not None else DEFAULT_EFFECT
            truth = named_truth(questionnaire, self.truth, seed=self.seed, effect=gap)
        elif self.effect is not None:
            fault = Fault("effect", "is the size of a truth's gap", fix="Name a truth too.")
            raise DesignError(fault, about=f"simulating {questionnaire.survey!r}")
        else:
            truth = default_truth(questionnaire, seed=self.seed)
        return simulate_survey(questionnaire, truth, n=self.people, seed=self.seed).sheet


def simulate_into(
    project: Project, store: Store, survey: str, simulation: Simulation
) -> ImportReceipt:
    """Store simulated answers to a survey; the same simulation twice adds nothing.

    Raises
    ------
    ImportRejected
        Real people, or other simulated ones of the same names, are stored there already.
    DesignError
        So many people cannot be simulated, or not with that seed, truth or effect.
    """
    questionnaire = project.questionnaire(survey)
    sheet = simulation.sheet(questionnaire)
    name = f"{SIMULATED}{simulation.words()}"
    identity = hashlib.sha256(f"{questionnaire.hash} {name}".encode()).hexdigest()
    refuse_simulated(store, survey, identity)
    return store.append_sheet(sheet, questionnaire, source=ImportSource(file=name, sha256=identity))


def simulate_to_file(project: Project, survey: str, simulation: Simulation, file: Path) -> Path:
    """Write simulated answers to a CSV or Parquet file, and its mapping beside it.

    The file takes the place of one that is there; nothing is stored.

    Returns
    -------
    Path
        The mapping, by which ``mfp import`` stores the answers as simulated ones.

    Raises
    ------
    ProjectError
        The file is of another kind, or cannot be written.
    DesignError
        So many people cannot be simulated, or not with that seed, truth or effect.
    """
    if file.suffix not in _SUFFIXES:
        what = f"is to be written as {file.suffix or 'a file without a suffix'}"
        raise ProjectError(Fault(str(file), what, known=_SUFFIXES))
    require_writable(file.absolute().parent)
    questionnaire = project.questionnaire(survey)
    table, mapping = export_sheet(simulation.sheet(questionnaire), questionnaire, simulated=True)
    beside = file.with_name(f"{file.stem}-mapping.yaml")
    try:
        if file.suffix == ".csv":
            table.write_csv(file)
        else:
            table.write_parquet(file)
        save_mapping(mapping, beside)
    except OSError as error:
        raise ProjectError(Fault(str(file), f"cannot be written: {error.strerror}")) from error
    return beside
