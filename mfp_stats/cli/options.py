"""Arguments and options that several commands have."""

from typing import Annotated

import typer

Survey = Annotated[str, typer.Argument(help="Name of a folder under surveys/.")]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON list of flat records.")]
