"""The agent's clipboard with GTK and Qt programs on a real X server: text by their own keys, and pictures."""

import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from guid.engines.bundle import agent_bundle
from protocol.clipboard import NOTHING, Offer, image_offer, text_offer
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.clipboard import copy_offered, copy_plain, copy_typed, name_types, paste_typed, xclip_reads
from tests.guiagent.desk import app
from tests.guiagent.owner import Owner, Reply, targets
from tests.guiagent.scripted import AgentProcess, ScriptedDaemon, hello
from tests.harness.toolkit import SYSTEM_PYTHON, Toolkit, picture, read_png, rgba, write_png
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["app"]
pytestmark = pytest.mark.desktop

CONTROL, CONTROL_KEY, A_KEY, C_KEY, V_KEY = 4, 37, 38, 54, 55
EVERY_PLANE = "".join(chr(plane << 16 | 0x41) for plane in range(17)) + "naïve €"


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "agent.pyz"
    path.write_bytes(agent_bundle())
    return path


@pytest.fixture
def daemon(server: XServer, bundle: Path, tmp_path: Path) -> Iterator[ScriptedDaemon]:
    """A daemon that knows types, and an agent under the system's Python, which has Pillow."""
    python = (SYSTEM_PYTHON, "-I", str(bundle))
    with AgentProcess(tmp_path, "--display", server.name, python=python) as agent, hello(agent) as connected:
        name_types(connected)
        yield connected


@pytest.fixture(params=["gtk", "qt"])
def toolkit(
    request: pytest.FixtureRequest, server: XServer, daemon: ScriptedDaemon, tmp_path: Path
) -> Iterator[Toolkit]:
    del daemon  # its agent must be there first
    with Toolkit(request.param, server.name, tmp_path) as program:
        yield program


def focus(daemon: ScriptedDaemon, toolkit: Toolkit) -> int:
    """Give the program's window the keyboard, as the person does. Returns the window."""

    def titled() -> int:
        title = toolkit.title.encode()
        named = [said.window for said in daemon.said if said.type is T.WMNAME and said.body.data.startswith(title)]
        shown = {said.window for said in daemon.said if said.type is T.MAP}
        return next((window for window in named if window in shown), 0)

    window: int = daemon.until(titled, f"the window of {toolkit.title}")
    daemon.send(T.FOCUS, window, 9, 0, 0)
    return window


def chord(daemon: ScriptedDaemon, window: int, key: int) -> None:
    """Control and a key, pressed and released."""
    for kind, state, keycode in ((2, 0, CONTROL_KEY), (2, CONTROL, key), (3, CONTROL, key), (3, CONTROL, CONTROL_KEY)):
        daemon.send(T.KEYPRESS, window, kind, 0, 0, state, keycode)


def test_text_copied_and_pasted_by_the_programs_own_keys(
    server: XServer, daemon: ScriptedDaemon, toolkit: Toolkit
) -> None:
    window = focus(daemon, toolkit)
    toolkit.ask("set", EVERY_PLANE)

    def copied() -> bool:
        chord(daemon, window, A_KEY)
        chord(daemon, window, C_KEY)
        return copy_typed(daemon).data == EVERY_PLANE.encode()

    wait_until(copied, what="the text of the field", timeout_s=20)
    assert copy_plain(daemon) == EVERY_PLANE.encode()
    other = "другой 😀 text".encode()

    def pasted() -> bool:
        paste_typed(daemon, text_offer(len(other)), other)
        wait_until(lambda: xclip_reads(server.name) == other, what="the paste")
        chord(daemon, window, A_KEY)
        chord(daemon, window, V_KEY)
        daemon.drain()
        return toolkit.ask("text") == other.decode()

    wait_until(pasted, what="the field taking the paste", timeout_s=20)


