"""Where taint ends: bodies from an agent become values of `guid.core.values`, or a violation; must not act on them.

Every function takes the raw body (exact length already checked by `protocol.framing`), reads it once, and returns a
type that cannot hold a bad value. What the C daemon clamps is clamped, what it kills for is a RemoteProtocolError.
"""

from __future__ import annotations

import json
import struct

from colors.iconimage import IconImage
from guid.core.contents import ContentKind, Contents
from guid.core.geometry import Rect, within_limits
from guid.core.handover import AgentOffer, AgentPart, AgentStep, AgentWant, Payload
from guid.core.text import escaped, safe_ascii, safe_title
from guid.core.values import (
    ClassName,
    Cursor,
    CursorImage,
    Damage,
    FlagChange,
    HintFlag,
    Icon,
    Image,
    MapRequest,
    NewWindow,
    ProgramReport,
    RemoteId,
    SizeHints,
    WindowFlag,
)
from protocol import formats, limits
from protocol.clipboard import Kind, Step, checked_offer
from protocol.errors import RemoteProtocolError, Violation
from protocol.extensions import Feature, agreed
from protocol.limits import MAX_X_PX, MAX_Y_PX
from protocol.messages import MessageType, Role
from shm.runs import runs_of

CURSOR_DEFAULT = 0
CURSOR_DOT = 38
"""XC_dot: small, and white round black. Source: X11/cursorfont.h."""
ALPHA_AT = 3
HARDLY_VISIBLE = bytes(range(limits.CURSOR_VISIBLE_ALPHA))
"""Alphas that do not count."""

_ICON_HEAD = struct.Struct("<II")

KNOWN_HINTS = int(HintFlag(0x175))
PASSED_HINTS = HintFlag.US_POSITION | HintFlag.P_POSITION

SETTABLE_FLAGS = 7
CLEARABLE_FLAGS = 3


def _refused(message: MessageType, violation: Violation, detail: str) -> RemoteProtocolError:
    return RemoteProtocolError(violation, message=message, detail=detail)


def _content_rect(
    message: MessageType, *, untrusted_x: int, untrusted_y: int, untrusted_w: int, untrusted_h: int
) -> Rect:
    """Clamped as the C daemon does; a side of zero, or one that is negative as a C int, is a violation."""
    if not (0 < untrusted_w < 1 << 31 and 0 < untrusted_h < 1 << 31):
        raise _refused(message, Violation.BAD_VALUE, f"size {untrusted_w:d}x{untrusted_h:d}")
    return within_limits(Rect(untrusted_x, untrusted_y, untrusted_w, untrusted_h))


def new_window(*, untrusted_body: bytes) -> NewWindow:
    """MSG_CREATE; `parent` is ignored, as in the C daemon."""
    untrusted = formats.CREATE.unpack(untrusted_body)
    content = _content_rect(
        MessageType.CREATE,
        untrusted_x=untrusted[0],
        untrusted_y=untrusted[1],
        untrusted_w=untrusted[2],
        untrusted_h=untrusted[3],
    )
    return NewWindow(content, bool(untrusted[5]))


def map_request(*, untrusted_body: bytes) -> MapRequest:
    """MSG_MAP; an unknown transient_for is the session's business."""
    untrusted_transient_for, untrusted_override = formats.MAP.unpack(untrusted_body)
    transient_for = RemoteId(untrusted_transient_for) if untrusted_transient_for else None
    return MapRequest(transient_for, bool(untrusted_override))


def configured(*, untrusted_body: bytes) -> Rect:
    """MSG_CONFIGURE; the override-redirect field is ignored, as in the C daemon."""
    untrusted = formats.CONFIGURE.unpack(untrusted_body)
    return _content_rect(
        MessageType.CONFIGURE,
        untrusted_x=untrusted[0],
        untrusted_y=untrusted[1],
        untrusted_w=untrusted[2],
        untrusted_h=untrusted[3],
    )


