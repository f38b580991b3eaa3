"""All gaps in support at once: who is apart from whom on what, and what carries it."""

from collections import Counter
from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import (
    INK,
    Figure,
    Rows,
    column_heads,
    evened,
    layered,
    lettered,
    tooltips,
    wrapped,
)
from mfp_stats.views.findings import turned
from mfp_stats.views.gap_findings import VERDICT_WORDS
from mfp_stats.views.gap_pair_findings import POOLED, is_apart, is_single
from mfp_stats.views.gap_warnings import MISFIT
from mfp_stats.views.words import GROUPS, Compared, number, points, quoted, span

#: Most pairs of groups whose columns have room for words on a phone.
PAIRS_MOST: Final = 6
#: What a cell says of what carries a gap: its word, its fill, and the same in full.
KINDS: Final = {
    "values": ("values", "#f7d3be", VERDICT_WORDS["values"]),
    "models": ("models", "#d8cdec", VERDICT_WORDS["models"]),
    "signals": ("signals", "#c3e3cd", VERDICT_WORDS["signals"]),
    "residual": ("unmeasured", "#f3c9de", "something that was not measured carries it"),
    "open": ("cause open", "#d3dadd", "cannot tell what carries it"),
    "unsure": ("unsure", "#e8edef", "cannot tell whether there is a gap"),
    MISFIT: ("misfit", "#dfe4e7", "the model misses the gap"),
    "no_gap": ("hardly any", "#f5f8f9", VERDICT_WORDS["no_gap"]),
}
#: Stands in cells on whose split there is a warning.
WARNED: Final = "⚠"
_CELL: Final = 58


def has_matrix(gap: pl.DataFrame) -> bool:
    """Whether a matrix says more than sentences: several pairs, but not too many, and proposals.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one weighting.
    """
    pairs = gap.select("group_a", "group_b").n_unique()
    return 1 < pairs <= PAIRS_MOST and gap["intervention"].n_unique() > 1


def matrix_heading(compared: Compared = GROUPS) -> str:
    """Return what stands above the matrix."""
    return f"Which {compared.many} are apart on what"


def matrix_letters(gap: pl.DataFrame) -> list[str]:
    """Return, for each group, the letter that stands for it in the matrix with its label."""
    labels = {row[f"group_{s}"]: row[f"group_{s}_label"] for row in gap.to_dicts() for s in "ab"}
    return [f"{letter}: {labels[group]}" for group, letter in _letters(gap).items()]


def matrix_note(gap: pl.DataFrame, compared: Compared = GROUPS) -> str:
    """Return what a reader has to know of the matrix.

    Parameters
    ----------
    gap
        As of :func:`verdict_matrix`.
    compared
        What the groups are.
    """
    kinds = {_kind(row) for row in gap.to_dicts()}
    told = [
        f"In which {compared.one} more accept a proposal, by how many points with the 90 % "
        "interval, and what carries most of that. Of all proposals together it is the average "
        "gap, whichever way each lies.",
        *(f"{quoted(KINDS[k][0])}: {KINDS[k][2]}." for k in ("open", "unsure") if k in kinds),
    ]
    if gap["warning"].str.len_chars().sum():
        told.append(f"{quoted(WARNED)}: there is a warning on it.")
    whole = gap["intervention"].n_unique() * gap.select("group_a", "group_b").n_unique()
    if len(gap) < whole:
        told.append(f"Where nothing stands too few of one of the two {compared.many} were asked.")
    return " ".join(told)


