"""A simulated survey into the store, labelled as what it is."""

import hashlib

from mfp_stats.project import Project
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportReceipt, ImportSource, Store
from mfp_stats.workflow.apart import refuse_simulated
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
    refuse_simulated(store, survey, identity)
    return store.append_sheet(
        simulated.sheet, questionnaire, source=ImportSource(file=name, sha256=identity)
    )
