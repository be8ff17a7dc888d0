"""The attention chord on a person's desktop: it says whose window has the focus, and sets that qube aside."""

import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, Xatom
from Xlib import display as xdisplay
from Xlib.ext import composite, xtest

from colors.labels import STANDARD
from tests.harness.attention import AttentionPanel
from tests.harness.bus import Recorder, SessionBus
from tests.harness.processes import Child, clean_environment
from tests.harness.session import Session, Window
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

BLUE = STANDARD["blue"].rgb
DESKTOP = "No qube", "a program of your desktop has the focus", None


class Desk:
    """A person with two qubes. service: their supervisor."""

    def __init__(self, session: Session, service: Child, recorder: Recorder) -> None:
        self.session, self.service, self.recorder = session, service, recorder
        self.panel = AttentionPanel(session.x)

    def focus(self, name: str) -> Window:
        window = self.session.window(name)
        x, y, _width, height = window["content"]
        self.session.click(x + 20, y + height - 10)
        wait_until(lambda: self.session.focused() == window["local_xid"], what="the focus")
        return window

    def wait_deaf(self, *codes: int) -> None:
        """Wait until it does not come any more."""

        def deaf() -> bool:
            if not self.panel.answers(*codes):
                return True
            self.panel.press("Escape")
            self.panel.wait_gone()
            return False

        wait_until(deaf, 20, "keys that do nothing")

    def settings(self, text: str) -> None:
        """Write vitrail.toml, and let the supervisor read it."""
        folder = self.session.config / "vitrail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vitrail.toml").write_text(text)
        before = self.service.output().count("settings are read again")
        self.service.signal(signal.SIGHUP)
        wait_until(lambda: self.service.output().count("settings are read again") > before, what="the settings")


@pytest.fixture(scope="module")
def running() -> Iterator[Desk]:
    with XServer(1000, 700) as server, WindowManager("openbox", server.name), SessionBus() as bus:
        extra = {"DBUS_SESSION_BUS_ADDRESS": bus.address}
        with (
            Recorder(bus) as recorder,
            Session(server.name, extra=extra) as session,
            session.service() as service,
        ):
            session.run("work", "blue", "xterm", "-geometry", "40x10+20+20")
            session.run("web", "red", "xterm", "-geometry", "40x10+600+500")
            yield Desk(session, service, recorder)


@pytest.fixture
def desk(running: Desk) -> Iterator[Desk]:
    yield running
    if running.panel.window() is not None:
        running.panel.press("Escape")
        running.panel.wait_gone()


def test_chord_says_whose_window_has_the_focus(desk: Desk) -> None:
    for name, label in (("work", "blue"), ("web", "red")):
        desk.focus(name)
        desk.panel.chord()
        desk.panel.wait_for_qube(name, label)
        desk.panel.press("Escape")
        desk.panel.wait_gone()


@pytest.mark.parametrize("lock", ["Caps_Lock", "Num_Lock"])
def test_chord_counts_whatever_is_locked(desk: Desk, lock: str) -> None:
    desk.focus("work")
    desk.panel.press(lock)
    try:
        desk.panel.chord()
        desk.panel.wait_for_qube("work", "blue")
    finally:
        desk.panel.press(lock)


def other_program(desk: Desk, rect: tuple[int, int, int, int], *, popup: bool = False) -> Any:
    """A window of the desktop that says it is a qube's."""
    x, root = desk.session.x, desk.session.x.screen().root
    window = root.create_window(*rect, 0, X.CopyFromParent, background_pixel=0xFF00FF, override_redirect=popup)
    window.set_wm_name("work")
    window.set_wm_class("work", "work")
    window.change_property(x.intern_atom("_QUBES_VMNAME"), Xatom.STRING, 8, b"work")
    window.change_property(x.intern_atom("_QUBES_LABEL_COLOR"), Xatom.CARDINAL, 32, [BLUE])
    window.map()
    if popup:
        window.configure(stack_mode=X.Above)
    x.sync()
    return window


def test_program_of_the_desktop_is_no_qube_whatever_it_says(desk: Desk) -> None:
    window = other_program(desk, (300, 300, 200, 100))
    wait_until(lambda: window.get_attributes().map_state == X.IsViewable, what="the window")
    window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
    desk.session.x.sync()
    desk.panel.chord()
    desk.panel.wait_for(*DESKTOP)
    window.destroy()
    desk.session.x.sync()


