"""QSB-072 (2021): daemon and window manager could disagree on a window's override-redirect, in six ways.

By CONFIGURE of a mapped window, by MAP of a mapped one, by the size limit dropping the flag, by docking a popup, by
docking a mapped window, and by child windows that covered their parent's frame. So nobody framed or bounded it. Here
the flag of CONFIGURE is not read, a mapped window keeps its outer unless it loses a privilege and then gets another
one, what asks for the tray is an icon for the rest of its life in an outer of its own, unless it has been mapped, and
every other window of a qube hangs on the root window with a frame of its own.
"""

import pytest
from Xlib import X

from protocol.codec import encode
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, WIDTH, ActedQube

pytestmark = pytest.mark.desktop

WINDOW, CHILD = 0x11, 0x12
RECT = (100, 100, 200, 150)
SCREEN = (0, 0, WIDTH, HEIGHT)
KINDS = pytest.mark.parametrize("popup", [False, True], ids=["managed", "popup"])


def begin(evil: ActedQube, *, popup: bool) -> int:
    """A shown window; returns its outer."""
    evil.agent.show(WINDOW, RECT, pseudo_random(200, 150), popup=popup)
    evil.settle()
    evil.stage.judge("shown", windows=2)
    return int(evil.outer(WINDOW).id)


def is_popup(evil: ActedQube) -> bool:
    """What daemon and X server both say."""
    noted: bool = evil.daemon.window(WINDOW)["override_redirect"]
    assert bool(evil.outer(WINDOW).get_attributes().override_redirect) is noted
    return noted


@KINDS
def test_configure_of_a_mapped_window_cannot_change_its_kind(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    outer = begin(evil, popup=popup)
    for x in (100, 120):
        evil.agent.send_raw(encode(MessageType.CONFIGURE, WINDOW, x, 100, 200, 150, int(not popup)))
    evil.settle()
    evil.stage.judge("configured with the other flag", windows=2)
    assert (is_popup(evil), evil.outer(WINDOW).id) == (popup, outer)


@KINDS
def test_map_of_a_mapped_window_cannot_change_its_kind(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    outer = begin(evil, popup=popup)
    for flag in (not popup, popup, not popup):
        evil.agent.map(WINDOW, popup=flag)
    evil.settle()
    evil.stage.judge("mapped again with the other flag", windows=2)
    assert (is_popup(evil), evil.outer(WINDOW).id) == (popup, outer)


def test_flag_that_the_size_limit_drops_is_dropped_for_the_window_manager_too(evil: ActedQube) -> None:
    begin(evil, popup=True)
    evil.agent.configure(WINDOW, SCREEN)
    evil.settle()
    evil.stage.judge("grown over the limit while mapped", windows=2)
    assert is_popup(evil) is False
    evil.agent.configure(WINDOW, RECT)
    evil.agent.map(WINDOW, popup=True)
    evil.settle()
    evil.stage.judge("small again", windows=2)
    assert is_popup(evil) is False  # what was lost does not come back to a mapped window
    evil.agent.send(MessageType.UNMAP, WINDOW)
    evil.agent.create(CHILD, SCREEN, popup=True)
    evil.agent.map(CHILD, popup=True)
    evil.settle()
    evil.stage.judge("too large from the start", windows=2)


def test_tray_icon_that_is_mapped_as_a_popup_is_not_on_the_screen(evil: ActedQube) -> None:
    evil.agent.create(WINDOW, (100, 100, 24, 24), popup=True)
    evil.agent.send(MessageType.DOCK, WINDOW)
    evil.agent.map(WINDOW, popup=True)
    evil.settle()
    evil.stage.judge("docked, then mapped", windows=1)
    assert not is_popup(evil)
    assert evil.outer(WINDOW).get_attributes().map_state == X.IsUnmapped


@KINDS
def test_docking_of_a_mapped_window_changes_nothing(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    outer = begin(evil, popup=popup)
    for _ in range(2):
        evil.agent.send(MessageType.DOCK, WINDOW)
        evil.settle()
        evil.stage.judge("docked while mapped", windows=2)
    assert (is_popup(evil), evil.outer(WINDOW).id) == (popup, outer)
    evil.agent.send(MessageType.UNMAP, WINDOW)
    evil.agent.send(MessageType.DOCK, WINDOW)
    evil.agent.map(WINDOW, popup=popup)
    evil.settle()
    evil.stage.judge("docked, then mapped again", windows=2)


@KINDS
def test_child_cannot_cover_its_parents_frame_without_one_of_its_own(evil: ActedQube, popup: bool) -> None:  # noqa: FBT001
    begin(evil, popup=popup)
    evil.agent.send(MessageType.CREATE, CHILD, 90, 90, 220, 170, WINDOW, 1)
    evil.agent.map(CHILD, popup=True, transient_for=WINDOW)
    evil.agent.dump(CHILD, pseudo_random(220, 170, 3))
    evil.agent.damage(CHILD, (0, 0, 220, 170))
    evil.settle()
    evil.stage.judge("a child over its parent's frame", windows=3)
    assert on_root(evil, CHILD)


def on_root(evil: ActedQube, window: int) -> bool:
    """Whether the outer hangs on the root window itself."""
    return bool(evil.outer(window).query_tree().parent.id == evil.stage.x.screen().root.id)
