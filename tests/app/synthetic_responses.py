"""Made-up tables of what the responses tell: gaps, acceptance, signals, divergence, perception."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np
import polars as pl

from mfp_stats.quantities.signal_tables import signal_ends
from mfp_stats.questionnaire.model import Questionnaire, say
from tests.app.synthetic_forecasts import left_out_frames
from tests.app.synthetic_search import search_frames

CAUSES = ("values", "models", "signals", "residual", "dependence")
WEIGHTINGS = ("unweighted", "weighted")
#: Verdicts of the interventions, in turn, and how far apart the groups then lie.
TURNS = (
    ("models", 0.34),
    ("values", 0.30),
    ("cannot_tell", 0.12),
    ("no_gap", 0.01),
    ("signals", 0.36),
    ("residual", 0.28),
)
POOLED_LABEL = "All proposals together"

type Group = tuple[str, str, int]
type Names = Sequence[tuple[str, str]]
type Ends = Mapping[tuple[str, str], Mapping[str, str]]


def response_tables(
    questionnaire: Questionnaire, groups: Sequence[Group], rng: np.random.Generator
) -> dict[str, pl.DataFrame]:
    """Return every table that rests on responses; empty ones where nothing was proposed."""
    proposals = [(name, say(x.label)) for name, x in questionnaire.interventions.items()]
    values = [(name, say(v.label)) for name, v in questionnaire.values.items()]
    signals = [(name, say(s.label)) for name, s in questionnaire.signals.items()]
    ends = signal_ends(questionnaire)
    share = _shares(groups, proposals)
    made: dict[str, Iterator[dict[str, Any]]] = {
        "gap": _gap(groups, proposals, share, rng),
        "acceptance": _acceptance(groups, proposals, share),
        "signals": _signals(groups, proposals, signals, ends),
        "signal_worldviews": _signal_worldviews(proposals, signals, ends),
        "signal_pairs": _signal_pairs(groups, proposals, signals, ends),
        "divergence": _divergence(groups, proposals, values, rng),
        "perception": _perception(groups, proposals, values, rng),
    }
    frames = {
        name: pl.DataFrame(list(rows), infer_schema_length=None) for name, rows in made.items()
    }
    frames |= {"acceptance_draws": _draws(groups, proposals, share, rng)}
    frames |= left_out_frames(groups, proposals, share)
    return frames | search_frames(questionnaire, groups, share)


def estimate(name: str, mean: float, half: float) -> dict[str, float]:
    """Return the three columns of an estimate."""
    return {f"{name}_mean": mean, f"{name}_q05": mean - half, f"{name}_q95": mean + half}


def nothing(name: str) -> dict[str, None]:
    """Return the three columns of an estimate that there is not."""
    return dict.fromkeys((f"{name}_mean", f"{name}_q05", f"{name}_q95"))


def _shares(groups: Sequence[Group], proposals: Names) -> dict[tuple[str, str], float]:
    """Return who accepts what: the first group the least, the last the most."""
    found = {}
    for x, (name, _) in enumerate(proposals):
        _, far = TURNS[x % len(TURNS)]
        low = (0.32, 0.30, 0.44, 0.20 if x % 2 else 0.70, 0.30, 0.66)[x % 6]
        for k, (group, *_rest) in enumerate(groups):
            found[name, group] = low + far * k / max(1, len(groups) - 1)
    return found


def pair(one: Group, other: Group) -> dict[str, Any]:
    """Return the columns of a pair of groups."""
    return {
        **dict(zip(("group_a", "group_a_label", "n_a"), one, strict=True)),
        **dict(zip(("group_b", "group_b_label", "n_b"), other, strict=True)),
    }


def of_group(group: Group) -> dict[str, Any]:
    """Return the columns of one group."""
    return dict(zip(("group", "group_label", "n"), group, strict=True))


def _of(proposal: tuple[str, str]) -> dict[str, str]:
    return {"intervention": proposal[0], "intervention_label": proposal[1]}


def gap_row(
    proposal: tuple[str, str], one: Group, other: Group, low: float, gap: float, verdict: str
) -> dict[str, Any]:
    """Return one row of the table ``gap`` in which the verdict's cause carries most of the gap."""
    carried = dict.fromkeys(CAUSES, 0.07 * gap)
    carried[verdict if verdict in CAUSES else "models"] += 0.65 * gap
    row = {**_of(proposal), **pair(one, other)}
    pooled = proposal[0] == "pooled"
    row |= nothing("support_a") if pooled else estimate("support_a", low, 0.04)
    row |= nothing("support_b") if pooled else estimate("support_b", low + gap, 0.04)
    row |= estimate("gap", gap, 0.05)
    for cause, part in carried.items():
        row |= estimate(cause, part, 0.05 if verdict == "cannot_tell" else 0.03)
        row |= {f"{cause}_order_low": part - 0.02, f"{cause}_order_high": part + 0.03}
        row |= estimate(f"{cause}_from_a", part + 0.01, 0.03)
        row |= estimate(f"{cause}_from_b", part - 0.01, 0.03)
        credible = abs(gap) > 0.05
        share = f"{cause}_share"
        row |= estimate(share, part / gap, 0.17) if credible else nothing(share)
    named = verdict in CAUSES
    return row | {
        "verdict": verdict,
        "verdict_probability": 0.97 if named or verdict == "no_gap" else 0.62,
        "leading": verdict if named else "models",
        **nothing("implied"),
        **nothing("randomised"),
        "disagreement_probability": None,
        "checked_probability": None,
        "warning": "",
        "pooled_warning": "",
        "split_form": "full",
        "observed_gap": gap + 0.01,
        "observed_gap_se": 0.03,
    }


