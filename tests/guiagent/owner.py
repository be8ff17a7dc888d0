"""A program that owns CLIPBOARD as badly as a test wants; knows X, nothing of the agent."""

import os
import select
import struct
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from Xlib import X, Xatom, display
from Xlib.protocol import event

from tests.harness.wait import wait_until


class Reply(NamedTuple):
    """What is written for a target. kind: the name of its type; bits: 8, 16 or 32."""

    kind: str
    data: bytes
    bits: int = 8


class Increments(NamedTuple):
    """Parts that are written one by one. then_silent: the empty part at the end never comes."""

    parts: tuple[bytes, ...]
    hint_bytes: int = 0
    then_silent: bool = False


class Silence(NamedTuple):
    """No answer at all."""


class Owner:
    """Answers requests in a thread of its own until it is left. replies: by target; what is not there is refused.

    asked: the targets so far. A context manager.
    """

    def __init__(self, name: str, replies: Mapping[str, Reply | Increments | Silence], *, claims: int = 1) -> None:
        self.asked: list[str] = []
        self._display: Any = display.Display(name)
        self._replies = replies
        self._window = self._display.screen().root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._selection = self._display.intern_atom("CLIPBOARD")
        self._under_way: dict[tuple[int, int], list[bytes]] = {}
        for _ in range(claims):
            self._window.set_selection_owner(self._selection, X.CurrentTime)
        self._display.sync()
        self._end, self._ended = os.pipe()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._ended)
        self._thread.join()
        os.close(self._end)
        self._display.close()

    @property
    def window(self) -> int:
        """X id of the window that owns the selection."""
        return int(self._window.id)

    def wait_for_question(self, target: str) -> None:
        """Wait until this target was asked for."""
        wait_until(lambda: target in self.asked, what=f"the question for {target}")

    def _serve(self) -> None:
        while True:
            while self._display.pending_events():
                self._take(self._display.next_event())
            if self._end in select.select([self._display.fileno(), self._end], [], [])[0]:
                return

    def _take(self, seen: Any) -> None:
        if seen.type == X.SelectionRequest:
            self._requested(seen)
        elif seen.type == X.PropertyNotify and seen.state == X.PropertyDelete:
            self._next_part(seen.window, seen.atom)

    def _requested(self, seen: Any) -> None:
        target = self._display.get_atom_name(seen.target)
        self.asked.append(target)
        reply = self._replies.get(target)
        if isinstance(reply, Silence):
            return
        if isinstance(reply, Increments):
            seen.requestor.change_attributes(event_mask=X.PropertyChangeMask)
            self._under_way[seen.requestor.id, seen.property] = [*reply.parts, *([] if reply.then_silent else [b""])]
            hint = struct.pack("=I", reply.hint_bytes)
            self._write(seen.requestor, seen.property, Reply("INCR", hint, 32))
        elif reply is not None:
            self._write(seen.requestor, seen.property, reply)
        seen.requestor.send_event(
            event.SelectionNotify(
                time=seen.time,
                requestor=seen.requestor,
                selection=seen.selection,
                target=seen.target,
                property=seen.property if reply is not None else X.NONE,
            )
        )
        self._display.flush()

    def _next_part(self, window: Any, atom: int) -> None:
        parts = self._under_way.get((window.id, atom))
        if parts:
            self._write(window, atom, Reply("UTF8_STRING", parts.pop(0)))
            self._display.flush()

    def _write(self, window: Any, atom: int, reply: Reply) -> None:
        kind = self._display.intern_atom(reply.kind)
        data: Any = reply.data
        if reply.bits != 8:
            code = {16: "H", 32: "I"}[reply.bits]
            data = list(struct.unpack(f"={len(data) * 8 // reply.bits}{code}", data))
        window.change_property(atom, kind, reply.bits, data)


def targets(app: Any, *names: str) -> Reply:
    """A proper answer to TARGETS."""
    numbers = [app.intern_atom(name) for name in names]
    assert Xatom.ATOM == 4
    return Reply("ATOM", struct.pack(f"={len(numbers)}I", *numbers), 32)
