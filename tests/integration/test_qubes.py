"""Real programs in real sandboxes on a real desktop: what is seen, typed, clicked and closed arrives."""

from collections.abc import Iterator

import numpy as np
import pytest
from Xlib import X
from Xlib.protocol import event

from tests.harness.frames import framed as wears
from tests.harness.pixels import Pixels, first_difference
from tests.harness.programs import pixels
from tests.harness.session import Session, Window
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

BLUE, RED = 0x3465A4, 0xCC0000


@pytest.fixture(scope="module")
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        person.run("work", "blue", "true")
        person.run("untrusted", "red", "true")
        yield person


def drawn(width: int, height: int, seed: int) -> Pixels:
    """What programs.Painter puts into a window of this size."""
    data = pixels(width, height, seed + width * 65537 + height)
    picture: Pixels = np.frombuffer(data, "<u4").reshape(height, width) & np.uint32(0xFFFFFF)
    return picture


def titled(title: str) -> object:
    return lambda window: window["title"] == title


def shows(session: Session, qube: str, title: str, seed: int, size: tuple[int, int] | None = None) -> Window:
    """Wait until the desktop shows exactly what the program drew, at the size that it has."""
    state: dict[str, object] = {}

    def same() -> bool:
        window = session.window(qube, lambda each: each["title"] == title)
        _x, _y, width, height = window["content"]
        state["window"] = window
        state["difference"] = first_difference(session.content(window), drawn(width, height, seed))
        return not state["difference"] and size in (None, (width, height))

    wait_until(same, 20, f"the pixels of {title}")
    window = state["window"]
    assert isinstance(window, dict)
    return window


def framed(session: Session, window: Window, rgb: int) -> bool:
    return wears(session.picture(), tuple(window["outer"]), window["frame_px"], rgb)


@pytest.mark.parametrize("depth", ["24", "32"])
def test_pixels_of_an_odd_sized_window_arrive_unchanged(session: Session, depth: str) -> None:
    title = f"odd-{depth}"
    session.run_program("work", "blue", "paint", title, "50", "60", "307", "211", "7", depth)
    window = shows(session, "work", title, 7, (307, 211))
    assert framed(session, window, BLUE)
    close(session, window)
    wait_until(lambda: title not in [each["title"] for each in session.windows("work")], what="the window's end")


def test_pixels_of_a_child_window_arrive_unchanged(session: Session) -> None:
    session.run_program("work", "blue", "paint", "nested", "50", "60", "203", "157", "11", "24", "child")
    expected = drawn(203, 157, 11).copy()
    expected[10:25, 10:30] = drawn(20, 15, 12)
    window = session.window("work", lambda each: each["title"] == "nested")

    def same() -> bool:
        shown = session.window("work", lambda each: each["title"] == "nested")
        return not first_difference(session.content(shown), expected)

    wait_until(same, 20, "the pixels of a window with a child")
    close(session, window)


def test_pixels_that_were_covered_arrive_unchanged(session: Session) -> None:
    session.run_program("work", "blue", "paint", "under", "50", "60", "307", "211", "7")
    session.run_program("untrusted", "red", "paint", "over", "100", "100", "151", "99", "8")
    under = shows_when_uncovered(session)
    close(session, session.window("untrusted", lambda each: each["title"] == "over"))
    shows(session, "work", "under", 7)
    close(session, under)


def shows_when_uncovered(session: Session) -> Window:
    """Both windows are there, the upper one right in front of the lower."""
    under = session.window("work", lambda each: each["title"] == "under")
    over = session.window("untrusted", lambda each: each["title"] == "over")
    outer = session.x.create_resource_object("window", over["local_xid"])
    outer.configure(x=under["content"][0] + 20, y=under["content"][1] + 30, stack_mode=X.Above)
    session.x.sync()
    shows(session, "untrusted", "over", 8)
    return under


def test_a_window_resized_by_its_program_follows(session: Session) -> None:
    session.run_program("work", "blue", "paint", "grow", "50", "60", "201", "101", "3")
    shows(session, "work", "grow", 3, (201, 101))
    session.run_program("work", "blue", "resize", "grow", "403", "299")
    window = shows(session, "work", "grow", 3, (403, 299))
    assert framed(session, window, BLUE)
    close(session, window)


def test_a_window_resized_by_the_person_is_told_to_the_program(session: Session) -> None:
    session.run_program("work", "blue", "paint", "pulled", "50", "60", "201", "101", "3")
    window = shows(session, "work", "pulled", 3, (201, 101))
    outer = session.x.create_resource_object("window", window["local_xid"])
    for width, height in ((511, 333), (97, 61)):
        outer.configure(width=width + 6, height=height + 6)
        session.x.sync()
        window = shows(session, "work", "pulled", 3, (width, height))
        assert framed(session, window, BLUE)
    close(session, window)


