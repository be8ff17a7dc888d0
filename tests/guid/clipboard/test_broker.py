"""Single stories of the global clipboard, told event by event: what happens, and what the person is told of it."""

from itertools import count

import pytest

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard.broker import ANSWER_S, Broker, Effects
from guid.clipboard.notice import Happened
from guid.clipboard.verdict import Action, Verdict
from guid.core.contents import ContentKind, Contents

NEW = ev.Traits(max_copy_bytes=256_000, takes_bytes=256_000, takes_images=True)
OLD = ev.Traits(max_copy_bytes=65_000, takes_bytes=65_000)
IMAGE = Contents(ContentKind.IMAGE, 4 * 8 * 6, 8, 6)


def text(size_bytes: int = 5) -> Contents:
    return Contents(ContentKind.TEXT, size_bytes)


class Desk:
    """A broker with qubes a, b, c; time passes only when told to. effects: of the last event."""

    def __init__(self, **traits: ev.Traits) -> None:
        self.broker, self.now, self.effects = Broker(count(100)), 50.0, list[fx.Effect]()
        self.parcels = count(1)
        for qube in "abc":
            self.say(ev.Joined(qube, traits.get(qube, NEW)))

    def say(self, event: ev.Event) -> Effects:
        self.effects = self.broker.handle(event, self.now)
        return self.effects

    def time_ms(self) -> int:
        return int(self.now * 1000)

    def asks_to_copy(self, qube: str) -> int:
        """The nonce of the request."""
        self.say(ev.CopyChord(qube, 1, self.time_ms()))
        (request,) = (effect for effect in self.effects if isinstance(effect, fx.Request))
        assert request.qube == qube
        return request.nonce

    def copies(self, qube: str, contents: Contents | None = None) -> int:
        """The parcel."""
        nonce, parcel = self.asks_to_copy(qube), next(self.parcels)
        self.say(ev.Delivered(qube, nonce, contents or text(), parcel))
        return parcel

    def pastes(self, qube: str, verdict: Verdict | None = None) -> fx.Give | None:
        self.say(ev.PasteChord(qube, 2, self.time_ms()))
        for effect in self.effects:
            if isinstance(effect, fx.Decide):
                self.say(ev.Decided(effect.ticket, verdict or Verdict(Action.ALLOW)))
        return next((effect for effect in self.effects if isinstance(effect, fx.Give)), None)

    def told(self) -> list[Happened]:
        return [effect.notice.what for effect in self.effects if isinstance(effect, fx.Tell)]

    def source(self) -> str | None:
        return self.broker.held.source if self.broker.held is not None else None


def test_copied_text_is_given_once() -> None:
    desk = Desk()
    parcel = desk.copies("a")
    assert desk.told() == [Happened.COPIED]
    given = desk.pastes("b")
    assert given is not None
    assert (given.qube, given.window, given.parcel) == ("b", 2, parcel)
    assert desk.effects[1:3] == [fx.Wipe("a", 50_000, 5), fx.Drop(parcel)]
    assert desk.told() == [Happened.PASTED]
    assert desk.pastes("c") is None
    assert desk.told() == [Happened.NOTHING_TO_PASTE]


def test_contents_may_be_pasted_into_the_qube_they_are_from() -> None:
    desk = Desk()
    desk.copies("a")
    assert desk.pastes("a") is not None


@pytest.mark.parametrize("verdict", [Verdict(Action.DENY, why="rule 3"), Verdict(Action.ASK)])
def test_paste_that_is_not_allowed_leaves_the_clipboard_as_it_was(verdict: Verdict) -> None:
    desk = Desk()
    desk.copies("a")
    assert desk.pastes("b", verdict) is None
    assert desk.told() == [Happened.DENIED]
    assert desk.source() == "a"


def test_clipboard_that_the_source_keeps_is_pasted_again_and_again() -> None:
    desk = Desk(a=ev.Traits(256_000, 256_000, keep=True))
    desk.copies("a")
    for _ in range(3):
        assert desk.pastes("b") is not None
    assert desk.source() == "a"


def test_clipboard_is_kept_as_often_and_as_long_as_the_rule_says() -> None:
    desk = Desk()
    desk.copies("a")
    pastes = [desk.pastes("b", Verdict(Action.ALLOW, times=3)) is not None for _ in range(5)]
    assert pastes == [True, True, True, False, False]
    desk.copies("a")
    rule = Verdict(Action.ALLOW, times=None, seconds=60)
    assert desk.pastes("b", rule) is not None
    desk.now += 60
    assert desk.pastes("b", rule) is not None
    assert desk.pastes("b", rule) is None


