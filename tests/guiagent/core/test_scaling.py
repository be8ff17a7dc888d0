"""guiagent/core/scaling.py: a scale in the words of toolkits, and programs that wait for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiagent.core.effects import SetScale
from guiagent.core.scaling import PATIENCE_S, environment, merged_resources, resources, settings
from guiagent.core.xsettings import settings_bytes
from guid.core.xsettings import settings_of
from protocol.extensions import EXT_VERSION, Feature
from protocol.messages import MessageType as T
from protocol.scale import Scale, scale_fields
from tests.guiagent.core.world import World

TWICE = Scale(192 * 1024, 2, 48, antialias=True, hinting=False, hint_style="hintslight", subpixels="rgb")


def test_settings_are_in_the_words_of_toolkits() -> None:
    assert settings(TWICE) == {
        "Xft/DPI": 196608,
        "Gdk/UnscaledDPI": 98304,
        "Gdk/WindowScalingFactor": 2,
        "Gtk/CursorThemeSize": 48,
        "Xft/Antialias": 1,
        "Xft/Hinting": 0,
        "Xft/HintStyle": "hintslight",
        "Xft/RGBA": "rgb",
    }
    plain = {"Xft/DPI": 98304, "Gdk/UnscaledDPI": 98304, "Gdk/WindowScalingFactor": 1, "Gtk/CursorThemeSize": 24}
    assert settings(Scale()) == plain, "what the desktop does not say is left to the qube"


def test_settings_are_read_back_by_who_reads_a_desktops() -> None:
    assert settings_of(settings_bytes(settings(TWICE), 7)) == settings(TWICE)
    assert settings_bytes({"Xft/DPI": 196608}, 1) == bytes.fromhex(
        "00000000 01000000 01000000 00000700 5866742f44504900 01000000 00000300"
    )


NAMES = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)


@given(st.dictionaries(NAMES, st.integers(-(2**31), 2**31 - 1) | st.text(max_size=20)))
def test_any_settings_are_read_back(found: dict[str, int | str]) -> None:
    assert settings_of(settings_bytes(found, 1)) == found


def test_resources_replace_their_own_lines_and_no_others() -> None:
    before = "Xft.dpi:\t96\nxterm*font: fixed\nXft.rgba: none\n\nXft.dpi : 100\nXft.lcdfilter: x"
    after = merged_resources(before, resources(TWICE))
    assert after == (
        "xterm*font: fixed\nXft.lcdfilter: x\nXft.dpi:\t192\nXcursor.size:\t48\nXft.antialias:\t1\nXft.hinting:\t0\n"
        "Xft.hintstyle:\thintslight\nXft.rgba:\trgb\n"
    )
    assert merged_resources(after, resources(TWICE)) == after
    assert merged_resources("", resources(Scale(144 * 1024 + 512))) == "Xft.dpi:\t144.5\nXcursor.size:\t24\n"


def test_environment_lets_qt_scale_and_tells_java_how_much() -> None:
    assert environment(TWICE)["J2D_UISCALE"] == "2"
    assert environment(Scale(144 * 1024))["J2D_UISCALE"] == "1", "Java draws in whole pixels"
    assert environment(TWICE)["QT_ENABLE_HIGHDPI_SCALING"] == "1"
    assert not {"GDK_SCALE", "QT_SCALE_FACTOR", "QT_FONT_DPI"} & set(environment(TWICE)), "would scale once more"


def waits(world: World, now: float) -> bool:
    return world.qube.scaling.environment(now) is None


def test_programs_wait_for_a_daemon_that_may_say_the_scale() -> None:
    world = World()
    world.qube.scaling.daemon_came(8, 10.0)
    assert waits(world, 10.0)
    assert world.qube.deadline() == 10.0 + PATIENCE_S
    world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.SCALE)
    assert waits(world, 10.1)
    world.order(T.SCALE, 0, *scale_fields(TWICE))
    assert world.take_done() == [SetScale(TWICE)]
    assert world.qube.scaling.environment(10.1) == environment(TWICE)
    assert world.qube.deadline() is None
    world.qube.scaling.daemon_came(8, 11.0)
    assert not waits(world, 11.0), "the next daemon will say it again; until then it is as it was"


def test_programs_wait_no_longer_than_they_must() -> None:
    world = World()
    world.qube.scaling.daemon_came(7, 10.0)
    assert world.qube.scaling.environment(10.0) == {}, "a daemon before 1.8 has no extensions"
    world.qube.scaling.daemon_came(8, 10.0)
    assert not waits(world, 10.0 + PATIENCE_S), "a C daemon says nothing"
    assert world.qube.deadline() is None
    world.qube.scaling.daemon_came(8, 20.0)
    world.order(T.EXT_HELLO, 0, EXT_VERSION, Feature.KEYBOARD)
    assert not waits(world, 20.0)


@pytest.mark.parametrize("fields", [(0, 1, 24, 0, 0, 0, 0), (98304, 0, 24, 0, 0, 0, 0), (98304, 1, 24, 9, 0, 0, 0)])
def test_scale_that_makes_no_sense_is_passed_over(fields: tuple[int, ...]) -> None:
    world = World()
    world.order(T.SCALE, 0, *fields)
    assert world.take_done() == []
    assert world.qube.scaling.scale is None
