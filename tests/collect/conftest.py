"""A questionnaire with every item type, served to a test client over a fake store."""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mfp_stats.collect import Fielded, Limits, Settings, collect_routes
from mfp_stats.errors import Fault, StoreError, SubmissionConflict
from mfp_stats.questionnaire.model import (
    Block,
    Intervention,
    Item,
    ItemType,
    Option,
    Questionnaire,
    Role,
)
from mfp_stats.responses import Status, Submission


def options(*labels: str, exclusive: tuple[str, ...] = ()) -> tuple[Option, ...]:
    names = [label.lower().replace(" ", "_") for label in labels]
    return tuple(
        Option(n, {"en": label, "es": f"{label} (es)"}, exclusive=n in exclusive)
        for n, label in zip(names, labels, strict=True)
    )


NOT_SURE = {Status.DONT_KNOW: {"en": "Not sure", "es": "No sé"}}
PRIVATE = {**NOT_SURE, Status.REFUSED: {"en": "Prefer not to say", "es": "Prefiero no decirlo"}}
AGREE = options(
    "Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"
)
EFFECT = options(
    "Much worse", "Worse", "A little worse", "No change", "A little better", "Better", "Much better"
)
SUPPORT = options("Oppose", "Lean against", "In between", "Lean toward", "Support")
VALUES = options(
    "Clean water",
    "Fair bills",
    "Steady work",
    "A say in plans",
    "Quiet nights",
    "Money for schools",
)
PROPOSALS = ("pause", "fund", "rules", "board")


def ordinal(name: str, role: Role, label: str, block: str, scale=AGREE, **more) -> Item:
    more = {"missing": NOT_SURE, **more}
    return Item(
        name,
        ItemType.SELECT_ONE,
        role,
        {"en": label},
        block,
        scale,
        level="ordinal",
        scale="scale",
        **more,
    )


def make_items() -> list[Item]:
    items = [
        Item("welcome", ItemType.NOTE, Role.OPEN, {"en": "There are no right answers."}, "you"),
        Item(
            "relation",
            ItemType.SELECT_ONE,
            Role.GROUP,
            {"en": "How are you connected with the plant?", "es": "¿Cuál es su relación?"},
            "you",
            options("I live near it", "I work there", "I run a business", "None of these"),
            required=True,
        ),
        Item(
            "years",
            ItemType.INTEGER,
            Role.COVARIATE,
            {"en": "How many years have you worked there?"},
            "you",
            missing={Status.REFUSED: {"en": "Prefer not to say"}},
            minimum=0,
            maximum=80,
            relevant="${relation} = 'i_work_there'",
        ),
        Item(
            "bill",
            ItemType.DECIMAL,
            Role.COVARIATE,
            {"en": "What did you pay for water last month?"},
            "you",
            minimum=0,
        ),
    ]
    for n, shown in enumerate(([0, 1, 2, 3], [2, 3, 4, 5], [0, 2, 4, 5]), start=1):
        items.append(
            Item(
                f"tradeoffs.set{n}",
                ItemType.BEST_WORST,
                Role.VALUE_TRADEOFF,
                {"en": "Which of these matters most to you, and which least?"},
                "tradeoffs",
                tuple(VALUES[i] for i in shown),
                missing=NOT_SURE,
                required=True,
            )
        )
    items += [
        Item(
            "ranking",
            ItemType.RANK,
            Role.VALUE_TRADEOFF,
            {"en": "Put these in order of importance to you."},
            "ranking",
            VALUES[:4],
            max_choices=3,
        ),
        Item(
            "picks",
            ItemType.SELECT_MULTIPLE,
            Role.VALUE_TRADEOFF,
            {"en": "Which of these would you fight for?"},
            "ranking",
            (*VALUES[:4], *options("Other", "None", exclusive=("none",))),
            max_choices=2,
        ),
    ]
    for name, label in (
        ("promises", "Companies here keep their promises."),
        ("science", "Local studies can be trusted."),
        ("prices", "Big users of water raise prices for everyone."),
    ):
        items.append(ordinal(f"beliefs.{name}", Role.BELIEF, label, "beliefs"))
    for x in PROPOSALS:
        items.append(
            Item(
                f"told.{x}",
                ItemType.NOTE,
                Role.ARM,
                {"en": f"Experts agree that {x} halves water use."},
                "stipulated",
                intervention=x,
            )
        )
        for v in VALUES[:3]:
            items.append(
                ordinal(
                    f"consequences.{x}.{v.name}",
                    Role.CONSEQUENCE,
                    f"What would it do to this? {v.label['en']}",
                    "consequences",
                    EFFECT,
                    intervention=x,
                    value=v.name,
                    missing=PRIVATE,
                )
            )
        items.append(
            ordinal(
                f"signals.{x}.interest",
                Role.SIGNAL,
                "Whose interest would this serve?",
                "signals",
                intervention=x,
                signal="interest",
            )
        )
        for ask in ("support", "live_with"):
            items.append(
                ordinal(
                    f"support.{x}.{ask}",
                    Role.RESPONSE,
                    f"How do you feel about it: {ask}?",
                    "support",
                    SUPPORT,
                    intervention=x,
                )
            )
    items.append(
        Item(
            "comment",
            ItemType.TEXT,
            Role.OPEN,
            {"en": "Is there anything else?"},
            "end",
            required=0,
        )
    )
    return [
        Item(**{**{f: getattr(i, f) for f in Item.__slots__}, "role": Role.OPEN})
        if i.name.startswith("told.")
        else i
        for i in items
    ]


