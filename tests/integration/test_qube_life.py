"""What a person sees of a qube whose inside fails, and what its programs have of a session of their own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.bus import Recorder, SessionBus
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

END_X = """
import os, signal
from pathlib import Path
for each in Path("/proc").glob("[0-9]*/comm"):
    if each.read_text().strip() in ("Xorg", "Xvfb"):
        os.kill(int(each.parent.name), signal.SIGKILL)
"""
ASK_BUS = """
import json, os, subprocess
from pathlib import Path
ask = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus."]
def say(method):
    return subprocess.run([*ask[:-1], ask[-1] + method], capture_output=True, text=True, timeout=30).stdout.strip()
path = Path(os.environ["DBUS_SESSION_BUS_ADDRESS"].removeprefix("unix:path=").split(",")[0])
found = {"id": say("GetId"), "names": say("ListNames"), "address": os.environ["DBUS_SESSION_BUS_ADDRESS"]}
found["owner"], found["mode"] = path.parent.stat().st_uid, path.parent.stat().st_mode & 0o777
found["listening"] = [line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines() if "bus" in line]
Path("bus.json.part").write_text(json.dumps(found))
Path("bus.json.part").rename("bus.json")
"""


@pytest.fixture
def bus() -> Iterator[SessionBus]:
    with SessionBus() as bus:
        yield bus


@pytest.fixture
def session(bus: SessionBus) -> Iterator[Session]:
    with (
        XServer(1000, 700) as server,
        WindowManager("openbox", server.name),
        Session(server.name, extra={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as person,
    ):
        yield person


def test_x_server_of_a_qube_that_died_is_told_and_replaced(session: Session, bus: SessionBus) -> None:
    with Recorder(bus) as recorder:
        session.run("work", "blue", "true")
        session.run_program("work", "blue", "paint", "before", "10", "20", "200", "150", "1")
        session.window("work", lambda window: window["title"] == "before")
        session.run("work", "blue", "/usr/bin/python3", "-c", END_X)
        wait_until(lambda: any("have ended" in shown.summary for shown in recorder.shown), 20, "the notice")
        assert [shown.summary for shown in recorder.shown] == ["Programs of qube work have ended"]
        wait_until(lambda: not session.windows("work"), 20, "the windows' end")
        session.run_program("work", "blue", "paint", "after", "10", "20", "200", "150", "1")
        window = session.window("work", lambda window: window["title"] == "after")
        assert [each["title"] for each in session.windows("work")] == ["after"]
        assert session.qubes()["work"]["state"] == "running"
        assert window["local_xid"]
    assert "its X server has ended" in session.log()


def test_programs_of_a_qube_have_a_session_bus_that_is_not_the_persons(session: Session, bus: SessionBus) -> None:
    session.run("work", "blue", "true")
    session.run("work", "blue", "/usr/bin/python3", "-c", ASK_BUS)
    answer = session.home("work") / "bus.json"
    wait_until(answer.exists, 30, "the bus's answer")
    found = json.loads(answer.read_text())
    assert len(found["id"]) == 32, found
    assert "org.freedesktop.DBus" in found["names"]
    assert "org.vitrail" not in found["names"].lower()
    assert found["address"].startswith("unix:path=/tmp/vitrail-bus-")
    assert bus.address not in found["address"]
    assert (found["owner"], found["mode"]) == (1000, 0o700)
    assert found["listening"], "the listing does not even show the bus"
    assert not [name for name in found["listening"] if name.startswith("@")], "an abstract socket"
    path = Path(found["address"].removeprefix("unix:path=").split(",")[0])
    assert not path.exists(), "the qube's bus is to be seen outside"
