"""What became of a survey's answers since a fit, so that nobody takes old numbers for new ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from mfp_stats.errors import StoreError
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.results import FitResults

#: What :meth:`Store.sources` calls answers that came by the web form.
WEB: Final = "web"


def changes_since(store: Store, results: FitResults) -> str:
    """Say which answers came in and which were taken out since a fit; "" where none.

    A fit that does not know what it was made of, of an earlier release, gives "" too.
    """
    fitted: Mapping[str, int] | None = results.manifest.get("sources")
    if not fitted:
        return ""
    survey = str(results.manifest["survey"])
    standing, erased = dict(store.sources(survey)), _erased_since(store, results)
    # Counted with those that stand, what was erased is not hidden by as many that came in.
    standing[WEB] = standing.get(WEB, 0) + erased
    came = sum(max(0, n - fitted.get(source, 0)) for source, n in standing.items())
    gone = {source: n - standing.get(source, 0) for source, n in fitted.items()}
    gone = {source: n for source, n in gone.items() if n > 0}
    told = [f"{_sheets(came)} came in"] if came else []
    if gone:
        told.append(f"{_were(sum(gone.values()))} taken out ({', '.join(gone)})")
    if erased:
        told.append(f"{_were(erased)} erased on request, which it may still hold")
    if not told:
        return ""
    said = " and ".join(part for part in (", ".join(told[:-1]), told[-1]) if part)
    return f"Since this fit {said}. To have them counted: {results.command}"


def looked_up(project: Project, results: FitResults) -> str:
    """Say the same from a project whose store is not open; or that it is not known, and why."""
    if not Store.is_in(project.data):
        return ""
    try:
        with Store.open(project.data) as store:
            return changes_since(store, results)
    except StoreError as error:
        return f"Not known is whether answers changed since this fit: {error.faults[0]}"


def _erased_since(store: Store, results: FitResults) -> int:
    """Count the answer sheets that were erased since a fit began."""
    if "started" not in results.manifest:
        return 0
    began = datetime.fromisoformat(results.manifest["started"])
    survey = str(results.manifest["survey"])
    return sum(erasure.erased > began for erasure in store.erasures(survey))


def _were(n: int) -> str:
    return f"{_sheets(n)} {'was' if n == 1 else 'were'}"


def _sheets(n: int) -> str:
    return f"{n:,} answer sheet{'' if n == 1 else 's'}"
