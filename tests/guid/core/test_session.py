"""guid/core/session.py: what each message brings about, by version, and what is refused."""

import pytest

from guid.core import effects as fx
from guid.core import handover as ho
from guid.core.geometry import Extents, Rect
from guid.core.policy import Desktop
from guid.core.session import HANDLERS, Session
from guid.core.values import (
    ClassName,
    Cursor,
    HintFlag,
    Kind,
    RemoteId,
    SizeHints,
)
from protocol.errors import RemoteProtocolError, Violation
from protocol.framing import Frame
from protocol.limits import MAX_WINDOWS_PER_QUBE
from protocol.messages import TABLE, Direction, WindowRule
from protocol.messages import MessageType as M
from tests.guid.core.talk import DESKTOP, POOL_PAGES, Four, Talk, told

W1, W2, W3 = RemoteId(0x100001), RemoteId(0x100002), RemoteId(0x100003)
CONTENT = (100, 200, 300, 150)
MANAGED_OUTER = Rect(97, 197, 306, 156)
POPUP_OUTER = Rect(98, 198, 304, 154)


def refused(talk: Talk, message: M, window: int, *fields: int | bytes, tail: bytes = b"") -> RemoteProtocolError:
    with pytest.raises(RemoteProtocolError) as caught:
        talk.say(message, window, *fields, tail=tail)
    return caught.value


# CREATE, MAP, UNMAP, DESTROY


def test_create_makes_the_outer_around_the_content() -> None:
    assert Talk().create(W1, CONTENT) == [fx.CreateWindow(W1, Kind.MANAGED, MANAGED_OUTER, Extents(3, 3, 3, 3))]
    assert Talk().create(W1, CONTENT, popup=True) == [fx.CreateWindow(W1, Kind.POPUP, POPUP_OUTER, Extents(2, 2, 2, 2))]


def test_whole_life_has_its_effects_in_order() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    assert talk.map(W1) == [fx.MapWindow(W1, Kind.MANAGED)]
    (used,) = talk.dump(W1, 300, 150)
    assert isinstance(used, fx.UseImage)
    assert (used.image.width, used.image.height) == (300, 150)
    assert talk.say(M.UNMAP, W1) == [fx.UnmapWindow(W1, Kind.MANAGED), fx.DropImage(W1)]
    destroyed = talk.say(M.DESTROY, W1)
    assert destroyed[0] == fx.DestroyWindow(W1)
    assert told(destroyed) == [(M.DESTROY, W1)]
    assert talk.session.windows == {}


def test_map_of_a_mapped_window_changes_nothing() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.create(W2, CONTENT)
    assert talk.map(W1, popup=True, transient_for=W2) == []
    assert talk.session.windows[W1].transient_for is None


def test_unmap_of_an_unmapped_window_changes_nothing() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    assert talk.say(M.UNMAP, W1) == []


def test_map_as_popup_of_a_window_created_managed_changes_its_kind_first() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    effects = talk.map(W1, popup=True)
    assert effects[0] == fx.ChangeKind(W1, Kind.POPUP, POPUP_OUTER, Extents(2, 2, 2, 2))
    assert effects[-1] == fx.MapWindow(W1, Kind.POPUP)


def test_map_as_managed_of_a_window_created_popup_changes_its_kind_first() -> None:
    talk = Talk()
    talk.create(W1, CONTENT, popup=True)
    effects = talk.map(W1)
    assert effects[0] == fx.ChangeKind(W1, Kind.MANAGED, MANAGED_OUTER, Extents(3, 3, 3, 3))
    assert effects[-1] == fx.MapWindow(W1, Kind.MANAGED)


def test_other_kind_is_told_what_the_old_outer_was_told() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.create(W2, CONTENT)
    talk.say(M.WMNAME, W2, b"menu".ljust(128, b"\0"))
    talk.say(M.WMCLASS, W2, b"C".ljust(64, b"\0"), b"c".ljust(64, b"\0"))
    talk.say(M.CURSOR, W2, 0x102)
    talk.create(W3, CONTENT)
    talk.map(W3, transient_for=W2)
    effects = talk.map(W2, popup=True, transient_for=W1)
    assert effects == [
        fx.ChangeKind(W2, Kind.POPUP, POPUP_OUTER, Extents(2, 2, 2, 2)),
        fx.SetTitle(W2, "menu"),
        fx.SetClass(W2, ClassName("c", "C")),
        fx.SetCursor(W2, Cursor(2)),
        fx.SetTransientFor(W2, W1),
        fx.SetTransientFor(W3, W2),
        fx.SetSizeHints(W2, SizeHints(), Rect(*CONTENT), Extents(2, 2, 2, 2)),
        fx.MapWindow(W2, Kind.POPUP),
    ]


