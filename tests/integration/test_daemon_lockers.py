"""No popup of a qube lies above a screen locker: judged by the locker's pixels, all of which must be on the screen."""

import contextlib
import threading
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from Xlib import X
from Xlib import display as xdisplay
from Xlib.xobject.drawable import Window

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random, region
from tests.harness.wait import holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Four, Framed, Person, Qube, wait_framed

pytestmark = pytest.mark.desktop

POPUP = (200, 200, 120, 80)
LOCKER_RGB = 0x00FFFF
LOCKER: Four = (100, 100, 500, 400)
EVERYWHERE: Four = (0, 0, 800, 600)


class Desk(NamedTuple):
    person: Person
    qube: Qube

    def locker(self, name: str = "i3lock", rect: Four = LOCKER, *, above: Window | None = None) -> Window:
        """Another program's window of that class; directly below `above`, or on top."""
        x, y, width, height = rect
        window: Window = self.person.root.create_window(
            x, y, width, height, 0, X.CopyFromParent, background_pixel=LOCKER_RGB, override_redirect=True
        )
        window.set_wm_class(name, "Locker")
        if above is not None:
            window.configure(sibling=above, stack_mode=X.Below)
        window.map()
        self.person.x.sync()
        return window

    def popup(self, rect: Four = POPUP) -> Framed:
        return self.qube.show(rect, pseudo_random(rect[2], rect[3]), popup=True)

    def locked(self, rect: Four = LOCKER) -> bool:
        return bool(np.all(region(self.person.picture(), rect) == LOCKER_RGB))

    def wait_locked(self, rect: Four = LOCKER) -> None:
        wait_until(lambda: self.locked(rect), what="every pixel of the locker")

    def order(self) -> list[int]:
        return [window.id for window in self.person.tree()]

    def root_tells_of_children(self) -> bool:
        return bool(self.person.root.get_attributes().all_event_masks & X.SubstructureNotifyMask)


@contextlib.contextmanager
def desktop(*options: str, managed: bool) -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(XServer(800, 600))
        if managed:
            stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        arguments = tuple(word for option in options for word in ("--option", option))
        yield Desk(person, stack.enter_context(Qube(server.name, label="red", arguments=arguments)))


