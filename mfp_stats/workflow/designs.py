"""What a fit keeps for the search for better designs, made beside what rests on responses."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from mfp_stats.design.data import MIDDLE, NEUTRAL, Floats, Ints, ModelData
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.quantities.search.draws import search_draws
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.tables import SIGNAL, TABLES, proposal_table, search_tables
from mfp_stats.questionnaire.model import Questionnaire


def kept_for_search(
    questionnaire: Questionnaire,
    measured: Measured,
    given: Sequence[ResponseParameters],
    shown: Ints,
    weightings: Mapping[str, Floats | None],
    raised: Floats | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the tables of the search; empty ones where proposals are not described.

    Parameters
    ----------
    questionnaire
        Whose proposals have attributes.
    measured, given
        What was measured, and the parameters of the response model in each draw.
    shown
        Indices of the groups that may be shown.
    weightings
        Name to the weights of the people.
    raised
        By how much they raise groups' residuals, as of :class:`ResponseDraws`.

    Notes
    -----
    The options of one question, of which a person chose one, are no proposals with attributes.
    """
    data = measured.data
    found = {name: pl.DataFrame() for name in TABLES}
    if data.responses is None or data.responses.exclusive:
        return found
    names = [n for n in data.responses.interventions if n in questionnaire.interventions]
    described = {name: questionnaire.interventions[name].attributes for name in names}
    if not any(described.values()):
        return found
    given_labels = zip(
        data.responses.interventions, data.responses.intervention_labels, strict=True
    )
    labels = dict(given_labels)
    found["search_proposals"] = proposal_table(described, labels)
    space = DesignSpace.of(described, labels)
    if not space.size or not len(shown):
        return found
    rated = data.expectations
    signals = () if rated is None else zip(rated.signals, rated.signal_labels, strict=True)
    found |= search_tables(
        search_draws(measured, given, shown, weightings, space, raised),
        groups=[data.groups[g] for g in shown],
        weightings=list(weightings),
        values=list(zip(data.values, data.value_labels, strict=True)),
        signals=list(signals) if measured.layout.signals else [],
    )
    cells = found["search_cells"]
    zeros = [_zero(kind, name, data) for kind, name in cells.select("kind", "name").rows()]
    return found | {"search_cells": cells.with_columns(zero=pl.Series(zeros, dtype=pl.String))}


def _zero(kind: str, name: str, data: ModelData) -> str:
    """Return what 0 is in all questions on an outcome or signal; the middle where one has that.

    Where nothing was asked about it, nothing says that there is no neutral answer.
    """
    rated = data.expectations
    if rated is None:
        return NEUTRAL
    is_signal = kind == SIGNAL
    names, about = (rated.signals, rated.signal) if is_signal else (data.values, rated.value)
    cells = np.flatnonzero(about == names.index(name))
    zeros = {rated.zero(int(cell)) for cell in cells}
    return MIDDLE if MIDDLE in zeros else NEUTRAL
