"""What a respondent's minutes are spent on, and what each block is worth, in sentences."""

from collections.abc import Iterator, Sequence
from typing import Final

from mfp_stats.questionnaire.model import Questionnaire, say
from mfp_stats.views.findings import Row
from mfp_stats.views.words import listed, number, quoted
from mfp_stats.workflow.prefield.tables import DesignCheck, unrelated_blocks

#: Blocks that take fewer minutes are not worth a word.
SHORT: Final = 0.25

_CAUSE: Final = {"residual": "something not asked about"}
#: What of overlap a block may be needed for.
_SHARED: Final = {"revealed": "in trade-offs", "claimed": "in importance ratings"}
#: What the intervals of a block's worth are of.
_OF: Final = {
    "gap": "a gap",
    "values": "what values carry",
    "models": "what models carry",
    "signals": "what signals carry",
    "residual": "what is left unexplained",
    "acceptance": "a group's acceptance",
    "overlap": "overlap",
}


def describe_blocks(check: DesignCheck) -> Iterator[str]:
    """Yield how long the survey takes, on what no finding rests, and what blocks are worth."""
    yield from _minutes(check)
    yield from _blocks(check)


def _minutes(check: DesignCheck) -> Iterator[str]:
    if check.minutes is None:
        yield "The survey was somebody else's: how long it took people is not estimated."
        return
    yield f"A respondent needs about {number(check.minutes)} minutes, estimated from the texts."
    other = unrelated_blocks(check.questionnaire, check.plan)
    spent = {name: spent for name, spent in other.items() if spent >= SHORT}
    if spent:
        named = [
            f"{quoted(_title(check.questionnaire, n))} {number(m, 1)}" for n, m in spent.items()
        ]
        what = "No verdict on gaps" if check.plan.causes else "Nothing that is said here"
        yield f"{what} rests on these blocks (minutes): {listed(named)}."


def _blocks(check: DesignCheck) -> Iterator[str]:
    if not check.plan.blocks:
        return
    rows = check.blocks.to_dicts()
    if not rows:
        yield "What blocks are worth is not known: no two fits could be compared."
        return
    for row in rows:
        yield _block(check.questionnaire, row)


def _block(questionnaire: Questionnaire, row: Row) -> str:
    name = quoted(_title(questionnaire, row["block"]))
    saves = f" saves {number(row['minutes'] / 2, 1)} minutes and" if row["minutes"] else ""
    if row["advice"] == "shorten":
        return (
            f"{name} may be shortened: asking half of it{saves} widens no interval by more than "
            f"about {max(1, round(100 * row['growth']))} %. {_left_out(row)}"
        )
    head = f"{name} is the block to lengthen first" if row["advice"] == "lengthen" else name
    grows = f"widens the interval of {_OF[row['most']]} by {number(100 * row['growth'])} %"
    return f"{head}: asking half of it{saves} {grows}{_power_lost(row)}."


def _left_out(row: Row) -> str:
    if not row["lost"]:
        return "Leaving it out was not tried."
    lost = [str(name) for name in row["lost"]]
    causes = [_CAUSE.get(name, name) for name in lost if name not in _SHARED]
    whether = [f"whether {listed(causes)} {_carry(causes)} a gap"] if causes else []
    shared = [
        f"how far groups share priorities {_SHARED[name]}" for name in lost if name in _SHARED
    ]
    return f"Without it, the survey could not tell {listed([*whether, *shared])}."


def _carry(causes: Sequence[str]) -> str:
    return "carries" if causes == [_CAUSE["residual"]] else "carry"


def _power_lost(row: Row) -> str:
    if row["power"] is None or row["power_half"] is None:
        return ""
    before, after = (number(100 * row[name]) for name in ("power", "power_half"))
    return f", and brings right verdicts from {before} to {after} of 100 surveys"


def _title(questionnaire: Questionnaire, block: str) -> str:
    title = next(b.title for b in questionnaire.blocks if b.name == block)
    return say(title) or block
