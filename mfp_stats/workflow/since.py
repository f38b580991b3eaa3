"""What became of a survey's answers since a fit, so that nobody takes old numbers for new ones."""

from collections.abc import Mapping

from mfp_stats.errors import StoreError
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.results import FitResults


def changes_since(store: Store, results: FitResults) -> str:
    """Say which answers came in and which were taken out since a fit; "" where none.

    A fit that does not know what it was made of, of an earlier release, gives "" too.
    """
    fitted: Mapping[str, int] | None = results.manifest.get("sources")
    if not fitted:
        return ""
    survey = str(results.manifest["survey"])
    standing = store.sources(survey)
    came = sum(max(0, n - fitted.get(source, 0)) for source, n in standing.items())
    gone = {source: n - standing.get(source, 0) for source, n in fitted.items()}
    gone = {source: n for source, n in gone.items() if n > 0}
    told = [f"{_sheets(came)} came in"] if came else []
    if gone:
        lost = sum(gone.values())
        told.append(
            f"{_sheets(lost)} {'was' if lost == 1 else 'were'} taken out ({', '.join(gone)})"
        )
    if not told:
        return ""
    return f"Since this fit {' and '.join(told)}. To have them counted: {results.command}"


def looked_up(project: Project, results: FitResults) -> str:
    """Say the same from a project whose store is not open; or that it is not known, and why."""
    if not Store.is_in(project.data):
        return ""
    try:
        with Store.open(project.data) as store:
            return changes_since(store, results)
    except StoreError as error:
        return f"Not known is whether answers changed since this fit: {error.faults[0]}"


def _sheets(n: int) -> str:
    return f"{n:,} answer sheet{'' if n == 1 else 's'}"
