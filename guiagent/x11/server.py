"""The X server of the qube: Xorg with the dummy driver as an ordinary user, or Xvfb. It must not know what it shows."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from enum import Enum
from pathlib import Path
from typing import Final

from guiagent.x11.mouse import NAME as MOUSE_NAME
from guiagent.x11.readiness import end, line_said
from shm.errors import DisplayLost

LOG = logging.getLogger(__name__)

XORG: Final = Path("/usr/lib/xorg/Xorg")
"""The server itself: /usr/bin/Xorg is a wrapper that asks for a console."""
START_TIMEOUT_S: Final = 20.0
"""Measured: 0.1 s for ordinary sizes, 0.7 s for 16384x6144, several times that on a machine under load."""
STOP_TIMEOUT_S: Final = 3.0
END_TIMEOUT_S: Final = 0.5
"""How long after its connections a server that dies may be there still."""
MIN_VIDEO_RAM_KIB: Final = 262_144
"""256 MiB, taken from memory only as far as it is touched: the screen may grow to 8192x8192 later."""
MOUSE_DRIVER: Final = Path("/usr/lib/xorg/modules/input/inputtest_drv.so")
"""A part of xserver-xorg-core in Debian; without it the server has no mouse with a wheel, only XTEST's."""
MOUSE_BUTTONS: Final = 9
MOUSE_SOCKET: Final = "mouse"
MAX_CLOCK_MHZ: Final = 300.0
"""The dummy driver's highest pixel clock; a slower refresh is implied then, and harmless."""

XORG_CONF: Final = """\
Section "ServerFlags"
    # Devices are added by themselves, though there are none: otherwise keycodes are not those of evdev.
    Option "AutoAddDevices" "true"
    Option "DontVTSwitch" "true"
    Option "DontZap" "true"
    Option "BlankTime" "0"
    Option "StandbyTime" "0"
    Option "SuspendTime" "0"
    Option "OffTime" "0"
EndSection
Section "Device"
    Identifier "vitrail"
    Driver "dummy"
    VideoRam {video_ram_kib}
EndSection
Section "Monitor"
    Identifier "vitrail"
    HorizSync 1.0-2000.0
    VertRefresh 1.0-200.0
    Modeline "{width}x{height}" {clock_mhz:.3f} {width} {h1} {h2} {h3} {height} {v1} {v2} {v3} -hsync +vsync
EndSection
Section "Screen"
    Identifier "vitrail"
    Device "vitrail"
    Monitor "vitrail"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Virtual {width} {height}
        Modes "{width}x{height}"
    EndSubSection
EndSection
"""
MOUSE_CONF: Final = """\
Section "InputDevice"
    Identifier "{name}"
    Driver "inputtest"
    Option "DeviceType" "Pointer"
    Option "PointerButtonCount" "{buttons}"
    Option "SocketPath" "{socket}"
EndSection
Section "ServerLayout"
    Identifier "vitrail"
    Screen "vitrail"
    InputDevice "{name}"
EndSection
"""


class Kind(Enum):
    """Which server to start."""

    AUTO = "auto"
    XORG = "xorg"
    XVFB = "xvfb"


def xorg_conf(width: int, height: int) -> str:
    """A configuration of the dummy driver with one mode of exactly this size (px)."""
    h_total, v_total = -(-width // 8) * 8 + 96, height + 32
    return XORG_CONF.format(
        width=width,
        height=height,
        video_ram_kib=max(MIN_VIDEO_RAM_KIB, width * height * 4 // 1024 * 2),
        clock_mhz=min(h_total * v_total * 60 / 1e6, MAX_CLOCK_MHZ),
        h1=width + 16,
        h2=width + 48,
        h3=h_total,
        v1=height + 3,
        v2=height + 8,
        v3=v_total,
    )


class XServer:
    """A running server. `display` is its name for DISPLAY."""

    def __init__(self, process: subprocess.Popen[bytes], display: str, folder: Path) -> None:
        self.display = display
        self._process = process
        self._folder = folder

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def ended(self) -> bool:
        """Whether it has ended, or ends just now: it closes its connections a little earlier."""
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """End the server and remove its files."""
        end(self._process, self._folder, STOP_TIMEOUT_S)

    @classmethod
    def start(cls, kind: Kind, width: int, height: int) -> XServer:
        """Start a server with a root of this size (px) and wait until it is ready.

        AUTO tries Xorg, then Xvfb. Raises DisplayLost with the last lines of the log if none comes up.
        """
        kinds = (Kind.XORG, Kind.XVFB) if kind is Kind.AUTO else (kind,)
        failures = []
        for one in kinds:
            folder = Path(tempfile.mkdtemp(prefix="vitrail-x-"))
            try:
                return cls._launch(_argv(one, width, height, folder), folder)
            except DisplayLost as failure:
                failures.append(f"{one.value}: {failure}")
                shutil.rmtree(folder, ignore_errors=True)
                LOG.warning("no X server by %s", failures[-1])
        raise DisplayLost(f"no X server could be started ({'; '.join(failures)})")

    @classmethod
    def _launch(cls, argv: list[str], folder: Path) -> XServer:
        ready, ready_write = os.pipe()
        log = folder / "output"
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(
                    [*argv, "-displayfd", str(ready_write)],
                    pass_fds=(ready_write,),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd="/",
                )
        except OSError as error:
            os.close(ready)
            raise DisplayLost(f"cannot run {argv[0]}: {error.strerror}") from error
        finally:
            os.close(ready_write)
        try:
            said = line_said(ready, START_TIMEOUT_S)
        finally:
            os.close(ready)
        server = cls(process, f":{int(said or 0)}", folder)
        if said is None:
            text = log.read_text(errors="replace").strip().splitlines()
            server.stop()
            raise DisplayLost(f"{argv[0]} did not come up: {' / '.join(text[-3:])}")
        # XTEST moves the mouse. Were its socket used, and closed, the server would spin (ADR 44).
        (folder / MOUSE_SOCKET).unlink(missing_ok=True)
        return server


def _argv(kind: Kind, width: int, height: int, folder: Path) -> list[str]:
    common = ["-noreset", "-nolisten", "tcp"]
    if kind is Kind.XVFB:
        return ["Xvfb", "-screen", "0", f"{width}x{height}x24", *common]
    conf = folder / "xorg.conf"
    conf.write_text(xorg_conf(width, height) + _mouse_conf(folder))
    return [str(XORG), "-config", str(conf), "-logfile", str(folder / "log"), "-novtswitch", "-sharevts", *common]


def _mouse_conf(folder: Path) -> str:
    if not MOUSE_DRIVER.exists():
        return ""
    return MOUSE_CONF.format(name=MOUSE_NAME, buttons=MOUSE_BUTTONS, socket=folder / MOUSE_SOCKET)
