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
_NEW_KEYBOARD_NOTIFY: Final = 0
_MAP_NOTIFY: Final = 1
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
        self._handlers: dict[int, Callable[[bytes | memoryview, int], None]] = {}
        # Until a client has said which version it speaks, every other request is refused.
        connection.send_with_reply(_USE_EXTENSION.pack(self._opcode, 0, 2, 1, 0), 1, lambda _reply: None)
        connection.on_event(self._event, self._happened)

    def lock_modifiers(self, affected: int, locked: int, group: int) -> bytes:
        """LatchLockState: of the real modifiers in `affected`, exactly those in `locked` are locked, and `group`."""
        return _LATCH_LOCK_STATE.pack(self._opcode, 5, 4, _CORE_KEYBOARD, affected, locked, 1, group, 0, 0, 0, 0)

    def on_repeat_enabled(self, handler: Callable[[], None]) -> None:
        """Call back whenever any program has switched the repeat of held keys on."""
        if not self.present:
            return

        def controls_changed(buffer: bytes | memoryview, offset: int) -> None:
            _, _, _, _, _, _, _, enabled, _ = _CONTROLS_EVENT.unpack_from(buffer, offset)
            if enabled & _REPEAT_KEYS:
                handler()

        self._select({_CONTROLS_NOTIFY: controls_changed})

    def on_keymap_changed(self, handler: Callable[[], None]) -> None:
        """Call back whenever keys mean something else: X sends whoever speaks XKB no core MappingNotify for that."""
        if self.present:
            self._select(dict.fromkeys((_NEW_KEYBOARD_NOTIFY, _MAP_NOTIFY), lambda _buffer, _offset: handler()))

    def _select(self, handlers: dict[int, Callable[[bytes | memoryview, int], None]]) -> None:
        self._handlers |= handlers
        mask = sum(1 << kind for kind in handlers)
        # A map has a mask of its own behind those two, of the parts that count: all of them.
        parts = (0xFF, 0xFF) if _MAP_NOTIFY in handlers else (0, 0)
        self._connection.send(_SELECT_EVENTS.pack(self._opcode, 1, 4, _CORE_KEYBOARD, mask, 0, mask, *parts), 1)

    def _happened(self, buffer: bytes | memoryview, offset: int) -> None:
        handler = self._handlers.get(buffer[offset + 1])
        if handler is not None:
            handler(buffer, offset)
