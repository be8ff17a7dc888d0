"""guiagent/core/backoff.py: what is lost is tried again, ever later."""

from guiagent.core.backoff import FIRST_S, MOST_S, Backoff


def test_it_is_tried_soon_then_ever_later_and_soon_again_when_it_had_stayed() -> None:
    again = Backoff()
    tried = [again.at]
    for _ in range(9):
        again.lost(100)
        tried.append(again.at)
    assert tried[:4] == [None, 100 + FIRST_S, 100 + 2 * FIRST_S, 100 + 4 * FIRST_S]
    assert tried[-1] == 100 + MOST_S
    again.gained(200)
    tried = [again.at]
    again.lost(200 + MOST_S - 1)
    tried.append(again.at)
    again.gained(400)
    again.lost(400 + MOST_S)
    tried.append(again.at)
    assert tried == [None, 200 + MOST_S - 1 + MOST_S, 400 + MOST_S + FIRST_S]
