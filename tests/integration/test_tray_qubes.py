"""Tray icons of real programs in real qubes: they open windows, and outlive a daemon and a panel that crash."""

import contextlib
import os
import signal
from typing import Any

import pytest
from Xlib import X, error

from guid.core.oracle import examine
from guid.doctor import owners_of
from guid.x11.oracle import look
from tests.harness.pixels import screenshot
from tests.harness.session import Session, Window
from tests.harness.trays import Tray, tray_of
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

COLOURS = {"work": 0x20C040, "untrusted": 0xF0D000}
LABELS = {"work": "blue", "untrusted": "red"}


def icon_of(session: Session, qube: str) -> Window | None:
    return next((each for each in session.qubes()[qube]["windows"] if each["docked"]), None)


def outers_in_tray(person: Person) -> list[int]:
    """Windows of qubes anywhere in the panel, by what they say."""
    atom = person.x.intern_atom("_QUBES_VMWINDOWID")
    found: list[int] = []

    def walk(window: Any, depth: int) -> None:
        with contextlib.suppress(error.BadWindow):
            for child in window.query_tree().children:
                inside = depth > 0 and child.get_attributes().map_state == X.IsViewable
                if inside and child.get_full_property(atom, X.AnyPropertyType) is not None:
                    found.append(int(child.id))
                walk(child, depth + 1)

    walk(person.root, 0)
    return found


def shown(session: Session, person: Person, qube: str) -> bool:
    """Whether the screen shows the colour of a qube's icon, somewhere inside its outer."""
    icon = icon_of(session, qube)
    if icon is None:
        return False
    try:
        outer = person.x.create_resource_object("window", icon["local_xid"])
        place, size = person.root.translate_coords(outer, 0, 0), outer.get_geometry()
    except error.BadWindow:
        return False
    part = screenshot(person.x)[place.y : place.y + size.height, place.x : place.x + size.width]
    return bool((part == COLOURS[qube]).any())


def test_icons_of_programs_open_windows_and_come_back_once() -> None:
    with (
        XServer(1000, 700) as server,
        WindowManager("openbox", server.name),
        Tray("xfce4-panel", server.name) as panel,
        Session(server.name) as session,
        contextlib.closing(Person(server.name)) as person,
    ):
        assert tray_of(person.x)
        for qube, label in LABELS.items():
            session.run(qube, label, "true")
            session.run_program(qube, label, "icon", f"of {qube}", f"{COLOURS[qube]:06x}")

        def both() -> bool:
            return all(shown(session, person, qube) for qube in LABELS) and len(outers_in_tray(person)) == 2

        def right(step: str) -> None:
            wait_until(both, 40, f"both icons in the tray, once each: {step}")
            report = examine(look(server.name, tuple(owners_of(list(session.qubes().values())))))
            assert not report.findings, step

        right("at first")
        os.kill(int(session.qubes()["work"]["daemon_pid"]), signal.SIGKILL)
        wait_until(lambda: session.qubes()["work"]["daemon_pid"] and icon_of(session, "work"), 20, "another daemon")
        right("after a daemon's crash")
        panel.kill()
        wait_until(lambda: not outers_in_tray(person), what="no icon")
        panel.start()
        right("after the panel's crash")
        icon = icon_of(session, "untrusted")
        assert icon is not None
        outer = person.x.create_resource_object("window", icon["local_xid"])
        place = person.root.translate_coords(outer, 0, 0)
        person.point(place.x + 10, place.y + 10)
        person.button(1, down=True)
        person.button(1, down=False)
        session.window("untrusted", lambda each: each["title"] == "of untrusted")
