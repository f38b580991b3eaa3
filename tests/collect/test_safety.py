"""What the public surface lets in and what it gives away."""

import asyncio
import re
import time
from dataclasses import replace

import pytest
from starlette.routing import Mount, Route, Router

from mfp_stats.collect import PUBLIC_ROUTES, Limits
from mfp_stats.collect.forms import LONGEST_TEXT
from mfp_stats.collect.guard import Guard
from mfp_stats.collect.pages import LONGEST
from mfp_stats.collect.tokens import is_instance_id, new_instance_id
from mfp_stats.errors import Fault, StoreError
from mfp_stats.questionnaire.model import ItemType

from .conftest import Form, Person, make_questionnaire

FORM = {"content-type": "application/x-www-form-urlencoded"}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}${7*7}&lt;b&gt;"
POSTS = ["/s/water/1", "/s/water/review", "/s/water/stop", "/s/water/leave"]


def begun(site) -> tuple[Person, dict]:
    person = site.person()
    page = person.begin()
    return person, person.fill(page)


@pytest.mark.parametrize("path", POSTS)
def test_no_token_no_entry(site, path):
    person, fields = begun(site)
    for token in ([], [""], ["abc"], [".".join(["f" * 8, "0" * 64])], ["é.ü"], ["-1.x"]):
        sent = {**fields, "token": token}
        assert person.client.post(path, data=sent).status_code == 403
    assert person.client.post(path, data={"go": "next"}).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_a_token_of_somebody_else_is_no_token(site, path):
    person, fields = begun(site)
    _, other = begun(site)
    mixed = {**fields, "token": other["token"]}
    assert person.client.post(path, data=mixed).status_code == 403
    whole = {**fields, "token": other["token"], "instance": other["instance"]}
    assert person.client.post(path, data=whole).status_code == 403


@pytest.mark.parametrize("path", ["/s/water", *POSTS])
@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_forms_of_other_sites_are_refused(site, path, headers):
    person, fields = begun(site)
    assert person.client.post(path, data=fields, headers=headers).status_code == 403


def test_without_cookie_only_our_own_pages_are_believed(site):
    person, fields = begun(site)
    person.client.cookies.clear()
    assert person.client.post("/s/water/1", data=fields).status_code == 403
    ours = {"origin": "http://localhost"}
    assert person.client.post("/s/water/1", data=fields, headers=ours).status_code == 200


def test_beginning_needs_a_token_too(site):
    assert site.client().post("/s/water", data={"consent": "yes"}).status_code == 403
    other = Form(site.client().get("/s/water").text).fields
    bad = {**other, "token": [other["token"][0][:-1] + "x"], "consent": ["yes"]}
    assert site.client().post("/s/water", data=bad).status_code == 403


def test_the_cookie_is_out_of_reach(site):
    client = site.client(follow_redirects=False)
    start = client.get("/s/water")
    assert "set-cookie" not in start.headers
    response = client.post("/s/water", data={**Form(start.text).fields, "consent": "yes"})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/s/water" in cookie
    assert "secure" not in cookie
    secure = site.client(base_url="https://localhost", follow_redirects=False)
    start = secure.get("/s/water")
    response = secure.post("/s/water", data={**Form(start.text).fields, "consent": "yes"})
    assert "secure" in response.headers["set-cookie"].lower()


def test_instance_ids_cannot_be_guessed_or_turned_into_paths():
    ids = {new_instance_id() for _ in range(1000)}
    assert len(ids) == 1000 and all(is_instance_id(i) for i in ids)
    for text in ("", "../" * 10 + "ab", "a" * 31, "a" * 33, "a" * 32 + "\n", "é" * 32):
        assert not is_instance_id(text)


def test_a_made_up_instance_is_nobody(site):
    client = site.client()
    client.cookies.set("mfp_water", "../../etc/passwd", path="/s/water")
    assert client.get("/s/water/1").url.path == "/s/water"
    client.cookies.set("mfp_water", new_instance_id(), path="/s/water")
    assert client.get("/s/water/1").url.path == "/s/water"


