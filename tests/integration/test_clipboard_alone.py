"""Daemons that nobody supervises: each has a desk of its own, and they share one clipboard by its files."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from Xlib import X, Xatom

from guid.clipboard.store import BASE
from protocol.messages import MessageType
from tests.harness.agent import ScriptedAgent
from tests.harness.pixels import pseudo_random
from tests.harness.processes import ROOT, Child, clean_environment
from tests.harness.stage import Stage
from tests.harness.wait import wait_until
from tests.harness.wm import clients
from tests.integration.clipboard_desk import COPY, CTRL, PASTE, SHIFT, WINDOW

pytestmark = pytest.mark.desktop

SIZE = (203, 151)


class Person:
    """Whose files the daemons share."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage = stage
        self.runtime, self.data, self.config = (folder / name for name in ("run", "data", "config"))
        self.runtime.mkdir(mode=0o700)
        (self.config / "vitrail").mkdir(parents=True)

    def files(self) -> dict[str, bytes]:
        folder = self.runtime / "vitrail" / "clipboard"
        return {path.name.removeprefix(BASE): path.read_bytes() for path in folder.glob(f"{BASE}*")}

    def audit(self) -> list[dict[str, Any]]:
        """What was written down so far."""
        path = self.data / "vitrail" / "clipboard.log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def happened(self, what: str, qube: str) -> dict[str, Any]:
        """The last line of the log, once it is this."""

        def last() -> dict[str, Any] | None:
            lines = self.audit()
            return lines[-1] if lines and (lines[-1]["what"], lines[-1].get("qube")) == (what, qube) else None

        return wait_until(last, 20, f"{what} in {qube}") or {}

    @contextmanager
    def daemon(self, folder: Path, name: str, place: tuple[int, int]) -> Iterator["Lonely"]:
        """A daemon without a supervisor, connected, with one window."""
        folder.mkdir()
        environment = clean_environment(
            DISPLAY=self.stage.server.name,
            PYTHONPATH=str(ROOT),
            XDG_RUNTIME_DIR=str(self.runtime),
            XDG_DATA_HOME=str(self.data),
            XDG_CONFIG_HOME=str(self.config),
        )
        with ScriptedAgent(folder, pool_bytes=16 << 20) as agent:
            pool = agent.pool.fd
            boundary: tuple[str | Path, ...] = ("--vchan-socket", agent.path, "--pool-fd", str(pool))
            command = (sys.executable, "-m", "guid", "daemon", "--name", name, "--label", "blue")
            with Child((*command, *boundary), env=environment, pass_fds=(pool,), log=folder / "log") as child:
                agent.shake_hands()
                yield Lonely(self.stage, agent, child, place)


class Lonely:
    """One of them, and its agent."""

    def __init__(self, stage: Stage, agent: ScriptedAgent, child: Child, place: tuple[int, int]) -> None:
        self.stage, self.agent, self.child = stage, agent, child
        agent.show(WINDOW, (*place, *SIZE), pseudo_random(*SIZE, seed=place[0]))
        self._outer = wait_until(self._find, 20, "its window")

    def _find(self) -> Any:
        """The window of this daemon that the window manager has, once it is on the screen."""
        x = self.stage.x
        name = x.intern_atom("_NET_WM_PID")
        for each in clients(x):
            window = x.create_resource_object("window", each)
            found = window.get_full_property(name, Xatom.CARDINAL)
            if found and found.value[0] == self.child.pid and window.get_attributes().map_state == X.IsViewable:
                return window
        return None

    def chord(self, key: int) -> None:
        """The person clicks into the window, presses Ctrl, Shift and a key, and lets go."""
        outer, before = self._outer, len(self.agent.received)
        size = outer.get_geometry()
        middle = self.stage.x.screen().root.translate_coords(outer, size.width // 2, size.height // 2)
        self.stage.click(middle.x, middle.y)
        wait_until(lambda: getattr(self.stage.x.get_input_focus().focus, "id", 0) == outer.id, what="the focus")
        self.agent.expect(MessageType.BUTTON, WINDOW, 20, after=before)
        for code in (CTRL, SHIFT, key):
            self.stage.key(X.KeyPress, code)
        for code in (key, SHIFT, CTRL):
            self.stage.key(X.KeyRelease, code)

    def copies(self, text: bytes) -> None:
        """The person copies here, and the agent answers."""
        before = len(self.agent.received)
        self.chord(COPY)
        self.agent.expect(MessageType.CLIPBOARD_REQ, WINDOW, 20, after=before)
        self.agent.send(MessageType.CLIPBOARD_DATA, WINDOW, tail=text)

    def pastes(self) -> bytes:
        """The person pastes here: what the agent gets."""
        before = len(self.agent.received)
        self.chord(PASTE)
        return self.agent.expect(MessageType.CLIPBOARD_DATA, WINDOW, 20, after=before).tail


Two = tuple[Person, Lonely, Lonely]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture
def two(stage: Stage, tmp_path: Path) -> Iterator[Two]:
    person = Person(stage, tmp_path)
    with (
        person.daemon(tmp_path / "1", "work", (60, 100)) as work,
        person.daemon(tmp_path / "2", "play", (400, 100)) as play,
    ):
        yield person, work, play


def test_what_one_daemon_stored_the_other_one_pastes_once(two: Two) -> None:
    person, work, play = two
    work.copies(b"from work")
    person.happened("copied", "work")
    assert (person.files()[""], person.files()[".source"]) == (b"from work", b"work")
    assert play.pastes() == b"from work"
    assert person.happened("pasted", "play")["source"] == "work"
    assert (person.files()[""], person.files()[".source"]) == (b"", b"")
    work.chord(PASTE)  # it has copied this itself, and sees all the same that it is gone
    person.happened("nothing to paste", "work")
    assert not [each for each in work.agent.received if each.type is MessageType.CLIPBOARD_DATA]


def test_last_copy_counts_whichever_daemon_it_came_through(two: Two) -> None:
    person, work, play = two
    work.copies(b"older")
    person.happened("copied", "work")
    play.copies(b"newer")
    person.happened("copied", "play")
    assert work.pastes() == b"newer"
    person.happened("pasted", "work")
    work.copies(b"newest")
    person.happened("copied", "work")
    assert work.pastes() == b"newest"


def test_rule_that_asks_refuses_where_nobody_can_be_asked(two: Two) -> None:
    person, work, play = two
    rules = person.config / "vitrail" / "clipboard.toml"
    rules.write_text('[[rule]]\nsource = "*"\ntarget = "play"\naction = "ask"\n')
    work.copies(b"kept")
    person.happened("copied", "work")
    play.chord(PASTE)
    assert "nobody can be asked" in person.happened("denied", "play")["why"]
    assert person.files()[""] == b"kept"
    assert not [each for each in play.agent.received if each.type is MessageType.CLIPBOARD_DATA]
