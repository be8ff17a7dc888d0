"""The first bytes on a channel, before there are messages; knows versions and the desktop's size, and no window.

agent → daemon: u32 version. daemon → agent: u32 negotiated version (to agents from 1.4 on), then struct msg_xconf, then
(to agents from 1.8 on, unless turned off) the EXT_HELLO message. The negotiated version is 1.min(agent's minor, 8).
"""

from typing import Final

from protocol.codec import encode
from protocol.errors import LocalProtocolError, RemoteProtocolError, Violation
from protocol.extensions import EXT_VERSION, SUPPORTED
from protocol.formats import VERSION, XCONF, Version, XConf
from protocol.limits import (
    BYTES_PER_PIXEL,
    EXTENSIONS_SINCE_MINOR,
    MAX_ROOT_PX,
    VERSION_ECHO_SINCE_MINOR,
    VERSION_MAJOR,
    VERSION_MINOR,
)
from protocol.messages import MessageType, Role

__all__ = ["OUR_VERSION", "AgentHandshake", "DaemonHandshake", "XConf", "version_word", "xconf_for"]

_MAX_MINOR: Final = 0xFFFF
_MAX_DEPTH: Final = 32


def version_word(major: int, minor: int) -> int:
    """Return the u32 of a version: major in the high 16 bits, minor in the low ones."""
    return major << 16 | minor


OUR_VERSION: Final = version_word(VERSION_MAJOR, VERSION_MINOR)


def xconf_for(root_width_px: int, root_height_px: int, depth: int) -> XConf:
    """Describe the desktop's root window as the C daemon does: width up to a multiple of 8, memory in KiB plus one.

    Raises LocalProtocolError if the root is not one that X can have. Source: the C daemon; 1280x800 gives mem 4001.
    """
    if not (0 < root_width_px <= MAX_ROOT_PX and 0 < root_height_px <= MAX_ROOT_PX and 0 < depth <= _MAX_DEPTH):
        raise LocalProtocolError(f"no root window is {root_width_px}x{root_height_px}, {depth} deep")
    width = (root_width_px + 7) // 8 * 8
    return XConf(width, root_height_px, depth, width * root_height_px * BYTES_PER_PIXEL // 1024 + 1)


class DaemonHandshake:
    """The daemon's end: waits for the agent's version, answers with the negotiated one and the desktop.

    After `done`: `minor` is the negotiated minor version, `extensions` says whether EXT_HELLO was offered, and
    `leftover` holds bytes that already belong to the first messages.
    """

    def __init__(self, xconf: XConf, *, extensions: bool = True) -> None:
        self.done = False
        self.minor = 0
        self.extensions = extensions
        self._xconf = xconf
        self._received = b""

    @property
    def leftover(self) -> bytes:
        """What came after the handshake; empty until it is done."""
        return self._received if self.done else b""

    def receive(self, untrusted_data: bytes) -> bytes:
        """Take what the agent sent; return what to send now (empty while the version is not whole).

        Raises RemoteProtocolError if the agent's major version is not 1; LocalProtocolError once done.
        """
        if self.done:
            raise LocalProtocolError("the handshake is over")
        self._received += untrusted_data
        if len(self._received) < VERSION.size:
            return b""
        major, minor = _version_of(self._received)
        if major != VERSION_MAJOR:
            raise _bad_version("agent", major, minor)
        self._received = self._received[VERSION.size :]
        self.minor = min(minor, VERSION_MINOR)
        self.extensions = self.extensions and self.minor >= EXTENSIONS_SINCE_MINOR
        self.done = True
        return self._answer()

    def _answer(self) -> bytes:
        echo = VERSION.pack(version_word(VERSION_MAJOR, self.minor)) if self.minor >= VERSION_ECHO_SINCE_MINOR else b""
        hello = encode(MessageType.EXT_HELLO, 0, EXT_VERSION, SUPPORTED[Role.DAEMON]) if self.extensions else b""
        return echo + XCONF.pack(*self._xconf) + hello


class AgentHandshake:
    """The agent's end: sends its version, waits for the negotiated one and the desktop.

    minor: what to announce; ours unless a test plays an old agent (below 1.4 no version comes back).
    After `done`: `minor` is the negotiated minor version, `xconf` the desktop, `leftover` bytes of the first messages.
    """

    def __init__(self, *, minor: int = VERSION_MINOR) -> None:
        self.done = False
        self.minor = minor
        self._xconf: XConf | None = None
        self._received = b""

    @property
    def xconf(self) -> XConf:
        """The desktop. Raises LocalProtocolError until the handshake is done."""
        if self._xconf is None:
            raise LocalProtocolError("the handshake is not over")
        return self._xconf

    @property
    def leftover(self) -> bytes:
        """What came after the handshake; empty until it is done."""
        return self._received if self.done else b""

    def greeting(self) -> bytes:
        """Return the first bytes to send: our version."""
        return VERSION.pack(version_word(VERSION_MAJOR, self.minor))

    def receive(self, untrusted_data: bytes) -> None:
        """Take what the daemon sent.

        Raises RemoteProtocolError if its version has another major, is below 1.4 or above what we announced (as soon as
        the version is there), or if the desktop has no size; LocalProtocolError once done.
        """
        if self.done:
            raise LocalProtocolError("the handshake is over")
        self._received += untrusted_data
        at = 0
        if self.minor >= VERSION_ECHO_SINCE_MINOR:
            if len(self._received) < VERSION.size:
                return
            negotiated = _checked_echo(self._received, self.minor)
            at = VERSION.size
        else:
            negotiated = self.minor
        if len(self._received) < at + XCONF.size:
            return
        self._xconf = _checked_xconf(self._received, at)
        self._received = self._received[at + XCONF.size :]
        self.minor = negotiated
        self.done = True


def _version_of(untrusted_data: bytes) -> tuple[int, int]:
    word = Version._make(VERSION.unpack_from(untrusted_data)).version
    return word >> 16, word & _MAX_MINOR


def _checked_echo(untrusted_data: bytes, announced_minor: int) -> int:
    major, minor = _version_of(untrusted_data)
    if major != VERSION_MAJOR or not VERSION_ECHO_SINCE_MINOR <= minor <= announced_minor:
        raise _bad_version("daemon", major, minor)
    return minor


def _checked_xconf(untrusted_data: bytes, at: int) -> XConf:
    untrusted_xconf = XConf._make(XCONF.unpack_from(untrusted_data, at))
    width, height, depth, _ = untrusted_xconf
    # The daemon rounds the width up to a multiple of 8, so it may be one more than the widest root.
    if not (0 < width <= MAX_ROOT_PX + 1 and 0 < height <= MAX_ROOT_PX and 0 < depth <= _MAX_DEPTH):
        raise RemoteProtocolError(Violation.BAD_VALUE, detail=f"a desktop of {width}x{height}, {depth} deep")
    return untrusted_xconf


def _bad_version(who: str, major: int, minor: int) -> RemoteProtocolError:
    detail = f"the {who} speaks {major}.{minor}, we speak {VERSION_MAJOR}.{VERSION_MINOR}"
    return RemoteProtocolError(Violation.BAD_VERSION, detail=detail)
