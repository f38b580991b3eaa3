"""The pages of a fit that compares waves: nothing on them speaks of groups that act together."""

import html
import json

import pytest

from mfp_stats.fitting.tables import MANIFEST_FILE
from mfp_stats.simulate import default_truth, simulate_survey
from mfp_stats.store import ImportSource
from mfp_stats.views import jobs
from tests.app.conftest import RESULT_PAGES, SURVEY, texts
from tests.app.synthetic import save_synthetic


@pytest.fixture
def by_wave(fresh):
    """A project with a fit of made-up numbers, as if its groups had been waves."""
    folder = save_synthetic(
        fresh.project.data / "fits", fresh.questionnaire(SURVEY), by_version=True
    )
    file = folder / MANIFEST_FILE
    more = {"group": "wave", "within": "neighbours", "within_label": "Neighbours"}
    file.write_text(json.dumps(json.loads(file.read_text()) | more))
    return fresh


def said(test) -> str:
    return html.unescape(texts(test))


@pytest.mark.parametrize("page", RESULT_PAGES)
def test_every_page_says_that_waves_are_compared_and_of_whom(by_wave, open_page, page):
    test = open_page(by_wave, page)
    assert not test.exception
    words = said(test)
    assert "Waves are compared here, not groups: every answer counts in its own wave." in words
    assert "Only people of “Neighbours” are in this fit." in words


def test_the_overview_asks_of_waves_and_not_on_what_they_can_act(by_wave, open_page):
    words = said(open_page(by_wave))
    assert "Do the waves want the same things?" in words
    assert "On what can they act?" not in words
    labels = [metric.label for metric in open_page(by_wave).metric]
    assert labels == ["Answer sheets", "Waves compared", "Fitted"]


def test_the_surface_tells_each_wave_by_itself(by_wave, open_page):
    test = open_page(by_wave, "surface.py")
    words = said(test)
    assert "Waves form no coalitions" in words
    assert not test.multiselect
    assert "Who accepts what" not in words and "How near the threshold" in words


def test_no_designs_are_searched_and_nothing_is_frozen(by_wave, open_page):
    assert "Waves form no coalitions" in said(open_page(by_wave, "search.py"))
    forecasts = open_page(by_wave, "forecasts.py")
    assert "it predicts nothing of a coming one" in said(forecasts)
    assert not forecasts.button


def test_the_gap_is_one_between_waves(by_wave, open_page):
    words = said(open_page(by_wave, "gap.py"))
    assert "is a change only if the same kind of people answered in each" in words
    assert "Two waves at a time" in words


def answer(context, wave: str, seed: int) -> None:
    questionnaire = context.questionnaire("starter")
    truth = default_truth(questionnaire, seed=1)
    sheet = simulate_survey(questionnaire, truth, n=30, seed=seed, wave=wave).sheet
    source = ImportSource(f"wave {wave}", f"{wave:>64}")
    context.store.append_sheet(sheet, questionnaire, source=source)


def test_waves_can_be_chosen_in_the_form_once_there_are_two(fresh, open_page, monkeypatch):
    started = []
    monkeypatch.setattr(jobs, "start_fit", lambda *args, **options: started.append(options))
    answer(fresh, "1", 2)
    assert "wave" not in open_page(fresh, "fits.py", "starter").selectbox[1].options
    answer(fresh, "2", 3)
    test = open_page(fresh, "fits.py", "starter")
    by, within = (s for s in test.selectbox if s.label != "Survey")
    assert by.options[-1] == "Wave: what changed, values or models"
    by.set_value("wave")
    within.set_value("residents")
    test.button[0].click().run()
    assert [(o["group"], o["within"]) for o in started] == [("wave", "residents")]


def test_what_cannot_be_compared_is_said_in_the_form(fresh, open_page):
    answer(fresh, "1", 2)
    test = open_page(fresh, "fits.py", "starter")
    _, within = (s for s in test.selectbox if s.label != "Survey")
    within.set_value("residents")
    test.button[0].click().run()
    assert "would all be in one group of it" in said(test)
