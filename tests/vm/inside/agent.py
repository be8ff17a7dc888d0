"""The real agent in a domain: started, looked at, ended. Knows no window."""

from __future__ import annotations

import re
from pathlib import Path

from Xlib import X, display, error

from scripts.vm.inside.programs import end, read, run, start, status
from tests.harness.wait import wait_until

BUNDLE = "/vitrail/agent.pyz"
LOG = "/tmp/agent.log"
SOCKETS = Path("/tmp/.X11-unix")
UNIT = "vitrail-guiagent.service"
SCREEN = re.compile(r"the screen (:\d+) is up")


def launch(server: str = "auto") -> int:
    """Start the agent; returns its pid. Its X server starts when a daemon has connected."""
    Path(LOG).write_text("")  # or `screen` would tell of an earlier agent's
    argv = ["/usr/bin/python3", "-I", BUNDLE, "--xen-domain", "0", "--server", server, "-v"]
    return start(argv, log=LOG)


def screen(pid: int, timeout_s: float = 60.0) -> str:
    """The name of the agent's X server, once it is up."""
    found = wait_until(lambda: SCREEN.findall(read(LOG)) or status(pid) is not None, timeout_s, "the agent's screen")
    if not isinstance(found, list):
        raise AssertionError(f"the agent ended ({status(pid)}):\n{read(LOG)}")
    return str(found[-1])


def service_screen() -> str:
    """The name of the X server of the agent that systemd has started, once it takes clients."""
    return wait_until(_answering, 60.0, "a screen of the agent's")


def _answering() -> str:
    """A server that stays: one that the agent tries and gives up has a socket too."""
    for socket in SOCKETS.glob("X*"):
        name = f":{socket.name[1:]}"
        try:
            server = display.Display(name)
        except (OSError, error.DisplayError, error.ConnectionClosedError):
            continue
        owner = server.get_selection_owner(server.intern_atom("WM_S0"))
        server.close()
        if owner != X.NONE:  # the agent is its window manager
            return name
    return ""


def service() -> dict[str, str]:
    """What systemd says of the agent, and what runs as the first program."""
    wanted = ("ActiveState", "SubState", "MainPID", "NRestarts")
    told = run(["/bin/systemctl", "show", UNIT, *(f"--property={name}" for name in wanted)])
    found = dict(line.split("=", 1) for line in told["output"].splitlines())
    command = Path(f"/proc/{found['MainPID']}/cmdline").read_text().replace("\0", " ").strip()
    limit = Path("/sys/module/xen_gntalloc/parameters/limit").read_text().strip()
    return found | {"first": Path("/proc/1/comm").read_text().strip(), "command": command, "limit": limit}


def stop(pid: int) -> int:
    """Ask the agent to end; returns its status."""
    return end(pid)
