"""10,000 random lives of a global clipboard: qubes that answer, lie, stall, die; every step as the model says."""

import random
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard.broker import Broker, Effects
from guid.clipboard.verdict import Action, Verdict
from guid.core.contents import ContentKind, Contents
from tests.guid.clipboard.model import Line, Model

LIVES, BATCH, STEPS = 10_000, 500, 45
QUBES = ("work", "play", "a.b")
X_CLOCKS_S = (4_294_960.0, 4_294_940.0, 0.0, 1_000.0, 2_147_470.0)
"""How far an X server's clock is from ours: with the first ones its 32 bits wrap within a life."""

CHORDS = (ev.CopyChord, ev.PasteChord)

LINES: dict[type[Any], Callable[[Any], Line]] = {
    fx.Request: lambda each: ("request", each.qube, each.nonce),
    fx.Want: lambda each: ("want", each.qube, each.nonce),
    fx.Dismiss: lambda each: ("dismiss", each.qube, each.nonce),
    fx.Store: lambda each: ("store", each.source, each.parcel),
    fx.Wipe: lambda each: ("wipe", each.source, each.pasted_bytes),
    fx.Drop: lambda each: ("drop", each.parcel),
    fx.Decide: lambda each: ("decide", each.ticket, each.source, each.target, each.parcel),
    fx.Withdraw: lambda each: ("withdraw", each.ticket),
    fx.Give: lambda each: ("give", each.qube, each.nonce, each.parcel),
    fx.TakeBack: lambda each: ("take back", each.qube),
    fx.Tell: lambda each: ("tell", each.notice.what.value, each.notice.qube),
}


def traits(chance: random.Random) -> ev.Traits:
    return ev.Traits(
        max_copy_bytes=chance.choice((256, 64_000, 256_000)),
        takes_bytes=chance.choice((65_000, 256_000)),
        takes_images=chance.random() < 0.5,
        clear_after_s=chance.choice((0.0, 0.0, 3.0, 20.0)),
        keep=chance.random() < 0.2,
        forget_after_s=chance.choice((0.0, 0.0, 4.0)),
    )


def contents(chance: random.Random) -> Contents:
    if chance.random() < 0.2:
        side = chance.choice((1, 100, 2000))
        return Contents(ContentKind.IMAGE, 4 * side * side, side, side)
    return Contents(ContentKind.TEXT, chance.choice((1, 256, 257, 64_000, 65_001, 256_000)))


