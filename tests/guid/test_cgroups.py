"""Control groups: where they can be made, and what is written there."""

import os
from pathlib import Path

import pytest

from guid.cgroups import Cgroups, limits, obstacle, own_folder

MOUNTS = "30 20 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n31 20 0:27 / /proc rw - proc proc rw\n"
PID = 4711


@pytest.fixture
def delegated(tmp_path: Path) -> Path:
    """What a systemd unit with Delegate=yes finds, as plain files."""
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (tmp_path / "cgroup.procs").write_text(f"{PID}\n")
    (tmp_path / "cgroup.subtree_control").write_text("")
    return tmp_path


def test_own_folder_is_found_in_either_kind_of_hierarchy() -> None:
    assert own_folder("0::/user.slice/v.service\n", MOUNTS) == Path("/sys/fs/cgroup/user.slice/v.service")
    hybrid = MOUNTS.replace("/sys/fs/cgroup ", "/sys/fs/cgroup/unified ")
    assert own_folder("4:memory:/x\n0::/a\n", hybrid) == Path("/sys/fs/cgroup/unified/a")
    assert own_folder("4:memory:/x\n", MOUNTS) is None
    assert own_folder("0::/a\n", "31 20 0:27 / /proc rw - proc proc rw\n") is None


def test_obstacle_none_where_the_group_is_ours(delegated: Path) -> None:
    assert obstacle(delegated, PID) == ""


def test_obstacle_is_named_where_there_is_one(delegated: Path) -> None:
    assert "no cgroup v2" in obstacle(None, PID)
    assert "No such file" in obstacle(delegated / "missing", PID)
    (delegated / "cgroup.procs").write_text(f"{PID}\n1\n")
    assert "not ours alone" in obstacle(delegated, PID)
    (delegated / "cgroup.controllers").write_text("hugetlb pids\n")
    assert "no controller memory" in obstacle(delegated, PID)


def test_joined_writes_the_limits_and_goes_there_and_back(delegated: Path) -> None:
    groups = Cgroups(delegated)
    with groups.joined("work", 1 << 30):
        group = delegated / "qube-work"
        assert {name: (group / name).read_text() for name in limits(1 << 30)} == limits(1 << 30)
        assert (group / "cgroup.procs").read_text() == str(os.getpid())
        assert not (delegated / "supervisor").exists()
    assert (delegated / "supervisor" / "cgroup.procs").read_text() == str(os.getpid())


def test_without_groups_nothing_is_done_and_a_start_goes_on() -> None:
    groups = Cgroups(None)
    with groups.joined("work", 1 << 30):
        pass
    groups.remove("work")


def test_group_that_cannot_be_made_lets_the_start_go_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Cgroups(tmp_path / "missing").joined("work", 1 << 30):
        caplog.clear()
    assert "control group" in caplog.text


def test_found_here_says_what_is_missing_or_really_limits() -> None:
    folder = own_folder(Path("/proc/self/cgroup").read_text(), Path("/proc/self/mountinfo").read_text())
    reason = obstacle(folder, os.getpid())
    if not reason:
        pytest.skip("this test runs in a group of its own: it would divide it")
    assert Cgroups.found().reason == reason
