"""What ``mfp import`` prints."""

from contextlib import ExitStack
from pathlib import Path

import typer

from mfp_stats.cli import output
from mfp_stats.errors import StoreError
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.imports import Rehearsal, choose_mapping, import_file, rehearse, suggest


def run_import(survey: str, file: Path, *, mapping: Path | None, wave: str, dry_run: bool) -> None:
    """Import a file, or rehearse it, or suggest the mapping that is still wanting."""
    project = Project.open()
    if mapping is None and not project.mappings(survey):
        _suggest(project, survey, file)
        return
    chosen = choose_mapping(project, survey, mapping)
    output.say(f"Using the mapping {chosen}")
    if dry_run:
        _rehearse(project, survey, file, mapping=chosen, wave=wave)
        output.say("Nothing was stored: this was a dry run.")
        return
    with Store.open(project.data) as store:
        receipt, rehearsal = import_file(project, store, survey, file, mapping=chosen, wave=wave)
    _report(rehearsal)
    output.say(receipt.message)


def _rehearse(project: Project, survey: str, file: Path, *, mapping: Path, wave: str) -> None:
    """Say what would be stored, or refuse what would be refused."""
    with ExitStack() as held:
        store, unread = None, ""
        if Store.is_in(project.data):
            try:
                store = held.enter_context(Store.open(project.data))
            except StoreError as error:
                unread = str(error.faults[0])
        found = rehearse(project, survey, file, mapping=mapping, wave=wave, store=store)
    _report(found)
    if unread:
        output.say(f"Not checked: whether any of these people are stored already ({unread})")


def _suggest(project: Project, survey: str, file: Path) -> None:
    suggested = suggest(project, survey, file)
    output.say(f"{survey} has no mapping for this file yet. One is suggested in {suggested.file}")
    for line in suggested.uncertain:
        output.say(f"  to check: {line}")
    output.say("Nothing was stored. Read it, correct it, delete its line 'confirmed: false', then:")
    output.say(f"  mfp import {survey} {file} --mapping {suggested.file}")
    raise typer.Exit(2)


def _report(rehearsal: Rehearsal) -> None:
    sheet = rehearsal.sheet
    for note in rehearsal.notes:
        output.say(note)
    output.say(f"{len(sheet):,} respondents, {len(rehearsal.questionnaire.items)} items")
    if rehearsal.unused_columns:
        shown = ", ".join(rehearsal.unused_columns[:8])
        more = len(rehearsal.unused_columns) - 8
        output.say(f"Columns not used: {shown}" + (f" and {more} more" if more > 0 else ""))
