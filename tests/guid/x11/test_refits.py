"""guid/x11/refits.py: other parts of a frame are laid over the old ones, which stay until the new ones are in place."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from Xlib import X

from colors.labels import STANDARD
from guid.core.effects import Effect
from guid.core.geometry import Extents, Rect, outer_of
from guid.core.policy import extents_of
from guid.core.session import Session
from guid.core.thickness import Style
from guid.core.values import Kind, RemoteId
from guid.core.window import Asked, new_window
from guid.x11.desktop import Desktop
from guid.x11.events import Events
from guid.x11.frame import Frame, FrameMaker
from guid.x11.refits import Refits
from guid.x11.usertime import UserTimes
from shm.x11.requests import map_window
from tests.harness.frames import bare_px
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = pytest.mark.desktop

REMOTE = RemoteId(0x11)
CONTENT = Rect(100, 120, 240, 160)
LABEL = STANDARD["blue"]
CONTENT_RGB = 0x00FF00
PLAIN, CONTRAST = Style(), Style(contrast=True)


class Meddling(FrameMaker):
    """Another client resizes the outer at the worst moment: after it was measured, before the new parts come.

    sizes: to what, each in its turn. laid: how often parts were.
    """

    other: Any
    sizes: tuple[tuple[int, int], ...] = ()
    laid = 0

    def _meddle(self, frame: Frame) -> None:
        self.laid += 1
        first, self.sizes = self.sizes[:1], self.sizes[1:]
        for width, height in first:
            self.other.create_resource_object("window", frame.outer).configure(width=width, height=height)
            self.other.sync()

    def lay(self, frame: Frame, kind: Kind, size: tuple[int, int], extents: Extents, *, bare: bool) -> Frame:
        self._meddle(frame)
        fresh = super().lay(frame, kind, size, extents, bare=bare)
        self._look(fresh)
        return fresh

    def lay_again(self, frame: Frame, size: tuple[int, int], extents: Extents) -> None:
        self._meddle(frame)
        super().lay_again(frame, size, extents)
        self._look(frame)

    def strike(self, windows: Any) -> None:
        super().strike(windows)
        self._desktop.x.display.sync()
        assert bare_px(self.other, self._outer, LABEL) == 0, "the old parts went too early"

    def _look(self, frame: Frame) -> None:
        self._desktop.x.display.sync()
        self._outer = frame.outer
        assert bare_px(self.other, frame.outer, LABEL) == 0, "the new parts have uncovered something"


class Nobody:
    """Hears of no event."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_arguments, **_named: None


class Scene:
    """One window of a session on a real X server, whose content is green. effects: what was to be done."""

    def __init__(self, display: str, style: Style) -> None:
        self.desktop = Desktop(display, qube="work", style=style)
        self.session = Session(self.desktop.geometry, minor=8, pool_pages=16)
        self.window = new_window(REMOTE, Asked(CONTENT, override_redirect=False), self.desktop.geometry)
        self.session.windows[REMOTE] = self.window
        self.maker = Meddling(self.desktop, LABEL, CONTENT_RGB)
        self.frame = self.maker.create(Kind.MANAGED, self.window.shown.outer, self.window.extents)
        self.frames = {REMOTE: self.frame}
        self.frame_extents = self.window.extents
        self.effects: list[Effect] = []
        self.user_times = UserTimes(self.desktop)
        self.refits = Refits(self.desktop, self.session, self.maker, self.frames, self.user_times, self.effects.extend)
        events = Events(self.desktop, Nobody(), Nobody())
        events.on_size = self.refits.resized
        self.desktop.x.send(map_window(self.frame.outer), 1)
        self.desktop.x.sync()

    def become(self, style: Style, scale: float) -> None:
        """Frames are others from now on: do what follows, until the window has its own."""
        self.desktop.restyle(style=style, scale=scale)
        self.maker.refit()
        for effect in self.session.windows.refit(self.desktop.geometry):
            self.refits.begin(effect.window)  # type: ignore[union-attr]
        wait_until(self._settled, what="the new frame")

    def _settled(self) -> bool:
        self.desktop.x.sync()
        return self.frames[REMOTE] is not self.frame


