"""How a model is sampled."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Self

from mfp_stats.errors import Fault, ModelError

#: Fewest chains that the gate accepts.
MIN_CHAINS: Final = 4
#: Most draws, and most tuning draws, of a chain: more than any memory holds is a slip of the hand.
MOST_DRAWS: Final = 1_000_000


def _cores() -> int:
    return MIN_CHAINS if (os.cpu_count() or 1) > 1 else 1


@dataclass(frozen=True, slots=True)
class FitSettings:
    """Settings of one run of the sampler, checked when made.

    Parameters
    ----------
    chains
        Independent chains, at least 4: fewer cannot be judged.
    draws
        Draws kept of each chain, at most a million.
    tune
        Draws of each chain before that, for adaptation; thrown away. At most a million.
    seed
        Seed of all randomness: same data, model, settings and library versions give the same
        draws.
    cores
        Chains that run at the same time, a thread each; default all 4, also on two cores, where
        otherwise one is idle while the last chain ends. The draws do not depend on it.
    target_accept
        Acceptance probability that the step size is adapted to; nearer to 1 is slower and
        diverges less.
    maxtreedepth
        Most doublings of a trajectory, so at most ``2 ** maxtreedepth`` gradients a draw.
    progress_seconds
        Time between two progress reports, and so the longest wait of a cancellation.

    Raises
    ------
    ModelError
        A setting is out of its range; all faults.
    """

    chains: int = 4
    draws: int = 1000
    tune: int = 500
    seed: int = 1
    cores: int = field(default_factory=_cores)
    target_accept: float = 0.8
    maxtreedepth: int = 10
    progress_seconds: float = 0.5

    def __post_init__(self) -> None:
        wrong = [
            (name, what)
            for name, what, holds in (
                ("chains", f"must be a whole number from {MIN_CHAINS}", self.chains >= MIN_CHAINS),
                ("draws", "must be at least as many as the chains", self.draws >= self.chains),
                ("draws", f"must be at most {MOST_DRAWS:,}", self.draws <= MOST_DRAWS),
                ("tune", f"must lie between 1 and {MOST_DRAWS:,}", 1 <= self.tune <= MOST_DRAWS),
                ("seed", "must lie between 0 and 2**63 - 1", 0 <= self.seed < 2**63),
                ("cores", "must be a whole number from 1", self.cores >= 1),
                ("target_accept", "must lie between 0.5 and 1", 0.5 <= self.target_accept < 1),
                ("maxtreedepth", "must lie between 1 and 15", 1 <= self.maxtreedepth <= 15),
                ("progress_seconds", "must be positive", self.progress_seconds > 0),
            )
            if not holds
        ]
        wrong += [
            (name, "must be a whole number")
            for name in ("chains", "draws", "tune", "seed", "cores", "maxtreedepth")
            if not isinstance(getattr(self, name), int)
        ]
        if wrong:
            raise ModelError(
                [Fault(name, f"is {getattr(self, name)!r} but {what}") for name, what in wrong],
                about="settings of the fit",
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make settings from plain values; absent ones get their defaults.

        Raises
        ------
        ModelError
            A name is no setting, or a value is out of its range.
        """
        known = tuple(cls.__dataclass_fields__)
        faults = [Fault(name, "is no setting", known=known) for name in values if name not in known]
        if faults:
            raise ModelError(faults, about="settings of the fit")
        return cls(**values)