def test_kind_may_change_between_two_maps() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.say(M.UNMAP, W1)
    assert talk.map(W1, popup=True)[-1] == fx.MapWindow(W1, Kind.POPUP)


# transient_for


def test_transient_for_a_known_window_is_set_before_the_map() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.create(W2, CONTENT)
    assert talk.map(W2, transient_for=W1) == [fx.SetTransientFor(W2, W1), fx.MapWindow(W2, Kind.MANAGED)]


@pytest.mark.parametrize("parent", [0x999, W2], ids=["unknown", "itself"])
def test_transient_for_an_impossible_window_is_none(parent: int) -> None:
    talk = Talk()
    talk.create(W2, CONTENT)
    assert talk.map(W2, transient_for=parent) == [fx.MapWindow(W2, Kind.MANAGED)]


def test_transient_for_is_deleted_by_the_next_map_without_it() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.create(W2, CONTENT)
    talk.map(W2, transient_for=W1)
    talk.say(M.UNMAP, W2)
    assert talk.map(W2)[0] == fx.SetTransientFor(W2, None)


def test_transient_for_is_cleared_on_every_child_when_the_parent_is_destroyed() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    for child in (W2, W3):
        talk.create(child, CONTENT)
        talk.map(child, transient_for=W1)
    effects = talk.say(M.DESTROY, W1)
    assert effects[:3] == [fx.SetTransientFor(W2, None), fx.SetTransientFor(W3, None), fx.DestroyWindow(W1)]
    assert [window.transient_for for window in talk.session.windows.values()] == [None, None]


# Acknowledgements


@pytest.mark.parametrize("minor", range(9))
def test_destroy_is_acknowledged_since_1_5(minor: int) -> None:
    talk = Talk(minor=minor)
    talk.create(W1, CONTENT)
    assert told(talk.say(M.DESTROY, W1)) == ([(M.DESTROY, W1)] if minor >= 5 else [])


@pytest.mark.parametrize("minor", range(9))
def test_dump_is_acknowledged_since_1_7(minor: int) -> None:
    talk = Talk(minor=minor)
    talk.create(W1, CONTENT)
    assert told(talk.dump(W1)) == ([(M.WINDOW_DUMP_ACK, W1)] if minor >= 7 else [])


# Which window


@pytest.mark.parametrize("message", [row.type for row in TABLE.values() if row.window_rule is WindowRule.EXISTING])
def test_message_for_an_unknown_window_is_refused(message: M) -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    with pytest.raises(RemoteProtocolError) as caught:
        talk.session.message(Frame(message, W2, b""))
    assert caught.value.violation is Violation.UNKNOWN_WINDOW
    assert caught.value.window == W2


def test_message_for_a_destroyed_window_is_refused() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.say(M.DESTROY, W1)
    assert refused(talk, M.UNMAP, W1).violation is Violation.UNKNOWN_WINDOW


def test_create_of_an_existing_window_is_refused() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    assert refused(talk, M.CREATE, W1, *CONTENT, 0, 0).violation is Violation.DUPLICATE_WINDOW


def test_create_after_destroy_is_a_new_window() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.say(M.DESTROY, W1)
    talk.create(W1, CONTENT)
    assert talk.map(W1) == [fx.MapWindow(W1, Kind.MANAGED)]


def test_create_beyond_the_limit_is_refused() -> None:
    talk = Talk()
    for number in range(MAX_WINDOWS_PER_QUBE):
        talk.create(number, CONTENT)
    assert refused(talk, M.CREATE, MAX_WINDOWS_PER_QUBE, *CONTENT, 0, 0).violation is Violation.LIMIT
    talk.say(M.DESTROY, 5)
    talk.create(MAX_WINDOWS_PER_QUBE, CONTENT)


def test_refused_create_leaves_no_window() -> None:
    talk = Talk()
    refused(talk, M.CREATE, W1, 0, 0, 0, 5, 0, 0)
    assert talk.session.windows == {}


def test_message_without_a_handler_is_unsupported() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    with pytest.raises(RemoteProtocolError) as caught:
        talk.session.message(Frame(M.MFNDUMP, W1, bytes(28)))
    assert caught.value.violation is Violation.UNSUPPORTED


def test_every_message_to_the_daemon_has_a_handler_or_is_named_here() -> None:
    to_daemon = {row.type for row in TABLE.values() if Direction.TO_DAEMON in row.direction}
    assert to_daemon - set(HANDLERS) == {M.MFNDUMP}


# Titles, classes, hints, flags, cursors


def test_title_is_set_and_described() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    assert talk.say(M.WMNAME, W1, b"a\x1b\xe2\x80\xaeb".ljust(128, b"\0")) == [fx.SetTitle(W1, "a__b")]
    assert talk.session.windows[W1].title == "a__b"


