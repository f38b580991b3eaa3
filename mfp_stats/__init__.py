"""Model-First Policy: values, worldviews and overlap between stakeholder groups, from surveys.

``open_project`` is the way in; see ``ARCHITECTURE.md`` for the parts behind it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mfp_stats.fitting.settings import FitSettings
    from mfp_stats.workflow.api import Workspace, open_project

__all__ = ["FitSettings", "Workspace", "open_project"]

_HOMES = {
    "FitSettings": "mfp_stats.fitting.settings",
    "Workspace": "mfp_stats.workflow.api",
    "open_project": "mfp_stats.workflow.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import a public name when it is first asked for: parts import each other through here."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(_HOMES[name]), name)
