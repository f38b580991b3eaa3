"""What follows from a map when a concept is pushed, and whether it is what people say themselves.

Made from the tables that a fit keeps, for any transmission; draw by draw, so that what a map
implies and what people of the same worldview said are compared under the same posterior draw.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from mfp_stats.design.data import Floats, Ints
from mfp_stats.errors import ChoiceError, Fault
from mfp_stats.quantities.causal_map.what_if import (
    SETTLES,
    link_matrix,
    reachable,
    reached,
    settles,
    spectral_radius,
    strongest_loop,
    total_effects,
)
from mfp_stats.quantities.response_rows import estimate, frame_of

#: Tables that are made, there even where nothing is in them.
TABLES: Final = ("map_worldviews", "map_effects", "map_proposals")
#: Times the transmission asked for (never above 1) at which a sign, or a disagreement, has to hold
#: as well.
VARIED: Final = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Map:
    """One worldview's map in every draw. S draws, K concepts, L links, X proposals."""

    worldview: int
    name: str
    links: Ints  #: (L, 2)
    strength: Floats  #: (S, L)
    moves: Floats  #: (X, K)
    said: Mapping[tuple[int, int], Floats]  #: proposal and concept to answers (S,)

    def matrix(self, transmission: float) -> Floats:
        """Return what passes from each concept to each, (S, K, K)."""
        return link_matrix(transmission * self.strength, self.links, self.moves.shape[1])

    def total(self, transmission: float) -> Floats | None:
        """Return total effects (S, K, K); None where the map does not settle."""
        matrix = self.matrix(transmission)
        if not settles(spectral_radius(matrix, self.links)):
            return None
        return total_effects(matrix)

    def varied(self, transmission: float) -> list[Floats]:
        """Return total effects at other transmissions, of those at which the map settles."""
        others = {min(1.0, times * transmission) for times in VARIED}
        return [found for t in others if (found := self.total(t)) is not None]


def implied(tables: Mapping[str, pl.DataFrame], transmission: float) -> dict[str, pl.DataFrame]:
    """Return what follows from each worldview's map.

    Parameters
    ----------
    tables
        ``map_links`` and those of :data:`mfp_stats.quantities.causal_map.tables.SOURCES`.
    transmission
        Share of a move, above 0 and at most 1, that a link as strong as can be passes on.

    Returns
    -------
    dict of polars.DataFrame
        ``map_worldviews``: a row a worldview, whether it ``settles`` so that what-ifs have
        numbers, the share of draws that do not (``unsettled_share``), that in which a push grows
        without end (``endless_share``; the rest of the former is too near to tell), its strongest
        loop, and whether that is its only one. ``map_effects``: a row a
        worldview and two concepts between which links make a way, ``total_mean`` … in units of
        the push, with ``probability_positive`` and the least and the most of it over other
        transmissions (``VARIED``). ``map_proposals``: a row a worldview, proposal and concept that
        it acts on by links, whether it is ``pushed`` by the proposal itself too, so that what is
        implied holds that assumption, ``implied_mean`` … and, where people were asked,
        ``said_mean`` …, the probability that the two have opposite signs, and the least of these
        over other transmissions.

    Raises
    ------
    ChoiceError
        The transmission is no such share.
    """
    if not 0 < transmission <= 1:
        what = f"is {transmission:g}, but must be above 0 and at most 1"
        raise ChoiceError(Fault("transmission", what))
    if tables["map_links"].is_empty():
        return {name: pl.DataFrame() for name in TABLES}
    concepts = tables["map_concepts"].rows()
    moves = tables["map_moves"]
    proposals = moves.select("intervention", "intervention_label").unique(maintain_order=True)
    maps = list(_maps(tables))
    return {
        "map_worldviews": frame_of([_worldview(m, transmission, concepts) for m in maps]),
        "map_effects": frame_of([r for m in maps for r in _effects(m, transmission, concepts)]),
        "map_proposals": frame_of(
            [r for m in maps for r in _proposals(m, transmission, concepts, proposals.rows())]
        ),
    }


def _maps(tables: Mapping[str, pl.DataFrame]) -> Iterator[_Map]:
    places = {name: k for k, name in enumerate(tables["map_concepts"]["concept"])}
    proposals, pushed = _pushed(tables["map_moves"], places)
    named = tables["map_links"].select("worldview", "name").unique(maintain_order=True)
    links = tables["map_links"].select("cause", "effect").unique(maintain_order=True).rows()
    for worldview, name in named.rows():
        drawn = _by_key(tables["map_draws"], worldview, ("cause", "effect"), "strength")
        said = _by_key(tables["map_said_draws"], worldview, ("intervention", "concept"), "said")
        yield _Map(
            worldview,
            name,
            np.array([(places[c], places[e]) for c, e in links], dtype=np.int64),
            np.column_stack([drawn[link] for link in links]),
            pushed,
            {(proposals.index(x), places[k]): answers for (x, k), answers in said.items()},
        )


