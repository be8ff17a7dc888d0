"""What a global clipboard should do, told a second time: as records that are only ever added to and ended.

Written against the rules (what the person did last counts; a request is good for one answer), not against the code.
"""

from dataclasses import dataclass

from guid.clipboard import events as ev
from guid.clipboard.verdict import Action
from guid.core.contents import ContentKind, Contents

ANSWER_S, BYTES_PER_S, DECIDE_S, LATE_CHORD_S = 5.0, 4 << 20, 60.0, 5.0
NEVER = float("inf")

ONLY_TOLD = {ev.Unasked: "unasked", ev.Late: "late answer", ev.NotGiven: "not given"}

Line = tuple[object, ...]


@dataclass(eq=False)
class Copying:
    """A copy chord that counted."""

    qube: str
    nonce: int
    until: float
    offer: Contents | None = None
    over: bool = False


@dataclass(eq=False)
class Pasting:
    """A paste chord that counted, and is before policy."""

    qube: str
    ticket: int
    until: float
    over: bool = False


@dataclass(eq=False)
class Piece:
    """Something that was in the global clipboard."""

    source: str
    contents: Contents
    parcel: int
    keep: bool
    until: float
    since: float
    pastes: int = 0
    over: bool = False


class Model:
    """Says for each event what must be seen from outside, as sorted lines."""

    def __init__(self) -> None:
        self.copies: list[Copying] = []
        self.pastes: list[Pasting] = []
        self.pieces: list[Piece] = []
        self.up: dict[str, ev.Traits] = {}
        self.forget: dict[str, float] = {}
        self.counted: list[float] = []  # when the chords that counted were pressed
        self.delays: list[float] = []
        self.lines: list[Line] = []
        self.nonces = 0

    # What is so now

    @property
    def copying(self) -> Copying | None:
        alive = [each for each in self.copies if not each.over]
        assert len(alive) <= 1
        return alive[0] if alive else None

    @property
    def pasting(self) -> Pasting | None:
        alive = [each for each in self.pastes if not each.over]
        assert len(alive) <= 1
        return alive[0] if alive else None

    @property
    def piece(self) -> Piece | None:
        alive = [each for each in self.pieces if not each.over]
        assert len(alive) <= 1
        return alive[0] if alive else None

    def step(self, event: ev.Event, now: float, *, pressed: float = 0.0, nonce: int = 0) -> list[Line]:
        """pressed: when a chord was pressed, or the one by which others changed the files. nonce: the broker's next."""
        self.lines, self.nonces = [], nonce
        self.pass_time(now)
        if isinstance(event, ev.CopyChord | ev.PasteChord):
            self.chord(event, now, pressed, self.nonces)
        elif isinstance(event, ev.Joined | ev.Left):
            self.leave(event.qube)
            if isinstance(event, ev.Joined):
                self.up[event.qube] = event.traits
        elif isinstance(event, ev.Offered | ev.Delivered | ev.Nothing | ev.Oversized):
            self.answer(event, now)
        elif isinstance(event, ev.Decided):
            self.decide(event, now, self.nonces)
        elif isinstance(event, ev.Clear):
            self.end_copy()
            self.end_paste("superseded")
            self.empty(0)
            self.say("cleared", "")
        elif isinstance(event, ev.Unasked | ev.Late | ev.NotGiven):
            self.say(ONLY_TOLD[type(event)], event.qube)
        elif isinstance(event, ev.Changed):
            self.up.update({event.qube: event.traits} if event.qube in self.up else {})
        elif isinstance(event, ev.Found):
            self.find(event, now, pressed)
        elif isinstance(event, ev.OtherDisplay):
            self.counted, self.delays = [], []
        else:
            assert isinstance(event, ev.Tick)
        return sorted(self.lines, key=repr)

    def say(self, what: str, qube: str) -> None:
        self.lines.append(("tell", what, qube))

    def pass_time(self, now: float) -> None:
        copying, pasting, piece = self.copying, self.pasting, self.piece
        if copying and now > copying.until:
            self.say("no answer", copying.qube)
            self.end_copy()
        if pasting and now > pasting.until:
            self.end_paste("undecided")
        if piece and now > piece.until:
            self.end_paste("undecided")
            self.empty(0)
            self.say("cleared after a while", "")
        for qube, when in list(self.forget.items()):
            if now > when:
                del self.forget[qube]
                self.lines.append(("take back", qube))
                self.nonces += 1

    # Ends

    def end_copy(self) -> None:
        if self.copying:
            self.lines.append(("dismiss", self.copying.qube, self.copying.nonce))
            self.copying.over = True

    def end_paste(self, why: str) -> None:
        if self.pasting:
            self.lines.append(("withdraw", self.pasting.ticket))
            self.say(why, self.pasting.qube)
            self.pasting.over = True

    def empty(self, pasted_bytes: int) -> None:
        piece = self.piece
        if piece:
            self.lines += [("wipe", piece.source, pasted_bytes), ("drop", piece.parcel)]
            piece.over = True

    def leave(self, qube: str) -> None:
        self.up.pop(qube, None)
        self.forget.pop(qube, None)
        if self.copying and self.copying.qube == qube:
            self.copying.over = True
            self.say("gone", qube)
        if self.pasting and self.pasting.qube == qube:
            self.end_paste("gone")

    # Chords

    def counts(self, pressed: float, now: float) -> bool:
        """Whether a chord was pressed just now, as far as the clocks can tell, and after all that counted before."""
        self.delays.append(now - pressed)
        if self.delays[-1] - min(self.delays) > LATE_CHORD_S or any(pressed < each for each in self.counted):
            return False
        self.counted.append(pressed)
        return True

    def chord(self, event: ev.CopyChord | ev.PasteChord, now: float, pressed: float, nonce: int) -> None:
        if event.qube not in self.up:
            self.say("gone", event.qube)
            return
        if not self.counts(pressed, now):
            self.say("out of date", event.qube)
            return
        if isinstance(event, ev.CopyChord):
            self.end_copy()
            self.end_paste("superseded")
            self.copies.append(Copying(event.qube, nonce, now + ANSWER_S))
            self.lines.append(("request", event.qube, nonce))
            return
        self.end_paste("superseded")
        piece = self.piece
        if self.copying:
            self.say("copy not answered yet", event.qube)
        elif not piece:
            self.say("nothing to paste", event.qube)
        elif piece.contents.kind is ContentKind.IMAGE and not self.up[event.qube].takes_images:
            self.say("not an image taker", event.qube)
        elif piece.contents.kind is ContentKind.TEXT and piece.contents.size_bytes > self.up[event.qube].takes_bytes:
            self.say("too large to paste", event.qube)
        else:
            self.pastes.append(Pasting(event.qube, len(self.pastes) + 1, now + DECIDE_S))
            self.lines.append(("decide", len(self.pastes), piece.source, event.qube, piece.parcel))

    # Answers

    def answer(self, event: ev.Offered | ev.Delivered | ev.Nothing | ev.Oversized, now: float) -> None:
        copying = self.copying
        good = copying is not None and copying.qube == event.qube and copying.nonce == event.nonce
        if good and copying is not None and isinstance(event, ev.Offered):
            good = copying.offer is None
        if good and copying is not None and isinstance(event, ev.Delivered):
            good = copying.offer in (None, event.contents)
        if not good or copying is None:
            self.refuse(event, "late answer")
        elif isinstance(event, ev.Oversized) or self.too_large(event):
            copying.over = True
            self.refuse(event, "too large to copy")
        elif isinstance(event, ev.Nothing):
            copying.over = True
            self.say("nothing to copy", event.qube)
        elif isinstance(event, ev.Offered):
            copying.offer = event.contents
            copying.until += event.contents.size_bytes / BYTES_PER_S
            self.lines.append(("want", event.qube, event.nonce))
        else:
            copying.over = True
            self.take(event, now)

    def too_large(self, event: ev.Offered | ev.Delivered | ev.Nothing) -> bool:
        if isinstance(event, ev.Nothing) or event.contents.kind is not ContentKind.TEXT:
            return False
        return event.contents.size_bytes > self.up[event.qube].max_copy_bytes

    def refuse(self, event: ev.Offered | ev.Delivered | ev.Nothing | ev.Oversized, why: str) -> None:
        if isinstance(event, ev.Delivered):
            self.lines.append(("drop", event.parcel))
        if isinstance(event, ev.Offered):
            self.lines.append(("dismiss", event.qube, event.nonce))
        self.say(why, event.qube)

    def take(self, event: ev.Delivered, now: float) -> None:
        if self.piece:
            self.lines.append(("drop", self.piece.parcel))
            self.piece.over = True
        traits = self.up[event.qube]
        until = now + traits.clear_after_s if traits.clear_after_s else NEVER
        self.pieces.append(Piece(event.qube, event.contents, event.parcel, traits.keep, until, now))
        self.lines.append(("store", event.qube, event.parcel))
        self.say("copied", event.qube)

    def find(self, event: ev.Found, now: float, pressed: float) -> None:
        """Others have changed the files: nothing is told or written, and what was in it is only let go."""
        self.end_paste("superseded")
        if self.piece:
            self.lines.append(("drop", self.piece.parcel))
            self.piece.over = True
        if event.source is not None and event.contents is not None:
            self.counted.append(pressed)
            self.pieces.append(Piece(event.source, event.contents, event.parcel, keep=False, until=NEVER, since=now))

    def decide(self, event: ev.Decided, now: float, nonce: int) -> None:
        pasting, piece = self.pasting, self.piece
        if not pasting or pasting.ticket != event.ticket or not piece:
            return
        pasting.over = True
        if event.verdict.action is not Action.ALLOW:
            self.say("denied", pasting.qube)
            return
        self.lines.append(("give", pasting.qube, nonce, piece.parcel))
        piece.pastes += 1
        times, seconds = event.verdict.times, event.verdict.seconds
        used_up = (times is not None and piece.pastes >= times) or (
            seconds is not None and now - piece.since >= seconds
        )
        if used_up and not piece.keep:
            self.empty(piece.contents.size_bytes)
        after_s = self.up[pasting.qube].forget_after_s
        self.forget.pop(pasting.qube, None)
        if after_s:
            self.forget[pasting.qube] = now + after_s
        if event.verdict.notify:
            self.say("pasted", pasting.qube)
