"""A name that does not exist is answered with those that are like it, and only else with all."""

import pytest

from guid.core.badoption import BadOption
from guid.core.definition import BadDefinition, definition_written
from guid.core.desktopsettings import desktop_settings_written
from guid.core.nearest import instead
from guid.core.options import RULES, options_written

KNOWN = ("allow_fullscreen", "allow_utf8_titles", "scale")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("allow_fulscreen", "did you mean allow_fullscreen?"),
        ("SCALE", "did you mean scale?"),
        ("allow_utf8_titel", "did you mean allow_utf8_titles?"),
        ("xyz", "there are allow_fullscreen, allow_utf8_titles, scale"),
    ],
)
def test_name_that_does_not_exist_is_answered_by_those_like_it(name: str, words: str) -> None:
    assert instead(name, KNOWN) == words


def test_mistyped_option_or_key_is_told_what_may_be_meant() -> None:
    with pytest.raises(BadOption, match=r"^there is no option 'titel_name'; did you mean title_name\?$"):
        options_written({"titel_name": False})
    with pytest.raises(BadOption, match=f"there are {', '.join(RULES)}$"):
        options_written({"zzz": False})
    with pytest.raises(BadOption, match=r"^attention_sequnce is not known; did you mean attention_sequence\?$"):
        desktop_settings_written({"attention_sequnce": "x"})
    with pytest.raises(BadDefinition, match=r"^there is no key 'lable'; did you mean label\?$"):
        definition_written({"lable": "red"})