def _pushed(moves: pl.DataFrame, places: Mapping[str, int]) -> tuple[list[str], Floats]:
    """Return the proposals and what each pushes, (X, K)."""
    proposals = moves["intervention"].unique(maintain_order=True).to_list()
    pushed = np.zeros((len(proposals), len(places)))
    for name, concept, move in moves.select("intervention", "concept", "move").rows():
        pushed[proposals.index(name), places[concept]] = move
    return proposals, pushed


def _by_key(
    draws: pl.DataFrame, worldview: int, keys: tuple[str, str], value: str
) -> dict[tuple[str, str], Floats]:
    """Return one worldview's draws (S,) by the two names that they go with."""
    if draws.is_empty():
        return {}
    parts = draws.filter(worldview=worldview).sort("draw").group_by(keys, maintain_order=True)
    return {(str(a), str(b)): part[value].to_numpy() for (a, b), part in parts}


def _head(one: _Map, transmission: float) -> dict[str, Any]:
    return {"worldview": one.worldview, "name": one.name, "transmission": transmission}


def _worldview(one: _Map, transmission: float, concepts: list[tuple[str, str]]) -> dict[str, Any]:
    matrix = one.matrix(transmission)
    radius = spectral_radius(matrix, one.links)
    loop, product = strongest_loop(matrix.mean(axis=0))
    return _head(one, transmission) | {
        "settles": settles(radius),
        "unsettled_share": float((radius >= SETTLES).mean()),
        "endless_share": float((radius >= 1).mean()),
        **estimate("radius", radius),
        "loop": [concepts[k][0] for k in loop],
        "loop_labels": [concepts[k][1] for k in loop],
        # Of each link of the loop, whether it raises what it acts on.
        "loop_raises": [
            bool(matrix[:, i, j].mean() > 0)
            for i, j in zip(loop, [*loop[1:], *loop[:1]], strict=True)
        ],
        "loop_product": product if len(loop) else None,
        "only_loop": len(loop) > 0 and _links_in_loops(one) == len(loop),
    }


def _links_in_loops(one: _Map) -> int:
    """Return how many links lie on some loop: as many as the only loop has, if there is one."""
    ways = reachable(one.links, one.moves.shape[1])
    return sum(bool(ways[effect, cause]) for cause, effect in one.links)


def _effects(
    one: _Map, transmission: float, concepts: list[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    total = one.total(transmission)
    if total is None:
        return
    varied = [total, *one.varied(transmission)]
    direct = {(int(i), int(j)) for i, j in one.links}
    for cause, effect in np.argwhere(reachable(one.links, len(concepts))):
        if cause == effect:
            continue
        drawn = total[:, cause, effect]
        chances = [float((found[:, cause, effect] > 0).mean()) for found in varied]
        yield (
            _head(one, transmission)
            | _named("cause", concepts[cause])
            | _named("effect", concepts[effect])
            | {"direct": (int(cause), int(effect)) in direct}
            | estimate("total", drawn)
            | {"probability_positive": chances[0]}
            | {
                "probability_positive_least": min(chances),
                "probability_positive_most": max(chances),
            }
        )


def _named(column: str, concept: tuple[str, str]) -> dict[str, str]:
    return {column: concept[0], f"{column}_label": concept[1]}


def _proposals(
    one: _Map,
    transmission: float,
    concepts: list[tuple[str, str]],
    proposals: list[tuple[str, str]],
) -> Iterator[dict[str, Any]]:
    total = one.total(transmission)
    if total is None:
        return
    ways = reachable(one.links, len(concepts))
    varied = one.varied(transmission)
    for x, k in np.argwhere(reached(one.moves, ways)):
        drawn = total[:, :, k] @ one.moves[x]
        yield (
            _head(one, transmission)
            | {"intervention": proposals[x][0], "intervention_label": proposals[x][1]}
            | _named("concept", concepts[k])
            | {"pushed": bool(one.moves[x, k] != 0)}
            | estimate("implied", drawn)
            | {"implied_probability_positive": float((drawn > 0).mean())}
            | _against(
                drawn,
                [t[:, :, k] @ one.moves[x] for t in varied],
                one.said.get((int(x), int(k))),
            )
        )


def _against(drawn: Floats, varied: list[Floats], said: Floats | None) -> dict[str, float | None]:
    """Return what people said, and how probably it has the sign that their map does not imply."""
    columns = ("said_probability_positive", "probability_opposite", "probability_opposite_least")
    if said is None:
        return estimate("said", said) | dict.fromkeys(columns)
    opposite = [float((np.sign(one) != np.sign(said)).mean()) for one in (drawn, *varied)]
    found = (float((said > 0).mean()), opposite[0], min(opposite))
    return estimate("said", said) | dict(zip(columns, found, strict=True))
