"""The supervisor's end of the global clipboard: qubes, rules, questions, notices around one desk; must not decide."""

from __future__ import annotations

import base64
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from colors.question import Named, Question
from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard import parcel
from guid.clipboard.audit import entry
from guid.clipboard.desk import NOBODY_TO_ASK
from guid.clipboard.folders import Folders
from guid.clipboard.notice import Happened, Notice
from guid.clipboard.packets import KEY, BadPacket, Order, Report, packet, report
from guid.clipboard.policy import Policy
from guid.clipboard.preview import preview
from guid.clipboard.verdict import Action, Traits, Verdict
from guid.clipboard.words import key_of, said_of, words
from guid.core.options import options_written
from guid.core.text import escaped
from guid.fork import NoProcess
from guid.prompt import RunningPrompt, start_prompt
from guid.qube import Qube
from guid.readers import Readers

log = logging.getLogger(__name__)

ASK_S = 30.0
"""A question without an answer is a no."""

PREVIEW_BYTES = 2_000
NO_LABEL_RGB = 0x808080
MAX_KNOWN = 256
"""Qubes whose label is remembered; the one known longest is forgotten."""


class Teller(Protocol):
    """Shows notices to the person."""

    def tell(self, key: str, summary: str, body: str, *, rgb: int | None) -> None:
        """Soon, instead of an older one of the same key, with a square in this colour. Never raises, never waits."""


class Exchange:
    """The one clipboard of all qubes.

    qubes: by name, those that run. watchers: called with what happened, as plain values; one
    that is gone says so.
    """

    def __init__(self, folders: Folders, qubes: Mapping[str, Qube], teller: Teller, readers: Readers) -> None:
        self._qubes = qubes
        self._teller = teller
        self._readers = readers
        self._policy = Policy(folders.rules, self._traits_of)
        self._asking: dict[int, RunningPrompt] = {}
        self._known: dict[str, Named] = {}  # what was copied may outlive its qube
        self.display = ""
        self.watchers: list[Callable[[dict[str, Any]], bool]] = []
        self.desk = folders.desk(self, fresh=True)

    # From outside

    def said(self, qube: str, message: Mapping[str, Any], fd: int | None) -> None:
        """A packet of a qube's daemon; the descriptor is ours from now on."""
        said: Report | None = None
        try:
            said = report(message[KEY], qube, fd)
        except BadPacket as error:
            log.error("%s: its daemon says nothing understandable of the clipboard: %s", qube, error)
        if fd is not None and not isinstance(said, ev.Delivered):
            os.close(fd)
        if said is None:
            return
        self._remember(qube)
        if isinstance(said, ev.CopyChord | ev.PasteChord) and self._qubes[qube].aside.paused:
            self.tell(Notice(Happened.PAUSED, qube))
        else:
            self.desk.said(said)

    def show_on(self, display: str) -> None:
        """Qubes are shown, and questions asked, on this display from now on."""
        self.display = display
        self.desk.other_display()

    def relabelled(self, name: str) -> None:
        """A qube that runs wears another label."""
        if name in self._known:
            self._remember(name)

    def operation(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What a command asks: status, show or clear; anything else is answered with an error."""
        wanted = str(request.get("do"))
        if wanted not in OPERATIONS:
            return {"error": f"nothing that can be done with the clipboard: {escaped(wanted)}"}
        return OPERATIONS[wanted](self)

    def status(self) -> dict[str, Any]:
        """As plain values."""
        found = self.desk.status()
        if "source" in found:
            found["label"] = self.named(found["source"]).label or None
        return found

    def named(self, name: str) -> Named:
        """A qube with its label, also one that has ended; a gray one without, if it was never heard of."""
        return self._known.get(name, Named(name, "", NO_LABEL_RGB))

    def _show(self) -> dict[str, Any]:
        found = self.desk.contents()
        if found is None:
            return {"empty": True}
        source, contents, data = found
        shown = base64.b64encode(data).decode("ascii")
        numbers = {"bytes": contents.size_bytes, "width": contents.width_px, "height": contents.height_px}
        return {"empty": False, "source": source, "kind": contents.kind.value, "base64": shown, **numbers}

    def _clear(self) -> dict[str, Any]:
        self.desk.clear()
        return {"cleared": True}

    def close(self) -> None:
        """Leave nothing behind."""
        for ticket in list(self._asking):
            self.withdraw(ticket)
        self.desk.close()

    # What is around the desk

    def send(self, order: Order) -> None:
        """To the daemon of a qube, if there is one; what it does not read in time is lost, and its deadline tells."""
        qube = self._qubes.get(order.qube)
        if qube is not None:
            qube.tell_daemon(packet(order), *((order.parcel,) if isinstance(order, fx.Give) else ()))

    def decide(self, source: str, target: str) -> Verdict:
        """By the person's rules."""
        return self._policy.decide(source, target)

    def ask(self, question: fx.Decide, answered: Callable[[Verdict], None]) -> None:
        """By a trusted prompt, in a process of its own."""
        if not self.display:
            answered(NOBODY_TO_ASK)
            return
        shown = parcel.part(question.parcel, 0, min(PREVIEW_BYTES, question.contents.size_bytes))
        asked = Question(
            "Paste?",
            self.named(question.source),
            self.named(question.target),
            said_of(question.contents),
            preview(question.contents, shown),
        )
        try:
            prompt = start_prompt(asked, self.display, ASK_S)
        except NoProcess as error:
            answered(Verdict(Action.DENY, why=f"you cannot be asked: {error}"))
            return
        self._asking[question.ticket] = prompt

        def ready() -> None:
            del self._asking[question.ticket]
            self._readers.unwatch(prompt.fd)
            yes = prompt.answer()
            answered(Verdict(Action.ALLOW) if yes else Verdict(Action.DENY, why="you said no, or nothing"))

        self._readers.watch(prompt.fd, ready)

    def withdraw(self, ticket: int) -> None:
        """Take the question off the screen."""
        prompt = self._asking.pop(ticket, None)
        if prompt is not None:
            self._readers.unwatch(prompt.fd)
            prompt.withdraw()

    def tell(self, notice: Notice) -> None:
        """To the person, and to the commands that watch."""
        summary, body = words(notice, self._label_of, self._paste_keys(notice.qube))
        shown = self._known.get(notice.source or notice.qube)
        self._teller.tell(key_of(notice), summary, body, rgb=shown.rgb if shown is not None else None)
        said = entry(notice, datetime.now(UTC))
        self.watchers = [watcher for watcher in self.watchers if watcher(said)]

    def _remember(self, name: str) -> None:
        qube = self._qubes.get(name)
        if qube is not None:
            self._known[name] = Named(name, qube.label.name, qube.label.rgb)
        if len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]

    def _label_of(self, name: str) -> str:
        return self.named(name).label

    def _paste_keys(self, name: str) -> str:
        qube = self._qubes.get(name)
        return options_written(qube.options if qube is not None else {}).secure_paste_sequence

    def _traits_of(self, name: str) -> Traits:
        qube = self._qubes.get(name)
        return Traits(type=qube.engine if qube is not None else "", label=self._label_of(name))


OPERATIONS: dict[str, Callable[[Exchange], dict[str, Any]]] = {
    "status": Exchange.status,
    "show": Exchange._show,
    "clear": Exchange._clear,
}
