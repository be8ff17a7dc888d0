"""guid/core/asking.py: which values fit a field of a request."""

import pytest

from guid.core.asking import FIELDS, misfit

RIGHT: dict[str, list[object]] = {
    "argv": [[], ["echo", "\udcff"]],
    "display": [":1", ""],
    "do": ["status"],
    "engine": ["local", "qemu", None],
    "folders": [{}, {"config": "/a"}],
    "label": ["red", None],
    "net": ["none", None],
    "now": [True, False],
    "qube": ["work"],
    "template": ["debian", "/a", None],
    "until": ["started", "exit", "end"],
    "wait": [True, False],
    "wanted": [{}, {"hidden": True}],
}


def test_every_field_takes_what_commands_send() -> None:
    assert RIGHT.keys() == FIELDS.keys()
    wrong = [(name, value) for name, values in RIGHT.items() for value in values if misfit({name: value})]
    assert not wrong


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("qube", ["work"], "'qube' in a request must be a text"),
        ("qube", "a\0b", "'qube' in a request must be a text"),
        ("qube", "\ud800", "'qube' in a request must be a text"),
        ("argv", ["echo", 1], "'argv' in a request must be a list of texts"),
        ("argv", "echo", "'argv' in a request must be a list of texts"),
        ("folders", {"config": []}, "'folders' in a request must be an object of texts"),
        ("wanted", {"hidden": 1}, "'wanted' in a request must be an object of true and false"),
        ("net", "mars", "'net' in a request must be one of none, user, or null"),
        ("until", "later", "'until' in a request must be one of started, exit, end"),
        ("label", 0, "'label' in a request must be a text, or null"),
    ],
)
def test_what_is_of_another_kind_is_said(name: str, value: object, said: str) -> None:
    assert misfit({"op": "run", name: value, "of another version": {}}) == said
