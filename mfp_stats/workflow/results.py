"""Stored results of fits, as every way out sees them: gated tables and how they came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from mfp_stats.design.compared import BY_WAVE
from mfp_stats.errors import Fault, ProjectError
from mfp_stats.fitting.tables import gate_of, read_manifest, read_tables
from mfp_stats.project import Project

FITS_FOLDER: Final = "fits"
#: Versions of the priorities that tables are kept by, each with the checks of its own fit.
VERSIONS: Final = ("revealed", "claimed", "perceived")
#: The step that importance ratings are fitted in.
RATINGS: Final = "values_claimed"


@dataclass(frozen=True, slots=True)
class FitResults:
    """One finished fit of a survey."""

    folder: Path
    manifest: Mapping[str, Any] = field(repr=False)  #: holds whole model files

    @property
    def fit_id(self) -> str:
        """The fit's id, which sorts by the time it was started."""
        return str(self.manifest["id"])

    @property
    def simulated(self) -> bool:
        """Whether any of the people it rests on were simulated."""
        return bool(self.manifest["simulated"])

    @property
    def by_wave(self) -> bool:
        """Whether it compares the waves that people answered in, not groups of them."""
        return bool(self.manifest.get("group") == BY_WAVE)

    @property
    def within(self) -> str | None:
        """Label of the one stakeholder group that is in it; None where everybody is."""
        label = self.manifest.get("within_label") or self.manifest.get("within")
        return None if label is None else str(label)

    @property
    def command(self) -> str:
        """How to fit the same again."""
        named = {"--group": self.manifest.get("group"), "--within": self.manifest.get("within")}
        asked = [f"{option} {name}" for option, name in named.items() if name]
        return " ".join([f"mfp fit {self.manifest['survey']}", *asked])

    @property
    def finished(self) -> str:
        """When it ended, ISO 8601 in UTC."""
        return str(self.manifest["finished"])

    @property
    def people(self) -> int | None:
        """Respondents in the groups that are shown; None where one's number is withheld."""
        sizes = self.table("group_sizes").filter(~pl.col("suppressed"))
        return None if sizes["n"].null_count() else int(sizes["n"].sum())

    @property
    def groups_shown(self) -> list[str]:
        """Labels of the groups that are large enough to be shown."""
        return self.table("group_sizes").filter(~pl.col("suppressed"))["group_label"].to_list()

    def table(self, name: str) -> pl.DataFrame:
        """Read one table; of one that is kept in parts, every part that may be shown.

        A part that the survey did not ask about is an empty table.

        Raises
        ------
        FitRefused
            The steps that made it failed their checks, or one of its files is damaged.
        """
        passed, failed = self._parts(name)
        found = read_tables(self.folder, passed or failed)
        return pl.concat(found.values()) if found else pl.DataFrame()

    def has(self, name: str) -> bool:
        """Whether the fit has a table of that name, or parts of it, shown or not."""
        return any(self._parts(name))

    def left_out(self, name: str) -> list[Fault]:
        """Return why versions of a table are not in it where others are; else nothing."""
        passed, failed = self._parts(name)
        if not passed:
            return []
        steps = {step for part in failed for step in self.manifest["tables"][part]["steps"]}
        return [
            fault
            for step in self.failed_steps
            if step in steps
            for fault in gate_of(self.manifest, step).faults(step)
        ]

    def _parts(self, name: str) -> tuple[list[str], list[str]]:
        """Return the stored parts of a table that may be shown, and those that may not."""
        kept, failed = self.manifest["tables"], set(self.failed_steps)
        own = (name, *(f"{name}_{v}" for v in VERSIONS), *(p for p in kept if _part_of(p, name)))
        parts = [part for part in dict.fromkeys(own) if part in kept]
        passed = [part for part in parts if failed.isdisjoint(kept[part]["steps"])]
        return passed, [part for part in parts if part not in passed]

    @property
    def values_from_ratings(self) -> bool:
        """Whether what is said of support rests on importance ratings, not on trade-offs."""
        return RATINGS in self.manifest["tables"].get("gap", {"steps": ()})["steps"]

    @property
    def failed_steps(self) -> list[str]:
        """Names of the steps whose results may not be shown."""
        return [step["name"] for step in self.manifest["steps"] if not step["shown"]]


def _part_of(table: str, name: str) -> bool:
    """Whether a table holds one of the many things that a step each was fitted to."""
    return table.startswith(f"{name}-")


def fits_of(project: Project, survey: str) -> list[FitResults]:
    """Return the finished fits of a survey, newest first.

    Raises
    ------
    FitRefused
        The manifest of a fit, of any survey, is damaged: it may be the one asked for.
    """
    found = []
    # A name with a dot in front is a fit that is, or was, being saved.
    for folder in sorted((project.data / FITS_FOLDER).glob("[!.]*"), reverse=True):
        if (folder / "manifest.json").is_file():
            manifest = read_manifest(folder)
            if manifest["survey"] == survey:
                found.append(FitResults(folder, manifest))
    return found


def fit_of(project: Project, survey: str, fit_id: str | None = None) -> FitResults:
    """Return a survey's fit of that id, or its newest.

    Raises
    ------
    ProjectError
        The survey has no such fit, or none at all.
    """
    project.survey_folder(survey)
    fits = fits_of(project, survey)
    for fit in fits:
        if fit_id in (None, fit.fit_id):
            return fit
    what = f"has no fit {fit_id!r}" if fit_id else "has not been fitted yet"
    known = tuple(fit.fit_id for fit in fits)
    raise ProjectError(Fault(survey, what, known=known, fix=f"Run: mfp fit {survey}"))
