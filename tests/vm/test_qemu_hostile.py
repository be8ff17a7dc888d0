"""A virtual machine that wants to do harm, beside a sandbox that must not notice."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.pixels import first_difference
from tests.harness.session import Window
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration.test_qubes import close, drawn, shows
from tests.vm.qemu_desk import MachineSession, need_machines, supervisor_with

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(1500)]

SBIN = {"PATH": "/usr/sbin:/sbin:/usr/bin:/bin"}
TURN_S = 5.0
"""What another qube's window may take to follow a resize, on a busy machine that emulates a computer beside it."""

SUPERVISOR = """
from pathlib import Path
from guid.engines.bundle import Module, PACKAGES, _package_modules, pack
from guid.engines.qemu.engine import QemuEngine
from guid.service import supervise

def bundle(magic):
    source = Path({source!r}).read_bytes()
    modules = [module for package in PACKAGES if package != "guiagent" for module in _package_modules(package)]
    return pack([Module("__main__.py", source), *modules], magic)

supervise(machines=QemuEngine(bundle=bundle))
"""


@pytest.fixture(scope="module")
def session(desktop: XServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineSession]:
    need_machines()
    source = str(Path(__file__).with_name("hostile_agent.py"))
    folder = tmp_path_factory.mktemp("hostile")
    with MachineSession(desktop.name) as person, supervisor_with(person, SUPERVISOR.format(source=source), folder):
        person.start_machine("bad", "red", "true")
        person.window("bad")
        person.run("work", "blue", "true")
        yield person


@pytest.fixture
def bystander(session: MachineSession) -> Iterator[Window]:
    """A window of another qube; at the end it still shows its own pixels and follows the person in time."""
    daemon = session.daemon_pid("bad")
    session.run_program("work", "blue", "paint", "bystander", "500", "400", "307", "211", "9")
    window = shows(session, "work", "bystander", 9)
    own = session.daemon_pid("work")
    yield window
    outer = session.x.create_resource_object("window", window["local_xid"])
    began = time.monotonic()
    outer.configure(width=406, height=206)
    session.x.sync()
    wait_until(
        lambda: session.content(followed(session))[0, 0] == drawn(400, 200, 9)[0, 0], TURN_S, "the other qube's turn"
    )
    print(f"\nthe other qube followed in {time.monotonic() - began:.2f} s")
    last = shows(session, "work", "bystander", 9, (400, 200))
    assert session.daemon_pid("work") == own
    close(session, last)
    wait_until(lambda: not session.windows("work"), 20, "the bystander's end")
    assert daemon


def followed(session: MachineSession) -> Window:
    return session.window("work", lambda each: each["title"] == "bystander")


def misdeed(session: MachineSession, name: str) -> None:
    done = session.vitrail("run", "--qube", "bad", "--", name)
    assert done.returncode == 0, f"{done.stderr}\n{session.log()}"


def test_memory_that_changes_while_it_is_read_shows_something_and_harms_nobody(
    session: MachineSession, bystander: Window
) -> None:
    window = session.window("bad")
    before = session.content(window).copy()
    misdeed(session, "scribble")
    misdeed(session, "flood")  # may be over before anybody looks
    wait_until(lambda: first_difference(session.content(window), before), 20, "other pixels")
    assert not first_difference(session.content(bystander), drawn(307, 211, 9))


def test_flood_of_damage_leaves_the_other_qube_its_turn(session: MachineSession, bystander: Window) -> None:
    thread = threading.Thread(target=misdeed, args=(session, "flood"))
    thread.start()
    outer = session.x.create_resource_object("window", bystander["local_xid"])
    for width in (320, 340, 307):
        outer.configure(width=width + 6, height=217)
        session.x.sync()
        shows(session, "work", "bystander", 9, (width, 211))
    thread.join(100)
    assert not thread.is_alive()


@pytest.mark.parametrize("name", ["cut", "reset", "marks"])
def test_session_that_ends_in_the_middle_begins_anew(session: MachineSession, bystander: Window, name: str) -> None:
    del bystander
    daemon = session.daemon_pid("bad")
    misdeed(session, name)
    window = session.window("bad")
    assert window["content"][2:] == [320, 240]
    assert session.daemon_pid("bad") == daemon
    assert session.qubes()["bad"]["state"] == "running"


def test_agent_that_dies_takes_its_machine_along_and_nobody_else(session: MachineSession, bystander: Window) -> None:
    del bystander
    session.vitrail("run", "--qube", "bad", "--", "die")
    wait_until(lambda: "bad" not in session.qubes(), 30, "the machine's end")


def test_home_of_a_machine_that_ended_is_whole(session: MachineSession) -> None:
    """After the one before: looked at from outside, as nothing but a test ever does."""
    image = str(session.home("bad").with_name("home.img"))
    about = subprocess.run(["dumpe2fs", "-h", image], capture_output=True, text=True, check=True, env=SBIN).stdout
    assert "needs_recovery" not in about
    kept = subprocess.run(["debugfs", "-R", "cat kept", image], capture_output=True, text=True, check=True, env=SBIN)
    assert kept.stdout == "written just before"