def test_sequence_by_which_the_c_daemon_was_injected_into_moves_nothing() -> None:
    """Copy in a, answered by nothing; copy in b; paste in c; then a answers without being asked."""
    desk = Desk()
    nonce = desk.asks_to_copy("a")
    desk.say(ev.Nothing("a", nonce))
    assert desk.told() == [Happened.NOTHING_TO_COPY]
    desk.copies("b")
    assert desk.pastes("c") is not None
    for stale in (nonce, nonce + 1, 0):
        desk.say(ev.Delivered("a", stale, text(), next(desk.parcels)))
        assert desk.told() == [Happened.LATE]
        assert desk.source() is None
    desk.say(ev.Unasked("a", 9))
    assert desk.told() == [Happened.UNASKED]
    assert desk.source() is None


def test_answer_to_an_older_copy_does_not_replace_a_newer_one() -> None:
    """Bulletin 013, first half."""
    desk = Desk()
    slow = desk.asks_to_copy("a")
    desk.copies("b")
    desk.say(ev.Delivered("a", slow, text(), 77))
    assert desk.effects[0] == fx.Drop(77)
    assert desk.told() == [Happened.LATE]
    assert desk.source() == "b"


def test_answer_of_another_qube_with_the_right_nonce_is_dropped() -> None:
    desk = Desk()
    nonce = desk.asks_to_copy("a")
    desk.say(ev.Delivered("b", nonce, text(), 77))
    assert desk.source() is None
    desk.say(ev.Delivered("a", nonce, text(), 78))
    assert desk.source() == "a"


def test_answer_after_the_deadline_is_told_and_dropped() -> None:
    desk = Desk()
    desk.copies("b")
    nonce = desk.asks_to_copy("a")
    desk.now += ANSWER_S + 0.001
    desk.say(ev.Delivered("a", nonce, text(), 77))
    assert desk.told() == [Happened.NO_ANSWER, Happened.LATE]
    assert desk.source() == "b"


def test_deadline_passes_by_itself() -> None:
    desk = Desk()
    nonce = desk.asks_to_copy("a")
    assert desk.broker.deadline == desk.now + ANSWER_S
    desk.now += ANSWER_S + 0.001
    desk.say(ev.Tick())
    assert fx.Dismiss("a", nonce) in desk.effects
    assert desk.told() == [Happened.NO_ANSWER]
    assert desk.broker.deadline is None


def test_large_offer_has_longer() -> None:
    desk = Desk()
    large = Contents(ContentKind.IMAGE, 32 << 20, 4096, 2048)
    nonce = desk.asks_to_copy("a")
    desk.say(ev.Offered("a", nonce, large))
    assert desk.effects == [fx.Want("a", nonce)]
    desk.now += ANSWER_S + 7
    desk.say(ev.Delivered("a", nonce, large, 1))
    assert desk.source() == "a"


def test_delivery_of_something_else_than_was_offered_is_dropped() -> None:
    desk = Desk()
    nonce = desk.asks_to_copy("a")
    desk.say(ev.Offered("a", nonce, text(5)))
    desk.say(ev.Delivered("a", nonce, text(6), 1))
    assert desk.source() is None


def test_paste_while_a_newer_copy_is_unanswered_is_refused_at_once() -> None:
    desk = Desk()
    desk.copies("a")
    desk.asks_to_copy("b")
    assert desk.pastes("c") is None
    assert desk.told() == [Happened.COPY_UNANSWERED]
    assert desk.source() == "a"


def test_stalled_qube_delays_nobody_else() -> None:
    """The request to a qube that never answers ends with the person's next copy, at once."""
    desk = Desk()
    stalled = desk.asks_to_copy("a")
    parcel = desk.copies("b")
    given = desk.pastes("c")
    assert given is not None
    assert given.parcel == parcel
    desk.say(ev.Delivered("a", stalled, text(), 9))
    assert desk.source() is None


def test_chord_that_comes_after_a_newer_one_is_not_done() -> None:
    """Bulletin 013, second half: the daemon of a was stopped while the person went on."""
    desk = Desk()
    desk.copies("c")
    pressed_ms = desk.time_ms()
    desk.now += 1
    desk.copies("b")
    desk.now += 1
    desk.say(ev.PasteChord("a", 1, pressed_ms))
    assert desk.told() == [Happened.OUT_OF_DATE]
    desk.say(ev.CopyChord("a", 1, pressed_ms))
    assert desk.told() == [Happened.OUT_OF_DATE]
    assert desk.source() == "b"


def test_chord_that_was_pressed_long_ago_is_not_done() -> None:
    desk = Desk()
    desk.copies("a")
    pressed_ms = desk.time_ms() + 1
    desk.now += 6
    desk.say(ev.PasteChord("b", 1, pressed_ms))
    assert desk.told() == [Happened.OUT_OF_DATE]


def test_another_display_has_another_clock() -> None:
    desk = Desk()
    desk.copies("a")
    desk.say(ev.PasteChord("b", 1, (desk.time_ms() - 10_000) & 0xFFFFFFFF))
    assert desk.told() == [Happened.OUT_OF_DATE]
    desk.say(ev.OtherDisplay())
    desk.say(ev.PasteChord("b", 1, 5))
    assert any(isinstance(effect, fx.Decide) for effect in desk.effects)


