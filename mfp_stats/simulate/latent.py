"""Which items are answered from a person's values, expectations or support."""

from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role


def is_latent(item: Item, questionnaire: Questionnaire) -> bool:
    """Whether the method's model of the item's role decides its answers.

    Other items are answered from a profile: of the person's worldview or group.
    """
    about = item.intervention in questionnaire.interventions
    scaled = latent_levels(item) or item.type in (ItemType.INTEGER, ItemType.DECIMAL)
    offers_values = any(name in questionnaire.values for name in item.option_names)
    known = item.group_of in [o.name for o in questionnaire.groups]
    decided = {
        Role.VALUE_TRADEOFF: offers_values,
        Role.VALUE_RATING: item.value in questionnaire.values and latent_levels(item),
        Role.CONSEQUENCE: about and scaled and item.value in questionnaire.values,
        Role.SIGNAL: about and scaled and item.signal in questionnaire.signals,
        Role.RESPONSE: about and scaled,
        Role.CONJOINT: bool(item.profiles),
        Role.PERCEPTION: known and (offers_values or (about and scaled)),
    }
    return decided.get(item.role, False)


def latent_levels(item: Item) -> bool:
    """Whether an item's options can be read as levels of one latent scale.

    Ordinal select_one items can, and responses with two options (no, yes).
    """
    if item.type is not ItemType.SELECT_ONE or len(item.options) < 2:
        return False
    return item.level == "ordinal" or (item.role is Role.RESPONSE and len(item.options) == 2)


def is_turned(item: Item) -> bool:
    """Whether the first option is the highest level: reversed scales, and "yes, no"."""
    if item.level == "ordinal":
        return item.reverse
    return item.reverse != (item.accept_from == item.option_names[0])
