"""guid/core/keymap.py: exactly one key stands for a keysym in each group."""

from guid.core.keymap import Keymap

C, V, CYRILLIC_ES, AT = ord("c"), ord("v"), 0x6D3, ord("@")


def keymap(**groups: tuple[tuple[int, ...], ...]) -> Keymap:
    """k54=(levels of group 1, …): a key without a further group has its first one there."""
    four = {int(name[1:]): (*levels, *[levels[0]] * (4 - len(levels))) for name, levels in groups.items()}
    return Keymap(four, {})


def test_keysym_in_every_group_has_its_own_key_in_each() -> None:
    us_neo = keymap(k54=((C, ord("C")), (ord("ä"),)), k27=((ord("r"),), (C, ord("C"))))
    assert us_neo.keycodes_of(C) == (54, 27, 54, 54)


def test_keysym_that_a_group_has_not_is_looked_for_in_the_first_that_has_it() -> None:
    ru_us = keymap(k54=((CYRILLIC_ES,), (C,)), k55=((1,), (V,)))
    assert ru_us.keycodes_of(C) == (54, 54, 54, 54)
    de_ru = keymap(k24=((CYRILLIC_ES,), (C,)), k54=((V,), (CYRILLIC_ES,)))
    assert de_ru.keycodes_of(C) == (24, 24, 24, 24)


def test_keysym_nowhere_is_where_a_us_keyboard_has_it() -> None:
    assert keymap(k54=((CYRILLIC_ES,),)).keycodes_of(C) == (54, 54, 54, 54)
    assert keymap(k99=((CYRILLIC_ES,),)).keycodes_of(C) == (None,) * 4


def test_keysym_on_two_keys_is_on_the_one_with_the_lower_level_then_the_lower_keycode() -> None:
    assert keymap(k60=((C,),), k50=((V, C),), k70=((C,),)).keycodes_of(C) == (60, 60, 60, 60)


def test_keysym_on_a_third_level_counts_only_if_no_group_has_it_below() -> None:
    third = keymap(k24=((ord("q"), ord("Q"), AT), (1,)))
    assert third.keycodes_of(AT) == (24, 24, 24, 24)
    below = keymap(k24=((ord("q"), ord("Q"), AT), (1,)), k11=((ord("2"),), (ord("2"), AT)))
    assert below.keycodes_of(AT) == (11, 11, 11, 11)
