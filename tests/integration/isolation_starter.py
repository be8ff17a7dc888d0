"""Starts two qubes with the real engine, as root or as an ordinary user, for the isolation test.

Its own process, because becoming an ordinary user cannot be undone, and because one test kills it. Takes the path of a
JSON file {"uid", "base", "attempts"}; prints one line of JSON and waits until its standard input ends.
"""

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guid.engines.bundle import Module, pack
from guid.engines.engine import LocalQube
from guid.engines.local import LocalEngine
from tests.integration import isolation_probe

MARKER = "other-qube-marker"
LEAK_FD = 99
POOL_BYTES = 1 << 20
ANSWER_BYTES = 1 << 20
ANSWER_TIMEOUT_S = 60.0
PROBE = Path(isolation_probe.__file__).read_bytes()


@dataclass(frozen=True)
class Started:
    process: subprocess.Popen[bytes]
    control: socket.socket

    def ask(self, attempts: list[dict[str, Any]]) -> dict[str, Any]:
        self.control.settimeout(ANSWER_TIMEOUT_S)
        self.control.send(json.dumps(attempts).encode())
        answer = self.control.recv(ANSWER_BYTES)
        if not answer:
            raise SystemExit(f"the qube ended with {self.process.wait(5)}")
        return dict(json.loads(answer))


def start(engine: LocalEngine, base: Path, name: str) -> Started:
    """Start qube `name` as the supervisor would: listener, sealed pool, control connection, output to a pipe."""
    path = base / f"{name}.sock"
    pool = os.memfd_create("pool", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(pool, POOL_BYTES)
    fcntl.fcntl(pool, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ANSWER_BYTES)
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWER_BYTES)
    read_end, write_end = os.pipe()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        process = engine.start(
            LocalQube(name, base / "qubes" / name / "home"),
            listener=listener,
            pool_fd=pool,
            control=theirs,
            log_fd=write_end,
        )
    theirs.close()
    os.close(write_end)
    assert isinstance(process, subprocess.Popen)
    threading.Thread(target=forward, args=(read_end,), daemon=True).start()
    return Started(process, ours)


def forward(read_end: int) -> None:
    """Show what a qube prints, until it ends."""
    while data := os.read(read_end, 1 << 16):
        os.write(2, data)


def become(uid: int) -> None:
    """Drop from root to an ordinary account for good."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    base = Path(plan["base"])
    if plan["uid"] != os.geteuid():
        become(plan["uid"])
    if os.geteuid() == 0:
        os.setgroups([0, *os.getgroups()])  # what a login as root has, and a qube must not keep
    os.dup2(os.open("/", os.O_RDONLY | os.O_DIRECTORY), LEAK_FD)  # inheritable: what close_fds is there for
    engine = LocalEngine(
        bundle=lambda magic: pack([Module("__main__.py", PROBE)], magic),
        agent_arguments=(MARKER,),
        claims=base / "uids",
    )
    other = start(engine, base, "other")
    other.ask([])
    attempts = [
        *plan["attempts"],
        {"name": "other qube's process by number", "kind": "signal", "arguments": [other.process.pid]},
        {"name": "our starter's process by number", "kind": "signal", "arguments": [os.getpid()]},
    ]
    control = isolation_probe.attempt([each for each in attempts if each.get("control", True)])
    work = start(engine, base, "work")
    answer = work.ask(attempts)
    pids = {"work": work.process.pid, "other": other.process.pid}
    print(json.dumps({"control": control, "pids": pids, **answer}), flush=True)
    sys.stdin.read()
    for each in (work, other):
        each.process.kill()
        each.process.wait()


if __name__ == "__main__":
    main()
