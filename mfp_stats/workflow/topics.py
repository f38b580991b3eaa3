"""What can be shown of a fit, by name."""

from collections.abc import Mapping
from enum import StrEnum


class Topic(StrEnum):
    """What can be shown of a fit."""

    OVERLAP = "overlap"
    VALUES = "values"
    WORLDVIEWS = "worldviews"
    EXPERIENCE = "experience"
    MAP = "map"
    UPDATING = "updating"
    GAP = "gap"
    SURFACE = "surface"
    SIGNALS = "signals"
    DIVERGENCE = "divergence"
    SEARCH = "search"
    CONJOINT = "conjoint"
    FORECAST = "forecast"
    PERCEPTION = "perception"
    FIT = "fit"


TOPICS: Mapping[str, str] = {
    "overlap": "how far pairs of groups share priorities",
    "values": "what each group holds important",
    "worldviews": "clusters of beliefs and who holds them",
    "experience": "what people's record has to do with the worldview they hold",
    "map": "what people believe to lead to what, and what would follow from a push",
    "updating": "whether information reached beliefs, and whether support followed",
    "gap": "whether values, models or signals carry a gap in support",
    "surface": "what coalitions of groups accept, and what blocks the rest",
    "signals": "what a proposal tells each group",
    "divergence": "where groups expect different consequences",
    "search": "which designs a coalition would accept, by attributes of proposals",
    "conjoint": "what attributes are worth, from choices between made-up proposals",
    "forecast": "what was predicted of coming waves and of proposals left out, and how well",
    "perception": "what groups think that others want",
    "fit": "diagnostics, and whether results may be shown",
}