def test_a_draft_of_one_survey_opens_no_other(site):
    other = make_questionnaire(survey="air", hash="d" * 64)
    site.surveys["air"] = replace(site.surveys["water"], questionnaire=other)
    _, fields = begun(site)
    client = site.client()
    client.cookies.set("mfp_air", fields["instance"][0], path="/s/air")
    assert client.get("/s/air/1").url.path == "/s/air"
    assert client.post("/s/air/1", data=fields).status_code == 410


def test_large_bodies_are_refused(make_site):
    site = make_site(limits=Limits(body=2048, requests_per_minute=10**6))
    client = site.client()
    large = b"a=" + b"x" * 4000

    def chunks():
        yield from (large[i : i + 100] for i in range(0, len(large), 100))

    for body in (large, chunks()):
        response = client.post("/s/water/1", content=body, headers=FORM)
        assert response.status_code == 413
        assert "2 KiB" in response.text
    lying = {**FORM, "content-length": "-5"}
    assert client.post("/s/water/1", content=b"a=b", headers=lying).status_code == 413


@pytest.mark.parametrize("character", ["水", "\N{OWL}", "\n"])
def test_the_longest_texts_that_a_page_permits_are_taken(make_site, character):
    base = make_questionnaire()
    comment = base.item("comment")
    texts = [replace(comment, name=f"comment{n}") for n in range(LONGEST)]
    names = tuple(item.name for item in texts)
    page = replace(base.blocks[-1], items=names)
    items = (*(i for i in base.items if i is not comment), *texts)
    site = make_site(replace(base, items=items, blocks=(*base.blocks[:-1], page)))
    person = site.person()
    review = person.walk(person.begin())
    last = person.client.get(re.search(r'class="button plain" href="([^"]+)"', review.text)[1])
    written = f"a{character * (LONGEST_TEXT - 2)}z"
    review = person.post(last, {**Form(last.text).fields, **{name: [written] for name in names}})
    assert review.status_code == 200 and review.url.path == "/s/water/review"
    assert person.hand_in(review).status_code == 200
    (submission,) = site.store.kept.values()
    assert [submission.answers[name] for name in names] == [written] * LONGEST


def test_many_fields_are_refused(site):
    body = "&".join(f"f{n}=1" for n in range(1001))
    assert site.client().post("/s/water/1", content=body, headers=FORM).status_code == 413


def test_what_is_no_form_is_refused(site):
    client = site.client()
    assert client.post("/s/water/1", json={"a": 1}).status_code == 415
    assert client.post("/s/water/1", files={"a": b"x"}).status_code == 415
    assert client.post("/s/water/1", content=b"\xff\xfe=1", headers=FORM).status_code == 400
    assert (
        client.post("/s/water/1", content=b"%ff%fe=%00%ed%a0%80", headers=FORM).status_code == 403
    )


def test_slow_bodies_are_cut_off(make_site):
    site = make_site(limits=Limits(seconds=0.2))
    sent = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/s/water/1",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *[(k.encode(), v.encode()) for k, v in FORM.items()]],
        "client": ("127.0.0.1", 1),
    }

    async def receive():
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def send(message):
        sent.append(message)

    began = time.monotonic()
    asyncio.run(site.app(scope, receive, send))
    assert sent[0]["status"] == 408 and time.monotonic() - began < 5


def test_hosts_that_are_not_ours(site):
    client = site.client()
    for host in ("evil.example", "localhost.evil.example", "localhost@evil", "[", ""):
        response = client.get("/s/water", headers={"host": host})
        assert response.status_code == 400
    forwarded = {"x-forwarded-host": "evil.example"}
    assert "evil" not in client.get("/s/water", headers=forwarded).text
    assert client.get("/s/water", headers={"host": "127.0.0.1:8501"}).status_code == 200


def test_too_many_requests(make_site):
    site = make_site(limits=Limits(requests_per_minute=20))
    client = site.client()
    statuses = [client.get("/s/water").status_code for _ in range(25)]
    assert statuses[:20] == [200] * 20 and set(statuses[21:]) == {429}
    refused = client.get("/s/water")
    assert int(refused.headers["retry-after"]) >= 1 and "20 requests" in refused.text
    assert site.client(client=("10.0.0.9", 1)).get("/s/water").status_code == 200


