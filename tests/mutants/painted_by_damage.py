"""A frame gets its colour when its content is first drawn, and has none before."""

from typing import Any

from guid.core.values import RemoteId
from guid.x11.frame import CONTENT_BACKGROUND_RGB, Frame, FrameMaker
from guid.x11.presenter import Presenter
from tests.mutants.paint import paint
from tests.mutants.patch import replace


def mutate() -> None:
    frames: dict[int, Frame] = {}
    pixels: list[int] = []

    def colourless(maker: FrameMaker, desktop: Any, rgb: int, *_background: int) -> None:
        make(maker, desktop, CONTENT_BACKGROUND_RGB)
        pixels.append(desktop.pixel(rgb))

    def remember(maker: FrameMaker, *rest: Any) -> Frame:
        frame: Frame = create(maker, *rest)
        frames[frame.content] = frame
        return frame

    def draw(presenter: Presenter, remote: RemoteId, rects: Any, requests: list[bytes]) -> Any:
        left = draw_content(presenter, remote, rects, requests)
        target = presenter._content_of(remote)
        if target is not None:
            requests += paint(frames[target[0]], pixels[-1])
        return left

    make = replace(FrameMaker, "__init__", colourless)
    create = replace(FrameMaker, "create", remember)
    draw_content = replace(Presenter, "_draw", draw)
