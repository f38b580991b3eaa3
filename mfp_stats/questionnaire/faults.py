"""Gather every fault of one document, each with its path, line and the nearest right word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from mfp_stats.errors import Fault, QuestionnaireError

#: Where something stands in a document: ``("blocks", 3, "items", 1, "scale")``.
Path = tuple[str | int, ...]


def show(path: Path) -> str:
    """Return a path as people write it: ``blocks[3].items[1].scale``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(slots=True)
class Faults:
    """The faults of one document found so far.

    Parameters
    ----------
    about
        The document's name: a file, or whatever the caller calls it.
    lines
        Line of each path, where the document came from a file.
    """

    about: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    def add(self, path: Path, what: str, *, known: Iterable[str] = (), fix: str = "") -> None:
        """Add a fault at a path; the path's line is appended to what to do."""
        line = self._line(path)
        words = [fix] if fix else []
        words += [f"See line {line}."] if line else []
        fault = Fault(show(path), what, known=tuple(known), fix=" ".join(words))
        if fault not in self.found:
            self.found.append(fault)

    def unknown(self, path: Path, kind: str, name: str, known: Iterable[str]) -> None:
        """Add the fault that ``name`` is no ``kind``, with the nearest name that is one."""
        known = tuple(known)
        near = get_close_matches(name, known, n=1)
        fix = f"Did you mean {near[0]!r}?" if near else ""
        what = f"unknown {kind} {name!r}" if known else f"unknown {kind} {name!r}; none is defined"
        self.add(path, what, known=known, fix=fix)

    def stop_if_any(self) -> None:
        """Raise all faults found, if any.

        Raises
        ------
        QuestionnaireError
            At least one fault was found.
        """
        if self.found:
            raise QuestionnaireError(self.found, about=self.about)

    def _line(self, path: Path) -> int | None:
        """Return the line of the path, else of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None
