"""Ways to cut one byte stream, and a reader fed with them."""

import random
from collections.abc import Iterable, Iterator

from protocol.framing import Frame, FrameReader


def whole(data: bytes) -> Iterator[bytes]:
    yield data


def single_bytes(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]


def random_slices(data: bytes) -> Iterator[bytes]:
    chooser = random.Random(len(data))
    at = 0
    while at < len(data):
        size = chooser.choice((1, 2, 11, 12, 13, 27, 28, 29, 500, 4096, 65_536))
        yield data[at : at + size]
        at += size


WAYS = {"whole": whole, "single bytes": single_bytes, "random slices": random_slices}


def read(reader: FrameReader, slices: Iterable[bytes]) -> list[Frame]:
    """Feed every slice, looking for frames after each."""
    frames: list[Frame] = []
    for data in slices:
        reader.receive(data)
        frames += reader.frames()
    return frames
