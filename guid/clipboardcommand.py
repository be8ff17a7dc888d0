"""`vitrail clipboard`: what is in the global clipboard, in words or JSON; must not know where it is kept."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import Any

from guid.control import CommandError, ask, follow
from guid.core.text import escaped


def status(*, as_json: bool) -> None:
    """Print what is in it, without the contents."""
    found = _asked("status")
    if as_json:
        _print(found)
        return
    if found["awaited"]:
        print(f"waiting for {found['awaited']} to say what it has copied")
    if found["empty"]:
        print("the clipboard is empty")
        return
    label = f" ({found['label']})" if found.get("label") else ""
    clears = f", leaves by itself in {found['clears_in_s']:.0f} s" if found["clears_in_s"] is not None else ""
    print(f"{_size(found)} from {escaped(found['source'])}{label}, copied {found['age_s']:.0f} s ago{clears}")


def show(*, as_json: bool) -> None:
    """Print the contents so that nothing in them can do anything to the terminal: printable ASCII, and line ends."""
    found = _asked("show")
    if as_json:
        _print({key: value for key, value in found.items() if key != "awaited"})
        return
    if found["empty"]:
        raise CommandError("the clipboard is empty")
    if found["kind"] != "text":
        print(_size(found))
        return
    text = base64.b64decode(found["base64"]).decode("utf-8", "backslashreplace")
    print("\n".join(escaped(line) for line in text.split("\n")))


def clear(*, as_json: bool) -> None:
    """Empty it."""
    _asked("clear")
    if as_json:
        _print({"cleared": True})


def watch(*, as_json: bool) -> None:
    """Print what happens to it, a line each, until interrupted or the supervisor ends."""
    with suppress(KeyboardInterrupt):
        for found in follow({"op": "clipboard", "do": "watch"}):
            print(json.dumps({"version": 1, **found}) if as_json else _line(found), flush=True)


def _print(found: dict[str, Any]) -> None:
    print(json.dumps({"version": 1, **found}, indent=2))


def _asked(what: str) -> dict[str, Any]:
    answer = ask({"op": "clipboard", "do": what})
    return answer or {"empty": True, "awaited": None}


def _line(found: dict[str, Any]) -> str:
    """When, what, and whatever else is known."""
    rest = " ".join(f"{key}={value}" for key, value in found.items() if key not in ("when", "what"))
    return f"{found['when']} {found['what']}: {rest}"


def _size(found: dict[str, Any]) -> str:
    if found["kind"] == "image":
        return f"an image of {found['width']:,} x {found['height']:,} pixels"
    return f"{found['bytes']:,} bytes of text" if found["bytes"] != 1 else "1 byte of text"
