"""guid/running.py where something is missing: a qube that has gone, a process that there cannot be."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from guid.attention import Attention
from guid.core.definition import Definition
from guid.engines.engine import Engine, LocalQube, RunningQube, Traits
from guid.fork import NoProcess
from guid.notifications import Notifier
from guid.readers import Readers
from guid.running import Running


class Sleeping(Engine):
    """Its qubes are a process that does nothing."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []

    @property
    def traits(self) -> Traits:
        return Traits(stop_grace_s=0.1)

    def check(self) -> None:
        pass

    def start(self, qube: LocalQube, **_descriptors: Any) -> RunningQube:
        self.started.append(subprocess.Popen(["sleep", "600"], env={"QUBE": qube.name}))
        return self.started[-1]


@pytest.fixture
def engine() -> Sleeping:
    return Sleeping()


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Sleeping) -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="vitrail-") as runtime:  # pytest's own path is too long for sockets
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            (tmp_path / variable).mkdir(mode=0o700)
            monkeypatch.setenv(variable, str(tmp_path / variable))
        yield from running_on(engine)


def running_on(engine: Sleeping) -> Iterator[Running]:
    readers = Readers()
    with closing(Notifier(readers, address="")) as notifier:
        made = Running(readers, {"local": engine}, notifier, "")
        yield made
        made.shut_down()
        assert all(each.poll() is not None for each in engine.started)


def test_qube_that_has_gone_while_it_was_held_back_ends_nothing(running: Running) -> None:
    running.daemons._shares.busy("gone", 1.0)
    running.tick(1000.0)


def test_qube_whose_daemon_cannot_be_forked_is_refused_and_ended(
    running: Running, engine: Sleeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """os.fork fails as where there are too many processes; whether it then really does is not this machine's to try."""

    def none_left() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fork", none_left)
        with pytest.raises(NoProcess, match="temporarily unavailable"):
            running.start("work", Definition())
    _ends(running, engine)


def _ends(running: Running, engine: Sleeping) -> None:
    (process,) = engine.started
    for _ in range(100):
        running._readers.turn(0.1)
        if not running.by_name:
            break
    assert running.by_name == {}
    assert process.poll() is not None


def test_qube_for_whose_daemon_no_descriptor_is_left_is_refused_and_ended(
    running: Running, engine: Sleeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They run out after the qube itself was started."""
    real = socket.socketpair

    def none_left(*arguments: Any) -> tuple[socket.socket, socket.socket]:
        if engine.started:
            raise OSError(24, "Too many open files")
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "socketpair", none_left)
        with pytest.raises(NoProcess, match="Too many open files"):
            running.start("work", Definition())
    _ends(running, engine)


def test_attention_panel_for_which_no_descriptor_is_left_ends_nothing(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def none_left(*_arguments: Any) -> tuple[socket.socket, socket.socket]:
        raise OSError(24, "Too many open files")

    with closing(Notifier(running._readers, address="")) as notifier:
        panel = Attention(running._readers, running, notifier)
        monkeypatch.setattr(running, "shown_display", lambda: ":1")
        with monkeypatch.context() as patch:
            patch.setattr(socket, "socketpair", none_left)
            assert not panel.show()
        panel.close()
    assert "the attention panel cannot be shown: no process can be started: Too many open files" in caplog.text
