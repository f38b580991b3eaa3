"""However a document is damaged, it loads or says what is wrong; nothing else happens."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mfp_stats.errors import QuestionnaireError
from mfp_stats.questionnaire import describe, parse
from tests.questionnaire.conftest import DOCUMENT

JUNK = [None, "", "x", "no", "values", "${kept} = 'agree'", "{value}", -1, 0, 3.5, True, [], {}]
JUNK += [[None], ["a", "b"], {"a": None}, {"en": "A"}, {"label": "L"}, [{"name": "n"}], {"": ""}]


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for step, inner in steps:
        yield (*path, step)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, step))


PLACES = sorted(places(DOCUMENT), key=str)
damages = st.lists(
    st.tuples(
        st.sampled_from(PLACES), st.sampled_from(["put", "drop", "add"]), st.sampled_from(JUNK)
    ),
    min_size=1,
    max_size=3,
)


def damage(document: Any, path: tuple[Any, ...], how: str, junk: Any) -> None:
    holder = document
    for step in path[:-1]:
        if step not in (holder if isinstance(holder, dict) else range(len(holder))):
            return
        holder = holder[step]
        if not isinstance(holder, dict | list):
            return
    last = path[-1]
    if isinstance(holder, dict) and how == "add":
        holder["junk"] = junk
    elif isinstance(holder, dict) and isinstance(last, str):
        holder.pop(last, None)
        if how == "put":
            holder[last] = junk
    elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        holder[last : last + 1] = [] if how == "drop" else [copy.deepcopy(junk)]


@settings(max_examples=150)
@given(damages)
def test_a_damaged_document_is_refused_or_sound(changes):
    document = copy.deepcopy(DOCUMENT)
    for path, how, junk in changes:
        damage(document, path, how, junk)
    try:
        questionnaire = parse(document, where="test")
    except QuestionnaireError as error:
        assert error.faults
        for fault in error.faults:
            assert fault.what
            assert "[key]" not in str(fault)
    else:
        assert describe(questionnaire)
        assert len({item.name for item in questionnaire.items}) == len(questionnaire.items)
