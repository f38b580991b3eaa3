"""Ways in of other parts' tests: the command line, and a page as a reader opens it."""

from tests.app.conftest import open_page
from tests.cli.conftest import mfp

__all__ = ["mfp", "open_page"]
