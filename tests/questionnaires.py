"""Small questionnaires that several parts' tests simulate."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from mfp_stats.frames import sheet_schema
from mfp_stats.questionnaire import Questionnaire, parse

VALUES = {
    "fairness": "A fair share of the benefits",
    "voice": "A say for the people who live here",
    "nature": "Clean water and air",
    "income": "Steady jobs",
    "calm": "Quiet neighbourhoods",
}


def document() -> dict[str, Any]:
    """Every role and item type, planned missingness, arms and relevance, in few questions."""
    return {
        "survey": "all_roles",
        "title": "All roles",
        "languages": ["en"],
        "group": "relation",
        "weight": "survey_weight",
        "values": VALUES,
        "concepts": {"trust": "Trust in companies", "income": {"value": "income"}},
        "interventions": {
            "pause": "Pause new buildings for a year",
            "fund": {"label": "A fund that pays residents", "moves": {"trust": 0.5}},
            "panel": "A panel of residents that can refuse",
        },
        "signals": {"interest": "Whose interest would {intervention} serve?"},
        "arms": {
            "order": {"beliefs_first": 0.5, "support_first": 0.5},
            "video": {"a": 0.3, "b": 0.7},
        },
        "scales": {
            "agree5": {"labels": ["no way", "no", "so so", "yes", "by all means"],
                       "missing": ["dont_know", "refused"]},
            "important4": {"labels": ["not at all", "little", "quite", "very"]},
            "effect5": {"labels": ["much worse", "worse", "same", "better", "much better"],
                        "missing": ["dont_know"]},
            "interest3": {"labels": ["theirs", "both", "ours"], "neutral": "both"},
            "support5": {"labels": ["never", "rather not", "perhaps", "rather", "gladly"],
                         "accept_from": "rather"},
            "live_with": {"options": {"yes": "Yes", "no": "No"}, "accept_from": "yes"},
            "relations": {"options": {"resident": "Resident", "worker": "Worker",
                                      "owner": "Owner", "official": "Official"}},
            "sectors": {"options": {"health": "Health", "schools": "Schools", "roads": "Roads",
                                    "none": {"label": "None of them", "exclusive": True}},
                        "missing": ["dont_know"]},
            "cause": {"options": {"firms": "Firms", "state": "The state", "chance": "Chance"},
                      "missing": ["dont_know"]},
        },
        "blocks": [
            {"block": "about_you", "items": [
                {"name": "relation", "type": "select_one relations", "role": "group",
                 "label": "What are you here?", "required": True},
                {"name": "age", "type": "integer", "role": "covariate", "label": "Age",
                 "minimum": 18, "maximum": 99},
                {"name": "town", "type": "select_one", "role": "covariate", "label": "Where?",
                 "options": {"north": "North", "south": "South"}, "missing": ["refused"]},
                {"name": "survey_weight", "type": "decimal", "role": "weight", "label": "Weight"},
                {"name": "check", "type": "select_one agree5", "role": "attention",
                 "label": "Please choose no"},
            ]},
            {"block": "tradeoffs", "role": "value_tradeoff", "type": "best_worst", "sets": 5,
             "size": 4, "repeat": 1, "randomise_items": True},
            {"block": "top", "role": "value_tradeoff", "type": "select_multiple", "max_choices": 2,
             "options": {"other": "Something else",
                         "unsure": {"label": "Not sure", "missing": "dont_know"}},
             "randomise_options": True},
            {"block": "order", "role": "value_tradeoff", "type": "rank"},
            {"block": "importance", "role": "value_rating", "scale": "important4"},
            {"block": "beliefs", "role": "belief", "items": [
                {"name": "promises", "type": "select_one agree5", "label": "Promises are kept",
                 "cause": "trust", "effect": "income"},
                {"name": "promises_broken", "type": "select_one agree5",
                 "label": "Promises are broken", "reverse": True},
                {"name": "gains", "type": "select_multiple sectors", "label": "Who gains?",
                 "max_choices": 2},
                {"name": "blame", "type": "select_one cause", "label": "Who decides prices?"},
                {"name": "why", "type": "text", "role": "open", "label": "Why?",
                 "relevant": "${blame} = 'firms' and ${age} >= 30"},
                {"name": "sure", "type": "decimal", "role": "covariate", "label": "How sure?",
                 "minimum": 0, "maximum": 1},
            ]},
            {"block": "record", "role": "experience", "items": [
                {"name": "broken", "type": "integer", "label": "Promises broken", "minimum": 0,
                 "maximum": 9}]},
            {"block": "consequences", "role": "consequence", "scale": "effect5",
             "interventions_per_person": 2},
            {"block": "signs", "role": "signal", "scale": "interest3",
             "interventions_per_person": 2},
            {"block": "support", "role": "response", "ask": ["support5", "live_with"]},
            {"block": "others", "role": "perception", "of": ["value_tradeoff"],
             "arms": {"video": ["b"]}},
        ],
    }  # fmt: skip


def all_roles() -> Questionnaire:
    """Return the questionnaire of :func:`document`."""
    return parse(document(), where="all_roles")


PLANS: dict[str, Any] = {
    "block": "plans",
    "role": "conjoint",
    "attributes": {
        "pause": {"label": "Pause", "levels": {"none": "None", "two": "Two years", "five": "Five"}},
        "payer": {"label": "Who pays", "levels": {"residents": "Residents", "firms": "Firms"}},
        "control": {"label": "Control", "levels": {"none": "Nobody", "vote": "A vote"}},
    },
    "pairs": 20,
    "pairs_per_person": 8,
    "missing": ["dont_know"],
}


def without(*roles: str) -> Questionnaire:
    """Return the questionnaire of all roles without the blocks of some."""
    given = document()
    kept = [block for block in given["blocks"] if block.get("role") not in roles]
    arms = {"video": given["arms"]["video"]}  # the other one orders blocks that may be gone
    return parse(given | {"blocks": kept, "arms": arms}, where="all_roles")


def with_plans(**more: object) -> Questionnaire:
    """Return every role and item type, and choices between pairs of profiles beside."""
    made = document()
    return parse({**made, "blocks": [*made["blocks"], {**PLANS, **more}]}, where="with_plans")


def imported(*, ratings: bool = True) -> Questionnaire:
    """Return somebody else's survey: two groups, picks, ratings and two beliefs, no arms."""
    blocks: list[dict[str, Any]] = [
        {"block": "people", "items": [
            {"name": "side", "type": "select_one", "role": "group", "label": "Side",
             "options": {"left": "Left", "right": "Right"}},
            {"name": "town", "type": "select_one", "role": "covariate", "label": "Town",
             "options": {"north": "North", "south": "South", "east": "East"}}]},
        {"block": "top", "role": "value_tradeoff", "type": "select_multiple", "max_choices": 3,
         "options": {"other": "Something else",
                     "unsure": {"label": "Not sure", "missing": "dont_know"}}},
        {"block": "beliefs", "role": "belief", "items": [
            {"name": "jobs", "type": "select_one agree3", "label": "Jobs will come"},
            {"name": "harm", "type": "select_multiple", "label": "Where is harm?",
             "options": {"art": "Art", "work": "Work"}, "missing": ["dont_know"]}]},
    ]  # fmt: skip
    if ratings:
        blocks.append({"block": "importance", "role": "value_rating", "scale": "agree3"})
    return parse(
        {
            "survey": "somebody_elses",
            "title": "Somebody else's",
            "source": "imported",
            "group": "side",
            "values": VALUES,
            "scales": {"agree3": {"labels": ["no", "so so", "yes"], "missing": ["dont_know"]}},
            "blocks": blocks,
        },
        where="somebody_elses",
    )


def sheet_of(
    questionnaire: Questionnaire, rows: Sequence[Mapping[str, Any]], *, wave: str = "1"
) -> pl.DataFrame:
    """Return an answer sheet from a few cells a person; the others were not asked."""
    schema = sheet_schema(questionnaire)
    empty = {name: -1 if dtype == pl.Int16() else None for name, dtype in schema.items()}
    people = [
        {**empty, "respondent": f"p{k}", "wave": wave, **row} for k, row in enumerate(rows, start=1)
    ]
    return pl.DataFrame(people, schema=schema)
