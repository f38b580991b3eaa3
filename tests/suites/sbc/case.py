"""One model's simulation-based calibration: what a case is, and how one replicate of it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from mfp_stats.design.data import ModelData
from mfp_stats.fitting.convergence import bulk_ess, split_rhat
from mfp_stats.fitting.loader import LoadedModel, load_model
from mfp_stats.fitting.settings import FitSettings
from tests.suites.provenance import ROOT, case_digest, model_digest
from tests.suites.sbc.prior import Values
from tests.suites.sbc.reuse import Arrays, Reusable, arrays

type Floats = NDArray[np.float64]

#: Different ranks: one more than the posterior draws that a true value is ranked among.
BINS: Final = 100
#: Ranked in every case: sensitive to whatever the other quantities do not show.
DENSITY: Final = "log density"
#: One try after the other, until one passes the checks or there is none left.
TRIES: Final = (
    FitSettings(draws=250, tune=250, cores=1),
    FitSettings(draws=1000, tune=500, cores=1, target_accept=0.95),
)
MAX_RHAT: Final = 1.05


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """A survey drawn from parameters."""

    data: ModelData
    #: What was drawn on the way and is ranked too: name to (dims, array), added to the truth.
    latent: Mapping[str, tuple[tuple[str, ...], Floats]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """How to calibrate one model file.

    Parameters
    ----------
    name
        Names its suite: ``sbc-<name>``.
    model
        The file, ``models/<model>.py``.
    title
        One sentence for the report.
    design
        Everything of the simulated surveys but the answers: people, groups, what is asked. The
        same every time, with placeholders for answers of the shape that answers have.
    simulate
        From parameters (a posterior of one draw: free variables and Deterministics) and the
        design to a survey, by numpy alone: no code of ``mfp_stats.likelihoods`` that the model
        uses to compute a probability.
    ranked
        Names of the quantities that are ranked; the log density of the model comes on top.
    drawn
        From a posterior and a survey to these quantities, a flat array (chains one after the
        other) each. Only what stays as it is when labels without a meaning are permuted.
    true
        The same of the truth, which has the form of a posterior of one draw.
    settings
        Sizes and whatever else makes rows comparable.
    options
        Of the model file's function.
    start
        Where the chains start, as in the product; None: the sampler's usual point.
    pad
        Brings a survey's arrays to one shape for all surveys, without changing the density.
    reuse
        Whether one compiled model serves all surveys: answers enter the model as data, not as
        constants. A small test of each case finds out.
    """

    name: str
    model: str
    title: str
    design: Callable[[], ModelData]
    simulate: Callable[[xr.Dataset, ModelData, np.random.Generator], Simulated]
    ranked: tuple[str, ...]
    drawn: Callable[[xr.Dataset, ModelData], Mapping[str, Floats]]
    true: Callable[[xr.Dataset, ModelData], Mapping[str, Floats]]
    settings: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    start: Callable[[ModelData], Mapping[str, Floats] | None] = lambda data: None
    pad: Callable[[Arrays, ModelData], Arrays] = lambda found, data: found
    reuse: bool = True

    def all_settings(self) -> dict[str, Any]:
        """Return all that makes rows comparable, the code included."""
        simulator = getattr(self.simulate, "func", self.simulate).__module__
        place = ROOT / Path(*simulator.split(".")).with_suffix(".py")
        return {
            **self.settings,
            **self.options,
            "draws": [settings.draws for settings in TRIES],
            "tune": [settings.tune for settings in TRIES],
            "bins": BINS,
            "ranked": [*self.ranked, DENSITY],
            "model": model_digest(ROOT / "models" / f"{self.model}.py"),
            "case": case_digest(place),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """One draw of everything: parameters, and a survey from them."""

    parameters: Values  #: the free variables
    truth: xr.Dataset  #: they and all that follows, in the form of a posterior of one draw
    data: ModelData
    model: pm.Model  #: built for this survey
    held: Arrays  #: the arrays that the model makes of it, padded


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A case ready to run: its model is compiled."""

    case: Case
    loaded: LoadedModel
    reusable: Reusable
    tries: tuple[FitSettings, ...] = TRIES
    bins: int = BINS

    @classmethod
    def of(cls, case: Case) -> Self:
        """Load, build and compile a case's model."""
        loaded = load_model(ROOT / "models" / f"{case.model}.py")
        model = loaded.build(case.design(), **case.options)
        return cls(case, loaded, Reusable.of(model, constant=not case.reuse))

    def survey(self, seed: int) -> Survey:
        """Draw parameters and a survey from them."""
        prior, options = self.reusable.prior, self.case.options
        parameters = prior.draw(seed)
        rng = np.random.default_rng(seed)
        simulated = self.case.simulate(prior.everything(parameters), self.case.design(), rng)
        built = self.loaded.build(simulated.data, **options)
        held = self.case.pad(arrays(built), simulated.data)
        self.reusable.hold(held)
        latent = {
            name: (("chain", "draw", *dims), array[None, None])
            for name, (dims, array) in simulated.latent.items()
        }
        truth = prior.everything(parameters).assign(latent)
        return Survey(parameters, truth, simulated.data, built, held)

    def __call__(self, seed: int) -> dict[str, Any]:
        """Run one replicate.

        Returns
        -------
        dict
            ``ranks`` of the ranked quantities; ``ess`` and ``r_hat``, the worst over them;
            ``divergences``; ``short``, the checks that the draws do not pass; ``draws`` a chain.
        """
        survey = self.survey(seed)
        if not self.case.reuse:
            own = self.reusable.compiled_for(survey.model)
            return replace(self, reusable=own)._rank(survey, seed)
        return self._rank(survey, seed)

    def _rank(self, survey: Survey, seed: int) -> dict[str, Any]:
        true = dict(self.case.true(survey.truth, survey.data))
        true[DENSITY] = np.array([self.reusable.log_density(survey.parameters, survey.held)])
        for settings in self.tries:
            drawn, found = self._fit(survey, replace(settings, seed=seed))
            if not found["short"]:
                break
        rng = np.random.default_rng([seed, 1])
        names = (*self.case.ranked, DENSITY)
        ranks = [rank(drawn[name], float(true[name].item()), self.bins, rng) for name in names]
        return {"ranks": ranks, **found}

    def _fit(
        self, survey: Survey, settings: FitSettings
    ) -> tuple[dict[str, Floats], dict[str, Any]]:
        tree = self.reusable.sample(survey.held, settings, self.case.start(survey.data))
        statistics = tree["sample_stats"].to_dataset()
        drawn = dict(self.case.drawn(tree["posterior"].to_dataset(), survey.data))
        drawn[DENSITY] = statistics["logp"].transpose("chain", "draw").values.ravel()
        divergences = int(statistics["diverging"].sum())
        array = np.stack([x.reshape(settings.chains, -1) for x in drawn.values()], axis=2)
        return drawn, {**self._quality(array, divergences), "draws": settings.draws}

    def _quality(self, draws: Floats, divergences: int) -> dict[str, Any]:
        """Judge the draws (chain, draw, quantity) of all ranked quantities together."""
        ess, r_hat = float(bulk_ess(draws).min()), float(split_rhat(draws).max())
        checks = {
            # Ranks want draws that are nearly independent, and chains that agree.
            "ess": ess >= self.bins,
            "r_hat": r_hat <= MAX_RHAT,
            "divergences": divergences == 0,
        }
        short = [name for name, passed in checks.items() if not passed]
        return {"ess": ess, "r_hat": r_hat, "divergences": divergences, "short": short}


def rank(draws: Floats, true: float, bins: int, rng: np.random.Generator) -> int:
    """Return how many of ``bins − 1`` evenly spaced draws lie below the true value.

    Equal ones count as below or above by chance.

    Raises
    ------
    ValueError
        The true value or a draw is not finite.
    """
    if not (np.isfinite(true) and np.isfinite(draws).all()):
        raise ValueError("a quantity is not finite")
    thinned = draws[np.linspace(0, len(draws) - 1, bins - 1).round().astype(int)]
    equal = int((thinned == true).sum())
    return int((thinned < true).sum() + rng.integers(equal + 1))
