"""All gaps in support at once: who is apart from whom on what, and what carries it."""

from typing import Any, Final

import altair as alt
import polars as pl

from mfp_stats.views.figure import INK, Figure, Rows, evened, layered, lettered, tooltips, wrapped
from mfp_stats.views.gap_pair_findings import POOLED, is_single
from mfp_stats.views.words import number, points, span

#: Most pairs of groups whose columns have room for words on a phone, shortened there.
PAIRS_MOST: Final = 10
#: Each verdict in the words and the fill of its cells.
VERDICTS: Final = {
    "values": ("values", "#f7d3be"),
    "models": ("models", "#d8cdec"),
    "signals": ("signals", "#c3e3cd"),
    "residual": ("unmeasured", "#f3c9de"),
    "cannot_tell": ("cannot tell", "#dfe4e7"),
    "no_gap": ("hardly any", "#f3f6f7"),
}
#: Stands in cells on whose split there is a warning.
WARNED: Final = "⚠"
#: What a reader has to know of the matrix.
MATRIX_MEANS: Final = (
    "Who accepts a proposal more, by how many points with the 90 % interval, and what carries most "
    "of that. Of all proposals together it is the average gap, whoever accepts more. "
    f"“{WARNED}”: see the warning on it."
)
_CELL: Final = 58
_ENDS: Final = ("mean", "q05", "q95")


def has_matrix(gap: pl.DataFrame) -> bool:
    """Whether a matrix says more than sentences: several pairs, but not too many, and proposals.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one weighting.
    """
    pairs = gap.select("group_a", "group_b").n_unique()
    return 1 < pairs <= PAIRS_MOST and gap["intervention"].n_unique() > 1


def letters_of(gap: pl.DataFrame) -> dict[str, str]:
    """Return the letter that stands for each group in the matrix, by the group's label."""
    sides = [gap[f"group_{side}_label"].to_list() for side in "ab"]
    # Interleaved, groups come in the order in which the pairs name them.
    return lettered(label for both in zip(*sides, strict=True) for label in both)


def verdict_matrix(gap: pl.DataFrame) -> Figure:
    """Draw every gap in support: proposals by pairs of groups, filled by what carries it.

    Parameters
    ----------
    gap
        Rows of the table ``gap`` of one weighting; not empty.
    """
    letters = letters_of(gap)
    # All proposals together come first.
    gap = gap.sort(pl.col("intervention") != POOLED, maintain_order=True)
    labels = dict(gap.select("intervention", "intervention_label").rows())
    places = dict(zip(labels, evened([wrapped(text) for text in labels.values()]), strict=True))
    cells = [_cell(row, letters) | {"row": places[row["intervention"]]} for row in gap.to_dicts()]
    columns = list(dict.fromkeys(cell["pair"] for cell in cells))
    rows = Rows(list(places.values()), thickness=_CELL)
    x = alt.X(
        "pair:N",
        sort=columns,
        axis=alt.Axis(orient="top", labelAngle=0, grid=False, title=None, domain=False),
        scale=alt.Scale(domain=columns, padding=0.06),
    )
    told = {
        "intervention_label": "Proposal",
        "more": "Accepted more by",
        "gap": "Gap in support",
        "verdict": "What carries it",
    }
    base = alt.Chart(pl.DataFrame(cells, infer_schema_length=None)).encode(
        y=rows.y("row"), x=x, tooltip=tooltips(told, {}, "")
    )
    shown = [VERDICTS[v] for v in VERDICTS if v in set(gap["verdict"])]
    fill = alt.Scale(domain=[word for word, _ in shown], range=[fill for _, fill in shown])
    room = alt.expr(f"width / {len(columns)} - 4")
    chart = layered(
        base.mark_rect(cornerRadius=3).encode(
            color=alt.Color("verdict:N", scale=fill, legend=None)
        ),
        base.mark_text(fontSize=13, fontWeight="bold", dy=-16, color=INK).encode(text="size"),
        base.mark_text(fontSize=10, dy=1, color=INK, limit=room).encode(text="ends"),
        base.mark_text(fontSize=10, dy=17, color=INK, limit=room).encode(text="word"),
        height=rows.height,
    )
    said = [
        f"{cell['intervention_label']}, {cell['between']}: {cell['gap']}, {cell['verdict']}"
        for cell in cells
    ]
    return Figure(chart, f"Gaps in support and what carries them: {'; '.join(said)}.")


def _cell(row: dict[str, Any], letters: dict[str, str]) -> dict[str, str]:
    """Return the words of one cell: who accepts more by how much, and what carries it."""
    sides = [row[f"group_{side}_label"] for side in "ab"]
    mean, low, high = (row[f"gap_{end}"] for end in _ENDS)
    more = sides[int(mean > 0)]
    # Of all proposals together each gap is turned, so that no one group accepts more.
    ends = (mean, low, high) if mean > 0 or not is_single(row) else (-mean, -high, -low)
    size = number(100 * ends[0])
    ahead = f"{letters[more]} +" if is_single(row) and size != "0" else ""
    word, _ = VERDICTS[row["verdict"]]
    return {
        "intervention_label": row["intervention_label"],
        "pair": "–".join(letters[side] for side in sides),
        "between": " and ".join(sides),
        "more": more if is_single(row) else "",
        "size": f"{ahead}{size}",
        "ends": span(100 * ends[1], 100 * ends[2]),
        "gap": points(*ends),
        "verdict": word,
        "word": f"{word} {WARNED}" if row["warning"] else word,
    }
