"""What a qube's windows go through while the oracle looks on, step by step; knows no defect."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from guid.core.thickness import Style
from protocol.codec import encode
from protocol.messages import MessageType
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, PANEL_HEIGHT, PATIENCE_S, WIDTH, ActedQube
from tests.harness.wait import TimedOut, wait_until

FULLSCREEN: Final = 1
ARGUMENTS: Final = ("--option", "allow_fullscreen = true")
"""What the qube's daemon is started with."""
STYLE: Final = Style(tag=True)

MAIN, EMPTY, MENU, TIP, ICON = 0x11, 0x12, 0x13, 0x14, 0x15
PICTURE: Final = pseudo_random(301, 203)
ICON_PICTURE: Final = pseudo_random(22, 22)
MENU_PICTURE: Final = pseudo_random(120, 90)
OTHERS: Final = 1
"""Windows of the innocent qube that stands beside."""


def a_managed_window(qube: ActedQube) -> int:
    qube.agent.show(MAIN, (60, 120, 301, 203), PICTURE)
    with suppress(TimedOut):  # a defect: the judge says which
        wait_until(lambda: qube.drawn(MAIN, PICTURE), PATIENCE_S, "the picture")
    return 1


def a_window_before_its_first_picture(qube: ActedQube) -> int:
    qube.agent.create(EMPTY, (600, 400, 250, 150))
    qube.agent.map(EMPTY)
    return 2


def a_popup(qube: ActedQube) -> int:
    qube.agent.show(MENU, (500, 300, 120, 90), MENU_PICTURE, popup=True)
    qube.settle()
    return 3


def a_popup_before_its_first_picture(qube: ActedQube) -> int:
    qube.agent.create(TIP, (500, 420, 60, 20), popup=True)
    qube.agent.map(TIP, popup=True)
    qube.settle()
    return 4


def narrower_while_the_daemon_stands_still(qube: ActedQube) -> int:
    outer = qube.viewable(MAIN)
    qube.daemon.child.freeze()
    return _resized(qube, outer, width=201)


def lower_while_the_daemon_stands_still(qube: ActedQube) -> int:
    qube.daemon.child.thaw()
    outer = qube.viewable(MAIN)
    qube.daemon.child.freeze()
    return _resized(qube, outer, height=101)


def _resized(qube: ActedQube, outer: object, **size: int) -> int:
    outer.configure(**size)  # type: ignore[attr-defined]
    qube.stage.x.sync()
    ((name, wanted),) = size.items()
    wait_until(lambda: getattr(outer.get_geometry(), name) == wanted, what="the new size")  # type: ignore[attr-defined]
    return 4


def a_title_that_names_a_qube_and_a_colour(qube: ActedQube) -> int:
    qube.daemon.child.thaw()
    qube.agent.send(MessageType.WMNAME, MAIN, b"other 0xCC0000")
    qube.settle()
    return 4


def mapped_again_as_a_popup(qube: ActedQube) -> int:
    qube.agent.map(MAIN, popup=True)
    qube.agent.send_raw(encode(MessageType.CONFIGURE, MAIN, 60, 120, 301, 203, 1))
    qube.settle()
    return 4


def a_popup_over_the_limit(qube: ActedQube) -> int:
    window = 0x21
    qube.agent.create(window, (0, 0, WIDTH, HEIGHT), popup=True)
    qube.agent.map(window, popup=True)
    qube.settle()
    return 5


def a_popup_at_the_panel(qube: ActedQube) -> int:
    qube.agent.send(MessageType.DESTROY, 0x21)
    qube.agent.create(0x22, (850, -20, 100, 60), popup=True)
    qube.agent.map(0x22, popup=True)
    qube.settle()
    return 5


def a_popup_that_somebody_moved(qube: ActedQube) -> int:
    qube.viewable(0x22).configure(x=800, y=2)
    qube.stage.x.sync()
    return 5


def a_popup_that_grows_over_the_limit(qube: ActedQube) -> int:
    qube.agent.configure(0x22, (5, 35, WIDTH - 10, HEIGHT - 40))
    qube.settle()
    return 5


def a_popup_that_comes_back_managed(qube: ActedQube) -> int:
    qube.agent.send(MessageType.DESTROY, 0x22)
    qube.agent.send(MessageType.UNMAP, MENU)
    qube.agent.map(MENU)
    qube.settle()
    return 4


def two_popups_that_share_the_work_area(qube: ActedQube) -> int:
    for window, x in ((0x23, 2), (0x24, WIDTH // 2 + 2)):
        qube.agent.create(window, (x, 40, WIDTH // 2 - 4, HEIGHT - 50), popup=True)
        qube.agent.map(window, popup=True)
    qube.settle()
    return 6


def a_popup_while_the_screen_is_locked(qube: ActedQube) -> int:
    qube.stage.lock()
    qube.agent.create(0x25, (100, 100, 120, 90), popup=True)
    qube.agent.map(0x25, popup=True)
    qube.settle()
    return 7


def a_popup_under_the_banner_of_a_fullscreen_window(qube: ActedQube) -> int:
    qube.stage.unlock()
    qube.agent.send(MessageType.DESTROY, 0x25)
    qube.agent.send(MessageType.WINDOW_FLAGS, MAIN, FULLSCREEN, 0)
    with suppress(TimedOut):  # a defect: the judge says which
        wait_until(lambda: qube.daemon.window(MAIN)["outer"] == [0, 0, WIDTH, HEIGHT], PATIENCE_S, "the whole screen")
    qube.agent.create(0x26, (WIDTH // 2 - 60, PANEL_HEIGHT + 5, 120, 90), popup=True)
    qube.agent.map(0x26, popup=True)
    qube.settle()
    return 7


def an_icon_in_a_tray(qube: ActedQube) -> int:
    tray = qube.stage.put_tray()
    qube.agent.create(ICON, (5, 5, 22, 22))
    qube.agent.send(MessageType.DOCK, ICON)
    qube.agent.dump(ICON, ICON_PICTURE)
    qube.agent.damage(ICON, (0, 0, 22, 22))
    tray.take(tray.wait_asked(1)[0])
    qube.settle()
    return 8


STEPS: Final[tuple[Callable[[ActedQube], int], ...]] = (
    a_managed_window,
    a_window_before_its_first_picture,
    a_popup,
    a_popup_before_its_first_picture,
    narrower_while_the_daemon_stands_still,
    lower_while_the_daemon_stands_still,
    a_title_that_names_a_qube_and_a_colour,
    mapped_again_as_a_popup,
    a_popup_over_the_limit,
    a_popup_at_the_panel,
    a_popup_that_somebody_moved,
    a_popup_that_grows_over_the_limit,
    a_popup_that_comes_back_managed,
    two_popups_that_share_the_work_area,
    a_popup_while_the_screen_is_locked,
    a_popup_under_the_banner_of_a_fullscreen_window,
    an_icon_in_a_tray,
)


def name_of(step: Callable[[ActedQube], int]) -> str:
    return step.__name__.replace("_", " ")


def play(qube: ActedQube) -> None:
    """Every step, judged. Raises Misframed at the first that is wrong."""
    try:
        for step in STEPS:
            windows = step(qube)
            qube.stage.judge(name_of(step), windows=windows + OTHERS)
    finally:
        qube.stage.unlock()
        qube.stage.take_tray()