def make_questionnaire(**changes) -> Questionnaire:
    items = make_items()

    def of(block: str) -> tuple[str, ...]:
        return tuple(i.name for i in items if i.block == block)

    def block(name: str, title: str, **more) -> Block:
        more = {"intro": {}, **more}
        return Block(name, {"en": title}, items=of(name), **more)

    blocks = (
        block("you", "About you"),
        block(
            "tradeoffs",
            "What matters to you",
            intro={"en": "Some questions about priorities."},
            randomise_options=True,
        ),
        block("ranking", "Your priorities"),
        block("beliefs", "How things work", randomise_items=True),
        block("stipulated", "Please suppose", arms={"told": ("told",)}, interventions_per_person=2),
        block(
            "consequences",
            "What it would change",
            intro={"en": "Think of the next five years."},
            interventions_per_person=2,
            randomise_items=True,
        ),
        block("signals", "What it would tell you", interventions_per_person=2),
        block("support", "Where you stand", interventions_per_person=2),
        block("end", "In your own words"),
    )
    proposals = {
        x: Intervention(x, {"en": f"The {x} proposal"}, {"en": f"Here is what {x} means."})
        for x in PROPOSALS
    }
    facts = {
        "survey": "water",
        "title": {"en": "Water and our town", "es": "El agua y nuestro pueblo"},
        "languages": ("en", "es"),
        "source": "fielded",
        "hash": "a" * 64,
        "values": {v.name: v for v in VALUES},
        "interventions": proposals,
        "signals": {"interest": Option("interest", {"en": "Whose interest?"})},
        "arms": {
            "told": {"natural": 0.5, "told": 0.5},
            "order": {"beliefs_first": 0.5, "support_first": 0.5},
        },
        "blocks": blocks,
        "items": tuple(items),
        "group": "relation",
        "intro": {
            "en": "We are asking people who live here what they want.\n\nIt takes ten minutes."
        },
        "consent": {"en": "Your answers are kept without your name.\n\nYou may stop at any time."},
        "contact": "survey office, town hall",
    }
    return Questionnaire(**{**facts, **changes})


@dataclass
class FakeStore:
    """Keeps submissions as the store does; can be told to fail."""

    kept: dict[str, Submission] = field(default_factory=dict)
    calls: int = 0
    effects: int = 0
    failure: Exception | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def append(self, submission: Submission) -> str:
        with self.lock:
            self.calls += 1
            if self.failure:
                raise self.failure
            first = self.kept.setdefault(submission.instance_id, submission)
            if first.answers != submission.answers:
                raise SubmissionConflict(Fault("instance", "other answers are stored"))
            self.effects += first is submission
            return "stored"

    def fail(self) -> None:
        self.failure = StoreError(Fault("store", "disk full"))


