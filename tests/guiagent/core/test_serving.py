"""Pastes into the qube: owned, served in every form, by increments, to programs of every quality."""

import struct

import pytest

from guiagent.core import selection as fx
from guiagent.core.contents import pasted_text
from guiagent.core.selection import Value
from guiagent.core.sending import INCREMENT_TIMEOUT_S, MAX_SENDINGS
from guiagent.core.serving import MAX_PAIRS, MAX_WAITING
from protocol.clipboard import NOTHING, Step
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.clip_world import ASKER, ATOMS, CLIPBOARD, PRIMARY, PROPERTY, SERVER_TIME, ClipWorld
from tests.guiagent.core.pasting import NONCE, TEXT, names, pasted, refused, taken, written


def test_paste_owns_both_selections_at_the_servers_time() -> None:
    world = ClipWorld()
    world.daemon(encode(T.CLIPBOARD_DATA, 1, tail=TEXT))
    assert world.take() == [fx.AskTime()]
    world.tell_time(1234)
    assert world.take() == [fx.Claim(CLIPBOARD, 1234), fx.Claim(PRIMARY, 1234)]


@pytest.mark.parametrize(
    ("target", "kind", "data"),
    [
        ("UTF8_STRING", "UTF8_STRING", TEXT),
        ("text/plain;charset=utf-8", "text/plain;charset=utf-8", TEXT),
        ("text/plain", "text/plain", TEXT),
        ("STRING", "STRING", b"na\xefve ?"),
        ("TEXT", "UTF8_STRING", TEXT),
        ("TIMESTAMP", "INTEGER", struct.pack("=I", SERVER_TIME)),
    ],
)
@pytest.mark.parametrize("selection", [CLIPBOARD, PRIMARY])
def test_text_is_served_in_every_form(target: str, kind: str, data: bytes, selection: int) -> None:
    world = pasted()
    world.request(target, selection=selection)
    write = written(world)
    assert (write.window, write.kind, write.data) == (ASKER, ATOMS[kind], data)


def test_text_of_latin_1_is_text_of_latin_1() -> None:
    world = pasted("naïve".encode())
    world.request("TEXT")
    assert (written(world).kind, world.said) == (ATOMS["STRING"], [])


def test_targets_of_a_text_are_all_served() -> None:
    world = pasted()
    world.request("TARGETS")
    write = written(world)
    assert (write.kind, write.bits) == (ATOMS["ATOM"], 32)
    texts = {"UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"}
    assert names(write.data) == {"TARGETS", "TIMESTAMP", "MULTIPLE"} | texts
    for target in texts:
        world.request(target)
        written(world)


@pytest.mark.parametrize("target", ["image/png", "COMPOUND_TEXT", "INCR"])
def test_unknown_target_is_refused(target: str) -> None:
    world = pasted()
    world.request(target)
    assert refused(world)


@pytest.mark.parametrize(
    ("time", "served"),
    [
        (0, True),
        (SERVER_TIME, True),
        (SERVER_TIME + 1, True),
        (SERVER_TIME - 1, False),
        (SERVER_TIME - 5000 + 2**32 - 1, False),
    ],
)
def test_request_from_before_the_paste_is_refused(time: int, served: bool) -> None:  # noqa: FBT001
    world = pasted()
    world.request("UTF8_STRING", time=time)
    assert refused(world) is not served


def test_obsolete_request_without_a_property_is_answered_in_the_target() -> None:
    world = pasted()
    world.request("STRING", atom=0)
    write, answer = world.take()
    assert write.property == answer.property == ATOMS["STRING"]


def test_selection_that_was_lost_is_not_served() -> None:
    world = pasted()
    world.perform(world.clipboard.lost(PRIMARY))
    world.request("STRING", selection=PRIMARY)
    assert refused(world)
    world.request("STRING")
    written(world)
    world.perform(world.clipboard.lost(CLIPBOARD))
    world.request("STRING")
    assert refused(world)


