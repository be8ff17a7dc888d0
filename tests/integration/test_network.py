"""A qube with a network reaches other machines, and of this one only what any other machine would reach too."""

import contextlib
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.processes import descendants_named, parent_of
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer
from tests.integration import network_probe

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

ABSTRACT = "@vitrail-network-canary"


def outward_address() -> str | None:
    """The address under which this machine is known outside, None if it has no way out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.200", 9))  # sends nothing
        except OSError:
            return None
        return str(probe.getsockname()[0])


@contextlib.contextmanager
def greeter(family: int, address: object) -> Iterator[socket.socket]:
    """Says hello to everybody who connects."""
    with socket.socket(family) as listener:
        listener.bind(address)  # type: ignore[arg-type]
        listener.listen()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client:
                        client.sendall(b"hello")

        threading.Thread(target=serve, daemon=True).start()
        yield listener
        listener.shutdown(socket.SHUT_RDWR)


def probed(session: Session, qube: str, *places: str) -> dict[str, bool]:
    """What is reached from inside the qube."""
    session.run(qube, "red", "true")  # its home is there then
    home = session.home(qube)
    probe, out = home / "network_probe.py", home / "reached.json"
    shutil.copy(Path(network_probe.__file__), probe)
    probe.chmod(0o755)
    out.unlink(missing_ok=True)
    session.run(qube, "red", "python3", "/home/user/network_probe.py", "/home/user/reached.json", *places)
    wait_until(out.exists, 60, "what the qube reaches")
    found: dict[str, bool] = json.loads(out.read_text())
    return found


def test_qube_with_a_network_reaches_outside_and_neither_loopback_nor_abstract_sockets(desktop: XServer) -> None:
    address = outward_address()
    with contextlib.ExitStack() as stack:
        session = stack.enter_context(Session(desktop.name))
        for qube, net in (("web", "user"), ("vault", "none")):
            assert session.vitrail("create", qube, "--label", "red", "--net", net).returncode == 0
        local = stack.enter_context(greeter(socket.AF_INET, ("127.0.0.1", 0))).getsockname()[1]
        stack.enter_context(greeter(socket.AF_UNIX, "\0" + ABSTRACT[1:]))
        inner = (f"127.0.0.1:{local}", f"10.0.2.2:{local}", ABSTRACT)
        outer: tuple[str, ...] = ()
        if address is not None:
            port = stack.enter_context(greeter(socket.AF_INET, (address, 0))).getsockname()[1]
            outer = (f"{address}:{port}",)
        assert all(network_probe.reached(where) for where in (inner[0], ABSTRACT, *outer)), "a canary is silent"
        assert probed(session, "web", *inner, *outer) == dict.fromkeys(inner, False) | dict.fromkeys(outer, True)
        assert probed(session, "vault", *inner, *outer) == dict.fromkeys((*inner, *outer), False)
        supervisor = parent_of(session.qubes()["web"]["daemon_pid"])
        assert len(descendants_named(supervisor, "slirp4netns")) == 1
        assert session.vitrail("stop", "web").returncode == 0
        wait_until(lambda: not descendants_named(supervisor, "slirp4netns"), 20, "the router's end")


def test_names_are_asked_for_by_the_router_in_a_qube_with_a_network_alone(desktop: XServer) -> None:
    with Session(desktop.name) as session:
        for qube, net in (("web", "user"), ("vault", "none")):
            assert session.vitrail("create", qube, "--label", "red", "--net", net).returncode == 0
            session.run(qube, "red", "sh", "-c", "cat /etc/resolv.conf /etc/nsswitch.conf > seen.new; mv seen.new seen")
            wait_until((session.home(qube) / "seen").exists, 60, "the qube's files")
        assert (session.home("web") / "seen").read_text().startswith("nameserver 10.0.2.3\n")
        assert "hosts: files dns\n" in (session.home("web") / "seen").read_text()
        assert "hosts: files\n" in (session.home("vault") / "seen").read_text()


def test_qube_with_a_network_is_not_started_without_the_program_that_makes_it(desktop: XServer) -> None:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as path, Session(desktop.name, extra={"PATH": path}) as session:
        Path(path).chmod(0o711)  # a qube's uid looks for bwrap here
        for name in ("bwrap", "python3", "Xvfb", "Xorg"):
            found = shutil.which(name)
            if found is not None:
                (Path(path) / name).symlink_to(found)
        assert session.vitrail("create", "web", "--label", "red", "--net", "user").returncode == 0
        done = session.vitrail("run", "--qube", "web", "--", "true")
        assert done.returncode == 1
        assert "apt install slirp4netns" in done.stderr
        assert session.vitrail("run", "--qube", "vault", "--label", "red", "--", "true").returncode == 0
