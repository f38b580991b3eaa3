"""One process that serves everything: the dashboard at ``/``, questionnaires at ``/s/SURVEY``."""

import asyncio
import logging
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from streamlit.web.bootstrap import load_config_options

from mfp_stats.collect import Drafts, Fielded, Settings, collect_routes
from mfp_stats.collect.drafts import DRAFTS_FOLDER
from mfp_stats.collect.restricted import Restricted, is_loopback
from mfp_stats.errors import Fault, MfpError, ProjectError, StoreError
from mfp_stats.project import Project, require_writable
from mfp_stats.store import Store
from mfp_stats.views.theme import THEME
from mfp_stats.workflow.context import PageContext, serving
from mfp_stats.workflow.waiting import purge_waiting

_LOG: Final = logging.getLogger("mfp_stats.serve")
#: Where the dashboard is served if a proxy forwards to the port of the questionnaires.
LOCAL: Final = "127.0.0.1"
_NEXT_PORT: Final = "The dashboard is on the port after --port: choose another one."
#: How long an unfinished questionnaire, or the receipt of a finished one, is kept.
DRAFTS_KEPT: Final = timedelta(days=30)
#: How long an uploaded file waits to be mapped and confirmed.
UPLOADS_KEPT: Final = timedelta(days=1)

#: Streamlit, told to keep to itself: no statistics sent, no traces shown, no links to send
#: errors elsewhere, no file watching.
STREAMLIT: Final[Mapping[str, str | bool | int]] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "server.headless": True,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": False,
    "global.developmentMode": False,
}


def run(
    project: Project,
    *,
    host: str = "127.0.0.1",
    port: int = 8501,
    surveys: Sequence[str] | None = None,
    hosts: Iterable[str] = (),
    behind_proxy: bool = False,
    say: Callable[[str], object] = lambda line: sys.stdout.write(f"{line}\n"),
) -> None:
    """Serve a project until interrupted.

    Parameters
    ----------
    project
        Its store is opened once and owned by this process.
    host, port
        Address to listen on.
    surveys
        Surveys to open to respondents. None opens every fielded survey, which is allowed only
        where nobody but this machine can reach them; elsewhere name them.
    hosts
        Names under which respondents reach the server, e.g. ``survey.example.org``.
    behind_proxy
        A reverse proxy on this machine forwards to ``port``: its ``X-Forwarded-For`` and
        ``-Proto`` are believed, and the dashboard is not there but on the next port of this
        machine alone, since what is forwarded cannot be told for sure from what is not.
    say
        Where lines for the operator go.

    Raises
    ------
    ProjectError
        A port is taken, a survey is unknown, surveys must be named, or the project's data
        cannot be written.
    QuestionnaireError
        A named survey has a fault or is not fielded.
    StoreError
        The store cannot be opened, or another process owns it.
    """
    fielded = opened(project, surveys, host=host, behind_proxy=behind_proxy, say=say)
    with ExitStack() as held:
        public = dashboard = held.enter_context(_listening(host, port))
        if behind_proxy:
            dashboard = held.enter_context(_listening(LOCAL, _port(public) + 1, fix=_NEXT_PORT))
        store = held.enter_context(Store.open(project.data))
        require_writable(project.data / DRAFTS_FOLDER)
        for line in store.opened.messages:
            say(line)
        app = build_app(
            project, store, fielded, hosts={*hosts, host}, dashboard_port=_port(dashboard)
        )
        say(f"Dashboard: {_address(dashboard)}/")
        for survey in fielded:
            say(f"Questionnaire: {_address(public)}/s/{survey}")
        config = uvicorn.Config(
            app,
            lifespan="on",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=behind_proxy,
            timeout_graceful_shutdown=5,
        )
        with serving(PageContext(project, store, tuple(fielded))):
            uvicorn.Server(config).run(sockets=list({public, dashboard}))


