"""Keys for the menu of a tray icon: after the person's click on it, and for nobody who only wants them."""

from collections.abc import Iterator

import numpy as np
import pytest
from Xlib import X, Xatom

from protocol.messages import MessageType as M
from tests.harness.pixels import pseudo_random
from tests.harness.stage import HEIGHT, ActedQube, Stage
from tests.harness.trays import Tray
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop

ICON, MENU, SECOND, WINDOW, UNDER = 0x11, 0x12, 0x13, 0x14, 0x15
SIDE, RED = 22, 0xE01B24
ESCAPE, DOWN, LETTER_A, LETTER_B = 9, 116, 38, 56
MENU_SIZE = 120, 80
BAR, DESKTOP = (820, 400), (820, 550)
"""In a window that no window manager has, and on the root window, where openbox takes the focus from every window."""


class Desk:
    """A stock tray with the icon of one qube, and a window of another, which the person types into."""

    def __init__(self, stage: Stage, attacker: ActedQube, innocent: ActedQube) -> None:
        self.stage, self.attacker, self.innocent = stage, attacker, innocent

    def type_elsewhere(self) -> None:
        """The person uses the other qube's window."""
        self.use(WINDOW)

    def use(self, window: int) -> None:
        """Give a window of the other qube the keys, as a window manager does."""
        self.innocent.viewable(window).set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self.has_keys(self.innocent, window)

    def focus(self) -> int:
        return int(getattr(self.stage.x.get_input_focus().focus, "id", 0))

    def place(self) -> tuple[int, int]:
        """The middle of the icon."""
        self.attacker.agree()
        x, y, width, height = self.attacker.daemon.window(ICON)["outer"]
        return x + width // 2, y + height // 2

    def click_icon(self) -> tuple[int, int]:
        """The person clicks it, and the qube hears of that. Returns where."""
        at = self.place()
        before = len(self.attacker.agent.received)
        self.stage.click(*at)
        self.attacker.agent.expect(M.BUTTON, ICON, after=before)
        return at

    def open(self, at: tuple[int, int], size: tuple[int, int] = MENU_SIZE, window: int = MENU) -> None:
        """The qube shows a popup above this place, which is on the screen then."""
        rect = (at[0], at[1] - size[1] - 20, *size)
        self.attacker.agent.show(window, rect, pseudo_random(*size), popup=True)
        self.attacker.settle()
        self.attacker.viewable(window)

    def close(self, *windows: int) -> None:
        for window in windows:
            self.attacker.agent.send(M.DESTROY, window)
        self.attacker.settle()

    def has_keys(self, qube: ActedQube, window: int) -> None:
        wait_until(lambda: self.focus() == qube.outer(window).id, what=f"the focus on {window:#x}")

    def type(self, *codes: int) -> None:
        for code in codes:
            self.stage.key(X.KeyPress, code)
            self.stage.key(X.KeyRelease, code)

    def heard(self, qube: ActedQube, after: int) -> list[int]:
        """Which keys were pressed, as the qube knows."""
        qube.settle()
        keys = [each for each in qube.agent.received[after:] if each.type is M.KEYPRESS]
        return [each.body[4] for each in keys if each.body[0] == X.KeyPress]  # type: ignore[index]

    def only_innocent_hears(self) -> None:
        """What is typed now goes to the other qube alone."""
        self.attacker.settle()
        self.innocent.settle()
        before = len(self.attacker.agent.received), len(self.innocent.agent.received)
        self.type(LETTER_A, LETTER_B)
        wait_until(
            lambda: self.heard(self.innocent, before[1]) == [LETTER_A, LETTER_B], what="the keys where they belong"
        )
        assert self.heard(self.attacker, before[0]) == []


