"""A GTK or Qt program of the harness, in a qube or beside one, told what to do; knows nothing of what it shows."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cairo
import numpy as np

from tests.harness.pixels import Pixels
from tests.harness.processes import clean_environment
from tests.harness.wait import time_scale

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("toolkits.py")


def toolkit_argv(kind: str, folder: Path) -> list[str]:
    """The command of a program; kind: gtk or qt."""
    return [SYSTEM_PYTHON, str(PROGRAM), kind, str(folder)]


class Toolkit:
    """One program on a display. A context manager."""

    def __init__(self, kind: str, display: str, folder: Path) -> None:
        self.title = f"toolkit {kind}"
        self.pasted = folder / "pasted.png"
        environment = clean_environment(
            DISPLAY=display, GDK_BACKEND="x11", QT_QPA_PLATFORM="xcb", NO_AT_BRIDGE="1", XDG_RUNTIME_DIR=str(folder)
        )
        self._log = (folder / f"{kind}.log").open("wb")
        self._process = subprocess.Popen(
            toolkit_argv(kind, folder),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.ask("text")

    def ask(self, *words: str) -> str:
        """Have a command done, and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(words).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the {self.title} has ended"
        return str(json.loads(line))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.terminate()
        self._process.wait(10 * time_scale())
        self._log.close()


def picture(width: int, height: int) -> Pixels:
    """A picture in which no two neighbours are alike: (h, w) uint32 0xRRGGBB."""
    y, x = np.mgrid[0:height, 0:width]
    drawn: Pixels = ((x * 7 % 256) << 16 | (y * 11 % 256) << 8 | (x + y) % 256).astype(np.uint32)
    return drawn


def rgba(pixels: Pixels, alpha: int = 0xFF) -> bytes:
    """The wire's form: red, green, blue, alpha."""
    height, width = pixels.shape
    channels: Any = np.empty((height, width, 4), np.uint8)
    for at, shift in enumerate((16, 8, 0)):
        channels[..., at] = pixels >> shift & 0xFF
    channels[..., 3] = alpha
    return bytes(channels.tobytes())


def write_png(path: Path, pixels: Pixels) -> None:
    height, width = pixels.shape
    data = bytearray((pixels | np.uint32(0xFF000000)).astype("<u4").tobytes())
    cairo.ImageSurface.create_for_data(data, cairo.FORMAT_RGB24, width, height).write_to_png(str(path))


def read_png(path: Path) -> Pixels:
    surface = cairo.ImageSurface.create_from_png(str(path))
    rows = np.frombuffer(surface.get_data(), "<u4").reshape(surface.get_height(), surface.get_stride() // 4)
    return (rows[:, : surface.get_width()] & np.uint32(0xFFFFFF)).astype(np.uint32)
