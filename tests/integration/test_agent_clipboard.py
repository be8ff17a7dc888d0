"""The agent's clipboard with xclip on a real X server: text out of the qube and into it, in every size and script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocol.clipboard import text_offer
from tests.guiagent.app import App
from tests.guiagent.clipboard import (
    copy_plain,
    copy_typed,
    name_types,
    paste_plain,
    paste_typed,
    xclip_owns,
    xclip_reads,
)
from tests.guiagent.desk import agent, app, daemon
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon"]
pytestmark = pytest.mark.desktop

EVERY_PLANE = "".join(
    chr(code) for plane in range(17) for code in (plane << 16 | 0x41, plane << 16 | 0x1234, plane << 16 | 0xFFFD)
)
LONGEST = ("xé€😀" * 25_600).encode()
TEXTS = {
    "a word": b"hello",
    "every plane of Unicode": EVERY_PLANE.encode(),
    "lines": b"one\ntwo\tthree\r\nfour",
    "64 KiB": b"k" * 65_536,
    "64 KiB and a byte": b"k" * 65_537,
    "256,000 bytes": LONGEST,
}


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


@pytest.fixture
def typed(daemon: ScriptedDaemon) -> ScriptedDaemon:
    name_types(daemon)
    return daemon


def test_longest_text_is_the_longest() -> None:
    assert len(LONGEST) == 256_000


@pytest.mark.parametrize("name", TEXTS)
def test_text_that_xclip_owns_is_copied(
    name: str, server: XServer, typed: ScriptedDaemon, app: App, tmp_path: Path
) -> None:
    path = tmp_path / "text"
    path.write_bytes(TEXTS[name])
    with xclip_owns(app, server.name, path):
        assert copy_plain(typed) == TEXTS[name]
        assert copy_typed(typed) == (text_offer(len(TEXTS[name])), TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_text_that_is_pasted_is_read_by_xclip(name: str, server: XServer, typed: ScriptedDaemon) -> None:
    paste_plain(typed, TEXTS[name])
    wait_until(lambda: xclip_reads(server.name) == TEXTS[name], what="the paste")
    assert xclip_reads(server.name, selection="primary") == TEXTS[name]
    other = (b"2" + TEXTS[name])[:256_000].decode(errors="ignore").encode()
    paste_typed(typed, text_offer(len(other)), other)
    wait_until(lambda: xclip_reads(server.name) == other, what="the second paste")
