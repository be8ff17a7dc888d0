"""Agents and pools that are wrong from the first byte on: refused with a clear line, and nobody else notices."""

import fcntl
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.limits import PAGE_BYTES
from protocol.messages import MessageType
from shm.pool import SEALS
from tests.harness.processes import ROOT, Child, clean_environment
from tests.harness.wait import wait_until
from tests.integration.hostile_scene import LOG_LINE, VIOLATION_EXIT, Scene, Stage, new_scene

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with new_scene() as made:
        yield made


def refused_pool(scene: Scene, fd: int, line: str, folder: Path) -> None:
    """A daemon that is started with this pool says `line`, to the log and to its supervisor, and ends."""

    def attack(stage: Stage) -> None:
        stage.under_way.set()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        fds = (fd, theirs.fileno())
        argv = [sys.executable, "-m", "guid", "daemon", "--name", "evil", "--label", "red", "--vchan-socket"]
        argv += [str(folder / "none.sock"), "--pool-fd", str(fd), "--status-fd", str(theirs.fileno())]
        environment = clean_environment(DISPLAY=scene.server.name, PYTHONPATH=str(ROOT))
        with ours, Child(argv, env=environment, pass_fds=fds, log=folder / "log") as child:
            theirs.close()
            assert child.wait() == VIOLATION_EXIT, child.output()
            (said,) = child.output().splitlines()
            assert LOG_LINE.fullmatch(said)
            assert line in said
            ours.settimeout(5)
            assert line.encode() in ours.recv(4096)

    scene.check(attack)


def memory(size_bytes: int, seals: int) -> int:
    fd = os.memfd_create("hostile", os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, size_bytes)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


@pytest.mark.parametrize(
    ("seals", "line"),
    [
        (0, "not sealed against shrinking"),
        (SEALS & ~fcntl.F_SEAL_SHRINK, "not sealed against shrinking"),
        (SEALS & ~fcntl.F_SEAL_GROW, "not sealed against shrinking"),
        (SEALS & ~fcntl.F_SEAL_SEAL, "not sealed against shrinking"),
    ],
)
def test_pool_that_is_not_sealed_is_refused(scene: Scene, tmp_path: Path, seals: int, line: str) -> None:
    fd = memory(1 << 20, seals)
    refused_pool(scene, fd, line, tmp_path)
    os.close(fd)


@pytest.mark.parametrize("size_bytes", [0, PAGE_BYTES // 2, PAGE_BYTES + 1, 3 * PAGE_BYTES, 1 << 33])
def test_pool_of_a_wrong_size_is_refused(scene: Scene, tmp_path: Path, size_bytes: int) -> None:
    fd = memory(size_bytes, SEALS)
    refused_pool(scene, fd, f"a pool of {size_bytes} bytes: it must be a power of two", tmp_path)
    os.close(fd)


def test_pool_that_is_a_pipe_a_file_or_nothing_is_refused(scene: Scene, tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    refused_pool(scene, read_end, "the pool is not sealable memory: Invalid argument", _made(tmp_path / "pipe"))
    os.close(read_end)
    os.close(write_end)
    with (tmp_path / "file").open("w+b") as file:
        file.truncate(1 << 20)
        refused_pool(scene, file.fileno(), "the pool is not sealable memory: Invalid argument", _made(tmp_path / "f"))


def test_pool_of_one_page_is_enough_and_its_second_page_is_outside(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker(pool_bytes=PAGE_BYTES) as evil:
            stage.under_way.set()
            evil.agent.create(7, (20, 20, 32, 32))
            evil.agent.send(MessageType.WINDOW_DUMP, 7, 0, 32, 32, 24, tail=struct.pack("<I", 0))
            evil.agent.expect(MessageType.WINDOW_DUMP_ACK, 7)
            evil.agent.send(MessageType.WINDOW_DUMP, 7, 0, 32, 32, 24, tail=struct.pack("<I", 1))
            evil.ends(r"unusable page references in WINDOW_DUMP \(147\).*a ref outside the pool of 1 pages")

    scene.check(attack)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


# The handshake


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (struct.pack("<I", 2 << 16), "unusable protocol version: the agent speaks 2.0, we speak 1.8"),
        (struct.pack("<I", 0), "unusable protocol version: the agent speaks 0.0, we speak 1.8"),
        (struct.pack(">I", 1 << 16 | 8), "unusable protocol version: the agent speaks 2048.256, we speak 1.8"),
        (b"PEER\x1b[31m\xff\r\n" * 99, "unusable protocol version: the agent speaks 21061.17744, we speak 1.8"),
        (b"\xff" * 65536, "unusable protocol version: the agent speaks 65535.65535, we speak 1.8"),
        (struct.pack("<I", 1 << 16 | 8) + b"PEER\x1b" * 30, "unknown message type in message 0x52454550"),
    ],
)
def test_handshake_that_is_junk_ends_the_qube(scene: Scene, data: bytes, line: str) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker(shake_hands=False) as evil:
            stage.under_way.set()
            evil.agent.accept()
            evil.agent.send_raw(data)
            evil.ends(line)
            assert "PEER" not in evil.log()

    scene.check(attack)


def test_agent_of_a_later_minor_version_is_spoken_to_in_ours(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker(shake_hands=False) as evil:
            stage.under_way.set()
            evil.agent.accept()
            evil.agent.send_raw(struct.pack("<I", 1 << 16 | 0xFFFF))
            wait_until(lambda: "agent connected, protocol 1.8" in evil.log(), what="the connection")
            evil.goes_on()

    scene.check(attack)


def test_version_cut_off_and_connection_closed_is_looked_for_again(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker(shake_hands=False) as evil:
            stage.under_way.set()
            for part in (b"", b"\x08", b"\x08\x00\x01"):
                evil.agent.accept()
                evil.agent.send_raw(part)
                evil.agent.hang_up()
            evil.agent.shake_hands()
            evil.agent.create(7, (20, 20, 32, 32))
            assert evil.daemon.window(7)["remote_wid"] == 7

    scene.check(attack)


def test_agent_that_goes_in_the_middle_of_a_message_is_no_violation(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            evil.agent.create(7, (20, 20, 32, 32))
            evil.agent.send_raw(struct.pack("<III", MessageType.WMNAME, 7, 128) + b"PEER")
            evil.agent.hang_up()
            evil.agent.shake_hands()
            assert evil.daemon.windows() == []
            evil.goes_on()

    scene.check(attack)
