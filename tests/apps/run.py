"""Tries programs one after the other on one desktop; knows no program and writes no page."""

import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.apps.case import App, Column, Probe
from tests.apps.probes import UNPAINTED_RGB
from tests.apps.seat import Seat
from tests.harness.processes import ROOT
from tests.harness.session import Session
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

SCREEN_PX: Final = (1600, 1000)
PICTURES: Final = ROOT / "build" / "apps"
FIRST_NUMBER, NUMBERS = 200, 1000
"""Displays far from those that servers choose by themselves: a test that ends its server and starts it again under the
same number must not find this one there."""
OTHER: Final = "other"
OTHER_TITLE: Final = "the other qube"
SETTINGS: Final = f'[defaults]\nwindow_background_color = "{UNPAINTED_RGB:#08X}"\n'.replace("0X", "0x")

YES, NO, NOT_APPLICABLE = "yes", "no", "n.a."
OK, FAIL = "ok", "fail"


@dataclass
class Outcome:
    """What came of one program. cells: column → yes, no or n.a. also: what else was tried → yes or no.

    figures: of a probe that measures. errors: of one that failed; for the reader of the run, not for the page.
    """

    cells: dict[str, str] = field(default_factory=dict)
    also: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        return FAIL if NO in (*self.cells.values(), *self.also.values()) else OK

    def as_json(self) -> dict[str, object]:
        """What the page needs of it."""
        return {"cells": self.cells, "also": self.also, "figures": self.figures, "status": self.status}


@contextmanager
def desktop() -> Iterator[Session]:
    """A desktop with openbox and a session on it; an xterm of another qube lies in its lower right corner."""
    number = f":{FIRST_NUMBER + os.getpid() % NUMBERS}"
    with (
        XServer(*SCREEN_PX, extra=(number,)) as server,
        WindowManager("openbox", server.name),
        Session(server.name) as session,
    ):
        settings = session.config / "vitrail" / "vitrail.toml"
        settings.write_text(SETTINGS)
        session.run(OTHER, "yellow", "xterm", "-T", OTHER_TITLE, "-geometry", "30x6-10-10")
        yield session


def tried(session: Session, app: App, tell: Callable[[str], None] = print) -> Outcome:
    """Start a program in a qube of its own, try all there is to try with it, and end the qube.

    A probe that fails ends what comes after it only if it was the first, or the program is gone.
    """
    shutil.rmtree(PICTURES / app.slug, ignore_errors=True)
    other = Seat(session, OTHER, title=OTHER_TITLE, pictures=PICTURES / OTHER)
    seat = Seat(session, app.slug, title=app.title, pictures=PICTURES / app.slug, other=other)
    outcome = Outcome()
    try:
        session.run(app.slug, "blue", "true")
        for name, content in app.files.items():
            seat.place(name, content() if callable(content) else content)
        session.run(app.slug, "blue", *app.argv)
        outcome.cells = {column.value: NOT_APPLICABLE for column in Column}
        for column, probe in app.probes.items():
            outcome.cells[column.value] = _try(seat, column.value, probe, outcome)
        for name, probe in app.also.items():
            outcome.also[name] = _try(seat, name, probe, outcome)
    finally:
        session.vitrail("stop", app.slug)
        tell(f"{app.name}: {outcome.status} {outcome.cells} {outcome.also} {outcome.figures}")
        for name, error in outcome.errors.items():
            tell(f"  {name}: {error}")
    return outcome


def _try(seat: Seat, name: str, probe: Probe, outcome: Outcome) -> str:
    try:
        figure = probe(seat)
    except AssertionError:
        outcome.errors[name] = traceback.format_exc(limit=-3)
        seat.photograph(f"{name}-failed")
        seat.keyboard.press("esc")  # out of a menu or dialog that is still there
        return NO
    seat.photograph(name)
    if figure:
        outcome.figures[name] = figure
    return YES