def _gap(
    groups: Sequence[Group],
    proposals: Names,
    share: dict[tuple[str, str], float],
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS if proposals else ():
        for at, (one, other) in enumerate(combinations(groups, 2)):
            for x, proposal in enumerate(proposals):
                verdict, _ = TURNS[x % len(TURNS)]
                low = share[proposal[0], one[0]]
                far = share[proposal[0], other[0]] - low + float(rng.normal(0, 0.004))
                row = gap_row(proposal, one, other, low, far, verdict)
                # No verdict stands beside a warning that doubts it.
                warned = verdict == "cannot_tell"
                row |= estimate("randomised", 0.01 if warned else 0.7 * row["models_mean"], 0.06)
                row |= estimate("implied", row["models_mean"], 0.04)
                row |= {"disagreement_probability": 0.96 if warned else 0.2}
                row |= {"checked_probability": 0.95 if verdict == "models" else 0.1}
                row |= {"warning": "rationalised" if warned else ""}
                yield {"weighting": weighting, **row}
            verdict = ("models", "cannot_tell", "no_gap")[at % 3]
            far = 0.01 if verdict == "no_gap" else 0.22
            pooled = gap_row(("pooled", POOLED_LABEL), one, other, 0.4, far, verdict)
            yield {"weighting": weighting, **pooled}


def _acceptance(
    groups: Sequence[Group], proposals: Names, share: dict[tuple[str, str], float]
) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS:
        for proposal in proposals:
            for group in groups:
                accepts = estimate("accepts", share[proposal[0], group[0]], 0.04)
                yield {"weighting": weighting, **_of(proposal), **of_group(group), **accepts}


def _draws(
    groups: Sequence[Group],
    proposals: Names,
    share: dict[tuple[str, str], float],
    rng: np.random.Generator,
    draws: int = 400,
) -> pl.DataFrame:
    parts = [
        pl.DataFrame(
            {
                "weighting": weighting,
                "draw": pl.Series(range(draws), dtype=pl.Int32),
                "intervention": name,
                "group": group,
                "accepts": np.clip(rng.normal(share[name, group], 0.024, draws), 0, 1),
            }
        )
        for weighting in WEIGHTINGS
        for name, _ in proposals
        for group, *_rest in groups
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def _tells(x: int, q: int, k: int) -> float:
    """Return what a proposal signals to a group: alike for most, opposite for some."""
    return (0.9, -0.7, 0.15)[(x + q) % 3] * (1 - 0.9 * k if (x + q) % 2 else 1)


def _signals(
    groups: Sequence[Group], proposals: Names, signals: Names, ends: Ends
) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS:
        for x, proposal in enumerate(proposals):
            for q, (signal, label) in enumerate(signals):
                for k, group in enumerate(groups):
                    mean = _tells(x, q, k)
                    yield {
                        "weighting": weighting,
                        **_of(proposal),
                        "signal": signal,
                        "signal_label": label,
                        "zero": "neutral",
                        **ends[proposal[0], signal],
                        "group": group[0],
                        "group_label": group[1],
                        **estimate("tells", mean, 0.3),
                        "probability_positive": float(np.clip(0.5 + mean, 0.01, 0.99)),
                    }


def _signal_worldviews(proposals: Names, signals: Names, ends: Ends) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS:
        for x, proposal in enumerate(proposals):
            for q, (signal, label) in enumerate(signals):
                for worldview in (1, 2):
                    mean = _tells(x, q, 2 * worldview - 2)
                    yield {
                        "weighting": weighting,
                        **_of(proposal),
                        "signal": signal,
                        "signal_label": label,
                        "zero": "neutral",
                        **ends[proposal[0], signal],
                        "worldview": worldview,
                        **estimate("tells", mean, 0.3),
                        "probability_positive": float(np.clip(0.5 + mean, 0.01, 0.99)),
                    }


def _signal_pairs(
    groups: Sequence[Group], proposals: Names, signals: Names, ends: Ends
) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS:
        for x, proposal in enumerate(proposals):
            for q, (signal, label) in enumerate(signals):
                for (i, one), (j, other) in combinations(enumerate(groups), 2):
                    a, b = _tells(x, q, i), _tells(x, q, j)
                    yield {
                        "weighting": weighting,
                        **_of(proposal),
                        "signal": signal,
                        "signal_label": label,
                        "zero": "neutral",
                        **ends[proposal[0], signal],
                        **pair(one, other),
                        **estimate("difference", b - a, 0.4),
                        "probability_opposite": 0.97 if a * b < -0.3 else 0.4 * (abs(a) < 0.3),
                    }


def _divergence(
    groups: Sequence[Group], proposals: Names, values: Names, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS if proposals else ():
        for one, other in combinations(groups, 2):
            cells = [(p, v) for p in proposals for v in values]
            swaps = np.sort(rng.exponential(0.02, len(cells)))[::-1]
            order = rng.permutation(len(cells))
            for rank, at in enumerate(order):
                proposal, (value, label) = cells[at]
                apart = 30 * swaps[rank]
                middle = rng.normal(0, 0.3)
                yield {
                    "weighting": weighting,
                    **pair(one, other),
                    **_of(proposal),
                    "value": value,
                    "value_label": label,
                    "zero": "neutral",
                    **estimate("expects_a", middle - apart / 2, 0.25),
                    **estimate("expects_b", middle + apart / 2, 0.25),
                    **estimate("difference", apart, 0.3),
                    **estimate("swap", float(swaps[rank]), 0.015),
                    "rank": rank + 1,
                }


def _perception(
    groups: Sequence[Group], proposals: Names, values: Names, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    for weighting in WEIGHTINGS if proposals else ():
        for guesser, guessed in permutations(groups, 2):
            who = dict(zip(("guesser", "guesser_label"), guesser[:2], strict=True))
            who |= dict(zip(("guessed", "guessed_label"), guessed[:2], strict=True))
            head = {"weighting": weighting, **who, "n": guesser[2]}
            actual = rng.dirichlet(np.linspace(4, 12, len(values)))
            guess = 0.5 * actual + 0.5 * rng.dirichlet(np.linspace(12, 4, len(values)))
            for k, (value, label) in enumerate(values):
                of = {"value": value, "value_label": label}
                yield {**head, **of, **_NONE, **_guess(guess[k], actual[k], 0.1)}
            for k, proposal in enumerate(proposals[:2]):
                of = {"value": None, "value_label": None}
                yield {**head, **of, **_of(proposal), **_guess(0.3 + 0.4 * k, 0.6, 0.5)}


_NONE = {"intervention": None, "intervention_label": None}


def _guess(guess: float, actual: float, apart: float) -> dict[str, float]:
    """Return the estimates of one guess; it is mistaken where it is far off."""
    far = float(np.clip(0.5 + (guess - actual) / apart, 0.02, 0.97))
    return {
        **estimate("guess", float(guess), 0.02),
        **estimate("actual", float(actual), 0.02),
        **estimate("difference", float(guess - actual), 0.03),
        "overrated_probability": far,
        "underrated_probability": 0.97 - far + 0.02,
    }
