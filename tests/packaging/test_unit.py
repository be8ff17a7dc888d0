"""The systemd user unit: as systemd reads it, and run by a user manager with a graphical session and real qubes."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.core.unit import unit_text
from tests.harness.processes import lives
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.packaging.user_manager import UserManager, why_not

SESSION = """\
[Unit]
Description=A person's graphical session
BindsTo=graphical-session.target
Before=graphical-session.target
"""


def test_command_with_odd_characters_is_one_word_each() -> None:
    text = unit_text(["/home/a b/100%/$x/vitrail", "-I"])
    assert 'ExecStart="/home/a b/100%%/$$x/vitrail" -I supervise\n' in text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_unit_is_one_without_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "vitrail.service"
    path.write_text(unit_text(["/bin/true"]).replace("Documentation=", "# "))  # its page is not installed here
    env = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    argv = ["systemd-analyze", "--user", "--recursive-errors=no", "verify", str(path)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    path.write_text(path.read_text().replace("KillMode=mixed", "KillMode=perhaps"))
    assert "kill mode" in subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60).stderr


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        person.extra["HOME"] = str(person.runtime)
        yield person


@pytest.fixture
def manager(session: Session) -> Iterator[UserManager]:
    """With the unit enabled, and a session that has told its display."""
    units = session.config / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "vitrail.service").write_text(session.vitrail("supervise", "--unit").stdout)
    (units / "desktop.target").write_text(SESSION)
    environment = session.environment()
    display = environment.pop("DISPLAY")
    with UserManager(session.runtime, environment) as started:
        started.systemctl("enable", "vitrail")
        started.systemctl("set-environment", f"DISPLAY={display}")
        yield started


@pytest.mark.desktop
@pytest.mark.sandbox
@pytest.mark.skipif(why_not() != "", reason=why_not())
def test_service_lives_with_the_graphical_session(session: Session, manager: UserManager) -> None:
    manager.systemctl("start", "desktop.target")
    wait_until(lambda: manager.says("vitrail", "ActiveState") == "active", what="the service")
    first = manager.says("vitrail", "MainPID")
    session.run("work", "blue", "xterm")
    assert session.window("work")
    assert f'"pid": {first}' in session.vitrail("ls", "--json").stdout
    wait_until(lambda: manager.says("vitrail", "StatusText") == "work running", what="the status")
    manager.systemctl("reload", "vitrail")
    assert manager.says("vitrail", "MainPID") == first

    os.kill(int(first), signal.SIGKILL)
    wait_until(lambda: manager.says("vitrail", "MainPID") not in ("0", first), what="another supervisor")
    wait_until(lambda: manager.says("vitrail", "ActiveState") == "active", what="its being ready")
    second = manager.says("vitrail", "MainPID")
    assert session.qubes() == {}
    session.run("work", "blue", "xterm")
    daemon = session.daemon_pid("work")

    manager.systemctl("restart", "vitrail")
    assert not lives(daemon)
    assert manager.says("vitrail", "MainPID") != second
    session.run("work", "blue", "xterm")
    daemon = session.daemon_pid("work")
    manager.systemctl("stop", "desktop.target")
    wait_until(lambda: manager.says("vitrail", "ActiveState") == "inactive", what="the service's end")
    assert not lives(daemon)
    assert manager.says("vitrail", "Result") == "success"


@pytest.mark.desktop
@pytest.mark.sandbox
@pytest.mark.skipif(why_not() != "", reason=why_not())
def test_service_takes_over_from_a_supervisor_that_a_command_started(session: Session, manager: UserManager) -> None:
    session.run("work", "blue", "xterm")
    manager.systemctl("start", "desktop.target")
    wait_until(lambda: "another supervisor" in manager.says("vitrail", "StatusText"), what="its waiting")
    assert session.window("work")
    manager.systemctl("reload", "vitrail")
    assert session.vitrail("stop", "work").returncode == 0
    # Not by asking: whoever asks, keeps it.
    wait_until(lambda: manager.says("vitrail", "StatusText") == "no qube is running", 20, "its serving")
    assert f'"pid": {manager.says("vitrail", "MainPID")},' in session.vitrail("ls", "--json").stdout
    manager.systemctl("stop", "desktop.target")