def test_keys_arrive_in_the_focused_qube_and_nowhere_else(session: Session) -> None:
    for qube, label in (("work", "blue"), ("untrusted", "red")):
        session.run_program(qube, label, "record", "keys.txt")
        wait_until(lambda name=qube: lines(session, name), what="the recorder")  # type: ignore[misc]
    session.run("work", "blue", "xterm", "-e", "sh", "-c", "cat > typed.txt")
    session.run("untrusted", "red", "xterm", "-e", "sh", "-c", "cat > typed.txt")
    other = session.window("untrusted", lambda each: each["title"] == "sh")
    window = session.window("work", lambda each: each["title"] == "sh")
    session.focus(window)
    session.type_text("the quick brown fox 0123456789\n")
    typed = session.home("work") / "typed.txt"
    wait_until(lambda: typed.exists() and typed.read_text() == "the quick brown fox 0123456789\n", what="the text")
    wait_until(lambda: lines(session, "work").count("key") >= 31, what="every key at the recorder")
    holds_for(lambda: lines(session, "untrusted") == ["ready"], 0.3, "silence in the other qube")
    close(session, window)
    close(session, other)


def lines(session: Session, qube: str) -> list[str]:
    path = session.home(qube) / "keys.txt"
    return path.read_text().splitlines() if path.exists() else []


def test_a_menu_opens_is_clicked_and_closes(session: Session) -> None:
    session.run_program("untrusted", "red", "menu", "menu.txt")
    owner = shows(session, "untrusted", "menu-owner", 5, (301, 201))
    said = session.home("untrusted") / "menu.txt"
    x, y = owner["content"][0] + 40, owner["content"][1] + 50
    session.click(x, y)
    wait_until(lambda: "opened" in said.read_text(), what="the menu in the qube")
    menu = session.window("untrusted", lambda each: each["override_redirect"])
    assert menu["content"] == [x, y, 120, 90]
    wait_until(lambda: bool((session.content(menu) == 0x00FF00).all()), what="the menu's pixels")
    assert framed(session, menu, RED)
    session.click(x + 10, y + 70)
    wait_until(lambda: "row 2" in said.read_text(), what="the click in the menu")
    wait_until(lambda: not any(each["override_redirect"] for each in session.windows("untrusted")), what="its end")
    shows(session, "untrusted", "menu-owner", 5)  # also what the menu had covered
    close(session, owner)


def test_a_program_that_knows_wm_delete_window_is_asked_to_close(session: Session) -> None:
    done = session.vitrail("ls")
    assert done.returncode == 0
    session.run("work", "blue", "sh", "-c", " ".join([*session.program("work", "paint", *PAINTED), "> closed.txt"]))
    window = shows(session, "work", "asked", 2)
    close(session, window)
    said = session.home("work") / "closed.txt"
    wait_until(lambda: said.read_text() == "closed\n", what="the program's own end")


PAINTED = ("asked", "10", "10", "99", "77", "2")


def test_two_qubes_with_the_same_window_ids_stay_apart(session: Session) -> None:
    session.run_program("work", "blue", "paint", "twin", "50", "60", "111", "99", "1")
    session.run_program("untrusted", "red", "paint", "twin", "50", "60", "111", "99", "2")
    one, other = shows_moved(session, "work", 300, 1), shows_moved(session, "untrusted", 700, 2)
    assert framed(session, one, BLUE)
    assert framed(session, other, RED)
    assert one["local_xid"] != other["local_xid"]
    close(session, one)
    wait_until(lambda: "twin" not in [each["title"] for each in session.windows("work")], what="the first one's end")
    assert session.window("untrusted", lambda each: each["title"] == "twin")["local_xid"] == other["local_xid"]
    close(session, other)


def shows_moved(session: Session, qube: str, x: int, seed: int) -> Window:
    window = session.window(qube, lambda each: each["title"] == "twin")
    session.x.create_resource_object("window", window["local_xid"]).configure(x=x, y=400)
    session.x.sync()
    return shows(session, qube, "twin", seed)


def close(session: Session, window: Window) -> None:
    """What the window manager's close button does."""
    outer = session.x.create_resource_object("window", window["local_xid"])
    atoms = [session.x.intern_atom(name) for name in ("_NET_CLOSE_WINDOW", "WM_PROTOCOLS")]
    root = session.x.screen().root
    message = event.ClientMessage(window=outer, client_type=atoms[0], data=(32, [0, 1, 0, 0, 0]))
    root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    session.x.sync()


def test_program_that_the_person_asks_for_comes_forward_from_another_qubes_window(session: Session) -> None:
    session.run_program("work", "blue", "paint", "asking", "50", "60", "201", "101", "31")
    asking = shows(session, "work", "asking", 31)
    session.focus(asking)
    session.run_program("untrusted", "red", "paint", "asked", "450", "60", "201", "101", "32")
    asked = shows(session, "untrusted", "asked", 32)
    wait_until(lambda: session.focused() == asked["local_xid"], 20, "the focus on what was asked for")
    close(session, asked)
    close(session, asking)
