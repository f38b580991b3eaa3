"""The shipped questionnaires, answered from end to end and stored."""

import pytest

from mfp_stats.collect import assign
from mfp_stats.questionnaire import load
from mfp_stats.responses import MISSING_CODES, Status, sheet_column
from mfp_stats.store import Store

from .conftest import Form, Person


def begin_in(site, survey, arms, language):
    for _ in range(80):
        person = Person(site.client(), survey)
        page = person.begin(language=[language])
        instance_id = Form(page.text).fields["instance"][0]
        drawn = assign(site.surveys[survey].questionnaire, instance_id).arms
        if arms.items() <= drawn.items():
            return person, page
    raise AssertionError("no person came into these arms")


@pytest.mark.parametrize(
    ("survey", "arms", "language"),
    [
        ("ai_datacentres", {"stipulated": "natural", "order": "support_first"}, "en"),
        ("ai_datacentres", {"stipulated": "natural", "order": "beliefs_first"}, "es"),
        ("ai_datacentres", {"stipulated": "consequences_stipulated"}, "en"),
        ("starter", {}, "en"),
        ("data_centre", {}, "en"),
    ],
)
def test_a_shipped_questionnaire_can_be_answered(
    make_site, checkout, tmp_path, survey, arms, language
):
    questionnaire = load(checkout / "surveys" / survey)
    with Store.open(tmp_path / "data") as store:
        store.publish(questionnaire)
        kept = []

        def append(submission):
            kept.append(submission)
            return store.append_submission(submission)

        site = make_site(questionnaire, append=append)
        person, page = begin_in(site, survey, arms, language)
        done = person.hand_in(person.walk(page))
        assert done.status_code == 200 and f'<html lang="{language}"' in done.text
        (submission,) = kept
        assert submission.shown == assign(questionnaire, submission.instance_id).shown()
        sheet = store.sheet(questionnaire)
        assert sheet.height == 1
    not_asked = MISSING_CODES[Status.NOT_ASKED]
    shown = {n for k, v in submission.shown.items() if k.startswith("items:") for n in v}
    for item in questionnaire.items:
        cells = [submission.answers[sheet_column(item.name, p)] for p in item.parts]
        assert (cells == [not_asked] * len(cells)) == (item.name not in shown), item.name
    if "order" in arms:
        blocks = submission.shown["blocks"]
        first = blocks.index("support") < blocks.index("beliefs")
        assert first == (arms["order"] == "support_first")
