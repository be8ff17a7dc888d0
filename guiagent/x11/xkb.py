"""The three requests of XKB that the agent needs, packed by hand: python-xlib has none. It must not know any keyboard.

Source: The X Keyboard Extension: Protocol Specification, appendix "Protocol Encoding".
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

from shm.x11.connection import XConnection

NAME: Final = "XKEYBOARD"
_CORE_KEYBOARD: Final = 0x100
_CONTROLS_NOTIFY: Final = 3
_REPEAT_KEYS: Final = 1

_USE_EXTENSION: Final = struct.Struct("=BBHHH")
_SELECT_EVENTS: Final = struct.Struct("=BBHHHHHHH")
_LATCH_LOCK_STATE: Final = struct.Struct("=BBHHBBBBBBxBh")
_CONTROLS_EVENT: Final = struct.Struct("=BBHIBBxxIII8x")


class Xkb:
    """XKB on one connection. `present` is False on a server without it: then locks are not kept equal."""

    def __init__(self, connection: XConnection) -> None:
        found: Any = connection.display.query_extension(NAME)
        self.present = bool(found and found.present)
        self._connection = connection
        if not self.present:
            return
        self._opcode = int(found.major_opcode)
        self._event = int(found.first_event)
        # Until a client has said which version it speaks, every other request is refused.
        connection.send_with_reply(_USE_EXTENSION.pack(self._opcode, 0, 2, 1, 0), 1, lambda _reply: None)

    def lock_modifiers(self, affected: int, locked: int, group: int) -> bytes:
        """LatchLockState: of the real modifiers in `affected`, exactly those in `locked` are locked, and `group`."""
        return _LATCH_LOCK_STATE.pack(self._opcode, 5, 4, _CORE_KEYBOARD, affected, locked, 1, group, 0, 0, 0, 0)

    def on_repeat_enabled(self, handler: Callable[[], None]) -> None:
        """Call back whenever any program has switched the repeat of held keys on."""
        if not self.present:
            return

        def controls_changed(buffer: bytes | memoryview, offset: int) -> None:
            _, kind, _, _, _, _, _, enabled, _ = _CONTROLS_EVENT.unpack_from(buffer, offset)
            if kind == _CONTROLS_NOTIFY and enabled & _REPEAT_KEYS:
                handler()

        mask = 1 << _CONTROLS_NOTIFY
        self._connection.on_event(self._event, controls_changed)
        self._connection.send(_SELECT_EVENTS.pack(self._opcode, 1, 4, _CORE_KEYBOARD, mask, 0, mask, 0, 0), 1)
