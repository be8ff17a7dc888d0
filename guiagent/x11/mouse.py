"""The mouse of the qube: a device with a wheel where the server has one, else XTEST's pointer. It must not know why.

Both go by XTEST, on the connection that carries all else, and so in its order. Whatever is moved, pressed and turned
goes by one device: when another takes over, toolkits forget where the wheel stood, and lose a notch.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from Xlib import X
from Xlib.ext import xinput

from guiagent.core import effects as fx
from guiagent.core.wheel import Axes, Wheel
from shm.x11.connection import XConnection
from shm.x11.requests import fake_device_button, fake_device_motion, fake_input

LOG = logging.getLogger(__name__)

NAME: Final = "vitrail mouse"
"""The device that the server's configuration adds."""
HORIZONTAL, VERTICAL = 2, 3
"""The driver's axes for the wheel. Source: inputtest(4), "DeviceType"."""

Pack = Mapping[type, Callable[[Any], list[bytes]]]
"""For each effect of a mouse its requests, in their order."""


def mouse_of(connection: XConnection) -> Pack:
    """The better one of the mice that this server has. Asks the server and waits; raises DisplayLost."""
    display: Any = connection.display
    xtest: Any = display.query_extension("XTEST")
    xi: Any = display.query_extension("XInputExtension")
    device = None if xi is None else _device(display, int(xi.major_opcode))
    if device is None:
        LOG.info("the wheel goes by buttons: the X server has no %s", NAME)
        return plain_mouse(int(xtest.major_opcode), int(display.screen().root.id))
    return wheel_mouse(int(xtest.major_opcode), int(xi.first_event), *device)


def plain_mouse(opcode: int, root: int) -> Pack:
    """XTEST's own pointer, whose wheel is four buttons."""

    def press(effect: fx.PressButton | fx.TurnWheel) -> list[bytes]:
        return [fake_input(opcode, X.ButtonPress if effect.pressed else X.ButtonRelease, effect.button)]

    return {
        fx.PressButton: press,
        fx.TurnWheel: press,
        fx.MovePointer: lambda e: [fake_input(opcode, X.MotionNotify, 0, root=root, x=e.x, y=e.y)],
    }


def wheel_mouse(opcode: int, first_event: int, device: int, wheel: Wheel) -> Pack:
    """A device with a wheel of two axes, which X turns into buttons for programs that know no axes."""
    place = [0, 0]

    def move(effect: fx.MovePointer) -> list[bytes]:
        place[:] = effect
        return [fake_device_motion(opcode, first_event, device, place)]

    def press(effect: fx.PressButton) -> list[bytes]:
        return [fake_device_button(opcode, first_event, device, effect.button, pressed=effect.pressed)]

    def turn(effect: fx.TurnWheel) -> list[bytes]:
        """A notch is one event, so it goes when the button goes down. Axes 2 and 3 go only with 0 and 1 before them."""
        if not effect.pressed:
            return []
        before, after = wheel.at, wheel.turned(effect.button)
        shown = [before, after] if effect.fresh else [after]
        return [fake_device_motion(opcode, first_event, device, [*place, *axes]) for axes in shown]

    return {fx.PressButton: press, fx.TurnWheel: turn, fx.MovePointer: move}


def _device(display: Any, opcode: int) -> tuple[int, Wheel] | None:
    """The id of the device, and its wheel as it stands: another agent may have turned it before this one."""
    xinput.XIQueryVersion(display=display.display, opcode=opcode, major_version=2, minor_version=1)
    found: Any = xinput.XIQueryDevice(display=display.display, opcode=opcode, deviceid=xinput.AllDevices)
    for device in found.devices:
        if device.name == NAME and device.enabled:
            at = {c["number"]: round(c["value"]) for c in device.classes if c["type"] == xinput.ValuatorClass}
            notch = {c["number"]: round(c["increment"]) for c in device.classes if c["type"] == xinput.ScrollClass}
            if HORIZONTAL in notch and VERTICAL in notch:
                standing = Axes(at[HORIZONTAL], at[VERTICAL])
                return int(device.deviceid), Wheel(standing, Axes(notch[HORIZONTAL], notch[VERTICAL]))
    return None
