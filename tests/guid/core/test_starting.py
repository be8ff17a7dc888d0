"""guid/core/starting.py: what a qube is before it starts, and what contradicts it."""

import pytest

from colors.labels import STANDARD
from guid.core.definition import Definition
from guid.core.starting import Contradiction, lacking

BLUE = Definition(STANDARD["blue"])


def test_first_qube_is_red_without_a_word() -> None:
    assert lacking("untrusted", None, None, None, known=()) == {"label": '"red"'}


def test_label_makes_a_qube() -> None:
    assert lacking("work", None, "blue", "qemu", known=()) == {"label": '"blue"', "engine": '"qemu"'}
    assert lacking("work", None, "blue", "local", known=()) == {"label": '"blue"'}


def test_options_alone_get_the_label_that_is_asked_for() -> None:
    assert lacking("work", Definition(options={"x": 1}), "blue", None, known=()) == {"label": '"blue"'}


def test_qube_that_is_known_lacks_nothing() -> None:
    assert lacking("work", BLUE, None, None, known=()) == {}
    assert lacking("work", BLUE, "blue", "local", known=()) == {}


def test_name_that_nobody_has_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Contradiction, match=r"no qube wrok \(there are: home, work\).*create wrok --label LABEL"):
        lacking("wrok", None, None, None, known=("home", "work"))
    with pytest.raises(Contradiction, match="there is none yet"):
        lacking("wrok", None, None, "qemu", known=())


@pytest.mark.parametrize(
    ("label", "engine", "command"),
    [("red", None, "vitrail set work --label red"), (None, "qemu", "vitrail set work --engine qemu")],
)
def test_contradiction_is_refused_with_the_command_that_mends_it(
    label: str | None, engine: str | None, command: str
) -> None:
    with pytest.raises(Contradiction, match=command):
        lacking("work", BLUE, label, engine, known=())
