"""Plain-language findings on what designs need: beliefs as they are, or which other one."""

from collections.abc import Iterator, Sequence
from typing import Final

from mfp_stats.design.data import MIDDLE
from mfp_stats.views.findings import Row
from mfp_stats.views.search_words import all_reach, design_name
from mfp_stats.views.words import chance, listed, points, quoted
from mfp_stats.views.zero import zero_words

#: Probability from which a design is said to need nothing, and from which nothing is asked for.
_SURE: Final = 0.9
_ALL: Final = 0.995
#: One person of a hundred.
_POINT: Final = 0.01
_ENDS: Final = ("mean", "q05", "q95")


def describe_needs(rows: Sequence[Row], about: Row) -> list[str]:
    """Return who accepts designs with beliefs as they are, and with another one.

    One sentence for all that need no other belief, then one a design.

    Parameters
    ----------
    rows
        Of the table ``search``.
    about
        The row of ``search_summary`` that goes with them.
    """
    ready = [row for row in rows if about["beliefs"] and row["joint_probability"] >= _ALL]
    names = listed([quoted(design_name(row)) for row in ready])
    told = [
        f"With beliefs as they are, {all_reach(about)} with probability {chance(1)}, so that no "
        f"other belief is needed: {names}."
    ]
    return [
        *(told if ready else ()),
        *(
            f"{design_name(row)}: with beliefs as they are, {all_reach(about)} with probability "
            f"{chance(row['joint_probability'])}; {_need(row, about)}."
            for row in rows
            if row not in ready
        ),
    ]


def _need(row: Row, about: Row) -> str:
    if not about["beliefs"]:
        return "no belief was asked about"
    if row["change_kind"] is None:
        return "no one belief that was asked about would help"
    if _raises(row):
        return f"{chance(row['change_joint_probability'])} if {_other_belief(row)}"
    none = "no one belief that was asked about would change that"
    if not _helps_worst(row):
        return none
    return f"{none}, but the worst group would gain {_gain(row)} if {_other_belief(row)}"


def _raises(row: Row) -> bool:
    """Return whether the other belief would make a probability that is higher and reads so."""
    before, after = row["joint_probability"], row["change_joint_probability"]
    return bool(after > before and chance(after) != chance(before))


def _gain(row: Row) -> str:
    return points(*(row[f"change_worst_gain_{end}"] for end in _ENDS))


def _helps_worst(row: Row) -> bool:
    """Return whether the group that accepts least would gain a point or more."""
    return bool(row["change_worst_gain_mean"] >= _POINT)


def needs_of_first(rows: Sequence[Row], about: Row) -> Iterator[str]:
    """Yield what the first design needs: nothing, or another belief."""
    first = rows[0]
    if not any(row["change_kind"] for row in rows):
        return  # nothing was asked about, or nothing is in the way
    if first["joint_probability"] >= _SURE:
        name = quoted(design_name(first))
        yield (
            f"With beliefs as they are, {name} is predicted to be accepted: it needs no other "
            "belief."
        )
        return
    if first["change_kind"] is None:
        return
    before = f"{all_reach(about)} with probability {chance(first['joint_probability'])}"
    yield f"With {quoted(design_name(first))} and beliefs as they are, {before}. {_change(first)}"


def _change(row: Row) -> str:
    gain = _gain(row)
    if not _raises(row):
        helps = f" It would help the worst group most, by {gain}, if {_other_belief(row)}."
        return f"No one other belief would change that.{helps if _helps_worst(row) else ''}"
    joint = chance(row["change_joint_probability"])
    return (
        f"The one belief that would help most: if {_other_belief(row)}, that would be {joint}, "
        f"with {gain} more in the group that accepts least."
    )


def _other_belief(row: Row) -> str:
    """Return whose belief would have to be what, as the end of a sentence."""
    whom, about = quoted(row["change_group_label"]), quoted(row["change_label"])
    toward = quoted(row["change_toward_label"])
    if row["change_kind"] == "outcome":
        what = (
            f"expected {row['change_toward_label']} for {about}"
            if row["change_toward"] == "neutral"
            else f"expected of it for {about} what {toward} expects"
        )
    else:
        what = (
            f"took it {_neutrally(row)} in {about}"
            if row["change_toward"] == "neutral"
            else f"took it in {about} as {toward} does"
        )
    return f"{whom} {what}"


def _neutrally(row: Row) -> str:
    """Return how a signal is read at 0: neutral only where an answer is named so."""
    middle = zero_words([MIDDLE])
    return f"as {middle}" if row["change_toward_label"] == middle else "as neutral"
