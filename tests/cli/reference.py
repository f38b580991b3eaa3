"""The command reference, from the program's own help: ``python -m tests.cli.reference``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from mfp_stats.cli.commands import app

FILE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"

HEAD = """\
# Commands

Written by `python -m tests.cli.reference` from the program's own help (`mfp COMMAND --help`).

Exit codes: 0 done; 2 something to put right in what was given (a file, a name, a setting), with
every fault named; 1 a fit that failed or was cancelled, or results that may not be shown.
`--json` prints records on stdout and nothing else; messages go to stderr. Keys of what `mfp show`
prints: [json.md](json.md).
"""


def reference() -> str:
    """Return every command with its arguments and options, as Markdown."""
    commands: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    return "\n".join(
        [HEAD, *(line for name in commands for line in _command(name, commands[name]))]
    )


def _group(name: str, group: Any) -> Iterator[str]:
    for inner, command in group.commands.items():
        yield from _command(f"{name} {inner}", command)


def _command(name: str, command: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        yield from _group(name, command)
        return
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = ["mfp", name, *(_shown(p) for p in arguments)]
    yield f"## `{' '.join(usage)}`\n"
    yield command.help.strip() + "\n"
    yield from (f"- `{_shown(p)}`: {p.help}" for p in arguments)
    yield from (f"- `{p.opts[0]}`: {p.help or ''}{_default(p)}" for p in options)
    yield ""


def _shown(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def _default(option: Any) -> str:
    if option.is_flag or option.default in (None, ()):
        return ""
    return f" Default: {option.default}."


if __name__ == "__main__":
    FILE.write_text(reference(), encoding="utf-8")
