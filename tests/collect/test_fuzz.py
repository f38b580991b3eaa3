"""Whatever is posted, the answer is a page: never a fault of ours."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mfp_stats.collect import Fielded, Limits, Settings, collect_routes

from .conftest import FakeStore, Form, Person, make_questionnaire

QUESTIONNAIRE = make_questionnaire()
NAMES = [
    *(i.name for i in QUESTIONNAIRE.items),
    *(f"{i.name}|{p}" for i in QUESTIONNAIRE.items for p in i.parts if p),
    *(f"missing:{i.name}" for i in QUESTIONNAIRE.items),
    *("go", "consent", "language", "lang"),
]
VALUES = some.one_of(
    some.text(max_size=40),
    some.sampled_from(
        ["", "!dont_know", "!answered", "1", "2", "-1", "1e309", "nan", "back", "yes"]
    ),
    some.sampled_from([o.name for i in QUESTIONNAIRE.items for o in i.options]),
)
#: An empty list posts no field.
FIELDS = some.dictionaries(
    some.one_of(some.sampled_from(NAMES), some.text(max_size=20)),
    some.lists(VALUES, max_size=3),
    max_size=12,
)


@pytest.fixture(scope="module")
def begun():
    with tempfile.TemporaryDirectory() as folder:
        routes = collect_routes(
            {"water": Fielded(QUESTIONNAIRE)},
            append=FakeStore().append,
            healthy=lambda: True,
            drafts=Path(folder),
            settings=Settings(limits=Limits(requests_per_minute=10**9)),
        )
        app = Starlette(routes=routes)
        client = TestClient(app, base_url="http://localhost", follow_redirects=False)
        with client:
            start = Form(client.get("/s/water").text).fields
            client.post("/s/water", data={**start, "consent": "yes"})
            yield Person(client), Form(client.get("/s/water/1").text).fields


@settings(settings.get_profile("shared fixture"), max_examples=150)
@given(fields=FIELDS, page=some.integers(1, 11), known=some.booleans())
def test_any_post_is_answered(begun, fields, page, known):
    person, own = begun
    sent = {
        "go": ["next"],
        **fields,
        **({k: own[k] for k in ("token", "instance")} if known else {}),
    }
    response = person.client.post(f"/s/water/{page}", data=sent)
    assert response.status_code in (303, 403, 422)
    shown = person.client.get(f"/s/water/{page}")
    assert shown.status_code in (200, 303)


@settings(settings.get_profile("shared fixture"), max_examples=60)
@given(body=some.binary(max_size=300), path=some.sampled_from(["", "/1", "/review", "/stop"]))
def test_any_bytes_are_answered(begun, body, path):
    person, _ = begun
    headers = {"content-type": "application/x-www-form-urlencoded"}
    response = person.client.post(f"/s/water{path}", content=body, headers=headers)
    assert 400 <= response.status_code < 500


@settings(settings.get_profile("shared fixture"), max_examples=60)
@given(
    cookie=some.text(some.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    path=some.text(max_size=30),
    language=some.text(max_size=20),
)
def test_any_address_is_answered(begun, cookie, path, language):
    person, _ = begun
    client = TestClient(person.client.app, base_url="http://localhost", follow_redirects=False)
    response = client.get(
        "/s/water",
        params={"lang": language, "more": path},
        headers={"cookie": f"mfp_water={cookie}", "accept-language": "es;q=x,,;"},
    )
    assert response.status_code in (200, 303)