def test_claiming_programs_are_not_answered_by_claiming_again() -> None:
    world = pasted()
    for _ in range(1000):
        world.perform(world.clipboard.lost(CLIPBOARD))
        world.perform(world.clipboard.lost(PRIMARY))
    assert world.take() == []


# MULTIPLE


def multiple(world: ClipWorld, *words: int, left_bytes: int = 0, bits: int = 32) -> None:
    world.request("MULTIPLE")
    (read,) = world.take()
    assert (read.window, read.property, read.delete) == (ASKER, PROPERTY, False)
    value = Value(ATOMS["ATOM_PAIR"], bits, struct.pack(f"={len(words)}I", *words), left_bytes)
    world.read(PROPERTY, value, ASKER)


def test_multiple_is_answered_whole() -> None:
    world = pasted()
    multiple(world, ATOMS["STRING"], 1, ATOMS["UTF8_STRING"], 2)
    first, second, answer = world.take()
    assert [(first.property, first.data), (second.property, second.data)] == [(1, b"na\xefve ?"), (2, TEXT)]
    assert answer.property == PROPERTY


def test_target_that_fails_in_multiple_becomes_none() -> None:
    world = pasted()
    multiple(world, ATOMS["image/png"], 1, ATOMS["STRING"], 2, ATOMS["MULTIPLE"], 3)
    string, pairs, answer = world.take()
    assert string.property == 2
    assert struct.unpack("=6I", pairs.data) == (0, 1, ATOMS["STRING"], 2, 0, 3)
    assert (pairs.kind, pairs.property, answer.property) == (ATOMS["ATOM_PAIR"], PROPERTY, PROPERTY)


def test_multiple_that_is_no_list_of_pairs_is_refused() -> None:
    world = pasted()
    for words, left, bits in (((), 0, 32), ((1, 2, 3), 0, 32), ((1, 2) * MAX_PAIRS, 8, 32), ((1, 2), 0, 8)):
        multiple(world, *words, left_bytes=left, bits=bits)
        assert refused(world)
    world.request("MULTIPLE")
    world.take()
    world.read(PROPERTY, None, ASKER)
    assert refused(world)


# Increments


def test_long_text_goes_by_increments() -> None:
    text = b"0123456789" * 20_000
    world = pasted(text)
    world.request("UTF8_STRING")
    watch, write, answer = world.take()
    assert watch == fx.WatchRequestor(ASKER, watching=True)
    assert (write.kind, write.bits, write.data) == (ATOMS["INCR"], 32, struct.pack("=I", len(text)))
    assert answer.property == PROPERTY
    parts: list[bytes] = []
    while not parts or parts[-1]:
        (part,) = taken(world)
        assert (part.kind, part.bits, len(part.data) <= 65_536) == (ATOMS["UTF8_STRING"], 8, True)
        parts.append(part.data)
    assert b"".join(parts) == text
    assert taken(world) == []


def test_several_programs_take_increments_at_their_own_pace() -> None:
    world = pasted(b"x" * 200_000)
    for window in (1, 2):
        world.request("UTF8_STRING", window=window)
    world.take()
    counts = {1: 0, 2: 0}
    for _ in range(10):
        counts[1] += len(taken(world, 1))
    counts[2] += len(taken(world, 2))
    assert counts == {1: 5, 2: 1}


def test_program_that_takes_no_increment_is_forgotten() -> None:
    world = pasted(b"x" * 200_000)
    world.request("UTF8_STRING")
    world.take()
    world.wait(INCREMENT_TIMEOUT_S)
    assert world.take() == [fx.WatchRequestor(ASKER, watching=False)]
    assert taken(world) == []


def test_program_that_dies_is_forgotten() -> None:
    world = pasted(b"x" * 200_000)
    world.request("UTF8_STRING")
    world.perform(world.clipboard.requestor_gone(ASKER))
    world.take()
    assert taken(world) == []
    assert world.clipboard.deadline is None


def test_programs_that_take_no_increments_have_a_bound() -> None:
    world = pasted(b"x" * 200_000)
    for window in range(MAX_SENDINGS):
        world.request("UTF8_STRING", window=window)
    world.take()
    world.request("UTF8_STRING", window=MAX_SENDINGS)
    assert refused(world)


