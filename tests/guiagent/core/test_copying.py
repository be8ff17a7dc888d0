"""Copies out of the qube, step by step, from owners of every quality."""

import pytest

from guiagent.core import selection as fx
from guiagent.core.contents import Image
from guiagent.core.copying import COPY_TIMEOUT_S, MAX_RESTARTS, STEP_TIMEOUT_S
from protocol.clipboard import NOTHING, Offer, Step, image_offer, text_offer
from protocol.codec import encode
from protocol.messages import MessageType as T
from tests.guiagent.core.clip_world import ATOMS, CLIPBOARD, OWNER, PROPERTIES, WINDOW, ClipWorld

NONCE = 0xABCD


def asking(**options: int) -> ClipWorld:
    """A typed copy under way, whose owner is known."""
    world = ClipWorld(**options)  # type: ignore[arg-type]
    world.step(Step.REQUEST, NONCE)
    world.owned_by()
    return world


def offered(world: ClipWorld) -> Offer:
    """What the daemon was offered, last and only once."""
    (said,) = world.take_said()
    assert (said.type, said.body.step, said.body.nonce) == (T.CLIPBOARD_TYPED, Step.OFFER, NONCE)
    return Offer(said.body.kind, said.body.width_px, said.body.height_px, said.body.total_bytes)


def part(world: ClipWorld, offset: int = 0, nonce: int = NONCE) -> bytes | None:
    world.step(Step.WANT, nonce, offset=offset)
    said = world.take_said()
    return said[0].tail if said else None


def test_copy_asks_with_the_servers_time() -> None:
    world = ClipWorld()
    world.step(Step.REQUEST, NONCE)
    assert world.take() == [fx.WatchOwner(CLIPBOARD, watching=True), fx.AskTime()]
    world.tell_time(1234)
    assert world.take() == [fx.FindOwner(CLIPBOARD)]
    world.perform(world.clipboard.owner_found(OWNER, world.now))
    assert world.asked()[1:] == (ATOMS["TARGETS"], PROPERTIES[1], 1234)


def test_nobody_owns_anything_gives_nothing() -> None:
    world = ClipWorld()
    world.step(Step.REQUEST, NONCE)
    world.owned_by(0)
    assert offered(world) == NOTHING
    assert world.clipboard.deadline is None


@pytest.mark.parametrize(
    ("targets", "best"),
    [
        (("STRING", "TEXT", "UTF8_STRING"), "UTF8_STRING"),
        (("image/png", "STRING"), "STRING"),
        (("TEXT", "text/plain;charset=utf-8", "STRING"), "text/plain;charset=utf-8"),
        (("text/plain", "TIMESTAMP"), "text/plain"),
        (("image/tiff", "image/bmp"), "image/bmp"),
    ],
)
def test_best_target_is_asked_for(targets: tuple[str, ...], best: str) -> None:
    world = asking()
    world.offers(*targets)
    assert world.asked().target == ATOMS[best]


def test_text_by_the_type_that_came_and_not_the_one_asked_for() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    world.writes("STRING", b"caf\xe9\0")
    assert offered(world) == text_offer(5)
    assert part(world) == "café".encode()


def test_owner_that_refuses_targets_is_asked_for_text() -> None:
    world = asking()
    world.refuses()
    world.refuses()
    assert world.writes("STRING", b"old").target == ATOMS["STRING"]
    assert offered(world) == text_offer(3)


def test_owner_that_offers_what_nobody_can_use_has_nothing() -> None:
    world = asking()
    world.offers("TIMESTAMP", "MULTIPLE")
    assert offered(world) == NOTHING


@pytest.mark.parametrize("bits", [16, 32])
def test_text_in_a_wrong_format_is_asked_for_in_the_next_form(bits: int) -> None:
    world = asking()
    world.offers("UTF8_STRING", "STRING")
    world.writes("UTF8_STRING", b"12345678", bits)
    assert world.writes("STRING", b"ok").target == ATOMS["STRING"]
    assert offered(world) == text_offer(2)


