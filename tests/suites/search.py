"""The suite of the search: surveys whose proposals act through attributes, fitted for real.

In every replicate, what people expect of a proposal follows from its attributes, by worldview, with
a part that does not, small or large; six of the 24 designs are asked about. The survey is fitted as
the product does, searched, and held against the acceptance that all 24 designs have in the whole
population.

The number of worldviews is taken as known, as in the acceptance suite. A row has ``designs``,
``front`` (how many are on it), ``on_front`` (whether the best in truth is), ``regret`` (of the
design that comes first, a share) with ``regret_low`` and ``regret_high`` as stated, ``betters``
(in truth, the best new design minus the best fielded one), ``confirmed`` (true gains over the best
fielded one of the designs marked for the next wave), and ``covered``: intervals of new designs'
acceptance that hold the truth, and all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
from scipy.special import expit

from mfp_stats.design import build_model_data
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.quantities.search.front import front_of
from mfp_stats.quantities.search.space import DesignSpace
from mfp_stats.quantities.search.sweep import Scores, enumerate_designs
from mfp_stats.quantities.search.tables import TABLES, design_model, design_space
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.questionnaire.model import say
from mfp_stats.simulate import Truth, simulate_survey
from mfp_stats.simulate.acceptance import accept_cuts, draw_group
from mfp_stats.simulate.base import base_population
from mfp_stats.workflow.prefield.rows import CLASSES, DRAWS, MODELS, TUNE
from tests.suites.acceptance import fit
from tests.suites.intervals import share_words
from tests.suites.provenance import ROOT, code_digest, model_digest
from tests.suites.rows import Row
from tests.suites.suite import Cell, Figure, Replicate, Suite, grid, outcomes

#: Surveys of each size and lack.
SIZES: Final = {900: 12}
THRESHOLD: Final = 0.5
#: Sd over designs of what an attribute does to a consequence or signal that all expect, and of how
#: far worldviews and groups differ in it. In logits.
EFFECT, APART, OWN = 0.5, 0.35, 0.1
#: Sd of what attributes do not explain, in sds of what one of them does.
LACKS: Final = (0.2, 0.6)
PEOPLE: Final = 20_000
#: What makes designs and their acceptance out of draws.
CODE: Final = (
    "fitting.conditioning",
    *(
        f"quantities.{name}"
        for name in ("expected", "gaps", "memberships", "population", "response_draws")
    ),
    *(
        f"quantities.search.{name}"
        for name in (
            *("acceptance", "draws", "effects", "front", "links", "own"),
            *("space", "sweep", "tables"),
        )
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class Designed:
    """A truth of the proposals fielded, and who accepts every design there is."""

    truth: Truth
    space: DesignSpace
    accepts: np.ndarray  #: (designs, G) in the order of the space


def space_of(questionnaire: Questionnaire) -> DesignSpace:
    proposals = questionnaire.interventions
    described = {name: x.attributes for name, x in proposals.items()}
    return DesignSpace.of(described, {name: say(x.label) for name, x in proposals.items()})


def designed_truth(questionnaire: Questionnaire, seed: int, *, lack: float = LACKS[0]) -> Designed:
    """Draw a truth in which expectations and signals follow from attributes, but for the lack."""
    space = space_of(questionnaire)
    base = base_population(questionnaire, seed=seed, classes=CLASSES).truth
    rng = np.random.default_rng((seed, 17))
    code = space.code(space.designs())
    fielded = space.numbers(space.proposal_levels)
    groups, classes = len(base.groups), len(base.classes)

    def linked(rows: int, columns: int, scale: float, other: float) -> np.ndarray:
        """Return what follows from attributes, (rows, designs, columns)."""
        b = scale * rng.standard_normal((rows, code.shape[1], columns))
        b[:, 0] *= 0.5
        return code @ b + other * rng.standard_normal((1, len(code), columns))

    def parts(columns: int) -> tuple[np.ndarray, np.ndarray]:
        means = linked(1, columns, EFFECT, lack * EFFECT) + linked(classes, columns, APART, 0.0)
        return means, linked(groups, columns, OWN, 0.0)

    consequences, signals = parts(len(base.values)), parts(len(base.signals))
    residual = linked(groups, 1, 0.15, 0.0)[:, :, 0]
    everything = replace(
        base,
        interventions=tuple(f"design_{k}" for k in range(space.size)),
        class_shares=rng.dirichlet(np.full(classes, 3.0), groups),
        value_means=base.value_means + 0.3 * _centred(rng.standard_normal(base.value_means.shape)),
        consequence_means=consequences[0],
        consequence_deviations=consequences[1],
        signal_means=signals[0],
        signal_deviations=signals[1],
        residuals=residual - residual.mean(axis=0),
        intercepts=rng.normal(0.2, 0.2) + linked(1, 1, 0.15, 0.05)[0, :, 0],
    )
    cut = float(np.nanmean(accept_cuts(questionnaire, base)))
    accepts = np.stack(
        [
            expit(draw_group(everything, g, people=PEOPLE, seed=seed).support - cut).mean(axis=0)
            for g in range(groups)
        ],
        axis=1,
    )
    only = replace(
        everything,
        interventions=base.interventions,
        consequence_means=everything.consequence_means[:, fielded],
        consequence_deviations=everything.consequence_deviations[:, fielded],
        signal_means=everything.signal_means[:, fielded],
        signal_deviations=everything.signal_deviations[:, fielded],
        residuals=everything.residuals[:, fielded],
        intercepts=everything.intercepts[fielded],
    )
    return Designed(only, space, accepts)


def _centred(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(numbers - numbers.mean(axis=1, keepdims=True))


def prepare(cell: Cell) -> Replicate:
    """Return what runs the replicates of one size and lack."""
    questionnaire = load(ROOT / "tests" / "search" / "designs")
    n, lack = int(cell.options["n"]), float(cell.options["lack"])
    return partial(replicate, questionnaire, n, lack)


def replicate(questionnaire: Questionnaire, n: int, lack: float, seed: int) -> dict[str, Any]:
    """Simulate, fit and search one survey."""
    designed = designed_truth(questionnaire, seed, lack=lack)
    simulated = simulate_survey(questionnaire, designed.truth, n=n, seed=seed)
    data = build_model_data(simulated.sheet, questionnaire)
    found = fit(data, questionnaire, FitSettings(draws=DRAWS, tune=TUNE, seed=seed, cores=1))
    if found.failed:
        return {"refused": found.failed}
    tables = {name: found.table(name) for name in TABLES}
    labels = dict(zip(data.groups, data.group_labels, strict=True))
    space = design_space(tables["search_proposals"])
    drawn = found.table("acceptance_draws")
    model = design_model(tables, space, drawn, labels, "unweighted")
    order = [designed.truth.groups.index(name) for name in model.groups]
    return held_against(enumerate_designs(model, space, THRESHOLD), designed.accepts[:, order])


def held_against(scores: Scores, accepts: np.ndarray) -> dict[str, Any]:
    """Hold a search of all designs against who accepts each in truth, (designs, G)."""
    front = front_of(scores)
    worst = accepts.min(axis=1)
    fielded = scores.proposal >= 0
    low, high = np.quantile(front.regret[0], [0.05, 0.95])
    drawn = scores.accepts(np.flatnonzero(~fielded))
    ends = np.quantile(drawn, [0.05, 0.95], axis=1)
    inside = (ends[0] <= accepts[~fielded]) & (accepts[~fielded] <= ends[1])
    marked = front.which[front.confirm]
    return {
        "designs": len(scores.levels),
        "front": front.size,
        # Every proposal fielded is told of, also those that are not on the front.
        "on_front": bool(worst.argmax() in front.which[front.on_front]),
        "regret": float(worst.max() - worst[front.which[0]]),
        "regret_low": float(low),
        "regret_high": float(high),
        "betters": float(worst[~fielded].max() - worst[fielded].max()),
        "confirmed": [float(gain) for gain in worst[marked] - worst[fielded].max()],
        "covered": [int(inside.sum()), int(inside.size)],
    }


def summarise(rows: Sequence[Row]) -> list[Figure]:
    """Set the rows against what issue and method ask for, each lack by itself and together."""
    found = outcomes(rows)
    for lack in LACKS:
        inside = [row for row in rows if row.cell == f"n=900 lack={lack}"]
        found += _figures(inside, f"lack {lack}: ", SIZES[900])
    return [*found, *_figures(rows, "both: ", SIZES[900] * len(LACKS))]


def _figures(rows: Sequence[Row], head: str, planned: int) -> list[Figure]:
    """Return the figures of one lack, or of both."""
    done = [row.shown for row in rows if row.shown]
    enough = len(rows) >= planned
    on = sum(r["on_front"] for r in done)
    covers = sum(r["regret_low"] <= r["regret"] <= r["regret_high"] + 1e-6 for r in done)
    inside, of = (sum(r["covered"][k] for r in done) for k in (0, 1))
    gains = [gain for r in done for gain in r["confirmed"]]
    true = sum(gain > 0 for gain in gains)
    if not done:
        return []
    fronts = float(np.mean([r["front"] / r["designs"] for r in done]))
    ends = [float(np.mean([r[f"regret_{end}"] for r in done])) for end in ("low", "high")]
    return [
        Figure(
            head + "the best design in truth lies on the front",
            share_words(on, len(done)),
            "≥ 90 %",
            on >= 0.9 * len(done) if enough else None,
        ),
        Figure(
            head + "the stated regret covers the true one",
            share_words(covers, len(done)),
            "≥ 85 %",
            covers >= 0.85 * len(done) if enough else None,
        ),
        # What these say depends on how much is on a front, and how wide an interval is.
        Figure(head + "share of all designs that are on the front", f"{fronts:.2f}", "", None),
        Figure(
            head + "stated regret, mean ends of the 90 % interval",
            f"{ends[0]:.2f}–{ends[1]:.2f}",
            "",
            None,
        ),
        Figure(
            head + "90 % intervals that hold the truth: acceptance of designs nobody saw",
            share_words(inside, of),
            "≥ 85 %",
            inside >= 0.85 * of if enough else None,
        ),
        Figure(
            head + "designs marked for the next wave that better all fielded",
            share_words(true, len(gains)),
            "",
            None,
        ),
    ]


def suites() -> tuple[Suite, ...]:
    """Return the one suite; its rows are comparable while models and settings stay the same."""
    one = Suite(
        name="search",
        title="Designs of proposals: the best in truth on the front, honest regret.",
        cells=grid(lambda options: SIZES[int(options["n"])], n=SIZES, lack=LACKS),
        settings={
            "draws": DRAWS,
            "tune": TUNE,
            "classes": CLASSES,
            "threshold": THRESHOLD,
            "sds": [EFFECT, APART, OWN],
            "models": {m: model_digest(ROOT / "models" / f"{m}.py") for m in MODELS},
            "code": code_digest(*CODE),
        },
        prepare=prepare,
        summarise=summarise,
        limit_s=3600.0,
    )
    return (one,)
