"""The ``mfp`` command: thin calls into the library, with help texts that teach.

Ends with exit code 0 on success, 2 on a user's mistake, 1 on a fault of ours.
"""

import sys

from mfp_stats.errors import MfpError

__all__ = ["main"]


def main() -> None:
    """Run ``mfp``; end on a library error in its own words, and on Ctrl-C, without a traceback."""
    try:
        from mfp_stats.cli.commands import app  # noqa: PLC0415 (loads for a second: Ctrl-C may come)

        app(prog_name="mfp")
    except KeyboardInterrupt:
        sys.exit(130)
    except MfpError as error:
        print(error, file=sys.stderr)  # noqa: T201 (rich would wrap paths and break copying)
        sys.exit(error.exit_code)
