"""The `.metadata` of the global clipboard, as Qubes' own widget and daemons read and write it; must not know files.

One pair a line, keys in a fixed order, booleans as 0 and 1, braces on lines of their own. What is ours (kind, width and
height of an image) comes last: a reader that looks for its own keys passes over it.
Source: qubes-gui-daemon 4.3, save_clipboard_metadata and its reader; qubes-desktop-linux-manager, qui/clipboard.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from guid.core.contents import ContentKind, Contents
from protocol.handshake import OUR_VERSION
from protocol.limits import MAX_CLIPBOARD_BYTES

MAX_NAME_BYTES = 254
"""The longest name of a source that readers take."""


class BadMetadata(ValueError):
    """The file does not say what a clipboard's metadata says; of its contents nothing is kept."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The last thing that was done. time_ms: of the chord, in X time. contents: None if the clipboard is empty."""

    qube: str
    time_ms: int
    contents: Contents | None
    pasted_bytes: int = 0

    def written(self) -> bytes:
        """The file."""
        sent_bytes = self.contents.size_bytes if self.contents is not None else self.pasted_bytes
        pairs: dict[str, str | int] = {
            "vmname": self.qube,
            "xevent_timestamp": self.time_ms,
            "successful": 1,
            "copy_action": int(self.contents is not None),
            "paste_action": int(self.pasted_bytes > 0),
            "malformed_request": 0,
            "oversized_request": 0,
            "cleared": int(self.contents is None),
            "qrexec_clipboard": 0,
            "sent_size": sent_bytes,
            "buffer_size": MAX_CLIPBOARD_BYTES,
            "protocol_version_xside": OUR_VERSION,
            "protocol_version_vmside": OUR_VERSION,
        }
        if self.contents is not None and self.contents.kind is ContentKind.IMAGE:
            pairs |= {"kind": "image", "width": self.contents.width_px, "height": self.contents.height_px}
        lines = ",\n".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs.items())
        return f"{{\n{lines}\n}}\n".encode("ascii")


def read(raw: bytes) -> Metadata:
    """The metadata in `raw`; any name is taken, dots included. Raises BadMetadata."""
    try:
        pairs = json.loads(raw)
        qube, time_ms = pairs["vmname"], int(pairs["xevent_timestamp"])
        size_bytes, copied = int(pairs["sent_size"]), bool(int(pairs["copy_action"]))
        width_px, height_px = int(pairs.get("width", 0)), int(pairs.get("height", 0))
        kind = ContentKind(pairs.get("kind", "text"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadMetadata(f"metadata that makes no sense: {type(error).__name__}") from error
    if not isinstance(qube, str) or min(size_bytes, width_px, height_px, time_ms) < 0:
        raise BadMetadata("metadata with an impossible value")
    if kind is ContentKind.IMAGE and size_bytes != 4 * width_px * height_px:
        raise BadMetadata("metadata of an image whose sizes do not agree")
    contents = Contents(kind, size_bytes, width_px, height_px) if copied and size_bytes else None
    return Metadata(qube, time_ms, contents, 0 if copied else size_bytes)
