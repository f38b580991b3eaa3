"""People who differ in nothing may not fall into worldviews through how picks are coded."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from mfp_stats.design import build_model_data
from mfp_stats.design.data import Beliefs
from mfp_stats.importers import apply_mapping, load_mapping
from mfp_stats.likelihoods.categories import Categories, one_hot
from mfp_stats.likelihoods.em import fit_classes
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.questionnaire.model import Option
from mfp_stats.readers import read_file
from tests.questionnaires import imported, sheet_of

PEOPLE = 800
CHANCES = np.array([0.3, 0.2, 0.5, 0.15])


def one_pick_question() -> Questionnaire:
    """Whom do you trust? Four answers and none of these."""
    q = imported(ratings=False)
    options = (*(Option(f"o{k}", {}) for k in range(len(CHANCES))), Option("none", {}, True))
    return replace(q, items=(q.item("side"), replace(q.item("harm"), options=options)))


@pytest.fixture(scope="module")
def alike() -> tuple[pl.DataFrame, Questionnaire]:
    """Everyone ticks each answer with the same chance, and none of these where nothing else."""
    rng = np.random.default_rng(2)
    ticked = rng.random((PEOPLE, len(CHANCES))) < CHANCES
    cells = np.column_stack([ticked, ~ticked.any(axis=1)]).astype(int)
    q = one_pick_question()
    names = [f"harm|{o}" for o in q.item("harm").option_names]
    rows = [{"side": k % 2, **dict(zip(names, r, strict=True))} for k, r in enumerate(cells)]
    return sheet_of(q, rows), q


def binary(answers: np.ndarray) -> Categories:
    """Return yes-or-no answers as the mixture takes them."""
    sizes = np.full(answers.shape[1], 2)
    names = tuple(f"{h}={k}" for h in range(len(sizes)) for k in range(2))
    return Categories(sizes, np.zeros(len(sizes), bool), names, one_hot(answers, sizes))


def gain_of_a_second_class(answers: np.ndarray) -> float:
    """Return by how much a second class improves BIC; negative: one class is enough."""
    one, two = (fit_classes(binary(answers), c).best.log_likelihood for c in (1, 2))
    return 2 * (two - one) - (answers.shape[1] + 1) * np.log(len(answers))


def test_none_of_these_draws_no_class_to_it(alike: tuple[pl.DataFrame, Questionnaire]) -> None:
    sheet, q = alike
    beliefs = build_model_data(sheet, q).beliefs
    assert isinstance(beliefs, Beliefs)
    assert gain_of_a_second_class(beliefs.answers) < 0


def test_as_an_indicator_it_would(alike: tuple[pl.DataFrame, Questionnaire]) -> None:
    sheet, q = alike
    every_option = sheet.select(f"harm|{o}" for o in q.item("harm").option_names).to_numpy()
    assert gain_of_a_second_class(every_option.astype(np.int64)) > 10


def test_on_a_published_survey_no_class_is_those_who_ticked_none_of_these(
    checkout: Path, shared_data: Path
) -> None:
    folder = checkout / "surveys" / "bc_ai"
    q = load(folder)
    mapping = load_mapping(folder / "mappings" / "published_csv.yaml", q)
    raw = read_file(shared_data / "bc-ai-survey" / "bc_ai_survey.csv", options=mapping.file)
    sheet = apply_mapping(raw, mapping, q, wave="1")
    beliefs = build_model_data(sheet, q).beliefs
    assert isinstance(beliefs, Beliefs)
    named = {i.name: k for k, i in enumerate(beliefs.indicators)}
    ticks = [k for name, k in named.items() if name.startswith("trusted/") and "dont" not in name]
    every = sheet.select(f"trusted|{o}" for o in q.item("trusted").option_names).to_numpy()
    answered = every[:, 0] >= 0
    nobody = every[answered, -1] == 1
    as_coded, as_ticked = beliefs.answers[answered][:, ticks], every[answered].astype(np.int64)
    assert share_of_a_class(as_ticked, nobody) > 0.99
    assert share_of_a_class(as_coded, nobody) < 0.5
    assert gain_of_a_second_class(as_coded) < gain_of_a_second_class(as_ticked) / 10


def share_of_a_class(answers: np.ndarray, people: np.ndarray) -> float:
    """Return the largest overlap (Jaccard) of one of two classes with a set of people."""
    members = fit_classes(binary(answers), 2).responsibilities.argmax(axis=1)
    overlaps = [((members == c) & people).sum() / ((members == c) | people).sum() for c in (0, 1)]
    return float(max(overlaps))
