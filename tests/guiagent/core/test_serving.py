"""Pastes into the qube: owned, served in every form, by increments, to programs of every quality."""

import struct

import pytest

from guiagent.core import selection as fx
from guiagent.core.contents import pasted_text
from guiagent.core.selection import Value
from guiagent.core.sending import INCREMENT_TIMEOUT_S, MAX_SENDINGS
from guiagent.core.serving import ANSWER_TIMEOUT_S, MAX_PAIRS, MAX_WAITING
from protocol.clipboard import NOTHING, Offer, Step, image_offer, text_offer
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.clip_world import (
    ASKER,
    ATOMS,
    CLIPBOARD,
    NAME,
    PRIMARY,
    PROPERTY,
    SERVER_TIME,
    ClipWorld,
)

NONCE = 0x77
TEXT = "naïve €".encode()


def pasted(text: bytes = TEXT, **options: float) -> ClipWorld:
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
    answers = world.take(fx.Write, fx.Answer)
    return [type(answer) for answer in answers] == [fx.Answer] and answers[0].property == 0


def names(data: bytes) -> set[str]:
    return {NAME[number] for number in struct.unpack(f"={len(data) // 4}I", data)}


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


def taken(world: ClipWorld, window: int = ASKER) -> list[fx.Write]:
    world.perform(world.clipboard.property_changed(window, PROPERTY, world.now, deleted=True))
    return world.take(fx.Write)


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


# Typed pastes: owned before they are whole


def offer(world: ClipWorld, what: Offer, nonce: int = NONCE) -> None:
    world.step(Step.OFFER, nonce, what)
    world.tell_time()


def give(world: ClipWorld, data: bytes, offset: int = 0, nonce: int = NONCE) -> None:
    world.step(Step.PART, nonce, offset=offset, tail=data)


def wanted(world: ClipWorld) -> list[int]:
    said = world.take_said()
    assert all((one.body.step, one.body.nonce) == (Step.WANT, NONCE) for one in said)
    return [one.body.offset_bytes for one in said]


def test_typed_paste_wants_one_part_at_a_time() -> None:
    world = ClipWorld()
    data = b"x" * 150_000
    offer(world, text_offer(len(data)))
    assert wanted(world) == [0]
    give(world, data[:65_536])
    assert wanted(world) == [65_536]
    give(world, data[65_536:131_072], 65_536)
    assert wanted(world) == [131_072]
    give(world, data[131_072:], 131_072)
    assert wanted(world) == []
    world.take()
    world.request("STRING")
    assert world.take(fx.Write)[0].kind == ATOMS["INCR"]


def test_request_before_the_paste_is_whole_waits_for_it() -> None:
    world = pasted(b"old")
    offer(world, text_offer(3))
    world.take()
    world.request("UTF8_STRING")
    assert world.take() == []
    world.request("TARGETS")
    written(world)
    give(world, b"new")
    assert written(world).data == b"new"


def test_request_does_not_wait_for_ever() -> None:
    world = ClipWorld()
    offer(world, text_offer(70_000))
    world.request("UTF8_STRING")
    world.take()
    world.wait(ANSWER_TIMEOUT_S)
    answers = world.take(fx.Answer, fx.Release)
    assert answers[0].property == 0
    assert answers[1:] == [fx.Release(CLIPBOARD, SERVER_TIME), fx.Release(PRIMARY, SERVER_TIME)]


def test_requests_that_wait_have_a_bound() -> None:
    world = ClipWorld()
    offer(world, text_offer(70_000))
    for window in range(MAX_WAITING):
        world.request("UTF8_STRING", window=window)
    world.take()
    world.request("UTF8_STRING", window=MAX_WAITING)
    assert refused(world)


@pytest.mark.parametrize(
    ("data", "offset", "nonce"), [(b"x" * 10, 0, NONCE), (b"x" * 65_536, 65_536, NONCE), (b"x" * 65_536, 0, NONCE + 1)]
)
def test_part_that_was_not_wanted_is_passed_over(data: bytes, offset: int, nonce: int) -> None:
    world = ClipWorld()
    offer(world, text_offer(100_000))
    wanted(world)
    give(world, data, offset, nonce)
    assert wanted(world) == []
    give(world, b"x" * 65_536)
    assert wanted(world) == [65_536]


def test_daemon_that_goes_in_the_middle_leaves_nothing_owned() -> None:
    world = ClipWorld()
    offer(world, text_offer(100_000))
    world.request("UTF8_STRING")
    world.take()
    world.perform(world.clipboard.daemon_lost())
    assert [effect.property for effect in world.take(fx.Answer)] == [0]
    world.request("UTF8_STRING")
    assert refused(world)


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


