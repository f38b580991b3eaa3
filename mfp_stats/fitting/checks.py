"""What the gate said: checks with their values, and whether results may be shown. No PyMC here."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any, Final, Self

from mfp_stats.errors import ChecksFailed, Fault, MfpError

#: The check that a step fails which ended without results: 1 where there are some, else 0.
OUTCOME: Final = "outcome"
#: Said above what failed, where checks are shown.
CHECKS_FAILED: Final = "Checks failed: what rests on them is not shown."
#: What each check looks at, in words.
_WORDS: Final[Mapping[str, str]] = {
    "chains": "number of chains",
    "finite": "quantities with draws that are no numbers",
    "varies": "quantities that are the same in every draw",
    "r_hat": "R-hat",
    "bulk_ess": "bulk effective sample size",
    "tail_ess": "tail effective sample size",
    "modes": "distance of a chain from the others",
    "divergences": "divergences",
    "e_bfmi": "E-BFMI",
}
#: Checks whose bound is the least that is needed; of the others it is the most that is allowed.
_LEAST: Final = ("chains", "bulk_ess", "tail_ess", "e_bfmi")
_TRY: Final = "Fit again with another seed or more draws; if it stays so, use a simpler model."


@dataclass(frozen=True, slots=True)
class Check:
    """One condition on a fit.

    Parameters
    ----------
    check
        Its name: chains, finite, varies, r_hat, bulk_ess, tail_ess, modes, divergences or e_bfmi;
        of a step that ended without results, outcome.
    value
        What was found; the worst over all quantities. NaN where it could not be computed.
    threshold
        The bound that ``value`` has to keep.
    passed
        Whether it did.
    worst
        The quantity that ``value`` belongs to, in plain words; empty for checks of the whole run.
    advice
        What is wrong and what to do about it; empty where passed.
    """

    check: str
    value: float
    threshold: float
    passed: bool
    worst: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether the results of one step of a fit may be shown, and why not.

    Parameters
    ----------
    checks
        Every check, in a fixed order.
    """

    checks: tuple[Check, ...]

    @property
    def shown(self) -> bool:
        """Whether every check passed, of which there must be at least one."""
        return bool(self.checks) and all(check.passed for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def faults(self, step: str) -> list[Fault]:
        """Return each failed check as a fault of ``step``; none where results may be shown."""
        where = step_words(step)
        return [Fault(where, _what_failed(check), fix=check.advice) for check in self.failed]

    def require(self, step: str) -> None:
        """Let pass what may be shown.

        Raises
        ------
        ChecksFailed
            A check failed; a fault each.
        """
        if not self.shown:
            unchecked = Fault(step_words(step), "was never checked")
            raise ChecksFailed(self.faults(step) or unchecked)

    def and_no_results(self, failure: MfpError) -> "GateResult":
        """Return these checks and one more that failed, since the step ended with ``failure``."""
        why = "; ".join(str(fault) for fault in failure.faults)
        return GateResult((*self.checks, Check(OUTCOME, 0.0, 1.0, False, "", f"{why}. {_TRY}")))

    def rows(self, step: str) -> list[dict[str, Any]]:
        """Return the rows of the table ``diagnostics``."""
        return [{"step": step, **asdict(check)} for check in self.checks]

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Undo :meth:`rows` for the rows of one step; a null value, as in JSON, is NaN."""
        return cls(tuple(_check(row) for row in rows))


def failures(rows: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """Return the failed checks among rows of the table ``diagnostics``, as refusals name them."""
    return [fault for row in rows for fault in GateResult.from_rows([row]).faults(row["step"])]


def step_words(step: str) -> str:
    """Return the name of a step of a fit as a reader is told it."""
    return step.replace("_", " ")


def _check(row: Mapping[str, Any]) -> Check:
    fields = {name: row[name] for name in Check.__dataclass_fields__}
    if fields["value"] is None:
        fields["value"] = float("nan")
    return Check(**fields)


def _what_failed(check: Check) -> str:
    if check.check == OUTCOME:
        return "it ended without results"
    name = _WORDS.get(check.check, step_words(check.check))
    found = "no number" if isnan(check.value) else f"{check.value:.4g}"
    where = f" at {check.worst}" if check.worst else ""
    bound = "at least {} is needed" if check.check in _LEAST else "at most {} is allowed"
    return f"{name} {found}{where}, where {bound.format(f'{check.threshold:.4g}')}"
