"""What an upgrade, or a removal, does to qubes that run: nothing, until they start anew. Two real installations."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.version import VERSION
from scripts import layout
from tests.harness import mends
from tests.harness.processes import ROOT, clean_environment, lives
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.packaging.person import Owner
from tests.packaging.user_manager import UserManager, why_not

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.timeout(400)]

NEWER = "99.1"


@pytest.fixture(scope="module")
def newer_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree with another number."""
    tree = tmp_path_factory.mktemp("newer") / "tree"
    for name in (*layout.ROOMS, "scripts"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (*layout.DOCUMENTS, "requirements.lock", "pyproject.toml"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    written = tree / "guid" / "version.py"
    written.write_text(written.read_text().replace(f'"{VERSION}"', f'"{NEWER}"'))
    return tree


def installer(tree: Path, what: str, prefix: Path) -> None:
    start = f"import sys; sys.path.insert(0, {str(tree)!r}); from scripts.install import main; sys.exit(main())"
    argv = [sys.executable, "-I", "-c", start, what, "--prefix", str(prefix)]
    done = subprocess.run(argv, env=clean_environment(), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def owner(desktop: XServer, tmp_path: Path) -> Iterator[Owner]:
    """Of the older version, installed."""
    installer(ROOT, "install", tmp_path)
    with Owner(desktop.name, tmp_path / "bin" / "vitrail") as person:
        yield person


def wait_until_all_is_read(session: Session) -> None:
    """One that a command started does so when it is calm, the font of name tags first, and answers nobody meanwhile."""
    maps = Path(f"/proc/{supervisor_of(session)}/maps")
    wait_until(lambda: "/fonts/" in maps.read_text(), 20, "what is wanted later")
    supervisor_of(session)


def supervisor_of(session: Session) -> int:
    done = subprocess.run(
        session.argv("ls", "--json"), env=session.environment(), capture_output=True, text=True, check=True
    )
    return int(done.stdout.partition('"pid": ')[2].partition(",")[0])


def goes_on(owner: Owner) -> None:
    """What an older supervisor and its daemons do later, and need code for: windows, a crash, a banner, a new qube."""
    owner.run_program("work", "blue", "paint", "late", "50", "60", "207", "111", "7")
    late = owner.window("work", lambda each: each["title"] == "late")
    daemon = owner.daemon_pid("work")
    os.kill(daemon, signal.SIGKILL)
    wait_until(lambda: owner.windows("work") and owner.daemon_pid("work") != daemon, 20, "another daemon")
    owner.run_program("work", "blue", "fullscreen", "late")
    whole = owner.window("work", lambda each: each["title"] == "late" and each["content"][2] > late["content"][2] * 4)
    assert whole["mapped"]
    daemon = owner.daemon_pid("work")
    # The banner lies above the window, and is a picture: cairo has drawn it.
    wait_until(lambda: banners(owner) > 0, 20, "the banner")
    assert owner.daemon_pid("work") == daemon
    owner.run("other", "yellow", "xterm")
    assert owner.window("other")
    assert "Error" not in owner.log(), owner.log()


def banners(owner: Owner) -> int:
    """Windows on the desktop that are a banner of a daemon's: wide, low, above everything, and no qube's window."""
    children = owner.x.screen().root.query_tree().children
    sizes = [each.get_geometry() for each in children if each.get_attributes().map_state == 2]
    return sum(1 for each in sizes if 30 <= each.height <= 60 and each.width > 200)


def allow_fullscreen(owner: Owner) -> None:
    path = owner.config / "vitrail" / "qubes" / "work.toml"
    path.parent.mkdir(parents=True)
    path.write_text('label = "blue"\n[options]\nallow_fullscreen = true\n')


def test_running_qubes_go_on_while_a_newer_version_is_installed(owner: Owner, newer_tree: Path, tmp_path: Path) -> None:
    allow_fullscreen(owner)
    owner.run("work", "blue", "xterm")
    old = supervisor_of(owner)
    wait_until_all_is_read(owner)
    installer(newer_tree, "install", tmp_path)
    assert owner.vitrail("--version").stdout == f"vitrail {NEWER}\n"
    goes_on(owner)
    assert VERSION in owner.vitrail("ls").stderr
    assert owner.vitrail("stop", "other").returncode == 0
    assert owner.vitrail("restart", "work", "--", "xterm").returncode == 0
    wait_until(lambda: not lives(old), what="the end of the older supervisor")
    assert owner.window("work")
    assert owner.vitrail("ls").stderr == ""


@pytest.mark.mends("version: systemctl --user restart vitrail")
@pytest.mark.skipif(why_not() != "", reason=why_not())
def test_service_of_an_older_version_is_told_and_restarted_as_doctor_says(
    owner: Owner, newer_tree: Path, tmp_path: Path
) -> None:
    owner.extra["HOME"] = str(owner.runtime)
    units = owner.config / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "vitrail.service").write_text(owner.vitrail("supervise", "--unit").stdout)
    with UserManager(owner.runtime, owner.environment()) as manager:
        manager.systemctl("start", "vitrail")
        installer(newer_tree, "install", tmp_path)
        found = lacking(owner)
        assert found["version"] == ["systemctl --user restart vitrail"]
        argv = ["bash", "-e", "-c", found["version"][0]]
        done = subprocess.run(argv, env=manager.environment, capture_output=True, text=True, check=False, timeout=90)
        assert done.returncode == 0, done.stderr
        mends.ran(argv[-1])
        assert "version" not in lacking(owner)
        manager.systemctl("stop", "vitrail")


def lacking(owner: Owner) -> dict[str, list[str]]:
    """What doctor finds in the person's files, and the commands that mend it."""
    report = json.loads(owner.vitrail("doctor", "--json", "files").stdout)
    mends.given(report)
    return {each["name"]: [one["mend"] for one in each["findings"]] for each in report["needs"] if each["findings"]}


def test_running_qubes_go_on_after_the_removal(owner: Owner, tmp_path: Path) -> None:
    allow_fullscreen(owner)
    owner.run("work", "blue", "xterm")
    wait_until_all_is_read(owner)
    kept = tmp_path / "elsewhere"
    installer(ROOT, "install", kept)
    installer(ROOT, "uninstall", tmp_path)
    assert not (tmp_path / "lib" / "vitrail").exists()
    owner.command = kept / "bin" / "vitrail"  # another copy of the command; the supervisor's own is gone
    goes_on(owner)


def test_service_that_never_started_a_qube_starts_one_after_the_removal(owner: Owner, tmp_path: Path) -> None:
    allow_fullscreen(owner)
    kept = tmp_path / "elsewhere"
    installer(ROOT, "install", kept)
    with owner.service():
        installer(ROOT, "uninstall", tmp_path)
        owner.command = kept / "bin" / "vitrail"
        owner.run("work", "blue", "xterm")
        assert owner.window("work")
        goes_on(owner)
