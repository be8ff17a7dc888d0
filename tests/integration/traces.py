"""The recordings of the C peers as messages, and the pixels that go with them; knows nothing of what they mean."""

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from protocol.codec import decode, tail_of
from protocol.framing import FrameReader
from protocol.limits import HEADER_BYTES, PAGE_BYTES
from protocol.messages import MessageType, Role
from shm.pool import Pool
from tests.harness.pixels import Pixels

RECORDED = Path(__file__).parents[1] / "vectors" / "recorded"
SLICES = sorted(path.name.removesuffix(".a2d.bin") for path in RECORDED.glob("*.a2d.bin"))
BEGINNING = "startup"
"""The one slice that is only a handshake."""

PAINTED_PAGES = 8_192
"""The highest page of the recordings is number 6,670."""

Fields = tuple[int | bytes, ...]


class Said(NamedTuple):
    """A message as it is compared."""

    type: MessageType
    window: int
    fields: Fields = ()

    def __str__(self) -> str:
        return f"{self.type.name}({self.window:#x}){list(self.fields)}"


class Line(NamedTuple):
    """One recorded message. raw: its bytes. refs: of a dump. echo: the agent repeats what the daemon told it."""

    to_agent: bool
    said: Said
    raw: bytes
    refs: tuple[int, ...]
    echo: bool


@functools.cache
def recording(name: str) -> tuple[Line, ...]:
    """All messages of a slice in the order of arrival."""
    ways = {"a2d": _messages(name, "a2d", Role.DAEMON), "d2a": _messages(name, "d2a", Role.AGENT)}
    told: set[Said] = set()
    found: list[Line] = []
    for text in (RECORDED / f"{name}.jsonl").read_text().splitlines():
        way = json.loads(text)["dir"]
        said, raw, refs = next(ways[way])
        echo = way == "a2d" and said in told
        if said.type == MessageType.CONFIGURE:
            told.add(said) if way == "d2a" else told.discard(said)
        found.append(Line(way == "d2a", said, raw, refs, echo))
    assert not any(list(rest) for rest in ways.values()), "the index names every message"
    return tuple(found)


def _messages(name: str, way: str, reader: Role) -> Iterator[tuple[Said, bytes, tuple[int, ...]]]:
    data = (RECORDED / f"{name}.{way}.bin").read_bytes()
    frames = FrameReader(reader, minor=8)
    frames.receive(data)
    start = 0
    for kind, window, body in frames.frames():
        end = start + HEADER_BYTES + len(body)
        fields = decode(kind, body)
        refs: tuple[int, ...] = ()
        if kind == MessageType.WINDOW_DUMP:
            refs = tuple(tail_of(kind, body).cast("I").tolist())
        yield Said(MessageType(kind), window, () if fields is None else tuple(fields)), data[start:end], refs
        start = end
    assert start == len(data), "whole messages"


# Pixels


@functools.cache
def _paint() -> bytes:
    """Noise that never changes: a picture is known by its pages."""
    return np.random.default_rng(4).bytes(PAINTED_PAGES * PAGE_BYTES)


def paint(pool: Pool, refs: range | tuple[int, ...]) -> None:
    """Write these pages, which follow each other."""
    first, end = refs[0], refs[-1] + 1
    assert end - first == len(refs), "one run"
    assert end <= PAINTED_PAGES
    os.pwrite(pool.fd, _paint()[first * PAGE_BYTES : end * PAGE_BYTES], first * PAGE_BYTES)


def picture_at(first_page: int, width: int, height: int) -> Pixels:
    """The picture that begins with this page, as the screen shows it: (height, width) of 0xRRGGBB."""
    start = first_page * PAGE_BYTES
    words = np.frombuffer(_paint(), "<u4", count=width * height, offset=start)
    found: Pixels = (words & np.uint32(0xFFFFFF)).reshape(height, width)
    return found
