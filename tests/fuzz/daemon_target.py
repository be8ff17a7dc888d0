"""The real daemon on a real X server as the target of a stream: it must end as the core says, or show right frames."""

import re
from typing import Final

from guid.config import ExitCode
from tests.fuzz.target import MAX_POOL_PAGES, talk
from tests.harness.stage import Stage

LOG: Final = re.compile(rb"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:INFO|WARNING|ERROR) evil: [\x20-\x7e]*\n)*")
"""A daemon's log: records of ours in printable ASCII, no traceback."""

PATIENCE_S: Final = 20.0


def try_stream(stage: Stage, stream: bytes) -> None:
    """Let a fresh daemon take `stream`. Raises AssertionError when it does anything but what its core does."""
    expected = talk([stream], 8, pool_pages=MAX_POOL_PAGES)
    with stage.qube("evil", "red") as qube:
        qube.agent.send_raw(stream)
        child = qube.daemon.child
        if expected.line:
            assert child.wait(30.0) == ExitCode.VIOLATION
            assert f"the qube's session ends: {expected.line}" in child.output()
        elif expected.unfinished:
            qube.agent.hang_up()
            qube.daemon.expect("state")
            assert child.alive, child.output()
        else:
            qube.settle()
            stage.clean("after the stream", patience_s=PATIENCE_S)
            qube.lives()
        assert qube.daemon.log is not None
        assert LOG.fullmatch(qube.daemon.log.read_bytes()), child.output()
