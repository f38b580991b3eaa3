"""Every suite, by family. A family is a module with a function ``suites()``."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from tests.suites import acceptance, fielded, routes, search, updating
from tests.suites.sbc import calibrations
from tests.suites.suite import Suite

#: What can be run, in the order of the report.
FAMILIES: Final[Mapping[str, Callable[[], tuple[Suite, ...]]]] = MappingProxyType(
    {
        "acceptance": acceptance.suites,
        "fielded": fielded.suites,
        "routes": routes.suites,
        "search": search.suites,
        "updating": updating.suites,
        "sbc": calibrations.suites,
    }
)


def suites(family: str | None = None, only: str = "") -> tuple[Suite, ...]:
    """Return the suites of a family whose name contains ``only``; all families if None."""
    names = FAMILIES if family is None else (family,)
    return tuple(
        suite
        for name in names
        for suite in FAMILIES[name]()
        if only.replace("_", "-") in suite.name
    )
