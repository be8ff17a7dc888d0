"""Page runs: never used again while a daemon may still show them."""

from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.buffers import Buffer, Buffers, pages_for
from shm.runs import Run


def buffer(number: int) -> Buffer:
    return Buffer(10, 10, 24, Run(number, 1))


def test_pages_round_up() -> None:
    assert [pages_for(1, 1), pages_for(1024, 1), pages_for(1025, 1)] == [1, 1, 2]


def test_old_run_is_free_only_after_the_acknowledgement_of_the_next_dump() -> None:
    buffers = Buffers()
    assert buffers.replace(buffer(1)) == []
    buffers.sent()
    assert buffers.acknowledged() == []
    assert buffers.replace(buffer(2)) == []
    buffers.sent()
    assert buffers.acknowledged() == [Run(1, 1)]


def test_run_that_was_never_dumped_is_free_at_once() -> None:
    buffers = Buffers()
    buffers.replace(buffer(1))
    assert buffers.replace(buffer(2)) == [Run(1, 1)]


def test_hidden_window_gives_up_all_its_runs() -> None:
    buffers = Buffers()
    for number in (1, 2, 3):
        buffers.replace(buffer(number))
        buffers.sent()
    buffers.acknowledged()
    assert sorted(buffers.given_up()) == [Run(1, 1), Run(2, 1), Run(3, 1)]
    assert buffers.acknowledged() == []


@given(st.lists(st.sampled_from(["replace", "sent", "acknowledged"]), max_size=60))
def test_run_is_free_exactly_once_and_never_while_it_can_be_shown(steps: list[str]) -> None:
    buffers, number = Buffers(), 0
    in_flight: list[int] = []
    shown: int | None = None
    free: list[int] = []
    for step in steps:
        if step == "replace":
            number += 1
            freed = buffers.replace(buffer(number))
        elif step == "sent":
            if buffers.current is None:
                continue
            in_flight.append(buffers.current.run.first_page)
            buffers.sent()
            freed = []
        else:
            if in_flight:
                shown = in_flight.pop(0)
            freed = buffers.acknowledged()
        free += [run.first_page for run in freed]
        current = buffers.current.run.first_page if buffers.current else None
        assert not {current, shown, *in_flight} & set(free)
        assert len(free) == len(set(free))
        assert len(free) + len({current, shown, *in_flight} - {None}) == number
