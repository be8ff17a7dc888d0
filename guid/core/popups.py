"""Where popups of qubes are and are not allowed on a desktop as it is; must not know how it was looked at.

It judges what was found, not what was asked for: the daemon's own policy is another file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guid.core.geometry import intersection
from guid.core.policy import POPUP_AREA_LIMIT_PERCENT
from guid.core.region import union_area
from guid.core.scene import Fault, Finding, Node, Outer, Scene


def popups_of(scene: Scene, outers: Sequence[Outer]) -> Iterator[Finding]:
    """Those on the screen: inside the work area, each whole on one monitor, and together not most of the work area."""
    area, monitors = scene.desktop.work_area, scene.desktop.monitors
    for owner in scene.owners:
        popups = [
            outer
            for outer in outers
            if outer.owner is owner
            and outer.node.override_redirect
            and not is_sign(outer.node)
            and intersection(outer.node.rect, scene.desktop.root) is not None
        ]
        signs = [outer for outer in outers if outer.owner is owner and is_sign(outer.node)]
        for popup in popups:
            yield from _over(popup, scene, signs)
            if intersection(popup.node.rect, area) != popup.node.rect:
                yield popup.finding(Fault.OFF_WORK_AREA, popup.node.rect, "the work area is {},{} {}x{}".format(*area))
            elif monitors and not any(intersection(popup.node.rect, each) == popup.node.rect for each in monitors):
                yield popup.finding(Fault.OFF_MONITORS, popup.node.rect, f"there are {len(monitors)}")
        covered = union_area(popup.node.rect for popup in popups)
        if covered * 100 > area.area * POPUP_AREA_LIMIT_PERCENT:
            yield popups[-1].finding(Fault.TOO_LARGE, popups[-1].node.rect, f"{covered * 100 // area.area} %")


def _over(popup: Outer, scene: Scene, signs: Sequence[Outer]) -> Iterator[Finding]:
    """What the popup must not lie above."""
    order = [child.window for child in scene.root.children]
    place = order.index(popup.path[1].window)
    below = set(order[:place])
    for locker in sorted(below & scene.lockers):
        yield popup.finding(Fault.OVER_LOCKER, popup.node.rect, f"{locker:#x}")
    for sign in signs:
        if sign.path[1].window in below:
            yield popup.finding(Fault.OVER_BANNER, popup.node.rect, f"{sign.node.window:#x}")


def is_sign(node: Node) -> bool:
    """Whether it is the daemon's own word to the person, the banner over a fullscreen qube: nothing of a qube is in it.

    It wears the label and the frame of a popup, and may lie above panels, where a popup may not.
    """
    return node.override_redirect and not node.takes_input and not node.children
