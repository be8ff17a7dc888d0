"""How many notices are shown at once, and which text."""

from guid.core.notices import (
    BURST,
    KEY_INTERVAL_S,
    MAX_BODY_CHARACTERS,
    MAX_SUMMARY_CHARACTERS,
    MAX_WAITING,
    Notice,
    Urgency,
    Waiting,
    notice,
)


def plain(key: str, summary: str = "s") -> Notice:
    return notice(key, summary, "", Urgency.NORMAL)


def test_take_first_notice_at_once() -> None:
    waiting = Waiting()
    waiting.add(plain("a"))
    assert [each.key for each in waiting.take(0.0)] == ["a"]
    assert not waiting


def test_take_same_key_again_only_the_newest_after_the_interval() -> None:
    waiting = Waiting()
    waiting.add(plain("a", "1"))
    waiting.take(0.0)
    for summary in ("2", "3"):
        waiting.add(plain("a", summary))
    assert waiting.take(KEY_INTERVAL_S - 0.1) == []
    assert [each.summary for each in waiting.take(KEY_INTERVAL_S)] == ["3"]


def test_take_of_a_busy_key_waits_and_hinders_no_other() -> None:
    waiting = Waiting()
    waiting.add(plain("a"))
    waiting.add(plain("b"))
    assert [each.key for each in waiting.take(0.0, {"a"})] == ["b"]
    assert [each.key for each in waiting.take(0.1)] == ["a"]


def test_take_many_keys_at_once_shows_a_burst_then_one_a_second_in_order() -> None:
    waiting = Waiting()
    for number in range(BURST + 2):
        waiting.add(plain(str(number)))
    assert [each.key for each in waiting.take(5.0)] == [str(number) for number in range(BURST)]
    assert waiting.take(5.9) == []
    assert [each.key for each in waiting.take(6.01)] == [str(BURST)]
    assert [each.key for each in waiting.take(7.02)] == [str(BURST + 1)]


def test_add_without_end_keeps_a_bound() -> None:
    waiting = Waiting()
    for number in range(10 * MAX_WAITING):
        waiting.add(plain(str(number)))
    assert len(waiting) == MAX_WAITING


def test_notice_body_of_hostile_text_is_no_markup_and_no_bidi() -> None:
    shown = notice("k", "a\u202eb\0c", "<a href='x'>&\x1b[31m\nsecond\u200f line", Urgency.LOW)
    assert shown.summary == "a_b_c".replace("_c", " c")
    assert shown.body == "&lt;a href='x'&gt;&amp;_[31m\nsecond_ line"


def test_notice_of_long_text_is_cut_and_no_entity_in_two() -> None:
    shown = notice("k", "s" * 1000, "<" * 1000, Urgency.LOW)
    assert len(shown.summary) == MAX_SUMMARY_CHARACTERS
    assert shown.body == "&lt;" * (MAX_BODY_CHARACTERS - 3) + "..."
