"""Several hostile qubes of one supervisor at once: together they get no more of the desktop than one alone."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from protocol.codec import encode
from protocol.limits import DESKTOP_WORK_SHARE
from tests.harness.bus import Recorder, SessionBus
from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.wait import holds_for, wait_until
from tests.integration.hostile_scene import Flood, Stage, new_scene
from tests.integration.hostile_talk import LARGE, WINDOW, M, create, many, shown

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

QUBES = ("evil1", "evil2", "evil3")

AGENT = """
import select, socket, sys
fd = int(sys.argv[sys.argv.index("--vchan-fd") + 1])
connection, _ = socket.socket(fileno=fd).accept()
connection.sendall(bytes([8, 0, 1, 0]))
connection.setblocking(False)
left = memoryview({first!r})
while True:
    readable, writable, _ = select.select([connection], [connection], [])
    if readable and not connection.recv(1 << 20):
        break
    if writable:
        left = left[connection.send(left):] or memoryview({round_!r})
"""

SUPERVISOR = """
import io, zipfile
from guid.engines.local import LocalEngine
from guid.service import supervise

def bundle(_magic):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("__main__.py", {agent!r})
    return data.getvalue()

supervise(engine=LocalEngine(bundle=bundle))
"""


@contextmanager
def flooding(session: Session, first: bytes, round_: bytes) -> Iterator[Child]:
    """A supervisor whose qubes say `first`, and then `round_` without end."""
    script = session.runtime / "flooding.py"
    script.write_text(SUPERVISOR.format(agent=AGENT.format(first=first, round_=round_)))
    log = session.runtime / "flooding.log"
    with Child([sys.executable, script], env=session.environment(), log=log) as child:
        wait_until((session.runtime / "vitrail" / "control.sock").exists, 30, "the supervisor")
        yield child


def start(session: Session, name: str) -> Child:
    """A qube; its agent never starts a program, so the command waits until the qube ends."""
    argv = [sys.executable, "-m", "guid", "run", "--qube", name, "--label", "red", "--", "true"]
    return Child(argv, env=session.environment(), log=Path(session.runtime) / f"{name}.log")


FLOODS = {
    "large popups": (
        create(rect=LARGE, popup=True),
        many(25, lambda _: encode(M.MAP, WINDOW, 0, 1) + encode(M.UNMAP, WINDOW)),
    ),
    "titles": (shown(), many(200, lambda n: encode(M.WMNAME, WINDOW, b"title %d" % n))),
}


@pytest.mark.parametrize("name", FLOODS)
def test_three_floods_at_once_delay_nobody(name: str) -> None:
    with new_scene() as scene, SessionBus() as bus, Recorder(bus) as recorder:
        extra = {"DBUS_SESSION_BUS_ADDRESS": bus.address}
        with Session(scene.server.name, extra=extra) as session, flooding(session, *FLOODS[name]) as supervisor:
            commands = [start(session, qube) for qube in QUBES]

            def attack(stage: Stage) -> None:
                wait_until(
                    lambda: set(states(session)) == {"running"} and len(states(session)) == 3, 30, "three floods"
                )
                stage.under_way.set()
                stage.enough.wait()

            scene.check(attack, pointer=False)
            told = [recorder.wait_for(f"Qube {qube} is slowed down") for qube in QUBES]
            assert all("vitrail stop" in each.body for each in told)
            assert supervisor.output().count("is held back") >= 3
            assert set(states(session)) == {"running"}
            for qube in QUBES:
                session.vitrail("stop", qube)
            for command in commands:
                command.wait(20)


def test_daemon_keeps_to_the_share_that_its_supervisor_gives_it() -> None:
    """It says when its qube has used up its credit, and does a tenth of the titles with a tenth of the share."""
    with new_scene() as scene, scene.attacker() as evil:
        evil.agent.send_raw(shown())
        with Flood(evil.agent, many(10, lambda n: encode(M.WMNAME, WINDOW, b"title %d" % n))) as running:
            assert evil.daemon.expect("busy")["busy"] is True

            def rounds_in_a_second() -> int:
                """Only what is sent now counts: what the channel holds was sent before."""
                before = running.rounds
                holds_for(lambda: evil.daemon.child.alive, 1.0, "the daemon")
                return running.rounds - before

            whole = median(rounds_in_a_second() for _ in range(3))
            evil.daemon.tell({"share": DESKTOP_WORK_SHARE / 10})
            rounds_in_a_second()
            tenth = median(rounds_in_a_second() for _ in range(3))
        print(f"\n  {whole} rounds a second, {tenth} with a tenth of the share", end="")
        assert tenth * 4 < whole
        assert evil.daemon.expect("busy", timeout_s=60.0)["busy"] is False


def states(session: Session) -> list[str]:
    return [str(qube["state"]) for qube in session.qubes().values()]