def test_unknown_surveys_and_pages(site):
    client = site.client()
    for path in (
        "/s/none",
        "/s/none/1",
        "/s/",
        "/s/water/",
        "/s/water/x",
        "/s/water/1/2",
        "/s/_static/../web.py",
        "/s/_static/key",
        "/s/%2e%2e/key",
        "/s/water%00",
    ):
        response = client.get(path)
        assert response.status_code == 404, path
        assert "There is no such page" in response.text
    person, fields = begun(site)
    assert person.client.get("/s/water/0").status_code == 404
    for digits in ("9" * 500, "9" * 5000, "0" * 5000 + "1"):
        assert person.client.get(f"/s/water/{digits}").status_code == 404
        assert person.client.post(f"/s/water/{digits}", data=fields).status_code == 404
    assert client.delete("/s/water").status_code == 405


def test_what_is_told_about_an_unknown_survey_tells_nothing(site):
    client = site.client()
    assert client.get("/s/none").text == client.get("/s/secret_draft").text


def walk_routes(routes, prefix=""):
    for route in routes:
        if isinstance(route, Mount):
            guard = route.app
            assert isinstance(guard, Guard) and isinstance(guard.app, Router)
            yield from walk_routes(guard.app.routes, prefix + route.path)
        else:
            assert isinstance(route, Route)
            yield prefix + route.path, route.methods - {"HEAD"}


def test_every_route_is_listed(site):
    found: dict[str, set] = {}
    for path, methods in walk_routes(site.app.routes):
        found.setdefault(path, set()).update(methods)
    assert found == {path: set(methods) for path, methods in PUBLIC_ROUTES.items()}


def test_headers_on_every_answer(site):
    person, fields = begun(site)
    client = person.client
    answers = [client.get(p) for p in ("/health", "/s/water", "/s/water/1", "/s/water/stop")]
    answers += [client.get(p) for p in ("/s/none", "/s/water/receipt", "/s/_static/survey.css")]
    answers += [client.post(p, data={}) for p in ("/s/water", *POSTS)]
    answers += [client.post("/s/water/1", data=fields), client.put("/s/water")]
    answers += [client.get("/s/water", headers={"host": "evil.example"})]
    for answer in answers:
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers
        kept = "immutable" if "_static" in answer.url.path else "no-store"
        assert kept in headers["cache-control"]
    secure = site.client(base_url="https://localhost").get("/s/water")
    assert int(re.search(r"max-age=(\d+)", secure.headers["strict-transport-security"])[1]) > 3e7


def test_pages_hold_no_inline_script_or_style(site):
    person = site.person()
    page = person.begin()
    pages = [person.client.get("/s/water/stop"), person.client.get("/s/none")]
    for _ in range(30):
        pages.append(page)
        if page.url.path.endswith("/review"):
            break
        page = person.post(page, person.fill(page))
    for page in pages:
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! src=)", page.text)
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page.text)
        assert len(re.findall(r"<h1", page.text)) == 1
        assert re.search(r'<html lang="en" dir="ltr">', page.text)


def hostile(text):
    return dict.fromkeys(text, HOSTILE) if text else text


def test_hostile_words_of_a_questionnaire_stay_words(make_site):
    base = make_questionnaire()
    items = tuple(
        replace(
            i,
            label=hostile(i.label),
            hint={"en": HOSTILE},
            missing={s: {"en": HOSTILE} for s in i.missing},
            options=tuple(
                replace(o, label=hostile(o.label), note={"en": HOSTILE}) for o in i.options
            ),
        )
        for i in base.items
    )
    blocks = tuple(replace(b, title={"en": HOSTILE}, intro={"en": HOSTILE}) for b in base.blocks)
    proposals = {
        n: replace(x, label={"en": HOSTILE}, description={"en": HOSTILE})
        for n, x in base.interventions.items()
    }
    site = make_site(
        replace(
            base,
            items=items,
            blocks=blocks,
            interventions=proposals,
            title={"en": HOSTILE},
            intro={"en": HOSTILE},
            consent={"en": HOSTILE},
            contact=HOSTILE,
        )
    )
    person = site.person()
    pages = [person.client.get("/s/water")]
    page = person.begin()
    while not page.url.path.endswith("/review"):
        pages += [page, person.post(page, Form(page.text).fields)]
        page = person.post(page, person.fill(page))
    pages += [page, person.hand_in(page)]
    assert len(pages) > 15
    for page in pages:
        assert "<script>alert" not in page.text and "<img src=x" not in page.text
        assert "{{7*7}}" in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "&amp;lt;b&amp;gt;" in page.text


