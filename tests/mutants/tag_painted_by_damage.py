"""The daemon paints name tags when it draws contents, instead of leaving it to the X server."""

import struct
from typing import Any

from Xlib import X

from guid.core.values import RemoteId
from guid.x11.presenter import Presenter
from guid.x11.tags import Tags
from tests.mutants.patch import replace

COPY_AREA = 62


def mutate() -> None:
    copies: list[bytes] = []

    def plain(tags: Tags, outer: int, drawn: Any) -> list[bytes]:
        create, mapped = right(tags, outer, drawn)
        ids = drawn.pixmap, tags._rooms[outer].tag, tags._desktop.gc
        copies.append(struct.pack("<BBHIIIhhhhHH", COPY_AREA, 0, 7, *ids, 0, 0, 0, 0, drawn.width, drawn.height))
        pixel = tags._desktop.pixel(tags._label.rgb)
        return [create[:-8] + struct.pack("<II", X.CWBackPixel, pixel), mapped]

    def draw(presenter: Presenter, remote: RemoteId, rects: Any, requests: list[bytes]) -> Any:
        requests += copies
        return draw_content(presenter, remote, rects, requests)

    right = replace(Tags, "_tag", plain)
    draw_content = replace(Presenter, "draw_plainly", draw)
