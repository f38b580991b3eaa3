"""Which questions a questionnaire must have for each truth."""

from collections.abc import Mapping
from typing import Final

from mfp_stats.errors import Fault
from mfp_stats.questionnaire.model import Item, Questionnaire, Role
from mfp_stats.simulate.latent import is_latent, latent_levels

#: What must be asked, as (where a fault points, roles any of which will do, what to add).
_Need = tuple[str, tuple[Role, ...], str]

_VALUES: Final[_Need] = (
    "values",
    (Role.VALUE_TRADEOFF, Role.VALUE_RATING),
    "Add a block with 'role: value_tradeoff' or 'role: value_rating'.",
)
_RATINGS: Final[_Need] = (
    "ratings of values",
    (Role.VALUE_RATING,),
    "Add a block with 'role: value_rating' on an ordinal scale.",
)
_MODELS: Final[_Need] = (
    "beliefs or expected consequences",
    (Role.BELIEF, Role.CONSEQUENCE),
    "Add a block with 'role: belief' or 'role: consequence'.",
)
_CONSEQUENCES: Final[_Need] = (
    "expected consequences",
    (Role.CONSEQUENCE,),
    "Add a block with 'role: consequence'.",
)
_SIGNALS: Final[_Need] = ("signals", (Role.SIGNAL,), "Add a block with 'role: signal'.")

_NEEDS: Final[Mapping[str, tuple[_Need, ...]]] = {
    "values": (_VALUES,),
    "models": (_MODELS,),
    "signals": (_SIGNALS,),
    "residual": (),
    "rationalised": (_CONSEQUENCES,),
    "style": (_RATINGS,),
    "none": (),
}
#: Truths without a gap in acceptance: nobody needs to be asked what they accept.
_WITHOUT_GAP: Final = ("style", "none")


def what_is_missing(questionnaire: Questionnaire, name: str) -> list[Fault]:
    """Return a fault for every kind of question that a truth needs and a survey lacks."""
    faults = [
        Fault(questionnaire.survey, f"asks nothing about {what}", fix=fix)
        for what, roles, fix in _NEEDS[name]
        if not any(_usable(item, questionnaire) for item in questionnaire.with_role(*roles))
    ]
    if name in _WITHOUT_GAP:
        return faults
    if not any(_tells_acceptance(item, questionnaire) for item in questionnaire.items):
        what = "asks nobody whether they accept an intervention"
        fix = "Add a block with 'role: response' on a scale with 'accept_from'."
        faults.append(Fault(questionnaire.survey, what, fix=fix))
    least = 2 if name == "values" else 1
    if name in ("values", "models") and len(questionnaire.values) < least:
        what = "lists too few values for interventions to have consequences"
        faults.append(Fault(f"{questionnaire.survey}: values", what))
    return faults


def _usable(item: Item, questionnaire: Questionnaire) -> bool:
    return item.role is Role.BELIEF or is_latent(item, questionnaire)


def _tells_acceptance(item: Item, questionnaire: Questionnaire) -> bool:
    """Whether an answer accepts or does not, under people's own expectations."""
    return (
        item.role is Role.RESPONSE
        and not item.stipulated
        and is_latent(item, questionnaire)
        and latent_levels(item)
        and item.accept_from in item.option_names
    )
