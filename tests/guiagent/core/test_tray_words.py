"""What programs say of status items and menus, and what is left of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.blending import Picture
from guiagent.core.dbusmenu import LAYOUT, MAX_DEPTH, MAX_ENTRIES, Entry, Toggle, labelled, menu_of
from guiagent.core.iconnames import fallbacks, folders
from guiagent.core.menupanel import Box, Panel, Words, place
from guiagent.core.plaintext import MAX_LINE, plain
from guiagent.core.statusitem import MAX_PIXMAPS, Icon, Item, Status, item_of, picture_of
from guiagent.core.values import Geometry
from tests.guiagent.statusitem import argb, entry

SCREEN = Geometry(0, 0, 1280, 800)


def test_item_has_what_it_says() -> None:
    item = item_of(
        {
            "Title": ("s", "Mail"),
            "Status": ("s", "NeedsAttention"),
            "IconName": ("s", "mail"),
            "AttentionIconPixmap": ("a(iiay)", [argb(2, 1, 0x11223344)]),
            "ToolTip": ("(sa(iiay)ss)", ("", [], "New", "<b>three</b>")),
            "Menu": ("o", "/Menu"),
            "ItemIsMenu": ("b", True),
        }
    )
    assert item.status is Status.NEEDS_ATTENTION
    assert item.shown.pictures == (Picture(2, 1, bytes.fromhex("44332211" * 2)),)
    assert (item.hint, item.menu, item.is_menu, item.icon.name) == ("New: three", "/Menu", True, "mail")


def test_item_without_an_attention_icon_keeps_the_other() -> None:
    assert item_of({"Status": ("s", "NeedsAttention"), "IconName": ("s", "mail")}).shown == Icon(name="mail")


@pytest.mark.parametrize("menu", ["/", "/NO_DBUSMENU"])
def test_item_that_has_no_menu_says_so_in_two_ways(menu: str) -> None:
    assert item_of({"Menu": ("o", menu)}).menu == ""


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 31), (1 << 31) - 1) | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
names = st.sampled_from(["Title", "Status", "IconName", "Menu", "ItemIsMenu", "IconThemePath"])
kinds = st.sampled_from(["s", "o", "b", "i", "as", "v"])


@given(st.dictionaries(names, st.tuples(kinds, anything)))
def test_junk_makes_an_item_of_nothing(said: dict[str, tuple[str, Any]]) -> None:
    assert isinstance(item_of(said), Item)


@given(st.integers(), st.integers(), st.binary(max_size=64))
def test_pixmap_whose_numbers_lie_is_none(width: int, height: int, data: bytes) -> None:
    picture = picture_of(width, height, data)
    assert picture is None or len(picture.bgra) == 4 * picture.width * picture.height == len(data)


def test_only_so_many_pixmaps_are_looked_at_and_the_best_is_taken() -> None:
    pixmaps = [argb(side, side, 0) for side in (64, 16, 32, *[8] * MAX_PIXMAPS)]
    icon = item_of({"IconPixmap": ("a(iiay)", pixmaps)}).icon
    assert len(icon.pictures) == MAX_PIXMAPS
    assert [icon.best(side).width for side in (8, 17, 33, 100)] == [8, 32, 64, 64]  # type: ignore[union-attr]
    assert Icon().best(8) is None


def test_text_is_one_plain_line() -> None:
    assert plain("<b>two</b>\n\tlines\u202e") == "two lines"
    assert len(plain("x" * 5000)) == MAX_LINE
    assert plain(7) == ""


@pytest.mark.parametrize(
    ("text", "label", "letter"),
    [
        ("_Open", "Open", "o"),
        ("Save _As", "Save As", "a"),
        ("a__b", "a_b", ""),
        ("__a_b", "_ab", "b"),
        ("end_", "end", ""),
    ],
)
def test_label_loses_the_signs_of_its_mnemonic(text: str, label: str, letter: str) -> None:
    assert labelled(text) == (label, letter)


def test_menu_is_a_tree_without_what_is_invisible() -> None:
    root = menu_of(
        entry(
            0,
            entry(1, label=("s", "_One"), toggle_type=("s", "checkmark"), toggle_state=("i", 1)),
            entry(2, label=("s", "gone"), visible=("b", False)),
            entry(3, type=("s", "separator")),
            entry(4, entry(5, label=("s", "Deep"), toggle_type=("s", "radio")), label=("s", "More")),
            entry(6, label=("s", "later"), children_display=("s", "submenu"), enabled=("b", False)),
        )
    )
    assert [child.number for child in root.children] == [1, 3, 4, 6]
    assert root.find(1) == Entry(1, "One", "o", toggle=Toggle.CHECK, on=True)
    assert [child.selectable for child in root.children] == [True, False, True, False]
    assert root.find(5) is not None and root.find(4).submenu and root.find(6).submenu  # type: ignore[union-attr]
    assert root.find(99) is None


def test_menu_without_end_has_one() -> None:
    wide = menu_of(entry(0, *[entry(number) for number in range(1, 5 * MAX_ENTRIES)]))
    assert len(wide.children) == MAX_ENTRIES
    deep = entry(100)
    for number in range(99, 0, -1):
        deep = entry(number, deep)
    depth, here = 0, menu_of(deep)
    while here.children:
        depth, here = depth + 1, here.children[0]
    assert depth == MAX_DEPTH


@given(anything)
def test_junk_makes_a_menu_of_nothing(said: Any) -> None:
    assert menu_of(said) == Entry(0, submenu=True)
    menu_of((0, {"label": said}, [(LAYOUT, said), (LAYOUT, (1, {}, []))]))


def panel(*entries: Entry, room: int = 800) -> Panel:
    return Panel(entries, widest=60, line=14, room=room)


ONE, LINE, TWO, GREY = Entry(1, "One", "o"), Entry(2, separator=True), Entry(3, "Two"), Entry(4, "No", enabled=False)


def test_keys_go_round_and_pass_over_what_cannot_be_chosen() -> None:
    menu = panel(ONE, LINE, TWO, GREY)
    chosen = []
    for _ in range(3):
        menu.move(1)
        chosen.append(menu.chosen)
    menu.move(-1)
    assert [*chosen, menu.chosen] == [0, 2, 0, 2]
    assert not panel(LINE, GREY).move(1)
    assert (menu.named("o"), menu.named("n")) == (0, -1)


def test_place_in_a_menu_is_the_entry_that_is_drawn_there() -> None:
    menu = panel(ONE, LINE, TWO, GREY)
    words = {shape.text: shape.y for shape in menu.shapes() if isinstance(shape, Words)}
    assert [menu.at(5, words[label]) for label in ("One", "Two", "No")] == [0, 2, 3]
    assert menu.at(-1, 5) == menu.at(5, menu.height) == -1


def test_menu_that_is_too_tall_is_moved_on_with_the_choice_and_the_wheel() -> None:
    menu = panel(*[Entry(number, str(number)) for number in range(100)], room=200)
    assert menu.height == 200
    menu.move(-1)
    assert (menu.chosen, "99") == (99, [shape.text for shape in menu.shapes() if isinstance(shape, Words)][-1])
    menu.scroll(-1000)
    assert menu.first == 0
    menu.scroll(1000)
    assert [shape.text for shape in menu.shapes() if isinstance(shape, Words)][-1] == "99"


@given(st.lists(st.sampled_from([ONE, LINE, TWO, GREY]), min_size=1, max_size=60), st.integers(60, 900))
def test_nothing_is_drawn_outside_the_menu(entries: list[Entry], room: int) -> None:
    menu = panel(*entries, room=room)
    for shape in menu.shapes():
        if isinstance(shape, Box):
            assert shape.x >= 0 and shape.y >= 0
            assert shape.x + shape.width <= menu.width and shape.y + shape.height <= menu.height


@given(st.integers(1, 2000), st.integers(1, 1200), st.integers(0, 1279), st.integers(0, 799), st.booleans())
def test_menu_begins_on_the_screen(width: int, height: int, x: int, y: int, submenu: bool) -> None:  # noqa: FBT001
    left, top = place((width, height), Geometry(x, y, 24, 24), SCREEN, submenu=submenu)
    assert left >= 0 and top >= 0
    assert left + width <= 1280 or left == 0
    assert top + height <= 800 or top == 0


def test_menu_opens_below_its_icon_else_above_and_a_submenu_beside() -> None:
    assert place((100, 50), Geometry(10, 0, 24, 24), SCREEN, submenu=False) == (10, 24)
    assert place((100, 50), Geometry(10, 776, 24, 24), SCREEN, submenu=False) == (10, 726)
    assert place((100, 50), Geometry(10, 100, 80, 20), SCREEN, submenu=True) == (90, 100)
    assert place((100, 50), Geometry(1200, 100, 80, 20), SCREEN, submenu=True) == (1100, 100)


def test_icon_names_become_more_general_and_never_paths() -> None:
    assert list(fallbacks("mail-unread-new.png")) == ["mail-unread-new", "mail-unread", "mail"]
    assert [*fallbacks("../x"), *fallbacks(""), *fallbacks("a\0b"), *fallbacks("x" * 300)] == []


def test_folders_of_the_size_come_first_and_smaller_ones_last() -> None:
    found = list(folders(24))
    assert found[0] == "24x24/*"
    assert found.index("32x32/*") < found.index("scalable/*") < found.index("22x22/*") < found.index("")
