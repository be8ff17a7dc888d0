"""guid/x11/outgoing.py: the system's randomness as numbers, each as likely."""

import pytest

from guid.core.options import Options
from guid.x11.outgoing import Outgoing, below


@pytest.mark.parametrize("bound", [1, 2, 3, 255, 256, 257, 5001])
def test_below_stays_below_and_reaches_both_ends(bound: int) -> None:
    drawn = [below(bound) for _ in range(20 * min(bound, 300))]
    assert min(drawn) >= 0
    assert max(drawn) < bound
    if bound <= 3:
        assert set(drawn) == set(range(bound))
    assert max(drawn) >= 3 * bound // 4 - 1


def test_input_is_sent_at_once_without_the_option_and_what_waits_goes_first_when_it_ends() -> None:
    sent: list[bytes] = []
    outgoing = Outgoing(sent.append, Options())
    outgoing.say(b"one")
    outgoing.say(b"")
    assert outgoing.wait_s(0.0) is None
    outgoing.change(Options(events_max_delay=5000))
    outgoing.say(b"two")
    outgoing.change(Options())
    outgoing.say(b"three")
    assert sent == [b"one", b"two", b"three"]