@pytest.fixture(scope="module", params=[True, False], ids=["openbox", "no-window-manager"])
def desks(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desktop(managed=bool(request.param)) as desk:
        yield desk


@pytest.fixture
def desk(desks: Desk) -> Iterator[Desk]:
    yield desks
    others = {each["local_xid"] for each in desks.qube.daemon.windows()}
    for each in desks.qube.daemon.windows():
        desks.qube.destroy(Framed(each["local_xid"], each["remote_wid"]))
    wait_until(lambda: not others & set(desks.order()), what="no popup is left")


@pytest.mark.parametrize("name", ["xscreensaver", "xfce4-screensaver", "i3lock", "light-locker"])
def test_popup_that_is_mapped_while_locked_is_never_seen(desk: Desk, name: str) -> None:
    locker = desk.locker(name)
    picture = [desk.locked()]
    popup = desk.popup()
    holds_for(desk.locked, 0.1, what="every pixel of the locker")
    assert picture == [True]
    second = desk.popup((300, 250, 60, 40))
    holds_for(desk.locked, 0.1, what="every pixel of the locker")
    order = desk.order()
    assert order.index(popup.xid) < order.index(second.xid) < order.index(locker.id), "the order of the popups"
    locker.destroy()
    wait_framed(desk.person, second.xid, 2, desk.qube.rgb)


def test_popup_is_configured_below_the_locker_before_it_is_mapped(desk: Desk) -> None:
    """By what the X server tells, because a moment may be too short for a screenshot."""
    locker = desk.locker()
    desk.person.root.change_attributes(event_mask=X.SubstructureNotifyMask)
    desk.person.x.sync()
    popup = desk.popup()
    told = [desk.person.x.next_event() for _ in range(desk.person.x.pending_events())]
    desk.person.root.change_attributes(event_mask=0)
    of_popup = [each.type for each in told if getattr(getattr(each, "window", None), "id", 0) == popup.xid]
    assert of_popup.index(X.ConfigureNotify) < of_popup.index(X.MapNotify)
    assert X.ConfigureNotify not in of_popup[of_popup.index(X.MapNotify) :]
    locker.destroy()


def test_locker_that_appears_below_a_popup_is_uncovered(desk: Desk) -> None:
    popup, other = desk.popup(), desk.popup((260, 240, 100, 90))
    locker = desk.locker(above=desk.person.window(popup.xid))
    desk.wait_locked()
    order = desk.order()
    assert order.index(popup.xid) < order.index(other.xid) < order.index(locker.id)
    locker.destroy()


def test_locker_that_was_there_unmapped_is_uncovered_when_it_is_mapped(desk: Desk) -> None:
    locker = desk.locker()
    locker.unmap()
    desk.person.x.sync()
    popup = desk.popup()
    order = desk.order()
    assert order.index(popup.xid) > order.index(locker.id), "an unmapped locker holds nothing down"
    locker.map()
    desk.person.x.sync()
    desk.wait_locked()
    locker.destroy()


def test_popup_that_another_program_raises_goes_back(desk: Desk) -> None:
    locker = desk.locker()
    popup = desk.popup()
    desk.person.window(popup.xid).raise_window()
    desk.person.x.sync()
    desk.wait_locked()
    locker.configure(stack_mode=X.Below)
    locker.configure(stack_mode=X.Above)
    desk.person.x.sync()
    desk.wait_locked()
    locker.destroy()


def test_popup_lies_below_the_lowest_of_several_lockers(desk: Desk) -> None:
    left, right = desk.locker("xscreensaver", (100, 100, 250, 400)), desk.locker("xscreensaver", (350, 100, 250, 400))
    desk.popup((300, 200, 120, 80))
    desk.wait_locked()
    left.destroy()
    right.destroy()


def test_window_of_another_class_is_no_locker(desk: Desk) -> None:
    other = desk.locker("i3lock-clone")
    popup = desk.popup()
    wait_framed(desk.person, popup.xid, 2, desk.qube.rgb)
    other.destroy()


def test_popup_lies_on_top_again_when_the_locker_has_gone(desk: Desk) -> None:
    locker = desk.locker()
    popup = desk.popup()
    locker.destroy()
    desk.person.x.sync()
    other = desk.person.cover(EVERYWHERE)
    second = desk.popup((400, 200, 120, 80))
    wait_framed(desk.person, second.xid, 2, desk.qube.rgb)
    assert desk.order().index(popup.xid) < desk.order().index(second.xid)
    desk.person.uncover(other)


def test_popup_that_is_unmapped_at_once_stays_away(desk: Desk) -> None:
    """The first one waits for the X server's answer; an unmap takes it back."""
    first, last = desk.qube.new_id(), desk.qube.new_id()
    desk.qube.agent.create(first, POPUP, popup=True)
    desk.qube.agent.create(last, (400, 300, 50, 50), popup=True)
    with desk.qube.frozen():
        desk.qube.agent.map(first, popup=True)
        desk.qube.agent.send(MessageType.UNMAP, first)
        desk.qube.agent.map(last, popup=True)
    desk.qube.mapped(last)
    xid = desk.qube.daemon.window(first)["local_xid"]
    assert desk.person.window(xid).get_attributes().map_state == X.IsUnmapped


@pytest.mark.parametrize("kept", ["the locker", "a window that becomes one", "none"])
def test_popup_after_another_stays_below_what_has_become_a_locker_meanwhile(kept: str) -> None:
    """What the first popup found is asked again with the next, and what came since then is asked too."""
    with desktop(managed=False) as desk:
        before = {"the locker": "i3lock", "a window that becomes one": "xclock"}.get(kept)
        window = None if before is None else desk.locker(before)
        goes = desk.locker("xclock", (700, 500, 20, 20))
        desk.qube.destroy(desk.popup())
        goes.destroy()
        desk.person.x.sync()
        wait_until(lambda: not desk.root_tells_of_children(), what="silence")
        if window is None:
            window = desk.locker()
        window.set_wm_class("i3lock", "Locker")
        desk.person.x.sync()
        desk.person.root.change_attributes(event_mask=X.SubstructureNotifyMask)
        desk.person.x.sync()
        popup = desk.popup()
        told = [desk.person.x.next_event() for _ in range(desk.person.x.pending_events())]
        of_popup = [each.type for each in told if getattr(getattr(each, "window", None), "id", 0) == popup.xid]
        assert desk.order().index(popup.xid) < desk.order().index(window.id)
        assert X.ConfigureNotify not in of_popup[of_popup.index(X.MapNotify) :], "it was above for a moment"


def test_root_tells_of_its_children_only_while_a_popup_is_shown() -> None:
    with desktop(managed=False) as desk:
        assert not desk.root_tells_of_children()
        popup = desk.popup()
        assert desk.root_tells_of_children()
        desk.qube.agent.send(MessageType.UNMAP, popup.remote)
        wait_until(lambda: not desk.root_tells_of_children(), what="silence")


def test_lockers_are_those_that_the_person_names() -> None:
    with desktop('screensaver_name = ["mylock"]', managed=False) as desk:
        other = desk.locker("i3lock", (400, 0, 400, 600))
        mine = desk.locker("mylock", (0, 0, 400, 600))
        desk.popup((100, 100, 50, 50))
        above = desk.popup((500, 100, 50, 50))
        wait_framed(desk.person, above.xid, 2, desk.qube.rgb)
        desk.wait_locked((0, 0, 400, 600))
        mine.destroy()
        other.destroy()


@contextlib.contextmanager
def restless(display: str) -> Iterator[None]:
    """Another program shows windows and takes them away again, as fast as the X server lets it."""
    ended = threading.Event()
    x = xdisplay.Display(display)
    root = x.screen().root
    windows = [root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, override_redirect=True) for _ in range(200)]

    def flap() -> None:
        while not ended.is_set():
            for window in windows:
                window.map()
            for window in windows:
                window.unmap()
            x.sync()

    thread = threading.Thread(target=flap)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        x.close()


def test_popup_is_shown_and_stays_below_lockers_while_windows_come_and_go(desk: Desk) -> None:
    """Each window that is mapped may be a locker, and is asked about: a popup does not wait for the last of them."""
    first = desk.popup()
    with restless(desk.person.x.get_display_name()):
        for x in range(0, 500, 50):
            desk.popup((x, 40, 40, 50))
        locker = desk.locker()
        desk.wait_locked()
        assert desk.order().index(first.xid) < desk.order().index(locker.id)
    locker.destroy()
