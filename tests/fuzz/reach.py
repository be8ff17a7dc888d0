"""Which steps from line to line a call takes through the trusted side's pure parts; must not know what is called."""

import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final

from tests.harness.processes import ROOMS_IN

WATCHED: Final = tuple(str(ROOMS_IN / room) for room in ("guid/core", "protocol", "shm/runs.py", "shm/damage.py"))

Step = tuple[CodeType, int, int]


def reached(call: Callable[[], object]) -> set[Step]:
    """Every (code, line, next line) of `call` in the watched rooms. What it raises is raised."""
    steps: set[Step] = set()

    def entered(frame: FrameType, _event: str, _arg: Any) -> Any:
        code, before = frame.f_code, 0
        if not code.co_filename.startswith(WATCHED):
            return None

        def local(frame: FrameType, event: str, _arg: Any) -> Any:
            nonlocal before
            if event == "line":
                steps.add((code, before, frame.f_lineno))
                before = frame.f_lineno
            return local

        return local

    earlier = sys.gettrace()
    sys.settrace(entered)
    try:
        call()
    finally:
        sys.settrace(earlier)
    return steps
