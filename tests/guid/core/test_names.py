"""guid/core/names.py: what a qube may be called."""

import pytest

from guid.cli import parser
from guid.core.names import qube_name


@pytest.mark.parametrize("name", ["a", "work", "sys-net", "a.b_c-9", "A" * 31, "nonesuch", "dm", "x-dmx"])
def test_name_of_a_qube_is_taken(name: str) -> None:
    assert qube_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "9a",
        "-a",
        ".a",
        "a b",
        "a/b",
        "a\n",
        "é",
        "a\0",
        "A" * 32,
        "none",
        "default",
        "Domain-0",
        "work-dm",
        "\x1b[31m",
    ],
)
def test_name_that_no_qube_has_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no qube's name"):
        qube_name(name)
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["daemon", "--name", name, "--label", "red"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "--name" in said
    assert "\x1b" not in said