@pytest.mark.parametrize("what", [Offer(text_offer(1).kind, 5, 0, 1), text_offer(256_001), image_offer(8193, 1)])
def test_offer_that_cannot_be_is_logged_and_changes_nothing(what: Offer) -> None:
    world = pasted()
    world.step(Step.OFFER, NONCE, what)
    assert wanted(world) == []
    assert "cannot be" in world.take()[0].line
    world.request("UTF8_STRING")
    assert written(world).data == TEXT


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


# Images


def with_image() -> tuple[ClipWorld, fx.EncodePicture]:
    world = ClipWorld()
    offer(world, image_offer(1, 2))
    give(world, b"RGBArgba")
    (job,) = world.take(fx.EncodePicture)
    world.take_said()
    return world, job


def test_image_is_packed_at_once_and_served_when_it_is() -> None:
    world, job = with_image()
    assert (job.format, job.image) == ("image/png", (1, 2, b"RGBArgba"))
    world.request("TARGETS")
    assert names(written(world).data) == {"TARGETS", "TIMESTAMP", "MULTIPLE", "image/png", "image/bmp"}
    world.request("image/png")
    world.request("image/png", window=ASKER + 1)
    assert world.take() == []
    world.perform(world.clipboard.encoded(job.job, b"PNG", world.now))
    assert [write.data for write in world.take(fx.Write)] == [b"PNG", b"PNG"]


def test_other_form_is_packed_when_it_is_asked_for() -> None:
    world, _ = with_image()
    world.request("image/bmp")
    (job,) = world.take()
    assert job.format == "image/bmp"
    world.request("image/bmp")
    assert world.take() == []
    world.perform(world.clipboard.encoded(job.job, b"BMP", world.now))
    assert len(world.take(fx.Write)) == 2


def test_image_that_cannot_be_packed_is_refused() -> None:
    world, job = with_image()
    world.request("image/png")
    world.perform(world.clipboard.encoded(job.job, None, world.now))
    assert refused(world)


@pytest.mark.parametrize("target", ["UTF8_STRING", "image/tiff"])
def test_image_is_no_text_and_no_other_form(target: str) -> None:
    world, _ = with_image()
    world.request(target)
    assert refused(world)


def test_packing_ends_with_its_image() -> None:
    world, job = with_image()
    world.paste(b"text")
    assert fx.CancelPicture(job.job) in world.take()
    world.perform(world.clipboard.encoded(job.job, b"PNG", world.now))
    world.request("image/png")
    assert refused(world)


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


def test_contents_that_nobody_can_ask_for_are_not_kept() -> None:
    world = pasted()
    for selection in (CLIPBOARD, PRIMARY):
        world.perform(world.clipboard.lost(selection))
    assert world.clipboard._serving.contents is None
    offer(world, text_offer(3))
    for selection in (CLIPBOARD, PRIMARY):
        world.perform(world.clipboard.lost(selection))
    give(world, b"new")
    assert world.clipboard._serving.contents is None


def test_packed_files_of_the_last_image_are_not_the_next_ones() -> None:
    world, job = with_image()
    world.perform(world.clipboard.encoded(job.job, b"old", world.now))
    offer(world, image_offer(1, 1))
    give(world, b"RGBA")
    (next_job,) = world.take(fx.EncodePicture)
    world.request("image/png")
    assert world.take(fx.Write, fx.Answer) == []
    world.perform(world.clipboard.encoded(next_job.job, b"new", world.now))
    assert written(world).data == b"new"


def test_dead_program_that_waited_is_not_answered() -> None:
    world = ClipWorld()
    offer(world, text_offer(3))
    world.request("UTF8_STRING")
    world.request("UTF8_STRING", window=ASKER + 1)
    world.perform(world.clipboard.requestor_gone(ASKER))
    world.take()
    give(world, b"new")
    assert [write.window for write in world.take(fx.Write)] == [ASKER + 1]


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


def test_daemon_that_sends_its_parts_slowly_is_heard_out() -> None:
    world = ClipWorld()
    offer(world, text_offer(200_000))
    for at in range(0, 200_000, 65_536):
        world.wait(9.0)
        give(world, b"x" * min(65_536, 200_000 - at), at)
    assert wanted(world) == [0, 65_536, 131_072, 196_608]
    assert world.clipboard._serving.contents is not None


def test_part_that_came_already_is_passed_over() -> None:
    world = ClipWorld()
    offer(world, text_offer(150_000))
    give(world, b"a" * 65_536)
    wanted(world)
    give(world, b"b" * 65_536)
    assert wanted(world) == []
