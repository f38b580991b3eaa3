"""What a fit keeps for the search for better designs, made beside what rests on responses."""

from collections.abc import Mapping, Sequence

import polars as pl
import xarray as xr

from mfp_stats.design.data import Floats, Ints
from mfp_stats.quantities.gaps import ResponseParameters
from mfp_stats.quantities.response_draws import Measured
from mfp_stats.quantities.search.attributes import Level
from mfp_stats.quantities.search.draws import search_draws
from mfp_stats.quantities.search.gate import search_gate_draws
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.tables import TABLES, proposal_table, search_tables
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
    data, space = measured.data, _space(questionnaire, measured)
    found = {name: pl.DataFrame() for name in TABLES}
    if space is None:
        return found
    described, labels = _described(questionnaire, measured)
    found["search_proposals"] = proposal_table(described, labels)
    if not space.size or not len(shown):
        return found
    rated = data.expectations
    signals = () if rated is None else zip(rated.signals, rated.signal_labels, strict=True)
    return found | search_tables(
        search_draws(measured, given, shown, weightings, space, raised),
        groups=[data.groups[g] for g in shown],
        weightings=list(weightings),
        values=list(zip(data.values, data.value_labels, strict=True)),
        signals=list(signals) if measured.layout.signals else [],
    )


def judged_for_search(
    questionnaire: Questionnaire,
    measured: Measured,
    given: Sequence[ResponseParameters],
    shown: Ints,
    weightings: Mapping[str, Floats | None],
    raised: Floats | None = None,
    *,
    chains: int,
) -> xr.Dataset:
    """Return draws of what a search shows, for the gate; none where there is nothing to search.

    Parameters are those of :func:`kept_for_search`, ``chains`` that of
    :func:`mfp_stats.quantities.search.gate.search_gate_draws`.
    """
    space = _space(questionnaire, measured)
    if space is None or not space.size or not len(shown):
        return xr.Dataset()
    return search_gate_draws(measured, given, shown, weightings, space, raised, chains=chains)


type _Described = tuple[dict[str, Mapping[str, Level]], dict[str, str]]


def _described(questionnaire: Questionnaire, measured: Measured) -> _Described:
    """Return the attributes of the proposals that people were asked about, and their labels."""
    responses = measured.data.responses
    assert responses is not None
    names = [name for name in responses.interventions if name in questionnaire.interventions]
    described = {name: questionnaire.interventions[name].attributes for name in names}
    pairs = zip(responses.interventions, responses.intervention_labels, strict=True)
    return described, dict(pairs)


def _space(questionnaire: Questionnaire, measured: Measured) -> DesignSpace | None:
    """Return the designs; None where no proposal is described."""
    responses = measured.data.responses
    if responses is None or responses.exclusive:
        return None
    described, labels = _described(questionnaire, measured)
    return DesignSpace.of(described, labels) if any(described.values()) else None
