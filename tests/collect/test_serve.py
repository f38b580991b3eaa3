"""The one application: dashboard for this machine, questionnaires for everybody."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import net_util

from mfp_stats import serve
from mfp_stats.collect import Draft, Drafts, Fielded
from mfp_stats.collect.tokens import new_instance_id
from mfp_stats.errors import ProjectError
from mfp_stats.project import Project
from mfp_stats.store import Store
from mfp_stats.workflow.waiting import keep_waiting

from .conftest import Person, make_questionnaire

STREAM = "ws://localhost/_stcore/stream"
#: A port that a reverse proxy forwards to; the dashboard is on port 80 alone.
FORWARDED = 8501


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    (root / "surveys").mkdir()
    (root / "app").mkdir()
    (root / "app" / "main.py").write_text("import streamlit as st\nst.title('hello')\n")
    return Project(root, None)


@pytest.fixture(scope="module")
def abandoned(project):
    """A file that was uploaded long ago and neither confirmed nor discarded."""
    upload = keep_waiting(project, "answers.csv", b"id,name\n1,Ann\n")
    os.utime(upload.file.parent, (0, 0))
    return upload


@pytest.fixture(scope="module")
def begun(project):
    """What somebody began before the server was last started, in the version of then."""
    before = make_questionnaire(hash="b" * 64, title={"en": "Water before"})
    with Store.open(project.data) as store:
        store.publish(before)
    draft = Draft(new_instance_id(), "water", before.hash, "en", started=datetime.now(UTC))
    Drafts(project.data / serve.DRAFTS_FOLDER).save(draft)
    return draft


@pytest.fixture(scope="module")
def served(project, abandoned, begun):
    questionnaire = make_questionnaire()
    with Store.open(project.data) as store:
        fielded = {"water": Fielded(questionnaire)}
        hosts = ["survey.example.org"]
        app = serve.build_app(project, store, fielded, hosts=hosts, dashboard_port=80)
        with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1)):
            yield app, store, questionnaire


def client_of(app, host="localhost", address="127.0.0.1") -> TestClient:
    return TestClient(app, base_url=f"http://{host}", client=(address, 1))


def test_a_submission_reaches_the_store(served):
    app, store, questionnaire = served
    person = Person(client_of(app, "survey.example.org", "203.0.113.7"))
    done = person.hand_in(person.walk(person.begin()))
    assert done.status_code == 200 and "Thank you" in done.text
    sheet = store.sheet(questionnaire)
    assert (sheet["relation"] >= 0).all()
    answered = store.respondents("water").filter(questionnaire=questionnaire.hash)
    assert answered["source"].to_list() == ["web"]


def test_the_dashboard_is_at_the_root(served):
    app, *_ = served
    page = client_of(app).get("/")
    assert page.status_code == 200 and "streamlit" in page.text.lower()
    policy = page.headers["content-security-policy"].split("; ")
    allowed = dict(rule.split(" ", 1) for rule in policy)
    assert allowed["default-src"] == "'self'" and allowed["frame-ancestors"] == "'none'"
    assert allowed["img-src"] == "'self' data: blob:"
    assert allowed["connect-src"] == "'self' ws://localhost:* ws://127.0.0.1:*"
    assert "unsafe-eval" not in allowed["script-src"] and "*" not in allowed["script-src"]
    assert client_of(app).get("/_stcore/health").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/values", "/_stcore/health", "/_stcore/host-config", "/s", "/health/", "/sx"]
)
def test_nobody_else_sees_the_dashboard(served, path):
    app, *_ = served
    answers = [
        client_of(app, address="203.0.113.7").get(path),
        client_of(app, "survey.example.org").get(path),
        client_of(app, "evil.example").get(path),
        client_of(app).get(path, headers={"x-forwarded-for": "203.0.113.7"}),
        client_of(app).get(path, headers={"forwarded": "for=203.0.113.7"}),
        client_of(app).get(path, headers={"via": "1.1 survey.example.org"}),
        client_of(app).get(path, headers={"x-real-ip": "203.0.113.7"}),
    ]
    assert [a.status_code for a in answers] == [404] * 7
    assert {a.text for a in answers} == {"There is no such page."}


def test_nor_speaks_with_it(served):
    app, *_ = served
    client = client_of(app, address="203.0.113.7")
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(STREAM):
        pass


FOREIGN = ["https://evil.example", "http://localhost.evil.example", "http://localhost:3000", "null"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_sites_reach_no_dashboard(served, monkeypatch, origin):
    """Streamlit would ask another machine what address we have, to compare the origin with it."""
    app, *_ = served
    asked = []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append(origin))
    headers = {"origin": origin}
    assert client_of(app).get("/_stcore/host-config", headers=headers).status_code == 404
    stream = client_of(app).websocket_connect(STREAM, headers=headers)
    with pytest.raises(WebSocketDisconnect), stream:
        pass
    assert not asked


def test_its_own_pages_do(served):
    app, *_ = served
    headers = {"origin": "http://localhost"}
    assert client_of(app).get("/_stcore/host-config", headers=headers).status_code == 200
    with client_of(app).websocket_connect(STREAM, headers=headers):
        pass


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "survey.example.org"])
def test_another_port_has_no_dashboard_whatever_is_asked_for_there(served, host):
    """nginx forwards under a Host of this machine unless told otherwise, with no word of itself."""
    app, *_ = served
    client = client_of(app, f"{host}:{FORWARDED}")
    assert client.get("/s/water").status_code == 200
    for path in ("/", "/_stcore/host-config"):
        assert client.get(path).status_code == 404
        assert client.get(path, headers={"host": "localhost"}).status_code == 404
    stream = client.websocket_connect(f"ws://localhost:{FORWARDED}/_stcore/stream")
    with pytest.raises(WebSocketDisconnect), stream:
        pass


def test_streamlit_keeps_to_itself(served):
    from streamlit import config

    assert {name: config.get_option(name) for name in serve.STREAMLIT} == serve.STREAMLIT
    assert config.get_option("browser.gatherUsageStats") is False


def test_health_writes_and_reads(served, tmp_path):
    app, store, _ = served
    assert client_of(app).get("/health").json() == {"status": "ok"}
    assert serve.is_healthy(store, tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(OSError):
        serve.is_healthy(store, tmp_path / "gone")


def test_health_can_be_asked_by_many_at_once(served, tmp_path):
    _, store, _ = served
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: serve.is_healthy(store, tmp_path), range(40)))
    assert answers == [True] * 40


def test_what_was_begun_before_a_restart_is_finished_in_its_own_version(served, begun):
    app, store, questionnaire = served
    client = client_of(app)
    client.cookies.set("mfp_water", begun.instance_id, path="/s/water")
    page = client.get("/s/water/1")
    assert page.status_code == 200 and "Water before" in page.text
    person = Person(client)
    assert person.hand_in(person.walk(page)).status_code == 200
    (answered,) = store.respondents("water").filter(respondent=begun.instance_id).to_dicts()
    assert answered["questionnaire"] == begun.questionnaire != questionnaire.hash


def test_a_version_that_this_release_cannot_read_is_told_and_left_out(tmp_path, caplog):
    questionnaire = make_questionnaire()
    with Store.open(tmp_path) as store:
        store.publish(replace(questionnaire, hash="b" * 64))
        with store._database.writing() as cursor:
            cursor.execute("UPDATE questionnaire_versions SET document = '{}'")
        opened = serve.published(store, {"water": Fielded(questionnaire)})
    assert list(opened["water"].earlier) == [questionnaire.hash]
    assert "cannot be gone on with" in caplog.text


@pytest.mark.parametrize(("host", "behind_proxy"), [("0.0.0.0", False), ("127.0.0.1", True)])
def test_other_machines_need_named_surveys(tmp_path, host, behind_proxy):
    (tmp_path / "surveys").mkdir()
    project = Project(tmp_path, None)
    with pytest.raises(ProjectError, match="Name the surveys"):
        serve.opened(project, None, host=host, behind_proxy=behind_proxy, say=print)


def test_a_survey_with_a_fault_is_told_and_left_out(tmp_path):
    folder = tmp_path / "surveys" / "broken"
    folder.mkdir(parents=True)
    (folder / "questionnaire.yaml").write_text("survey: [\n")
    lines = []
    project = Project(tmp_path, None)
    here = {"host": "127.0.0.1", "behind_proxy": False}
    assert serve.opened(project, None, **here, say=lines.append) == {}
    assert len(lines) == 1 and lines[0].startswith("broken is not served: ")


def test_a_taken_port_is_told(tmp_path):
    (tmp_path / "surveys").mkdir()
    with serve._listening("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ProjectError, match="cannot be listened on"):
            serve.run(Project(tmp_path, None), port=port, surveys=[])
    assert not (tmp_path / "data").exists()


def test_a_disk_that_refuses_to_delete_ends_no_purge(tmp_path, caplog):
    other = Project(tmp_path, None)
    drafts = Drafts(other.data / serve.DRAFTS_FOLDER)
    # Neither a folder under a draft's name, nor one under a mapping's, can be unlinked.
    stuck = drafts.folder / "0.json", other.data / "waiting" / "upload.yaml"
    old = drafts.folder / "1.json"
    old.write_bytes(b"{}")
    for path in stuck:
        path.mkdir(parents=True)
    for path in (*stuck, old):
        os.utime(path, (0, 0))
    serve.purge(drafts, other)
    assert not old.exists()
    assert "an old draft cannot be deleted" in caplog.text
    assert "what was begun and left cannot be deleted" in caplog.text


def test_so_is_a_taken_port_of_the_dashboard(tmp_path):
    (tmp_path / "surveys").mkdir()
    with serve._listening("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1] - 1
        with pytest.raises(ProjectError, match="The dashboard is on the port after --port"):
            serve.run(Project(tmp_path, None), port=port, surveys=[], behind_proxy=True)


def test_the_last_port_has_none_after_it(tmp_path):
    (tmp_path / "surveys").mkdir()
    with pytest.raises(ProjectError, match="there is no such port"):
        serve.run(Project(tmp_path, None), port=65535, surveys=[], behind_proxy=True)


def test_the_server_deletes_abandoned_uploads_when_it_starts(served, abandoned):
    deadline = time.monotonic() + 10
    while abandoned.file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not abandoned.file.exists()
