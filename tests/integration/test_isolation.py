"""From inside a qube started by the real engine nothing of the host, the person, or another qube is reachable.

A canary each: every attempt is also made outside the sandbox by the same code, where it must succeed.
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from guid.engines.sandbox import ENVIRONMENT, ETC_ENTRIES
from guid.engines.uids import QUBE_UIDS
from tests.harness.processes import ROOT, clean_environment
from tests.harness.wait import time_scale, wait_until
from tests.harness.xserver import XServer
from tests.integration import isolation_probe
from tests.integration.isolation_attempts import (
    Attempt,
    canary_sockets,
    file_attempts,
    kernel_attempts,
    stranger_attempts,
    x_attempts,
)
from tests.integration.isolation_starter import MARKER

pytestmark = [pytest.mark.sandbox, pytest.mark.desktop]

RUN_BY_ROOT = os.geteuid() == 0
ORDINARY_UIDS = range(66_000, 67_000)
"""Where to look for an uid that nobody has, to act as an ordinary user."""
START_TIMEOUT_S = 60.0
GENERATED = {"passwd", "group", "hosts", "hostname", "nsswitch.conf", "machine-id", "bash.bashrc"}
OVERFLOW_GID = 65_534
"""How a group that a user namespace does not map looks inside."""


@dataclass(frozen=True)
class Report:
    """What came out of one start: by the name of the attempt, and what the qube saw of itself."""

    uid: int
    base: Path
    starter: subprocess.Popen[str]
    pids: dict[str, int]
    control: dict[str, bool]
    reached: dict[str, bool]
    seen: dict[str, Any]


def ordinary_uid() -> int:
    taken = {account.pw_uid for account in pwd.getpwall()}
    return next(uid for uid in ORDINARY_UIDS if uid not in taken)


def run(uid: int, base: Path, attempts: list[Attempt]) -> Report:
    plan = base / "plan.json"
    plan.write_text(json.dumps({"uid": uid, "base": str(base), "attempts": [each.as_json() for each in attempts]}))
    plan.chmod(0o644)
    starter = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.isolation_starter", str(plan)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=clean_environment(CANARY="in the starter's environment"),
    )
    assert starter.stdout is not None
    line = starter.stdout.readline()
    assert line, f"the starter ended with {starter.wait(START_TIMEOUT_S * time_scale())}"
    said = json.loads(line)
    outside = said["control"]
    outside.update(isolation_probe.attempt([each.as_json() for each in attempts if each.by_root and RUN_BY_ROOT]))
    return Report(uid, base, starter, said["pids"], outside, said["reached"], said["seen"])


@pytest.fixture(scope="module")
def x_server() -> Iterator[XServer]:
    with XServer(640, 480) as server:
        yield server


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(0, id="root", marks=pytest.mark.skipif(not RUN_BY_ROOT, reason="the tests are not run by root")),
        pytest.param(1, id="user"),
    ],
)
def uid(request: pytest.FixtureRequest) -> int:
    """Who starts the engine: root, or an ordinary user (one that nobody is, if root runs the tests)."""
    if request.param == 0:
        return 0
    return ordinary_uid() if RUN_BY_ROOT else os.geteuid()


@pytest.fixture(scope="module")
def base(uid: int) -> Iterator[Path]:
    """A folder of the starter's that everybody may pass through; not below pytest's, which are private."""
    folder = Path(tempfile.mkdtemp(prefix="vitrail-isolation-", dir="/tmp"))
    folder.chmod(0o755)
    (folder / "person").mkdir()
    (folder / "person" / "secret").write_text("secret")
    if RUN_BY_ROOT:
        os.chown(folder, uid, uid)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def attempts(base: Path, x_server: XServer) -> Iterator[list[Attempt]]:
    with canary_sockets(base) as sockets:
        mine = [*sockets, *x_attempts(x_server), *file_attempts(base), *kernel_attempts()]
        strangers = stranger_attempts()
        assert {"unix", "tcp"} == {each.kind for each in strangers}, "the listings see not even our own sockets"
        yield mine + strangers


@pytest.fixture(scope="module")
def report(uid: int, base: Path, attempts: list[Attempt]) -> Iterator[Report]:
    found = run(uid, base, attempts)
    try:
        yield found
    finally:
        assert found.starter.stdin is not None
        found.starter.stdin.close()
        assert found.starter.stdout is not None
        found.starter.stdout.close()
        found.starter.wait(START_TIMEOUT_S * time_scale())


def test_isolation_every_attempt_succeeds_outside(report: Report, attempts: list[Attempt]) -> None:
    possible = {each.name for each in attempts if not each.stranger and (RUN_BY_ROOT or not each.by_root)}
    assert {name for name in possible if not report.control[name]} == set()


def test_isolation_no_attempt_succeeds_inside(report: Report, attempts: list[Attempt]) -> None:
    assert len(report.reached) >= len(attempts)
    assert {name for name, reached in report.reached.items() if reached} == set()


def test_isolation_processes_by_number_are_reachable_outside_only(report: Report) -> None:
    names = [name for name in report.reached if name.endswith("by number")]
    assert len(names) == 2
    assert all(report.control[name] and not report.reached[name] for name in names)


def test_isolation_identity_inside_is_an_ordinary_user_without_privileges(report: Report) -> None:
    status = report.seen["status"]
    users, groups, supplementary = report.seen["ids"]
    assert (users, groups) == ([1000] * 3, [1000] * 3)
    unmapped = set() if report.uid == 0 else {OVERFLOW_GID}
    assert set(supplementary) <= {1000} | unmapped
    assert {name: int(status[name], 16) for name in status if name.startswith("Cap")} == dict.fromkeys(
        ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), 0
    )
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert report.seen["pid_count"] == 2


def test_isolation_descriptors_are_those_of_the_command_line(report: Report) -> None:
    argv = report.seen["argv"]
    given = {argv[argv.index(option) + 1] for option in ("--vchan-fd", "--pool-fd", "--control-fd")}
    kinds = {fd: what.split(":")[0].split(" ")[0] for fd, what in report.seen["descriptors"].items()}
    assert set(kinds) == {"0", "1", "2"} | given
    assert [kinds["0"], kinds["1"], kinds["2"]] == ["/dev/null", "pipe", "pipe"]
    assert [kinds[argv[argv.index(f"--{name}-fd") + 1]] for name in ("vchan", "control")] == ["socket", "socket"]
    assert argv[-1] == MARKER
    assert report.seen["isolated"] == 1


def test_isolation_environment_is_the_sandboxs_own(report: Report) -> None:
    assert report.seen["environment"].pop("PWD", "/home/user") == "/home/user"
    assert report.seen["environment"].pop("LC_CTYPE", "C.UTF-8") == "C.UTF-8"
    assert report.seen["environment"] == dict(ENVIRONMENT)


def test_isolation_file_system_is_the_allow_list(report: Report) -> None:
    seen = report.seen
    base_folders = {"bin", "dev", "etc", "home", "lib", "proc", "run", "sbin", "tmp", "usr", "var"}
    assert base_folders <= set(seen["root"]) <= base_folders | {"lib32", "lib64", "libx32"}
    listed = {path.split("/")[2] for path in ETC_ENTRIES}
    assert set(seen["etc"]) <= listed | GENERATED
    assert set(seen["etc"]) >= GENERATED
    assert seen["homes"] == ["user"]
    assert seen["cwd"] == "/home/user"


def test_isolation_writable_is_the_home_and_memory_only(report: Report) -> None:
    mounts = {place: kind for place, kind in report.seen["writable_mounts"] if not place.startswith("/dev/")}
    assert {"/home/user", "/tmp", "/run", "/proc"} == set(mounts)
    assert (mounts["/tmp"], mounts["/run"], mounts["/proc"]) == ("tmpfs", "tmpfs", "proc")


def test_isolation_terminals(report: Report) -> None:
    assert report.seen["terminal_error"] == "ENXIO"
    assert report.seen["session"] == 1, "the session is an outside one"
    assert report.seen["pseudo_terminal"]


def test_isolation_names_and_limits(report: Report) -> None:
    seen = report.seen
    assert (seen["hostname"], seen["interfaces"], seen["umask"]) == ("work", ["lo"], "077")
    assert seen["machine_id"] not in Path("/etc/machine-id").read_text()
    assert seen["core_limit"] == "1"
    assert seen["oom_score_adj"] == 500 or report.uid != 0


def test_isolation_uid_outside_is_never_root(report: Report) -> None:
    for qube in ("work", "other"):
        family = descendants(report.pids[qube])
        assert len(family) >= 3
        uids = {uid for pid in family for uid in host_ids(pid, "Uid")}
        gids = {gid for pid in family for gid in [*host_ids(pid, "Gid"), *host_ids(pid, "Groups")]}
        assert len(uids) == 1
        assert 0 not in uids
        if report.uid == 0:
            assert uids < set(QUBE_UIDS)
            assert gids == uids
        else:
            assert uids == {report.uid}


def test_isolation_qubes_of_root_have_different_uids_that_own_their_homes(report: Report) -> None:
    work, other = (host_ids(report.pids[qube], "Uid")[0] for qube in ("work", "other"))
    assert (work != other) == (report.uid == 0)
    for qube, uid in (("work", work), ("other", other)):
        found = (report.base / "qubes" / qube / "home").stat()
        assert (found.st_uid, found.st_mode & 0o777) == (uid, 0o700)


def test_isolation_ends_with_the_process_that_started_it(uid: int, base: Path) -> None:
    folder = base / "killed"
    folder.mkdir()
    if RUN_BY_ROOT:
        os.chown(folder, uid, uid)
    found = run(uid, folder, [])
    family = [pid for qube in found.pids.values() for pid in descendants(qube)]
    assert len(family) >= 6
    assert all(is_alive(pid) for pid in family)
    found.starter.kill()
    found.starter.communicate()
    try:
        wait_until(lambda: not any(is_alive(pid) for pid in family), what="the end of both qubes")
    finally:
        for pid in filter(is_alive, family):
            os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    """`pid` and every process below it."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def host_ids(pid: int, field: str) -> list[int]:
    """The ids in one line of a process's status, as the host numbers them."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return [int(word) for word in line.split()[1:]]
    raise AssertionError(field)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
