"""The supervisor's loop, without qubes."""

import socket

from guid.engines.local import LocalEngine
from guid.supervisor import Supervisor


def test_loop_leaves_alone_what_an_earlier_handler_of_the_turn_has_closed() -> None:
    ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("")  # an abstract address that the kernel picks
        listener.listen()
        supervisor = Supervisor({"local": LocalEngine()}, listener, display="")
        handled = []

        def end_both(number: int) -> None:
            handled.append(number)
            for each in ours:
                supervisor._unwatch(each)
                each.close()
            supervisor.stop()

        for number, each in enumerate(ours):
            supervisor._watch(each, lambda number=number: end_both(number))  # type: ignore[misc]
        for each in theirs:
            each.send(b"x")
        supervisor.run()
        assert len(handled) == 1
    for each in theirs:
        each.close()
