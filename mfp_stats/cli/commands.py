"""The commands, in the order in which a new user meets them."""

from pathlib import Path
from typing import Annotated

import typer

from mfp_stats.cli import forecast, output
from mfp_stats.cli.check import DesignOptions, run_check
from mfp_stats.cli.cruxes import cruxes
from mfp_stats.cli.demo import run_demo
from mfp_stats.cli.fit import run_fit
from mfp_stats.cli.imports import run_import
from mfp_stats.cli.options import Json, Survey
from mfp_stats.cli.priors import print_prior_check, print_priors
from mfp_stats.cli.show import run_show
from mfp_stats.cli.simulate import run_simulate
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.project import Project, init_project
from mfp_stats.simulate.truths import DEFAULT_EFFECT, NAMES
from mfp_stats.workflow.api import open_project
from mfp_stats.workflow.erasure import handed_in
from mfp_stats.workflow.prefield.plan import REPLICATES
from mfp_stats.workflow.simulated import Simulation
from mfp_stats.workflow.topics import TOPICS, Topic

app = typer.Typer(
    help=(
        "Model-First Policy: from a survey to what stakeholder groups value, how they think the "
        "world works, and how far they overlap.\n\n"
        "The usual way: mfp init, mfp check, mfp import, mfp fit, mfp show, mfp serve."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.")]) -> None:
    """Make a project: a folder with a small questionnaire to start from.

    Nothing that is already there is overwritten.
    """
    project = init_project(folder)
    output.say(f"Made a project in {project.root}")
    output.say(f"Next: cd {folder}, edit surveys/starter/questionnaire.yaml, mfp check starter")


@app.command()
def check(
    survey: Annotated[
        str, typer.Argument(help="Name of a folder under surveys/, or a questionnaire file.")
    ],
    design: Annotated[
        bool,
        typer.Option(
            "--design",
            help="Find out before fieldwork what these questions and --n people can tell.",
        ),
    ] = False,
    people: Annotated[
        int | None, typer.Option("--n", help="People who will answer, for --design.")
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(
            help="Share of each group, as a=0.3,b=0.7, for --design; if left out, all alike."
        ),
    ] = None,
    effect: Annotated[
        float | None,
        typer.Option(
            help="Gap in acceptance whose cause --design is to tell, 0 to 1; "
            f"{DEFAULT_EFFECT} if left out."
        ),
    ] = None,
    replicates: Annotated[
        int | None,
        typer.Option(
            help="Surveys that --design simulates and fits of each kind; "
            f"{REPLICATES} if left out. More of them narrow what is said."
        ),
    ] = None,
    blocks: Annotated[
        bool,
        typer.Option(
            "--blocks",
            help="Find out too, with --design, which block to lengthen or to shorten.",
        ),
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option(help="Surveys that --design fits at the same time; 1 if left out."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of everything that --design draws.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a questionnaire: every fault with its path, or what the survey can and cannot tell.

    With --design surveys of known truths are simulated and fitted, to say before fieldwork how
    often this design would tell values from models, how wide intervals will be, and what a
    respondent spends. That takes minutes to hours; Ctrl-C stops it, and the same command goes on.
    """
    options = DesignOptions(people, groups, effect, replicates, blocks, processes, seed)
    run_check(survey, design=design, options=options, as_json=as_json)


@app.command("import")
def import_(
    survey: Survey,
    file: Annotated[Path, typer.Argument(help="CSV, Parquet, Excel, SPSS .sav or Stata .dta.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="Mapping file: column to item, code to option, what missing means."),
    ] = None,
    wave: Annotated[str, typer.Option(help="Name of the wave these answers belong to.")] = "1",
    dry_run: Annotated[
        bool, typer.Option(help="Say what would be stored, or why not; store nothing.")
    ] = False,
) -> None:
    """Import somebody's survey export, all of it or nothing.

    Nothing is guessed silently: without a mapping of yours, one is suggested and written to a
    file for you to read, correct and pass back with --mapping. The same file twice adds nothing.
    """
    run_import(survey, file, mapping=mapping, wave=wave, dry_run=dry_run)


@app.command()
def withdraw(
    survey: Survey,
    number: Annotated[
        int, typer.Argument(metavar="IMPORT", help="The import's number, as mfp import printed it.")
    ],
    why: Annotated[str, typer.Option(help="The reason; it is kept and shown with the import.")],
) -> None:
    """Leave an import out from now on, as if it had never been made.

    For a file that was imported by the wrong mapping or by mistake: afterwards it may be imported
    again. Nothing is deleted, the Data page lists the import with its reason, and fits made before
    keep its answers until you fit again.
    """
    with open_project() as workspace:
        workspace.withdraw(survey, number, why=why)
    output.say(f"Import {number} of {survey} is left out from now on.")
    output.say(f"Fits made before still hold it. Next: mfp fit {survey}")


@app.command()
def erase(
    survey: Survey,
    code: Annotated[
        str, typer.Argument(metavar="CODE", help="The receipt code that the respondent was shown.")
    ],
    dry_run: Annotated[
        bool, typer.Option(help="Say whose answers have this code; erase nothing.")
    ] = False,
) -> None:
    """Delete what one respondent handed in by the web form, for good.

    The answers go from the store, its journal and the copies that fits were made from, and are
    refused when they come again. Fits stay and say that answers they may hold were erased. The
    server must be stopped meanwhile, and backups of the project are yours to deal with.
    """
    with open_project() as workspace:
        if dry_run:
            found = handed_in(workspace.store, survey, code)
            output.say(f"{found.receipt} is respondent {found.respondent}, wave {found.wave}.")
            output.say("Nothing was erased: this was a dry run.")
            return
        erasure = workspace.erase(survey, code)
    output.say(f"{erasure.receipt} was erased from {survey} on {erasure.erased:%Y-%m-%d} (UTC).")
    output.say(f"Fits made before may still hold it. Next: mfp fit {survey}")


@app.command()
def simulate(
    survey: Survey,
    people: Annotated[int, typer.Option("--n", min=1, help="Simulated respondents.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed gives the same answers.")] = 1,
    truth: Annotated[
        str | None,
        typer.Option(help=f"Why groups differ, and in nothing else: {', '.join(NAMES)}."),
    ] = None,
    effect: Annotated[
        float | None,
        typer.Option(
            help=f"Gap in acceptance that a truth makes, 0 to 1; without it {DEFAULT_EFFECT}."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Store nothing; write a .csv or .parquet file and its mapping."
        ),
    ] = None,
) -> None:
    """Store simulated answers to a questionnaire, labelled as simulated wherever they show.

    Before going to field they show whether this questionnaire and this number of people can tell
    apart why groups differ. Without a truth, groups differ moderately in everything.
    """
    run_simulate(survey, Simulation(people, seed, truth, effect), file=file)


@app.command()
def fit(
    survey: Survey,
    group: Annotated[
        str | None,
        typer.Option(
            help="Another item than the questionnaire's to group by; or wave, to find out what "
            "changed between waves, values or models."
        ),
    ] = None,
    within: Annotated[
        str | None,
        typer.Option(
            help="Only people of this group of the questionnaire's own, beside another --group."
        ),
    ] = None,
    margins: Annotated[
        Path | None,
        typer.Option(
            help="File of population shares (item: {option: share}) to rake weights to; "
            "default: margins.yaml beside the questionnaire, if there is one; with --within none."
        ),
    ] = None,
    priors: Annotated[
        list[str] | None,
        typer.Option(help="model.prior=value; may be given several times. See --list-priors."),
    ] = None,
    list_priors: Annotated[
        bool, typer.Option("--list-priors", help="Print every prior with its meaning, and stop.")
    ] = False,
    prior_check: Annotated[
        bool,
        typer.Option("--prior-check", help="Show what the priors alone imply, and stop."),
    ] = False,
    draws: Annotated[int, typer.Option(min=1, help="Kept draws a chain.")] = FitSettings().draws,
    tune: Annotated[int, typer.Option(min=1, help="Warm-up draws a chain.")] = FitSettings().tune,
    seed: Annotated[int, typer.Option(help="Seed of the sampler.")] = 1,
) -> None:
    """Infer values, worldviews and overlap from the stored answers.

    With --group wave the waves that people answered in are compared, every answer in its own; with
    --within only one group's people, so that a change is not one of who answered.

    Runs in a process of its own; Ctrl-C cancels. A fit whose diagnostics fail is kept, named as
    failed, and none of its numbers is shown.
    """
    settings = FitSettings(draws=draws, tune=tune, seed=seed)
    if list_priors:
        print_priors()
    elif prior_check:
        print_prior_check(survey, group=group, priors=priors or [])
    else:
        run_fit(
            survey,
            group=group,
            within=within,
            margins=margins,
            priors=priors or [],
            settings=settings,
        )


@app.command("show")
def show_(
    survey: Survey,
    topic: Annotated[
        Topic, typer.Argument(help=" · ".join(f"{k}: {v}" for k, v in TOPICS.items()))
    ],
    fit_id: Annotated[
        str | None, typer.Option("--fit", help="A fit's id; default: newest.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            "--theta",
            help="For surface and search: share of each group that has to accept; for conjoint: "
            "that has to prefer a design to a random proposal. 0.5 if left out.",
        ),
    ] = None,
    coalition: Annotated[
        str | None,
        typer.Option(
            help="For surface, search and conjoint: groups, as a,b; if left out, every coalition, "
            "or all."
        ),
    ] = None,
    levels: Annotated[
        list[str] | None,
        typer.Option(
            help="For search and conjoint: levels that designs may have, as fund=0,2; may be given "
            "several times. Every level that people were asked about if left out."
        ),
    ] = None,
    transmission: Annotated[
        float | None,
        typer.Option(
            help="For map: share of a move that a link as strong as can be passes on, above 0 and "
            "at most 1; 0.5 if left out."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show results of a fit: findings in plain words, then the table. Intervals are 90 %."""
    run_show(
        survey,
        topic,
        fit_id=fit_id,
        as_json=as_json,
        threshold=threshold,
        coalition=coalition,
        levels=levels,
        transmission=transmission,
    )


app.command()(cruxes)
app.add_typer(forecast.app, name="forecast")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Port = 8501,
    survey: Annotated[
        list[str] | None,
        typer.Option(
            help="Survey to open to respondents, repeatable; without it all that are fielded."
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Host name under which respondents reach this server, repeatable."),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="A reverse proxy on this machine forwards to --port. Only questionnaires are "
            "there then, those named by --survey; the dashboard is on the next port, of this "
            "machine alone, to which nothing may forward. The proxy must pass Host on, as --name "
            "has it, and set X-Forwarded-For and X-Forwarded-Proto, which are believed.",
        ),
    ] = False,
) -> None:
    """Serve the dashboard at / and the questionnaires to respondents at /s/SURVEY."""
    from mfp_stats.serve import run  # noqa: PLC0415 (Streamlit takes a second to import)

    project = Project.open()
    run(project, host=host, port=port, surveys=survey, hosts=name or (), behind_proxy=behind_proxy)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to put the demo project.")] = Path("mfp-demo"),
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop after the findings.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the findings and tables there.")
    ] = None,
    people: Annotated[int, typer.Option("--n", min=30, help="Simulated respondents.")] = 400,
    port: Port = 8501,
) -> None:
    """Simulate a survey, fit it, print what it finds and serve the app: the whole flow at once."""
    run_demo(folder, people=people, json_file=json_file, serve_after=not no_serve, port=port)
