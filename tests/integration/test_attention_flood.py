"""The attention chord while a qube does its worst: the panel comes, stays on top, and ends the flood."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from Xlib import X

from colors.labels import STANDARD
from protocol.codec import encode
from tests.harness.attention import AttentionPanel
from tests.harness.session import Session
from tests.harness.wait import pause, wait_until
from tests.integration.hostile_scene import Scene, Stage, new_scene
from tests.integration.hostile_talk import LARGE, WINDOW, M, create, many, shown
from tests.integration.test_hostile_together import flooding, start

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

RED = STANDARD["red"].rgb
NOBODY = "No qube", "a program of your desktop has the focus", None

POPUPS = (
    create(rect=LARGE, popup=True),
    many(25, lambda _: encode(M.MAP, WINDOW, 0, 1) + encode(M.UNMAP, WINDOW)),
)
TITLES = (shown(rect=(100, 100, 500, 400)), many(200, lambda n: encode(M.WMNAME, WINDOW, b"title %d" % n)))


class Flooded:
    """A desktop on which a qube called evil floods, beside the innocent qube of another supervisor."""

    def __init__(self, scene: Scene, session: Session) -> None:
        self.scene, self.session = scene, session
        self.panel = AttentionPanel(session.x)

    def state(self) -> tuple[bool, bool]:
        qube = self.session.qubes()["evil"]
        return qube["hidden"], qube["paused"]

    def shows_red(self) -> bool:
        return bool((self.session.picture() == RED).any())


@contextmanager
def flooded(first: bytes, round_: bytes) -> Iterator[Flooded]:
    with (
        new_scene() as scene,
        Session(scene.server.name) as session,
        flooding(session, first, round_),
        start(session, "evil") as command,
    ):
        made = Flooded(scene, session)
        wait_until(lambda: session.qubes().get("evil", {"windows": []})["windows"], 30, "the flood")
        yield made
        if "evil" in session.qubes():
            session.vitrail("kill", "evil")
        command.wait(20)


def test_panel_says_who_floods_and_pausing_ends_it() -> None:
    with flooded(*TITLES) as desk:
        session, panel = desk.session, desk.panel
        window = session.window("evil")
        session.focus(window)
        panel.chord()
        panel.wait_for_qube("evil", "red")
        outer = session.x.create_resource_object("window", window["local_xid"])
        name = session.x.intern_atom("_NET_WM_NAME")

        def title() -> bytes:
            found = outer.get_full_property(name, X.AnyPropertyType)
            return bytes(found.value) if found is not None else b""

        panel.press("p")
        wait_until(lambda: desk.state() == (False, True), 20, "the qube paused")
        wait_until(lambda: title().startswith(b"[paused] "), 20, "the mark")
        titles = set()
        for _ in range(20):
            titles.add(title())
            pause(0.02)
        assert len(titles) == 1, "it floods on"
        panel.press("h")
        wait_until(lambda: desk.state() == (True, True), 20, "the qube hidden")
        rect = panel.rect()
        assert rect is not None
        panel.press("Escape")
        panel.wait_gone()
        wait_until(lambda: not desk.shows_red(), 20, "nothing of it on the screen")
        session.vitrail("resume", "evil")

        def hidden_and_flooding(stage: Stage) -> None:
            stage.under_way.set()
            stage.enough.wait()

        desk.scene.check(hidden_and_flooding, pointer=False)
        assert not desk.shows_red()
        panel.chord()
        panel.wait_for(*NOBODY)  # the innocent qube is not of this supervisor
        panel.press("s", "s")
        wait_until(lambda: "evil" not in session.qubes(), 20, "its end")
        panel.press("Escape")


def test_panel_stays_above_popups_without_end() -> None:
    with flooded(*POPUPS) as desk:
        panel = desk.panel
        panel.chord()
        panel.wait_for(*NOBODY)

        def uncovered() -> int:
            """In how many of 30 looks it is whole."""
            seen = 0
            for _ in range(30):
                seen += panel.says(*NOBODY)
                pause(0.02)
            return seen

        wait_until(lambda: uncovered() >= 27, 20, "a panel that is hardly ever covered")
        panel.press("h")
        wait_until(lambda: desk.state() == (True, False), 20, "the qube hidden")
        wait_until(lambda: not _popup_shows(desk), 20, "no popup on the screen")
        looks = [_popup_shows(desk) for _ in range(20)]
        assert not any(looks)
        panel.press("Escape")
        panel.wait_gone()


def _popup_shows(desk: Flooded) -> bool:
    """Its frame along the left edge of the screen."""
    column = desk.session.picture()[100:900, 0]
    return bool(np.count_nonzero(column == RED))
