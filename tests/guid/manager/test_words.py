"""guid/manager: what is said of rows, what may be done to a qube, how a swatch is drawn; without the toolkit."""

from typing import Any

import pytest

from colors.labels import STANDARD, Label
from guid.manager import words
from guid.manager.actions import ACTIONS, ENTER, first_allowed
from guid.manager.swatch import BORDER_PX, HEIGHT_PX, WIDTH_PX, swatch
from guid.manager.world import World
from guid.overview import label_row


def qube(**more: Any) -> dict[str, Any]:
    plain = {"kind": "qube", "name": "work", "label": "blue", "pattern": "dashes", "state": "running", "reason": None}
    return plain | {"paused": False, "hidden": False, "disposable": False, "defined": True, "daemon_pid": 1} | more


def test_text_of_any_kind_becomes_plain() -> None:
    hostile = "<b>a</b> \x1b[31m \u202egnp.exe \u200b\ufeff\x00 \ud800 é 漢"
    assert words.plain(hostile) == "<b>a</b> ?[31m ?gnp.exe ??? ? é 漢"
    assert words.line("two\nlines\t and  more") == "two lines? and more"
    assert words.plain("two\nlines") == "two\nlines"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (qube(), "running"),
        (qube(paused=True, hidden=True), "running, paused, hidden"),
        (qube(state="failed", reason="too\noften"), "crashed: too often"),
        (qube(state="violated", reason="<i>bad</i>"), "violated: <i>bad</i>"),
    ],
)
def test_state_says_how_a_qube_is_and_why(row: dict[str, Any], said: str) -> None:
    assert words.state(row) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(None, ""), (1, "1 byte"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (64 << 20, "64 MiB"), (3 << 30, "3.0 GiB")],
)
def test_size_is_in_the_unit_that_is_read(number: int | None, said: str) -> None:
    assert words.size(number) == said


def test_clipboard_says_whose_it_is_and_how_much() -> None:
    assert words.clipboard({"empty": True, "awaited": None}) == "Clipboard: empty"
    held = {
        "empty": False,
        "awaited": None,
        "source": "work",
        "label": "blue",
        "content": "text",
        "bytes": 24,
        "pastes": 0,
    }
    assert words.clipboard(held) == "Clipboard: 24 bytes of text from work (blue)"
    picture = held | {"content": "image", "width": 20, "height": 10, "label": None, "pastes": 2}
    assert (
        words.clipboard(picture) == "Clipboard: 24 bytes of a picture of 20 x 10 px from work, pasted 2 times already"
    )
    assert words.clipboard(held | {"awaited": "web"}) == "Clipboard: waiting for web to say what it has copied"


def test_notice_has_its_time_and_an_urgent_one_a_mark() -> None:
    row = {"when": "not a time", "urgent": True, "summary": "Qube <b>work</b>", "body": "one\ntwo"}
    assert words.notice(row) == ("! ?  Qube <b>work</b>", "one\ntwo")


@pytest.mark.parametrize(
    ("row", "allowed", "entered"),
    [
        (qube(), {"stop", "kill", "restart", "pause", "hide", "label", "log"}, "log"),
        (qube(paused=True), {"stop", "kill", "restart", "resume", "hide", "label", "log"}, "resume"),
        (qube(hidden=True), {"stop", "kill", "restart", "pause", "show", "label", "log"}, "show"),
        (qube(state="stopped"), {"start", "label", "log"}, "start"),
        (qube(state="violated"), {"start", "label", "log"}, "start"),
        (qube(state="failed", disposable=True, defined=False), {"log"}, "log"),
        (qube(state="stopping"), {"kill", "label", "log"}, "log"),
        (qube(state="broken"), {"log"}, "log"),
        (qube(disposable=True, defined=False), {"stop", "kill", "pause", "hide", "log"}, "log"),
    ],
)
def test_only_what_can_be_done_is_offered(row: dict[str, Any], allowed: set[str], entered: str) -> None:
    assert {action.name for action in ACTIONS if action.allowed(row)} == allowed
    first = first_allowed(ENTER, row)
    assert first is not None
    assert first.name == entered


def test_what_ends_programs_asks_first_and_nothing_else_does() -> None:
    assert {action.name for action in ACTIONS if action.question} == {"stop", "kill", "restart"}


@pytest.mark.parametrize("label", STANDARD.values(), ids=lambda label: label.name)
@pytest.mark.parametrize("scale", [1, 2])
def test_swatch_has_the_colour_and_the_marks_of_the_frame(label: Label, scale: int) -> None:
    pixels, width, height = swatch(label_row(label), scale)
    border = BORDER_PX * scale
    assert (width, height) == (WIDTH_PX * scale + 2 * border, HEIGHT_PX * scale + 2 * border)

    def at(x: int, y: int) -> int:
        return int.from_bytes(pixels[3 * (y * width + x) :][:3], "big")

    middle = [at(border + x, height // 2) for x in range(WIDTH_PX * scale)]
    assert middle == [label.ink if label.pattern.marked(x, scale) else label.rgb for x in range(WIDTH_PX * scale)]
    assert {at(border + x, border) for x in range(WIDTH_PX * scale)} == {label.rgb}


def test_world_forgets_what_is_gone_and_passes_over_what_it_does_not_know() -> None:
    world = World()
    for row in (qube(), qube(name="Also"), {"kind": "later", "what": 1}, {"error": "no"}, {"kind": "complete"}):
        world.hear(row)
    assert list(world.qubes()) == ["Also", "work"]
    world.hear({"kind": "gone", "key": "qube work"})
    world.hear({"kind": "gone", "key": "qube never"})
    assert (list(world.qubes()), world.complete) == (["Also"], True)
