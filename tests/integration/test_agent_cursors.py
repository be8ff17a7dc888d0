"""The agent on real X servers: the cursor that a program shows is told by its glyph."""

import random
import struct
from typing import Any

import pytest

from guiagent.core.cursors import GLYPHS
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.cursors import RenderCursors
from tests.guiagent.desk import agent, app, daemon, server
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello

__all__ = ["agent", "app", "daemon", "server"]
pytestmark = pytest.mark.desktop

ENTER, LEAVE = 7, 8
SET_CURSOR_NAME = 23
"""Source: X Fixes Extension 2.0, SetCursorName."""


class Raw:
    """A request that python-xlib has no class for."""

    def __init__(self, raw: bytes) -> None:
        self._binary = raw
        self._serial = 0


def shown_window(app: App, daemon: ScriptedDaemon, x: int = 100, **attributes: Any) -> Any:
    window = app.window(60, 60, x=x, y=50, **attributes)
    app.map(window)
    daemon.wait_for(T.MAP, window.id)
    return window


def enter(daemon: ScriptedDaemon, window: Any) -> None:
    daemon.send(T.CROSSING, window.id, ENTER, 10, 10, 0, 0, 0, 0)


def leave(daemon: ScriptedDaemon, window: Any) -> None:
    daemon.send(T.CROSSING, window.id, LEAVE, 10, 10, 0, 0, 0, 0)


def glyph_cursor(app: App, glyph: int, *, colours: tuple[int, int] = (0, 0xFFFF)) -> Any:
    """A cursor without a name, as Xlib makes it where there is no theme."""
    font = app.display.open_font("cursor")
    ink, paper = colours
    return font.create_glyph_cursor(font, glyph, glyph + 1, (ink, 0, ink), (paper, paper, 0))


def named_cursor(app: App, name: bytes) -> Any:
    """Looks like an X; only its name counts."""
    cursor = glyph_cursor(app, 0)
    app.display.xfixes_query_version()
    opcode = app.display.query_extension("XFIXES").major_opcode
    padded = name + bytes(-len(name) % 4)
    words = 3 + len(padded) // 4
    raw = struct.pack("<BBHIHxx", opcode, SET_CURSOR_NAME, words, cursor.id, len(name)) + padded
    app.display.display.send_request(Raw(raw), False)  # noqa: FBT003 - python-xlib's own signature
    return cursor


def last_cursor(daemon: ScriptedDaemon, window: Any) -> int | None:
    told = daemon.all_of(T.CURSOR, window.id)
    return told[-1].body.cursor if told else None


def wait_cursor(daemon: ScriptedDaemon, window: Any, wire: int) -> None:
    daemon.until(lambda: last_cursor(daemon, window) == wire, f"cursor {wire:#x} (last: {last_cursor(daemon, window)})")


def test_every_glyph_is_told_whatever_its_colours(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon)
    enter(daemon, window)
    chosen = random.Random(7)
    for glyph in GLYPHS.values():
        colours = chosen.randrange(0x8000), chosen.randrange(0x8000, 0x10000)
        window.change_attributes(cursor=glyph_cursor(app, glyph, colours=colours))
        app.sync()
        wait_cursor(daemon, window, 0x100 | glyph)


def test_cursor_is_told_by_its_name(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon)
    enter(daemon, window)
    for name, glyph in ((b"xterm", "xterm"), (b"ns-resize", "sb_v_double_arrow"), (b"left_ptr_watch", "watch")):
        window.change_attributes(cursor=named_cursor(app, name))
        app.sync()
        wait_cursor(daemon, window, 0x100 | GLYPHS[glyph])


def test_cursor_that_a_program_takes_back_is_the_default_again(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon)
    enter(daemon, window)
    window.change_attributes(cursor=glyph_cursor(app, GLYPHS["watch"]))
    app.sync()
    wait_cursor(daemon, window, 0x100 | GLYPHS["watch"])
    window.change_attributes(cursor=0)
    app.sync()
    wait_cursor(daemon, window, 0)