@pytest.mark.parametrize(("kind", "bits"), [("ATOM", 8), ("ATOM", 16), ("STRING", 32)])
def test_targets_in_a_wrong_format_are_no_answer(kind: str, bits: int) -> None:
    world = asking()
    world.writes(kind, b"junk" * 3, bits)
    assert world.asked().target == ATOMS["UTF8_STRING"]


def test_property_that_is_not_there_is_a_refusal() -> None:
    world = asking()
    world.offers("STRING")
    asked = world.asked()
    world.converted(asked)
    world.read(asked.property, None)
    assert offered(world) == NOTHING


def test_owner_that_never_answers_has_nothing_after_its_time() -> None:
    world = asking()
    world.wait(STEP_TIMEOUT_S - 0.01)
    assert world.take_said() == []
    world.wait(0.02)
    assert offered(world) == NOTHING
    assert world.clipboard.deadline is None


def test_owner_that_answers_each_step_late_has_nothing_after_all_its_time() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.writes("INCR", bytes(4), 32)
    rounds = 0
    while not world.said:
        world.wait(STEP_TIMEOUT_S / 2)
        if not world.said:
            world.increment(asked.property, b"drop")
        rounds += 1
        assert rounds < 100
    assert offered(world) == NOTHING
    assert rounds == COPY_TIMEOUT_S / (STEP_TIMEOUT_S / 2)


def test_late_answer_to_an_earlier_question_is_thrown_away() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    late = world.asked()
    world.step(Step.REQUEST, NONCE)
    world.tell_time(6000)
    world.perform(world.clipboard.owner_found(OWNER, world.now))
    world.take()
    world.converted(late)
    assert world.take() == [fx.Erase(WINDOW, late.property)]
    assert world.take_said() == []


def test_increments_are_put_together() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.writes("INCR", bytes(4), 32)
    for _ in range(3):
        world.increment(asked.property, b"x" * 60_000)
    world.increment(asked.property, b"")
    assert offered(world) == text_offer(180_000)
    assert [len(part(world, at) or b"") for at in (0, 65_536, 131_072)] == [65_536, 65_536, 48_928]


def test_text_over_the_limit_is_offered_with_its_size_and_has_no_parts() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    world.writes("UTF8_STRING", b"x" * 256_001, left_bytes=99_999)
    assert offered(world) == text_offer(356_000)
    assert part(world) is None


def test_increments_over_the_limit_end_there() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.writes("INCR", (1_000_000).to_bytes(4, "little"), 32)
    for _ in range(4):
        world.increment(asked.property, b"x" * 60_000)
        assert world.said == []
    world.increment(asked.property, b"x" * 16_001, left_bytes=44_000)
    assert offered(world) == text_offer(1_000_000)
    assert fx.Erase(WINDOW, asked.property) in world.take()


def test_owner_that_ends_is_replaced_by_its_successor() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    world.perform(world.clipboard.owner_changed(0, world.now))
    world.owned_by(OWNER + 1)
    world.offers("STRING")
    world.writes("STRING", b"new")
    assert offered(world) == text_offer(3)


def test_new_owner_is_asked_instead_of_one_that_owes_an_answer() -> None:
    world = asking()
    world.perform(world.clipboard.owner_changed(OWNER + 1, world.now))
    world.owned_by(OWNER + 1)
    world.offers("STRING")
    world.writes("STRING", b"new")
    assert offered(world) == text_offer(3)


def test_new_owner_does_not_end_increments() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.writes("INCR", bytes(4), 32)
    world.increment(asked.property, b"old")
    world.perform(world.clipboard.owner_changed(OWNER + 1, world.now))
    world.increment(asked.property, b"")
    assert offered(world) == text_offer(3)


def test_owners_that_follow_each_other_without_end_have_their_time() -> None:
    world = asking()
    for _ in range(1000):
        world.perform(world.clipboard.owner_changed(OWNER + 1, world.now))
        world.owned_by()
    assert world.said == []
    assert len(world.take(fx.FindOwner)) == 1 + MAX_RESTARTS
    world.wait(STEP_TIMEOUT_S)
    assert offered(world) == NOTHING