@pytest.fixture(scope="module", params=["openbox", "xfwm4"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with (
        Stage(manager=request.param) as stage,
        Tray("trayer", stage.server.name),
        stage.qube("work", "red") as attacker,
        stage.qube("bank", "blue") as innocent,
    ):
        attacker.agent.create(ICON, (5, 5, SIDE, SIDE))
        attacker.agent.send(M.DOCK, ICON)
        attacker.agent.dump(ICON, np.full((SIDE, SIDE), RED, np.uint32))
        attacker.agent.damage(ICON, (0, 0, SIDE, SIDE))
        attacker.settle()
        attacker.viewable(ICON)
        innocent.agent.show(WINDOW, (400, 100, 200, 150), pseudo_random(200, 150))
        innocent.settle()
        innocent.viewable(WINDOW)
        bar = stage.x.screen().root.create_window(
            800, 380, 40, 40, 0, X.CopyFromParent, override_redirect=1, event_mask=X.ButtonPressMask
        )
        bar.map()
        made = Desk(stage, attacker, innocent)
        wait_until(lambda: made.place()[1] > HEIGHT - 40, what="the icon in the panel")
        yield made


@pytest.fixture(autouse=True)
def typing(desk: Desk) -> Iterator[None]:
    desk.type_elsewhere()
    yield
    for qube in (desk.attacker, desk.innocent):
        for shown in qube.daemon.windows():
            if shown["remote_wid"] in (MENU, SECOND, UNDER):
                qube.agent.send(M.DESTROY, shown["remote_wid"])
        qube.settle()


def test_menu_after_the_persons_click_has_the_keys_and_they_go_back_with_its_end(desk: Desk) -> None:
    before = len(desk.attacker.agent.received)
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    said = desk.attacker.agent.expect(M.FOCUS, MENU, after=before)
    assert said.body[0] == 9  # type: ignore[index]
    desk.type(DOWN)
    wait_until(lambda: desk.heard(desk.attacker, before) == [DOWN], what="the key in the menu")
    desk.close(MENU)
    desk.has_keys(desk.innocent, WINDOW)
    desk.only_innocent_hears()


def test_submenus_come_and_go_and_the_menu_keeps_the_keys(desk: Desk) -> None:
    at = desk.click_icon()
    desk.open(at)
    desk.has_keys(desk.attacker, MENU)
    desk.open((at[0] + MENU_SIZE[0], at[1]), window=SECOND)
    desk.type(ESCAPE)
    desk.close(SECOND)
    before = len(desk.attacker.agent.received)
    desk.type(DOWN)
    wait_until(lambda: desk.heard(desk.attacker, before) == [DOWN], what="the key in the menu")
    desk.close(MENU)
    desk.has_keys(desk.innocent, WINDOW)


def test_popup_without_a_click_has_no_keys(desk: Desk) -> None:
    desk.open(desk.place())
    desk.only_innocent_hears()
    desk.close(MENU)


def test_key_that_is_typed_after_the_click_ends_the_wish(desk: Desk) -> None:
    at = desk.click_icon()
    desk.type(LETTER_A)
    desk.attacker.settle()
    desk.open(at)
    desk.only_innocent_hears()
    desk.close(MENU)


def test_click_elsewhere_after_the_click_ends_the_wish(desk: Desk) -> None:
    at = desk.click_icon()
    desk.stage.click(*BAR)
    desk.attacker.settle()
    desk.open(at)
    desk.only_innocent_hears()
    desk.close(MENU)


@pytest.mark.parametrize(
    ("offset", "size"), [((0, 0), (8, 8)), ((300, -300), MENU_SIZE)], ids=["too small", "far away"]
)
def test_popup_that_may_be_overlooked_has_no_keys(desk: Desk, offset: tuple[int, int], size: tuple[int, int]) -> None:
    x, y = desk.click_icon()
    desk.open((x + offset[0], y + offset[1]), size)
    desk.only_innocent_hears()
    desk.close(MENU)


def test_popup_that_hides_itself_loses_the_keys(desk: Desk) -> None:
    x, y = desk.click_icon()
    desk.open((x, y))
    desk.has_keys(desk.attacker, MENU)
    desk.attacker.agent.configure(MENU, (x, y - 30, 4, 4))
    desk.attacker.settle()
    desk.has_keys(desk.innocent, WINDOW)
    desk.only_innocent_hears()
    desk.close(MENU)


def test_one_click_is_good_for_one_popup(desk: Desk) -> None:
    at = desk.click_icon()
    desk.open(at)
    desk.has_keys(desk.attacker, MENU)
    desk.close(MENU)
    desk.has_keys(desk.innocent, WINDOW)
    desk.open(at, window=SECOND)
    desk.only_innocent_hears()
    desk.close(SECOND)


def test_popup_that_stays_in_spite_of_escape_loses_the_keys(desk: Desk) -> None:
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    desk.type(ESCAPE)
    desk.has_keys(desk.innocent, WINDOW)
    desk.only_innocent_hears()
    desk.close(MENU)


@pytest.mark.parametrize("where", [DESKTOP, BAR], ids=["desktop", "bar"])
def test_click_elsewhere_is_told_beside_the_popup_and_takes_the_keys(desk: Desk, where: tuple[int, int]) -> None:
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    before = len(desk.attacker.agent.received)
    x, y = where
    desk.stage.click(x, y)
    menu = desk.attacker.outer(MENU).id
    wait_until(lambda: desk.focus() != menu, what="no keys for the popup")
    desk.attacker.settle()
    said = [each for each in desk.attacker.agent.received[before:] if each.type is M.BUTTON]
    assert [each.body[0] for each in said] == [X.ButtonPress, X.ButtonRelease]  # type: ignore[index]
    menu_at = desk.attacker.daemon.window(MENU)
    corner = [menu_at["outer"][axis] - 1 - menu_at["content"][axis] for axis in (0, 1)]
    assert [[*each.body[1:3]] for each in said] == [corner, corner], "where the person clicked is no qube's to know"  # type: ignore[index]
    if where is BAR:
        desk.only_innocent_hears()
    desk.close(MENU)


@pytest.mark.parametrize("covered", [True, False])
def test_click_over_a_window_of_the_qube_is_elsewhere_where_another_covers_it(desk: Desk, *, covered: bool) -> None:
    desk.attacker.agent.show(UNDER, (300, 250, 400, 300), pseudo_random(400, 300))
    desk.attacker.settle()
    desk.attacker.viewable(UNDER)
    desk.attacker.agree()
    x, y, width, height = desk.attacker.daemon.window(UNDER)["content"]
    at = x + width // 2, y + height // 2
    cover = desk.stage.x.screen().root.create_window(
        at[0] - 20, at[1] - 20, 40, 40, 0, X.CopyFromParent, override_redirect=1, event_mask=X.ButtonPressMask
    )
    if covered:
        cover.map()
    desk.type_elsewhere()
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    before = len(desk.attacker.agent.received)
    desk.stage.click(*at)
    told = MENU if covered else UNDER
    desk.attacker.agent.expect(M.BUTTON, told, after=before)
    desk.attacker.settle()
    assert {each.window for each in desk.attacker.agent.received[before:] if each.type is M.BUTTON} == {told}
    if covered:
        desk.only_innocent_hears()
    cover.destroy()
    desk.close(MENU, UNDER)


def test_click_into_another_window_focuses_that_one(desk: Desk) -> None:
    desk.innocent.agent.show(SECOND, (100, 300, 200, 150), pseudo_random(200, 150))
    desk.innocent.settle()
    desk.innocent.viewable(SECOND)
    desk.type_elsewhere()
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    desk.stage.focus(desk.innocent, SECOND)
    desk.attacker.settle()
    desk.only_innocent_hears()
    assert desk.focus() == desk.innocent.outer(SECOND).id
    desk.close(MENU)
    desk.only_innocent_hears()
    desk.innocent.agent.send(M.DESTROY, SECOND)
    desk.innocent.settle()


def test_clicks_in_the_popup_and_on_the_icon_take_nothing(desk: Desk) -> None:
    at = desk.click_icon()
    desk.open(at)
    desk.has_keys(desk.attacker, MENU)
    x, y, width, height = desk.attacker.daemon.window(MENU)["content"]
    for point in ((x + width // 2, y + height // 2), at):
        desk.stage.click(*point)
        desk.attacker.settle()
    before = len(desk.attacker.agent.received)
    desk.type(DOWN)
    wait_until(lambda: desk.heard(desk.attacker, before) == [DOWN], what="the key in the menu")
    desk.close(MENU)
    desk.has_keys(desk.innocent, WINDOW)


def test_window_of_another_qube_does_not_take_the_menus_keys(desk: Desk) -> None:
    """No window manager knows of the menu, so nothing is active: ADR 24 holds all the same."""
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    desk.innocent.settle()
    desk.innocent.agent.show(SECOND, (100, 300, 200, 150), pseudo_random(200, 150))
    desk.innocent.settle()
    outer = desk.innocent.viewable(SECOND)
    clients = desk.stage.x.intern_atom("_NET_CLIENT_LIST")
    root = desk.stage.x.screen().root
    wait_until(lambda: outer.id in root.get_full_property(clients, Xatom.WINDOW).value, what="the window managed")
    before = len(desk.attacker.agent.received)
    desk.type(DOWN)
    wait_until(lambda: desk.heard(desk.attacker, before) == [DOWN], what="the key in the menu")
    desk.innocent.agent.send(M.DESTROY, SECOND)
    desk.innocent.settle()
    desk.close(MENU)
    desk.has_keys(desk.innocent, WINDOW)


def test_window_that_had_the_keys_may_be_gone_when_the_menu_closes(desk: Desk) -> None:
    desk.innocent.agent.show(SECOND, (100, 300, 200, 150), pseudo_random(200, 150))
    desk.innocent.settle()
    desk.use(SECOND)
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    menu = desk.attacker.outer(MENU).id
    desk.innocent.agent.send(M.DESTROY, SECOND)
    desk.innocent.settle()
    desk.stage.click(*BAR)
    wait_until(lambda: desk.focus() != menu, what="no keys for the popup")
    desk.close(MENU)
    desk.attacker.lives()


def test_screen_locker_has_the_keyboard_at_once(desk: Desk) -> None:
    desk.open(desk.click_icon())
    desk.has_keys(desk.attacker, MENU)
    before = len(desk.attacker.agent.received)
    root = desk.stage.x.screen().root
    assert root.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime) == X.GrabSuccess  # noqa: FBT003
    assert root.grab_pointer(True, 0, X.GrabModeAsync, X.GrabModeAsync, 0, 0, X.CurrentTime) == X.GrabSuccess  # noqa: FBT003
    desk.type(LETTER_A)
    desk.stage.x.ungrab_keyboard(X.CurrentTime)
    desk.stage.x.ungrab_pointer(X.CurrentTime)
    desk.stage.x.sync()
    assert desk.heard(desk.attacker, before) == []
    desk.close(MENU)
    desk.has_keys(desk.innocent, WINDOW)
