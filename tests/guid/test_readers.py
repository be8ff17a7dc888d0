"""Descriptors and their handlers."""

import socket

from guid.readers import Readers


def test_turn_leaves_alone_what_an_earlier_handler_of_the_turn_has_closed() -> None:
    ours, theirs = zip(*(socket.socketpair() for _ in range(2)), strict=True)
    readers = Readers()
    handled = []

    def end_both(number: int) -> None:
        handled.append(number)
        for each in ours:
            readers.unwatch(each)
            each.close()

    for number, each in enumerate(ours):
        readers.watch(each, lambda number=number: end_both(number))  # type: ignore[misc]
    for each in theirs:
        each.send(b"x")
    readers.turn(1.0)
    assert len(handled) == 1
    for each in theirs:
        each.close()
