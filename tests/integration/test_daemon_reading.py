"""Whatever a daemon waits for while it draws, it goes on reading from its agent."""

import pytest

from protocol.codec import encode
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import Stage

pytestmark = pytest.mark.desktop

PICTURE = pseudo_random(301, 301)
SCATTERED = tuple(range(0, 178, 2))
"""89 pages, each apart from the next: such a picture is copied into a segment of its own."""


def test_daemon_reads_on_after_the_desktop_refused_a_copy_while_the_agents_work_was_awaited() -> None:
    program = ("-m", "tests.integration.refused_copies")
    with Stage() as stage, stage.qube("work", "green", program=program) as qube:
        agent = qube.agent
        agent.show(1, (100, 100, 301, 301), PICTURE)
        qube.viewable(1)
        qube.agree()
        agent.dump(1, PICTURE, SCATTERED)
        refs = b"".join(ref.to_bytes(4, "little") for ref in SCATTERED)
        dump = encode(MessageType.WINDOW_DUMP, 1, 0, 301, 301, 32, tail=refs)
        for number in range(20):
            title = encode(MessageType.WMNAME, 1, b"%d" % number)  # charged: nothing is read until X has done it
            damage = encode(MessageType.SHMIMAGE, 1, 0, 0, 301, 301)
            agent.send_raw(title + dump + damage)  # at once, so that the copy is asked for in the same turn
            qube.settle()
        assert "is not shown: refused" in qube.daemon.child.output()
