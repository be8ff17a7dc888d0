"""Status items of programs on the qube's bus, told to a scripted daemon: icons, clicks, menus, bad programs."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import new_method_call
from jeepney.io.blocking import open_dbus_connection

from guiagent.core.trayicons import MAX_TRAY_ICONS, NEUTRAL
from protocol.messages import MessageType as T
from tests.guiagent.statusitem import ITEM, MENU, WATCHER, Answers, Properties, StatusItem, argb, entry
from tests.guiagent.traydesk import SLOT, TrayDesk, wait_for_watcher
from tests.harness.wait import wait_until

pytestmark = pytest.mark.desktop
LEFT, MIDDLE, RIGHT, WHEEL_UP = 1, 2, 3, 4
ESCAPE, RETURN, UP, DOWN, ARROW_RIGHT, ARROW_LEFT, LETTER_O = 9, 36, 111, 116, 114, 113, 32
RED, GREEN, BLUE = 0xE01B24, 0x33D17A, 0x3366CC


@pytest.fixture(scope="module")
def desk() -> Iterator[TrayDesk]:
    with TrayDesk() as started:
        yield started


def lines(*labels: str) -> list[tuple[int, dict[str, tuple[str, object]], list[object]]]:
    return [entry(number, label=("s", label)) for number, label in enumerate(labels, 1)]


MENU_OF_THREE = entry(
    0,
    entry(1, label=("s", "_Open")),
    entry(2, type=("s", "separator")),
    entry(3, entry(5, label=("s", "Deep")), label=("s", "More"), children_display=("s", "submenu")),
    entry(4, label=("s", "Grey"), enabled=("b", False)),
)


def test_item_is_docked_in_its_picture_with_its_title_and_gone_with_its_program(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus):
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == BLUE, "the picture")
        assert desk.daemon.all_of(T.WMNAME, icon)[-1].body.data.rstrip(b"\0") == b"an item"
        assert desk.daemon.types(icon)[0] is T.CREATE
        assert T.MAP not in desk.daemon.types(icon)
    desk.gone(icon)


def test_status_chooses_the_icon_or_none(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    attention = ("a(iiay)", [argb(16, 16, 0xFF000000 | GREEN)])
    with StatusItem(desk.bus, AttentionIconPixmap=attention) as item:
        icon = desk.docked(before)
        item.said["Status"] = "s", "NeedsAttention"
        item.tell("NewStatus", "s", "NeedsAttention")
        desk.daemon.until(lambda: desk.colour(icon) == GREEN, "the icon that asks for attention")
        item.said["Status"] = "s", "Passive"
        item.tell("NewStatus", "s", "Passive")
        desk.gone(icon)
        after = len(desk.daemon.said)
        item.said["Status"] = "s", "Active"
        item.tell("NewStatus", "s", "Active")
        desk.daemon.until(lambda: desk.colour(desk.docked(after)) == BLUE, "the ordinary icon")


def test_overlay_lies_in_the_corner_and_transparent_parts_are_neutral(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(
        desk.bus, IconPixmap=("a(iiay)", [argb(24, 24, 0)]), OverlayIconPixmap=("a(iiay)", [argb(8, 8, 0xFF00FF00)])
    ):
        icon = desk.docked(before)
        desk.daemon.until(lambda: int(desk.daemon.picture(icon)[23, 23]) == 0x00FF00, "the overlay")
        assert int(desk.daemon.picture(icon)[5, 5]) == NEUTRAL
        assert int(desk.daemon.picture(icon)[23, 5]) == NEUTRAL


def test_buttons_do_what_the_specification_says(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus) as item:
        icon = desk.docked(before)
        for button in (LEFT, MIDDLE, RIGHT, WHEEL_UP):
            desk.click(icon, button)
        at = SLOT[0] + 12, SLOT[1] + 12
        wanted = [("Activate", *at), ("SecondaryActivate", *at), ("ContextMenu", *at), ("Scroll", 120, "vertical")]
        desk.daemon.until(lambda: item.calls == wanted, "the calls")


def test_menu_is_a_popup_above_its_icon_and_what_is_chosen_happens(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, menu=MENU_OF_THREE) as item:
        icon = desk.docked(before)
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        menu = desk.popup(after)
        place = desk.daemon.all_of(T.CREATE, menu)[-1].body
        assert place.override_redirect == 1
        assert place.y + place.height == SLOT[1]
        desk.click(menu, LEFT, x=20, y=10)
        desk.gone(menu)
        told = [("Event", 1, "clicked"), ("Event", 0, "closed")]
        desk.daemon.until(
            lambda: [call for call in item.calls if call in told] == told, "the choice, and the end of the menu"
        )
        assert [call for call in item.calls if call[2] == "closed"] == [("Event", 0, "closed")]


def test_menu_is_used_with_keys(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, menu=MENU_OF_THREE, ItemIsMenu=("b", True)) as item:
        icon = desk.docked(before)
        after = len(desk.daemon.said)
        desk.click(icon, LEFT)
        menu = desk.popup(after)
        after = len(desk.daemon.said)
        desk.key(icon, UP, ARROW_RIGHT)  # the last that is not grey: it opens another
        below = desk.daemon.wait_for(T.MAP, after=after).window
        desk.key(icon, ARROW_LEFT)
        desk.gone(below)
        desk.key(icon, ARROW_RIGHT, RETURN)
        desk.gone(menu)
        desk.daemon.until(lambda: ("Event", 5, "clicked") in item.calls, "the choice in the submenu")
        after = len(desk.daemon.said)
        desk.click(icon, LEFT)
        menu = desk.popup(after)
        desk.key(icon, LETTER_O)
        desk.gone(menu)
        desk.daemon.until(lambda: ("Event", 1, "clicked") in item.calls, "the choice by its letter")
        after = len(desk.daemon.said)
        desk.click(icon, LEFT)
        menu = desk.popup(after)
        desk.key(icon, ESCAPE)
        desk.gone(menu)


def test_menu_that_changes_while_it_is_open_is_drawn_anew(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, menu=entry(0, *lines("One"))) as item:
        icon = desk.docked(before)
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        menu = desk.popup(after)
        height = desk.daemon.picture(menu).shape[0]
        item.menu = entry(0, *lines("One", "Two", "Three"))
        item.tell("LayoutUpdated", "ui", 2, 0, interface=MENU)
        desk.daemon.until(lambda: desk.daemon.picture(menu).shape[0] > height, "a taller menu")
        desk.click(icon, RIGHT)
        desk.gone(menu)


def test_menu_that_has_just_changed_stays_closed_when_the_person_closes_it(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, menu=entry(0, *lines("One"))) as item:
        icon = desk.docked(before)
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        menu = desk.popup(after)
        for revision in range(2, 12):
            item.tell("LayoutUpdated", "ui", revision, 0, interface=MENU)
        desk.click(icon, RIGHT)
        desk.gone(menu)
        after = len(desk.daemon.said)
        desk.daemon.drain(0.3)
        assert not [said for said in desk.daemon.said[after:] if said.type is T.MAP]


def test_menu_closes_when_the_person_uses_another_qube(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, menu=MENU_OF_THREE):
        icon = desk.docked(before)
        desk.daemon.send(T.FOCUS, icon, 9, 0, 0)
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        menu = desk.popup(after)
        desk.daemon.send(T.FOCUS, icon, 10, 0, 0)
        desk.gone(menu)


def test_title_is_shown_when_the_pointer_rests_and_goes_with_it(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, ToolTip=("(sa(iiay)ss)", ("", [], "<b>Mail</b>", "3 new"))):
        icon = desk.docked(before)
        after = len(desk.daemon.said)
        desk.enter(icon)
        tip = desk.popup(after)
        desk.daemon.send(T.CROSSING, icon, 8, 0, 0, 0, 0, 0, 0)
        desk.gone(tip)
        assert desk.daemon.all_of(T.WMNAME, icon)[-1].body.data.rstrip(b"\0") == b"Mail: 3 new"


@pytest.mark.parametrize(
    "said",
    [
        {"IconPixmap": ("a(iiay)", [(32, 32, b"short"), (-1, 4, b""), (1 << 30, 1 << 30, b"x" * 64), (0, 0, b"")])},
        {"IconPixmap": ("s", "no pixmap"), "Status": ("s", "?"), "Title": ("i", 7), "Menu": ("s", "nonsense")},
        {"IconName": ("s", "../../../etc/passwd"), "IconPixmap": ("a(iiay)", [])},
        {"IconName": ("s", "/dev/zero"), "IconThemePath": ("s", "\x01[*")},
        {"ToolTip": ("s", "x"), "Title": ("s", "\u202e\n" * 5000)},
    ],
)
def test_absurd_item_is_an_icon_all_the_same(desk: TrayDesk, said: Properties) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus, **said):
        icon = desk.docked(before)
    desk.gone(icon)
    assert desk.agent.child.alive


ODD_ANSWERS: dict[str, Answers] = {
    "texts": {"GetAll": ("a{ss}", ({"Title": "abc"},))},
    "numbers": {"GetAll": ("a{s(si)}", ({"IconPixmap": ("a(iiay)", 5)},))},
    "menu": {"GetLayout": ("u(ia{s(si)}as)", (1, (0, {"label": ("s", 5)}, ["x"])))},
    "nothing": {"GetLayout": ("", ()), "AboutToShow": ("", ())},
}


@pytest.mark.parametrize("answers", ODD_ANSWERS.values(), ids=ODD_ANSWERS)
def test_program_that_answers_something_else_ends_no_other_items(desk: TrayDesk, answers: Answers) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus) as witness:
        icon = desk.docked(before)
        before = len(desk.daemon.said)
        with StatusItem(desk.bus, menu=MENU_OF_THREE) as odd:
            its_icon = desk.docked(before)
            odd.answers = answers
            desk.click(its_icon, RIGHT)
            odd.tell("NewIcon")
            still_there(desk, witness, icon)


def test_program_that_names_what_cannot_be_ends_no_other_items(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus) as witness:
        icon = desk.docked(before)
        before = len(desk.daemon.said)
        properties = WATCHER.with_interface("org.freedesktop.DBus.Properties")
        with StatusItem(desk.bus, Menu=("s", "no path")) as odd:
            desk.click(desk.docked(before), RIGHT)
            odd.call(properties, "Get", "sas", ITEM, ["ProtocolVersion"])
            for name in ("/no path", "//", "/\u00e9", "no.name!", "/x'"):
                odd.register(name)
            still_there(desk, witness, icon)


def still_there(desk: TrayDesk, item: StatusItem, icon: int) -> None:
    """The item is shown as ever, in the same window, and hears of clicks."""
    item.said["IconPixmap"] = "a(iiay)", [argb(32, 32, 0xFF000000 | GREEN)]
    item.tell("NewIcon")
    desk.daemon.until(lambda: desk.colour(icon) == GREEN, "the other picture")
    item.calls.clear()
    desk.click(icon, MIDDLE)
    desk.daemon.until(lambda: item.calls, "the click")
    assert desk.agent.child.alive


def test_item_that_answers_nothing_is_not_shown_and_hinders_nobody(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    silent = StatusItem(desk.bus)
    silent.mute = True
    with (
        silent,
        StatusItem(desk.bus, IconPixmap=("a(iiay)", [argb(32, 32, 0xFF000000 | RED)]), menu=MENU_OF_THREE) as item,
    ):
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == RED, "the other item's picture")
        item.mute = True
        desk.click(icon, RIGHT)
        desk.daemon.drain(0.3)
        assert not [said for said in desk.daemon.said[before:] if said.type is T.MAP], "a menu of nothing"
        item.mute = False
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        desk.click(icon, RIGHT)
        desk.popup(after)


def test_endless_menu_and_endless_items_have_an_end(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    endless = entry(0, *[entry(number, label=("s", "x" * 500)) for number in range(1, 3000)])
    with StatusItem(desk.bus, menu=endless) as item:
        icon = desk.docked(before)
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        menu = desk.popup(after)
        shape = desk.daemon.picture(menu).shape
        assert shape[0] <= 800
        assert shape[1] <= 1280
        desk.click(icon, RIGHT)
        desk.gone(menu)
        after = len(desk.daemon.said)
        for number in range(MAX_TRAY_ICONS + 20):
            item.register(f"/many/item{number}")
        desk.daemon.until(lambda: "more than" in desk.agent.log.read_text(), "a line")
        desk.daemon.until(lambda: len(docked_since(desk, after)) == MAX_TRAY_ICONS - 1, "as many as may be")
    desk.daemon.until(lambda: not desk.daemon.alive, "the end of all of them")
    assert len(docked_since(desk, after)) == MAX_TRAY_ICONS - 1


def docked_since(desk: TrayDesk, after: int) -> set[int]:
    """The icons that were docked since so many messages."""
    return {said.window for said in desk.daemon.said[after:] if said.type is T.DOCK}


def test_flood_of_signals_keeps_no_icon_from_being_clicked(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus) as item:
        icon = desk.docked(before)
        for _ in range(2000):
            item.tell("NewIcon")
        desk.click(icon, LEFT)
        desk.daemon.until(lambda: [call for call in item.calls if call[0] == "Activate"], "the click")


@pytest.mark.parametrize("size", [24, 200])
def test_icon_that_is_a_drawing_is_found_by_its_name(desk: TrayDesk, tmp_path: Path, size: int) -> None:
    shape = f'<path fill="#33d17a" d="M0 0h{size}v{size}H0z"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">'
    (tmp_path / "drawn.svg").write_text(f"{head}{shape}</svg>")
    before = len(desk.daemon.said)
    said = {"IconPixmap": ("a(iiay)", []), "IconName": ("s", "drawn-on"), "IconThemePath": ("s", str(tmp_path))}
    with StatusItem(desk.bus, **said):
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == GREEN, "the drawing")


def test_qube_without_pillow_has_menus_in_xs_own_font_and_says_so() -> None:
    with TrayDesk(sys.executable) as bare, StatusItem(bare.bus, menu=MENU_OF_THREE) as item:
        icon = bare.docked(0)
        after = len(bare.daemon.said)
        bare.click(icon, RIGHT)
        menu = bare.popup(after)
        inked = bare.daemon.picture(menu) < 0x808080
        assert inked.any(), "words"
        bare.click(menu, LEFT, x=20, y=8)
        bare.daemon.until(lambda: ("Event", 1, "clicked") in item.calls, "the choice")
        said = bare.agent.log.read_text()
        assert said.count("Pillow is missing in this qube") == 1


def test_item_may_be_registered_by_another_connection_as_kdes_are(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    other = StatusItem(desk.bus, IconPixmap=("a(iiay)", [argb(32, 32, 0xFF000000 | RED)]))
    with contextlib.closing(open_dbus_connection(desk.bus.address)) as teller, other.serving():
        teller.send(new_method_call(WATCHER, "RegisterStatusNotifierItem", "s", (other.name,)))
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == RED, "its picture")
    desk.gone(icon)


# Programs of toolkits


def test_qt_program_has_a_status_item_with_a_menu(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with desk.program("qt") as program:
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == RED, "its picture")
        desk.click(icon, LEFT)
        desk.daemon.until(lambda: "activated 3" in program.done(), "Activate")
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        desk.click(desk.popup(after), LEFT, x=20, y=10)
        desk.daemon.until(lambda: "menu &First" in program.done(), "the choice")
        program.say("attention")
        desk.daemon.until(lambda: desk.colour(icon) == GREEN, "its other picture")
        program.say("passive")
        desk.gone(icon)


def test_appindicator_program_is_a_menu_and_has_its_icon_in_a_file(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with desk.program("indicator") as program:
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == RED, "its picture")
        after = len(desk.daemon.said)
        desk.click(icon, LEFT)  # it has no Activate
        desk.click(desk.popup(after), LEFT, x=20, y=10)
        desk.daemon.until(lambda: "menu _Open" in program.done() or "menu Open" in program.done(), "the choice")
        program.say("attention")
        desk.daemon.until(lambda: desk.colour(icon) == GREEN, "its other picture")
        program.say("passive")
        desk.gone(icon)


def test_gtk_status_icon_is_embedded(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with desk.program("gtk") as program:
        icon = desk.docked(before)
        desk.daemon.until(lambda: desk.colour(icon) == RED, "its picture")
        desk.click(icon, LEFT)
        desk.daemon.until(lambda: "activate" in program.done(), "the click")
        after = len(desk.daemon.said)
        desk.click(icon, RIGHT)
        menu = desk.popup(after)
        place = desk.daemon.all_of(T.CONFIGURE, menu)[-1].body
        assert abs(place.y + place.height - SLOT[1]) <= SLOT[3], "it opens where the icon is on the desktop"
        program.say("passive")
        desk.gone(icon)


def test_items_are_back_when_the_bus_is(desk: TrayDesk) -> None:
    before = len(desk.daemon.said)
    with StatusItem(desk.bus):
        icon = desk.docked(before)
        desk.bus.stop()
        desk.gone(icon)
    desk.bus.start()
    wait_for_watcher(desk.bus)
    before = len(desk.daemon.said)
    with StatusItem(desk.bus):
        desk.docked(before)


def test_flood_and_silence_leave_one_process_that_waits(desk: TrayDesk) -> None:
    """Last: after all of that, the tray waits and does nothing."""
    pids = subprocess.run(["pgrep", "-P", str(desk.agent.child.pid)], capture_output=True, text=True, check=True).stdout
    (tray,) = pids.split()

    def ticks() -> int:
        fields = Path(f"/proc/{tray}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    quiet = [ticks()]

    def rests() -> bool:
        desk.daemon.drain(0.3)
        quiet.append(ticks())
        return quiet[-1] == quiet[-2]

    wait_until(rests, what="a tray that does nothing")
