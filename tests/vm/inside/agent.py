"""The real agent in a domain: started, looked at, ended. Knows no window."""

from __future__ import annotations

import re

from scripts.vm.inside.programs import end, read, start, status
from tests.harness.wait import wait_until

BUNDLE = "/vitrail/agent.pyz"
LOG = "/tmp/agent.log"
SCREEN = re.compile(r"the screen (:\d+) is up")


def launch(server: str = "auto") -> int:
    """Start the agent; returns its pid. Its X server starts when a daemon has connected."""
    argv = ["/usr/bin/python3", "-I", BUNDLE, "--xen-domain", "0", "--server", server, "-v"]
    return start(argv, log=LOG)


def screen(pid: int, timeout_s: float = 60.0) -> str:
    """The name of the agent's X server, once it is up."""
    found = wait_until(lambda: SCREEN.findall(read(LOG)) or status(pid) is not None, timeout_s, "the agent's screen")
    if not isinstance(found, list):
        raise AssertionError(f"the agent ended ({status(pid)}):\n{read(LOG)}")
    return str(found[-1])


def stop(pid: int) -> int:
    """Ask the agent to end; returns its status."""
    return end(pid)