def damage(*, untrusted_body: bytes) -> Damage | None:
    """MSG_SHMIMAGE; None when there is nothing to draw (a negative number, as C reads it, or no area). The hot path."""
    untrusted_x, untrusted_y, untrusted_w, untrusted_h = formats.SHMIMAGE.unpack(untrusted_body)
    if not (0 <= untrusted_x < MAX_X_PX and 0 <= untrusted_y < MAX_Y_PX):
        return None
    right, below = MAX_X_PX - untrusted_x, MAX_Y_PX - untrusted_y
    if 0 < untrusted_w <= right and 0 < untrusted_h <= below:
        return tuple.__new__(Damage, (untrusted_x, untrusted_y, untrusted_w, untrusted_h))
    if not (0 < untrusted_w < 1 << 31 and 0 < untrusted_h < 1 << 31):
        return None
    return Damage(untrusted_x, untrusted_y, min(untrusted_w, right), min(untrusted_h, below))


def image(*, untrusted_body: bytes, pool_pages: int) -> Image:
    """MSG_WINDOW_DUMP against a pool of `pool_pages` pages."""
    message = MessageType.WINDOW_DUMP
    untrusted_type, untrusted_width, untrusted_height, _bpp = formats.WINDOW_DUMP.unpack_from(untrusted_body)
    if untrusted_type != 0:
        raise _refused(message, Violation.BAD_VALUE, f"type {untrusted_type:d}")
    if not 0 < untrusted_width <= MAX_X_PX or not 0 < untrusted_height <= MAX_Y_PX:
        raise _refused(message, Violation.BAD_VALUE, f"image {untrusted_width:d}x{untrusted_height:d}")
    width, height = untrusted_width, untrusted_height
    untrusted_refs = memoryview(untrusted_body)[formats.WINDOW_DUMP.size :].cast("I")
    needed = -(-4 * width * height // limits.PAGE_BYTES)
    if len(untrusted_refs) < needed:
        raise _refused(message, Violation.BAD_REFS, f"{len(untrusted_refs)} refs for {needed} pages")
    if max(untrusted_refs) >= pool_pages:
        raise _refused(message, Violation.BAD_REFS, f"a ref outside the pool of {pool_pages} pages")
    return Image(width, height, tuple(runs_of(untrusted_refs[:needed])))


def title(*, untrusted_body: bytes, ascii_only: bool = False) -> str:
    """MSG_WMNAME as text that is safe to show; the last byte is taken as zero, as in the C daemon."""
    return safe_title(untrusted_body[: limits.TITLE_BYTES - 1], ascii_only=ascii_only)


def class_name(*, untrusted_body: bytes) -> ClassName:
    """MSG_WMCLASS: the class comes first on the wire."""
    untrusted_class, untrusted_instance = formats.WMCLASS.unpack(untrusted_body)
    return ClassName(instance=safe_ascii(untrusted_instance[:63]), class_=safe_ascii(untrusted_class[:63]))


def size_hints(*, untrusted_body: bytes) -> SizeHints:
    """MSG_WINDOW_HINTS: a group with a bad number loses its flag and is zeroed, the others stay."""
    untrusted_flags, *untrusted_sizes = formats.WINDOW_HINTS.unpack(untrusted_body)
    asked = HintFlag(untrusted_flags & KNOWN_HINTS)
    flags = asked & PASSED_HINTS
    groups: list[tuple[int, int]] = []
    bounds = (
        (HintFlag.P_MIN_SIZE, 0, 0),
        (HintFlag.P_MAX_SIZE, 1, 0),
        (HintFlag.P_RESIZE_INC, 0, 1),
        (HintFlag.P_BASE_SIZE, 0, 0),
    )
    for number, (flag, least, below) in enumerate(bounds):
        untrusted_w, untrusted_h = untrusted_sizes[2 * number], untrusted_sizes[2 * number + 1]
        fits = least <= untrusted_w <= MAX_X_PX - below and least <= untrusted_h <= MAX_Y_PX - below
        good = flag in asked and fits
        flags |= flag if good else HintFlag(0)
        groups.append((untrusted_w, untrusted_h) if good else (0, 0))
    least_size, largest_size = groups[0], groups[1]
    if HintFlag.P_MAX_SIZE in flags:
        groups[1] = (max(least_size[0], largest_size[0]), max(least_size[1], largest_size[1]))
    return SizeHints(flags, *groups)


def flag_change(*, untrusted_body: bytes) -> FlagChange:
    """MSG_WINDOW_FLAGS; overlapping bits are a violation (the C daemon asks the person), unknown bits are dropped."""
    untrusted_set, untrusted_unset = formats.WINDOW_FLAGS.unpack(untrusted_body)
    if untrusted_set & untrusted_unset:
        raise _refused(MessageType.WINDOW_FLAGS, Violation.BAD_VALUE, "the same flag set and unset")
    return FlagChange(WindowFlag(untrusted_set & SETTABLE_FLAGS), WindowFlag(untrusted_unset & CLEARABLE_FLAGS))


def cursor(*, untrusted_body: bytes) -> Cursor:
    """MSG_CURSOR; odd glyphs are masks of the cursor font and mean the default."""
    (untrusted_cursor,) = formats.CURSOR.unpack(untrusted_body)
    if untrusted_cursor == CURSOR_DEFAULT:
        return Cursor(None)
    if not limits.CURSOR_X11 <= untrusted_cursor < limits.CURSOR_X11_END:
        raise _refused(MessageType.CURSOR, Violation.BAD_VALUE, f"cursor {untrusted_cursor:#x}")
    glyph = untrusted_cursor - limits.CURSOR_X11
    return Cursor(glyph if glyph % 2 == 0 else None)


def cursor_image(*, untrusted_body: bytes) -> Cursor:
    """CURSOR_IMAGE: the image; or a dot instead of one that can hardly be seen: the person never loses the pointer."""
    message = MessageType.CURSOR_IMAGE
    untrusted_width, untrusted_height, untrusted_x, untrusted_y = formats.CURSOR_IMAGE.unpack_from(untrusted_body)
    untrusted_pixels = untrusted_body[formats.CURSOR_IMAGE.size :]
    if not (0 < untrusted_width <= limits.MAX_CURSOR_SIDE_PX and 0 < untrusted_height <= limits.MAX_CURSOR_SIDE_PX):
        raise _refused(message, Violation.BAD_VALUE, f"size {untrusted_width:d}x{untrusted_height:d}")
    if not (untrusted_x < untrusted_width and untrusted_y < untrusted_height):
        raise _refused(message, Violation.BAD_VALUE, f"hotspot {untrusted_x:d},{untrusted_y:d}")
    if len(untrusted_pixels) != limits.BYTES_PER_PIXEL * untrusted_width * untrusted_height:
        raise _refused(message, Violation.WRONG_LENGTH, f"{len(untrusted_pixels):d} bytes of pixels")
    if len(untrusted_pixels[ALPHA_AT::4].translate(None, HARDLY_VISIBLE)) < limits.MIN_CURSOR_VISIBLE_PIXELS:
        return Cursor(CURSOR_DOT)
    return Cursor(None, CursorImage(untrusted_width, untrusted_height, untrusted_x, untrusted_y, untrusted_pixels))


def icon(*, untrusted_body: bytes) -> Icon:
    """ICON: whole images one after the other and nothing behind them; any pixel may have any value."""
    message, head_bytes = MessageType.ICON, limits.BYTES_PER_PIXEL * limits.ICON_HEAD_WORDS
    images: list[IconImage] = []
    at = 0
    while at < len(untrusted_body):
        if len(images) == limits.MAX_ICON_IMAGES:
            raise _refused(message, Violation.LIMIT, f"more than {limits.MAX_ICON_IMAGES} images")
        untrusted_head = untrusted_body[at : at + head_bytes]
        if len(untrusted_head) < head_bytes:
            raise _refused(message, Violation.WRONG_LENGTH, f"{len(untrusted_head):d} bytes for a width and a height")
        untrusted_width, untrusted_height = _ICON_HEAD.unpack(untrusted_head)
        if not (0 < untrusted_width <= limits.MAX_ICON_SIDE_PX and 0 < untrusted_height <= limits.MAX_ICON_SIDE_PX):
            raise _refused(message, Violation.BAD_VALUE, f"size {untrusted_width:d}x{untrusted_height:d}")
        at += head_bytes
        end = at + limits.BYTES_PER_PIXEL * untrusted_width * untrusted_height
        if end > len(untrusted_body):
            missing = end - len(untrusted_body)
            raise _refused(message, Violation.WRONG_LENGTH, f"{missing:d} bytes of pixels missing")
        images.append(IconImage(untrusted_width, untrusted_height, untrusted_body[at:end]))
        at = end
    return tuple(images)


# The clipboard

CONTENT_KINDS = {Kind.TEXT: ContentKind.TEXT, Kind.IMAGE: ContentKind.IMAGE}


def features(*, untrusted_body: bytes) -> Feature:
    """EXT_HELLO: what both sides named; its version and unknown bits say nothing."""
    _untrusted_version, untrusted_features = formats.EXT_HELLO.unpack(untrusted_body)
    return agreed(Role.DAEMON, untrusted_features)


def counter_page(*, untrusted_body: bytes, pool_pages: int) -> int:
    """FRAME_COUNT against a pool of `pool_pages` pages."""
    (untrusted_ref,) = formats.FRAME_COUNT.unpack(untrusted_body)
    if untrusted_ref >= pool_pages:
        raise _refused(MessageType.FRAME_COUNT, Violation.BAD_REFS, f"a ref outside the pool of {pool_pages} pages")
    return int(untrusted_ref)


def clipboard_text(*, untrusted_body: bytes) -> Payload:
    """MSG_CLIPBOARD_DATA; nothing is read of it but how long it is."""
    return Payload(bytes(untrusted_body))


def clipboard_step(*, untrusted_body: bytes) -> AgentStep:
    """CLIPBOARD_TYPED: numbers that agree, and bytes that nobody reads; of an image, too, only numbers are looked at.

    A step that only we may take, sizes that do not fit the kind, or a tail where none belongs are violations.
    """
    untrusted = formats.ClipboardTyped._make(formats.CLIPBOARD_TYPED.unpack_from(untrusted_body))
    untrusted_tail = untrusted_body[formats.CLIPBOARD_TYPED.size :]
    nonce, offset_bytes = untrusted.nonce, untrusted.offset_bytes
    if untrusted.step == Step.PART:
        return AgentPart(nonce, offset_bytes, Payload(untrusted_tail))
    if untrusted_tail:
        raise _refused(MessageType.CLIPBOARD_TYPED, Violation.BAD_VALUE, "bytes where none belong")
    if untrusted.step == Step.WANT:
        return AgentWant(nonce, offset_bytes)
    offer = checked_offer(
        untrusted_kind=untrusted.kind,
        untrusted_width_px=untrusted.width_px,
        untrusted_height_px=untrusted.height_px,
        untrusted_total_bytes=untrusted.total_bytes,
    )
    if untrusted.step != Step.OFFER or offer is None:
        raise _refused(
            MessageType.CLIPBOARD_TYPED, Violation.BAD_VALUE, "no step of an agent, or sizes that do not fit"
        )
    kind = CONTENT_KINDS.get(offer.kind)
    contents = Contents(kind, offer.total_bytes, offer.width_px, offer.height_px) if kind is not None else None
    return AgentOffer(nonce, contents, offer.fits)


# What the qube says of its programs, beside the protocol

MAX_PROGRAM_ERROR_CHARACTERS = 300
SESSION_LOST = "lost"
"""The kind of a report about no program: the qube's X server has ended, and another is started."""
REPORT_KINDS = frozenset({"started", "failed", "exited"})


def program_report(*, untrusted_packet: bytes) -> ProgramReport | None:
    """A packet of the control channel; None for one that says nothing of a program. Raises RemoteProtocolError."""
    try:
        untrusted_report = json.loads(untrusted_packet)
    except (ValueError, RecursionError):
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a control packet that is not JSON") from None
    if untrusted_report == {"ready": True}:
        return None
    if untrusted_report == {"lost": True}:
        return ProgramReport(SESSION_LOST, 0, 0, "")
    if not isinstance(untrusted_report, dict) or len(untrusted_report) != 1:
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a control packet of an unknown form")
    ((untrusted_kind, untrusted_fields),) = untrusted_report.items()
    if untrusted_kind not in REPORT_KINDS or not isinstance(untrusted_fields, dict):
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a control packet of an unknown kind")
    untrusted_id, untrusted_status = untrusted_fields.get("id"), untrusted_fields.get("status", 0)
    if type(untrusted_id) is not int or type(untrusted_status) is not int:
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a control packet without numbers")
    untrusted_error = untrusted_fields.get("error", "")
    if not isinstance(untrusted_error, str):
        raise RemoteProtocolError(Violation.BAD_VALUE, detail="a control packet whose error is not text")
    error = escaped(untrusted_error[:MAX_PROGRAM_ERROR_CHARACTERS])
    return ProgramReport(untrusted_kind, untrusted_id, untrusted_status & 0xFF, error)
