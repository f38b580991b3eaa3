"""How far a fit has come: plain values that the sampler reports and the web process reads."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ChainProgress:
    """How far one chain has come.

    Parameters
    ----------
    chain
        0-based.
    draws
        Draws done, adaptation included.
    total
        Draws to do, adaptation included.
    tuning
        Whether it still adapts.
    divergences
        Diverging draws so far, those during adaptation included.
    step_size
        Current step size of the integrator; 0 before the first draw.
    """

    chain: int
    draws: int
    total: int
    tuning: bool
    divergences: int
    step_size: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Undo :meth:`to_dict`."""
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far all chains of one run have come.

    Parameters
    ----------
    chains
        One entry a chain.
    elapsed
        Seconds since the sampler started.
    """

    chains: tuple[ChainProgress, ...]
    elapsed: float

    @property
    def fraction(self) -> float:
        """Share of all draws that are done, 0 to 1."""
        total = sum(chain.total for chain in self.chains)
        return sum(chain.draws for chain in self.chains) / total if total else 0.0

    @property
    def divergences(self) -> int:
        """Diverging draws of all chains so far."""
        return sum(chain.divergences for chain in self.chains)

    @property
    def eta(self) -> float | None:
        """Seconds until the last draw at the pace so far; None before a tenth of them is done.

        The first draws of a chain are the slowest, so that an earlier guess says little.
        """
        if self.fraction < 0.1:
            return None
        return self.elapsed * (1 - self.fraction) / self.fraction

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {"elapsed": self.elapsed, "chains": _plain(self.chains)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Undo :meth:`to_dict`."""
        chains = tuple(ChainProgress.from_dict(chain) for chain in values["chains"])
        return cls(chains, values["elapsed"])


def _plain(chains: Sequence[ChainProgress]) -> list[dict[str, Any]]:
    return [chain.to_dict() for chain in chains]
