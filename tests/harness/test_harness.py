"""The harness itself: what waits must give up, what reads pixels must see them."""

import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pytest
from Xlib import X

from tests.harness.pixels import first_difference, pseudo_random, region, ring, screenshot, write_png
from tests.harness.processes import Child, memory_kib, open_fds
from tests.harness.strict import compare_by_kind
from tests.harness.wait import TimedOut, holds_for, wait_until
from tests.harness.wm import WindowManager, supporting_window
from tests.harness.xserver import Kind, XServer


def test_wait_until_condition_never_true_names_it() -> None:
    with pytest.raises(TimedOut, match="the moon"):
        wait_until(lambda: 0, timeout_s=0.02, what="the moon")


def test_wait_until_condition_true_late_returns_its_value() -> None:
    values = iter([0, None, 7])
    assert wait_until(lambda: next(values)) == 7


def test_holds_for_condition_that_stops_fails() -> None:
    values = iter([True, False])
    with pytest.raises(AssertionError, match="peace"):
        holds_for(lambda: next(values), 1.0, what="peace")


@pytest.mark.desktop
@pytest.mark.parametrize("kind", ["xvfb", "xorg"])
def test_screenshot_shows_what_was_drawn(kind: Kind) -> None:
    with XServer(320, 301, kind=kind) as server:
        connection = server.connect()
        window = connection.screen().root.create_window(
            11,
            13,
            64,
            48,
            0,
            X.CopyFromParent,
            background_pixel=0x3465A4,
            override_redirect=True,
            event_mask=X.ExposureMask,
        )
        window.map()
        connection.sync()
        picture = screenshot(server.name)
        connection.close()
    assert picture.shape == (301, 320)
    assert (region(picture, (11, 13, 64, 48)) == 0x3465A4).all()
    assert picture[12, 11] != 0x3465A4
    assert picture[13 + 48, 11] != 0x3465A4


@pytest.mark.desktop
def test_two_servers_at_once_have_different_displays() -> None:
    with XServer(64, 64) as first, XServer(64, 64) as second:
        assert first.name != second.name


def test_server_with_bad_argument_raises_its_log() -> None:
    with pytest.raises(RuntimeError, match="-nonsense"):
        XServer(64, 64, extra=("-nonsense",)).start()


@pytest.mark.desktop
def test_window_manager_is_ready_when_entered() -> None:
    with XServer(320, 200) as server, WindowManager("openbox", server.name):
        connection = server.connect()
        assert supporting_window(connection)
        connection.close()


def test_ring_sides_are_the_sides() -> None:
    picture = np.zeros((20, 30), np.uint32)
    picture[5:15, 4:24] = 1
    sides = ring(picture, (4, 5, 20, 10), (1, 2, 3, 4))
    assert {name: side.shape for name, side in sides.items()} == {
        "left": (10, 1),
        "right": (10, 2),
        "top": (3, 20),
        "bottom": (4, 20),
    }
    assert all(side.all() for side in sides.values())
    assert not ring(picture, (5, 5, 20, 10), (1, 2, 3, 4))["right"].all()


def test_region_outside_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="not inside"):
        region(np.zeros((4, 4), np.uint32), (1, 1, 4, 2))


def test_first_difference_names_the_place() -> None:
    left, right = pseudo_random(9, 5), pseudo_random(9, 5)
    assert first_difference(left, right) == ""
    right[3, 7] ^= 1
    assert "x=7 y=3" in first_difference(left, right)


def test_png_has_its_size_and_pixels(tmp_path: Path) -> None:
    cairo = pytest.importorskip("cairo")
    picture = pseudo_random(31, 17)
    write_png(picture, tmp_path / "a.png")
    surface = cairo.ImageSurface.create_from_png(str(tmp_path / "a.png"))
    rows = np.frombuffer(surface.get_data(), np.uint32).reshape(17, surface.get_stride() // 4)[:, :31]
    assert first_difference(rows & np.uint32(0xFFFFFF), picture) == ""


def test_child_frozen_and_stopped_is_reaped(tmp_path: Path) -> None:
    code = "import sys; print('up', flush=True); sys.stdin.read(); import signal; signal.pause()"
    with Child([sys.executable, "-c", code], log=tmp_path / "log") as child:
        wait_until(lambda: "up" in child.output(), what="the child")
        resident, private = memory_kib(child.pid)
        assert resident >= private > 1000
        assert set(open_fds(child.pid)) == {0, 1, 2}
        child.freeze()
        assert child.returncode is None
    assert child.returncode == -signal.SIGTERM


def test_strict_named_tuples_of_different_kinds_differ() -> None:
    class Here(NamedTuple):
        number: int

    class There(NamedTuple):
        number: int

    module = ModuleType(__name__)
    module.Here, module.There = Here, There  # type: ignore[attr-defined]
    here: object = Here(1)
    there: object = There(1)
    assert here == there
    compare_by_kind(module)
    assert here != there
    assert [here] != [there]
    assert here == Here(1)
    assert here == (1,)