def test_paste_while_a_copy_waits_is_not_what_is_copied() -> None:
    world = asking()
    world.paste(b"from elsewhere")
    world.perform(world.clipboard.owner_changed(WINDOW, world.now))
    world.owned_by(WINDOW)
    assert offered(world) == NOTHING


def test_owners_that_end_again_and_again_have_nothing() -> None:
    world = asking()
    for _ in range(MAX_RESTARTS):
        world.perform(world.clipboard.owner_changed(0, world.now))
        assert world.said == []
        world.owned_by()
    world.perform(world.clipboard.owner_changed(0, world.now))
    assert offered(world) == NOTHING


def test_owner_that_ends_after_it_has_written_is_heard() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.asked()
    world.converted(asked)
    world.perform(world.clipboard.owner_changed(0, world.now))
    world.read(asked.property, fx.Value(ATOMS["UTF8_STRING"], 8, b"last words", 0))
    assert offered(world) == text_offer(10)


def test_image_goes_through_the_decoder() -> None:
    world = asking()
    world.offers("image/png", "image/bmp")
    world.writes("image/png", b"PNG")
    (job,) = world.take(fx.DecodePicture)
    assert (job.data, job.whole) == (b"PNG", True)
    world.perform(world.clipboard.decoded(job.job, Image(2, 1, b"RGBARGBA")))
    assert offered(world) == image_offer(2, 1)
    assert part(world) == b"RGBARGBA"


@pytest.mark.parametrize(
    ("result", "offer"), [(None, NOTHING), ((9000, 20), image_offer(9000, 20)), ((20, 20), NOTHING)]
)
def test_picture_that_is_none_or_too_large_is_told(result: tuple[int, int] | None, offer: Offer) -> None:
    world = asking()
    world.offers("image/png")
    world.writes("image/png", b"PNG", left_bytes=1 << 30)
    (job,) = world.take(fx.DecodePicture)
    assert not job.whole
    world.perform(world.clipboard.decoded(job.job, result))
    assert offered(world) == offer
    assert part(world) is None


def test_decoder_of_an_earlier_copy_is_not_heard() -> None:
    world = asking()
    world.offers("image/png")
    world.writes("image/png", b"PNG")
    (job,) = world.take(fx.DecodePicture)
    world.step(Step.REQUEST, NONCE)
    assert world.take(fx.CancelPicture) == [fx.CancelPicture(job.job)]
    world.perform(world.clipboard.decoded(job.job, Image(1, 1, b"RGBA")))
    assert world.take_said() == []


@pytest.mark.parametrize("nonce", [NONCE - 1, 0])
def test_part_of_another_nonce_is_not_sent(nonce: int) -> None:
    world = asking()
    world.offers("STRING")
    world.writes("STRING", b"text")
    world.take_said()
    assert part(world, nonce=nonce) is None
    assert part(world) == b"text"
    assert part(world) is None, "kept after it was taken"


def test_what_was_pasted_is_copied_without_asking_ourselves() -> None:
    world = ClipWorld()
    world.paste(b"from elsewhere")
    world.step(Step.REQUEST, NONCE)
    world.owned_by(WINDOW)
    assert offered(world) == text_offer(14)
    assert world.take(fx.Convert) == []


# A daemon without types


@pytest.mark.parametrize(
    ("minor", "text", "sent"),
    [(8, b"x" * 256_000, 256_000), (7, b"x" * 65_000, 65_000), (7, b"x" * 65_001, 65_000), (1, b"abc", 3)],
)
def test_request_without_types_is_answered_by_data(minor: int, text: bytes, sent: int) -> None:
    world = ClipWorld(minor=minor, typed=False)
    world.daemon(encode(T.CLIPBOARD_REQ, 5))
    world.owned_by()
    world.offers("UTF8_STRING")
    world.writes("UTF8_STRING", text)
    (said,) = world.take_said()
    assert (said.type, said.tail) == (T.CLIPBOARD_DATA, text[:sent])


