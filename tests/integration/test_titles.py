"""Whoever reads a window's title, a screen reader too, hears whose window it is: also of menus, and without a title."""

from collections.abc import Iterator

import pytest
from Xlib import X

from guid.core.thickness import Style
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import ActedQube, Stage
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

WINDOW, POPUP = 0x300001, 0x300002
FOUR = ("WM_NAME", "_NET_WM_NAME", "WM_ICON_NAME", "_NET_WM_ICON_NAME")


@pytest.fixture(scope="module")
def qube() -> Iterator[ActedQube]:
    with Stage() as stage, stage.qube("vault", "blue", style=Style(tag=True)) as found:
        found.agent.show(WINDOW, (200, 150, 300, 200), pseudo_random(300, 200))
        found.agent.show(POPUP, (600, 400, 120, 90), pseudo_random(120, 90), popup=True)
        yield found


def names(qube: ActedQube, window: int) -> set[str]:
    """The names that a window has, under whatever property."""
    outer = qube.viewable(window)
    found = (outer.get_full_property(qube.stage.x.intern_atom(name), X.AnyPropertyType) for name in FOUR)
    return {bytes(each.value).decode() for each in found if each is not None}


@pytest.mark.parametrize("window", [WINDOW, POPUP], ids=["window", "menu"])
def test_every_name_of_a_window_says_whose_it_is(qube: ActedQube, window: int) -> None:
    wait_until(lambda: names(qube, window) == {"vault"}, what="the qube's name, for want of a title")
    for title, shown in (
        ("Bank", "[vault] Bank"),
        ("vault", "[vault] vault"),
        ("", "vault"),
        ("[work]", "[vault] [work]"),
    ):
        qube.agent.send(MessageType.WMNAME, window, title.encode())
        wait_until(lambda: names(qube, window) == {shown}, what=repr(shown))  # noqa: B023 - waited for here
    qube.agent.send(MessageType.WMNAME, window, b"")
    wait_until(lambda: names(qube, window) == {"vault"}, what="no title again")
