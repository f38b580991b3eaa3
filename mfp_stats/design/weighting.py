"""What people are weighted by: the weights of the file, or these raked to population margins."""

import polars as pl

from mfp_stats.design.data import Floats, Weighting
from mfp_stats.design.report import Report, people
from mfp_stats.errors import DesignError
from mfp_stats.questionnaire.model import Item, Questionnaire, say
from mfp_stats.weights import Margins, Raked, count_zeros, normalise, rake, weight_faults


def weights(
    sheet: pl.DataFrame,
    questionnaire: Questionnaire,
    margins: Margins | None,
    report: Report,
    *,
    language: str = "en",
) -> tuple[Floats | None, Weighting]:
    """Return what people are weighted by, mean 1, and what to call it; None without weights.

    Parameters
    ----------
    sheet
        One row a person.
    margins
        Shares of the population to rake to, from the file's weights where there are any.
    language
        Of the labels in notes.
    """
    faults_before = len(report.faults)
    base = _file_weights(sheet, report)
    if margins is None or len(report.faults) > faults_before:
        return base, "weighted"
    items = [questionnaire.item(name) for name in margins.shares]
    answers = {item.name: _chosen(sheet, item) for item in items}
    try:
        raked = rake(answers, margins, base)
    except DesignError as error:
        report.faults.extend(error.faults)
        return None, "raked"
    _note(items, answers, raked, report, language)
    return raked.weights, "raked"


def _file_weights(sheet: pl.DataFrame, report: Report) -> Floats | None:
    column = sheet["weight"].cast(pl.Float64)
    if column.null_count() == len(column):
        return None
    if without := column.null_count():
        report.note(f"{people(without)} without a weight: counted in unweighted estimates only.")
    found = column.fill_null(0.0).to_numpy()
    names = [f"respondent {name}" for name in sheet["respondent"]]
    if faults := weight_faults(found, names):
        report.faults.extend(faults)
        return None
    if zeros := count_zeros(found) - without:
        report.note(f"{people(zeros)} with weight zero: counted in unweighted estimates only.")
    return normalise(found)


def _chosen(sheet: pl.DataFrame, item: Item) -> list[str | None]:
    """Return the name of the option that each person chose, None where they chose none."""
    return [item.option_names[code] if code >= 0 else None for code in sheet[item.name]]


def _note(
    items: list[Item],
    answers: dict[str, list[str | None]],
    raked: Raked,
    report: Report,
    language: str,
) -> None:
    labels = [f"“{say(item.label, language) or item.name}”" for item in items]
    report.note(f"Weights are raked to shares of the population in: {', '.join(labels)}.")
    for item, label in zip(items, labels, strict=True):
        if unknown := sum(answer is None for answer in answers[item.name]):
            report.note(
                f"{people(unknown)} without an answer to {label}: kept; together they count as "
                "much as before raking, and its shares hold among the others."
            )
    if not raked.within:
        report.note(
            f"To meet these shares, somebody counts {raked.heaviest:.1f} times as much as the "
            f"average; more than {raked.limit:.1f} was to be avoided. Weighted estimates lean on "
            "few people: merge rare options, or leave a margin out."
        )
