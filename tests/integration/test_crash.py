"""A daemon that crashes: its windows come back where they were, among the others, and nothing else moves."""

import contextlib
import os
import signal
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.error import BadWindow

from guid.core.oracle import examine
from guid.doctor import owners_of
from guid.x11.oracle import look
from tests.harness.pixels import Pixels, first_difference
from tests.harness.processes import lives
from tests.harness.session import Session, Window
from tests.harness.wait import TimedOut, holds_for, wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

ICONIC, ADD, PAGER = 3, 1, 2
LABELS = {"work": "blue", "untrusted": "red"}


@pytest.fixture
def session() -> Iterator[Session]:
    with XServer(1000, 700) as server, WindowManager("openbox", server.name), Session(server.name) as person:
        yield person


@pytest.fixture
def person(session: Session) -> Iterator[Person]:
    found = Person(session.display)
    yield found
    found.close()


def paints(session: Session, person: Person, qube: str, title: str, place: tuple[int, int, int, int]) -> int:
    """A window of a qube, on top of all; returns its outer."""
    x, y, width, height = place
    seed = str(sum(title.encode()))
    session.run_program(qube, LABELS[qube], "paint", title, str(x), str(y), str(width), str(height), seed)
    outer = int(session.window(qube, lambda each: each["title"] == title)["local_xid"])
    wait_until(lambda: outer in person.numbers(person.root.id, "_NET_CLIENT_LIST_STACKING"), what=title)
    person.managed_place(outer, (x, y, width + 6, height + 6))
    person.activate(outer)
    return outer


def titled(session: Session, title: str) -> Window:
    return next(each for name in LABELS for each in session.windows(name) if each["title"] == title)


def stacking(session: Session, person: Person) -> list[str]:
    """The titles of all windows, lowest first."""
    titles = {each["local_xid"]: each["title"] for name in LABELS for each in session.windows(name)}
    return [titles.get(each, f"{each:#x}") for each in person.numbers(person.root.id, "_NET_CLIENT_LIST_STACKING")]


def crash(session: Session, qube: str) -> int:
    """Kill its daemon, and wait until another has taken over; returns its pid."""
    before = int(session.qubes()[qube]["daemon_pid"])
    windows = sorted(each["title"] for each in session.windows(qube))
    os.kill(before, signal.SIGKILL)

    def back() -> int:
        now = session.qubes()[qube]
        same = sorted(each["title"] for each in now["windows"] if each["mapped"]) == windows
        return int(now["daemon_pid"]) if same and now["daemon_pid"] != before else 0

    return wait_until(back, 20, "the windows of another daemon")


def test_windows_of_a_crashed_daemon_come_back_where_they_were(session: Session, person: Person) -> None:
    session.run("work", "blue", "true")
    session.run("untrusted", "red", "true")
    wide = paints(session, person, "work", "wide", (20, 20, 300, 200))
    paints(session, person, "untrusted", "low", (250, 150, 300, 200))
    paints(session, person, "work", "middle", (100, 100, 300, 200))
    hidden = paints(session, person, "work", "hidden", (600, 50, 200, 100))
    away = paints(session, person, "work", "away", (620, 300, 200, 150))
    paints(session, person, "untrusted", "high", (180, 250, 300, 200))
    states = [person.x.intern_atom(f"_NET_WM_STATE_MAXIMIZED_{axis}") for axis in ("VERT", "HORZ")]
    person.ask(wide, "_NET_WM_STATE", ADD, *states, PAGER)
    person.ask(hidden, "WM_CHANGE_STATE", ICONIC)
    person.ask(away, "_NET_WM_DESKTOP", 2, PAGER)
    middle = int(titled(session, "middle")["local_xid"])
    wait_until(lambda: person.outer(wide)[2:] == (1000, 700) or person.outer(wide)[2] > 900, what="a maximised window")
    wait_until(lambda: person.numbers(away, "_NET_WM_DESKTOP") == [2], what="a window on another desktop")
    person.x.create_resource_object("window", middle).set_input_focus(X.RevertToParent, X.CurrentTime)
    person.point(990, 690)
    wait_until(lambda: person.numbers(person.root.id, "_NET_ACTIVE_WINDOW") == [middle], what="the focus")
    order, picture, places = stacking(session, person), settled_picture(person), outers(session)
    others = {each["local_xid"] for each in session.windows("untrusted")}

    daemon = crash(session, "work")

    with contextlib.suppress(TimedOut):
        wait_until(lambda: stacking(session, person) == order, 20, f"the order {order}")
    assert stacking(session, person) == order
    wait_until(lambda: not first_difference(person.picture(), picture), 20, "the same picture")
    assert outers(session) == places
    active = int(titled(session, "middle")["local_xid"])
    wait_until(lambda: person.numbers(person.root.id, "_NET_ACTIVE_WINDOW") == [active], what="the focus again")
    assert person.numbers(int(titled(session, "away")["local_xid"]), "_NET_WM_DESKTOP") == [2]
    assert person.numbers(int(titled(session, "hidden")["local_xid"]), "WM_STATE")[0] == ICONIC
    hides = person.x.intern_atom("_NET_WM_STATE_HIDDEN")
    assert hides not in person.numbers(int(titled(session, "away")["local_xid"]), "_NET_WM_STATE")
    assert set(states) <= set(person.numbers(int(titled(session, "wide")["local_xid"]), "_NET_WM_STATE"))
    assert {each["local_xid"] for each in session.windows("untrusted")} == others
    assert_framed(session)
    assert left_over(person, middle), "the old windows are gone"
    holds_for(lambda: int(session.qubes()["work"]["daemon_pid"]) == daemon, 0.5, "the other daemon")


