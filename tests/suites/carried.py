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
#: What is said of a suite, by its name.
CARRIED: Final[Mapping[str, str]] = {
    "acceptance": f"{_CONDITIONED} "
    "Three surveys that the earlier code refused were run anew and are among the rows. "
    "Rows of commits before `74180d890347` were made by code that named models wherever the "
    "randomised check did not contradict the split. Those in which it named them anywhere are run "
    "anew; in the others nothing but that verdict could have changed: what both make of the same "
    "parameters and people, weighted and not, is equal to the last bit.",
    "search": f"{_CONDITIONED} {_SUMMED} {_ARM}",
    "routes": _CONDITIONED,
    "updating": _CONDITIONED,
    "sbc-experience": _COMPARED,
    "sbc-values-best-worst": _COMPARED,
    "sbc-values-picks": _COMPARED,
    "sbc-values-ratings": f"{_WEIGHTS}no survey of ratings was made again to compare them.",
}
