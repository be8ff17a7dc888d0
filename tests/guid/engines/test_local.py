"""What the local engine refuses to hand to a qube."""

import contextlib
import fcntl
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from guid.engines.bundle import Module, pack
from guid.engines.engine import Engine, LocalQube
from guid.engines.errors import EngineError, HomeUnusable, UnsafeDescriptor
from guid.engines.local import LocalEngine

pytestmark = pytest.mark.sandbox

SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


@dataclass(frozen=True)
class Handed:
    listener: socket.socket
    pool_fd: int
    control: socket.socket
    log_fd: int


def sealed_memory(seals: int = SEALS) -> int:
    fd = os.memfd_create("pool", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, 4096)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


@pytest.fixture
def base() -> Iterator[Path]:
    """A folder that a dropped uid can pass through, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="vitrail-local-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def handed(base: Path) -> Iterator[Handed]:
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(base / "socket"))
        listener.listen(1)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stack.enter_context(ours)
        stack.enter_context(theirs)
        pool, null = sealed_memory(), os.open("/dev/null", os.O_WRONLY)
        stack.callback(os.close, pool)
        stack.callback(os.close, null)
        yield Handed(listener, pool, theirs, null)


def start(base: Path, handed: Handed, source: str = "", home: Path | None = None, name: str = "work") -> int:
    """Start a qube whose whole agent is `source`; returns how it ended."""
    local = LocalEngine(
        bundle=lambda magic: pack([Module("__main__.py", source.encode())], magic), claims=base / "claims"
    )
    engine: Engine = local  # the seam fits
    process = engine.start(
        LocalQube(name, home or base / "home"),
        listener=handed.listener,
        pool_fd=handed.pool_fd,
        control=handed.control,
        log_fd=handed.log_fd,
    )
    return process.wait(30)


def test_start_ends_as_the_agent_does(base: Path, handed: Handed) -> None:
    assert start(base, handed, "raise SystemExit(7)") == 7


def test_start_home_outlives_the_qube(base: Path, handed: Handed) -> None:
    assert start(base, handed, "open('/home/user/note', 'w').write('kept')") == 0
    assert start(base, handed, "raise SystemExit(open('/home/user/note').read() != 'kept')") == 0
    found = (base / "home" / "note").stat()
    assert (found.st_uid == 0, stat.S_IMODE(found.st_mode)) == (False, 0o600)


def test_start_leaves_the_callers_descriptors_open(base: Path, handed: Handed) -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough
    start(base, handed)
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_start_restores_our_own_memory_score(base: Path, handed: Handed) -> None:
    before = Path("/proc/self/oom_score_adj").read_text()
    start(base, handed)
    assert Path("/proc/self/oom_score_adj").read_text() == before


@pytest.mark.parametrize("seals", [0, fcntl.F_SEAL_SHRINK, fcntl.F_SEAL_GROW])
def test_start_pool_without_its_seals_is_refused(base: Path, handed: Handed, seals: int) -> None:
    pool = sealed_memory(seals)
    try:
        with pytest.raises(UnsafeDescriptor, match="sealed"):
            start(base, replace(handed, pool_fd=pool))
    finally:
        os.close(pool)


def test_start_folder_as_the_pool_is_refused(base: Path, handed: Handed) -> None:
    folder = os.open("/", os.O_RDONLY)
    try:
        with pytest.raises(UnsafeDescriptor, match="pool"):
            start(base, replace(handed, pool_fd=folder))
    finally:
        os.close(folder)


def test_start_log_that_could_be_reopened_is_refused(base: Path, handed: Handed) -> None:
    with (base / "log").open("wb") as log, pytest.raises(UnsafeDescriptor, match="pipe"):
        start(base, replace(handed, log_fd=log.fileno()))
    leader, follower = os.openpty()
    with pytest.raises(UnsafeDescriptor, match="pipe"):
        start(base, replace(handed, log_fd=follower))
    os.close(leader)
    os.close(follower)


def test_start_listener_that_does_not_listen_is_refused(base: Path, handed: Handed) -> None:
    with socket.socket(socket.AF_UNIX) as idle, pytest.raises(UnsafeDescriptor, match="listening"):
        start(base, replace(handed, listener=idle))


def test_start_network_socket_is_refused(base: Path, handed: Handed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(UnsafeDescriptor, match="listener"):
            start(base, replace(handed, listener=server))
        with pytest.raises(UnsafeDescriptor, match="control"):
            start(base, replace(handed, control=server))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's qubes have uids of their own")
def test_start_home_behind_a_private_folder_says_what_to_do(base: Path, handed: Handed) -> None:
    private = base / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(HomeUnusable, match=r"chmod o\+x"):
        start(base, handed, home=private / "home")


def test_start_home_that_is_a_link_is_refused(base: Path, handed: Handed) -> None:
    (base / "elsewhere").mkdir()
    (base / "link").symlink_to(base / "elsewhere")
    with pytest.raises(HomeUnusable, match="not a link"):
        start(base, handed, home=base / "link")


@pytest.mark.parametrize("name", ["", "a:b", "a\nroot:x:0:0:::", "../up"])
def test_start_impossible_name_is_refused(base: Path, handed: Handed, name: str) -> None:
    with pytest.raises(EngineError, match="cannot be a qube's name"):
        start(base, handed, name=name)
