"""A program played by a test on the qube's X server: windows with known pixels; knows nothing of the agent."""

from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import numpy as np
from Xlib import X, display
from Xlib.error import ConnectionClosedError

from tests.harness.pixels import Pixels, window_pixels
from tests.harness.wait import wait_until

MAX_PUT_BYTES = 200_000
"""One PutImage stays below the 256 KiB that a request without BIG-REQUESTS may have."""


class App:
    """One client. A context manager."""

    def __init__(self, name: str) -> None:
        self.display: Any = display.Display(name)
        self.root: Any = self.display.screen().root

    def window(
        self,
        width: int,
        height: int,
        *,
        x: int = 0,
        y: int = 0,
        depth: int = 24,
        parent: Any = None,
        **attributes: Any,
    ) -> Any:
        """A new, unmapped window of TrueColor with a border of 0."""
        if depth == 32:
            visual = self._visual(32)
            attributes["colormap"] = self.root.create_colormap(visual, X.AllocNone)
            attributes.setdefault("border_pixel", 0)
            attributes["visual"] = visual
        visual = attributes.pop("visual", X.CopyFromParent)
        parent = self.root if parent is None else parent
        return parent.create_window(
            x, y, width, height, 0, depth, X.InputOutput, visual, background_pixel=0x808080, **attributes
        )

    def _visual(self, depth: int) -> int:
        for allowed in self.display.screen().allowed_depths:
            if allowed.depth == depth:
                return int(allowed.visuals[0].visual_id)
        raise AssertionError(f"no visual of depth {depth}")

    def map(self, window: Any) -> None:
        """Map it and wait until it is viewable."""
        window.change_attributes(event_mask=X.StructureNotifyMask | X.ExposureMask)
        window.map()
        wait_until(lambda: window.get_attributes().map_state == X.IsViewable, what="the window being viewable")

    def resize(self, window: Any, width: int, height: int) -> None:
        """Ask for a size and wait until the window manager has granted it."""
        window.configure(width=width, height=height)

        def granted() -> bool:
            shape = window.get_geometry()
            return (shape.width, shape.height) == (width, height)

        wait_until(granted, what=f"the size {width}x{height}")

    def paint(self, window: Any, picture: Pixels, *, depth: int = 24, x: int = 0, y: int = 0) -> None:
        """Put 0xRRGGBB pixels, in bands."""
        context = window.create_gc()
        height, width = picture.shape
        rows = max(1, MAX_PUT_BYTES // (4 * width))
        for top in range(0, height, rows):
            band = np.ascontiguousarray(picture[top : top + rows]).astype("<u4")
            window.put_image(context, x, y + top, width, band.shape[0], X.ZPixmap, depth, 0, band.tobytes())
        self.sync()

    def pixels_of(self, window: int) -> Pixels:
        """The window's own pixels, by GetImage of its named pixmap."""
        resource = self.display.create_resource_object("window", window)
        pixmap = resource.composite_name_window_pixmap()
        shape = pixmap.get_geometry()
        try:
            return window_pixels(self.display, pixmap.id, 0, 0, shape.width, shape.height)
        finally:
            pixmap.free()

    def sync(self) -> None:
        self.display.sync()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ConnectionClosedError):  # the test may have ended it
            self.display.close()