def test_next_paste_does_not_cut_one_that_is_being_taken() -> None:
    world = pasted(b"x" * 200_000)
    world.request("UTF8_STRING")
    world.paste(b"next")
    world.take()
    assert sum(len(write.data) for _ in range(5) for write in taken(world)) == 200_000


def test_daemon_that_goes_later_leaves_what_was_pasted() -> None:
    world = pasted()
    world.perform(world.clipboard.daemon_lost())
    world.request("UTF8_STRING")
    assert written(world).data == TEXT


def test_paste_of_nothing_takes_the_last_one_back() -> None:
    world = pasted()
    world.step(Step.OFFER, NONCE, NOTHING)
    assert world.take(fx.Release) == [fx.Release(CLIPBOARD, SERVER_TIME), fx.Release(PRIMARY, SERVER_TIME)]
    world.request("UTF8_STRING")
    assert refused(world)


def test_what_was_pasted_is_let_go_after_its_time() -> None:
    world = pasted(clear_after_s=30.0)
    world.wait(29.9)
    assert world.take() == []
    world.wait(0.2)
    assert world.take() == [fx.Release(CLIPBOARD, SERVER_TIME), fx.Release(PRIMARY, SERVER_TIME)]
    assert world.clipboard.deadline is None


def test_only_what_is_still_owned_is_let_go() -> None:
    world = pasted(clear_after_s=30.0)
    world.perform(world.clipboard.lost(PRIMARY))
    world.wait(31)
    assert world.take() == [fx.Release(CLIPBOARD, SERVER_TIME)]


# What programs may have


@pytest.mark.parametrize(
    ("sent", "given"),
    [
        (b"a\tb\nc\r\nd", b"a\tb\nc\r\nd"),
        (b"rm\rls", b"rm\nls"),
        (b"\x1b[31mred\x07\x00\x7f", b"[31mred"),
        ("\x9b31m\x85".encode(), b"31m"),
        (b"\xff\xed\xa0\x80ok", ("\ufffd" * 4 + "ok").encode()),
        ("😀\U0010fffd\u202e".encode(), "😀\U0010fffd\u202e".encode()),
    ],
)
def test_pasted_text_has_no_control_characters(sent: bytes, given: bytes) -> None:
    assert pasted_text(sent) == given


def test_text_of_control_characters_only_is_nothing() -> None:
    world = pasted()
    world.paste(b"\x1b\x07")
    world.take()
    world.request("UTF8_STRING")
    assert refused(world)


# What is forgotten, and what is not


def test_target_without_a_property_fails_in_multiple() -> None:
    world = pasted()
    multiple(world, ATOMS["STRING"], 0)
    pairs, answer = world.take()
    assert struct.unpack("=2I", pairs.data) == (0, 0)
    assert answer.property == PROPERTY


def test_multiples_that_wait_for_their_pairs_have_a_bound() -> None:
    world = pasted()
    for window in range(MAX_WAITING):
        world.request("MULTIPLE", window=window)
    world.take()
    world.request("MULTIPLE", window=MAX_WAITING)
    assert refused(world)


def test_window_is_watched_until_all_its_increments_are_taken() -> None:
    world = pasted(b"x" * 70_000)
    for atom in (1, 2):
        world.request("UTF8_STRING", atom=atom)
    world.take()
    for atom in (1, 1, 1, 2, 2):
        world.perform(world.clipboard.property_changed(ASKER, atom, world.now, deleted=True))
    assert world.take(fx.WatchRequestor) == []
    world.perform(world.clipboard.property_changed(ASKER, 2, world.now, deleted=True))
    assert world.take(fx.WatchRequestor) == [fx.WatchRequestor(ASKER, watching=False)]


def test_program_that_takes_its_increments_slowly_gets_them_all() -> None:
    world = pasted(b"x" * 200_000)
    world.request("UTF8_STRING")
    world.take()
    for _ in range(5):
        world.wait(INCREMENT_TIMEOUT_S - 1)
        assert len(taken(world)) == 1
