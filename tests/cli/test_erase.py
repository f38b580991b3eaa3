"""``mfp erase``: from a receipt code to answers that are gone."""

from datetime import UTC, datetime

import pytest

from mfp_stats.collect import receipt_code
from mfp_stats.collect.tokens import new_instance_id
from mfp_stats.responses import Submission
from mfp_stats.workflow.api import Workspace

from .conftest import Mfp

INSTANCE = new_instance_id()
CODE = receipt_code(INSTANCE)


@pytest.fixture
def answered(project) -> None:
    questionnaire, now = project.questionnaire("starter"), datetime.now(UTC)
    with Workspace(project) as workspace:
        workspace.store.publish(questionnaire)
        sent = Submission(INSTANCE, "starter", questionnaire.hash, "1", {}, {}, {}, {}, now, now)
        workspace.store.append_submission(sent)


def test_erase(mfp: Mfp, project, answered) -> None:
    found = mfp("erase", "starter", CODE, "--dry-run")
    assert found.code == 0 and f"{CODE} is respondent {INSTANCE}, wave 1." in found.out
    assert "Nothing was erased" in found.out
    done = mfp("erase", "starter", CODE.lower())
    assert done.code == 0 and f"{CODE} was erased from starter on " in done.out
    assert "Next: mfp fit starter" in done.out
    with Workspace(project) as workspace:
        assert workspace.store.answered() == ()
    assert mfp("erase", "starter", CODE).out == done.out


def test_a_code_of_nobody(mfp: Mfp, answered) -> None:
    refused = mfp("erase", "starter", receipt_code("nobody"))
    assert refused.code == 2
    assert "nothing was erased" in refused.err and "of no answers to starter" in refused.err
