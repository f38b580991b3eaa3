"""Report what has the wrong shape in a file, and keep the rest so that it can be checked too."""

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from mfp_stats.questionnaire.faults import Faults, Path
from mfp_stats.questionnaire.file import QuestionnaireFile
from mfp_stats.questionnaire.shape_faults import inside, report

_SECTIONS: Final = (
    *("values", "concepts", "interventions", "signals", "scales", "arms"),
    "information",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file of the right shape, less what was broken.

    ``broken`` names the things left out, so that references to them are not faults of their own;
    ``lost`` counts them by kind: values, languages, blocks, group.
    """

    file: QuestionnaireFile
    broken: frozenset[str] = frozenset()
    broken_blocks: frozenset[int] = frozenset()
    lost: Counter[str] = field(default_factory=Counter)


def check_shape(tree: dict[str, Any], faults: Faults) -> Draft | None:
    """Return the file, adding a fault for everything that has the wrong shape.

    Parameters
    ----------
    tree
        The document as plain texts, see :mod:`mfp_stats.questionnaire.yaml_tree`.
    faults
        Where faults are added.

    Returns
    -------
    Draft or None
        None where nothing can be kept.
    """
    rest = _Rest(copy.deepcopy(tree))
    for _ in range(4):
        try:
            file = QuestionnaireFile.model_validate(rest.tree)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                if not (detail["type"] == "missing" and detail["loc"] in rest.removed):
                    report(tree, detail, faults)
            for detail in error.errors(include_url=False):
                rest.remove(detail)
        else:
            return Draft(file, frozenset(rest.broken), frozenset(rest.blocks), rest.lost)
    return None


class _Rest:
    """The document, from which what is broken is taken piece by piece."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.broken: set[str] = set()
        self.blocks: set[int] = set()
        self.removed: set[Path] = set()
        self.lost: Counter[str] = Counter()

    def remove(self, detail: ErrorDetails) -> None:
        """Take out the key at fault, or stand in for the whole entry where it is needed."""
        loc = detail["loc"]
        entry = loc[: self._depth(loc)]
        if entry[1:2] and entry[1] in self.blocks:
            return  # the whole block was replaced
        holder = self._at(entry)
        if isinstance(holder, dict) and loc[2:] == ("block",):
            holder["block"] = f"broken_{loc[1]}"
            return
        for key in loc[len(entry) : len(entry) + 1]:
            if detail["type"] != "missing" and isinstance(holder, dict) and key in holder:
                self._lose(entry, holder, str(key))
                return
        self._stand_in(entry)

    def _depth(self, loc: Path) -> int:
        """Return how many steps lead to the entry (value, scale, block, item) around a fault."""
        if not loc or loc[0] not in (*_SECTIONS, "blocks") or len(loc) == 1:
            return 0
        return 4 if loc[0] == "blocks" and loc[2:3] == ("items",) and len(loc) > 3 else 2

    def _at(self, path: Path) -> object:
        place: object = self.tree
        for step in path:
            place = inside(place, step)
        return place

    def _stand_in(self, entry: Path) -> None:
        match entry:
            case (str(section), str(name)):
                self.broken.add(name)
                self.lost[section] += 1
                self.tree[section].pop(name, None)
            case (_, int(i)):
                self._break_block(i)
            case (_, int(i), _, int(j)):
                self._lose_item(self._at(entry), f"broken_{i}_{j}")
                self.tree["blocks"][i]["items"][j] = _note(f"broken_{i}_{j}")
            case _:
                self._complete()

    def _lose(self, entry: Path, holder: dict[str, object], key: str) -> None:
        """Take out a key; a label or role is replaced, for its absence is no second fault."""
        del holder[key]
        self.removed.add((*entry, key))
        self.lost[key] += not entry
        if key == "label":
            holder["label"] = "label"
        elif entry[:1] == ("blocks",) and len(entry) == 2 and _generates_by(key, holder):
            self._stand_in(entry)
        elif key == "role":
            self.lost["group"] += 1
            holder["role"] = "covariate"

    def _break_block(self, i: int) -> None:
        given = self._at(("blocks", i, "items"))
        for item in given if isinstance(given, list) else [None]:
            self._lose_item(item, f"broken_{i}")
        self.lost["blocks"] += 1
        self.lost["group"] += inside(self._at(("blocks", i)), "role") == "group"
        self.blocks.add(i)
        self.tree["blocks"][i] = _broken_block(i)

    def _lose_item(self, given: object, stand_in: str) -> None:
        self.broken |= {str(inside(given, "name")), stand_in}
        self.lost["group"] += inside(given, "role") == "group"

    def _complete(self) -> None:
        self.tree.setdefault("survey", "unnamed")
        self.tree.setdefault("title", "untitled")
        if "blocks" not in self.tree:
            self.tree["blocks"] = [None]
            self._break_block(0)
            self.lost["group"] += 1


def _generates_by(key: str, block: Mapping[str, object]) -> bool:
    """Whether a block that lost a key can no longer be known to generate anything."""
    return key == "attributes" or (key == "role" and "items" not in block)


def _note(name: str) -> dict[str, str]:
    return {"name": name, "type": "note", "label": name}


def _broken_block(i: int) -> dict[str, Any]:
    return {"block": f"broken_{i}", "items": [_note(f"broken_{i}")]}
