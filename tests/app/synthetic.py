"""A saved fit with made-up numbers in the real format, so that pages can be shown without one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
import xarray as xr

from mfp_stats.fitting.checks import Check, GateResult
from mfp_stats.fitting.loader import load_model
from mfp_stats.fitting.saved import FitRecord, Step, Table, save_fit
from mfp_stats.fitting.settings import FitSettings
from mfp_stats.questionnaire.model import Questionnaire, Role, say
from tests.app.synthetic_causal_map import causal_map_tables
from tests.app.synthetic_conjoint import conjoint_tables
from tests.app.synthetic_experience import experience_tables
from tests.app.synthetic_responses import response_tables
from tests.app.synthetic_updating import updating_rows

TOY = "from mfp_stats.fitting import model\n@model(title='Toy')\ndef toy(data): ...\n"
PASSED = GateResult(
    (
        Check("chains", 4, 4, True),
        Check("r_hat", 1.004, 1.01, True, "importance share: neighbours, nature"),
        Check("bulk_ess", 812, 400, True, "importance share: industry, low_bills"),
        Check("divergences", 0, 0, True),
    )
)
FAILED = GateResult(
    (
        Check("chains", 4, 4, True),
        Check("r_hat", 1.31, 1.01, False, "share of worldview 2", "Take twice the draws."),
        Check("divergences", 17, 0, False, "", "Set target_accept to 0.95 or higher."),
    )
)
STEPS = ("values_revealed", "values_claimed", "worldviews", "responses")
#: Names of the groups that are too small to be shown.
SUPPRESSED = ("other_residents",)


def synthetic_tables(
    questionnaire: Questionnaire,
    *,
    sizes: Mapping[str, int],
    seed: int = 1,
    by_version: bool = False,
) -> list[Table]:
    """Return the tables of a fit with plausible, made-up estimates.

    ``sizes`` is the people in each group by the group's name; at or below the questionnaire's
    floor a group appears in ``group_sizes`` only, without its number. With ``by_version`` values
    and overlap are kept by version, as fits of both versions keep them.
    """
    rng = np.random.default_rng(seed)
    shown = [g for g in questionnaire.groups if sizes.get(g.name, 0) > questionnaire.floor]
    groups = [(g.name, say(g.label), sizes[g.name]) for g in shown]
    values, overlap = _values(questionnaire, groups, rng), _overlap(groups, rng)
    return [
        *_versions("values", values, apart=by_version),
        *_versions("overlap", overlap, apart=by_version),
        Table("overlap_differences", _differences(overlap), STEPS[:2]),
        Table("worldviews", _worldviews(groups, rng), STEPS[2:3]),
        Table("worldview_beliefs", _beliefs(questionnaire, rng), STEPS[2:3]),
        Table("worldview_models", _models(), STEPS[2:3]),
        *(
            Table(name, frame, STEPS[2:3])
            for name, frame in experience_tables(questionnaire, NAMES).items()
        ),
        *(
            Table(name, frame, STEPS[2:3])
            for name, frame in causal_map_tables(questionnaire, groups, NAMES).items()
        ),
        *(
            Table(f"{name}-plans", frame, STEPS[2:3])
            for name, frame in conjoint_tables(groups, NAMES).items()
        ),
        Table("updating-briefing", updating_rows(NAMES), STEPS[2:3]),
        *(
            Table(name, frame, STEPS[3:])
            for name, frame in response_tables(questionnaire, groups, rng).items()
        ),
        Table("group_sizes", _sizes(questionnaire, sizes)),
        Table("unavailable", _unavailable()),
    ]


def _versions(name: str, frame: pl.DataFrame, *, apart: bool) -> list[Table]:
    """Return a table, or one for each version: each then rests on a step of its own."""
    if not apart:
        return [Table(name, frame, STEPS[:2])]
    steps = {"revealed": STEPS[:1], "claimed": STEPS[1:2], "perceived": STEPS[3:]}
    return [
        Table(f"{name}_{version}", frame.filter(version=version), steps[version])
        for version in frame["version"].unique(maintain_order=True)
    ]


def save_synthetic(
    fits: Path,
    questionnaire: Questionnaire,
    *,
    fit_id: str = "20260102T030405Z-0a1b2c",
    sizes: Mapping[str, int] | None = None,
    failed: Sequence[str] = (),
    simulated: bool = True,
    tables: Sequence[Table] | None = None,
    by_version: bool = False,
    more: Mapping[str, object] | None = None,
) -> Path:
    """Save a fit of made-up numbers; ``failed`` names the steps whose checks failed.

    ``more`` holds further entries of its manifest.
    """
    if sizes is None:
        names = [g.name for g in questionnaire.groups]
        sizes = {name: 143 - 17 * k for k, name in enumerate(names)} | dict.fromkeys(SUPPRESSED, 7)
    model_file = fits.parent / "toy.py"
    fits.mkdir(parents=True, exist_ok=True)
    model_file.write_text(TOY)
    model = load_model(model_file)
    steps = [
        Step(name, model, {}, {"spread": 1.0}, FitSettings(), _draws(), _gate(name, failed))
        for name in STEPS
    ]
    record = FitRecord(
        id=fit_id,
        survey=questionnaire.survey,
        questionnaire=questionnaire.hash,
        data="0" * 64,
        group=None,
        simulated=simulated,
        seed=1,
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        more={"notes": [], **(more or {})},
    )
    if tables is None:
        tables = synthetic_tables(questionnaire, sizes=sizes, by_version=by_version)
    return save_fit(fits, record, steps, tables)


def _gate(name: str, failed: Sequence[str]) -> GateResult:
    return FAILED if name in failed else PASSED


def _draws() -> xr.DataTree:
    posterior = xr.Dataset({"share": (("chain", "draw"), np.zeros((4, 2)))})
    statistics = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((4, 2), dtype=bool))})
    statistics.attrs = {"compile_seconds": 6.5, "sampling_seconds": 31.25}
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": statistics})


def _around(rng: np.random.Generator, mean: float, width: float) -> dict[str, float]:
    """Return a mean with its interval, within 0 and 1."""
    low, high = width * rng.uniform(0.7, 1.3, 2)
    return {"mean": mean, "q05": max(0.0, mean - low), "q95": min(1.0, mean + high)}


def _values(questionnaire: Questionnaire, groups, rng: np.random.Generator) -> pl.DataFrame:
    common = rng.dirichlet(np.linspace(2, 9, len(questionnaire.values)))
    rows = []
    for version in ("revealed", "claimed"):
        flat = 0.5 if version == "claimed" else 0.0
        for weighting in ("unweighted", "weighted"):
            for k, (name, label, n) in enumerate(groups):
                shares = rng.dirichlet(60 * common) * (1 - flat) + flat / len(common)
                first = shares.argmax()
                for j, (value, option) in enumerate(questionnaire.values.items()):
                    rows.append(
                        {
                            "version": version,
                            "weighting": weighting,
                            "group": name,
                            "group_label": label,
                            "n": n,
                            "effective_n": 0.9 * n if weighting == "weighted" else float(n),
                            "value": value,
                            "value_label": say(option.label),
                            **_around(rng, float(shares[j]), 0.025),
                            "top_probability": (0.95 if k else 0.6)
                            if j == first
                            else 0.02 + 0.1 * (j == (first + 1) % len(common)) * (k == 0) * 3,
                        }
                    )
    return pl.DataFrame(rows)


def _overlap(groups, rng: np.random.Generator) -> pl.DataFrame:
    means = [0.843, 0.967, 0.918, 0.889, 0.935, 0.978, 0.801, 0.951, 0.874, 0.925]
    rows = []
    for version in ("revealed", "claimed", "perceived"):
        for weighting in ("unweighted", "weighted"):
            for k, (a, b) in enumerate(combinations(groups, 2)):
                mean = means[k % len(means)] + {"claimed": 0.02, "perceived": -0.15}.get(version, 0)
                mean += 0.004 if weighting == "weighted" else 0
                wide = 0.010 if k % 3 < 2 else 0.035
                normalised, raw = _around(rng, mean, wide), _around(rng, mean * 0.71, wide)
                rows.append(
                    {
                        **dict(zip(("group_a", "group_a_label", "n_a"), a, strict=True)),
                        **dict(zip(("group_b", "group_b_label", "n_b"), b, strict=True)),
                        "version": version,
                        "weighting": weighting,
                        **{f"raw_{k}": v for k, v in raw.items()},
                        **{f"normalised_{k}": v for k, v in normalised.items()},
                    }
                )
    return pl.DataFrame(rows)


def _differences(overlap: pl.DataFrame) -> pl.DataFrame:
    if overlap.is_empty():
        return overlap
    names = ["group_a", "group_a_label", "group_b", "group_b_label", "weighting"]
    pairs = overlap.select(names).unique(maintain_order=True).to_dicts()
    return pl.DataFrame(
        [
            {**pair, "mean": mean, "q05": mean - 0.015, "q95": mean + 0.015}
            | {"probability_positive": min(0.99, 0.5 + 0.3 * k), "difference": kind}
            for kind, far in (("claimed_revealed", 0.02), ("perceived_revealed", -0.06))
            for k, pair in enumerate(pairs)
            for mean in [far * k]
        ]
    )


NAMES = (
    "Electricity and water bills in this region will rise · Companies keep their promises: no",
    "New jobs will mostly go to people who live here · AI will help medicine",
)


def _worldviews(groups, rng: np.random.Generator) -> pl.DataFrame:
    everyone = ("", "Everyone", sum(n for *_, n in groups))
    rows = []
    for weighting in ("unweighted", "weighted"):
        for k, (group, label, n) in enumerate([everyone, *groups]):
            first = 0.58 if k == 0 else float(np.clip(0.25 + 0.22 * k, 0.05, 0.9))
            for number, share in enumerate((first, 1 - first)):
                rows.append(
                    {
                        "worldview": number + 1,
                        "name": NAMES[number],
                        "group": group,
                        "group_label": label,
                        "n": n,
                        "weighting": weighting,
                        **_around(rng, share, 0.05),
                    }
                )
    return pl.DataFrame(rows)


def _beliefs(questionnaire: Questionnaire, rng: np.random.Generator) -> pl.DataFrame:
    items = [i for i in questionnaire.with_role(Role.BELIEF, Role.CONSEQUENCE) if i.options][:14]
    rows = []
    for number, name in enumerate(NAMES):
        for rank, item in enumerate(items):
            option = item.options[-1 if (rank + number) % 2 else 0]
            everyone = float(rng.uniform(0.2, 0.5))
            mean = float(np.clip(everyone + 0.3 - 0.02 * rank, 0, 1))
            about = _around(rng, mean, 0.06)
            rows.append(
                {
                    "worldview": number + 1,
                    "name": name,
                    "indicator": item.name,
                    "label": say(item.label),
                    "category": option.name,
                    "category_label": say(option.label),
                    **about,
                    "everyone_mean": everyone,
                    "distinctiveness": mean - everyone,
                    "rank": rank + 1,
                    **{f"difference_{k}": x - everyone for k, x in about.items()},
                }
            )
    return pl.DataFrame(rows)


def _models() -> pl.DataFrame:
    rows = [
        ("one_class", 1, -5210.4, 41.2, -96.1, 14.0, 0, False, False),
        ("two_classes", 2, -5114.3, 40.8, 0.0, 0.0, 1, True, True),
        ("three_classes", 3, -5116.9, 40.9, -2.6, 3.1, 2, False, False),
        ("continuum", 0, -5131.0, 41.0, -16.7, 8.8, 0, False, False),
    ]
    names = ("model", "classes", "elpd", "se", "elpd_difference", "difference_se")
    frame = pl.DataFrame(rows, schema=[*names, "high_pareto_k", "chosen", "shown"], orient="row")
    return frame.with_columns(verdict=pl.lit("worldviews"), at_limit=pl.lit(value=False))


def _sizes(questionnaire: Questionnaire, sizes: Mapping[str, int]) -> pl.DataFrame:
    rows = [
        {
            "group": g.name,
            "group_label": say(g.label),
            "n": n if (n := sizes.get(g.name, 0)) > questionnaire.floor else None,
            "suppressed": n <= questionnaire.floor,
        }
        for g in questionnaire.groups
    ]
    return pl.DataFrame(rows, schema_overrides={"n": pl.Int64})


def _unavailable() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "quantity": ["How priorities change", "Whether beliefs follow support"],
            "why": ["everyone answered once", "the order was not randomised"],
            "add": ["Ask the same people again in a second wave.", "Add an arm to the blocks."],
        }
    )
