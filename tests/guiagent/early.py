"""The agent, but it overwrites a frame before the desktop has taken it: what FRAME_ACK is for. A mutant."""

import sys

from guiagent.cli import main
from guiagent.core.frames import Frames


def never(_frames: Frames, _now: float) -> None:
    """Wait for nothing."""


Frames.wait_until = never  # type: ignore[method-assign,assignment]

if __name__ == "__main__":
    sys.exit(main())
