"""A questionnaire with choices between plans, and beliefs that tell two worldviews apart."""

from typing import Any, Final

import numpy as np

from mfp_stats.questionnaire import Questionnaire, parse
from mfp_stats.simulate import Profile, Truth, default_truth

BELIEFS: Final = ("luck", "rules", "growth", "experts")
#: Probability of each answer in the worldview that agrees; the other one's is turned round.
AGREES: Final = np.array([0.05, 0.15, 0.25, 0.55])


def document() -> dict[str, Any]:
    """Two groups, four beliefs, and two attributes of three and two levels."""
    return {
        "survey": "plans",
        "title": "Plans",
        "scales": {"agree4": {"labels": ["Not at all", "No", "Yes", "Very much"]}},
        "blocks": [
            {
                "block": "views",
                "role": "belief",
                "scale": "agree4",
                "items": [{"name": name, "label": f"About {name}"} for name in BELIEFS],
            },
            {
                "block": "plans",
                "role": "conjoint",
                "title": "Two plans",
                "attributes": {
                    "pause": {
                        "label": "Pause of building",
                        "short": "Pause",
                        "levels": {"none": "None", "two": "Two years", "five": "Five years"},
                    },
                    "payer": {
                        "label": "Who pays",
                        "levels": {"residents": "Residents", "firms": "The firms"},
                    },
                },
                "pairs": 12,
                "pairs_per_person": 5,
                "missing": {"dont_know": "Cannot say"},
            },
            {
                "block": "about",
                "items": [
                    {
                        "name": "lives",
                        "role": "group",
                        "type": "select_one",
                        "label": "Where do you live?",
                        "options": {"near": "Near a site", "far": "Far from one"},
                    }
                ],
            },
        ],
    }


def plans() -> Questionnaire:
    """Return the questionnaire."""
    return parse(document(), where="plans")


def truth_of(questionnaire: Questionnaire) -> Truth:
    """Return two worldviews that beliefs tell apart, both held in either group."""
    truth = default_truth(questionnaire, seed=2, classes=2)
    both = np.stack([AGREES, AGREES[::-1]])
    for name in BELIEFS:
        truth.class_profiles[name] = Profile(both, np.zeros(2))
    return truth
