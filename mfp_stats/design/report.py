"""What happened on the way from answers to arrays: notes for readers, faults that stop the fit."""

from dataclasses import dataclass, field

from mfp_stats.errors import DesignError, Fault


@dataclass(slots=True)
class Report:
    """Collects notes and faults of one build, so that all are told at once."""

    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep a sentence about something that could not be used."""
        self.notes.append(text)

    def fault(self, fault: Fault) -> None:
        """Keep something that makes the fit impossible."""
        self.faults.append(fault)

    def stop_at_faults(self, survey: str) -> None:
        """Raise all faults found so far, if there are any.

        Raises
        ------
        DesignError
            With every fault.
        """
        if self.faults:
            raise DesignError(self.faults, about=f"survey {survey!r}")


def people(n: int) -> str:
    """Return a count of people in words: "1 person", "12 people"."""
    return "1 person" if n == 1 else f"{n} people"
