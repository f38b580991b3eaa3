"""A file of margins is read whole or refused with every fault."""

from pathlib import Path

import pytest

from mfp_stats.errors import MarginsError
from mfp_stats.weights import load_margins, parse_margins
from tests.questionnaires import all_roles

Q = all_roles()


def faults(text: str) -> list[str]:
    with pytest.raises(MarginsError) as caught:
        parse_margins(text, Q, where="margins.yaml")
    return [str(f) for f in caught.value.faults]


def test_shares_are_read_as_written(tmp_path: Path) -> None:
    file = tmp_path / "margins.yaml"
    file.write_text("relation: {resident: 0.7, worker: 0.3}\ntown: {north: .25, south: 0.75}\n")
    found = load_margins(file, Q).shares
    assert found == {
        "relation": {"resident": 0.7, "worker": 0.3},
        "town": {"north": 0.25, "south": 0.75},
    }


def test_rounded_shares_are_scaled_to_one() -> None:
    text = "relation: {resident: 0.333, worker: 0.333, owner: 0.333}"
    shares = parse_margins(text, Q, where="").shares["relation"]
    assert sum(shares.values()) == pytest.approx(1, abs=1e-12)


def test_all_faults_are_told_at_once_with_their_lines() -> None:
    found = faults(
        "\n".join(
            [
                "relaton: {resident: 1}",
                "age: {young: 1}",
                "town: {nord: 0.5, south: 0.5}",
                "relation: {resident: 0.5, worker: 0.3}",
                "cause: {firms: 1}",
                "blame: {firms: lots, state: -0.1, chance: }",
                "check: {yes: 31, no: 69}",
            ]
        )
    )
    for number, words in {
        1: ("unknown item 'relaton'", "Did you mean 'relation'?"),
        2: ("'age' is integer; margins need select_one",),
        3: ("unknown option of town 'nord'", "north"),
        4: ("shares sum to 0.8, not 1",),
        5: ("unknown item 'cause'",),
        6: ("must be a number, not 'lots'",),
        7: ("is 31, but a share lies between 0 and 1",),
    }.items():
        assert any(all(w in f for w in words) and f"line {number}" in f for f in found), words
    assert any("blame.state" in f and "-0.1" in f for f in found)
    assert any("blame.chance" in f and "is empty" in f for f in found)


@pytest.mark.parametrize("text", ["", "~", "[relation]", "relation", "relation: 0.5"])
def test_other_shapes_are_refused(text: str) -> None:
    assert len(faults(text)) == 1


@pytest.mark.parametrize("share", ["nan", "inf", "1e999", "true", "[0.5]"])
def test_no_odd_number_passes(share: str) -> None:
    assert faults(f"town: {{north: {share}, south: 0.5}}")


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(MarginsError, match="cannot be read"):
        load_margins(tmp_path / "none.yaml", Q)
    file = tmp_path / "margins.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MarginsError, match="not UTF-8"):
        load_margins(file, Q)
    file.write_text("a: {b: 1\nc: d: e")
    with pytest.raises(MarginsError, match="is not YAML"):
        load_margins(file, Q)
    file.write_text("#" * 1_000_001)
    with pytest.raises(MarginsError, match="no file of margins"):
        load_margins(file, Q)
