"""A simulated survey into the store, labelled as what it is."""

import hashlib

import polars as pl

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.project import Project
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportReceipt, ImportSource, Store
from mfp_stats.workflow.context import SIMULATED


def simulate_into(
    project: Project, store: Store, survey: str, *, people: int, seed: int
) -> ImportReceipt:
    """Store simulated answers to a survey; the same people and seed twice add nothing.

    Raises
    ------
    ImportRejected
        Real people, or other simulated ones of the same names, are stored there already.
    DesignError
        So many people cannot be simulated, or not with that seed.
    """
    questionnaire = project.questionnaire(survey)
    truth = default_truth(questionnaire, seed=seed)
    simulated = simulate_survey(questionnaire, truth, n=people, seed=seed)
    name = f"{SIMULATED}{people} people, seed {seed}"
    identity = hashlib.sha256(f"{questionnaire.hash} {name}".encode()).hexdigest()
    _keep_apart(store, survey, identity)
    return store.append_sheet(
        simulated.sheet, questionnaire, source=ImportSource(file=name, sha256=identity)
    )


def _keep_apart(store: Store, survey: str, identity: str) -> None:
    """Refuse to put simulated people among real ones, unless they are there already."""
    imports = store.imports(survey).filter(pl.col("withdrawn_because").is_null())
    if identity in imports["sha256"]:
        return
    simulated = imports.filter(pl.col("file").str.starts_with(SIMULATED))
    sources = [f"import {number}" for number in simulated["number"]]
    real = store.respondents(survey).filter(~pl.col("source").is_in(sources))
    if real.is_empty():
        return
    what = f"{len(real):,} real people have answered it; simulated ones would spoil every result"
    fix = "Simulate in a project of its own: mfp init DIR"
    raise ImportRejected(Fault(survey, what, fix=fix))
