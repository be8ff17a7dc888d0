"""What there is to see of all qubes, as rows of plain values; must not know who looks.

A row has a key, which stays, and a kind. It holds what somebody shows who lists qubes: nothing that a qube has
written but its titles' number, and nothing of the clipboard's contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from math import inf
from typing import Any, Final

from colors.labels import STANDARD, Label
from guid import definitions
from guid.core.notebook import Notebook
from guid.paths import config_dir
from guid.qube import Qube
from guid.running import Running
from guid.settings import SettingsError, labels

ASK_S: Final = 1.0
"""How often a daemon is asked for its windows, and the files of qubes are looked at."""
MEMORY_S: Final = 2.0
"""How often a qube's memory is summed up; one qube a look, so that many are not looked at in one go."""
CLIPBOARD: Final = ("empty", "awaited", "source", "label", "bytes", "width", "height", "pastes")
"""What is told of the clipboard besides what kind it is: not its age, which never stands still."""

Row = dict[str, Any]
Files = tuple[tuple[str, int, int, int], ...]


class Overview:
    """Rows of a supervisor. notebook: of its notices; ourselves: what it says of itself."""

    def __init__(self, running: Running, notebook: Notebook, ourselves: Mapping[str, Any]) -> None:
        self._running = running
        self._notebook = notebook
        self._ourselves = dict(ourselves)
        self._windows: dict[str, int] = {}
        self._asked: dict[str, float] = {}
        self._used: dict[str, tuple[float, int | None]] = {}
        self._read_at = -inf
        self._files: Files | None = None
        self._written: dict[str, Row] = {}
        self._labels: list[Label] = []
        running.daemons.on_listed.append(self._listed)

    def rows(self, now: float) -> dict[str, Row]:
        """Key → row, in the order in which a new watcher is told. now: of the supervisor's clock."""
        if now >= self._read_at + ASK_S:
            self._read_at = now
            self._read()
        self._sum_up(now)
        found: dict[str, Row] = {"supervisor": {"kind": "supervisor", "running": self._ourselves}}
        found |= {f"label {each.name}": label_row(each) for each in self._labels}
        by_name = self._running.by_name
        names = sorted(self._written.keys() | by_name.keys())
        found |= {f"qube {name}": self._qube_row(name, by_name.get(name), now) for name in names}
        found["clipboard"] = _clipboard_row(self._running.exchange.status())
        found |= {f"notice {note['number']}": {"kind": "notice", **note} for note in self._notebook.notes()}
        return found

    def _qube_row(self, name: str, qube: Qube | None, now: float) -> Row:
        told = dict(self._written[name]) if qube is None else qube.describe()
        told["windows"] = 0
        told["used_bytes"] = None
        if qube is not None:
            self._ask(qube, now)
            told["windows"] = self._windows.get(name, 0) if qube.daemon_pid else 0
            told["used_bytes"] = self._used.get(name, (0.0, None))[1] if qube.process is not None else None
        return {"kind": "qube", **told, "defined": name in self._written}

    def _ask(self, qube: Qube, now: float) -> None:
        """Ask for its windows, unless it has not answered the last time; one that does not is not asked for long."""
        if qube.daemon_pid and now >= self._asked.get(qube.name, -inf) + ASK_S:
            self._asked[qube.name] = now if qube.tell_daemon({"query": "windows"}) else -inf

    def _listed(self, name: str) -> None:
        qube = self._running.by_name.get(name)
        if qube is not None:
            self._windows[name] = sum(1 for window in qube.windows if window["mapped"])

    def _sum_up(self, now: float) -> None:
        """The memory of the one qube whose sum is the oldest."""
        alive = [qube for qube in self._running.by_name.values() if qube.process is not None]
        kept = {qube.name for qube in alive}
        for remembered in (self._used, self._asked, self._windows):
            for name in remembered.keys() - kept:
                del remembered[name]
        due = min(alive, key=lambda qube: self._used.get(qube.name, (-inf, 0))[0], default=None)
        if due is not None and now >= self._used.get(due.name, (-inf, 0))[0] + MEMORY_S:
            self._used[due.name] = (now, self._running.used_bytes(due))

    def _read(self) -> None:
        """The files of qubes and labels, if one has changed. What is not understood is told as such by its row."""
        files = tuple(_files())
        if files == self._files:
            return
        self._files = files
        self._written = _or({}, lambda: {name: definitions.listed(name) for name in definitions.names()})
        self._labels = list(_or(STANDARD, labels).values())


def _files() -> Iterator[tuple[str, int, int, int]]:
    """What tells whether the files of qubes and labels are still those that were read."""
    folder = config_dir() / "qubes"
    with suppress(OSError):
        for path in (config_dir() / "labels.toml", *sorted(folder.iterdir())):
            with suppress(FileNotFoundError):
                found = path.stat()
                yield path.name, found.st_mtime_ns, found.st_size, found.st_ino


def _or(otherwise: Any, look: Callable[[], Any]) -> Any:
    try:
        return look()
    except SettingsError:
        return otherwise


def _clipboard_row(status: Mapping[str, Any]) -> Row:
    content = {"content": status["kind"]} if "kind" in status else {}
    return {"kind": "clipboard", **{key: status[key] for key in CLIPBOARD if key in status}, **content}


def label_row(label: Label) -> Row:
    """A label with all that draws it."""
    pattern = label.pattern
    return {
        "kind": "label",
        "name": label.name,
        "rgb": f"0x{label.rgb:06X}",
        "ink": f"0x{label.ink:06X}",
        "pattern": pattern.name,
        "period": pattern.period,
        "marks": [list(mark) for mark in pattern.marks],
    }
