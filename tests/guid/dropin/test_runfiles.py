"""Running and booting files: who is known to live, and what a crash leaves behind."""

import fcntl
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.dropin.runfiles import THEIRS, Booting, RunFileError, Running
from tests.harness.processes import Child
from tests.harness.wait import wait_until

HOLDER = """
import sys
from pathlib import Path
from guid.dropin.runfiles import Booting, Running
folder = Path(sys.argv[1])
booting = Booting(folder, 7, patience_s=0)
if sys.argv[2] == "running":
    Running(folder, 7).put()
    booting.over()
Path("/proc/self/comm").write_text(sys.argv[3])
print("there", flush=True)
sys.stdin.read()
import signal
signal.pause()
"""


@pytest.fixture
def child(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Child]:
    """Another process that holds the file that the test names, under the name that it names."""
    what, name = request.param
    log = tmp_path / "log"
    with Child([sys.executable, "-c", HOLDER, tmp_path, what, name], log=log) as made:
        wait_until(lambda: "there" in made.output(), what="the other process")
        yield made


def running_file(folder: Path) -> Path:
    return folder / "guid-running.7"


def test_nothing_runs_where_there_is_no_file(tmp_path: Path) -> None:
    assert Running(tmp_path, 7).pid() is None


def test_file_has_the_pid_and_a_line_end_as_long_as_it_runs(tmp_path: Path) -> None:
    running = Running(tmp_path, 7)
    running.put()
    assert running_file(tmp_path).read_bytes() == b"%d\n" % os.getpid()
    assert running_file(tmp_path).stat().st_mode & 0o777 == 0o644
    assert Running(tmp_path, 7).pid() == os.getpid()
    assert Running(tmp_path, 8).pid() is None
    running.gone()
    assert not running_file(tmp_path).exists()
    running.gone()


@pytest.mark.parametrize("child", [("running", "vitrail-guid")], indirect=True)
def test_file_of_a_killed_daemon_is_stale(child: Child, tmp_path: Path) -> None:
    assert Running(tmp_path, 7).pid() == child.pid
    os.kill(child.pid, 9)
    child.wait()
    assert running_file(tmp_path).exists()
    assert Running(tmp_path, 7).pid() is None
    running = Running(tmp_path, 7)
    running.put()
    assert Running(tmp_path, 7).pid() == os.getpid()
    running.gone()


def test_file_whose_pid_another_program_has_now_is_stale(tmp_path: Path) -> None:
    running_file(tmp_path).write_text(f"{os.getpid()}\n")
    assert Running(tmp_path, 7).pid() is None


@pytest.mark.parametrize("child", [("booting", THEIRS)], indirect=True)
def test_daemon_of_qubes_which_locks_nothing_is_known_by_its_name(child: Child, tmp_path: Path) -> None:
    running_file(tmp_path).write_text(f"{child.pid}\n")
    assert Running(tmp_path, 7).pid() == child.pid


@pytest.mark.parametrize("text", ["", "\n", "x\n", "-1\n", "1" * 40, "0x7\n"])
def test_file_without_a_pid_is_stale(text: str, tmp_path: Path) -> None:
    running_file(tmp_path).write_text(text)
    assert Running(tmp_path, 7).pid() is None


def test_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("precious")
    running_file(tmp_path).symlink_to("elsewhere")
    with pytest.raises(RunFileError, match="guid-running"):
        Running(tmp_path, 7).pid()
    (tmp_path / "guid-booting.7").symlink_to("elsewhere")
    with pytest.raises(RunFileError, match="guid-booting"):
        Booting(tmp_path, 7, patience_s=0)
    assert (tmp_path / "elsewhere").read_text() == "precious"


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match="No such file"):
        Booting(tmp_path / "none", 7, patience_s=0)


@pytest.mark.parametrize("child", [("booting", "python")], indirect=True)
def test_second_start_is_refused_while_the_first_boots_and_not_after_its_crash(child: Child, tmp_path: Path) -> None:
    with pytest.raises(RunFileError, match="is starting"):
        Booting(tmp_path, 7, patience_s=0.1)
    Booting(tmp_path, 8, patience_s=0).over()
    os.kill(child.pid, 9)
    child.wait()
    booting = Booting(tmp_path, 7, patience_s=0)
    booting.over()
    booting.over()
    assert not (tmp_path / "guid-booting.7").exists()


def test_lock_of_a_file_that_is_gone_by_then_is_no_right_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else two would boot: one with the lock of a file that nobody finds any more, one with that of the new one."""
    path, lock = tmp_path / "guid-booting.7", fcntl.flock
    locked: list[int] = []

    def lock_after_the_other_one_is_over(fd: int, how: int) -> None:
        if not locked:
            path.unlink()
        locked.append(fd)
        lock(fd, how)

    monkeypatch.setattr(fcntl, "flock", lock_after_the_other_one_is_over)
    booting = Booting(tmp_path, 7, patience_s=5)
    assert path.exists()
    with pytest.raises(RunFileError):
        Booting(tmp_path, 7, patience_s=0)
    booting.over()
