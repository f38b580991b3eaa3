"""What a questionnaire holds, what it lacks and what its author may want to change."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from mfp_stats.questionnaire.burden import minutes
from mfp_stats.questionnaire.concepts import links_of
from mfp_stats.questionnaire.conjoint_designs import PairBalance, pair_balance
from mfp_stats.questionnaire.designs import Balance, balance
from mfp_stats.questionnaire.model import Item, ItemType, Questionnaire, Role, Text, say
from mfp_stats.responses import Status

#: A longer questionnaire loses people and care.
LONG: Final = 15.0
#: What a survey can tell only with items of a role.
ALLOWS: Final[Mapping[Role, str]] = {
    Role.VALUE_TRADEOFF: "what people put first when they must choose, and how far groups overlap",
    Role.VALUE_RATING: "what people say matters, beside what they choose",
    Role.BELIEF: "worldviews: which beliefs go together, and in which groups",
    Role.CONSEQUENCE: "where groups expect different effects of the same proposal",
    Role.SIGNAL: "what a proposal tells each group about whose interest it serves",
    Role.RESPONSE: "which proposals groups accept, and whether values or models divide them",
    Role.CONJOINT: "which parts of a proposal count most for each group when it must choose",
    Role.PERCEPTION: "whether groups know what other groups put first",
    Role.EXPERIENCE: "how people's record of experience goes with their worldview",
}

Fact = dict[str, object]


def describe(questionnaire: Questionnaire) -> list[Fact]:
    """Return flat facts about a questionnaire.

    Returns
    -------
    list of dict
        Records with ``part`` (questionnaire, items, map, information, absent, time, design,
        warning), ``name``, ``value`` and ``note``. ``map`` names the links between concepts with
        the items that ask about each, and what proposals push; ``information`` who is told what,
        and what would follow; ``absent`` the roles without items and what they would allow;
        ``design`` the balance of best–worst sets and of pairs of profiles; ``time`` the minutes a
        respondent needs.
    """
    return [
        *_head(questionnaire),
        *_roles(questionnaire),
        *_map(questionnaire),
        *_information(questionnaire),
        *_absent(questionnaire),
        *_time(questionnaire),
        *_designs(questionnaire),
        *(_fact("warning", name, "", note) for name, note in warnings(questionnaire)),
    ]


def warnings(questionnaire: Questionnaire) -> tuple[tuple[str, str], ...]:
    """Return what is allowed but probably not meant, as (where, what)."""
    return (
        *_untranslated(questionnaire),
        *_about_fielding(questionnaire),
        *_about_measures(questionnaire),
        *_about_map(questionnaire),
    )


def designs(questionnaire: Questionnaire) -> dict[str, Balance]:
    """Return the balance of each block's best–worst sets, repeats left out."""
    sets: dict[str, list[tuple[str, ...]]] = {}
    for item in questionnaire.with_role(Role.VALUE_TRADEOFF):
        if item.type is ItemType.BEST_WORST and not _is_repeat(item):
            sets.setdefault(item.block, []).append(item.option_names)
    return {block: balance(shown, tuple(questionnaire.values)) for block, shown in sets.items()}


def pair_designs(questionnaire: Questionnaire) -> dict[str, PairBalance]:
    """Return the balance of each block's pairs of profiles."""
    found = {}
    for block in questionnaire.blocks:
        levels = {name: [o.name for o in one.levels] for name, one in block.attributes.items()}
        items = [questionnaire.item(name) for name in block.items]
        pairs = [tuple(list(p.values()) for p in i.profiles.values()) for i in items if i.profiles]
        if pairs:
            found[block.name] = pair_balance([(one, other) for one, other in pairs], levels)
    return found


def _fact(part: str, name: str, value: object, note: str = "") -> Fact:
    return {"part": part, "name": name, "value": value, "note": note}


