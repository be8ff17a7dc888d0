"""Asks the X server to tell a key's repeats from its release; must not know what is typed, or where.

By default each repeat comes as a release and a press, as if the key had been let go. With XKB's detectable auto-repeat
only presses come while the key is down: so which keys are held is known at every moment, and never looks like none.
Source: The X Keyboard Extension, protocol 1.0, UseExtension and PerClientFlags.
"""

from __future__ import annotations

import logging
import struct

from shm.x11.connection import XConnection

log = logging.getLogger(__name__)

USE_EXTENSION, PER_CLIENT_FLAGS = 0, 21
CORE_KEYBOARD = 0x100
DETECTABLE_AUTO_REPEAT = 1


def detect_auto_repeat(x: XConnection) -> None:
    """Ask for it on this connection: one round trip. Without XKB, or if it is refused, repeats look like releases."""
    found = x.display.query_extension("XKEYBOARD")
    if found is None or not found.present:
        log.warning("the X server has no XKEYBOARD: repeats of a key look like releases")
        return
    opcode = found.major_opcode
    x.send_with_reply(struct.pack("<BBHHH", opcode, USE_EXTENSION, 2, 1, 0), 1, _ignore)
    flags = struct.pack("<5I", DETECTABLE_AUTO_REPEAT, DETECTABLE_AUTO_REPEAT, 0, 0, 0)
    request = struct.pack("<BBHHxx", opcode, PER_CLIENT_FLAGS, 7, CORE_KEYBOARD) + flags
    x.send_with_reply(request, 1, _flags_set)


def _ignore(_reply: bytes) -> None:
    pass


def _flags_set(reply: bytes) -> None:
    if not reply or not struct.unpack_from("<I", reply, 12)[0] & DETECTABLE_AUTO_REPEAT:
        log.warning("the X server does not tell repeats of a key from releases")