def verdict_matrix(gap: pl.DataFrame) -> Figure:
    """Draw every gap in support: proposals by pairs of groups, filled by what carries it.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one weighting; not empty.
    """
    letters = _letters(gap)
    columns = list(dict.fromkeys(_pair(row, letters) for row in gap.to_dicts()))
    # All proposals together come first.
    gap = gap.sort(pl.col("intervention") != POOLED, maintain_order=True)
    places = _places(gap)
    cells = [_cell(row, letters) | {"row": places[row["intervention"]]} for row in gap.to_dicts()]
    rows = Rows(list(places.values()), thickness=_CELL)
    x = column_heads("pair", columns)
    told = {
        "intervention_label": "Proposal",
        "between": "Between",
        "gap": "Gap in support",
        "more": "More accept in",
        "carried": "What carries it",
        "warned": "Warning",
    }
    base = alt.Chart(pl.DataFrame(cells)).encode(
        y=rows.y("row"), x=x, tooltip=tooltips(told, {}, "")
    )
    kinds = [KINDS[kind] for kind in KINDS if kind in {cell["kind"] for cell in cells}]
    fill = alt.Scale(domain=[word for word, *_ in kinds], range=[fill for _, fill, _ in kinds])
    room = alt.expr(f"width / {len(columns)} - 4")
    chart = layered(
        base.mark_rect(cornerRadius=3).encode(color=alt.Color("word:N", scale=fill, legend=None)),
        base.mark_text(fontSize=13, fontWeight="bold", dy=-16, color=INK).encode(text="size"),
        base.mark_text(fontSize=10, dy=1, color=INK, limit=room).encode(text="ends"),
        base.mark_text(fontSize=10, dy=17, color=INK, limit=room).encode(text="shown"),
        height=rows.height,
    )
    said = "; ".join(_spoken(cell) for cell in cells)
    return Figure(chart, f"Gaps in support and what carries them: {said}.")


def _letters(gap: pl.DataFrame) -> dict[str, str]:
    """Return the letter of each group, by its name, in the order in which the pairs name them."""
    pairs = gap.select("group_a", "group_b").rows()
    return lettered(group for pair in pairs for group in pair)


def _pair(row: dict[str, Any], letters: dict[str, str]) -> str:
    return "–".join(letters[row[f"group_{side}"]] for side in "ab")


def _places(gap: pl.DataFrame) -> dict[str, str]:
    """Return the row of each proposal by its name; labels may be alike, rows may not."""
    labels = dict(gap.select("intervention", "intervention_label").rows())
    alike = Counter(labels.values())
    texts = [f"{t} ({name})" if alike[t] > 1 else t for name, t in labels.items()]
    return dict(zip(labels, evened([wrapped(text) for text in texts]), strict=True))


def _kind(row: dict[str, Any]) -> str:
    """Return a verdict; what cannot be told is told apart."""
    if row["verdict"] != "cannot_tell":
        return str(row["verdict"])
    if row["warning"] == MISFIT:
        return MISFIT
    return "open" if is_apart(row) else "unsure"


def _cell(row: dict[str, Any], letters: dict[str, str]) -> dict[str, str]:
    """Return the words of one cell: who accepts more by how much, and what carries it."""
    side = "b" if row["gap_mean"] > 0 else "a"
    mean, low, high = turned(row, "gap", by="gap")
    size = number(100 * mean)
    # Of all proposals together each gap is turned, so that no one group accepts more.
    sided = is_single(row) and size != "0"
    kind = _kind(row)
    word, _, carried = KINDS[kind]
    return {
        "intervention_label": row["intervention_label"],
        "pair": _pair(row, letters),
        "between": f"{row['group_a_label']} and {row['group_b_label']}",
        "more": row[f"group_{side}_label"] if sided else "–",
        "size": f"{letters[row[f'group_{side}']]} +{size}" if sided else size,
        "ends": span(100 * low, 100 * high),
        "gap": points(mean, low, high),
        "kind": kind,
        "word": word,
        "shown": f"{WARNED} {word}" if row["warning"] else word,
        "carried": carried,
        "warned": "yes" if row["warning"] else "none",
    }


def _spoken(cell: dict[str, str]) -> str:
    more = "" if cell["more"] == "–" else f"more in {quoted(cell['more'])} by "
    warned = ", with a warning" if cell["warned"] == "yes" else ""
    what = f"{cell['intervention_label']}, {cell['between']}"
    return f"{what}: {more}{cell['gap']}, {cell['carried']}{warned}"
