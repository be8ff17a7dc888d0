"""A supervisor's clipboard beside a test: the real desk, and real daemons at its other end; knows no agent."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guid.clipboard import effects as fx
from guid.clipboard.folders import Folders
from guid.clipboard.notice import Happened, Notice
from guid.clipboard.packets import KEY, Order, packet, report
from guid.clipboard.policy import Policy
from guid.clipboard.verdict import Traits, Verdict
from tests.harness.daemon import DaemonProcess
from tests.harness.wait import wait_until


@dataclass
class Question:
    """What the person would be asked."""

    asked: fx.Decide
    answered: Callable[[Verdict], None]


class PlayedDesk:
    """The desk, its files below `folder`, and what it says. told: every notice so far. questions: not answered yet."""

    def __init__(self, folder: Path) -> None:
        self.folders = Folders(folder / "run", folder / "rules", folder / "data")
        for each in (self.folders.runtime, self.folders.rules, self.folders.data):
            each.mkdir(mode=0o700)
        self.told: list[Notice] = []
        self.questions: list[Question] = []
        self._policy = Policy(self.folders.rules, lambda _qube: Traits())
        self._daemons: dict[str, DaemonProcess] = {}
        self.desk = self.folders.desk(self, fresh=True)

    def serve(self, name: str, daemon: DaemonProcess) -> None:
        """Be the supervisor of this daemon, whose agent is connected."""

        def said(message: dict[str, Any], fd: int | None) -> None:
            self.desk.said(report(message[KEY], name, fd))

        self._daemons[name] = daemon
        earlier = [each for each in daemon.status if KEY in each]
        daemon.on_clipboard = said
        for message in earlier:
            said(message, None)
        self.until(lambda: any("Joined" in str(each.get(KEY)) for each in daemon.status), f"{name} at the desk")

    def leave(self, name: str) -> None:
        """Its daemon is gone."""
        del self._daemons[name]
        self.desk.gone(name)

    def pump(self) -> None:
        """Take what the daemons have said, and do what is due."""
        for daemon in list(self._daemons.values()):
            daemon.pump()
        self.desk.tick()

    def until(self, predicate: Callable[[], object], what: str) -> None:
        """Serve until it is so."""

        def look() -> object:
            self.pump()
            return predicate()

        wait_until(look, 20, what)

    def until_told(self, what: Happened, *, after: int = 0) -> Notice:
        """Serve until the person is told this, and return it."""
        self.until(lambda: any(each.what is what for each in self.told[after:]), what.value)
        return next(each for each in self.told[after:] if each.what is what)

    # What is around the desk

    def send(self, order: Order) -> None:
        if order.qube in self._daemons:
            fds = (order.parcel,) if isinstance(order, fx.Give) else ()
            self._daemons[order.qube].tell(packet(order), *fds)

    def decide(self, source: str, target: str) -> Verdict:
        return self._policy.decide(source, target)

    def ask(self, question: fx.Decide, answered: Callable[[Verdict], None]) -> None:
        self.questions.append(Question(question, answered))

    def withdraw(self, ticket: int) -> None:
        self.questions = [each for each in self.questions if each.asked.ticket != ticket]

    def tell(self, notice: Notice) -> None:
        self.told.append(notice)
