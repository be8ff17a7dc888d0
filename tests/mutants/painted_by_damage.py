"""A frame gets its colour when its content is first drawn, and has none before."""

from typing import Any

from colors.labels import Label
from guid.core.values import RemoteId
from guid.x11.frame import CONTENT_BACKGROUND_RGB, Frame, FrameMaker
from guid.x11.presenter import Presenter
from guid.x11.tags import Tags
from tests.mutants.patch import replace


class Always(Tags):
    """Tags in the label's colour from the start: it is not them that this is about."""

    def relabel(self, _label: Label) -> list[bytes]:
        return []


def mutate() -> None:
    frames: dict[int, Frame] = {}
    made: list[tuple[FrameMaker, Label]] = []

    def colourless(maker: FrameMaker, desktop: Any, label: Label, *_background: int, **name: str) -> None:
        make(maker, desktop, Label("none", 0, CONTENT_BACKGROUND_RGB), **name)
        maker.tags = Always(desktop, name["name"], label)
        made.append((maker, label))

    def remember(maker: FrameMaker, *rest: Any) -> Frame:
        frame: Frame = create(maker, *rest)
        frames[frame.content] = frame
        return frame

    def draw(presenter: Presenter, remote: RemoteId, rects: Any, requests: list[bytes]) -> Any:
        left = draw_content(presenter, remote, rects, requests)
        target = presenter._content_of(remote)
        if target is not None:
            maker, label = made[-1]
            maker.relabel(label, [frames[target[0]]])
            maker.relabel(Label("none", 0, CONTENT_BACKGROUND_RGB), [])
        return left

    make = replace(FrameMaker, "__init__", colourless)
    create = replace(FrameMaker, "create", remember)
    draw_content = replace(Presenter, "draw_plainly", draw)
