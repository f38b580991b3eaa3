"""Priorities are compared only between people who weighed the same values."""

import numpy as np
import xarray as xr

from mfp_stats.design import build_model_data
from mfp_stats.quantities.values import offered_all, summarise_values
from mfp_stats.workflow.task import Task
from mfp_stats.workflow.values import _unlike
from tests.questionnaires import all_roles, sheet_of

Q = all_roles()
VALUES = tuple(Q.values)
PEOPLE = 12


def ranked(places: list[int]) -> dict[str, int]:
    return {f"order|{v}": p for v, p in zip(VALUES, places, strict=True)}


def three_waves():
    """The first wave's version lacked a value."""
    rng = np.random.default_rng(1)
    fewer = [{"relation": 0, **ranked([*rng.permutation(4) + 1, -1])} for _ in range(PEOPLE)]
    more = [[{"relation": 0, **ranked([*rng.permutation(5) + 1])} for _ in range(PEOPLE)]
            for _ in range(2)]  # fmt: skip
    sheets = [sheet_of(Q, rows, wave=str(k)) for k, rows in enumerate([fewer, *more], start=1)]
    return build_model_data(sheets[0].vstack(sheets[1]).vstack(sheets[2]), Q, group="wave")


def test_whoever_was_not_offered_a_value_has_no_shares_beside_others() -> None:
    data = three_waves()
    assert offered_all(data).tolist() == [False, True, True]
    rng = np.random.default_rng(2)
    shape = (2, 10, len(data.respondents), len(VALUES))
    posterior = xr.Dataset(
        {
            "v": (("chain", "draw", "respondents", "values"), rng.normal(size=shape)),
            "mu": (("chain", "draw", "groups", "values"), rng.normal(size=(2, 10, 3, 5))),
        }
    )
    found = summarise_values(posterior, data, version="revealed", floor=10)
    assert found.tables["values"]["group"].unique().sort().to_list() == ["2", "3"]
    assert found.tables["overlap"].select("group_a_label", "group_b_label").rows() == [
        ("Wave 2", "Wave 3")
    ]


def test_why_is_said() -> None:
    (note,) = _unlike(Task(three_waves(), Q, None, {}, {}, None))
    assert note.startswith("“Wave 1” was not offered “Quiet neighbourhoods” among the values")
