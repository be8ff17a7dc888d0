"""Pastes into a qube that has no X, and what its programs are given; asserts only that they are told so."""

import struct

from guiagent.core import selection as fx
from tests.guiagent.core.clip_world import ASKER, NAME, PROPERTY, ClipWorld

TEXT = "naïve €".encode()
NONCE = 0x77


def pasted(text: bytes = TEXT, **options: float) -> ClipWorld:
    """A world in which a text was pasted into the qube."""
    world = ClipWorld(**options)  # type: ignore[arg-type]
    world.paste(text)
    world.take()
    return world


def written(world: ClipWorld) -> fx.Write:
    """What the last request was given, and that it was told so."""
    write, answer = world.take(fx.Write, fx.Answer)
    assert answer.property == write.property == PROPERTY
    value: fx.Write = write
    return value


def refused(world: ClipWorld) -> bool:
    """Whether the last request was."""
    answers = world.take(fx.Write, fx.Answer)
    return [type(answer) for answer in answers] == [fx.Answer] and answers[0].property == 0


def names(data: bytes) -> set[str]:
    """The targets in a list of atoms."""
    return {NAME[number] for number in struct.unpack(f"={len(data) // 4}I", data)}


def taken(world: ClipWorld, window: int = ASKER) -> list[fx.Write]:
    """What is written after a program has taken an increment."""
    world.perform(world.clipboard.property_changed(window, PROPERTY, world.now, deleted=True))
    return world.take(fx.Write)
