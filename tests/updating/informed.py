"""A survey of which half the people are told of a report, and how that moves two worldviews."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from scipy.special import expit

from mfp_stats.design.data import Floats
from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.simulate import Profile, Truth, default_truth, simulate_survey
from mfp_stats.simulate.acceptance import accept_cuts
from mfp_stats.simulate.people import draw_people
from mfp_stats.simulate.truth import Response

#: The beliefs that the report says nothing of, and by which worldviews are known.
OTHERS = ("luck", "rules", "growth", "experts", "elsewhere", "council")
#: Probability of each answer in the worldview that agrees; the other one's is turned round.
AGREES = np.array([0.04, 0.1, 0.16, 0.35, 0.35])


def document() -> dict[str, Any]:
    """One arm, one report about two beliefs and two proposals, trust in who wrote it."""

    def belief(name: str) -> dict[str, str]:
        return {"name": name, "label": f"About {name}"}

    return {
        "survey": "informed",
        "title": "Informed",
        "values": {"jobs": "Good jobs", "calm": "Quiet streets"},
        "interventions": {"fund": "A fund", "pause": "A pause", "panel": "A panel"},
        "scales": {
            "agree5": {"labels": ["Not at all", "No", "So so", "Yes", "Very much"]},
            "support4": {"labels": ["Never", "Rather not", "Rather", "Gladly"],
                         "accept_from": "rather"},
        },
        "arms": {"briefing": {"none": 0.5, "report": 0.5}},
        "information": {
            "report": {
                "label": "A report that companies keep their promises",
                "short": "The report",
                "told": {"briefing": ["report"]},
                "beliefs": {"kept": "raises", "hidden": "lowers"},
                "support": {"fund": "raises", "pause": "lowers"},
                "trust": {"item": "source", "from": "so_so"},
            }
        },
        "blocks": [
            {"block": "who", "items": [
                {"name": "side", "type": "select_one", "role": "group", "label": "Side",
                 "required": True, "options": {"left": "Left", "right": "Right"}},
                {"name": "source", "type": "select_one agree5", "role": "covariate",
                 "label": "Do you trust the university?"}]},
            {"block": "views", "role": "belief", "scale": "agree5",
             "items": [belief(name) for name in OTHERS]},
            {"block": "report", "arms": {"briefing": ["report"]}, "items": [
                {"name": "text", "type": "note", "label": "Companies keep their promises."}]},
            {"block": "after", "role": "belief", "scale": "agree5", "items": [
                belief("kept"), {**belief("hidden"), "reverse": True}]},
            {"block": "support", "role": "response", "ask": ["support4"]},
        ],
    }  # fmt: skip


def informed(**changes: Any) -> Questionnaire:
    """Return the questionnaire; ``changes`` replace parts of what is told of the report."""
    written = document()
    written["information"]["report"] |= changes
    return parse(written, where="informed")


def three_levels(**changes: Any) -> Questionnaire:
    """Return the questionnaire with a flyer in a third level, and without trust."""
    written = document()
    written["arms"]["briefing"] = {"none": 0.4, "report": 0.3, "flyer": 0.3}
    written["information"]["report"] |= {"against": ["none"], "trust": None} | changes
    return parse(written, where="informed")


def truth_of(questionnaire: Questionnaire, response: Response, *, seed: int = 1) -> Truth:
    """Two worldviews that six beliefs tell apart, and how the report moves them."""
    start = default_truth(questionnaire, seed=seed, classes=2)
    unsure = np.zeros(2)
    profiles = dict(start.class_profiles)
    for k, name in enumerate(OTHERS):
        first = AGREES if k % 2 else AGREES[::-1]
        profiles[name] = Profile(np.array([first, first[::-1]]), unsure)
    middle = np.array([0.15, 0.2, 0.3, 0.2, 0.15])
    for name in ("kept", "hidden"):
        profiles[name] = Profile(np.array([middle, middle]), unsure)
    trust = Profile(np.tile([0.25, 0.25, 0.2, 0.2, 0.1], (2, 1)), np.zeros(2))
    return replace(
        start,
        class_shares=np.array([[0.6, 0.4], [0.4, 0.6]]),
        class_profiles=profiles,
        group_profiles={**start.group_profiles, "source": trust},
        information={"report": response},
    )


def answers(questionnaire: Questionnaire, truth: Truth, *, n: int, seed: int) -> pl.DataFrame:
    """Return the answer sheet of one wave."""
    return simulate_survey(questionnaire, truth, n=n, seed=seed).sheet


def two_waves(questionnaire: Questionnaire, truth: Truth, *, n: int, seed: int) -> pl.DataFrame:
    """Return the answers of the same people in two waves; they are told in the first."""
    waves = [
        simulate_survey(questionnaire, truth, n=n, seed=seed, wave=str(k + 1), again=k > 0).sheet
        for k in range(2)
    ]
    return pl.concat(waves)


def told_of(sheet: pl.DataFrame) -> np.ndarray:
    """Return whether each row is of somebody who read the report."""
    return np.array([json.loads(text)["briefing"] == "report" for text in sheet["arms"]])


def true_support(questionnaire: Questionnaire, truth: Truth, *, people: int = 20_000) -> Floats:
    """Return how many more accept what the report speaks for, (2, C) by trust and worldview.

    Of the proposals of ``support``, as a mean over them, in the direction of the report.
    """
    one, cuts = questionnaire.information["report"], accept_cuts(questionnaire, truth)
    drawn = draw_people(truth, n=people, seed=0)
    response = truth.information["report"].support
    found = np.zeros((2, len(truth.classes)))
    for s, c in np.ndindex(*found.shape):
        members = drawn.worldview == c
        for name, way in one.support.items():
            x = truth.interventions.index(name)
            at = drawn.support[members, x] - cuts[x]
            moved = expit(at + way * response[s, c]) - expit(at)
            found[s, c] += way * moved.mean() / len(one.support)
    return found
