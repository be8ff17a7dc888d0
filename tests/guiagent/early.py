"""The agent, but the desktop may draw a picture while it is written: what the agent waits for. A mutant.

It overwrites a frame before the desktop has taken it (FRAME_ACK), and tells of one before X has copied it. Either tears
frames; the second does so wherever the first needs luck, as on a machine with nothing else to do.
"""

import sys
from collections.abc import Callable

from guiagent.cli import main
from guiagent.core.frames import Frames
from guiagent.core.pixels import Copy
from guiagent.x11.capture import Capture

begin = Capture.start


def never(_frames: Frames, _now: float) -> None:
    """Wait for nothing."""


def start(capture: Capture, finished: Callable[[list[Copy]], None]) -> None:
    """Begin the copies, and say at once that they are made."""
    before = capture._under_way
    begin(capture, lambda _copies: None)
    if capture._under_way is not None and capture._under_way is not before:
        finished(capture._under_way)


Frames.wait_until = never  # type: ignore[method-assign,assignment]
Capture.start = start  # type: ignore[method-assign,assignment]

if __name__ == "__main__":
    sys.exit(main())
