"""A published framing experiment as a survey: who saw a story about immigrants, and what followed.

Brader, Valentino & Suhay 2008: 265 people. The two groups are those who saw the story of costs of
Latin American immigrants and those who saw another one; what the proposal tells people is how bad
they felt; the response is whether they had a message against it sent to Congress. The data are not
in the repository.
"""

from pathlib import Path
from typing import Final

import polars as pl

from mfp_stats.questionnaire import Questionnaire, parse
from tests.questionnaires import sheet_of

#: The lowest and highest feeling, a sum of three items.
LOWEST, HIGHEST = 3, 12

_DOCUMENT: Final = {
    "survey": "framing",
    "title": "A framing experiment",
    "languages": ["en"],
    "group": "story",
    "interventions": {"message": "A message to Congress against immigration"},
    "signals": {"feeling": "How bad did you feel?"},
    "blocks": [
        {"block": "feelings", "role": "signal", "items": [
            {"name": "emo", "type": "select_one", "level": "ordinal", "label": "How bad?",
             "intervention": "message", "signal": "feeling",
             "options": {f"f{k}": str(k) for k in range(LOWEST, HIGHEST + 1)}}]},
        {"block": "responses", "role": "response", "items": [
            {"name": "sent", "type": "select_one", "label": "Should it be sent?",
             "intervention": "message", "options": {"no": "No", "yes": "Yes"},
             "accept_from": "yes"}]},
        {"block": "about_you", "items": [
            {"name": "story", "type": "select_one", "role": "group", "label": "Which story?",
             "required": True, "options": {"other": "Another story", "costs": "Costs"}}]},
    ],
}  # fmt: skip


def read_framing(folder: Path) -> tuple[pl.DataFrame, Questionnaire]:
    """Return everybody's answers as an answer sheet, and the questionnaire."""
    questionnaire = parse(_DOCUMENT, where="framing")
    frame = pl.read_csv(folder / "reference" / "framing.csv")
    rows = frame.select(
        emo=pl.col("emo") - LOWEST, sent=pl.col("cong_mesg"), story=pl.col("treat")
    ).to_dicts()
    return sheet_of(questionnaire, rows), questionnaire
