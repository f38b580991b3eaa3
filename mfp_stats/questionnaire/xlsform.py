"""Keys of XLSForm that a questionnaire file does without, and what says the same here."""

from collections.abc import Mapping
from typing import Final

#: Key -> what to write instead. Read as keys of ours they would promise what no form keeps.
INSTEAD: Final[Mapping[str, str]] = {
    "constraint": (
        "Write bounds of a number as minimum and maximum, of how many may be chosen as "
        "min_choices and max_choices, and a condition on earlier answers as relevant."
    ),
    "constraint_message": (
        "Leave it out: the form says what is wrong from minimum, maximum, min_choices and "
        "max_choices, in each language."
    ),
    "appearance": (
        "Leave it out: a question looks as its type asks; split a block in two to part its pages."
    ),
    "parameters": (
        "Write randomize as randomise_options: true of the block, and start and end as minimum "
        "and maximum; other parameters have no counterpart."
    ),
}
