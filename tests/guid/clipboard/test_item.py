"""The clipboard's item in a tray: what it says of which contents, and what it answers to whom."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from guid.clipboard.item import (
    INTROSPECTABLE,
    ITEM,
    METHODS,
    PATH,
    PEER,
    PROPERTIES,
    Clipboard,
    answer,
    properties,
    signals,
)
from guid.core.buscalls import Call, Refusal, Reply

ICON = [(1, 1, b"\xff\x34\x65\xa4")]
TEXT = {"empty": False, "source": "work", "label": "blue", "kind": "text", "bytes": 1234, "width": 0, "height": 0}
IMAGE = TEXT | {"kind": "image", "bytes": 4 * 1024 * 768, "width": 1024, "height": 768}


class Asked:
    """A clipboard with 1,234 bytes of text in it."""

    def __init__(self) -> None:
        self.cleared = 0
        self.clipboard = Clipboard(lambda: properties(TEXT | {"age_s": 5.0}, ICON), self._clear)

    def _clear(self) -> None:
        self.cleared += 1

    def call(
        self, interface: str, member: str, signature: str = "", *body: object, path: str = PATH
    ) -> Reply | Refusal:
        return answer(Call(path, interface, member, signature, body), self.clipboard)


def tip(status: dict[str, Any]) -> tuple[str, str]:
    name, _icon, title, text = properties(status, ICON)["ToolTip"][1]
    assert name == ""
    return title, text


def test_held_text_is_said_with_source_colour_size_and_age() -> None:
    found = properties(TEXT | {"age_s": 185.2}, ICON)
    assert found["Title"] == ("s", "Clipboard: work (blue)")
    assert found["Status"] == ("s", "Active")
    assert found["IconPixmap"] == ("a(iiay)", ICON)
    assert tip(TEXT | {"age_s": 185.2}) == (
        "work (blue)",
        "1,234 bytes of text, copied 3 minutes ago. Click to empty the clipboard.",
    )


def test_held_image_is_said_with_its_size_in_pixels() -> None:
    assert tip(IMAGE | {"age_s": 0.4})[1].startswith("An image of 1,024 x 768 pixels, copied just now.")


@pytest.mark.parametrize(
    ("age_s", "said"),
    [
        (0.99, "just now"),
        (1.0, "1 second ago"),
        (59.9, "59 seconds ago"),
        (60.0, "1 minute ago"),
        (7200.0, "2 hours ago"),
        (86_400.0, "1 day ago"),
    ],
)
def test_age_is_said_in_its_largest_unit(age_s: float, said: str) -> None:
    assert f"copied {said}." in tip(TEXT | {"age_s": age_s})[1]


def test_empty_clipboard_is_passive() -> None:
    found = properties({"empty": True, "awaited": None}, ICON)
    assert (found["Status"], found["Title"]) == (("s", "Passive"), ("s", "Clipboard: empty"))
    assert tip({"empty": True}) == ("Clipboard", "It is empty.")


def test_name_of_any_kind_is_cut_and_has_no_markup_in_it() -> None:
    named = TEXT | {"source": "<b>a&b\n\u202e" + 300 * "x", "label": None, "age_s": 1.0}
    title, _text = tip(named)
    assert title == "_b_a_b__" + 56 * "x"
    assert properties(named, ICON)["Title"][1] == f"Clipboard: {title}"


def test_get_all_and_get_say_the_same() -> None:
    asked = Asked()
    everything = asked.call(PROPERTIES, "GetAll", "s", ITEM)
    assert isinstance(everything, Reply)
    assert everything.signature == "a{sv}"
    (found,) = everything.body
    assert found["Id"] == ("s", "vitrail-clipboard")
    for name, value in found.items():
        assert asked.call(PROPERTIES, "Get", "ss", ITEM, name) == Reply("v", (value,))


def test_only_the_first_button_clears() -> None:
    asked = Asked()
    for member in ("SecondaryActivate", "ContextMenu"):
        assert asked.call(ITEM, member, "ii", 3, 4) == Reply()
    assert asked.call(ITEM, "Scroll", "is", 1, "vertical") == Reply()
    assert asked.cleared == 0
    assert asked.call(ITEM, "Activate", "ii", 3, 4) == Reply()
    assert asked.cleared == 1


def test_method_is_found_without_its_interface() -> None:
    asked = Asked()
    assert asked.call("", "Activate", "ii", 0, 0) == Reply()
    assert asked.cleared == 1


REFUSED: list[tuple[str, tuple[Any, ...], str]] = [
    ("interface", ("org.example.Other", "Activate", "ii", 0, 0), "UnknownInterface"),
    ("method", (ITEM, "Show", "", ()), "UnknownMethod"),
    ("method of another interface", (PEER, "Activate", "ii", 0, 0), "UnknownMethod"),
    ("too few arguments", (ITEM, "Activate", "i", 0), "InvalidArgs"),
    ("other arguments", (PROPERTIES, "Get", "si", ITEM, 0), "InvalidArgs"),
    ("property", (PROPERTIES, "Get", "ss", ITEM, "Contents"), "UnknownProperty"),
    ("property of another interface", (PROPERTIES, "Get", "ss", PEER, "Title"), "UnknownInterface"),
    ("writing", (PROPERTIES, "Set", "ssv", ITEM, "Title", ("s", "x")), "PropertyReadOnly"),
]


@pytest.mark.parametrize(("_what", "said", "error"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_not_there_is_refused(_what: str, said: tuple[Any, ...], error: str) -> None:
    asked = Asked()
    interface, member, signature, *body = said
    refused = asked.call(interface, member, signature, *body)
    assert isinstance(refused, Refusal)
    assert refused.name == f"org.freedesktop.DBus.Error.{error}"
    assert asked.cleared == 0


def test_other_object_is_refused() -> None:
    refused = Asked().call(ITEM, "Activate", "ii", 0, 0, path="/elsewhere")
    assert isinstance(refused, Refusal)
    assert refused.name.endswith("UnknownObject")


def test_introspection_names_every_method_property_and_signal() -> None:
    described = Asked().call(INTROSPECTABLE, "Introspect")
    assert isinstance(described, Reply)
    node = ET.fromstring(described.body[0])  # noqa: S314 - our own text
    methods = {(each.get("name"), method.get("name")) for each in node for method in each.findall("method")}
    assert methods == {(interface, member) for interface, member, _signature, _handler in METHODS}
    named = {each.get("name"): each.get("type") for each in node.iter("property")}
    assert named == {name: kind for name, (kind, _value) in properties({"empty": True}, ICON).items()}
    assert [each.get("name") for each in node.iter("signal")] == [name for name, _ in signals({"empty": True})]


def test_signals_say_whether_something_is_held() -> None:
    assert ("NewStatus", Reply("s", ("Active",))) in signals(TEXT)
    assert ("NewStatus", Reply("s", ("Passive",))) in signals({"empty": True})
