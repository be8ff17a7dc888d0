"""What is shown of a row, as plain text; must not know how it is drawn.

Whatever is shown passes `plain`, though the supervisor has made it safe: a toolkit must never get anything else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from guid.manager.world import Row

UNITS: Final = ((30, "GiB"), (20, "MiB"), (10, "KiB"))
ENDED_BADLY: Final = frozenset({"violated", "failed", "broken"})
STATES: Final = {"failed": "crashed", "broken": "settings not understood"}
"""A state of `vitrail ls --all` → what it is called here, where that is another word."""


def plain(text: object) -> str:
    """Printable characters and line ends; a question mark for each other."""
    return "".join(each if each.isprintable() or each == "\n" else "?" for each in str(text))


def line(text: object) -> str:
    """The same in one line."""
    return " ".join(plain(text).split())


def line_as_it_is(text: object) -> str:
    """The same, and blanks stay as they are."""
    return plain(text).replace("\n", " ")


def state(row: Row) -> str:
    """A qube's, with how it is set aside, and why it ended."""
    aside = [word for word in ("paused", "hidden") if row.get(word)]
    words = ", ".join([STATES.get(row["state"], str(row["state"])), *aside])
    return line(f"{words}: {row['reason']}" if row.get("reason") else words)


def label(row: Row) -> str:
    """Name and pattern: neither needs colours to be seen."""
    return f"{line(row['label'])}, {line(row['pattern'])}" if row.get("label") else "no label chosen"


def windows(row: Row) -> str:
    """How many are shown."""
    return str(row["windows"]) if row.get("daemon_pid") else ""


def size(number: int | None) -> str:
    """Bytes in a unit that a person reads; "" for None."""
    if number is None:
        return ""
    for power, unit in UNITS:
        if number >= 1 << power:
            return f"{number / (1 << power):.1f} {unit}" if number < 10 << power else f"{number >> power} {unit}"
    return "1 byte" if number == 1 else f"{number} bytes"


def about(row: Row) -> str:
    """What a qube is, in a few lines."""
    memory = f", at most {size(row['memory_bytes'])} of memory" if row.get("memory_bytes") else ""
    template = f", template {line(row['template'])}" if row.get("template") else ""
    kind = "disposable qube" if row.get("disposable") else "qube"
    engine = "virtual machine" if row.get("engine") == "qemu" else "sandbox"
    network = "with a network" if row.get("net") == "user" else "without a network"
    said = f"{line(row['name'])} ({label(row)}): {kind}, {engine}, {network}{template}{memory}"
    return f"{said}\n{plain(row['reason'])}" if row.get("reason") else said


def clipboard(row: Row) -> str:
    """Whose it is, and how much; never what."""
    if row.get("awaited"):
        return f"Clipboard: waiting for {line(row['awaited'])} to say what it has copied"
    if row["empty"]:
        return "Clipboard: empty"
    what = f"a picture of {row['width']} x {row['height']} px" if row.get("content") == "image" else "text"
    whose = line(row["source"]) + (f" ({line(row['label'])})" if row.get("label") else "")
    times = row.get("pastes") or 0
    done = "" if not times else ", pasted once already" if times == 1 else f", pasted {times} times already"
    return f"Clipboard: {size(row['bytes'])} of {what} from {whose}{done}"


def notice(row: Row) -> tuple[str, str]:
    """The first line, with its time of day here, and the rest."""
    mark = "! " if row["urgent"] else ""
    return f"{mark}{_time_of_day(row['when'])}  {line(row['summary'])}", plain(row["body"])


def _time_of_day(when: object) -> str:
    try:
        return f"{datetime.fromisoformat(str(when)).astimezone():%H:%M:%S}"
    except ValueError:
        return "?"
