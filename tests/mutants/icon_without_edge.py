"""A tray icon fills all of its outer."""

from typing import Any

from Xlib import X

from guid.core.geometry import Extents, Rect
from guid.core.values import Kind
from guid.x11.frame import FrameMaker
from shm.x11.requests import configure_window
from tests.mutants.patch import replace


def mutate() -> None:
    def create(maker: FrameMaker, kind: Kind, outer: Rect, extents: Extents) -> Any:
        frame = right(maker, kind, outer, extents)
        if kind is Kind.ICON:
            fill = configure_window(frame.content, x=0, y=0, width=outer.width, height=outer.height, stack_mode=X.Above)
            maker._desktop.x.send(fill, 1)
        return frame

    right = replace(FrameMaker, "create", create)
