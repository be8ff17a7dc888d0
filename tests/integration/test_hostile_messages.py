"""An agent that breaks the protocol: its qube ends with one clear line, and nobody else notices."""

import struct
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import pytest

from protocol.codec import encode
from protocol.extensions import EXT_VERSION, Feature
from protocol.formats import HEADER
from protocol.limits import HALF_MESSAGE_TIMEOUT_S, MAX_GRANT_REFS, MAX_ICON_WORDS
from protocol.messages import TABLE, Direction, MessageSpec, MessageType, WindowRule
from tests.harness.wait import holds_for
from tests.integration.hostile_scene import Scene, Stage, new_scene

pytestmark = pytest.mark.desktop

M = MessageType
PEER: Final = b"\x1b[31mPEER\x07\xff\r\n"
"""What must never be seen in a log."""

AT_ONCE: Final = 3
"""Hostile qubes at the same time."""


class Case(NamedTuple):
    """What the agent sends after the handshake, and what the log says then."""

    data: bytes
    line: str
    minor: int = 8


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with new_scene() as made:
        yield made


def attack_with(scene: Scene, cases: Sequence[Case]) -> None:
    """Every case against a daemon of its own."""

    def one(case: Case) -> None:
        with scene.attacker(minor=case.minor) as evil:
            evil.agent.send_raw(case.data)
            evil.ends(f"violation, the qube's session ends: {case.line}")
            assert "PEER" not in evil.log()

    def attack(stage: Stage) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = [pool.submit(one, case) for case in cases]
            stage.under_way.set()
            for case, result in zip(cases, results, strict=True):
                try:
                    result.result()
                except AssertionError as error:
                    raise AssertionError(f"{case.data[:40]!r}: {error}") from error

    scene.check(attack)


def create(window: int, x: int = 20, y: int = 20, width: int = 99, height: int = 77, *, popup: bool = False) -> bytes:
    return encode(M.CREATE, window, x, y, width, height, 0, int(popup))


def header(message: int, window: int, len_bytes: int) -> bytes:
    return HEADER.pack(message, window, len_bytes)


def to_daemon() -> list[MessageSpec]:
    return [spec for spec in TABLE.values() if Direction.TO_DAEMON in spec.direction]


def label(spec: MessageSpec) -> str:
    return rf"{spec.type.name} \({spec.type:#x}\)" if spec.type > 0xFF else rf"{spec.type.name} \({spec.type:d}\)"


def test_junk_ends_the_qube(scene: Scene) -> None:
    junk = [b"GET / HTTP/1.1\r\n" + PEER, b"\xff" * 500, bytes(500), PEER * 5000, bytes(range(256)) * 300]
    attack_with(scene, [Case(data, r"unknown message type in message 0x[0-9a-f]+, window 0x") for data in junk])


