"""The program beside the emulator, in its sandbox: starts it, passes control packets on. Must not know the machine.

Standard library only. It ends when the emulator does, and the emulator when it does: nothing of a qube lives longer
than its sandbox. Arguments: the control descriptor, then the emulator's command line, in which {control} stands for the
machine's end of the stream.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

from guid.engines.qemu.packets import relay


def main() -> int:
    """Return how the emulator ended."""
    control = socket.socket(fileno=int(sys.argv[1]))
    ours, machines = socket.socketpair()
    argv = [word.replace("{control}", str(machines.fileno())) for word in sys.argv[2:]]
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    keep = [int(word) for word in os.listdir("/proc/self/fd")]  # noqa: PTH208 - names are enough
    private = {control.fileno(), ours.fileno(), wake_read, wake_write}
    emulator = subprocess.Popen(argv, pass_fds=[fd for fd in keep if fd > 2 and fd not in private and _is_open(fd)])
    machines.close()
    try:
        relay(control, ours.fileno(), lambda: emulator.poll() is not None, wake_read)
    finally:
        if emulator.poll() is None:
            emulator.kill()
    return emulator.wait()


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:  # the descriptor of the listing itself
        return False
    return True
