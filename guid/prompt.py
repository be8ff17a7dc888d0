"""Asks the person in a process of its own, so that nobody waits for the answer; must not know what is asked for.

The caller watches a descriptor. Whatever goes wrong in the child, no display included, is read as a no.
"""

from __future__ import annotations

import logging
import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from colors.question import Question
from guid.fork import NoProcess, fork_off
from guid.x11.prompt import Prompt
from shm.errors import DisplayLost

log = logging.getLogger(__name__)

YES = b"y"


@dataclass(eq=False, slots=True)
class RunningPrompt:
    """A question on the screen. fd: readable when it is answered."""

    pid: int
    fd: int

    def fileno(self) -> int:
        """The descriptor to watch."""
        return self.fd

    def answer(self) -> bool:
        """What the person said; only to be called when `fd` is readable, and once."""
        said = os.read(self.fd, 1)
        os.close(self.fd)
        os.waitpid(self.pid, 0)
        return said == YES

    def withdraw(self) -> None:
        """Take it off the screen; nobody waits for the answer any more."""
        os.close(self.fd)
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def start_prompt(question: Question, display: str, timeout_s: float) -> RunningPrompt:
    """Put the question on the screen. No answer after `timeout_s` is a no. Raises NoProcess."""
    try:
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
    except OSError as error:
        raise NoProcess(f"no process can be started: {error.strerror}") from error

    def ask() -> int:
        try:
            prompt = Prompt(question, display)
            if prompt.ask(timeout_s):
                os.write(write_end, YES)
            prompt.close()
        except DisplayLost as error:
            log.warning("the person cannot be asked: %s", error)
        return 0

    try:
        pid = fork_off(ask, keep={write_end}, crash="the question crashed")
    except NoProcess:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)
    return RunningPrompt(pid, read_end)