def wrong_lengths(spec: MessageSpec) -> Iterator[Case]:
    """Too short, too long, and for references one that is no whole number of them; with the bytes to go with it."""
    lengths = {spec.min_len - 1, 0xFFFFFFFF if spec.type % 2 else spec.max_len + 1}
    if spec.tail is not None and spec.tail.item_bytes > 1:
        lengths.add(spec.min_len + 1)
    for length in sorted(length for length in lengths if length >= 0):
        over = spec.tail is not None and length > spec.max_len
        yield Case(
            create(7) + header(spec.type, 7, length) + PEER * (min(length, 4096) // len(PEER)),
            rf"{'too long' if over else 'wrong length'} in {label(spec)}, window 0x7: {length} bytes instead of",
        )


def test_wrong_length_of_each_type_ends_the_qube(scene: Scene) -> None:
    cases = [case for spec in to_daemon() for case in wrong_lengths(spec)]
    assert len(cases) > 25
    attack_with(scene, cases)


def test_unknown_type_and_wrong_direction_end_the_qube(scene: Scene) -> None:
    cases = [
        Case(create(7) + header(number, 7, 8) + PEER, rf"unknown message type in message {number:#x}, window 0x7")
        for number in (0, 1, 123, 150, 0x5654000B, 0xFFFFFFFF)
    ]
    for spec in TABLE.values():
        if Direction.TO_DAEMON not in spec.direction:
            body = bytes(spec.min_len)
            line = rf"message type of the other direction in {label(spec)}"
            cases.append(Case(create(7) + header(spec.type, 7, len(body)) + body, line))
    attack_with(scene, cases)


def test_unknown_window_in_each_type_ends_the_qube(scene: Scene) -> None:
    cases = [
        Case(
            create(7) + header(spec.type, 8, spec.min_len) + bytes(spec.min_len),
            f"window does not exist in {label(spec)}",
        )
        for spec in to_daemon()
        if spec.window_rule is WindowRule.EXISTING
    ]
    assert len(cases) >= 11
    gone = create(7) + encode(M.DESTROY, 7)
    cases.append(Case(gone + encode(M.MAP, 7, 0, 0), r"window does not exist in MAP \(132\), window 0x7"))
    cases.append(Case(gone + encode(M.DESTROY, 7), r"window does not exist in DESTROY \(131\), window 0x7"))
    attack_with(scene, cases)


def bad_values() -> Iterator[Case]:
    """Legal lengths, illegal values."""
    yield Case(create(7) + create(7), r"window exists already in CREATE \(130\), window 0x7")
    for width, height in ((0, 0), (5, 0), (1 << 31, 5)):
        yield Case(create(7, 0, 0, width, height), rf"value out of range in CREATE \(130\).*size {width}x{height}")
    for width, height in ((0, 0), (0, 5), (5, 0xFFFFFFFF)):
        configure = encode(M.CONFIGURE, 7, 0, 0, width, height, 0)
        yield Case(create(7) + configure, rf"value out of range in CONFIGURE \(134\).*size {width}x{height}")
    for cursor in (0x99, 0x19A, 0x1000100):
        yield Case(create(7) + encode(M.CURSOR, 7, cursor), rf"value out of range in CURSOR \(148\).*{cursor:#x}")
    yield Case(create(7) + encode(M.WINDOW_FLAGS, 7, 3, 2), r"value out of range in WINDOW_FLAGS \(145\)")
    yield Case(create(7) + encode(M.MFNDUMP, 7, *[0] * 7), r"not supported in MFNDUMP \(135\)")


def bad_cursor_images() -> Iterator[Case]:
    """Sizes, hotspots and numbers of pixels that do not fit."""
    line = r"in CURSOR_IMAGE \(0x56540006\)"

    def image(width: int, height: int, hot_x: int, hot_y: int, pixels: int) -> bytes:
        return encode(M.CURSOR_IMAGE, 7, width, height, hot_x, hot_y, tail=bytes(4 * pixels))

    hello = create(7) + encode(M.EXT_HELLO, 0, EXT_VERSION, Feature.CURSOR_IMAGE)
    yield Case(create(7) + image(2, 2, 0, 0, 4), f"not supported {line}, window 0x7")
    for width, height in ((0, 0), (0, 4), (65, 1), (1, 65), (1 << 31, 2), (0xFFFFFFFF, 0xFFFFFFFF), (1 << 16, 1 << 16)):
        yield Case(hello + image(width, height, 0, 0, 4), f"value out of range {line}.*size {width}x{height}")
    for hot_x, hot_y in ((2, 0), (0, 2), (0xFFFFFFFF, 0), (0, 1 << 31)):
        yield Case(hello + image(2, 2, hot_x, hot_y, 4), f"value out of range {line}.*hotspot {hot_x},{hot_y}")
    for pixels in (0, 3, 5, 4096):
        yield Case(hello + image(2, 2, 0, 0, pixels), f"wrong length {line}.*{4 * pixels} bytes of pixels")
    yield Case(hello + header(M.CURSOR_IMAGE, 7, 16 + 4 * 4097), f"too long {line}")


def test_bad_cursor_images_end_the_qube(scene: Scene) -> None:
    attack_with(scene, list(bad_cursor_images()))


def icon_of(*images: tuple[int, int, int]) -> bytes:
    """Width, height, and how many pixels follow."""
    return b"".join(struct.pack("<II", width, height) + b"\xff" * 4 * pixels for width, height, pixels in images)


def bad_icons() -> Iterator[Case]:
    """Numbers that multiply to nothing, to too much, or in 32 bits to little; too much and too little behind them."""
    line = r"in ICON \(0x56540005\)"
    hello = create(7) + encode(M.EXT_HELLO, 0, EXT_VERSION, Feature.ICON)

    def icon(data: bytes) -> bytes:
        return hello + encode(M.ICON, 7, tail=data)

    yield Case(create(7) + encode(M.ICON, 7, tail=icon_of((1, 1, 1))), f"not supported {line}, window 0x7")
    for width, height in ((0, 1), (129, 1), (1 << 16, 1 << 16), (1 << 30, 1 << 30), (0xFFFFFFFF, 0xFFFFFFFF)):
        second = icon_of((2, 2, 4), (width, height, 4))
        yield Case(icon(second), f"value out of range {line}.*size {width}x{height}")
    yield Case(icon(icon_of((2, 2, 3))), f"wrong length {line}.*4 bytes of pixels missing")
    yield Case(icon(icon_of((128, 128, 0))), f"wrong length {line}.*65536 bytes of pixels missing")
    yield Case(icon(icon_of((2, 2, 5))), f"wrong length {line}.*4 bytes for a width and a height")
    yield Case(icon(icon_of((2, 2, 4)) + bytes(4)), f"wrong length {line}.*4 bytes for a width and a height")
    yield Case(icon(icon_of(*[(1, 1, 1)] * 5)), f"over a limit {line}.*more than 4 images")
    yield Case(hello + header(M.ICON, 7, 4 * (MAX_ICON_WORDS + 1)), f"too long {line}")


def test_bad_icons_end_the_qube(scene: Scene) -> None:
    attack_with(scene, list(bad_icons()))


def bad_dumps() -> Iterator[Case]:
    """References of a pool of 2,048 pages, for a picture of 64x64: four pages."""
    line = r"in WINDOW_DUMP \(147\)"

    def dump(*refs: int, kind: int = 0, width: int = 64, height: int = 64) -> bytes:
        return create(7) + encode(M.WINDOW_DUMP, 7, kind, width, height, 24, tail=struct.pack(f"<{len(refs)}I", *refs))

    yield Case(dump(0, 1, 2), f"unusable page references {line}.*3 refs for 4 pages")
    yield Case(dump(), f"unusable page references {line}.*0 refs for 4 pages")
    yield Case(dump(*range(4), width=16384, height=6144), f"unusable page references {line}.*4 refs for 98304 pages")
    for refs in ((0, 1, 2, 2048), (0xFFFFFFFF, 1, 2, 3), (0, 1, 2, 3, 0x80000000)):
        yield Case(dump(*refs), f"unusable page references {line}.*outside the pool of 2048 pages")
    yield Case(dump(0, kind=1), f"value out of range {line}.*type 1")
    for width, height in ((0, 64), (16385, 1), (0xFFFFFFFF, 0xFFFFFFFF)):
        yield Case(dump(*range(4), width=width, height=height), f"value out of range {line}.*image {width}x{height}")


def test_bad_values_end_the_qube(scene: Scene) -> None:
    attack_with(scene, [*bad_values(), *bad_dumps()])


def test_wrong_length_from_an_old_agent_is_warned_of_once_and_read_as_the_fixed_size(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker(minor=5) as evil:
            stage.under_way.set()
            wrong = header(M.UNMAP, 7, 4_000_000_000)
            evil.agent.send_raw(create(7) + wrong * 1000 + encode(M.WMNAME, 7, b"last"))
            window = evil.daemon.window(7)
            evil.goes_on()
            assert window["remote_wid"] == 7
            assert evil.log().count("wrong length in UNMAP (133) from a 1.5 agent") == 1

    scene.check(attack)


def test_ninety_eight_thousand_references_too_many_end_the_qube_before_they_arrive(scene: Scene) -> None:
    length = 16 + 4 * (MAX_GRANT_REFS + 1)
    attack_with(scene, [Case(create(7) + header(M.WINDOW_DUMP, 7, length), r"too long in WINDOW_DUMP \(147\)")])


@pytest.mark.slow
def test_half_a_message_then_silence_ends_the_qube_after_the_timeout(scene: Scene) -> None:
    """One agent stops inside a header, one inside a body, one inside its version, one dribbles all the time.

    One stops inside a message about a picture, the first that it says after a rest; one goes on in time, and rests.
    """
    picture = encode(M.SHMIMAGE, 7, 0, 0, 10, 10)

    def stops(data: bytes, *, shake_hands: bool = True, after: bytes = b"") -> None:
        with scene.attacker(shake_hands=shake_hands) as evil:
            if not shake_hands:
                evil.agent.accept()
            if after:
                evil.agent.send_raw(after)
                evil.daemon.window(7)
            evil.agent.send_raw(data)
            evil.ends("ended too early: a message began and did not end", timeout_s=HALF_MESSAGE_TIMEOUT_S + 5)

    def goes_on() -> None:
        with scene.attacker() as evil:
            evil.agent.send_raw(create(7))
            evil.daemon.window(7)
            evil.agent.send_raw(picture[:20])
            evil.until_idle(scene.server)
            evil.agent.send_raw(picture[20:])
            holds_for(lambda: evil.daemon.child.alive, HALF_MESSAGE_TIMEOUT_S + 2, "an agent that ended its message")
            evil.goes_on()

    def dribbles() -> None:
        with scene.attacker() as evil:
            evil.agent.send_raw(create(7))
            evil.agent.send_raw(header(M.WINDOW_DUMP, 7, 16 + 4 * MAX_GRANT_REFS))
            while evil.daemon.child.alive:
                try:
                    evil.agent.send_raw(b"\0")
                    evil.agent.poll(0.01)
                except (OSError, EOFError):
                    break
            evil.ends("ended too early")

    def attack(stage: Stage) -> None:
        with ThreadPoolExecutor(6) as pool:
            results = [
                pool.submit(stops, create(7) + header(M.WMNAME, 7, 128)[:5]),
                pool.submit(stops, create(7) + header(M.WMNAME, 7, 128) + PEER),
                pool.submit(stops, b"\x08\x00", shake_hands=False),
                pool.submit(dribbles),
                pool.submit(stops, picture[:20], after=create(7)),
                pool.submit(goes_on),
            ]
            stage.under_way.set()
            for result in results:
                result.result()

    scene.check(attack)


def test_one_byte_at_a_time_is_slow_and_legal(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            for number in range(20):
                for byte in create(number) + encode(M.WMNAME, number, b"slow"):
                    evil.agent.send_raw(bytes([byte]))
            evil.daemon.window(19)
            evil.goes_on()

    scene.check(attack)
