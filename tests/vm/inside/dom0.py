"""The first program of dom0: Xen's own services, domains, and calls passed on to them. Knows no window."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any, Final

from scripts.vm.inside.machine import busybox, load_modules, mount_basics, say, serve_port
from shm.errors import ChannelClosed, TransportError
from shm.vchan.xen import XenChannel, connect

CALL_PORT: Final = 6001
DISK: Final = "/dev/vda"
"""Kernel and initial file system of the domains, one after the other (see `unpack_disk`)."""
KERNEL: Final = Path("/run/domain-kernel")
RAMDISK: Final = Path("/run/domain-initrd")
SYSTEMD: Final = Path("/run/domain-systemd")
"""What a domain with systemd has beside that."""
CONFIG: Final = """\
name = "{name}"
type = "{kind}"
memory = {memory_mib}
vcpus = 1
kernel = "{kernel}"
ramdisk = "{ramdisk}"
extra = "console=hvc0 quiet mitigations=off rodata=off panic=1 {extra}"
on_crash = "destroy"
on_poweroff = "destroy"
on_reboot = "destroy"
"""
CALLED: Final[dict[int, XenChannel]] = {}


def main() -> None:
    """Start what xl needs, then answer calls."""
    mount_basics()
    say("dom0 is up")
    load_modules(("xen-privcmd", "xenfs", "xen-evtchn", "xen-gntdev", "xen-gntalloc"), {"xen-gntalloc": "limit=4096"})
    busybox("mount", "-t", "xenfs", "xenfs", "/proc/xen")
    for folder in ("/run/xen", "/run/xenstored", "/var/lib/xen", "/var/lib/xenstored", "/var/log/xen/console"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    if not Path("/var/run").exists():
        Path("/var/run").symlink_to("/run")
    if not Path("/var/lock").exists():
        Path("/var/lock").symlink_to("/run/lock")
    for argv in (
        ["xenstored", "--pid-file=/run/xenstored.pid"],
        ["xen-init-dom0"],
        ["xenconsoled", "--pid-file=/run/xenconsoled.pid", "--log=guest", "--log-dir=/var/log/xen/console"],
    ):
        done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL)
        say(f"{argv[0]}: {done.returncode}")
    load_modules(("virtio_ring", "virtio", "virtio_blk"))
    serve_port()


def unpack_disk(parts: dict[str, int]) -> None:
    """Copy files that lie on the disk one after another. parts: path → length in bytes, in their order."""
    with Path(DISK).open("rb", buffering=0) as disk:
        for path, length in parts.items():
            with Path(path).open("wb") as out:
                left = length
                while left:
                    sent = os.sendfile(out.fileno(), disk.fileno(), None, left)
                    left -= sent


def create(name: str, kind: str = "pv", memory_mib: int = 512, *, systemd: bool = False) -> int:
    """Start a domain; returns its id."""
    ramdisk, extra = RAMDISK, ""
    if systemd:
        ramdisk, extra = Path(f"/run/{name}.initrd"), "rdinit=/lib/systemd/systemd"
        ramdisk.write_bytes(RAMDISK.read_bytes() + SYSTEMD.read_bytes())
    config = Path(f"/run/{name}.cfg")
    config.write_text(
        CONFIG.format(name=name, kind=kind, memory_mib=memory_mib, kernel=KERNEL, ramdisk=ramdisk, extra=extra)
    )
    xl("create", str(config))
    if systemd:
        ramdisk.unlink()
    return int(xl("domid", name))


def destroy(domain: int) -> None:
    """End a domain at once."""
    xl("destroy", str(domain))


def domains() -> list[str]:
    """The lines of `xl list`, without its title."""
    return xl("list").splitlines()[1:]


def xl(*argv: str, timeout_s: float = 200.0) -> str:
    """Run xl. Raises RuntimeError with what it wrote, if it fails."""
    done = subprocess.run(
        ["xl", *argv], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"xl {' '.join(argv)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def console(name: str) -> str:
    """The end of what a domain wrote to its console."""
    path = Path(f"/var/log/xen/console/guest-{name}.log")
    return path.read_bytes()[-6000:].decode("utf-8", "replace") if path.exists() else ""


# Calls into domains, over a channel of our own making


def call(domain: int, name: str, arguments: dict[str, Any], timeout_s: float = 60.0) -> Any:
    """Call `package.module:function` in a domain. Raises RuntimeError with its traceback."""
    deadline = time.monotonic() + timeout_s
    channel = CALLED.get(domain)
    if channel is None:
        channel = CALLED[domain] = _connected(domain, deadline)
        _answer(channel, deadline)  # its first word
    request = {"id": domain, "call": name, "with": arguments}
    channel.send(json.dumps(request).encode("ascii") + b"\n")
    answer = _answer(channel, deadline)
    if "error" in answer:
        raise RuntimeError(f"in domain {domain}: {answer['error']}")
    return answer["result"]


def _connected(domain: int, deadline: float) -> XenChannel:
    while True:
        try:
            return connect(domain, CALL_PORT)
        except ChannelClosed:
            raise
        except TransportError as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"domain {domain} does not serve calls: {error}") from error
        select.select([], [], [], 0.1)


def _answer(channel: XenChannel, deadline: float) -> dict[str, Any]:
    received = b""
    while not received.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([channel.fileno()], [], [], left)[0]:
            raise TimeoutError("the domain did not answer")
        received += channel.receive()
    found: dict[str, Any] = json.loads(received)
    return found


def forget(domain: int) -> None:
    """Close the way into a domain; while it is open, the domain's pages stay in the machine."""
    channel = CALLED.pop(domain, None)
    if channel is not None:
        channel.close()
