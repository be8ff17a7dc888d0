"""What can be done to a qube: words, keys, when it may be, and what is asked of the supervisor; knows no toolkit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from guid.manager.world import Row

Request = dict[str, Any]

ALIVE: Final = frozenset({"starting", "running", "waiting for display"})
CAN_START: Final = frozenset({"stopped", "violated", "failed"})


def _alive(row: Row) -> bool:
    return row["state"] in ALIVE


def _aside(wanted: Request) -> Callable[[Row, str], Sequence[Request]]:
    return lambda row, _display: [{"op": "aside", "qube": row["name"], "wanted": wanted}]


def _start(row: Row, display: str) -> Sequence[Request]:
    run = {"op": "run", "qube": row["name"], "label": None, "argv": [], "wait": False, "display": display}
    return [run]


def _stop(row: Row, _display: str) -> Sequence[Request]:
    return [{"op": "stop", "qube": row["name"], "now": False}]


def _kill(row: Row, _display: str) -> Sequence[Request]:
    return [{"op": "stop", "qube": row["name"], "now": True}]


def _restart(row: Row, display: str) -> Sequence[Request]:
    return [*_stop(row, display), *_start(row, display)]


@dataclass(frozen=True, slots=True)
class Action:
    """words: with its mnemonic after an underscore. key: as GTK writes it. allowed: for which qubes.

    requests: what is asked of the supervisor, one after the other has been done; None: the window does it itself.
    question: asked before, {name} filled in, with what there is to say of it; "" for none.
    """

    name: str
    words: str
    key: str
    allowed: Callable[[Row], bool]
    requests: Callable[[Row, str], Sequence[Request]] | None = None
    question: str = ""
    consequence: str = ""


LOSES: Final = "Its programs end; what they have not saved is lost. Files in its home stay."

ACTIONS: Final = (
    Action("start", "_Start", "<Control>s", lambda row: row["state"] in CAN_START and bool(row["defined"]), _start),
    Action("stop", "S_top", "Delete", _alive, _stop, "Stop qube {name}?", LOSES),
    Action(
        "kill",
        "_Kill",
        "<Shift>Delete",
        lambda row: _alive(row) or row["state"] == "stopping",
        _kill,
        "Kill qube {name}?",
        "Its programs end at once and cannot save anything. Files in its home stay.",
    ),
    Action(
        *("restart", "_Restart", "<Control>r"),
        lambda row: _alive(row) and not row["disposable"],
        _restart,
        "Restart qube {name}?",
        LOSES,
    ),
    Action("pause", "_Pause", "<Control>p", lambda row: _alive(row) and not row["paused"], _aside({"paused": True})),
    Action("resume", "R_esume", "<Control>p", lambda row: bool(row["paused"]), _aside({"paused": False})),
    Action("hide", "_Hide", "<Control>h", lambda row: _alive(row) and not row["hidden"], _aside({"hidden": True})),
    Action("show", "Sho_w", "<Control>h", lambda row: bool(row["hidden"]), _aside({"hidden": False})),
    Action("label", "Change la_bel", "F2", lambda row: bool(row["defined"]) and row["state"] != "broken"),
    Action("log", "_Log", "<Control>l", lambda _row: True),
)

BY_NAME: Final = {action.name: action for action in ACTIONS}
BUTTONS: Final = (("start",), ("stop",), ("pause", "resume"), ("hide", "show"), ("label",), ("log",))
"""A button each; it does the first of its actions that may be done."""
ENTER: Final = ("start", "resume", "show", "log")
"""What Enter does: the first that may be done."""

EMPTY_CLIPBOARD: Final[Request] = {"op": "clipboard", "do": "clear"}

OTHER_KEYS: Final = (
    ("Enter", "start, resume or show the qube; else its log"),
    ("letters", "go to the qube whose name begins so"),
    ("Alt and an underlined letter", "that button or menu"),
    ("Tab", "from the qubes to the notices and back"),
    ("F1 or ?", "these keys"),
)


def first_allowed(names: Sequence[str], row: Row) -> Action | None:
    """Of these actions, the first that may be done to a qube."""
    return next((BY_NAME[name] for name in names if BY_NAME[name].allowed(row)), None)


def relabel(name: str, label: str) -> Request:
    """Give a qube another label."""
    return {"op": "relabel", "qube": name, "label": label}
