"""A private X server for a test, on a display number of its own; knows nothing of Vitrail."""

import itertools
import os
import select
import signal
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from Xlib import display as xdisplay

from tests.harness.processes import Child
from tests.harness.wait import time_scale, wait_until

Kind = Literal["xvfb", "xorg"]

START_TIMEOUT_S = 20.0

FIRST_NUMBER, NUMBERS_EACH, PROCESSES = 1000, 100, 400
"""Servers that pick a number themselves begin with 0, and lock none: the number of one that a test lets crash would be
another one's before it is started again, and what lived on the first would be seen on the second. So each process of
the suite counts through a range that no server picks; the highest is 41,000, and 59,535 what a display may have."""
_NUMBERS = itertools.cycle(range(NUMBERS_EACH))
MIN_CLOCK_MHZ = 25.0
MAX_CLOCK_MHZ = 250.0

XORG_CONF: Final = """
Section "ServerFlags"
    Option "DontVTSwitch" "true"
    Option "AutoAddDevices" "true"
    Option "AutoAddGPU" "false"
EndSection
Section "Device"
    Identifier "dummy"
    Driver "dummy"
    VideoRam 262144
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 1.0 - 1000.0
    VertRefresh 1.0 - 1000.0
    Modeline "{width}x{height}" {clock:.2f} {width} {w1} {w2} {w3} {height} {h1} {h2} {h3}
EndSection
Section "Screen"
    Identifier "screen"
    Device "dummy"
    Monitor "monitor"
    DefaultDepth {depth}
    SubSection "Display"
        Depth {depth}
        Modes "{width}x{height}"
        Virtual {width} {height}
    EndSubSection
EndSection
"""


def xorg_conf(width: int, height: int, depth: int) -> str:
    """An xorg.conf for the dummy driver with one mode of exactly this size.

    At 60 Hz if the pixel clock that this takes lies in what the driver accepts (it drops modes of other clocks); else
    faster or slower.
    """
    w1, w2, w3 = width + 8, width + 16, width + 32
    h1, h2, h3 = height + 1, height + 2, height + 4
    clock = min(max(w3 * h3 * 60 / 1e6, MIN_CLOCK_MHZ), MAX_CLOCK_MHZ)
    return XORG_CONF.format(
        width=width, height=height, depth=depth, clock=clock, w1=w1, w2=w2, w3=w3, h1=h1, h2=h2, h3=h3
    )


class XServer:
    """Xvfb, or Xorg with the dummy driver. A context manager.

    name: ":N", for DISPLAY. It listens on no TCP port, has no access control (it lives as long as the test), and does
    not reset when its last client leaves.
    Raises RuntimeError with the server's log if it does not come up.
    """

    def __init__(
        self,
        width: int = 1920,
        height: int = 1080,
        depth: int = 24,
        kind: Kind = "xvfb",
        *,
        extra: tuple[str, ...] = (),
    ) -> None:
        self.width, self.height, self.depth, self.kind = width, height, depth, kind
        self._extra = extra
        self._folder = tempfile.TemporaryDirectory(prefix="vitrail-x-")
        self._child: Child | None = None
        self.name = ""

    @property
    def pid(self) -> int:
        assert self._child is not None, "not started"
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.alive

    def start(self) -> Self:
        self.name = f":{FIRST_NUMBER + os.getpid() % PROCESSES * NUMBERS_EACH + next(_NUMBERS)}"
        read_end, write_end = os.pipe()
        log = Path(self._folder.name) / "log"
        try:
            self._child = Child([*self._argv(write_end), self.name], pass_fds=[write_end], log=log)
        finally:
            os.close(write_end)
        try:
            self._wait_for_display(read_end)
        finally:
            os.close(read_end)
        return self

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
        self._folder.cleanup()

    def crash(self) -> None:
        """End it as nothing else would: every client loses its connection, and its files stay."""
        assert self._child is not None, "not started"
        self._child.signal(signal.SIGKILL)
        self._child.wait()

    def start_again(self) -> None:
        """Start one with the same display number after `crash`."""
        assert self.name, "not started"
        self._child = Child([*self._argv(None), self.name], log=Path(self._folder.name) / "log")
        wait_until(self._answers, START_TIMEOUT_S, f"the display {self.name}")

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(f"/tmp/.X11-unix/X{self.name[1:]}") == 0

    def freeze(self) -> None:
        assert self._child is not None, "not started"
        self._child.freeze()

    def thaw(self) -> None:
        assert self._child is not None, "not started"
        self._child.thaw()

    def connect(self) -> xdisplay.Display:
        """A new plain python-xlib connection. The caller closes it."""
        return xdisplay.Display(self.name)

    def _argv(self, displayfd: int | None) -> list[str]:
        number = [] if displayfd is None else ["-displayfd", str(displayfd)]
        common = [*number, "-nolisten", "tcp", "-noreset", "-ac", *self._extra]
        if self.kind == "xvfb":
            return ["Xvfb", "-screen", "0", f"{self.width}x{self.height}x{self.depth}", *common]
        conf = Path(self._folder.name) / "xorg.conf"
        conf.write_text(xorg_conf(self.width, self.height, self.depth))
        # /usr/lib/xorg/Xorg is the server itself; /usr/bin/Xorg may be a wrapper that asks for a console.
        real = Path("/usr/lib/xorg/Xorg")
        logfile = str(Path(self._folder.name) / "Xorg.log")
        program = str(real) if real.exists() else "Xorg"
        return [program, "-config", str(conf), "-logfile", logfile, "-novtswitch", "-sharevts", *common]

    def _wait_for_display(self, fd: int) -> None:
        text = b""
        while not text.endswith(b"\n"):
            ready, _, _ = select.select([fd], [], [], START_TIMEOUT_S * time_scale())
            chunk = os.read(fd, 64) if ready else b""
            if not chunk:
                assert self._child is not None
                log = self._child.output()
                self.stop()
                raise RuntimeError(f"{self.kind} did not start: {log}")
            text += chunk

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