def _head(q: Questionnaire) -> Iterator[Fact]:
    yield _fact("questionnaire", q.survey, q.source, say(q.title))
    yield _fact("questionnaire", "version", q.hash[:12], "content hash; answers carry it")
    yield _fact("questionnaire", "languages", len(q.languages), ", ".join(q.languages))
    for name in ("values", "interventions", "signals", "arms"):
        listed = tuple(getattr(q, name))
        yield _fact("questionnaire", name, len(listed), ", ".join(listed))
    for arm in q.order_arms:
        note = "which block comes first; not used to check what carries a gap"
        yield _fact("questionnaire", f"arms.{arm}", "order", note)
    groups = ", ".join(option.name for option in q.groups)
    yield _fact("questionnaire", "groups", len(q.groups), f"{q.group}: {groups}")


def _roles(q: Questionnaire) -> Iterator[Fact]:
    for role, count in sorted(Counter(item.role for item in _asking(q)).items()):
        blocks = dict.fromkeys(item.block for item in _asking(q) if item.role is role)
        yield _fact("items", role.value, count, "in " + ", ".join(blocks))


def _asking(q: Questionnaire) -> list[Item]:
    return [item for item in q.items if item.type is not ItemType.NOTE]


def _map(q: Questionnaire) -> Iterator[Fact]:
    for (cause, effect), items in links_of(q).items():
        yield _fact("map", f"{cause} → {effect}", len(items), "asked in " + ", ".join(items))
    for name, proposal in q.interventions.items():
        if proposal.moves:
            pushed = ", ".join(f"{concept} {by:+g}" for concept, by in proposal.moves.items())
            yield _fact("map", f"interventions.{name}", len(proposal.moves), f"moves {pushed}")


def _information(q: Questionnaire) -> Iterator[Fact]:
    for name, told in q.information.items():
        arm, levels = next(iter(told.told.items()))
        moved = [*told.beliefs.items(), *told.support.items()]
        ways = ", ".join(f"{'raises' if sign > 0 else 'lowers'} {what}" for what, sign in moved)
        trust = f"; trusted from {told.trust_from} of {told.trust}" if told.trust else ""
        yield _fact("information", name, f"{arm}: {', '.join(levels)}", f"{ways}{trust}")


def _absent(q: Questionnaire) -> Iterator[Fact]:
    for role, allows in ALLOWS.items():
        if not q.with_role(role):
            yield _fact("absent", role.value, 0, f"a block with this role would show {allows}")


def _time(q: Questionnaire) -> Iterator[Fact]:
    if q.source == "fielded":
        note = "minutes that an average respondent needs, estimated"
        yield _fact("time", "minutes", round(minutes(q), 1), note)


def _designs(q: Questionnaire) -> Iterator[Fact]:
    for block, even in designs(q).items():
        repeats = sum(_is_repeat(item) for item in q.items if item.block == block)
        note = (
            f"{even.sets} sets of {even.size}, {repeats} repeated; each value shown "
            f"{_times(even.values)}, each pair together {_times(even.pairs)}, "
            f"each value in each place {_times(even.places)}"
        )
        yield _fact("design", block, "balanced" if even.even else "uneven", note)
    blocks = {block.name: block for block in q.blocks}
    for name, pairs in pair_designs(q).items():
        each = blocks[name].pairs_per_person or pairs.pairs
        shown = "; ".join(
            f"{attribute}: each level {_times(counts)}, alike in {pairs.alike[attribute]}"
            for attribute, counts in pairs.levels.items()
        )
        note = f"{pairs.pairs} pairs, {each} a person; {shown}"
        yield _fact("design", name, "balanced" if pairs.even else "uneven", note)


def _is_repeat(item: Item) -> bool:
    return item.name.startswith(f"{item.block}.repeat")


def _times(counts: tuple[int, int]) -> str:
    least, most = counts
    return f"{least} times" if least == most else f"{least} to {most} times"