def test_class_of_a_mapped_window_is_ignored() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    body = (b"Class".ljust(64, b"\0"), b"name".ljust(64, b"\0"))
    assert talk.say(M.WMCLASS, W1, *body) == [fx.SetClass(W1, ClassName("name", "Class"))]
    talk.map(W1)
    assert talk.say(M.WMCLASS, W1, *body) == []


def test_hints_are_set_with_the_content_and_again_when_the_kind_changes() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    hints = SizeHints(HintFlag.P_MIN_SIZE, (50, 60))
    expected = fx.SetSizeHints(W1, hints, Rect(*CONTENT), Extents(3, 3, 3, 3))
    assert talk.say(M.WINDOW_HINTS, W1, 16, 50, 60, 0, 0, 0, 0, 0, 0) == [expected]
    assert fx.SetSizeHints(W1, hints, Rect(*CONTENT), Extents(2, 2, 2, 2)) in talk.map(W1, popup=True)


@pytest.mark.parametrize(
    ("content", "flags", "popup", "left_to_the_manager"),
    [
        ((10, 32, 300, 200), HintFlag.US_POSITION, False, True),
        ((10, 32, 300, 200), HintFlag.P_POSITION, False, True),
        ((0, 0, 1920, 1080), HintFlag.US_POSITION, False, True),
        ((-50, 33, 300, 200), HintFlag.US_POSITION, False, False),
        ((10, 32, 300, 200), HintFlag.P_MIN_SIZE, False, False),
        ((10, 32, 300, 200), HintFlag.US_POSITION, True, False),
    ],
)
def test_window_whose_title_bar_would_be_out_of_reach_is_left_to_the_window_manager(
    content: Four, flags: HintFlag, *, popup: bool, left_to_the_manager: bool
) -> None:
    talk = Talk()  # its panel takes the uppermost 30 px, and the frame 3
    talk.create(W1, content, popup=popup)
    talk.say(M.WINDOW_HINTS, W1, int(flags | HintFlag.P_MIN_SIZE), 50, 60, 0, 0, 0, 0, 0, 0)
    done = [each for each in talk.map(W1, popup=popup) if isinstance(each, fx.SetSizeHints | fx.MapWindow)]
    free = SizeHints(HintFlag.P_MIN_SIZE, (50, 60))
    expected = [fx.SetSizeHints(W1, free, Rect(*content), Extents(3, 3, 3, 3))] if left_to_the_manager else []
    assert done[:-1] == expected
    assert isinstance(done[-1], fx.MapWindow)


def test_cursor_is_set() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    assert talk.say(M.CURSOR, W1, 0x102) == [fx.SetCursor(W1, Cursor(2))]


def test_what_is_not_done_yet_is_noted_once() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    talk.create(W2, CONTENT)
    notes = [len(talk.say(M.CLIPBOARD_DATA, 0, tail=b"secret")) for _ in range(3)]
    assert notes == [1, 0, 0]


def test_report_of_what_nobody_asked_for_holds_no_bytes_of_the_agent() -> None:
    (said,) = Talk().say(M.CLIPBOARD_DATA, 0x99, tail=b"secret")
    assert said == fx.Clipboard(ho.SayUnasked(len(b"secret")))


def test_popup_that_is_refused_for_its_size_is_noted_once() -> None:
    talk = Talk()
    for window, content in ((W1, CONTENT), (W2, (0, 0, 1920, 1080)), (W3, (0, 0, 1920, 1080))):
        talk.create(window, content, popup=True)
    notes = [[each for each in talk.map(window, popup=True) if isinstance(each, fx.Note)] for window in (W1, W2, W3)]
    assert [len(some) for some in notes] == [0, 1, 0]
    assert "override_redirect_protection" in notes[1][0].line


def test_close_is_told_for_a_known_window_only() -> None:
    talk = Talk()
    talk.create(W1, CONTENT)
    assert told(talk.session.windows.close_requested(W1)) == [(M.CLOSE, W1)]
    assert talk.session.windows.close_requested(W2) == []


# Damage


def test_dump_outside_the_pool_is_refused_and_the_old_picture_stays() -> None:
    talk = Talk()
    talk.mapped(W1, CONTENT)
    talk.dump(W1)
    image = talk.session.windows[W1].image
    bad = POOL_PAGES.to_bytes(4, "little")
    assert refused(talk, M.WINDOW_DUMP, W1, 0, 1, 1, 24, tail=bad).violation is Violation.BAD_REFS
    assert talk.session.windows[W1].image is image


def test_session_of_another_desktop_grants_by_it() -> None:
    small = Desktop(Rect(0, 0, 100, 100), Rect(0, 0, 100, 100))
    session = Session(small, minor=8, pool_pages=1)
    talk = Talk(small)
    talk.create(W1, (90, 90, 20, 20), popup=True)
    assert talk.session.windows[W1].granted.outer == (76, 76, 24, 24)
    assert session.windows == {}
    assert DESKTOP.root.width == 1920
