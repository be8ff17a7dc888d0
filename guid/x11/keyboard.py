"""What the desktop's keyboard is: asked for by XKB, and again whenever it changes; must not know what is typed.

By default each repeat of a key comes as a release and a press, as if the key had been let go. With XKB's detectable
auto-repeat only presses come while the key is down: so which keys are held is known at every moment, and never looks
like none.
Source: The X Keyboard Extension, protocol 1.0, "Protocol Encoding".
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable, Iterator

from guid.core.keymap import GROUPS, Keymap
from shm.x11.connection import XConnection

log = logging.getLogger(__name__)

USE_EXTENSION, SELECT_EVENTS, GET_STATE, GET_MAP, PER_CLIENT_FLAGS = 0, 1, 4, 8, 21
CORE_KEYBOARD = 0x100
DETECTABLE_AUTO_REPEAT = 1
NEW_KEYBOARD_NOTIFY, MAP_NOTIFY, STATE_NOTIFY = 0, 1, 2
GROUP_LOCK = 1 << 7
GET_KEYBOARD_BY_NAME = 23
NEW_KEYBOARD_REQUEST_AT = 15
"""Which request brought a new keyboard, in NewKeyboardNotify."""
EVENT_LOCKED_GROUP_AT, STATE_LOCKED_GROUP_AT = 18, 13
"""Where StateNotify and the reply to GetState have it."""
KEY_SYMS, MODIFIER_MAP = 1 << 1, 1 << 2

_MAP_HEAD_BYTES = 40
_MAP_HEAD = struct.Struct("<17xBxxB12xB")  # firstKeySym, nKeySyms, totalModMapKeys
_KEY_HEAD = struct.Struct("<4xBBH")
_CLAMP, _REDIRECT = 1, 2


def detect_auto_repeat(x: XConnection) -> tuple[int, int] | None:
    """Ask for it on this connection: one round trip. Returns XKB's opcode and first event; None: there is no XKB."""
    found = x.display.query_extension("XKEYBOARD")
    if found is None or not found.present:
        log.warning("the X server has no XKEYBOARD: repeats of a key look like releases, and no chord is known")
        return None
    opcode = int(found.major_opcode)
    x.send_with_reply(struct.pack("<BBHHH", opcode, USE_EXTENSION, 2, 1, 0), 1, _ignore)
    flags = struct.pack("<5I", DETECTABLE_AUTO_REPEAT, DETECTABLE_AUTO_REPEAT, 0, 0, 0)
    x.send_with_reply(struct.pack("<BBHHxx", opcode, PER_CLIENT_FLAGS, 7, CORE_KEYBOARD) + flags, 1, _flags_set)
    return opcode, int(found.first_event)


class Keyboard:
    """The core keyboard of one X server.

    keymap: as it is now; empty until X has answered, and for ever without XKB.
    locked_group: 0 to 3. changed, group_changed: are called when there is another one of these.
    named: is called when a program has loaded a keyboard by names, before it says them on the root window; not when
    another of several keyboards is typed on.
    """

    def __init__(self, x: XConnection) -> None:
        self.keymap = Keymap()
        self.changed: Callable[[], None] = _ignore
        self.locked_group = 0
        self.group_changed: Callable[[], None] = _ignore
        self.named: Callable[[], None] = _ignore
        self._x = x
        self._asking = self._outdated = False
        extension = detect_auto_repeat(x)
        if extension is None:
            return
        self._opcode, first_event = extension
        x.on_event(first_event, self._event)
        whole = 1 << NEW_KEYBOARD_NOTIFY | 1 << MAP_NOTIFY
        which = whole | 1 << STATE_NOTIFY
        select = (CORE_KEYBOARD, which, 0, whole, 0, 0, GROUP_LOCK, GROUP_LOCK)
        x.send(struct.pack("<BBH8H", self._opcode, SELECT_EVENTS, 5, *select), 1)
        x.send_with_reply(struct.pack("<BBHHxx", self._opcode, GET_STATE, 2, CORE_KEYBOARD), 1, self._state_told)
        self._ask()

    def _event(self, buffer: bytes | memoryview, offset: int) -> None:
        kind = buffer[offset + 1]
        if kind == STATE_NOTIFY:
            self._lock(buffer[offset + EVENT_LOCKED_GROUP_AT])
            return
        if kind == NEW_KEYBOARD_NOTIFY and buffer[offset + NEW_KEYBOARD_REQUEST_AT] == GET_KEYBOARD_BY_NAME:
            self.named()
        self._ask()

    def _state_told(self, reply: bytes) -> None:
        if reply:
            self._lock(reply[STATE_LOCKED_GROUP_AT])

    def _lock(self, group: int) -> None:
        if group != self.locked_group:
            self.locked_group = group
            self.group_changed()

    def _ask(self) -> None:
        """One question at a time: a new layout comes as a dozen events."""
        if self._asking:
            self._outdated = True
            return
        self._asking, self._outdated = True, False
        head = struct.pack("<BBHHHH", self._opcode, GET_MAP, 7, CORE_KEYBOARD, KEY_SYMS | MODIFIER_MAP, 0)
        self._x.send_with_reply(head + bytes(18), 1, self._answered)

    def _answered(self, reply: bytes) -> None:
        self._asking = False
        if self._outdated:
            self._ask()
        elif reply:
            self.keymap = read_keymap(reply)
            self.changed()


def read_keymap(reply: bytes) -> Keymap:
    """The reply to GetMap, with all keysyms and modifiers and nothing else."""
    first_key, keys, modifier_keys = _MAP_HEAD.unpack_from(reply)
    offset = _MAP_HEAD_BYTES
    keysyms: dict[int, tuple[tuple[int, ...], ...]] = {}
    for keycode in range(first_key, first_key + keys):
        info, width, many = _KEY_HEAD.unpack_from(reply, offset)
        offset += _KEY_HEAD.size
        of_key = struct.unpack_from(f"<{many}I", reply, offset)
        keysyms[keycode] = (of_key,) * GROUPS if info & 0x0F == 1 else tuple(_groups(of_key, info, width))
        offset += 4 * many
    pairs = reply[offset : offset + 2 * modifier_keys]
    return Keymap(keysyms, {keycode: mask for keycode, mask in zip(pairs[::2], pairs[1::2], strict=True) if mask})


def _groups(keysyms: tuple[int, ...], info: int, width: int) -> Iterator[tuple[int, ...]]:
    """For each of four groups its levels; one that the key has not is wrapped, clamped or redirected to one it has."""
    many = info & 0x0F
    for group in range(GROUPS):
        if not many:
            yield ()
            continue
        own = group
        if group >= many:
            how = info >> 6
            own = many - 1 if how == _CLAMP else info >> 4 & 3 if how == _REDIRECT else group % many
            own = own if own < many else 0
        yield keysyms[own * width : (own + 1) * width]


def _ignore(*_: object) -> None:
    pass


def _flags_set(reply: bytes) -> None:
    if not reply or not struct.unpack_from("<I", reply, 12)[0] & DETECTABLE_AUTO_REPEAT:
        log.warning("the X server does not tell repeats of a key from releases")
