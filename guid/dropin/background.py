"""How a daemon gets into the background: fork, wait for its first word, log to a file; must not know what it serves.

Source: qubes-gui-daemon 4.3: the parent ends with 0 when the agent is connected, with 1 when its child has ended or
`startup_timeout` is over, and then leaves the child waiting.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

WITHOUT_WAIT_S = 1.0
"""A start that does not wait gives the child as long to fail at once, as the C daemon does."""


class LogError(Exception):
    """The log cannot be written; the message says why. This system's fault."""


class FirstWord:
    """One byte from a child to its parent, once it serves."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_CLOEXEC)

    def say(self) -> None:
        """In the child. Harmless when repeated, or when nobody listens any more."""
        if self._write >= 0:
            with suppress(BrokenPipeError):
                os.write(self._write, b"Q")
            os.close(self._write)
            self._write = -1

    def in_child(self) -> None:
        """Keep the child's end only."""
        os.close(self._read)

    def heard(self, timeout_s: float) -> bool | None:
        """In the parent: whether it came; None if neither that nor the child's end came in time."""
        os.close(self._write)
        ready, _, _ = select.select([self._read], [], [], timeout_s)
        return bool(os.read(self._read, 1)) if ready else None


def fork_background(serve: Callable[[FirstWord], int], wait_s: float) -> bool | None:
    """Run `serve` in a child without a terminal; in the parent: what `FirstWord.heard` says of it after `wait_s`.

    The child ends with what `serve` returns, and never comes back from here.
    """
    word = FirstWord()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            word.in_child()
            os.setsid()
            code = serve(word)
        finally:
            if (failure := sys.exception()) is not None:
                traceback.print_exception(failure)
            os._exit(code)
    return word.heard(wait_s)


def log_to(path: Path) -> None:
    """Output goes to a new file from now on, and the one before is kept as .old; input is empty. Raises LogError."""
    try:
        with suppress(FileNotFoundError):
            path.replace(path.with_name(f"{path.name}.old"))
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise LogError(f"cannot write {path}: {error.strerror}") from error
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    for fd, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(fd, target)
    os.close(log)
    os.close(nothing)


def take_signals_of_qubes() -> None:
    """SIGUSR1, from a daemon that takes over, ends this one as SIGTERM does; SIGHUP tells what is seen anyway."""
    signal.signal(signal.SIGUSR1, lambda _number, _frame: os.kill(os.getpid(), signal.SIGTERM))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
