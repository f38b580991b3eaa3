"""Made-up tables on people's record: the same shift at each step of one question."""

from typing import Any

import polars as pl

from mfp_stats.questionnaire.model import Questionnaire, Role, say

#: What the second worldview gains from one answer to the next.
STEP = 0.08


def experience_tables(
    questionnaire: Questionnaire, names: tuple[str, str]
) -> dict[str, pl.DataFrame]:
    """Return the tables ``experience`` and ``experience_contrasts``."""
    rows, ends = [], []
    for item in questionnaire.with_role(Role.EXPERIENCE):
        head = {"item": item.name, "item_label": say(item.label)}
        labels = [say(option.label) or option.name for option in item.options]
        middle = (len(labels) - 1) / 2
        for weighting in ("unweighted", "weighted"):
            for k, (option, label) in enumerate(zip(item.options, labels, strict=True)):
                for worldview, sign in ((1, -1), (2, 1)):
                    apart = sign * STEP * (k - middle)
                    rows.append(
                        {"weighting": weighting, **head, "kind": "ordinal"}
                        | {"level": option.name, "level_label": label, "n": 40}
                        | {"worldview": worldview, "name": names[worldview - 1]}
                        | _around(0.5 + apart)
                        | _around(apart, "apart_")
                        | {"probability_more": float(apart > 0)}
                    )
            for worldview, sign in ((1, -1), (2, 1)):
                ends.append(
                    {"weighting": weighting, **head}
                    | {"low_label": labels[0], "high_label": labels[-1]}
                    | {"worldview": worldview, "name": names[worldview - 1]}
                    | _around(2 * sign * STEP * middle)
                    | {"probability_more": float(sign > 0)}
                )
    return {"experience": pl.DataFrame(rows), "experience_contrasts": pl.DataFrame(ends)}


def _around(mean: float, head: str = "") -> dict[str, Any]:
    return {f"{head}mean": mean, f"{head}q05": mean - 0.06, f"{head}q95": mean + 0.06}
