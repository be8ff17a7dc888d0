"""Two Xen domains with the real agent, the real daemons in dom0, and one person. Knows no test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from scripts.vm.image import Images
from tests.vm.xen_host import CALL_TIMEOUT_S, Domain, XenHost

XEN_DEADLINE_S: Final = 2400.0
"""For all tests of the machine; three minutes when nothing else runs."""
EVENT_TIMEOUT_S: Final = 120.0
LABELS: Final = {"work": "blue", "untrusted": "red"}
SERVED: Final = "work"
"""The domain where systemd starts the agent; in the other one a test does."""


@dataclass
class Qube:
    """A domain with an agent and a program in it, and a daemon in dom0."""

    name: str
    domain: Domain
    agent: int | None
    """Its process; None where it is a service."""

    def desktop(self, function: str, call_timeout_s: float = CALL_TIMEOUT_S, /, **arguments: Any) -> Any:
        """Call a function of the desktop about this qube."""
        return self.domain.host.dom0(f"desktop:{function}", call_timeout_s, name=self.name, **arguments)

    def program(self, function: str, call_timeout_s: float = CALL_TIMEOUT_S, /, **arguments: Any) -> Any:
        """Call a function of the qube's program."""
        return self.domain(f"program:{function}", call_timeout_s, **arguments)

    def screen(self) -> str:
        """The name of the agent's X server, which starts once a daemon has come."""
        if self.agent is None:
            return str(self.domain("agent:service_screen"))
        return str(self.domain("agent:screen", pid=self.agent))

    def shows(self, title: str) -> dict[str, Any]:
        """Wait until the desktop shows exactly what the qube's own screen has."""
        own = self.program("picture", name=title)
        found: dict[str, Any] = self.desktop("wait_picture", title=title, size=own["size"], expected=own["checksum"])
        return found

    def keys(self, title: str) -> list[int]:
        """The keycodes that a window has got."""
        return [event["key"] for event in self.program("events") if event.get("window") == title and "key" in event]

    def wait_event(self, timeout_s: float = EVENT_TIMEOUT_S, **wanted: Any) -> dict[str, Any]:
        """Wait until something has happened to a window."""
        deadline = time.monotonic() + timeout_s
        while True:
            events: list[dict[str, Any]] = self.program("events")
            found = next((event for event in events if wanted.items() <= event.items()), None)
            if found is not None:
                return found
            assert time.monotonic() < deadline, f"{wanted} never came: {events}"


@dataclass
class World:
    """The machine and its qubes."""

    host: XenHost
    qubes: dict[str, Qube]

    @property
    def work(self) -> Qube:
        return self.qubes["work"]

    @property
    def untrusted(self) -> Qube:
        return self.qubes["untrusted"]

    def tell(self) -> str:
        """Everything that was written, for a failure."""
        parts = [self.host.serial_log()]
        for name, qube in self.qubes.items():
            parts.append(f"--- console of {name}\n{qube.domain.console()}")
            parts.append(f"--- daemon of {name}\n{qube.desktop('log')}")
        return "\n".join(parts)


@contextmanager
def xen_world(made: Images, say: Callable[[str], None]) -> Iterator[World]:
    """Start all of it; it ends with the block."""
    began = time.monotonic()
    with XenHost.boot(made, deadline_s=XEN_DEADLINE_S) as host:
        say(f"vm: Xen and dom0 after {time.monotonic() - began:.0f} s")
        domains = {name: host.domain(name, memory_mib=640, systemd=name == SERVED) for name in LABELS}
        host.dom0("desktop:begin")
        qubes = {
            name: Qube(name, domain, None if name == SERVED else domain("agent:launch"))
            for name, domain in domains.items()
        }
        for name, qube in qubes.items():
            qube.desktop("serve", label=LABELS[name], domain=qube.domain.number)
        for qube in qubes.values():
            qube.program("open_display", display_name=qube.screen())
        say(f"vm: two domains with agents after {time.monotonic() - began:.0f} s")
        yield World(host, qubes)
