"""Answers calls from outside the machine: one JSON object a line in, one out. Knows no device and no program.

A call names a function of a module inside and its keyword arguments; whatever it returns must be JSON. The caller is
the test that made this machine, so it may call anything.
"""

from __future__ import annotations

import importlib
import json
import traceback
from collections.abc import Callable
from typing import Any, Protocol


class Stream(Protocol):
    """Where lines come from and go to."""

    def read(self) -> bytes:
        """Wait for some bytes; b"" when the other side is gone."""

    def write(self, data: bytes) -> None:
        """Write all of `data`."""


def serve(stream: Stream) -> None:
    """Answer until the other side is gone."""
    write_line(stream, {"ready": True})
    waiting = b""
    while True:
        data = stream.read()
        if not data:
            return
        *lines, waiting = (waiting + data).split(b"\n")
        for line in lines:
            write_line(stream, answer(json.loads(line)))


def write_line(stream: Stream, message: dict[str, Any]) -> None:
    """Write one message."""
    stream.write(json.dumps(message).encode("ascii") + b"\n")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do one call; an exception becomes its traceback."""
    try:
        return {"id": request["id"], "result": function_named(request["call"])(**request["with"])}
    except BaseException:  # noqa: BLE001 - whatever it is, the test outside shall read of it
        return {"id": request["id"], "error": traceback.format_exc()}


def function_named(name: str) -> Callable[..., Any]:
    """`package.module:function`."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
