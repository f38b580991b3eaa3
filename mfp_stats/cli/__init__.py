"""The ``mfp`` command: thin calls into the library, with help texts that teach.

Ends with exit code 0 on success, 2 on a user's mistake, 1 on a fault of ours.
"""

import sys

from mfp_stats.cli.commands import app
from mfp_stats.errors import MfpError

__all__ = ["main"]


def main() -> None:
    """Run ``mfp``; print a library error as its own words instead of a traceback."""
    try:
        app(prog_name="mfp")
    except MfpError as error:
        print(error, file=sys.stderr)  # noqa: T201 (rich would wrap paths and break copying)
        sys.exit(error.exit_code)