def outers(session: Session) -> dict[str, list[int]]:
    return {each["title"]: each["outer"] for name in LABELS for each in session.windows(name)}


def settled_picture(person: Person) -> Pixels:
    """The screen once it does not change any more."""
    seen = [person.picture()]

    def same() -> bool:
        seen.append(person.picture())
        return not first_difference(seen[-1], seen[-2])

    wait_until(same, what="a screen that stands still")
    return seen[-1]


def left_over(person: Person, window: int) -> bool:
    try:
        person.window(window).get_attributes()
    except BadWindow:
        return True
    return False


def assert_framed(session: Session) -> None:
    owners = owners_of(list(session.qubes().values()))
    wait_until(lambda: not examine(look(session.display, owners)).findings, what="every frame whole")


def test_while_a_daemon_is_away_its_windows_stay_and_nobody_else_gets_the_focus(
    session: Session, person: Person
) -> None:
    session.run("work", "blue", "true")
    session.run("untrusted", "red", "true")
    paints(session, person, "untrusted", "other", (300, 100, 200, 100))
    mine = paints(session, person, "work", "mine", (50, 100, 200, 100))
    focus = person.focus()
    picture = settled_picture(person)
    os.kill(int(session.qubes()["untrusted"]["daemon_pid"]), signal.SIGSTOP)
    daemon = int(session.qubes()["work"]["daemon_pid"])
    agents_still(session, person, mine, daemon, focus, picture)
    os.kill(int(session.qubes()["untrusted"]["daemon_pid"]), signal.SIGCONT)


def agents_still(session: Session, person: Person, mine: int, daemon: int, focus: int, picture: Pixels) -> None:
    """Kill the daemon, and look at once: before another one can have taken over, and until it has."""
    os.kill(daemon, signal.SIGKILL)

    def undisturbed() -> bool:
        focused = person.focus()  # first: the other window may get it while the supervisor answers
        other = {each["title"]: each["local_xid"] for each in session.windows("work")}.get("mine", mine)
        assert focused in (focus, mine, other)
        return bool(not first_difference(person.picture(), picture) and other != mine)

    wait_until(undisturbed, 20, "the other daemon's window")


def test_daemon_that_is_told_to_end_leaves_nothing(session: Session, person: Person) -> None:
    session.run("work", "blue", "true")
    mine = paints(session, person, "work", "mine", (50, 100, 200, 100))
    assert session.vitrail("stop", "work").returncode == 0
    wait_until(lambda: left_over(person, mine), what="the window's end")


def test_daemon_that_hangs_ends_with_its_qube_and_leaves_nothing(session: Session, person: Person) -> None:
    session.run("work", "blue", "true")
    mine = paints(session, person, "work", "mine", (50, 100, 200, 100))
    daemon = int(session.qubes()["work"]["daemon_pid"])
    os.kill(daemon, signal.SIGSTOP)
    assert session.vitrail("stop", "work").returncode == 0
    assert not lives(daemon)
    wait_until(lambda: left_over(person, mine), what="the window's end")


def test_daemons_that_crash_too_often_leave_nothing(session: Session, person: Person) -> None:
    session.run("work", "blue", "true")
    paints(session, person, "work", "mine", (50, 100, 200, 100))
    for _ in range(5):
        crash(session, "work")
    last = int(titled(session, "mine")["local_xid"])
    os.kill(int(session.qubes()["work"]["daemon_pid"]), signal.SIGKILL)
    wait_until(lambda: session.qubes()["work"]["state"] == "failed", 20, "the qube's end")
    wait_until(lambda: left_over(person, last), 20, "the last window's end")
    wait_until(lambda: person.numbers(person.root.id, "_NET_CLIENT_LIST") == [], 20, "no window at all")


@pytest.mark.parametrize(
    ("manager", "options", "px"),
    [("openbox", "high_contrast = true", 10), ("awesome", 'frame = "wm"', 0)],
    ids=["tags and contrast", "awesome's frame"],
)
def test_content_keeps_place_and_size_whoever_frames_it(manager: str, options: str, px: int) -> None:
    with (
        XServer(1000, 700) as server,
        WindowManager(manager, server.name),
        Session(server.name, tagged=True) as session,
    ):
        (session.config / "vitrail" / "vitrail.toml").write_text(f"[defaults]\ntitle_name = false\n{options}\n")
        session.run("work", "blue", "true")
        session.run_program("work", "blue", "paint", "kept", "150", "120", "300", "200", "7")

        def settled() -> Window | None:
            window = session.window("work", lambda each: each["title"] == "kept")
            outer = session.x.create_resource_object("window", window["local_xid"])
            try:
                seen, place = outer.get_attributes(), outer.translate_coords(session.x.screen().root, 0, 0)
            except BadWindow:
                return None
            there = seen.map_state == X.IsViewable and [-place.x, -place.y] == window["outer"][:2]
            right = there and window["frame_px"] == px and window["content"][2:] == [300, 200]
            return window if right and not findings(session) else None

        before = wait_until(settled, what="a window in its frame") or {}
        crash(session, "work")

        def again() -> bool:
            after = settled() or {}
            same = all(after.get(each) == before[each] for each in ("outer", "content"))
            return same and after["local_xid"] != before["local_xid"]

        wait_until(again, 20, what=f"place and size as in {before}")


def findings(session: Session) -> tuple[object, ...]:
    """What the oracle finds now."""
    return examine(look(session.display, owners_of(list(session.qubes().values())))).findings
