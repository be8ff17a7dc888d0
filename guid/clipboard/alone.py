"""The clipboard of a daemon that nobody supervises: it has a desk of its own, and shares the files with others."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from guid.clipboard import effects as fx
from guid.clipboard import events as ev
from guid.clipboard.courier import Courier, Reporter
from guid.clipboard.desk import NOBODY_TO_ASK
from guid.clipboard.folders import Folders
from guid.clipboard.notice import Happened, Notice
from guid.clipboard.packets import Order, Report
from guid.clipboard.policy import Policy
from guid.clipboard.verdict import Action, Traits, Verdict
from guid.core.text import escaped

log = logging.getLogger(__name__)

CONSENT = Verdict(Action.ALLOW, why="the keys that were pressed are the answer")
"""As the C daemon takes it, whose policy daemon is told that everything was answered with yes."""


class Alone:
    """A courier and the desk that it goes to, in one process. What the person is told goes into the log."""

    def __init__(self, folders: Folders, courier_for: Callable[[Reporter], Courier]) -> None:
        """courier_for: makes the courier that reports to what it is given."""
        self.courier = courier_for(self._report)
        self._policy = Policy(
            folders.rules, lambda _qube: Traits(known=False), of_qubes=folders.of_qubes, closed=folders.closed
        )
        self._said = CONSENT if folders.of_qubes else NOBODY_TO_ASK
        self.desk = folders.desk(self, fresh=False)

    def _report(self, report: Report) -> None:
        if isinstance(report, ev.Delivered):
            report = report._replace(parcel=os.dup(report.parcel))
        self.desk.said(report)

    # What is around the desk

    def send(self, order: Order) -> None:
        """To the only daemon there is."""
        self.courier.obey(order)

    def decide(self, source: str, target: str) -> Verdict:
        """By the person's rules."""
        return self._policy.decide(source, target)

    def ask(self, _question: fx.Decide, answered: Callable[[Verdict], None]) -> None:
        """Nobody can be asked here."""
        answered(self._said)

    def withdraw(self, _ticket: int) -> None:
        """Nothing was asked."""

    def tell(self, notice: Notice) -> None:
        """The log is all there is."""
        level = logging.WARNING if notice.what is Happened.DENIED else logging.INFO
        why = f": {escaped(notice.why)}" if notice.why else ""
        log.log(level, "clipboard: %s: %s%s", escaped(notice.qube or notice.source), notice.what.value, why)
