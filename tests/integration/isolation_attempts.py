"""The attempts of the isolation test and the canaries that they aim at; does not know how they are carried out."""

import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.harness.xserver import XServer
from tests.integration import isolation_probe

NAMESPACES = ("user", "ipc", "pid", "net", "uts", "cgroup", "mnt")
AF_ALG, AF_VSOCK = 38, 40


class Attempt(NamedTuple):
    """One thing to try.

    by_root:  only root can do it outside, so the control runs here and not as the starter's user.
    stranger: a socket of somebody else's, which is not to be bothered by a control.
    """

    name: str
    kind: str
    arguments: tuple[str | int, ...] = ()
    by_root: bool = False
    stranger: bool = False

    def as_json(self) -> dict[str, Any]:
        here = not self.by_root and not self.stranger
        return {"name": self.name, "kind": self.kind, "arguments": list(self.arguments), "control": here}


def listening_unix_sockets() -> list[str]:
    """Every listening unix socket of this host that has a name; abstract ones with @. Source: proc(5), net/unix."""
    found = []
    for line in Path("/proc/net/unix").read_text().splitlines()[1:]:
        words = line.split(maxsplit=7)
        if len(words) == 8 and words[3] == "00010000":
            found.append(words[7])
    return found


def listening_tcp_ports() -> list[int]:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sorted({int(line.split()[1].split(":")[1], 16) for line in lines if line.split()[3] == "0A"})


@contextlib.contextmanager
def name_server() -> Iterator[int]:
    """Answer each datagram on a port of the host's loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    question, sender = server.recvfrom(64)
                    if question == b"end":
                        return
                    server.sendto(b"answer", sender)

        thread = threading.Thread(target=serve)
        thread.start()
        port = int(server.getsockname()[1])
        try:
            yield port
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
                end.sendto(b"end", ("127.0.0.1", port))
            thread.join()


@contextlib.contextmanager
def canary_sockets(base: Path) -> Iterator[list[Attempt]]:
    """Open a listening socket of each sort, for everybody to connect to."""
    with contextlib.ExitStack() as stack:
        bus = stack.enter_context(socket.socket(socket.AF_UNIX))
        bus.bind(str(base / "bus"))
        (base / "bus").chmod(0o666)
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0vitrail-canary-{os.getpid()}")
        tcp = stack.enter_context(socket.socket(socket.AF_INET))
        tcp.bind(("127.0.0.1", 0))
        tcp6 = stack.enter_context(socket.socket(socket.AF_INET6))
        tcp6.bind(("::1", 0))
        for each in (bus, abstract, tcp, tcp6):
            each.listen(64)
        dns = stack.enter_context(name_server())
        yield [
            Attempt("session bus", "unix", (str(base / "bus"),)),
            Attempt("abstract socket", "unix", (f"@vitrail-canary-{os.getpid()}",)),
            Attempt("port on 127.0.0.1", "tcp", ("127.0.0.1", tcp.getsockname()[1])),
            Attempt("port on ::1", "tcp", ("::1", tcp6.getsockname()[1])),
            Attempt("name server", "udp", ("127.0.0.1", dns)),
        ]


def x_attempts(server: XServer) -> list[Attempt]:
    path = f"/tmp/.X11-unix/X{server.name[1:]}"
    return [Attempt("X socket, file", "unix", (path,)), Attempt("X socket, abstract", "unix", (f"@{path}",))]


def stranger_attempts() -> list[Attempt]:
    """Every other listening socket that this host happens to have."""
    return [
        *(Attempt(f"unix {address}", "unix", (address,), stranger=True) for address in listening_unix_sockets()),
        *(Attempt(f"tcp {port}", "tcp", ("127.0.0.1", port), stranger=True) for port in listening_tcp_ports()),
    ]


def file_attempts(base: Path) -> list[Attempt]:
    found = [
        Attempt("/etc/shadow", "file", ("/etc/shadow",), by_root=True),
        Attempt("/etc/gshadow", "file", ("/etc/gshadow",), by_root=True),
        Attempt("/root", "folder", ("/root",), by_root=True),
        Attempt("the person's home", "file", (str(base / "person" / "secret"),)),
        Attempt("folder of qubes", "folder", (str(base / "qubes" / "other"),)),
        Attempt("another qube's file", "file", (str(base / "qubes" / "other" / "home" / "started"),)),
        Attempt("another qube's process by name", "process", (str(base / "qubes" / "other" / "home"),)),
        Attempt("the host's /tmp", "folder", (str(base),)),
        Attempt("/var/lib", "folder", ("/var/lib",)),
        Attempt("/sys", "folder", ("/sys/class",)),
        Attempt("out through a descriptor", "descriptor"),
        Attempt("writing to /usr", "write", ("/usr",), by_root=True),
        Attempt("writing to /etc", "write", ("/etc",), by_root=True),
        Attempt("writing to /", "write", ("/",), by_root=True),
        Attempt("writing to /dev", "write", ("/dev",), by_root=True),
    ]
    host_keys = [
        Attempt(str(key), "file", (str(key),), by_root=True) for key in Path("/etc/ssh").glob("ssh_host_*_key")
    ]
    present = [path for path in ("/etc/ssh", "/etc/ssl/private", "/opt", "/srv", "/mnt") if Path(path).is_dir()]
    return [*found, *host_keys, *(Attempt(path, "folder", (path,), by_root=True) for path in present)]


def kernel_attempts() -> list[Attempt]:
    """Shared things of the kernel, each left out where this kernel has none."""
    found = [
        Attempt(f"{kind} namespace", "namespace", (kind, str(Path(f"/proc/self/ns/{kind}").readlink())))
        for kind in NAMESPACES
    ]
    possible = [
        Attempt("AF_VSOCK", "family", (AF_VSOCK,)),
        Attempt("AF_ALG", "family", (AF_ALG,)),
        Attempt("session keyring", "keyring"),
        Attempt("a user namespace of its own", "new_user_namespace"),
    ]
    return found + [each for each in possible if isolation_probe.attempt([each.as_json()])[each.name]]