def test_picture_copied_is_its_pixels(daemon: ScriptedDaemon, toolkit: Toolkit, tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    drawn = picture(641, 353)
    write_png(source, drawn)
    toolkit.ask("copy-picture", str(source))
    expected = (image_offer(641, 353), rgba(drawn))
    wait_until(lambda: copy_typed(daemon) == expected, what="the picture", timeout_s=20)
    assert copy_plain(daemon) == b"", "a daemon without types gets text only"


@pytest.mark.parametrize("size", [(1, 1), (640, 353), (3840, 2160)])
def test_picture_pasted_is_its_pixels(daemon: ScriptedDaemon, toolkit: Toolkit, size: tuple[int, int]) -> None:
    drawn = picture(*size)
    paste_typed(daemon, image_offer(*size), rgba(drawn))
    wait_until(lambda: toolkit.ask("paste-picture") == f"{size[0]}x{size[1]}", what="the picture", timeout_s=30)
    assert np.array_equal(read_png(toolkit.pasted), drawn)


def by_pillow(code: str, data: bytes) -> bytes:
    """What Pillow's `i`, made by code of `data`, was written to `out` as."""
    head = "import io, sys; from PIL import Image; data, out = sys.stdin.buffer.read(), io.BytesIO();"
    argv = [SYSTEM_PYTHON, "-I", "-c", f"{head}{code};sys.stdout.buffer.write(out.getvalue())"]
    return subprocess.run(argv, input=data, capture_output=True, check=True).stdout


def file_of(format_name: str, pixels: bytes, width: int, height: int) -> bytes:
    """A picture file."""
    return by_pillow(f"Image.frombytes('RGBA', ({width}, {height}), data).save(out, {format_name!r})", pixels)


@pytest.mark.parametrize(
    ("target", "format_name"), [("image/png", "PNG"), ("image/bmp", "BMP"), ("image/tiff", "TIFF")]
)
def test_picture_of_each_form_is_read(
    target: str, format_name: str, server: XServer, daemon: ScriptedDaemon, app: App
) -> None:
    pixels = rgba(picture(40, 30), 0xFF if format_name == "BMP" else 0x80)
    data = file_of(format_name, pixels, 40, 30)
    with Owner(server.name, {"TARGETS": targets(app.display, target), target: Reply(target, data)}):
        assert copy_typed(daemon) == (image_offer(40, 30), pixels)


def png_of(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    packed = zlib.compress(rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


BAD_PICTURES: dict[str, tuple[bytes, Offer]] = {
    "no picture": (b"hello", NOTHING),
    "another form": (b"GIF89a" + bytes(100), NOTHING),
    "cut off": (png_of(100, 100, bytes(401 * 100))[:-30], NOTHING),
    "rows missing, which are left black": (png_of(100, 100, bytes(401)), image_offer(100, 100)),
    "a bomb of 60,000 px": (png_of(60_000, 60_000, bytes(1 << 20)), image_offer(60_000, 60_000)),
    "too wide": (png_of(8193, 1, bytes(4 * 8193 + 1)), image_offer(8193, 1)),
    "too many bytes": (png_of(8192, 1025, bytes(100)), image_offer(8192, 1025)),
    "no width": (png_of(0, 5, b""), NOTHING),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_bad_picture_is_nothing_or_told_with_its_size(
    name: str, server: XServer, daemon: ScriptedDaemon, app: App
) -> None:
    data, expected = BAD_PICTURES[name]
    offered = targets(app.display, "image/png")
    with Owner(server.name, {"TARGETS": offered, "image/png": Reply("image/png", data)}):
        assert copy_offered(daemon)[1] == expected
    with Owner(server.name, {"STRING": Reply("STRING", b"alive")}):
        assert copy_typed(daemon).data == b"alive"


def test_bmp_pasted_is_its_pixels(server: XServer, daemon: ScriptedDaemon) -> None:
    drawn = picture(33, 21)
    paste_typed(daemon, image_offer(33, 21), rgba(drawn))
    bmp = wait_until(lambda: xclip_reads(server.name, "image/bmp"), what="the BMP")
    assert bmp is not None
    assert by_pillow("out.write(Image.open(io.BytesIO(data)).convert('RGBA').tobytes())", bmp) == rgba(drawn)


def test_without_pillow_pictures_are_nothing_and_that_is_logged(server: XServer, app: App, tmp_path: Path) -> None:
    """The suite's own Python has none."""
    data = png_of(1, 1, bytes(5))
    offered = targets(app.display, "image/png")
    with AgentProcess(tmp_path, "--display", server.name) as agent, hello(agent) as daemon:
        name_types(daemon)
        with Owner(server.name, {"TARGETS": offered, "image/png": Reply("image/png", data)}):
            assert copy_offered(daemon)[1] == NOTHING
            assert copy_offered(daemon)[1] == NOTHING
        assert agent.log.read_text().count("Pillow is missing") == 1
        paste_typed(daemon, image_offer(1, 1), b"RGBA")
        png = wait_until(lambda: xclip_reads(server.name, "image/png"), what="the PNG")
        assert png is not None
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