def test_keys_set_the_qube_aside_and_reach_nobody_else(desk: Desk) -> None:
    window = desk.focus("work")
    picture = desk.session.content(window).copy()
    desk.panel.chord()
    desk.panel.wait_for_qube("work", "blue")
    desk.panel.press("h")
    wait_until(lambda: desk.session.qubes()["work"]["hidden"], 20, "the qube hidden")
    outer = desk.session.x.create_resource_object("window", window["local_xid"])
    assert outer.get_attributes().map_state == X.IsUnmapped
    desk.panel.wait_for_qube("work", "blue")
    desk.panel.press("h", "p")
    wait_until(lambda: desk.session.qubes()["work"]["paused"], 20, "the qube paused")
    assert not desk.session.qubes()["work"]["hidden"]
    desk.panel.press("Down", "p")
    wait_until(lambda: desk.session.qubes()["web"]["paused"], 20, "the other one paused")
    desk.panel.press("p", "Down", "p", "Escape")
    desk.panel.wait_gone()
    wait_until(
        lambda: not any(qube["paused"] or qube["hidden"] for qube in desk.session.qubes().values()), 20, "both back"
    )
    left, top, width, height = desk.session.window("work")["content"]
    wait_until(
        lambda: bool((desk.session.picture()[top : top + height, left : left + width] == picture).mean() > 0.98),
        20,
        "a window in which nothing was typed",
    )


def test_stop_is_confirmed_and_stops(desk: Desk) -> None:
    desk.session.run("gone", "green", "xterm", "-geometry", "20x5+60+500")
    desk.session.window("gone")
    desk.focus("gone")
    desk.panel.chord()
    desk.panel.wait_for_qube("gone", "green")
    desk.panel.press("s")
    holds_for(lambda: desk.session.qubes()["gone"]["state"] == "running", 0.3, "the qube")
    desk.panel.press("s")
    wait_until(lambda: "gone" not in desk.session.qubes(), 20, "the qube's end")
    desk.panel.wait_for("gone", "owned the focused window, and has ended", None)


def test_chord_that_is_held_does_not_close_what_it_opened(desk: Desk) -> None:
    """Keys repeat after 0.7 s, and the chord's own is the one that closes the panel."""
    x, codes = desk.session.x, [desk.panel.keycode(name) for name in ("Super_L", "Escape")]
    desk.focus("work")
    for code in codes:
        xtest.fake_input(x, X.KeyPress, code)
    x.sync()
    try:
        desk.panel.wait_for_qube("work", "blue")
        holds_for(lambda: desk.panel.window() is not None, 1.0, "the panel")
    finally:
        for code in codes:
            xtest.fake_input(x, X.KeyRelease, code)
        x.sync()
    desk.panel.press("Escape")
    desk.panel.wait_gone()


def test_buttons_of_the_panel_are_clicked(desk: Desk) -> None:
    desk.focus("work")
    desk.panel.chord()
    desk.panel.wait_for_qube("work", "blue")
    rect = desk.panel.rect()
    assert rect is not None
    left, top, width, height = rect
    desk.session.click(left + 60, top + height - 40)
    wait_until(lambda: desk.session.qubes()["work"]["hidden"], 20, "the qube hidden")
    desk.session.click(left + 60, top + height - 40)
    wait_until(lambda: not desk.session.qubes()["work"]["hidden"], 20, "the qube shown")
    desk.session.click(left + width - 60, top + height - 40)
    desk.panel.wait_gone()


def test_panel_comes_back_to_the_top(desk: Desk) -> None:
    desk.focus("work")
    desk.panel.chord()
    desk.panel.wait_for_qube("work", "blue")
    cover = other_program(desk, (0, 0, 1000, 700), popup=True)
    desk.panel.wait_for_qube("work", "blue")
    cover.destroy()
    desk.session.x.sync()


def test_panel_comes_back_to_the_top_where_the_screen_is_composed(desk: Desk) -> None:
    """The X server says of no window then that it is covered."""
    composer = xdisplay.Display(desk.session.x.get_display_name())
    cover = None
    try:
        composer.screen().root.composite_redirect_subwindows(composite.RedirectAutomatic)
        composer.sync()
        desk.focus("work")
        desk.panel.chord()
        desk.panel.wait_for_qube("work", "blue")
        cover = other_program(desk, (0, 0, 1000, 700), popup=True)
        wait_until(lambda: on_top(desk), 20, "the panel above it")
    finally:
        composer.close()
        if cover is not None:
            cover.destroy()
        desk.session.x.sync()


