"""What a service manager hears."""

import os
import socket
from pathlib import Path

import pytest

from guid.servicemanager import ServiceManager


def said(listener: socket.socket) -> dict[str, str]:
    listener.settimeout(5)
    return dict(line.split("=", 1) for line in listener.recv(4096).decode().splitlines())


def test_manager_hears_each_word_in_a_datagram_of_its_own(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        manager = ServiceManager(str(tmp_path / "notify"))
        manager.ready("none")
        assert said(listener) == {"READY": "1", "STATUS": "none", "MAINPID": str(os.getpid())}
        manager.status("none")
        manager.status("work running")
        assert said(listener) == {"STATUS": "work running"}
        manager.reloading()
        reloading = said(listener)
        assert reloading["RELOADING"] == "1"
        assert int(reloading["MONOTONIC_USEC"]) > 0
        manager.stopping()
        assert said(listener)["STOPPING"] == "1"


def test_manager_with_an_abstract_name_hears_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("")
        name = listener.getsockname()
        assert isinstance(name, bytes)
        ServiceManager("@" + name[1:].decode()).ready("")
        assert said(listener)["READY"] == "1"


def test_manager_that_is_gone_or_full_is_no_error(tmp_path: Path) -> None:
    ServiceManager(str(tmp_path / "nobody")).ready("")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        manager = ServiceManager(str(tmp_path / "notify"))
        for number in range(5000):  # nobody reads: this would wait for ever
            manager.status(str(number))


def test_from_environment_takes_the_address_out_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    assert ServiceManager.from_environment().there
    assert "NOTIFY_SOCKET" not in os.environ
    monkeypatch.setenv("NOTIFY_SOCKET", "vsock:2:1234")
    assert not ServiceManager.from_environment().there