class Life:
    """One person, three qubes and their daemons, whatever they do."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.broker, self.model = Broker(count(1)), Model()
        self.now, self.x_clock_s = 0.0, X_CLOCKS_S[0]
        self.next_nonce, self.parcels, self.tickets = 1, 0, [0]
        self.on_the_way: dict[str, deque[tuple[ev.Event, float]]] = {qube: deque() for qube in QUBES}
        self.stalled: set[str] = set()
        self.owned: set[int] = set()
        self.trace: list[tuple[float, ev.Event, Effects]] = []

    def live(self) -> None:
        for qube in QUBES:
            self.happens(ev.Joined(qube, traits(self.chance)))
        for _ in range(STEPS):
            self.now += self.chance.choice((0.0, 0.125, 0.125, 0.25, 0.5, 1.75, 4.875))
            self.now += 70.0 if self.chance.random() < 0.01 else 0.0
            self.something()
        self.happens(ev.Tick())
        assert self.broker.deadline is None or self.broker.deadline >= self.now

    def something(self) -> None:
        qube = self.chance.choice(QUBES)
        pick = self.chance.random()
        if pick < 0.3:
            self.press(qube)
        elif pick < 0.7:
            self.arrive(qube)
        elif pick < 0.8:
            self.happens(ev.Decided(self.chance.choice(self.tickets[-2:]), self.verdict()))
        elif pick < 0.88:
            self.stalled ^= {qube}
        elif pick < 0.93:
            gone = self.chance.random() < 0.5
            self.on_the_way[qube].clear()
            self.happens(ev.Left(qube) if gone else ev.Joined(qube, traits(self.chance)))
        elif pick < 0.95:
            self.happens(ev.Clear())
        elif pick < 0.96:
            self.change_files()
        elif pick < 0.965:
            self.change_display()
        elif pick < 0.985:
            self.happens(
                self.chance.choice(
                    (ev.Unasked(qube, 3), ev.NotGiven(qube), ev.Late(qube), ev.Changed(qube, traits(self.chance)))
                )
            )
        else:
            self.happens(ev.Tick())

    def verdict(self) -> Verdict:
        action = self.chance.choice((Action.ALLOW, Action.ALLOW, Action.DENY, Action.ASK))
        times, seconds = self.chance.choice((1, 1, 1, 2, 3, None)), self.chance.choice((None, None, 0.5, 30.0))
        return Verdict(action, notify=self.chance.random() < 0.8, times=times, seconds=seconds)

    def press(self, qube: str) -> None:
        kind = self.chance.choice(CHORDS)
        self.on_the_way[qube].append((kind(qube, 1, self.x_time_ms(self.now)), self.now))

    def x_time_ms(self, moment: float) -> int:
        return int((moment + self.x_clock_s) * 1000) & 0xFFFFFFFF

    def change_files(self) -> None:
        """Somebody else puts something into the clipboard's files, by a chord a while ago, or empties them."""
        if self.chance.random() < 0.3:
            self.happens(ev.Found(None))
            return
        self.parcels += 1
        pressed = max(0.0, self.now - self.chance.choice((0.0, 0.25, 1.0, 6.0)))
        source = self.chance.choice((*QUBES, "not here"))
        self.happens(ev.Found(source, contents(self.chance), self.parcels, self.x_time_ms(pressed)), pressed=pressed)

    def change_display(self) -> None:
        """Another X server, whose clock is another; chords of the old one do not come any more."""
        self.x_clock_s = self.chance.choice(X_CLOCKS_S)
        for qube, queue in self.on_the_way.items():
            self.on_the_way[qube] = deque(each for each in queue if not isinstance(each[0], CHORDS))
        self.happens(ev.OtherDisplay())

    def arrive(self, qube: str) -> None:
        """What a daemon has sent comes in order, if the daemon is not stalled."""
        if qube not in self.stalled and self.on_the_way[qube]:
            event, pressed = self.on_the_way[qube].popleft()
            self.happens(event, pressed=pressed)

    def answer(self, qube: str, nonce: int) -> None:
        """What a qube makes of a request: one answer, none, several, somebody else's."""
        for _ in range(self.chance.choice((0, 1, 1, 1, 2))):
            sender = self.chance.choice(QUBES) if self.chance.random() < 0.1 else qube
            of = self.chance.randrange(nonce + 1) if self.chance.random() < 0.1 else nonce
            what = contents(self.chance)
            choice = self.chance.random()
            answers: list[ev.Event] = [self.delivered(sender, of, what)]
            if choice < 0.35:
                lied = contents(self.chance) if self.chance.random() < 0.1 else what
                answers = [ev.Offered(sender, of, what), self.delivered(sender, of, lied)]
            elif choice < 0.5:
                answers = [ev.Nothing(sender, of)]
            elif choice < 0.6:
                answers = [ev.Oversized(sender, of, None, 65_000)]
            for each in answers:
                at = self.chance.randrange(len(self.on_the_way[sender]) + 1)
                self.on_the_way[sender].insert(at, (each, self.now))

    def delivered(self, qube: str, nonce: int, what: Contents) -> ev.Delivered:
        self.parcels += 1
        return ev.Delivered(qube, nonce, what, self.parcels)

    def happens(self, event: ev.Event, *, pressed: float = 0.0) -> None:
        if isinstance(event, ev.Delivered) or (isinstance(event, ev.Found) and event.source is not None):
            self.owned.add(event.parcel)
        expected = self.model.step(event, self.now, pressed=pressed, nonce=self.next_nonce)
        effects = self.broker.handle(event, self.now)
        self.trace.append((round(self.now, 2), event, effects))
        seen = sorted((LINES[type(each)](each) for each in effects if type(each) in LINES), key=repr)
        assert seen == expected, self.trace
        self.check_held()
        for effect in effects:
            if isinstance(effect, fx.Drop):
                self.owned.remove(effect.parcel)  # once, and never one that was not handed over
            if isinstance(effect, fx.Decide):
                self.tickets.append(effect.ticket)
            if isinstance(effect, fx.Request | fx.Give | fx.TakeBack):
                self.next_nonce += 1
            if isinstance(effect, fx.Request):
                self.answer(effect.qube, effect.nonce)

    def check_held(self) -> None:
        held, piece = self.broker.held, self.model.piece
        assert (held and (held.source, held.contents, held.parcel)) == (
            piece and (piece.source, piece.contents, piece.parcel)
        ), self.trace


@pytest.mark.parametrize("batch", range(LIVES // BATCH))
def test_random_lives_go_as_the_model_says(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        life = Life(seed)
        life.live()
        held = life.broker.held
        assert life.owned == ({held.parcel} if held is not None else set()), life.trace


def test_lives_are_eventful() -> None:
    """What the random lives must have seen, or they show nothing."""
    seen: set[str] = set()
    for seed in range(300):
        life = Life(seed)
        life.live()
        held_by_others = False
        for _now, event, effects in life.trace:
            seen |= {each.notice.what.value for each in effects if isinstance(each, fx.Tell)}
            if isinstance(event, ev.Found):
                held_by_others = event.source is not None
                seen |= {"withdrawn by others"} if any(isinstance(each, fx.Withdraw) for each in effects) else set()
            if isinstance(event, ev.OtherDisplay):
                seen.add("another display")
            if held_by_others and any(isinstance(each, fx.Give) for each in effects):
                seen.add("pasted what others copied")
            held_by_others &= not any(isinstance(each, fx.Store | fx.Wipe) for each in effects)
    assert len(seen) >= 20, seen
