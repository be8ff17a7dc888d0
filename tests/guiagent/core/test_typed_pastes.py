"""Typed pastes into the qube: owned before they are whole, texts and images."""

import pytest

from guiagent.core import selection as fx
from guiagent.core.serving import ANSWER_TIMEOUT_S, MAX_WAITING
from protocol.clipboard import Offer, Step, image_offer, text_offer
from tests.guiagent.core.clip_world import ASKER, ATOMS, CLIPBOARD, PRIMARY, SERVER_TIME, ClipWorld
from tests.guiagent.core.pasting import NONCE, TEXT, names, pasted, refused, written


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


@pytest.mark.parametrize("what", [Offer(text_offer(1).kind, 5, 0, 1), text_offer(256_001), image_offer(8193, 1)])
def test_offer_that_cannot_be_is_logged_and_changes_nothing(what: Offer) -> None:
    world = pasted()
    world.step(Step.OFFER, NONCE, what)
    assert wanted(world) == []
    assert "cannot be" in world.take()[0].line
    world.request("UTF8_STRING")
    assert written(world).data == TEXT


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
