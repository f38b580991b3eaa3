"""Simulated people and real ones are never stored in one survey: either would spoil the other."""

import polars as pl

from mfp_stats.errors import Fault, ImportRejected
from mfp_stats.store import Store
from mfp_stats.workflow.context import SIMULATED


def refuse_real(store: Store, survey: str) -> None:
    """Refuse to put the answers of real people among simulated ones.

    Raises
    ------
    ImportRejected
        Simulated people are stored there; says how to take them out.
    """
    numbers = _simulations(store, survey)["number"]
    if numbers.is_empty():
        return
    what = "holds simulated people; beside them no result would be about the real ones"
    commands = (f"mfp withdraw {survey} {number} --why TEXT" for number in numbers)
    fix = f"Take them out first: {'; '.join(commands)}. Or import in a project of its own."
    raise ImportRejected(Fault(survey, what, fix=fix))


def refuse_simulated(store: Store, survey: str, identity: str) -> None:
    """Refuse to put simulated people among real ones, unless they are there already.

    Parameters
    ----------
    store, survey
        Where they would be stored.
    identity
        Hash that the simulation is stored under.

    Raises
    ------
    ImportRejected
        Real people's answers are stored there.
    """
    stored = _simulations(store, survey)
    if identity in stored["sha256"]:
        return
    sources = [f"import {number}" for number in stored["number"]]
    real = store.respondents(survey).filter(~pl.col("source").is_in(sources))
    if real.is_empty():
        return
    who = "1 real person has" if len(real) == 1 else f"{len(real):,} real people have"
    what = f"{who} answered it; simulated ones would spoil every result"
    fix = "Simulate in a project of its own: mfp init DIR"
    raise ImportRejected(Fault(survey, what, fix=fix))


def _simulations(store: Store, survey: str) -> pl.DataFrame:
    """Return the imports of simulated people that are not withdrawn."""
    simulated = pl.col("file").str.starts_with(SIMULATED)
    return store.imports(survey).filter(pl.col("withdrawn_because").is_null(), simulated)
