"""What a hostile program would try from inside a qube; run outside too, as the control that shows that it can succeed.

Standard library only: it is the whole of a qube's "agent" in the isolation test. Reads one packet of JSON from the
control connection, a list of attempts, and answers with what they reached and with what it sees of itself.
"""

import contextlib
import ctypes
import errno
import json
import os
import signal
import socket
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLONE_NEWUSER = 0x10000000
SYS_KEYCTL = {"x86_64": 250, "aarch64": 219, "riscv64": 219}
KEYCTL_GET_KEYRING_ID, SESSION_KEYRING = 0, -3
SECONDS = 2.0


def reach_unix(address: str) -> bool:
    """Connect to a unix stream or packet socket; a leading @ means abstract."""
    name = "\0" + address[1:] if address.startswith("@") else address
    for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        with socket.socket(socket.AF_UNIX, kind) as client, contextlib.suppress(OSError):
            client.settimeout(SECONDS)
            client.connect(name)
            return True
    return False


def reach_tcp(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), SECONDS):
            return True
    except OSError:
        return False


def reach_udp(host: str, port: int) -> bool:
    """Ask a name server and wait for its answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(SECONDS)
        try:
            client.sendto(b"question", (host, port))
            return client.recv(64) == b"answer"
        except OSError:
            return False


def reach_file(path: str) -> bool:
    try:
        return bool(Path(path).read_bytes())
    except OSError:
        return False


def names_in(folder: str) -> list[str]:
    return sorted(entry.name for entry in Path(folder).iterdir())


def reach_folder(path: str) -> bool:
    try:
        names_in(path)
    except OSError:
        return False
    return True


def reach_write(path: str) -> bool:
    """Make a file in a folder."""
    file = Path(path) / f"isolation-probe-{os.getpid()}"
    try:
        file.write_text("")
        file.unlink()
    except OSError:
        return False
    return True


def reach_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def reach_process(marker: str) -> bool:
    """Find a process by a word of its command line."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if marker.encode() in file.read_bytes() and file.parent.name != str(os.getpid()):
                return True
    return False


def reach_namespace(kind: str, host: str) -> bool:
    return str(Path(f"/proc/self/ns/{kind}").readlink()) == host


def reach_family(number: int) -> bool:
    """Make a socket of a family that no network namespace confines."""
    try:
        socket.socket(number, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return True


def reach_keyring() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.syscall(SYS_KEYCTL[os.uname().machine], KEYCTL_GET_KEYRING_ID, SESSION_KEYRING, 1) > 0)


def reach_new_user_namespace() -> bool:
    """Become root of a namespace of one's own, in a child."""
    child = os.fork()
    if child == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        os._exit(0 if libc.unshare(CLONE_NEWUSER) == 0 else 1)
    return os.waitpid(child, 0)[1] == 0


def reach_through_descriptor() -> bool:
    """Leave through any inherited descriptor of a folder."""
    for entry in names_in("/proc/self/fd"):
        with contextlib.suppress(OSError):
            os.close(os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=int(entry)))
            return True
    return False


REACH: dict[str, Callable[..., bool]] = {
    "unix": reach_unix,
    "tcp": reach_tcp,
    "udp": reach_udp,
    "file": reach_file,
    "folder": reach_folder,
    "write": reach_write,
    "signal": reach_signal,
    "process": reach_process,
    "namespace": reach_namespace,
    "family": reach_family,
    "keyring": reach_keyring,
    "new_user_namespace": reach_new_user_namespace,
    "descriptor": reach_through_descriptor,
}


def attempt(attempts: list[dict[str, Any]]) -> dict[str, bool]:
    """attempts: {"name", "kind", "arguments"}. Returns name → whether it was reached."""
    return {each["name"]: REACH[each["kind"]](*each["arguments"]) for each in attempts}


def status_fields() -> dict[str, str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def descriptors() -> dict[str, str]:
    """Our open descriptors and what each is, without the one that lists them."""
    found = {}
    for name in names_in("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found[name] = str(Path(f"/proc/self/fd/{name}").readlink())
    return found


def writable_mounts() -> list[list[str]]:
    """[mount point, file system] of each mount that is not read-only. Source: proc(5), mountinfo."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        words = before.split()
        if "rw" in words[5].split(","):
            found.append([words[4], after.split()[0]])
    return found


def terminal_error() -> str:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return ""


def pseudo_terminal_works() -> bool:
    leader, follower = os.openpty()
    termios.tcgetattr(follower)
    name = os.ttyname(follower)
    os.close(leader)
    os.close(follower)
    return name.startswith("/dev/pts/")


def seen() -> dict[str, Any]:
    """What this process sees of itself and of the world it is in."""
    return {
        "status": status_fields(),
        "ids": [os.getresuid(), os.getresgid(), os.getgroups()],
        "descriptors": descriptors(),
        "environment": dict(os.environ),
        "root": names_in("/"),
        "etc": names_in("/etc"),
        "homes": names_in("/home"),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "writable_mounts": writable_mounts(),
        "terminal_error": terminal_error(),
        "pseudo_terminal": pseudo_terminal_works(),
        "hostname": socket.gethostname(),
        "machine_id": Path("/etc/machine-id").read_text().strip(),
        "umask": f"{os.umask(0o077):03o}",
        "session": os.getsid(0),
        "cwd": str(Path.cwd()),
        "core_limit": Path("/proc/self/limits").read_text().split("Max core file size")[1].split()[0],
        "oom_score_adj": int(Path("/proc/self/oom_score_adj").read_text()),
        "argv": sys.argv[1:],
        "isolated": sys.flags.isolated,
        "pid_count": len([name for name in names_in("/proc") if name.isdigit()]),
    }


def main() -> None:
    fd = int(sys.argv[sys.argv.index("--control-fd") + 1])
    with socket.socket(fileno=fd) as control:
        (Path.home() / "started").write_text(str(time.time()))
        while packet := control.recv(1 << 16):
            attempts = json.loads(packet)
            answer = {"reached": attempt(attempts), "seen": seen()}
            control.send(json.dumps(answer).encode())
    while True:  # a hostile program does not leave when it is no longer wanted
        signal.pause()


if __name__ == "__main__":
    main()
