"""`vitrail-guid` beside a scripted agent on a real desktop; knows its command line and files, nothing of its inside."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from Xlib import X, error

from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.pixels import Pixels, pseudo_random
from tests.harness.processes import ROOT, Child, clean_environment, lives
from tests.harness.wait import time_scale, wait_until
from tests.integration.daemon_desk import Four, Person

DOMAIN = 7
US_POSITION = 1


class Qubes:
    """A system folder of its own with one agent, and the daemons that are started for it. A context manager.

    run, logs: in the places of /run/qubes and /var/log/qubes. config: guid.conf.
    """

    def __init__(self, person: Person, folder: Path, *, name: str = "work") -> None:
        self.person, self.folder, self.name = person, folder, name
        self.run, self.logs, self.config, private = (folder / each for each in ("run", "logs", "guid.conf", "private"))
        self.runtime = private
        for each in (self.run, self.logs):
            each.mkdir()
        private.mkdir(mode=0o700)
        self.agent = ScriptedAgent(folder, pool_bytes=16 << 20)
        self.environment = clean_environment(
            DISPLAY=person.x.get_display_name(),
            PYTHONPATH=str(ROOT),
            XDG_RUNTIME_DIR=str(private),
            XDG_DATA_HOME=str(folder / "data"),
            XDG_CONFIG_HOME=str(folder / "config"),
        )
        self._stack = contextlib.ExitStack()
        self._next = 0x400000

    def argv(self, *words: str) -> list[str]:
        """The command, for this agent and these folders."""
        return [
            *(sys.executable, "-m", "guid.dropin", "-C", str(self.config), "-d", str(DOMAIN), "-N", self.name),
            *("--run-folder", str(self.run), "--log-folder", str(self.logs)),
            *("--vchan-socket", str(self.agent.path), "--pool-fd", str(self.agent.pool.fd), *words),
        ]

    def start(self, *words: str, settings: str = "") -> subprocess.CompletedProcess[str]:
        """Start it in the background; returns how the command ended."""
        self.config.write_text(settings)
        return subprocess.run(
            self.argv(*words), env=self.environment, pass_fds=(self.agent.pool.fd,), capture_output=True, text=True,
            check=False, timeout=60 * time_scale(),
        )  # fmt: skip

    def foreground(self, *words: str, settings: str = "") -> Child:
        """Start it with -f and shake hands."""
        self.config.write_text(settings)
        log = self.folder / "output"
        child = Child(self.argv("-f", *words), env=self.environment, pass_fds=(self.agent.pool.fd,), log=log)
        self._stack.enter_context(child)
        self.agent.shake_hands()
        return child

    @property
    def running(self) -> Path:
        """The file with the pid."""
        return self.run / f"guid-running.{DOMAIN}"

    @property
    def booting(self) -> Path:
        """The file that a start locks."""
        return self.run / f"guid-booting.{DOMAIN}"

    def log(self) -> str:
        """What was logged in the background."""
        return (self.logs / f"guid.{self.name}.log").read_text()

    def pid(self) -> int:
        """Of the daemon that runs, which is ended with the test."""
        text = wait_until(lambda: self.running.exists() and self.running.read_text(), what="the running file")
        found = int(text)
        self._stack.callback(_end, found)
        return found

    # Windows

    def show(self, rect: Four, *, popup: bool = False, picture: Pixels | None = None) -> tuple[int, int]:
        """A mapped window: the agent's id, X's id."""
        self._next += 1
        remote = self._next
        self.agent.create(remote, rect, popup=popup)
        self.agent.send(MessageType.WINDOW_HINTS, remote, US_POSITION, *[0] * 8)
        self.agent.map(remote, popup=popup)
        if picture is None:
            picture = pseudo_random(rect[2], rect[3])
        self.agent.dump(remote, picture)
        self.agent.damage(remote, (0, 0, rect[2], rect[3]))
        return remote, wait_until(lambda: self.outer(remote, mapped=True), what=f"window {remote:#x}")

    def outer(self, remote: int, *, mapped: bool) -> int:
        """The X id of the window that says it is this one of the agent's; 0 if there is none (on the screen)."""
        to_visit = self.person.tree()
        while to_visit:
            window = to_visit.pop()
            with contextlib.suppress(error.BadWindow, error.BadDrawable):  # windows come and go meanwhile
                if self.person.numbers(window.id, "_QUBES_VMWINDOWID") == [remote] and (
                    not mapped or window.get_attributes().map_state == X.IsViewable
                ):
                    return int(window.id)
                to_visit += window.query_tree().children
        return 0

    def close(self) -> None:
        self._stack.close()
        self.agent.__exit__(None, None, None)
        for log in (self.folder / "output", self.logs / f"guid.{self.name}.log"):
            if log.exists():
                sys.stderr.write(log.read_text(errors="replace"))  # pytest shows it with a failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _end(pid: int) -> None:
    """No child of ours: it was forked from one that has ended."""
    if lives(pid):
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not lives(pid), what=f"the end of {pid}")
