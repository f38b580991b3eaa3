"""Guesses about groups that say which question on a proposal they mirror."""

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.model import Item, Role


def same_answers(one: Item, other: Item) -> bool:
    """Whether two items offer the same answers in one order, upwards or downwards."""
    return one.option_names in (other.option_names, other.option_names[::-1])


def check_mirrored(context: Context) -> None:
    """Add a fault for each guess that mirrors no response to the same proposal."""
    responses = {item.name: item for item, _ in context.items if item.role is Role.RESPONSE}
    for item, path in context.items:
        if item.mirrors is None:
            continue
        at: Path = (*path, "mirrors")
        if item.role is not Role.PERCEPTION:
            context.faults.add(at, f"has no effect in an item with role {item.role.value}")
        elif item.mirrors in responses:
            _check_pair(context, item, responses[item.mirrors], at)
        else:
            context.check_known(at, "item with role response", item.mirrors, responses)


def _check_pair(context: Context, guess: Item, response: Item, path: Path) -> None:
    if guess.intervention != response.intervention:
        about = "no proposal" if guess.intervention is None else repr(guess.intervention)
        what = f"{response.name!r} is about {response.intervention!r}, and the guess about {about}"
        context.faults.add(path, what, fix="Name the same 'intervention' in both.")
    elif response.options and guess.options and not same_answers(guess, response):
        what = f"{response.name!r} is answered on other answers than the guess"
        context.faults.add(path, what, known=response.option_names, fix="Use the same scale.")
