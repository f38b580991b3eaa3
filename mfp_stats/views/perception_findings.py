"""Plain-language findings on what groups think that groups want, beside what those want.

People are asked what *most* of a group would choose, so that guesses are more of one mind than the
group even where nobody is mistaken. A mistake is told by order (a value stands higher among the
guesses than in the group) and by side (most say that most accept), never by the size of a share.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from mfp_stats.views.findings import SURE, Row, preferred
from mfp_stats.views.weighting import weighting_note
from mfp_stats.views.words import chance, count, percent, quoted

#: Misjudgements that a list of findings names.
GUESSES_NAMED: Final = 4
MEANING: Final = (
    "People were asked what most of the other group would choose, so guesses agree with one "
    "another more than the group does: compare the order of values and the side of one half, not "
    "the size of the shares."
)
NOTHING: Final = (
    "Nothing is told of what groups think that others want: nobody was asked, or the notes on this "
    "fit say why not."
)
_ENDS: Final = ("mean", "q05", "q95")


def describe_perception(perception: pl.DataFrame) -> list[str]:
    """Return sentences on which guesses about groups are mistaken, the surest first.

    Guesses about the own group are among them.

    Parameters
    ----------
    perception
        The table ``perception``, any weightings; of several the preferred one is told.
    """
    if perception.is_empty():
        return [NOTHING]
    frame = preferred(perception)
    rows = sorted(frame.to_dicts(), key=_sureness, reverse=True)
    wrong = [row for row in rows if _sureness(row) >= SURE]
    note = weighting_note(frame["weighting"][0])
    return [_summary(len(wrong), rows), *_wrong(wrong), MEANING, note]


def _sureness(row: Row) -> float:
    """Return how probably a guess is mistaken, one way or the other."""
    return max(float(row["overrated_probability"]), float(row["underrated_probability"]))


def _summary(wrong: int, rows: list[Row]) -> str:
    own = any(map(_is_own, rows))
    if not wrong:
        whose = "others or they themselves want" if own else "others want"
        return f"The survey does not show that groups misjudge what {whose}."
    verb = "is" if wrong == 1 else "are"
    things = "thing" if len(rows) == 1 else "things"
    return (
        f"Of {count(len(rows))} {things} that groups guessed of others"
        f"{' or of themselves' if own else ''}, {count(wrong)} {verb} very probably misjudged."
    )


def _is_own(row: Row) -> bool:
    return bool(row["guesser"] == row["guessed"])


def _guessed(row: Row) -> str:
    """Return whom a guess is about, within a sentence that begins with who guessed."""
    return "their own group" if _is_own(row) else quoted(row["guessed_label"])


def _wrong(rows: list[Row]) -> Iterator[str]:
    for row in rows[:GUESSES_NAMED]:
        yield _accepting(row) if row["value"] is None else _valuing(row)
    if len(rows) > GUESSES_NAMED:
        yield f"And {count(len(rows) - GUESSES_NAMED)} more; the table has all of them."


def _valuing(row: Row) -> str:
    """Return the sentence on a value that stands elsewhere than it is thought to."""
    higher = row["overrated_probability"] >= row["underrated_probability"]
    return (
        f"{quoted(row['guesser_label'])} rank {quoted(row['value_label'])} "
        f"{'higher' if higher else 'lower'} in guesses about {_guessed(row)} than the people of "
        f"that group do (probability {chance(_sureness(row))}): {_shares(row)}."
    )


def _accepting(row: Row) -> str:
    """Return the sentence on a proposal that most accept, or do not, against what is thought."""
    would = row["overrated_probability"] >= row["underrated_probability"]
    guess, fact = ("accept", "do not") if would else ("reject", "accept it")
    return (
        f"{quoted(row['guesser_label'])} mostly think that most of {_guessed(row)} "
        f"{guess} {quoted(row['intervention_label'])}, but most {fact} (probability "
        f"{chance(_sureness(row))}): {_shares(row)}."
    )


def _shares(row: Row) -> str:
    guess, actual = (percent(*(row[f"{k}_{end}"] for end in _ENDS)) for k in ("guess", "actual"))
    return f"{guess} guessed, {actual} found"
