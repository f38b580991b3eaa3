"""``mfp check``: a questionnaire's faults, what it can tell, and how well before fieldwork."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from mfp_stats.cli import output
from mfp_stats.cli.fit import progress_bars
from mfp_stats.errors import DesignCheckRefused, Fault
from mfp_stats.project import MARGINS_FILE, Project
from mfp_stats.questionnaire import describe, load
from mfp_stats.questionnaire.model import Questionnaire
from mfp_stats.simulate.truths import DEFAULT_EFFECT
from mfp_stats.views.prefield_findings import describe_design, design_records
from mfp_stats.views.words import duration
from mfp_stats.weights import Margins, load_margins
from mfp_stats.workflow.prefield.plan import REPLICATES, DesignPlan, plan_design
from mfp_stats.workflow.prefield.run import (
    Standing,
    check_design,
    design_file,
    design_margins,
    standing,
)
from mfp_stats.workflow.prefield.tables import DesignCheck

#: Columns of power that a terminal has room for; JSON holds all of them.
_PRINTED: Final = (
    *("truth", "group_a", "n_a", "group_b", "n_b", "right", "wrong"),
    *("no_gap", "cannot_tell", "verdicts", "verdicts_right"),
)


@dataclass(frozen=True, slots=True)
class DesignOptions:
    """What ``--design`` was told; None where an option was left out."""

    people: int | None = None
    groups: str | None = None
    effect: float | None = None
    replicates: int | None = None
    blocks: bool = False
    processes: int | None = None
    seed: int | None = None

    def plan(self, questionnaire: Questionnaire, margins: Margins | None = None) -> DesignPlan:
        """Return what is to be checked, with answers raked to margins where there are some.

        Raises
        ------
        DesignCheckRefused
            The number of people was left out, or the options do not fit the questionnaire.
        """
        if self.people is None:
            fix = "Say how many people will answer: --n 900"
            raise DesignCheckRefused(Fault("--n", "is needed with --design", fix=fix))
        return plan_design(
            questionnaire,
            n=self.people,
            groups=None if self.groups is None else parse_shares(self.groups),
            effect=DEFAULT_EFFECT if self.effect is None else self.effect,
            replicates=REPLICATES if self.replicates is None else self.replicates,
            blocks=self.blocks,
            seed=1 if self.seed is None else self.seed,
            margins=margins,
        )

    def require_none(self) -> None:
        """Refuse options that only ``--design`` knows what to do with.

        Raises
        ------
        DesignCheckRefused
            One was given; names all of them.
        """
        # By identity: 0 is a number that was given, and equals False.
        given = [n for n, value in asdict(self).items() if value is not None and value is not False]
        faults = [
            Fault(f"--{'n' if name == 'people' else name}", "says nothing without --design")
            for name in given
        ]
        if faults:
            raise DesignCheckRefused(faults)


def run_check(survey: str, *, design: bool, options: DesignOptions, as_json: bool) -> None:
    """Print the facts of a questionnaire, or check the design before fieldwork."""
    if design:
        run_design(survey, options, as_json=as_json)
        return
    options.require_none()
    facts = questionnaire_facts(survey)
    if as_json:
        output.as_json(facts)
    else:
        output.table(facts)


def run_design(survey: str, options: DesignOptions, *, as_json: bool) -> None:
    """Simulate and fit what the check lacks, with progress on stderr, and print what it found."""
    project = Project.open()
    file = design_file(project, survey)
    questionnaire = load(file)
    plan = options.plan(questionnaire, design_margins(project, survey, questionnaire))
    processes = 1 if options.processes is None else options.processes
    if processes < 1:
        raise DesignCheckRefused(Fault("--processes", f"is {processes}, but must be 1 or more"))
    before = standing(project, questionnaire, plan, processes=processes)
    if before.done < before.planned:
        output.warn([_announced(before)])
        check = _watched(project, file, plan, processes)
    else:
        check = check_design(project, file, plan)
    if as_json:
        output.as_json(design_records(check))
        return
    output.say(f"{questionnaire.survey}: what {plan.n:,} people and these questions can tell")
    output.findings(describe_design(check))
    if len(check.power):
        output.table(check.power.select(_PRINTED).to_dicts())


def _announced(before: Standing) -> str:
    left = before.planned - before.done
    surveys = f"{left} surveys are" if left > 1 else "One survey is"
    kept = f" ({before.done} of {before.planned} are kept from before)" if before.done else ""
    guess = ", at a guess; it will be known better after the first" if before.guessed else ""
    return (
        f"{surveys} to be simulated and fitted{kept}: about "
        f"{duration(before.seconds_left)}{guess}. Ctrl-C stops, the same command goes on."
    )


def _watched(project: Project, file: Path, plan: DesignPlan, processes: int) -> DesignCheck:
    with progress_bars(Console(stderr=True)) as bars:
        line = bars.add_task("surveys", total=1.0, detail="")

        def show(now: Standing) -> None:
            step = f", {now.step.replace('_', ' ')}" if now.step else ""
            left = f"{now.done} of {now.planned}, about {duration(now.seconds_left)} left{step}"
            bars.update(line, completed=now.done / now.planned, detail=left)

        return check_design(project, file, plan, processes=processes, on_standing=show)


def parse_shares(text: str) -> dict[str, float]:
    """Read ``a=0.3,b=0.7``.

    Raises
    ------
    DesignCheckRefused
        A part of it is no name with a number, or names a group twice; all faults.
    """
    found: dict[str, float] = {}
    faults = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, share = (piece.strip() for piece in part.partition("="))
        if name in found:
            faults.append(Fault(f"--groups {name}", "is named twice"))
        try:
            found[name] = float(share)
        except ValueError:
            faults.append(Fault(f"--groups {part}", "is no group with its share", fix="As a=0.3."))
    if faults:
        raise DesignCheckRefused(faults)
    return found


def questionnaire_facts(survey: str) -> list[dict[str, Any]]:
    """Return the facts of a questionnaire, given by a survey's name or a file's path.

    Raises
    ------
    QuestionnaireError
        With every fault of the file.
    MarginsError
        With every fault of the file of margins beside it.
    """
    path = Path(survey)
    if path.exists():
        questionnaire = load(path)
        beside = (path if path.is_dir() else path.parent) / MARGINS_FILE
        margins = beside if beside.is_file() else None
    else:
        project = Project.open()
        questionnaire, margins = project.questionnaire(survey), project.margins_file(survey)
    return [*describe(questionnaire), *_margins(margins, questionnaire)]


def _margins(file: Path | None, questionnaire: Questionnaire) -> list[dict[str, Any]]:
    if file is None:
        return []
    shares = load_margins(file, questionnaire).shares
    note = "weights are raked to these shares of the population"
    return [
        {
            "part": "margins",
            "name": item,
            "value": ", ".join(f"{option} {share:.3g}" for option, share in each.items()),
            "note": note,
        }
        for item, each in shares.items()
    ]