@pytest.mark.parametrize(("size_bytes", "taken"), [(65_000, True), (65_001, False)])
def test_size_limits_are_told_with_both_numbers(size_bytes: int, *, taken: bool) -> None:
    desk = Desk(a=OLD, b=OLD)
    desk.copies("a", text(size_bytes))
    assert (desk.source() == "a") is taken
    if not taken:
        notice = next(effect.notice for effect in desk.effects if isinstance(effect, fx.Tell))
        assert (notice.size_bytes, notice.limit_bytes) == (65_001, 65_000)
    desk.copies("c", text(size_bytes))
    assert (desk.pastes("b") is not None) is taken
    if not taken:
        notice = next(effect.notice for effect in desk.effects if isinstance(effect, fx.Tell))
        assert notice.contents is not None
        assert (notice.contents.size_bytes, notice.limit_bytes) == (65_001, 65_000)
        assert desk.source() == "c"


def test_image_is_not_given_to_a_qube_that_takes_none() -> None:
    desk = Desk(b=OLD)
    desk.copies("a", IMAGE)
    assert desk.pastes("b") is None
    assert desk.told() == [Happened.NOT_TAKEN]
    assert desk.pastes("c") is not None


def test_contents_outlive_their_qube() -> None:
    desk = Desk()
    desk.copies("a")
    desk.say(ev.Left("a"))
    assert desk.told() == []
    assert desk.pastes("b") is not None


def test_qube_that_restarts_cannot_answer_an_older_request() -> None:
    desk = Desk()
    nonce = desk.asks_to_copy("a")
    desk.say(ev.Joined("a", NEW))
    assert desk.told() == [Happened.GONE]
    desk.say(ev.Delivered("a", nonce, text(), 1))
    assert desk.source() is None


def test_new_copy_ends_a_question_that_policy_still_asks() -> None:
    desk = Desk()
    desk.copies("a")
    desk.say(ev.PasteChord("b", 1, desk.time_ms()))
    (question,) = (effect for effect in desk.effects if isinstance(effect, fx.Decide))
    desk.asks_to_copy("c")
    assert fx.Withdraw(question.ticket) in desk.effects
    desk.say(ev.Decided(question.ticket, Verdict(Action.ALLOW)))
    assert desk.effects == []


def test_contents_leave_by_themselves_when_their_time_is_over() -> None:
    desk = Desk(a=ev.Traits(256_000, 256_000, clear_after_s=10))
    desk.copies("a")
    assert desk.broker.deadline == desk.now + 10
    desk.now += 10.001
    assert desk.pastes("b") is None
    assert desk.told() == [Happened.EXPIRED, Happened.NOTHING_TO_PASTE]
    desk = Desk(a=ev.Traits(256_000, 256_000, clear_after_s=10))
    parcel = desk.copies("a")
    copied_ms = desk.time_ms()
    desk.now += 10.001
    desk.say(ev.Tick())
    assert desk.effects[:2] == [fx.Wipe("a", copied_ms), fx.Drop(parcel)]
    assert desk.told() == [Happened.EXPIRED]


def test_what_was_pasted_is_taken_back_after_the_time_that_the_target_sets() -> None:
    desk = Desk(b=ev.Traits(256_000, 256_000, forget_after_s=30))
    desk.copies("a")
    desk.pastes("b")
    desk.now += 30.001
    (taken_back,) = desk.say(ev.Tick())
    assert isinstance(taken_back, fx.TakeBack)
    assert taken_back.qube == "b"
    assert desk.say(ev.Tick()) == []


def test_quiet_policy_is_still_written_down() -> None:
    desk = Desk()
    desk.copies("a")
    desk.pastes("b", Verdict(Action.ALLOW, notify=False))
    assert desk.told() == []
    assert [effect.notice.what for effect in desk.effects if isinstance(effect, fx.Audit)] == [Happened.PASTED]


def test_cleared_clipboard_is_empty_and_awaits_nothing() -> None:
    desk = Desk()
    desk.copies("a")
    nonce = desk.asks_to_copy("b")
    desk.say(ev.Clear())
    assert desk.source() is None
    assert desk.broker.awaited is None
    desk.say(ev.Delivered("b", nonce, text(), 9))
    assert desk.source() is None


def test_what_others_put_into_the_files_is_what_is_pasted() -> None:
    desk = Desk()
    parcel = desk.copies("a")
    desk.say(ev.Found("dom0", text(9), 900, desk.time_ms()))
    assert desk.effects == [fx.Drop(parcel)]
    given = desk.pastes("b")
    assert given is not None
    assert (given.parcel, given.contents) == (900, text(9))
    desk.copies("a")
    desk.say(ev.Found(None))
    assert desk.source() is None


def test_chord_before_what_others_did_is_not_done() -> None:
    desk = Desk()
    pressed_ms = desk.time_ms()
    desk.say(ev.Found("dom0", text(9), 900, pressed_ms + 1))
    desk.say(ev.CopyChord("a", 1, pressed_ms))
    assert desk.told() == [Happened.OUT_OF_DATE]