def on_top(desk: Desk) -> bool:
    return bool(desk.session.x.screen().root.query_tree().children[-1] == desk.panel.window())


def test_panel_gives_way_to_a_screen_locker(desk: Desk) -> None:
    desk.focus("work")
    desk.panel.chord()
    desk.panel.wait_for_qube("work", "blue")
    root = desk.session.x.screen().root
    locker = root.create_window(0, 0, 1000, 700, 0, X.CopyFromParent, override_redirect=True)
    locker.set_wm_class("i3lock", "i3lock")
    locker.map()
    locker.configure(stack_mode=X.Above)
    desk.session.x.sync()
    desk.panel.wait_gone()
    desk.panel.chord()
    holds_for(lambda: desk.panel.window() is None, 0.3, "the locker alone")
    locker.destroy()
    desk.session.x.sync()


def test_other_keys_and_none(desk: Desk) -> None:
    desk.focus("work")
    desk.settings('[desktop]\nattention_sequence = "Shift-Super-F8"\n')
    chord = [desk.panel.keycode(name) for name in ("Super_L", "Shift_L", "F8")]
    wait_until(lambda: desk.panel.answers(*chord), 20, "the panel on other keys")
    desk.panel.wait_for_qube("work", "blue")
    desk.panel.press("Escape")
    desk.panel.wait_gone()
    assert not desk.panel.answers()
    desk.settings('[desktop]\nattention_sequence = "none"\n')
    desk.wait_deaf(*chord)
    assert desk.session.vitrail("attention", "--json").returncode == 0
    desk.panel.wait_for_qube("work", "blue")
    desk.settings("[desktop]\nattention_sequence = 7\n")
    line = "vitrail.toml: line 2: [desktop] attention_sequence = 7: must be a key sequence"
    wait_until(lambda: line in desk.service.output(), what="the line that is wrong")
    desk.settings("")
    wait_until(desk.panel.answers, 20, "the panel")


def test_keys_that_another_program_has_are_told_and_taken_when_they_are_free(desk: Desk) -> None:
    desk.focus("work")
    desk.panel.press("Escape")
    root, keycode = desk.session.x.screen().root, desk.panel.keycode("F9")
    root.grab_key(keycode, X.Mod4Mask, False, X.GrabModeAsync, X.GrabModeAsync)  # noqa: FBT003
    desk.session.x.sync()
    desk.settings('[desktop]\nattention_sequence = "Super-F9"\n')
    told = desk.recorder.wait_for("Super-F9 is taken")
    assert "vitrail attention" in told.body
    assert "Super-F9 is another program's" in desk.service.output()
    assert not desk.panel.answers(desk.panel.keycode("Super_L"), keycode)
    root.ungrab_key(keycode, X.Mod4Mask)
    desk.session.x.sync()
    layout(desk, "compose:menu")  # it is tried again now and then, and when the keyboard changes
    wait_until(
        lambda: desk.panel.answers(desk.panel.keycode("Super_L"), keycode), 20, "the panel, now that they are free"
    )
    desk.panel.wait_for_qube("work", "blue")
    desk.panel.press("Escape")
    desk.panel.wait_gone()
    desk.settings("")
    wait_until(desk.panel.answers, 20, "the panel on its own keys")


def test_chord_moves_with_the_keyboards_layout(desk: Desk) -> None:
    """The key that is Escape is another one afterwards."""
    caps, escape = desk.panel.keycode("Caps_Lock"), desk.panel.keycode("Escape")
    desk.focus("work")
    layout(desk, "caps:swapescape")
    try:
        wait_until(lambda: desk.panel.answers(desk.panel.keycode("Super_L"), caps), 20, "the panel by the other key")
        desk.panel.wait_for_qube("work", "blue")
        desk.panel.strike(caps)
        desk.panel.wait_gone()
        assert not desk.panel.answers(desk.panel.keycode("Super_L"), escape)
        desk.panel.strike(escape)  # Caps Lock, off again
    finally:
        layout(desk, "")


def layout(desk: Desk, option: str) -> None:
    argv = ["setxkbmap", "-display", desk.session.display, "-option", option]
    subprocess.run(argv, check=True, env=clean_environment(), timeout=60)
