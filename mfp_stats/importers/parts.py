"""Items answered in several parts: picks, rankings, best–worst; whole columns at a time."""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from mfp_stats.importers.answers import Lookup, Rejects, look_up
from mfp_stats.importers.mapping import Binding, Pick
from mfp_stats.questionnaire.model import Item, ItemType
from mfp_stats.responses import MISSING_CODES, Status, sheet_column

_FIX_CONFLICT: Final = (
    "Correct the file, or choose 'conflict: keep_choices' or 'keep_exclusive' for the item."
)
_TICK: Final = "tick"


def pick_lookups(
    item: Item, binding: Binding, missing: Mapping[str, Status]
) -> dict[str, tuple[str, Lookup]]:
    """Return what the texts of an item's columns mean, by part and by missing tick.

    Parts of a select_multiple are 1 ticked and 0 not; of a rank the rank, 0 unranked. A tick
    that stands for a missing answer is named ``tick|status``.
    """
    assert binding.columns is not None
    lookups: dict[str, tuple[str, Lookup]] = {}
    for option in item.option_names:
        pick = binding.columns[option]
        answers = _ranks(item) if item.type is ItemType.RANK else _ticks(pick, binding)
        # An empty cell among several columns is an option that was not ticked.
        lookups[option] = (pick.column, Lookup.of({**answers, "": 0}, missing))
    for status, pick in binding.missing_columns.items():
        ticks = Lookup.of({**_ticks(pick, binding), "": 0}, missing)
        lookups[f"{_TICK}|{status}"] = (pick.column, ticks)
    return lookups


def _ticks(pick: Pick, binding: Binding) -> dict[str, int]:
    ticked = dict.fromkeys(pick.chosen or binding.chosen, 1)
    return {**dict.fromkeys(binding.not_chosen, 0), **ticked}


def _ranks(item: Item) -> dict[str, int]:
    return {str(k): k for k in range(1, len(item.options) + 1)}


def joined_parts(
    item: Item, binding: Binding, codes: pl.DataFrame, rejects: Rejects, empty: Status | None
) -> list[pl.Series]:
    """Return an item's sheet columns from the codes of its parts.

    Parameters
    ----------
    item
        A select_multiple or rank item.
    binding
        Its binding.
    codes
        Int16, shape (row, part + missing ticks): from :func:`pick_lookups`, or one column a part
        from :func:`split_parts`. Negative codes are missing answers.
    rejects
        Where rows that contradict themselves are added.
    empty
        Status of a row in which nothing is ticked; None: it is a fault; ``answered``: none
        applies.
    """
    options = item.option_names
    chosen = [pl.col(name) > 0 for name in options]
    absent = pl.min_horizontal(pl.when(pl.col(n) < 0).then(pl.col(n)) for n in options)
    ticks = {n: Status(n.partition("|")[2]) for n in codes.columns if n.startswith(f"{_TICK}|")}
    ticked = [
        pl.when(pl.col(name) != 0).then(pl.lit(MISSING_CODES[s], dtype=pl.Int16))
        for name, s in ticks.items()
    ]
    state = codes.select(
        n=pl.sum_horizontal(c.cast(pl.Int16) for c in chosen),
        absent=pl.coalesce(*ticked, absent) if ticked else absent,
        exclusive=_any(pl.col(o.name) > 0 for o in item.options if o.exclusive),
    )
    _reject_rows(item, binding, state, rejects, empty)
    return _resolve(item, binding, codes, state, empty)


def _any(flags: Iterable[pl.Expr]) -> pl.Expr:
    listed = list(flags)
    return pl.any_horizontal(listed) if listed else pl.lit(value=False)


def _reject_rows(
    item: Item, binding: Binding, state: pl.DataFrame, rejects: Rejects, empty: Status | None
) -> None:
    columns = ", ".join(dict.fromkeys(binding.used()))

    def reject(flag: pl.Expr, what: str, fix: str = "") -> None:
        rows = state.select(flag.fill_null(value=False).arg_true()).to_series()
        rejects.rows(columns, rows, f"{what} (item {item.name})", fix=fix)

    some, absent = pl.col("n") > 0, pl.col("absent").is_not_null()
    if binding.conflict == "reject":
        reject(some & absent, "an answer stands beside a tick or code for no answer", _FIX_CONFLICT)
        both = pl.col("exclusive") & (pl.col("n") > 1)
        reject(both, "an option that excludes the others was ticked with another", _FIX_CONFLICT)
    if empty is None:
        fix = "Say under 'nothing_chosen' what that means: skipped, not_asked, …, or answered."
        reject(~some & ~absent, "nothing is ticked", fix)
    most = item.max_choices
    if most is not None:
        reject(pl.col("n") > most, f"more than {most} options are ticked")


def _resolve(
    item: Item,
    binding: Binding,
    codes: pl.DataFrame,
    state: pl.DataFrame,
    empty: Status | None,
) -> list[pl.Series]:
    """Return one code a part; a missing answer has the same code in every part."""
    joined = codes.hstack(state.select("n", "absent", "exclusive"))
    some = pl.col("n") > 0
    missing = pl.col("absent")
    if binding.conflict == "keep_choices":
        missing = pl.when(~some).then(missing)
    if empty is not None and empty is not Status.ANSWERED:
        nothing = pl.lit(MISSING_CODES[empty], dtype=pl.Int16)
        missing = pl.when(~some & pl.col("absent").is_null()).then(nothing).otherwise(missing)
    both = pl.col("exclusive") & (pl.col("n") > 1)
    parts = []
    for option in item.options:
        code = pl.col(option.name)
        code = pl.when(code < 0).then(0).otherwise(code)
        dropped = option.exclusive == (binding.conflict == "keep_choices")
        code = pl.when(both & dropped).then(0).otherwise(code)
        parts.append(
            pl.coalesce(missing, code).cast(pl.Int16).alias(sheet_column(item.name, option.name))
        )
    return joined.select(parts).get_columns()


