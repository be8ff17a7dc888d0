"""The first program of a machine, after the initial file system: starts the agent. Must run inside, as root.

Standard library only. It gives the agent, which is an ordinary user, what belongs to root here: the ports and the
shared memory. When the agent ends, or the trusted side says so, the machine is switched off.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from guid.engines.qemu.names import CONTROL_PORT, GUI_PORT
from guid.engines.qemu.packets import relay

UID = GID = 1000
HOME = Path("/home/user")
AGENT = "/run/vitrail/agent.pyz"
PORTS = Path("/sys/class/virtio-ports")
DEVICES = Path("/sys/bus/pci/devices")
STOP_TIMEOUT_S = 2.0
SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41


def say(text: str) -> None:
    """One line on the console, with the machine's age."""
    age = Path("/proc/uptime").read_text().split()[0]
    print(f"first: {age} s: {text}", flush=True)


def prepare() -> None:
    """What an agent needs of a machine."""
    socket.sethostname(Path("/etc/hostname").read_text().strip())
    x_sockets = "/tmp/.X11-unix"  # noqa: S108 - a path inside the qube
    for folder, mode in ((x_sockets, 0o1777), ("/run/user", 0o755), ("/run/user/1000", 0o700)):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder).chmod(mode)
    os.chown("/run/user/1000", UID, GID)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP_RUNNING))
    for device in DEVICES.iterdir():
        if (device / "device").read_text().strip() == "0x1110":
            (device / "enable").write_text("1")
            for memory in device.glob("resource2*"):
                os.chown(memory, UID, GID)


def make_ports() -> str:
    """Make the device files of the ports, the agent's its own; return the path of the control port."""
    control = ""
    for port in PORTS.iterdir():
        major, minor = (int(part) for part in (port / "dev").read_text().split(":"))
        path = f"/dev/{port.name}"
        name = (port / "name").read_text().strip()
        os.mknod(path, 0o20600, os.makedev(major, minor))
        if name == GUI_PORT:
            os.chown(path, UID, GID)
        elif name == CONTROL_PORT:
            control = path
    return control


def start_agent(control: socket.socket, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the agent as the ordinary user of this machine."""
    arguments = ["--virtio-port", GUI_PORT, "--ivshmem", "--control-fd", str(control.fileno())]
    return subprocess.Popen(
        [sys.executable, "-I", AGENT, *arguments],
        pass_fds=[control.fileno()],
        stdin=subprocess.DEVNULL,
        env=environment,
        cwd=HOME,
        user=UID,
        group=GID,
        extra_groups=[],
        start_new_session=True,
    )


def reap(agent: subprocess.Popen[bytes]) -> bool:
    """Collect whatever has ended (this is process 1); True once the agent has."""
    if agent.poll() is not None:
        return True
    while True:
        # Not the agent: its own object waits for it.
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        if ended is None:
            return False
        if ended.si_pid == agent.pid:
            return agent.poll() is not None
        os.waitpid(ended.si_pid, 0)


def wait_for_all(wake_fd: int) -> None:
    """Give every process some time to end."""
    deadline = time.monotonic() + STOP_TIMEOUT_S
    woken = select.poll()
    woken.register(wake_fd, select.POLLIN)
    while time.monotonic() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG) != (0, 0):
                continue
        except ChildProcessError:
            return
        if woken.poll(100):
            os.read(wake_fd, 4096)


def leave_home() -> None:
    """Unmount, and wait until that is done: a device that is switched off meanwhile would lose the last writes."""
    import ctypes  # noqa: PLC0415 - a second of a start, in an emulated machine

    os.chdir("/")
    # SAFETY: umount2(const char *, int): a bytes object that lives through the call, and no flags.
    if ctypes.CDLL(None, use_errno=True).umount2(os.fsencode(HOME), 0) != 0:
        say(f"the home stays mounted: {os.strerror(ctypes.get_errno())}")


def switch_off(wake_fd: int) -> None:
    """End everything, let go of the home, and never come back."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, number)
        wait_for_all(wake_fd)
    os.sync()
    leave_home()
    Path("/proc/sysrq-trigger").write_text("o")
    while True:
        signal.pause()


def main() -> None:
    """Never returns."""
    say("started")
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    prepare()
    control = os.open(make_ports(), os.O_RDWR | os.O_CLOEXEC)
    ours, agents = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    lines = Path("/etc/vitrail-environment").read_text().splitlines()
    agent = start_agent(agents, dict(line.split("=", 1) for line in lines))
    agents.close()
    say("the agent is started")
    relay(ours, control, lambda: reap(agent), wake_read)
    say(f"the agent has ended ({agent.poll()})")
    switch_off(wake_read)