def test_request_of_an_old_daemon_is_not_cut_inside_a_character() -> None:
    world = ClipWorld(minor=7, typed=False)
    world.daemon(encode(T.CLIPBOARD_REQ, 5))
    world.owned_by()
    world.offers("UTF8_STRING")
    world.writes("UTF8_STRING", ("€" * 30_000).encode())
    assert world.take_said()[0].tail == ("€" * 21_666).encode()


@pytest.mark.parametrize("left", [0, 500_000])
def test_too_large_for_a_daemon_without_types_is_one_byte_too_many(left: int) -> None:
    world = ClipWorld(typed=False)
    world.daemon(encode(T.CLIPBOARD_REQ, 5))
    world.owned_by()
    world.offers("UTF8_STRING")
    world.writes("UTF8_STRING", b"x" * 256_001, left_bytes=left)
    assert len(world.take_said()[0].tail) == 256_001


def test_daemon_without_types_hears_of_nothing_and_of_no_image() -> None:
    world = ClipWorld(typed=False)
    for _ in range(2):
        world.daemon(encode(T.CLIPBOARD_REQ, 5))
        world.owned_by()
        world.offers("image/png")
        (said,) = world.take_said()
        assert (said.type, said.tail) == (T.CLIPBOARD_DATA, b"")


def test_typed_steps_of_a_daemon_that_did_not_name_them_are_passed_over() -> None:
    world = ClipWorld(typed=False)
    world.step(Step.REQUEST, NONCE)
    assert (world.take(), world.take_said()) == ([], [])


def test_copy_ends_with_its_daemon() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.asked()
    world.perform(world.clipboard.daemon_lost())
    assert world.take(fx.WatchOwner) == [fx.WatchOwner(CLIPBOARD, watching=False)]
    world.converted(asked)
    assert world.take_said() == []
    assert world.clipboard.deadline is None


@pytest.mark.parametrize(
    "change", [{"selection": ATOMS["PRIMARY"]}, {"target": ATOMS["TEXT"]}, {"time": 4999}, {"property": PROPERTIES[7]}]
)
def test_answer_to_a_question_that_was_not_asked_is_not_read(change: dict[str, int]) -> None:
    world = asking()
    world.offers("STRING")
    world.converted(world.asked()._replace(**change))
    assert world.take(fx.Read) == []
    assert world.take_said() == []


def test_owner_that_says_no_time_is_heard() -> None:
    world = asking()
    world.offers("STRING")
    world.converted(world.asked()._replace(time=0))
    assert len(world.take(fx.Read)) == 1


def test_other_properties_are_no_increments() -> None:
    world = asking()
    world.offers("UTF8_STRING")
    asked = world.writes("INCR", bytes(4), 32)
    for atom in set(PROPERTIES) - {asked.property}:
        world.perform(world.clipboard.property_changed(WINDOW, atom, world.now, deleted=False))
    assert world.take() == []


def test_other_jobs_pixels_are_not_heard() -> None:
    world = asking()
    world.offers("image/png")
    world.writes("image/png", b"PNG")
    (job,) = world.take(fx.DecodePicture)
    world.perform(world.clipboard.decoded(job.job + 1, Image(1, 1, b"RGBA")))
    assert world.take_said() == []


def test_image_that_was_pasted_is_nothing_to_a_daemon_without_types() -> None:
    world = ClipWorld()
    world.step(Step.OFFER, 5, image_offer(1, 1))
    world.tell_time()
    world.step(Step.PART, 5, tail=b"RGBA")
    world.take_said()
    world.daemon(encode(T.CLIPBOARD_REQ, 5))
    world.owned_by(WINDOW)
    assert [(said.type, said.tail) for said in world.take_said()] == [(T.CLIPBOARD_DATA, b"")]


def test_next_request_forgets_what_was_offered_before() -> None:
    world = asking()
    world.offers("STRING")
    world.writes("STRING", b"text")
    world.take_said()
    world.step(Step.REQUEST, NONCE + 1)
    assert part(world) is None


def test_next_daemon_names_its_own_features() -> None:
    world = ClipWorld()
    world.perform(world.clipboard.daemon_lost())
    world.clipboard.daemon_came(8)
    world.step(Step.REQUEST, NONCE)
    assert world.take() == []
