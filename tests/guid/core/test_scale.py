"""guid/core/scale.py: how large a desktop draws, out of the several places that say so; guid/core/xsettings.py."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.geometry import Rect
from guid.core.monitors import SeenMonitor
from guid.core.scale import Said, desktop_scale, resources_of
from guid.core.xsettings import Settings, settings_of
from protocol.codec import encode
from protocol.extensions import Feature
from protocol.messages import MessageType as M
from protocol.scale import Scale, scale_fields
from tests.guid.core.talk import Talk, told

RESOURCES = (
    b"Xft.dpi:\t192\n! Xft.x: 3\nXcursor.size: 40\nXft.rgba:rgb\nXft.hintstyle: hintslight\n*color: red\n"
    b"Xft.antialias: 1"
)
NOTHING = Said({}, {}, ())
GNOME = {"Xft/DPI": 2 * 98304, "Gdk/UnscaledDPI": 98304, "Gdk/WindowScalingFactor": 2, "Gtk/CursorThemeSize": 48}


def test_desktop_that_says_nothing_is_plain() -> None:
    assert desktop_scale(NOTHING) == Scale()


def test_resources_are_read() -> None:
    said = NOTHING._replace(resources=resources_of(RESOURCES))
    assert desktop_scale(said) == Scale(192 * 1024, 2, 40, antialias=True, hint_style="hintslight", subpixels="rgb")


@pytest.mark.parametrize(
    ("dpi", "scale"),
    [
        ("144", Scale(144 * 1024, 1, 36)),
        ("191.5", Scale(191 * 1024 + 512, 1, 48)),
        ("288", Scale(288 * 1024, 3, 72)),
        ("72", Scale(72 * 1024, 1, 18)),
        ("1", Scale(48 * 1024, 1, 12)),
        ("1e9", Scale(768 * 1024, 8, 192)),
        *((text, Scale()) for text in ("", "large", "-96", "0", "nan", "inf", "9" * 400)),
    ],
)
def test_dots_an_inch_are_taken_within_bounds(dpi: str, scale: Scale) -> None:
    assert desktop_scale(NOTHING._replace(resources={"Xft.dpi": dpi})) == scale


@pytest.mark.parametrize(
    ("settings", "scale"),
    [
        (GNOME, Scale(192 * 1024, 2, 48)),
        ({"Xft/DPI": 98304}, Scale()),
        ({"Gdk/WindowScalingFactor": 2}, Scale(192 * 1024, 2, 48)),
        ({"Gdk/WindowScalingFactor": 2, "Xft/DPI": 120 * 1024}, Scale(240 * 1024, 2, 60)),
        ({"Gdk/WindowScalingFactor": 1, "Xft/DPI": 196608}, Scale(192 * 1024, 1, 48)),
        ({"Xft/DPI": -1, "Gdk/WindowScalingFactor": 0}, Scale()),
        ({"Gdk/WindowScalingFactor": 2**31 - 1, "Gtk/CursorThemeSize": 2**31 - 1}, Scale(768 * 1024, 8, 256)),
        (
            {"Xft/DPI": "196608", "Xft/Antialias": 0, "Xft/RGBA": "bgr"},
            Scale(196608, 2, 48, antialias=False, subpixels="bgr"),
        ),
    ],
)
def test_settings_are_read_as_toolkits_read_them(settings: Settings, scale: Scale) -> None:
    assert desktop_scale(NOTHING._replace(settings=settings)) == scale


def test_settings_go_before_resources_and_both_before_monitors() -> None:
    dense = SeenMonitor(Rect(0, 0, 3840, 2160), 344, 194, primary=True)
    assert desktop_scale(NOTHING._replace(monitors=(dense,))) == Scale(192 * 1024, 2, 48)
    said = Said({"Xft.dpi": "120"}, {}, (dense,))
    assert desktop_scale(said) == Scale(120 * 1024, 1, 30)
    assert desktop_scale(said._replace(settings={"Xft/DPI": 144 * 1024})) == Scale(144 * 1024, 1, 36)


@pytest.mark.parametrize("mm", [(0, 0), (508, 286), (697, 392), (16, 9), (1, 1), (2**32 - 1, 1)])
def test_monitor_that_is_not_dense_or_does_not_know_its_size_says_nothing(mm: tuple[int, int]) -> None:
    assert (
        desktop_scale(NOTHING._replace(monitors=(SeenMonitor(Rect(0, 0, 1920, 1080), *mm, primary=True),))) == Scale()
    )


def test_person_decides_before_all() -> None:
    said = Said({"Xft.dpi": "120", "Xft.rgba": "none"}, GNOME, ())
    assert desktop_scale(said, 1.0) == Scale(subpixels="none")
    assert desktop_scale(said, 3.5) == Scale(336 * 1024, 3, 84, subpixels="none")


@given(
    st.dictionaries(st.sampled_from([*sorted(GNOME), "Xft/HintStyle"]), st.integers(-(2**31), 2**31 - 1) | st.text())
)
def test_whatever_is_said_is_legal(settings: dict[str, int | str]) -> None:
    assert desktop_scale(NOTHING._replace(settings=settings)).is_legal()


@given(st.binary(max_size=200))
def test_any_bytes_are_resources_and_settings(raw: bytes) -> None:
    said = Said(resources_of(raw), settings_of(raw), ())
    assert desktop_scale(said).is_legal()


# "Xft/DPI" 196608, "Net/ThemeName" "Adwaita", a colour "C", "Xft/RGBA" "rgb", in both byte orders.
LITTLE = bytes.fromhex(
    "00000000 07000000 04000000"
    "00000700 5866742f44504900 01000000 00000300"
    "01000d00 4e65742f5468656d654e616d65000000 01000000 07000000 4164776169746100"
    "02000100 43000000 01000000 ffff0000ffffffff"
    "01000800 5866742f52474241 01000000 03000000 72676200"
)
BIG = bytes.fromhex("01000000 00000007 00000001 00000007 5866742f44504900 00000001 00030000")


def test_settings_of_every_kind_and_order_are_read() -> None:
    assert settings_of(LITTLE) == {"Xft/DPI": 196608, "Net/ThemeName": "Adwaita", "Xft/RGBA": "rgb"}
    assert settings_of(BIG) == {"Xft/DPI": 196608}


@pytest.mark.parametrize("cut", range(len(LITTLE)))
def test_settings_that_are_cut_off_are_read_as_far_as_they_go(cut: int) -> None:
    found, whole = settings_of(LITTLE[:cut]), settings_of(LITTLE)
    assert found.items() <= whole.items()


def test_number_of_settings_is_not_believed() -> None:
    assert settings_of(b"\0\0\0\0\0\0\0\0\xff\xff\xff\xff" + BIG[12:]) == {}


def test_agent_that_agreed_is_told_last_of_all() -> None:
    talk = Talk()
    surroundings = talk.session.surroundings
    assert surroundings.scale.show(Scale()) == []
    assert told(talk.say(M.EXT_HELLO, 0, 1, Feature.SCALE | Feature.MONITORS)) == [(M.SCALE, 0, *scale_fields(Scale()))]
    twice = Scale(192 * 1024, 2, 48)
    assert surroundings.scale.show(Scale()) == []
    assert told(surroundings.scale.show(twice)) == [(M.SCALE, 0, *scale_fields(twice))]
    assert len(encode(M.SCALE, 0, *scale_fields(twice))) == 40
    assert math.isclose(twice.ratio, 2)
