"""On which side of 0 a reading lies is told by the answers at both ends of its question."""

from dataclasses import replace

from mfp_stats.quantities.signal_tables import signal_ends
from mfp_stats.questionnaire import Questionnaire, load
from mfp_stats.questionnaire.model import Role, say


def test_every_signal_of_every_proposal_has_both_ends(checkout) -> None:
    instrument = load(checkout / "surveys" / "ai_datacentres")
    found = signal_ends(instrument)
    asked = {(item.intervention, item.signal) for item in instrument.with_role(Role.SIGNAL)}
    assert found.keys() == asked
    for item in instrument.with_role(Role.SIGNAL):
        assert found[item.intervention, item.signal] == {
            "low_label": say(item.scored_options[0].label),
            "high_label": say(item.scored_options[-1].label),
        }


def test_the_ends_of_a_reversed_question_are_those_of_its_scores(checkout) -> None:
    instrument = load(checkout / "surveys" / "ai_datacentres")
    first = instrument.with_role(Role.SIGNAL)[0]
    plain = signal_ends(instrument)[first.intervention, first.signal]
    turned = signal_ends(_reversed(instrument))[first.intervention, first.signal]
    assert turned == {"low_label": plain["high_label"], "high_label": plain["low_label"]}
    assert turned != plain


def _reversed(instrument: Questionnaire) -> Questionnaire:
    items = tuple(replace(item, reverse=not item.reverse) for item in instrument.items)
    return replace(instrument, items=items)
