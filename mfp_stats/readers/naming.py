"""How users name the options of reading: each part that reads files has its own way."""

import re
from dataclasses import dataclass
from typing import Final

from mfp_stats.readers.table import ReadOptions

#: An option's name in braces, as readers write it where they cannot know how it is given.
_OPTION: Final = re.compile(f"{{({'|'.join(ReadOptions.model_fields)})}}")
#: The same of a column that wants another name, by its position.
_RENAME: Final = re.compile(r"{rename (\d+)}")


@dataclass(frozen=True, slots=True)
class Naming:
    """Where options of reading are given; ``{}`` stands for the option, or a column's position."""

    place: str  #: its path, in front of a fault
    way: str  #: what follows "name it", in a remedy
    rename: str  #: what follows "give the column a name"

    def in_place(self, where: str) -> str:
        """Return where a fault is, options by their paths."""
        return _OPTION.sub(lambda found: self.place.replace("{}", found[1]), where)

    def in_words(self, text: str) -> str:
        """Return a remedy or note that says how options are given."""
        text = _RENAME.sub(lambda found: self.rename.replace("{}", found[1]), text)
        return _OPTION.sub(lambda found: self.way.replace("{}", found[1]), text)


IN_MAPPING: Final = Naming(
    "file.{}", "under file: {} in the mapping", "in the mapping: file: {rename: {{}: new_name}}"
)
AS_OPTION: Final = Naming("--{}", "with --{}", "with --rename {}=new_name")
