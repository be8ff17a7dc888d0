"""Menus of tray icons as the person has them at home, by keys and clicks: real programs, agent, daemon and panel."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from Xlib import X

from guid.engines.bundle import agent_bundle
from tests.guiagent.traydesk import SYSTEM_PYTHON, Program, tray_program, wait_for_watcher
from tests.harness.bus import SessionBus
from tests.harness.pixels import write_png
from tests.harness.trays import Tray
from tests.harness.wait import wait_until
from tests.integration.both_ends import BothEnds

pytestmark = pytest.mark.desktop

RED: Final = 0xE01B24
LEFT, RIGHT = 1, 3
ESCAPE, RETURN, DOWN = 9, 36, 116
DESKTOP: Final = (900, 300)
NO_BUS: Final = {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
"""Qt has an icon by XEmbed then, and a menu of its own."""

MNEMONICS: Final = {ord("_"): "", ord("&"): ""}
"""What marks the letter that chooses a line."""

KINDS: Final = {
    "gtk": ("gtk", RIGHT, {}, "menu First"),
    "qt": ("qt", RIGHT, {}, "menu First"),
    "qt by XEmbed": ("qt", RIGHT, NO_BUS, "menu First"),
    "indicator": ("indicator", LEFT, {}, "menu Open"),
}


class Desk:
    def __init__(self, ends: BothEnds, bus: dict[str, str]) -> None:
        self.ends, self.bus = ends, bus

    def icon(self) -> tuple[int, int]:
        """The middle of the program's icon in the panel."""

        def place() -> tuple[int, int] | None:
            rows, columns = np.nonzero(self.ends.picture() == RED)
            return (int(np.median(columns)), int(np.median(rows))) if len(rows) > 50 else None

        return wait_until(place, 20, "the icon in the panel") or (0, 0)

    def menu(self) -> dict[str, Any] | None:
        return next((each for each in self.ends.daemon.windows() if each["mapped"] and each["override_redirect"]), None)

    def click(self, at: tuple[int, int], button: int = LEFT) -> None:
        self.ends.point(*at)
        self.ends.button(X.ButtonPress, button)
        self.ends.button(X.ButtonRelease, button)

    def open(self, at: tuple[int, int], button: int) -> None:
        """Click, until the menu has the keys."""
        self.click(at, button)
        shown = wait_until(self.menu, 20, "the menu")
        assert shown is not None
        wait_until(lambda: self.focus() == shown["local_xid"], what="the focus on the menu")

    def focus(self) -> int:
        return int(getattr(self.ends.desk.get_input_focus().focus, "id", 0))

    def type(self, keycode: int) -> None:
        self.ends.desk.xtest_fake_input(X.KeyPress, keycode)
        self.ends.desk.xtest_fake_input(X.KeyRelease, keycode)
        self.ends.desk.sync()

    def closed(self) -> None:
        wait_until(lambda: self.menu() is None, what="the menu's end")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("menus")
    bundle = folder / "agent.pyz"
    bundle.write_bytes(agent_bundle())
    with SessionBus() as bus:
        environment = {"DBUS_SESSION_BUS_ADDRESS": bus.address}
        with (
            BothEnds(folder, environment=environment, python=(SYSTEM_PYTHON, "-I", str(bundle))) as ends,
            Tray("trayer", ends.desktop.name),
        ):
            wait_for_watcher(bus)
            yield Desk(ends, environment)


@pytest.fixture(params=KINDS)
def program(request: pytest.FixtureRequest, desk: Desk) -> Iterator[tuple[Program, str]]:
    kind, _button, environment, _chosen = KINDS[request.param]
    with tray_program(kind, desk.ends.qube.name, {**desk.bus, **environment}) as started:
        yield started, request.param
    wait_until(lambda: not (desk.ends.picture() == RED).any(), what="the icon's end")


def test_menu_is_used_by_keys_and_closes_by_escape_and_by_a_click_elsewhere(
    desk: Desk, program: tuple[Program, str], tmp_path: Path
) -> None:
    started, name = program
    _kind, button, _environment, chosen = KINDS[name]
    at = desk.icon()
    before = desk.focus()
    desk.open(at, button)
    desk.type(DOWN)
    write_png(desk.ends.picture(), Path(os.environ.get("SHOTS", tmp_path)) / f"{name}.png")
    desk.type(RETURN)
    desk.closed()
    wait_until(lambda: chosen in [line.translate(MNEMONICS) for line in started.done()], what="the choice")
    wait_until(lambda: desk.focus() == before, what="the focus where it was")
    desk.open(at, button)
    desk.type(ESCAPE)
    desk.closed()
    done = started.done()
    desk.open(at, button)
    desk.click(DESKTOP)
    desk.closed()
    assert not [line for line in started.done()[len(done) :] if line.startswith("menu")], "nothing is chosen by that"