def build_app(
    project: Project,
    store: Store,
    fielded: Mapping[str, Fielded],
    *,
    hosts: Iterable[str] = (),
    dashboard_port: int | None = None,
) -> st.App:
    """Return the one ASGI application: Streamlit's with the respondents' routes in it.

    Parameters
    ----------
    project
        Where the pages and the drafts are.
    store
        Open for as long as the application runs. The questionnaires are published to it, and
        those of before are read from it: what somebody began is finished in its own version.
    fielded
        The surveys opened to respondents.
    hosts
        Names under which respondents reach the server.
    dashboard_port
        The only port that has a dashboard; None for all. See :class:`Restricted`.
    """
    surveys = published(store, fielded)
    load_config_options({**STREAMLIT, **THEME})
    drafts = project.data / DRAFTS_FOLDER
    routes = collect_routes(
        surveys,
        append=store.append_submission,
        healthy=lambda: is_healthy(store, project.data),
        drafts=drafts,
        settings=Settings(hosts=hosts),
    )
    return st.App(
        project.app / "main.py",
        routes=routes,
        lifespan=_lifespan(Drafts(drafts), project),
        middleware=[Middleware(Restricted, port=dashboard_port)],
    )


def published(store: Store, fielded: Mapping[str, Fielded]) -> dict[str, Fielded]:
    """Publish surveys to the store and return each with its earlier versions.

    A version that this release cannot read is told and left out: who began it begins again.
    """
    for survey in fielded.values():
        store.publish(survey.questionnaire)
    return {name: _with_earlier(store, survey) for name, survey in fielded.items()}


def _with_earlier(store: Store, survey: Fielded) -> Fielded:
    earlier = dict(survey.earlier)
    for version in store.versions(survey.questionnaire.survey):
        try:
            earlier[version] = store.questionnaire(version)
        except StoreError as error:
            _LOG.warning("drafts of an earlier version cannot be gone on with: %s", error)
    return replace(survey, earlier=earlier)


def opened(
    project: Project,
    surveys: Sequence[str] | None,
    *,
    host: str,
    behind_proxy: bool,
    say: Callable[[str], object],
) -> dict[str, Fielded]:
    """Return the surveys to open to respondents; see :func:`run`."""
    if surveys is not None:
        return {name: Fielded(project.questionnaire(name)) for name in surveys}
    if behind_proxy or not is_loopback(host):
        fault = Fault(
            f"host {host}",
            "can be reached from other machines, and no survey was named to be opened to them",
            fix="Name the surveys, or listen on 127.0.0.1 without a proxy.",
        )
        raise ProjectError(fault)
    found: dict[str, Fielded] = {}
    for name in project.surveys():
        try:
            questionnaire = project.questionnaire(name)
        except MfpError as error:
            say(f"{name} is not served: {error}")
            continue
        if questionnaire.source == "fielded":
            found[name] = Fielded(questionnaire)
    return found


def is_healthy(store: Store, data: Path) -> bool:
    """Return whether the disk takes a write and the database stores and answers.

    Raises
    ------
    StoreError
        The database fails, or submissions wait in the journal that it cannot take.
    OSError
        The disk does not take a write.
    """
    content = os.urandom(16)
    # A file of this call alone, which is gone when it is closed, however that comes about.
    with tempfile.TemporaryFile(dir=data) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        written = file.read() == content
    store.prove()
    return written


def _lifespan(
    drafts: Drafts, project: Project
) -> Callable[[st.App], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[None]:
        task = asyncio.create_task(_purge_daily(drafts, project))
        yield
        task.cancel()

    return lifespan


async def _purge_daily(drafts: Drafts, project: Project) -> None:
    """Delete what was begun and left, at the start and every day after."""
    while True:
        await asyncio.to_thread(purge, drafts, project)
        await asyncio.sleep(24 * 3600)


def purge(drafts: Drafts, project: Project) -> None:
    """Delete what was begun and left; where the disk refuses, that is logged, for the next time."""
    for old in (
        partial(drafts.purge, older_than=DRAFTS_KEPT),
        partial(purge_waiting, project, older_than=UPLOADS_KEPT),
    ):
        try:
            old()
        except OSError as error:
            _LOG.warning("what was begun and left cannot be deleted: %s", error)


def _listening(host: str, port: int, *, fix: str = "Choose another one: --port") -> socket.socket:
    """Return a bound socket: a taken port is told before anything else is begun."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        why = error.strerror if isinstance(error, OSError) else "there is no such port"
        fault = Fault(f"{host}:{port}", f"cannot be listened on: {why}", fix=fix)
        raise ProjectError(fault) from error
    return made


def _port(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def _address(listening: socket.socket) -> str:
    host = listening.getsockname()[0]
    return f"http://{f'[{host}]' if ':' in host else host}:{_port(listening)}"