def test_hostile_answers_stay_words_and_are_stored_as_given(site):
    person = site.person()
    page = person.begin()
    first = person.post(
        page, {**person.fill(page), "bill": [HOSTILE], "relation": ["i_live_near_it"]}
    )
    assert first.status_code == 422 and Form(first.text).fields["bill"] == [HOSTILE]
    assert "<script>alert" not in first.text
    review = person.walk(person.post(first, {**Form(first.text).fields, "bill": ["1"]}))
    last = next(
        n for n in range(1, 40) if "comment" in Form(person.client.get(f"/s/water/{n}").text).fields
    )
    page = person.client.get(f"/s/water/{last}")
    review = person.post(page, {**person.fill(page), "comment": [HOSTILE]})
    assert "<script>alert" not in review.text and "&lt;script&gt;" in review.text
    person.hand_in(review)
    (submission,) = site.store.kept.values()
    assert submission.answers["comment"] == HOSTILE


def test_fields_that_the_page_does_not_ask_for_are_not_taken(site):
    person, fields = begun(site)
    fields = {**fields, "relation": ["i_live_near_it"]}
    page = person.client.get("/s/water/1")
    for name in ("role", "weight", "beliefs.promises", "arms", "relation|best"):
        refused = person.post(page, {**fields, name: ["x"]})
        assert refused.status_code == 422 and "does not ask for" in refused.text
        assert Form(refused.text).fields["relation"] == ["i_live_near_it"]
    assert "relation" not in Form(person.client.get("/s/water/1").text).fields


def test_an_error_of_ours_tells_an_id_and_no_more(make_site, caplog):
    def explode(submission):
        raise RuntimeError("secret detail")

    site = make_site(append=explode)
    person = site.person()
    page = person.hand_in(person.walk(person.begin()))
    assert page.status_code == 500
    assert "secret detail" not in page.text and "Traceback" not in page.text
    error_id = re.search(r"mention ([0-9a-f]{12})", page.text)[1]
    logged = [r for r in caplog.records if error_id in r.getMessage()]
    assert len(logged) == 1 and logged[0].getMessage().endswith("POST /s/water/review")
    assert page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("healthy", "status"),
    [(True, 200), (False, 503), (StoreError(Fault("x", "secret")), 503), (OSError("secret"), 503)],
)
def test_health(make_site, healthy, status):
    def check():
        if isinstance(healthy, Exception):
            raise healthy
        return healthy

    response = make_site(healthy=check).client().get("/health")
    assert response.status_code == status
    assert response.json() == {"status": "ok" if status == 200 else "unavailable"}


def test_the_secret_key_and_drafts_are_private(site):
    begun(site)
    for file in site.drafts.iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_every_control_has_a_name(site):
    person = site.person()
    page = person.begin()
    while not page.url.path.endswith("/review"):
        for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", page.text):
            if 'type="hidden"' in tag:
                continue
            control = re.search(r'id="([^"]+)"', tag)
            named = "aria-label=" in tag or re.search(
                rf"<label class=\"\w+\">{re.escape(tag)}", page.text
            )
            assert named or f'for="{control[1]}"' in page.text, tag
        ids = re.findall(r'\bid="([^"]+)"', page.text)
        assert len(ids) == len(set(ids))
        for described in re.findall(r'aria-describedby="([^"]+)"', page.text):
            assert set(described.split()) <= set(ids)
        page = person.post(page, person.fill(page))


def test_every_item_type_is_in_the_walk():
    assert {i.type for i in make_questionnaire().items} == set(ItemType)