def test_each_window_is_told_its_own_cursor_even_if_it_is_the_same(daemon: ScriptedDaemon, app: App) -> None:
    same = glyph_cursor(app, GLYPHS["xterm"])
    windows = [shown_window(app, daemon, x=100, cursor=same), shown_window(app, daemon, x=200, cursor=same)]
    for window in windows:
        enter(daemon, window)
        wait_cursor(daemon, window, 0x100 | GLYPHS["xterm"])
        leave(daemon, window)


def test_cursor_that_stays_is_told_once(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon, cursor=glyph_cursor(app, GLYPHS["xterm"]))
    for _ in range(3):
        enter(daemon, window)
        wait_cursor(daemon, window, 0x100 | GLYPHS["xterm"])
        leave(daemon, window)
    enter(daemon, window)
    window.change_attributes(cursor=glyph_cursor(app, GLYPHS["watch"]))
    app.sync()
    wait_cursor(daemon, window, 0x100 | GLYPHS["watch"])
    assert [said.body.cursor for said in daemon.all_of(T.CURSOR, window.id)] == [
        0x100 | GLYPHS["xterm"],
        0x100 | GLYPHS["watch"],
    ]


def test_cursor_is_told_to_the_next_daemon_too(agent: AgentProcess, app: App) -> None:
    with hello(agent) as daemon:
        window = shown_window(app, daemon, cursor=glyph_cursor(app, GLYPHS["pencil"]))
        enter(daemon, window)
        wait_cursor(daemon, window, 0x100 | GLYPHS["pencil"])
    with hello(agent) as daemon:
        assert daemon.wait_for(T.CURSOR, window.id).body.cursor == 0x100 | GLYPHS["pencil"]


def drawn_cursors(app: App, *pictures: bytes, side: int = 16) -> list[int]:
    """Cursors that a program draws itself, by RENDER: each picture side * side pixels, 4 bytes each."""
    made = RenderCursors(app)
    return [made.cursor(pixels, side) for pixels in pictures]


PLAIN = [struct.pack("<I", colour) * 256 for colour in (0xFFFF0000, 0xFF00FF00, 0x80008080)]


def images(daemon: ScriptedDaemon, window: Any) -> list[tuple[Any, bytes]]:
    return [(said.body, said.tail) for said in daemon.all_of(T.CURSOR_IMAGE, window.id)]


def test_cursor_that_a_program_draws_is_told_pixel_for_pixel(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon)
    enter(daemon, window)
    for number, (cursor, pixels) in enumerate(zip(drawn_cursors(app, *PLAIN), PLAIN, strict=True), 1):
        window.change_attributes(cursor=cursor)
        app.sync()
        daemon.until(lambda number=number: len(images(daemon, window)) == number, "an image")  # type: ignore[misc]
        assert images(daemon, window)[-1] == ((16, 16, 1, 2), pixels)


def test_animated_cursor_is_told_as_one_image(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon)
    enter(daemon, window)
    window.change_attributes(cursor=RenderCursors(app).animated(PLAIN[:2], 16))
    app.sync()
    daemon.until(lambda: images(daemon, window), "an image")
    daemon.drain(quiet_s=1.0)
    assert images(daemon, window) in [[((16, 16, 1, 2), pixels)] for pixels in PLAIN[:2]]


def test_cursor_that_is_too_large_is_made_smaller(daemon: ScriptedDaemon, app: App) -> None:
    window = shown_window(app, daemon)
    enter(daemon, window)
    (large,) = drawn_cursors(app, PLAIN[0] * 36, side=96)
    window.change_attributes(cursor=large)
    app.sync()
    daemon.until(lambda: images(daemon, window), "an image")
    assert images(daemon, window) == [((64, 64, 0, 1), PLAIN[0] * 16)]


def test_cursor_that_cannot_be_seen_is_told_as_it_is(daemon: ScriptedDaemon, app: App) -> None:
    """What is shown for it the desktop decides."""
    window = shown_window(app, daemon)
    enter(daemon, window)
    (hidden,) = drawn_cursors(app, bytes(1024))
    window.change_attributes(cursor=hidden)
    app.sync()
    daemon.until(lambda: images(daemon, window), "an image")
    assert images(daemon, window) == [((16, 16, 1, 2), bytes(1024))]
