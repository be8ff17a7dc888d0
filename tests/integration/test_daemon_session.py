"""Agents that come, go and come back, and a desktop that goes: what is left on the screen, and how the daemon ends."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from Xlib import error

from guid.config import ExitCode
from protocol.codec import encode
from protocol.limits import MAX_WINDOWS_PER_QUBE
from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.daemon import DaemonProcess
from tests.harness.pixels import pseudo_random
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube, wait_framed, wait_shown

pytestmark = pytest.mark.desktop


@pytest.fixture
def person(desktop: XServer) -> Iterator[Person]:
    with contextlib.closing(Person(desktop.name)) as found:
        yield found


def names(person: Person) -> set[bytes]:
    """_QUBES_VMNAME of everything on the desktop, frames of the window manager looked into."""
    found: set[bytes] = set()
    to_visit = person.tree()
    while to_visit:
        window = to_visit.pop()
        with contextlib.suppress(error.BadWindow):  # windows come and go meanwhile
            to_visit += window.query_tree().children
            found.add(person.property(window.id, "_QUBES_VMNAME"))
    return found - {b""}


def test_agent_that_goes_takes_its_windows_and_may_come_back(desktop: XServer, person: Person) -> None:
    with Qube(desktop.name, name="comes") as qube:
        for seed in (1, 2, 3):
            picture = pseudo_random(201, 103, seed=seed)
            managed = qube.show((100, 120, 201, 103), picture)
            popup = qube.show((500, 120, 51, 53), pseudo_random(51, 53, seed=seed), popup=True)
            wait_shown(qube, person, managed.remote, picture)
            wait_framed(person, popup.xid, 2, qube.rgb)
            assert names(person) == {b"comes"}
            qube.agent.hang_up()
            wait_until(lambda: names(person) == set(), what="its windows are gone")
            assert qube.daemon.child.alive
            qube.agent.shake_hands()
            assert qube.daemon.windows() == []


def test_agents_that_come_and_go_leave_nothing_in_the_x_server(desktop: XServer, person: Person) -> None:
    with Qube(desktop.name, name="leaks") as qube:

        def visit() -> dict[str, int]:
            """One agent's visit; returns how many resources of each kind the daemon's client has after it."""
            window = qube.show((100, 120, 201, 103), pseudo_random(201, 103))
            qube.agent.dump(window.remote, pseudo_random(64, 2048), refs=list(range(800, 600, -1))[:128])
            qube.agent.damage(window.remote, (0, 0, 64, 2048))
            for glyph in range(0, 20, 2):
                qube.agent.send(MessageType.CURSOR, window.remote, 0x100 + glyph)
            wait_framed(person, window.xid, 3, qube.rgb)
            client = window.xid
            qube.agent.hang_up()
            qube.agent.shake_hands()
            wait_until(lambda: names(person) == set(), what="its windows are gone")
            counts = person.x.res_query_client_resources(client).types
            return {person.x.get_atom_name(each.resource_type): each.count for each in counts}

        first = visit()
        assert first["GC"] == 2, "the X server counts the daemon's resources: for windows, and for its stamp"
        for _ in range(3):
            assert visit() == first


def test_agent_that_goes_with_half_a_message_may_come_back(desktop: XServer, person: Person) -> None:
    with Qube(desktop.name, name="half") as qube:
        qube.show((100, 120, 201, 103), pseudo_random(201, 103))
        qube.agent.send_raw(b"\x82\0\0\0\x01")
        qube.agent.hang_up()
        wait_until(lambda: names(person) == set(), what="its windows are gone")
        qube.agent.shake_hands()
        window = qube.show((100, 120, 201, 103), pseudo_random(201, 103))
        wait_framed(person, window.xid, 3, qube.rgb)


def test_agent_that_goes_with_once_ends_the_daemon(desktop: XServer) -> None:
    with Qube(desktop.name, name="once", arguments=("--once",)) as qube:
        qube.agent.hang_up()
        assert qube.daemon.child.wait() == ExitCode.AGENT_GONE


@pytest.mark.parametrize("minor", [4, 5, 7, 8])
def test_agent_of_an_older_version_is_served(desktop: XServer, person: Person, tmp_path: Path, minor: int) -> None:
    with ScriptedAgent(tmp_path) as agent, DaemonProcess(desktop.name, agent.path, agent.pool) as daemon:
        agent.shake_hands(minor=minor)
        picture = pseudo_random(64, 48)
        agent.show(7, (100, 120, 64, 48), picture)
        xid = daemon.window(7)["local_xid"]
        agent.send(MessageType.DESTROY, 7)
        agent.create(8, (0, 0, 5, 5))
        wait_until(lambda: [each["remote_wid"] for each in daemon.windows()] == [8], what="window 8 alone")
        since = {MessageType.WINDOW_DUMP_ACK: 7, MessageType.DESTROY: 5, MessageType.EXT_HELLO: 8}
        expected = {message for message, first in since.items() if minor >= first}

        def acknowledged() -> set[MessageType]:
            agent.poll()
            return {each.type for each in agent.received} & set(since)

        wait_until(lambda: acknowledged() >= expected, what="what its version knows")
        assert acknowledged() == expected
        wait_until(lambda: xid not in {each.id for each in person.tree()}, what="window 7 is gone")


def test_violation_ends_the_daemon_and_its_windows_and_no_other(desktop: XServer, person: Person) -> None:
    with Qube(desktop.name, name="good", label="green") as good, Qube(desktop.name, name="bad", label="red") as bad:
        kept = good.show((100, 120, 201, 103), pseudo_random(201, 103))
        bad.show((500, 120, 201, 103), pseudo_random(201, 103))
        bad.agent.send(MessageType.UNMAP, 0xBAD)
        assert bad.daemon.child.wait() == ExitCode.VIOLATION
        assert "window does not exist" in bad.daemon.child.output()
        wait_until(lambda: names(person) == {b"good"}, what="the other qube's windows alone")
        wait_framed(person, kept.xid, 3, good.rgb)


def test_too_many_windows_are_a_violation(desktop: XServer) -> None:
    with Qube(desktop.name, name="many") as qube:
        for number in range(MAX_WINDOWS_PER_QUBE + 1):
            qube.agent.create(number, (0, 0, 5, 5))
        assert qube.daemon.child.wait() == ExitCode.VIOLATION


def test_display_that_goes_ends_the_daemon_with_code_4() -> None:
    with XServer(400, 300) as server, Qube(server.name, name="alone") as qube:
        qube.show((10, 20, 30, 40), pseudo_random(30, 40), popup=True)
        server.stop()
        assert qube.daemon.child.wait() == 4
        assert "Traceback" not in qube.daemon.child.output()


def test_display_that_goes_under_damage_ends_the_daemon_with_code_4() -> None:
    with XServer(400, 300) as server, Qube(server.name, name="busy") as qube:
        window = qube.show((10, 20, 301, 203), pseudo_random(301, 203), popup=True)
        with qube.frozen():
            qube.agent.send_raw(encode(MessageType.SHMIMAGE, window.remote, 0, 0, 301, 203) * 1000)
            server.stop()
        assert qube.daemon.child.wait() == ExitCode.UNSUITABLE_DISPLAY
        assert "Traceback" not in qube.daemon.child.output()


def test_agent_that_waits_gets_the_screens_size(desktop: XServer) -> None:
    with Qube(desktop.name, name="size") as qube:
        assert qube.agent.xconf is not None
        assert qube.agent.xconf[:3] == (1920, 1080, 24)


def test_daemon_that_is_told_to_stop_leaves_nothing(desktop: XServer, person: Person) -> None:
    with Qube(desktop.name, name="stops") as qube:
        qube.show((100, 120, 201, 103), pseudo_random(201, 103))
        assert qube.daemon.child.stop() == ExitCode.STOPPED
        wait_until(lambda: names(person) == set(), what="its windows are gone")