@pytest.fixture(params=[PLAIN, CONTRAST], ids=["plain", "contrast"])
def scene(xvfb: XServer, request: pytest.FixtureRequest) -> Iterator[Scene]:
    made = Scene(xvfb.name, request.param)
    with closing(xvfb.connect()) as other:
        made.maker.other = other
        yield made
    made.desktop.x.close()


THRICE = ((120, 90), (260, 200), (90, 70))


@pytest.mark.parametrize(("style", "scale", "sizes"), [(PLAIN, 2.0, THRICE), (CONTRAST, 1.0, THRICE), (PLAIN, 1.0, ())])
def test_frame_is_whole_whoever_resizes_its_window_meanwhile(
    scene: Scene, style: Style, scale: float, sizes: tuple[tuple[int, int], ...]
) -> None:
    scene.maker.sizes = sizes
    scene.become(style, scale)
    assert scene.maker.laid == len(sizes) + 1, "each other size was noticed, and no more"
    frame, extents = scene.frames[REMOTE], extents_of(Kind.MANAGED, scene.desktop.thickness)
    width, height = sizes[-1] if sizes else outer_of(CONTENT, scene.frame_extents)[2:]
    lining = scene.desktop.thickness.lining_px
    places = {}
    for window in scene.maker.other.create_resource_object("window", frame.outer).query_tree().children:
        place = window.get_geometry()
        places[window.id] = (place.x, place.y, window.get_attributes().map_state)
    right, bottom = frame.strips
    assert places[right] == (width - extents.right + lining, 0, X.IsViewable)
    assert places[bottom] == (0, height - extents.bottom + lining, X.IsViewable)
    assert set(places) == {frame.content, *frame.strips, *frame.edges, *frame.borders}, "nothing of the old one is left"
    scene.maker.other.create_resource_object("window", frame.outer).configure(width=203, height=111)
    assert bare_px(scene.maker.other, frame.outer, LABEL) == 0


def test_frame_that_changes_twice_is_the_later_one(scene: Scene) -> None:
    scene.desktop.restyle(scale=3.0)
    scene.maker.refit()
    scene.session.windows.refit(scene.desktop.geometry)
    scene.refits.begin(REMOTE)
    scene.become(PLAIN, 2.0)
    scene.desktop.x.sync()
    children = scene.maker.other.create_resource_object("window", scene.frame.outer).query_tree().children
    frame = scene.frames[REMOTE]
    assert {each.id for each in children} == {frame.content, *frame.strips, *frame.edges, *frame.borders}
    assert scene.window.extents == Extents(6, 6, 6, 6)


def test_window_that_goes_meanwhile_is_forgotten(scene: Scene) -> None:
    scene.desktop.restyle(scale=2.0)
    scene.maker.refit()
    scene.refits.begin(REMOTE)
    scene.refits.gone(scene.frame.outer)
    scene.maker.destroy(scene.frame)
    scene.desktop.x.sync()
    assert scene.effects == []
    assert list(scene.refits.others()) == [scene.frame]


def test_time_of_use_is_told_to_the_window_manager_that_there_is(scene: Scene) -> None:
    """The one that came first read it from a window of the frame, which is gone with that frame."""
    apart, time_name = (scene.desktop.atoms[f"_NET_WM_USER_TIME{each}"] for each in ("_WINDOW", ""))
    scene.desktop.x.sync()
    scene.desktop.manager.supported = frozenset({apart})
    scene.user_times.introduce(scene.frame)
    scene.desktop.manager.supported = frozenset()
    scene.become(PLAIN, 2.0)
    scene.user_times.used(scene.frame, 1234)
    scene.user_times.due(1.0)
    scene.desktop.x.sync()
    outer = scene.maker.other.create_resource_object("window", scene.frame.outer)
    assert outer.get_full_property(apart, X.AnyPropertyType) is None
    assert list(outer.get_full_property(time_name, X.AnyPropertyType).value) == [1234]
