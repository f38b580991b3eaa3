"""A small questionnaire with every kind of block, to be changed by tests."""

import copy
from typing import Any

import pytest

DOCUMENT: dict[str, Any] = {
    "survey": "small",
    "title": {"en": "A small survey", "es": "Una encuesta breve"},
    "languages": ["en", "es"],
    "consent": "You may stop at any time.",
    "values": {
        "share": {"label": {"en": "A share", "es": "Una parte"}, "outcome": "How big the share is"},
        "say": {"en": "A say", "es": "Voz"},
        "jobs": "Jobs",
        "air": "Clean air",
        "calm": "Calm",
    },
    "interventions": {
        "fund": {"label": "A fund", "description": "It pays.", "attributes": {"percent": 2}},
        "vote": "A vote",
        "pause": {"label": "A pause", "attributes": {"years": "2", "strict": "true", "by": "law"}},
    },
    "signals": {
        "interest": {
            "label": "Whom does {intervention} serve?",
            "scale": "side3",
            "neutral": "both",
        }
    },
    "scales": {
        "agree5": {
            "labels": ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"],
            "missing": ["dont_know"],
        },
        "side3": {"level": "ordinal", "options": {"them": "Them", "both": "Both", "us": "Us"}},
        "support3": {
            "labels": ["Oppose", "Neither", "Support"],
            "accept_from": "support",
            "question": "Do you support {intervention}?",
        },
        "yes_no": {"options": {"no": "No", "yes": "Yes"}},
        "uses": {"options": {"work": "At work", "home": "At home"}},
    },
    "arms": {
        "order": {"beliefs_first": 0.5, "support_first": 0.5},
        "given": {"natural": 0.25, "told": 0.75},
    },
    "blocks": [
        {
            "block": "tradeoffs",
            "role": "value_tradeoff",
            "type": "best_worst",
            "size": 3,
            "repeat": 1,
        },
        {"block": "importance", "role": "value_rating", "scale": "agree5"},
        {
            "block": "beliefs",
            "role": "belief",
            "scale": "agree5",
            "items": [
                {"name": "kept", "label": "Promises are kept."},
                {"name": "broken", "label": "Promises are broken.", "reverse": True},
                {"name": "works", "type": "select_one yes_no", "label": "It works."},
                {
                    "name": "where",
                    "type": "select_multiple uses",
                    "max_choices": 2,
                    "label": "Where do you use it?",
                    "options": {"nowhere": {"label": "Nowhere", "exclusive": True}},
                    "relevant": "${works} = 'yes'",
                },
            ],
        },
        {
            "block": "effects",
            "role": "consequence",
            "scale": "agree5",
            "interventions_per_person": 2,
        },
        {"block": "signs", "role": "signal"},
        {
            "block": "support",
            "role": "response",
            "ask": ["support3"],
            "arms": {"given": ["natural"]},
        },
        {"block": "others", "role": "perception", "of": ["value_tradeoff"]},
        {
            "block": "you",
            "items": [
                {
                    "name": "group",
                    "type": "select_one",
                    "role": "group",
                    "label": "Which group?",
                    "options": {"near": "Neighbours", "far": "Others"},
                },
                {
                    "name": "age",
                    "type": "integer",
                    "role": "covariate",
                    "label": "Age",
                    "minimum": 18,
                },
                {"name": "thanks", "type": "note", "label": "Thank you."},
            ],
        },
    ],
}


@pytest.fixture
def document() -> dict[str, Any]:
    """A fresh copy of a valid questionnaire that uses most of the format."""
    return copy.deepcopy(DOCUMENT)
