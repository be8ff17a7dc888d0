"""shm/vchan/unix.py: what only a socket has, that is paths, modes and backlogs."""

import os
import select
import socket
import stat
from pathlib import Path

import pytest

from shm.errors import ChannelClosed, TransportError
from shm.vchan.unix import Listener, UnixChannel, connect, listen, socket_path


def test_socket_path_is_libvchan_sockets() -> None:
    assert socket_path(Path("/run/vchan"), 7, 0) == Path("/run/vchan/vchan.7.0.6000.sock")


def test_listen_is_for_this_user_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        listening = listen(tmp_path / "a.sock")
    finally:
        os.umask(before)
    with listening:
        assert stat.S_IMODE((tmp_path / "a.sock").stat().st_mode) == 0o600
        assert not listening.get_inheritable()


def test_listen_replaces_a_dead_socket(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    listen(path).close()
    assert path.exists()
    with listen(path):
        connect(path).close()


def test_listen_where_someone_listens_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    with listen(path):
        with pytest.raises(TransportError, match="already"):
            listen(path)
        connect(path).close()


def test_listen_where_someone_listens_who_is_busy_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    waiting: list[UnixChannel] = []
    with listen(path):
        with pytest.raises(TransportError, match="no channel"):
            for _ in range(10):
                waiting.append(connect(path))
        with pytest.raises(TransportError, match="already"):
            listen(path)
        assert path.exists()
    for channel in waiting:
        channel.close()


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_listen_in_the_place_of_anything_else_is_refused_and_leaves_it(tmp_path: Path, kind: str) -> None:
    path, target = tmp_path / "a.sock", tmp_path / "precious"
    target.write_text("kept")
    if kind == "file":
        path.write_text("kept")
    elif kind == "link":
        path.symlink_to(target)
    else:
        path.mkdir()
    with pytest.raises(TransportError, match="not a socket"):
        listen(path)
    assert path.is_symlink() or path.exists()
    assert target.read_text() == "kept"


def test_listen_at_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match="cannot listen"):
        listen(tmp_path / ("x" * 120))


def test_connect_where_nobody_listens_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TransportError, match="no channel"):
        connect(tmp_path / "a.sock")
    listen(tmp_path / "a.sock").close()
    with pytest.raises(TransportError, match="no channel"):
        connect(tmp_path / "a.sock")


def test_connect_to_a_full_backlog_is_refused_and_does_not_wait(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    waiting: list[UnixChannel] = []
    with listen(path):
        with pytest.raises(TransportError, match="no channel"):
            for _ in range(10):
                waiting.append(connect(path))
        assert waiting
    for channel in waiting:
        channel.close()


def test_listener_accepts_each_connection_once(tmp_path: Path) -> None:
    path = tmp_path / "a.sock"
    listener = Listener(listen(path))
    try:
        assert listener.accept() is None
        first, second = connect(path), connect(path)
        assert select.select([listener], [], [], 5)[0]
        accepted = [listener.accept(), listener.accept()]
        assert listener.accept() is None
        for channel, ours, word in zip(accepted, (first, second), (b"one", b"two"), strict=True):
            assert channel is not None
            ours.send(word)
            assert channel.receive() == word
            channel.close()
            ours.close()
    finally:
        listener.close()


def test_listener_closed_is_a_transport_error(tmp_path: Path) -> None:
    listener = Listener(listen(tmp_path / "a.sock"))
    listener.close()
    with pytest.raises(TransportError, match="cannot accept"):
        listener.accept()


def test_receive_from_a_peer_that_attaches_descriptors_keeps_none() -> None:
    ours, theirs = socket.socketpair()
    channel = UnixChannel(ours)
    reading, writing = os.pipe()
    try:
        socket.send_fds(theirs, [b"with a gift"], [writing])
        os.close(writing)
        assert channel.receive() == b"with a gift"
        # The last copy of the pipe's writing end is gone: its reader sees the end, not an empty pipe.
        assert os.read(reading, 1) == b""
    finally:
        os.close(reading)
        theirs.close()
        with pytest.raises(ChannelClosed):
            channel.receive()
        channel.close()