def _untranslated(q: Questionnaire) -> Iterator[tuple[str, str]]:
    lacking = Counter(
        (language, where)
        for where, text in _texts(q)
        for language in q.languages
        if text and language not in text
    )
    for language in q.languages:
        places = [where for (code, where) in lacking if code == language]
        if places:
            shown = ", ".join(places[:5]) + (", …" if len(places) > 5 else "")
            yield f"languages {language}", f"no text in this language at {shown}"


def _texts(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    """Yield every text that people see, with where it belongs."""
    yield from (("title", q.title), ("intro", q.intro), ("consent", q.consent))
    for name, proposal in q.interventions.items():
        yield f"interventions.{name}", proposal.label
        yield f"interventions.{name}.description", proposal.description
        yield f"interventions.{name}.short", proposal.short
    for name, concept in q.concepts.items():
        yield f"concepts.{name}", concept.label
    for name, told in q.information.items():
        yield f"information.{name}", told.label
    for block in q.blocks:
        yield from ((f"{block.name}.title", block.title), (f"{block.name}.intro", block.intro))
        for name, one in block.attributes.items():
            yield f"{block.name}.{name}", one.label
            yield f"{block.name}.{name}.short", one.short
            yield from ((f"{block.name}.{name}.{o.name}", o.label) for o in one.levels)
    for item in q.items:
        yield from ((item.name, item.label), (f"{item.name}.hint", item.hint))
        yield f"{item.name}.short", item.short
        yield from ((f"{item.name}.{status.value}", text) for status, text in item.missing.items())
        for option in item.options:
            place = f"scales.{item.scale}" if item.scale else item.name
            yield from (
                (f"{place}.{option.name}", text)
                for text in (option.label, option.note, option.short)
            )


def _about_fielding(q: Questionnaire) -> Iterator[tuple[str, str]]:
    if q.source == "imported":
        return
    if not q.consent:
        yield "consent", "respondents are not asked for their consent"
    if minutes(q) > LONG:
        yield "time", f"takes about {minutes(q):.0f} minutes; over {LONG:.0f} answers get careless"
    used = {arm for block in q.blocks for arm in block.arms}
    for arm in q.arms:
        if arm not in used and arm not in q.order_arms:
            yield f"arms.{arm}", "no block is for one of its levels, so it changes nothing"


def _about_measures(q: Questionnaire) -> Iterator[tuple[str, str]]:
    for block, even in designs(q).items():
        if not even.even:
            fix = "try other sets and size"
            yield block, f"values or pairs are not shown equally often; {fix}"
    for block, pairs in pair_designs(q).items():
        if not pairs.even:
            yield block, "levels are not shown equally often; try another number of pairs"
    beliefs = q.with_role(Role.BELIEF)
    if 0 < len(beliefs) < 3:
        yield "belief", f"{len(beliefs)} items are too few to tell worldviews apart"
    for role in (Role.BELIEF, Role.CONSEQUENCE):
        forced = {
            item.block
            for item in q.with_role(role)
            if q.source == "fielded" and Status.DONT_KNOW not in item.missing
        }
        for block in sorted(forced):
            yield block, "nobody can answer that they do not know; add missing: [dont_know]"


def _about_map(q: Questionnaire) -> Iterator[tuple[str, str]]:
    links = links_of(q)
    linked = {concept for link in links for concept in link}
    for name in q.concepts:
        if name not in linked:
            yield f"concepts.{name}", "no belief item links it with another concept"
    if q.concepts and not any(proposal.moves for proposal in q.interventions.values()):
        where = "interventions" if q.interventions else "concepts"
        yield where, "none says what it moves, so the map implies nothing of a proposal"
    asked = {item.value for item in q.with_role(Role.CONSEQUENCE)}
    for name, concept in q.concepts.items():
        if concept.value is not None and asked and concept.value not in asked:
            what = f"no consequence item asks about {concept.value}, to hold the map against"
            yield f"concepts.{name}", what
