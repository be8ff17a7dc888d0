"""colors/custom.py: labels of the person's own, strictly read."""

import pytest

from colors.custom import MAX_LABELS, BadLabel, labels_written
from colors.labels import STANDARD, Label
from colors.patterns import PATTERNS

TEAL = {"color": "0x008080", "pattern": "bars"}


def test_own_labels_come_after_the_standard_ones() -> None:
    found = labels_written({"teal": TEAL, "pink-2": {"color": "#FF80C0", "pattern": "plain"}})
    assert list(found) == [*STANDARD, "teal", "pink-2"]
    assert found["teal"] == Label("teal", 9, 0x008080, PATTERNS["bars"])
    assert found["pink-2"] == Label("pink-2", 10, 0xFF80C0, PATTERNS["plain"])


@pytest.mark.parametrize(
    ("contents", "key", "words"),
    [
        ({"red": TEAL}, "", "red is a standard label"),
        ({"Teal": TEAL}, "", "cannot be a label's name"),
        ({"a b": TEAL}, "", "cannot be a label's name"),
        ({"a" * 32: TEAL}, "", "cannot be a label's name"),
        ({"teal": "0x008080"}, "", r"must be a table: \[teal\]"),
        ({"teal": {"color": "0x008080"}}, "", r"\[teal\] needs a pattern"),
        ({"teal": {**TEAL, "colour": "0x008080"}}, "colour", "no key 'colour'; there are color, pattern"),
        ({"teal": {**TEAL, "color": 0x8080}}, "color", "0xRRGGBB"),
        ({"teal": {**TEAL, "color": "teal"}}, "color", "0xRRGGBB"),
        ({"teal": {**TEAL, "pattern": "stripes"}}, "pattern", "one of plain, dots"),
        ({"teal": {**TEAL, "pattern": ["dots"]}}, "pattern", "one of plain, dots"),
        ({f"l{number}": TEAL for number in range(MAX_LABELS + 1)}, "", f"{MAX_LABELS} labels"),
    ],
)
def test_what_cannot_be_is_refused_in_words(contents: dict[str, object], key: str, words: str) -> None:
    with pytest.raises(BadLabel, match=words) as refused:
        labels_written(contents)
    assert refused.value.key == key
    assert refused.value.table == list(contents)[-1]