def split_parts(
    item: Item, binding: Binding, missing: Mapping[str, Status], rejects: Rejects
) -> pl.DataFrame:
    """Return codes of parts from a column whose cells list options with a separator.

    Every distinct text is taken apart once. A text with an unknown option is a fault; its rows
    get 0.
    """
    assert binding.column is not None
    frame = rejects.raw.frame
    cells = frame.select(pl.col(binding.column).fill_null("").str.strip_chars().alias("text"))
    texts = cells["text"].unique(maintain_order=True)
    known = {t.strip(): o for t, o in (binding.codes or {n: n for n in item.option_names}).items()}
    rows = [_split(text, item, binding, known, missing) for text in texts]
    unknown = texts.filter(pl.Series([row is None for row in rows], dtype=pl.Boolean))
    if len(unknown):
        flags = cells["text"].is_in(unknown.implode())
        fix = f"Options are divided by {binding.separator!r}; add codes, or correct the file."
        rejects.texts(binding.column, flags, item.name, known, fix)
    names = item.option_names
    table = pl.DataFrame(
        [row or [0] * len(names) for row in rows],
        schema=dict.fromkeys(names, pl.Int16),
        orient="row",
    )
    places = cells.join(
        pl.DataFrame({"text": texts}).with_row_index("place"), on="text", maintain_order="left"
    )["place"]
    return table.select(pl.all().gather(places))


def _split(
    text: str,
    item: Item,
    binding: Binding,
    known: Mapping[str, str],
    missing: Mapping[str, Status],
) -> list[int] | None:
    """Return the codes of one text's parts; None where it names an unknown option or one twice."""
    if text in missing and text:
        return [MISSING_CODES[missing[text]]] * len(item.options)
    words = [w.strip() for w in text.split(binding.separator)] if text else []
    chosen = [known.get(word, "") for word in words]
    if "" in chosen or len(set(chosen)) < len(chosen):
        return None
    ranked = item.type is ItemType.RANK
    return [
        (chosen.index(name) + 1 if ranked else 1) if name in chosen else 0
        for name in item.option_names
    ]


def reject_double_ranks(
    item: Item, binding: Binding, codes: pl.DataFrame, rejects: Rejects
) -> None:
    """Add a fault for rows in which a rank stands twice or one is left out."""
    ranks = [pl.col(name) for name in item.option_names]
    n = pl.sum_horizontal((rank > 0).cast(pl.Int32) for rank in ranks)
    # Ranks 1..n, each once, have n(n+1)/2 as their sum and the sum of squares that goes with it.
    total = pl.sum_horizontal(pl.when(r > 0).then(r.cast(pl.Int32)) for r in ranks)
    squares = pl.sum_horizontal(pl.when(r > 0).then(r.cast(pl.Int32).pow(2)) for r in ranks)
    highest = pl.max_horizontal(ranks)
    wrong = (total != n * (n + 1) // 2) | (squares != n * (n + 1) * (2 * n + 1) // 6)
    rows = codes.select((wrong | ((n > 0) & (highest != n))).arg_true()).to_series()
    columns = ", ".join(dict.fromkeys(binding.used()))
    rejects.rows(columns, rows, f"ranks are not 1, 2, 3, … each once (item {item.name})")


def best_worst(
    item: Item, binding: Binding, missing: Mapping[str, Status], rejects: Rejects
) -> list[pl.Series]:
    """Return the sheet columns of a best–worst set."""
    assert binding.best is not None
    assert binding.worst is not None
    known = option_codes(item, binding)
    lookup = Lookup.of(known, missing)
    columns = {"best": binding.best, "worst": binding.worst}
    codes = look_up(rejects.raw.frame, {p: (c, lookup) for p, c in columns.items()})
    for part, column in columns.items():
        reject_unknown(item, column, codes[part], known, rejects)
    same = codes.select(((pl.col("best") >= 0) & (pl.col("best") == pl.col("worst"))).arg_true())
    what = f"best and worst are the same (item {item.name})"
    rejects.rows(f"{binding.best}, {binding.worst}", same.to_series(), what)
    return [codes[part].alias(sheet_column(item.name, part)) for part in columns]


def option_codes(item: Item, binding: Binding) -> dict[str, int]:
    """Return text in the file -> position of the option that it means."""
    place = {name: k for k, name in enumerate(item.option_names)}
    if binding.codes is None:
        return place
    return {text.strip(): place[option] for text, option in binding.codes.items()}


def reject_unknown(
    item: Item, column: str, codes: pl.Series, known: Mapping[str, int], rejects: Rejects
) -> None:
    """Add a fault for every text that has no code."""
    if codes.null_count():
        fix = f"Correct the file, or add the text under items: {item.name}: codes or missing."
        rejects.texts(column, codes.is_null(), item.name, known, fix)
