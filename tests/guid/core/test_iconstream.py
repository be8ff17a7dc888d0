"""guid/core/iconstream.py, iconpost.py: hostile numbers throughout, and what is kept of what comes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colors.iconimage import IconImage
from guid.core.iconpost import A_SECOND, AT_ONCE, MAX_WAITING, IconPost
from guid.core.iconstream import IconStream, StreamedIcon
from guid.core.values import RemoteId
from protocol.errors import RemoteProtocolError, Violation
from protocol.limits import MAX_ICON_SIDE_PX, MAX_STREAMED_ICON_SIDE_PX

RED, BLUE = b"\xff\0\0\x80", b"\0\0\xff\xff"
"""R, G, B, A, as the stream has them."""
SOUND = b"7\n2 1\n" + RED + BLUE
OF_SOUND = StreamedIcon(RemoteId(7), IconImage(2, 1, b"\0\0\xff\x80" + b"\xff\0\0\xff"))


def cut(data: bytes, stream: IconStream | None = None) -> list[StreamedIcon]:
    return list((stream or IconStream()).receive(untrusted_data=data))


def test_icon_is_cut_out_of_the_stream_and_the_next_one_too() -> None:
    other = StreamedIcon(RemoteId(0xFFFFFFFF), IconImage(1, 1, b"\xff\0\0\xff"))
    assert cut(SOUND + b"4294967295\n1 1\n" + BLUE + SOUND) == [OF_SOUND, other, OF_SOUND]


@given(st.lists(st.integers(0, 30), max_size=6))
def test_slicing_of_the_stream_never_matters(cuts: list[int]) -> None:
    stream, data, at = IconStream(), SOUND * 2, 0
    found: list[StreamedIcon] = []
    for step in [*cuts, len(data)]:
        found += cut(data[at : at + step], stream)
        at += step
    assert found == [OF_SOUND] * 2
    assert stream.between_icons


HOSTILE: dict[str, tuple[bytes, Violation]] = {
    "no number": (b"window\n", Violation.BAD_VALUE),
    "nothing": (b"\n", Violation.BAD_VALUE),
    "negative": (b"-1\n", Violation.BAD_VALUE),
    "hexadecimal": (b"0x7\n", Violation.BAD_VALUE),
    "a sign": (b"+7\n", Violation.BAD_VALUE),
    "an underscore": (b"1_0\n", Violation.BAD_VALUE),
    "spaces": (b" 7 \n", Violation.BAD_VALUE),
    "carriage return": (b"7\r\n", Violation.BAD_VALUE),
    "another script's digits": ("\N{ARABIC-INDIC DIGIT SEVEN}\n".encode(), Violation.BAD_VALUE),
    "a zero byte": (b"7\0\n", Violation.BAD_VALUE),
    "33 bits": (b"4294967296\n", Violation.BAD_VALUE),
    "64 bits": (b"18446744073709551616\n", Violation.BAD_VALUE),
    "an endless line": (b"7" * 32, Violation.TOO_LONG),
    "an endless line of zeros": (b"\0" * 100_000, Violation.TOO_LONG),
    "an endless size": (b"7\n" + b"1" * 32, Violation.TOO_LONG),
    "one number as size": (b"7\n16\n", Violation.BAD_VALUE),
    "three numbers as size": (b"7\n16 16 16\n", Violation.BAD_VALUE),
    "no width": (b"7\n0 16\n", Violation.BAD_VALUE),
    "no height": (b"7\n16 0\n", Violation.BAD_VALUE),
    "negative width": (b"7\n-16 16\n", Violation.BAD_VALUE),
    "a fraction": (b"7\n1.5 16\n", Violation.BAD_VALUE),
    "too wide": (b"7\n2049 1\n", Violation.BAD_VALUE),
    "too high": (b"7\n1 2049\n", Violation.BAD_VALUE),
    "16 bits": (b"7\n65536 65536\n", Violation.BAD_VALUE),
    "31 bits": (b"7\n2147483648 2147483648\n", Violation.BAD_VALUE),
    "two spaces": (b"7\n16  16\n", Violation.BAD_VALUE),
    "HTTP": (b"GET / HTTP/1.1\r\nHost: a\r\n", Violation.BAD_VALUE),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_makes_no_sense_ends_the_stream_and_not_what_came_before(name: str) -> None:
    data, violation = HOSTILE[name]
    stream, found = IconStream(), []
    with pytest.raises(RemoteProtocolError) as caught:
        found += cut(SOUND, stream)
        cut(data, stream)
    assert found == [OF_SOUND]
    assert caught.value.violation is violation
    assert not any(word in str(caught.value) for word in ("HTTP", "window\n", "0x7"))


@pytest.mark.parametrize("end", range(1, len(SOUND)))
def test_stream_that_ends_early_gives_no_icon(end: int) -> None:
    stream = IconStream()
    assert cut(SOUND[:end], stream) == []
    assert not stream.between_icons


def test_large_image_is_made_smaller_while_it_comes_and_is_never_kept_whole() -> None:
    side = MAX_STREAMED_ICON_SIDE_PX
    stream, row = IconStream(), struct.pack(">I", 0x11223344) * side
    assert cut(b"7\n%d %d\n" % (side, side), stream) == []
    for _ in range(side - 1):
        assert cut(row, stream) == []
        assert len(stream._unread) == 0
    (icon,) = cut(row, stream)
    small = MAX_ICON_SIDE_PX
    assert icon.image == IconImage(small, small, b"\x33\x22\x11\x44" * small * small)


def test_long_and_thin_image_keeps_a_row() -> None:
    (icon,) = cut(b"7\n2048 1\n" + RED * 2048)
    assert (icon.image.width, icon.image.height) == (128, 1)


def icon_for(window: int, value: int = 0) -> StreamedIcon:
    return StreamedIcon(RemoteId(window), IconImage(1, 1, bytes([value]) * 4))


def test_icon_waits_for_its_window_and_only_the_newest_does() -> None:
    post = IconPost(0.0)
    for value in (1, 2):
        post.arrived(icon_for(7, value))
    post.arrived(icon_for(8))
    assert post.deliverable({RemoteId(9)}) == []
    assert post.deliverable({RemoteId(7)}) == [icon_for(7, 2)]
    assert post.deliverable({RemoteId(7), RemoteId(8)}) == [icon_for(8)]


def test_icons_for_too_many_windows_that_are_not_there_are_forgotten_the_oldest_first() -> None:
    post = IconPost(0.0)
    for window in range(1000):
        post.arrived(icon_for(window))
    found = post.deliverable({RemoteId(window) for window in range(1000)})
    assert found == [icon_for(window) for window in range(1000 - MAX_WAITING, 1000)]


def test_flood_of_icons_is_read_more_slowly() -> None:
    post = IconPost(0.0)
    for _ in range(AT_ONCE - 1):
        post.arrived(icon_for(7))
        assert post.wait_s(0.0) == 0
    post.arrived(icon_for(7))
    assert post.wait_s(0.0) == pytest.approx(1 / A_SECOND)
    assert post.wait_s(1 / A_SECOND) == 0
