"""QSB-026 (2016): MSG_MAP changed the daemon's note of override-redirect, but not the X window's attribute.

So the daemon held the window manager responsible for the frame, and the window manager the daemon. Here there is one
frame for both kinds, made with the window; the kind is granted in one place, and a window that changes it gets another
outer while it is not on the screen.
"""

import itertools

import pytest

from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube

pytestmark = pytest.mark.desktop

WINDOW = 0x11


def agrees(evil: ActedQube) -> bool:
    """The daemon's note and the X server's attribute are the same."""
    noted: bool = evil.daemon.window(WINDOW)["override_redirect"]
    return noted is bool(evil.outer(WINDOW).get_attributes().override_redirect)


@pytest.mark.parametrize("picture", [True, False], ids=["drawn", "empty"])
def test_map_with_every_other_flag_keeps_the_frame(evil: ActedQube, picture: bool) -> None:  # noqa: FBT001
    evil.agent.create(WINDOW, (100, 100, 200, 150), popup=False)
    for number, (first, second) in enumerate(itertools.product([False, True], repeat=2)):
        evil.agent.map(WINDOW, popup=first)
        if picture:
            evil.agent.dump(WINDOW, pseudo_random(200, 150))
            evil.agent.damage(WINDOW, (0, 0, 200, 150))
        evil.settle()
        evil.stage.judge(f"round {number}: mapped {first}", windows=2)
        assert evil.daemon.window(WINDOW)["override_redirect"] is first
        assert agrees(evil)
        evil.agent.map(WINDOW, popup=second)  # while it is mapped: nothing may change
        evil.settle()
        evil.stage.judge(f"round {number}: mapped again {second}", windows=2)
        assert evil.daemon.window(WINDOW)["override_redirect"] is first
        assert agrees(evil)
        evil.agent.send(MessageType.UNMAP, WINDOW)
        evil.settle()
        evil.stage.judge(f"round {number}: unmapped", windows=1)
