"""Rows that were made by earlier code and count on, and why: told in the report.

A suite starts anew when code that its rows rest on changes. Where a change should leave every
result as it was, the rows were kept, and surveys made before and after it compared.
"""

from collections.abc import Mapping
from typing import Final

_CONDITIONED: Final = (
    "Rows of commits before `21ab42182915` were made by code that moved draws which go astray in "
    "another way, and took weights and averages from elsewhere. They count on: one survey of "
    "*none*, n = 900, and one of updating, n = 300, made before and after on one machine, are "
    "equal to the last digit."
)
_WEIGHTS: Final = "Rows were made by code that took weights from elsewhere. They count on: "
_COMPARED: Final = f"{_WEIGHTS}two surveys made before and after on one machine are equal."
_SUMMED: Final = (
    "All were made by code that summed over worldviews and groups more slowly. They count on: "
    "searches of 32 models with known parameters, all designs and exchange, made before and after, "
    "are equal to the last bit."
)
_ARM: Final = (
    "All of these were made by code that drew nothing of a stipulated arm by itself. They count "
    "on: what both make of the same parameters and people, weighted and not, is equal to the last "
    "bit."
)
_WEIGHED: Final = (
    "Rows were made by code that let weights move values and worldviews by less. They count on, as "
    "nobody is weighted in them: what both make of the same draws is equal to the last bit"
)
_REPLICATE: Final = f"{_WEIGHED}, and so is a replicate made before and after on one machine."
#: What is said of a suite, by its name.
CARRIED: Final[Mapping[str, str]] = {
    "acceptance": f"{_CONDITIONED} "
    "Three surveys that the earlier code refused were run anew and are among the rows. "
    "Rows of commits before `74180d890347` were made by code that named models wherever the "
    "randomised check did not contradict the split. Those in which it named them anywhere are run "
    "anew; in the others nothing but that verdict could have changed: what both make of the same "
    f"parameters and people, weighted and not, is equal to the last bit. {_WEIGHED}.",
    "search": f"{_CONDITIONED} {_SUMMED} {_ARM} {_WEIGHED}.",
    "routes": _CONDITIONED,
    "updating": f"{_CONDITIONED} {_REPLICATE}",
    "sbc-experience": _COMPARED,
    "sbc-part-worths": _REPLICATE,
    "sbc-values-best-worst": f"{_COMPARED} {_REPLICATE}",
    "sbc-values-picks": f"{_COMPARED} {_REPLICATE}",
    "sbc-values-ratings": f"{_WEIGHTS}no survey of ratings was made again to compare them. "
    f"{_REPLICATE}",
}
