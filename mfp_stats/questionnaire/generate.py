"""Questions that a block generates from the questionnaire's lists."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from mfp_stats.questionnaire.context import Context
from mfp_stats.questionnaire.faults import Path
from mfp_stats.questionnaire.file import BlockPart
from mfp_stats.questionnaire.generate_conjoint import conjoint
from mfp_stats.questionnaire.generate_proposals import consequences, responses, signals
from mfp_stats.questionnaire.generate_values import perceptions, ratings, tradeoffs
from mfp_stats.questionnaire.model import Item, Role
from mfp_stats.questionnaire.source import Source

#: Keys that any block may have.
_COMMON: Final = frozenset(
    {
        *("block", "role", "title", "intro", "hint", "required", "relevant", "missing"),
        *("randomise_items", "randomise_options", "arms"),
    }
)


def generated_items(context: Context, part: BlockPart, path: Path) -> list[Item]:
    """Return the questions that a block without ``items`` generates.

    Parameters
    ----------
    context
        The file; faults go there, among them that the block generates nothing.
    part, path
        The block as written, and where.
    """
    if part.role is None or part.role not in _GENERATORS:
        can = [role.value for role in _GENERATORS]
        role = part.role.value if part.role else "no role"
        fix = f"List its 'items'; blocks that generate them have one of the roles {', '.join(can)}."
        context.faults.add(path, f"generates nothing: a block with {role} has no items", fix=fix)
        return []
    generator, keys, lists = _GENERATORS[part.role]
    _refuse_other_keys(context, part, path, keys)
    empty = [name for name in lists if not getattr(context.file, name)]
    if empty:
        what = f"generates nothing: the questionnaire has no {' and no '.join(empty)}"
        context.faults.add(path, what)
        return []
    return generator(Source(context, part, path))


def _refuse_other_keys(context: Context, part: BlockPart, path: Path, keys: Iterable[str]) -> None:
    used = _COMMON | set(keys)
    if part.role is Role.VALUE_TRADEOFF:
        kind = (part.type or "").partition(" ")[0]
        used = used - _UNUSED_BY.get(kind, frozenset())
    elif part.role is Role.CONJOINT:
        used = used - _RANDOM_ANYWAY
    for key in sorted(part.model_fields_set - used):
        what = "has no effect in this block, which generates its items"
        context.faults.add((*path, key), what)


_SETS: Final = frozenset({"sets", "size", "repeat"})
#: Pairs come in an order of chance, and their design holds the two sides alike.
_RANDOM_ANYWAY: Final = frozenset({"randomise_items", "randomise_options"})
_PICKING: Final = frozenset({"min_choices", "max_choices", "options"})
_UNUSED_BY: Final[Mapping[str, frozenset[str]]] = {
    "best_worst": _PICKING,
    "select_multiple": _SETS,
    "rank": _SETS,
}


type _Generator = tuple[Callable[[Source], list[Item]], tuple[str, ...], tuple[str, ...]]

#: Role -> its generator, the keys it reads beside the common ones, the lists it needs.
_GENERATORS: Final[Mapping[Role, _Generator]] = {
    Role.VALUE_TRADEOFF: (tradeoffs, ("type", "label", *_SETS, *_PICKING), ("values",)),
    Role.VALUE_RATING: (ratings, ("scale", "label"), ("values",)),
    Role.CONSEQUENCE: (
        consequences,
        ("scale", "label", "interventions_per_person"),
        ("interventions", "values"),
    ),
    Role.SIGNAL: (signals, ("scale", "interventions_per_person"), ("interventions", "signals")),
    Role.RESPONSE: (
        responses,
        ("scale", "ask", "label", "interventions_per_person", "stipulates"),
        ("interventions",),
    ),
    Role.CONJOINT: (conjoint, ("label", "attributes", "pairs", "pairs_per_person"), ()),
    Role.PERCEPTION: (perceptions, ("of", "label"), ("values",)),
}
