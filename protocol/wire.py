"""The layout of every fixed body, as construct structs: the source of the wire; knows no version, limit or table.

Never imported by a running daemon or agent: `protocol.formats` is generated from here (`python -m protocol.generate`).
Variable tails (grant references, clipboard text, frame numbers) follow a fixed body and never pass through construct.
All integers are little-endian, nothing is padded. Names and order follow qubes-gui-protocol.h.
"""

from dataclasses import dataclass
from typing import Any, Final

from construct import Bytes, Int32sl, Int32ul, Struct


@dataclass(frozen=True, slots=True)
class WireStruct:
    """One layout and the names that it gets: the constant and class in `formats`, the struct in the C header."""

    constant: str
    class_name: str
    c_name: str
    layout: Any  # construct has no types


def _place() -> list[Any]:
    return ["x" / Int32sl, "y" / Int32sl]


def _size() -> list[Any]:
    return ["width" / Int32ul, "height" / Int32ul]


def _words(*names: str) -> list[Any]:
    return [name / Int32ul for name in names]


def _struct(*groups: list[Any]) -> Any:
    return Struct(*(field for group in groups for field in group))


WIRE: Final = (
    WireStruct("HEADER", "Header", "msg_hdr", _struct(_words("type", "window", "untrusted_len"))),
    WireStruct("XCONF", "XConf", "msg_xconf", _struct(_words("width_px", "height_px", "depth", "mem_kib"))),
    WireStruct("VERSION", "Version", "uint32_t", _struct(_words("version"))),
    WireStruct("KEYPRESS", "KeyPress", "msg_keypress", _struct(_words("type"), _place(), _words("state", "keycode"))),
    WireStruct("BUTTON", "Button", "msg_button", _struct(_words("type"), _place(), _words("state", "button"))),
    WireStruct("MOTION", "Motion", "msg_motion", _struct(_place(), _words("state", "is_hint"))),
    WireStruct(
        "CROSSING",
        "Crossing",
        "msg_crossing",
        _struct(_words("type"), _place(), _words("state", "mode", "detail", "focus")),
    ),
    WireStruct("FOCUS", "Focus", "msg_focus", _struct(_words("type", "mode", "detail"))),
    WireStruct("CREATE", "Create", "msg_create", _struct(_place(), _size(), _words("parent", "override_redirect"))),
    WireStruct("MAP", "Map", "msg_map_info", _struct(_words("transient_for", "override_redirect"))),
    WireStruct("CONFIGURE", "Configure", "msg_configure", _struct(_place(), _size(), _words("override_redirect"))),
    WireStruct(
        "MFNDUMP", "MfnDump", "shm_cmd", _struct(_words("shmid"), _size(), _words("bpp", "off", "num_mfn", "domid"))
    ),
    WireStruct("SHMIMAGE", "ShmImage", "msg_shmimage", _struct(_place(), _size())),
    WireStruct("EXECUTE", "Execute", "msg_execute", _struct(["cmd" / Bytes(255)])),
    WireStruct("WMNAME", "WmName", "msg_wmname", _struct(["data" / Bytes(128)])),
    WireStruct("KEYMAP_NOTIFY", "KeymapNotify", "msg_keymap_notify", _struct(["keys" / Bytes(32)])),
    WireStruct(
        "WINDOW_HINTS",
        "WindowHints",
        "msg_window_hints",
        _struct(
            _words("flags", "min_width", "min_height", "max_width", "max_height"),
            _words("width_inc", "height_inc", "base_width", "base_height"),
        ),
    ),
    WireStruct("WINDOW_FLAGS", "WindowFlags", "msg_window_flags", _struct(_words("flags_set", "flags_unset"))),
    WireStruct("WMCLASS", "WmClass", "msg_wmclass", _struct(["res_class" / Bytes(64), "res_name" / Bytes(64)])),
    WireStruct("WINDOW_DUMP", "WindowDump", "msg_window_dump_hdr", _struct(_words("type"), _size(), _words("bpp"))),
    WireStruct("CURSOR", "Cursor", "msg_cursor", _struct(_words("cursor"))),
    WireStruct("EXT_HELLO", "ExtHello", "", _struct(_words("version", "features"))),
    WireStruct(
        "MONITORS",
        "Monitors",
        "",
        _struct(
            _words("width_px", "height_px"),
            _words("work_x", "work_y", "work_width", "work_height", "primary", "many"),
        ),
    ),
    WireStruct("MONITOR", "Monitor", "", _struct(_words("x", "y"), _size(), _words("width_mm", "height_mm"))),
    WireStruct(
        "KEYBOARD",
        "Keyboard",
        "",
        _struct(
            _words("group"),
            ["rules" / Bytes(64), "model" / Bytes(64), "layout" / Bytes(128), "variant" / Bytes(128)],
            ["options" / Bytes(512)],
        ),
    ),
    WireStruct("CURSOR_IMAGE", "CursorImage", "", _struct(_size(), _words("hot_x", "hot_y"))),
    WireStruct(
        "SCALE",
        "Scale",
        "",
        _struct(_words("dpi_1024", "factor", "cursor_px", "antialias", "hinting", "hint_style", "subpixels")),
    ),
    WireStruct(
        "CLIPBOARD_TYPED",
        "ClipboardTyped",
        "",
        _struct(_words("step", "nonce", "kind", "width_px", "height_px", "total_bytes", "offset_bytes")),
    ),
    WireStruct("FRAME_ACK", "FrameAck", "", _struct(_words("done"))),
    WireStruct("FRAME_COUNT", "FrameCount", "", _struct(_words("ref"))),
)