class Form(HTMLParser):
    """Reads the form of a page the way a browser would post it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.multiple: set[str] = set()
        self.texts: set[str] = set()
        self._select = ""
        self._textarea = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        name = a.get("name", "")
        if tag == "input" and a["type"] == "hidden":
            self.fields[name] = [a["value"]]
        elif tag == "input" and a["type"] in ("radio", "checkbox"):
            self.choices.setdefault(name, []).append(a["value"])
            if a["type"] == "checkbox":
                self.multiple.add(name)
            if "checked" in a:
                self.fields.setdefault(name, []).append(a["value"])
        elif tag == "input":
            self.texts.add(name)
            self.fields[name] = [a.get("value", "")]
        elif tag == "select":
            self._select = name
            self.fields[name] = [""]
        elif tag == "option":
            self.choices.setdefault(self._select, []).append(a["value"])
            if "selected" in a:
                self.fields[self._select] = [a["value"]]
        elif tag == "textarea":
            self.texts.add(name)
            self._textarea = name
            self.fields[name] = [""]

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data):
        if self._textarea:
            self.fields[self._textarea][0] += data.removeprefix("\n")


class Person:
    """Walks through the form as a browser without scripts would."""

    def __init__(self, client: TestClient, survey: str = "water") -> None:
        self.client = client
        self.root = f"/s/{survey}"

    def begin(self, *, consent: str = "yes", language: str = "", **more):
        page = self.client.get(self.root, params={"lang": language})
        assert page.status_code == 200
        fields = {**Form(page.text).fields, "consent": [consent], **more}
        return self.client.post(self.root, data=fields)

    def fill(self, page, choose: Callable[[str, list[str]], object] | None = None) -> dict:
        """Return the fields of the page with something chosen everywhere."""
        form = Form(page.text)
        fields = dict(form.fields)
        best: dict[str, str] = {}
        places: dict[str, int] = {}
        for n, (name, values) in enumerate(form.choices.items()):
            if name.startswith("missing:"):
                continue
            item, _, part = name.partition("|")
            if part == "worst":
                fields[name] = [next(v for v in values if v != best[item])]
            elif part == "best":
                best[item] = values[n % len(values)]
                fields[name] = [best[item]]
            elif part:
                places[item] = places.get(item, 0) + 1
                fields[name] = [place if (place := str(places[item])) in values else ""]
            else:
                fields[name] = [values[n % len(values)]]
        for name in form.texts:
            fields[name] = ["7"]
        for name, values in form.choices.items():
            if choose and (chosen := choose(name, values)) is not None:
                fields[name] = list(chosen)
        return fields

    def post(self, page, fields: Mapping, go: str = "next"):
        return self.client.post(page.url.path, data={**fields, "go": [go]})

    def walk(self, page, choose=None):
        """Answer page after page up to the check at the end."""
        for _ in range(60):
            if page.url.path.endswith("/review"):
                return page
            assert page.status_code == 200, page.text
            page = self.post(page, self.fill(page, choose))
        raise AssertionError("the form never ends")

    def hand_in(self, page):
        return self.client.post(f"{self.root}/review", data=Form(page.text).fields)


class Clock:
    """A clock that tests can turn."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Site:
    """The served survey with all that a test may look into."""

    store: FakeStore
    surveys: dict[str, Fielded]
    drafts: Path
    clock: Clock
    app: Starlette

    def client(self, **more) -> TestClient:
        return TestClient(self.app, **{"base_url": "http://localhost", **more})

    def person(self) -> Person:
        return Person(self.client())


@pytest.fixture
def make_site(tmp_path) -> Callable[..., Site]:
    def make(questionnaire: Questionnaire | None = None, *, limits: Limits | None = None, **more):
        questionnaire = questionnaire or make_questionnaire()
        store, clock = FakeStore(), Clock()
        surveys = {questionnaire.survey: Fielded(questionnaire)}
        settings = Settings(limits=limits or Limits(requests_per_minute=10**6), clock=clock)
        routes = collect_routes(
            surveys,
            append=more.get("append", store.append),
            healthy=more.get("healthy", lambda: True),
            drafts=tmp_path / "drafts",
            settings=settings,
        )
        return Site(store, surveys, tmp_path / "drafts", clock, Starlette(routes=routes))

    return make


@pytest.fixture
def site(make_site) -> Site:
    return make_site()


def words(html: str) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))
