"""Streams worth trying again, one a file: seeds out of recordings, and what found something; knows no judgement."""

import hashlib
from pathlib import Path
from typing import Final

from protocol.formats import HEADER

CORPUS: Final = Path(__file__).with_name("corpus")


def load() -> dict[str, bytes]:
    """All streams by name, in the order of their names."""
    return {path.stem: path.read_bytes() for path in sorted(CORPUS.glob("*.bin"))}


def save(kind: str, stream: bytes) -> Path:
    """Keep a stream; the same one has the same name."""
    path = CORPUS / f"{kind}-{hashlib.sha256(stream).hexdigest()[:12]}.bin"
    path.write_bytes(stream)
    return path


def messages_of(stream: bytes) -> list[bytes]:
    """A stream cut where its headers say that messages end; what does not fit is the last part."""
    parts: list[bytes] = []
    at = 0
    while at + HEADER.size <= len(stream):
        end = at + HEADER.size + HEADER.unpack_from(stream, at)[2]
        if end > len(stream):
            break
        parts.append(stream[at:end])
        at = end
    return [*parts, stream[at:]] if at < len(stream) else parts
