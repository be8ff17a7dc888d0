"""guid/core/sanitize.py: every bound on both of its sides, and anything at all gives a value or a violation."""

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core import sanitize
from guid.core.geometry import Rect
from guid.core.values import (
    ClassName,
    Cursor,
    CursorImage,
    Damage,
    FlagChange,
    HintFlag,
    Image,
    MapRequest,
    NewWindow,
    RemoteId,
    SizeHints,
    WindowFlag,
)
from protocol import formats
from protocol.errors import RemoteProtocolError, Violation
from protocol.limits import MAX_WINDOW_HEIGHT_PX, MAX_WINDOW_WIDTH_PX
from shm.runs import Run

W, H = MAX_WINDOW_WIDTH_PX, MAX_WINDOW_HEIGHT_PX
U32 = st.one_of(
    st.integers(0, 2**32 - 1),
    st.sampled_from([0, 1, H - 1, H, H + 1, W - 1, W, W + 1, 2**31 - 1, 2**31, 2**32 - 1]),
)
POOL_PAGES = 1000


def refused(call: Callable[[], object]) -> Violation:
    with pytest.raises(RemoteProtocolError) as caught:
        call()
    return caught.value.violation


# CREATE, CONFIGURE


def create(x: int = 1, y: int = 2, width: int = 3, height: int = 4, popup: int = 0) -> NewWindow:
    return sanitize.new_window(untrusted_body=formats.CREATE.pack(x, y, width, height, 77, popup))


def configured(x: int = 1, y: int = 2, width: int = 3, height: int = 4) -> Rect:
    return sanitize.configured(untrusted_body=formats.CONFIGURE.pack(x, y, width, height, 1))


@pytest.mark.parametrize("rect_of", [lambda *four: create(*four).content, configured], ids=["create", "configure"])
class TestContentRect:
    @pytest.mark.parametrize(
        ("sent", "value"),
        [
            ((0, 0, 1, 1), (0, 0, 1, 1)),
            ((W - 1, H - 1, W - 1, H - 1), (W - 1, H - 1, W - 1, H - 1)),
            ((W, H, W, H), (W, H, W, H)),
            ((W + 1, H + 1, W + 1, H + 1), (W, H, W, H)),
            ((-W, -H, 5, 5), (-W, -H, 5, 5)),
            ((-W - 1, -H - 1, 5, 5), (-W, -H, 5, 5)),
            ((2**31 - 1, -(2**31), 2**31 - 1, 2**31 - 1), (W, -H, W, H)),
        ],
    )
    def test_number_beyond_its_bound_is_clamped(
        self, rect_of: Callable[..., Rect], sent: tuple[int, ...], value: tuple[int, ...]
    ) -> None:
        assert rect_of(*sent) == value

    @pytest.mark.parametrize("size", [(0, 5), (5, 0), (2**31, 5), (5, 2**31), (2**32 - 1, 5), (5, 2**32 - 1)])
    def test_side_of_zero_or_negative_in_c_is_refused(
        self, rect_of: Callable[..., Rect], size: tuple[int, int]
    ) -> None:
        assert refused(lambda: rect_of(0, 0, *size)) is Violation.BAD_VALUE


def test_new_window_any_nonzero_flag_is_override_redirect() -> None:
    assert not create(popup=0).override_redirect
    assert create(popup=1).override_redirect
    assert create(popup=2**31).override_redirect


# MAP


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ((0, 0), MapRequest(transient_for=None, override_redirect=False)),
        ((9, 2), MapRequest(transient_for=RemoteId(9), override_redirect=True)),
    ],
)
def test_map_request_zero_is_no_parent(sent: tuple[int, int], value: MapRequest) -> None:
    assert sanitize.map_request(untrusted_body=formats.MAP.pack(*sent)) == value


# SHMIMAGE


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1)),
        ((0, 0, W, H), (0, 0, W, H)),
        ((0, 0, 2**31 - 1, 2**31 - 1), (0, 0, W, H)),
        ((W - 1, H - 1, 5, 5), (W - 1, H - 1, 1, 1)),
        ((W - 2, 0, 2, 1), (W - 2, 0, 2, 1)),
        ((W, 0, 5, 5), None),
        ((0, H, 5, 5), None),
        ((-1, 0, 5, 5), None),
        ((0, -1, 5, 5), None),
        ((0, 0, 0, 5), None),
        ((0, 0, 5, 0), None),
        ((0, 0, 2**31, 5), None),
        ((0, 0, 5, 2**31), None),
    ],
)
def test_damage_bounds(sent: tuple[int, ...], value: tuple[int, int, int, int] | None) -> None:
    found = sanitize.damage(untrusted_body=formats.SHMIMAGE.pack(*sent))
    assert found == (Damage(*value) if value is not None else None)


# WINDOW_DUMP


def dump(refs: list[int], width: int = 1, height: int = 1, kind: int = 0, bpp: int = 24) -> Image:
    body = formats.WINDOW_DUMP.pack(kind, width, height, bpp) + struct.pack(f"<{len(refs)}I", *refs)
    return sanitize.image(untrusted_body=body, pool_pages=POOL_PAGES)


def test_image_refs_become_runs() -> None:
    assert dump([5, 6, 9], 1024, 3) == Image(1024, 3, (Run(5, 2), Run(9, 1)))


def test_image_refs_beyond_the_picture_are_left_out() -> None:
    assert dump([5, 6, 7], 32, 32).runs == (Run(5, 1),)
    assert dump([5, 6, 7], 33, 32).runs == (Run(5, 2),)


def test_image_repeated_refs_are_legal() -> None:
    assert dump([3, 3, 3], 1024, 3).runs == (Run(3, 1),) * 3


def test_image_bpp_is_ignored() -> None:
    assert dump([0], bpp=2**32 - 1) == Image(1, 1, (Run(0, 1),))


@pytest.mark.parametrize(
    ("width", "height"),
    [(0, 1), (1, 0), (W + 1, 1), (1, H + 1), (2**31, 1), (2**32 - 1, 2**32 - 1), (2**16, 2**16)],
)
def test_image_size_out_of_bounds_is_refused(width: int, height: int) -> None:
    assert refused(lambda: dump([0] * 8, width, height)) is Violation.BAD_VALUE


@pytest.mark.parametrize(("width", "height"), [(W, 1), (1, H), (W - 1, 1), (1, H - 1)])
def test_image_size_at_its_bound_is_taken(width: int, height: int) -> None:
    assert dump(list(range(16)), width, height).width == width


def test_image_largest_has_the_most_refs() -> None:
    body = formats.WINDOW_DUMP.pack(0, W, H, 24) + struct.pack("<I", 1) * (W * H * 4 // 4096)
    assert len(sanitize.image(untrusted_body=body, pool_pages=2).runs) == 98_304
    assert refused(lambda: sanitize.image(untrusted_body=body[:-4], pool_pages=2)) is Violation.BAD_REFS


def test_image_of_another_type_is_refused() -> None:
    assert refused(lambda: dump([0], kind=1)) is Violation.BAD_VALUE


def test_image_with_too_few_refs_is_refused() -> None:
    assert refused(lambda: dump([])) is Violation.BAD_REFS
    assert refused(lambda: dump([0], 1025, 1)) is Violation.BAD_REFS
    assert dump([0], 1024, 1).width == 1024


@pytest.mark.parametrize("refs", [[POOL_PAGES], [0, POOL_PAGES], [2**32 - 1]])
def test_image_ref_outside_the_pool_is_refused_even_if_it_is_not_needed(refs: list[int]) -> None:
    assert refused(lambda: dump(refs)) is Violation.BAD_REFS
    assert dump([POOL_PAGES - 1]).runs == (Run(POOL_PAGES - 1, 1),)


# WMNAME, WMCLASS


def test_title_byte_127_is_taken_as_zero() -> None:
    assert sanitize.title(untrusted_body=b"a" * 128) == "a" * 127


def test_title_of_128_raw_bytes_cut_inside_a_character_is_text() -> None:
    assert sanitize.title(untrusted_body=("é" * 64).encode()) == "é" * 63 + "_"


def test_class_name_class_comes_first_and_byte_63_is_zero() -> None:
    body = b"Class".ljust(64, b"\0") + b"i" * 64
    assert sanitize.class_name(untrusted_body=body) == ClassName(instance="i" * 63, class_="Class")


def test_class_name_is_ascii_only() -> None:
    body = "é\n:".encode().ljust(64, b"\0") + b"\x7f\x1b~".ljust(64, b"\0")
    assert sanitize.class_name(untrusted_body=body) == ClassName(instance="__~", class_="___:")


# WINDOW_HINTS


def hints(flags: int, *sizes: int) -> SizeHints:
    return sanitize.size_hints(untrusted_body=formats.WINDOW_HINTS.pack(flags, *sizes, *[0] * (8 - len(sizes))))


MIN, MAX, INC, BASE = HintFlag.P_MIN_SIZE, HintFlag.P_MAX_SIZE, HintFlag.P_RESIZE_INC, HintFlag.P_BASE_SIZE


@pytest.mark.parametrize(
    ("flag", "place", "pair", "good"),
    [
        (MIN, 0, (0, 0), True),
        (MIN, 0, (W, H), True),
        (MIN, 0, (W + 1, H), False),
        (MIN, 0, (W, H + 1), False),
        (MAX, 2, (0, 1), False),
        (MAX, 2, (1, 0), False),
        (MAX, 2, (1, 1), True),
        (MAX, 2, (W, H), True),
        (MAX, 2, (W + 1, H), False),
        (MAX, 2, (W, H + 1), False),
        (INC, 4, (0, 0), True),
        (INC, 4, (W - 1, H - 1), True),
        (INC, 4, (W, 1), False),
        (INC, 4, (1, H), False),
        (BASE, 6, (0, 0), True),
        (BASE, 6, (W, H), True),
        (BASE, 6, (W + 1, 0), False),
        (BASE, 6, (0, H + 1), False),
        (BASE, 6, (2**32 - 1, 2**32 - 1), False),
    ],
)
def test_size_hints_bad_group_loses_its_flag_and_no_other(
    *, flag: HintFlag, place: int, pair: tuple[int, int], good: bool
) -> None:
    sizes = [0, 0, 30, 40, 2, 2, 0, 0]
    sizes[place : place + 2] = pair
    found = hints(int(MIN | MAX | INC | BASE), *sizes)
    assert (flag in found.flags) is good
    assert found.flags | flag == MIN | MAX | INC | BASE
    assert (found.min_size, found.max_size, found.increment, found.base_size)[place // 2] in (
        [pair] if good and place != 2 else [pair, (0, 0)]
    )


@pytest.mark.parametrize("bit", range(32))
def test_size_hints_only_known_flags_pass(bit: int) -> None:
    found = hints(1 << bit, 5, 5, 6, 6, 2, 2, 3, 3)
    assert found.flags == (1 << bit if 1 << bit in (1, 4, 16, 32, 64, 256) else 0)


def test_size_hints_pair_without_its_flag_is_zero() -> None:
    assert hints(0, 5, 5, 6, 6, 2, 2, 3, 3) == SizeHints()


def test_size_hints_largest_below_smallest_becomes_the_smallest() -> None:
    assert hints(int(MIN | MAX), 50, 10, 40, 20).max_size == (50, 20)


# WINDOW_FLAGS


def flags(to_set: int, to_clear: int) -> FlagChange:
    return sanitize.flag_change(untrusted_body=formats.WINDOW_FLAGS.pack(to_set, to_clear))


@pytest.mark.parametrize("bit", range(32))
def test_flag_change_same_bit_on_both_sides_is_refused(bit: int) -> None:
    assert refused(lambda: flags(1 << bit, 1 << bit | 1)) is Violation.BAD_VALUE


@pytest.mark.parametrize("bit", range(32))
def test_flag_change_unknown_bits_are_dropped_and_minimise_cannot_be_cleared(bit: int) -> None:
    assert flags(1 << bit, 0) == FlagChange(WindowFlag(1 << bit if bit < 3 else 0), WindowFlag(0))
    assert flags(0, 1 << bit) == FlagChange(WindowFlag(0), WindowFlag(1 << bit if bit < 2 else 0))


# CURSOR


@pytest.mark.parametrize(
    ("sent", "glyph"),
    [(0, None), (0x100, 0), (0x101, None), (0x102, 2), (0x198, 0x98), (0x199, None)],
)
def test_cursor_is_a_glyph_or_the_default(sent: int, glyph: int | None) -> None:
    assert sanitize.cursor(untrusted_body=formats.CURSOR.pack(sent)) == Cursor(glyph)


@pytest.mark.parametrize("sent", [1, 0x99, 0xFF, 0x19A, 0x200, 0x1000100, 2**32 - 1])
def test_cursor_out_of_range_is_refused(sent: int) -> None:
    assert refused(lambda: sanitize.cursor(untrusted_body=formats.CURSOR.pack(sent))) is Violation.BAD_VALUE


OPAQUE = b"\x10\x20\x30\xff"


def cursor_body(width: int, height: int, hot_x: int, hot_y: int, pixels: bytes) -> bytes:
    return formats.CURSOR_IMAGE.pack(width, height, hot_x, hot_y) + pixels


@pytest.mark.parametrize("size", [(4, 4, 3, 3), (64, 64, 63, 0), (1, 64, 0, 63), (16, 1, 0, 0)])
def test_cursor_image_of_a_legal_size_is_taken_as_it_is(size: tuple[int, int, int, int]) -> None:
    pixels = OPAQUE * (size[0] * size[1])
    found = sanitize.cursor_image(untrusted_body=cursor_body(*size, pixels))
    assert found == Cursor(None, CursorImage(*size, pixels))


@pytest.mark.parametrize("size", [(0, 4, 0, 0), (4, 0, 0, 0), (65, 1, 0, 0), (1, 65, 0, 0), (4, 4, 4, 0), (4, 4, 0, 4)])
def test_cursor_image_of_another_size_or_hotspot_is_refused(size: tuple[int, int, int, int]) -> None:
    body = cursor_body(*size, OPAQUE * (size[0] * size[1]))
    assert refused(lambda: sanitize.cursor_image(untrusted_body=body)) is Violation.BAD_VALUE


@pytest.mark.parametrize("pixels", [0, 15, 17, 4096])
def test_cursor_image_with_another_number_of_pixels_is_refused(pixels: int) -> None:
    body = cursor_body(4, 4, 0, 0, OPAQUE * pixels)
    assert refused(lambda: sanitize.cursor_image(untrusted_body=body)) is Violation.WRONG_LENGTH


@pytest.mark.parametrize(
    ("seen", "alpha", "dot"), [(16, 255, False), (16, 128, False), (16, 127, True), (15, 255, True)]
)
def test_cursor_image_is_a_dot_unless_enough_of_it_is_seen(seen: int, alpha: int, *, dot: bool) -> None:
    pixels = bytes([1, 1, 1, alpha]) * seen + bytes(4 * (64 - seen))
    found = sanitize.cursor_image(untrusted_body=cursor_body(8, 8, 0, 0, pixels))
    assert (found.glyph, found.image is None) == ((38, True) if dot else (None, False))


# Anything at all

FIXED: dict[str, tuple[Callable[..., object], struct.Struct]] = {
    "create": (sanitize.new_window, formats.CREATE),
    "map": (sanitize.map_request, formats.MAP),
    "configure": (sanitize.configured, formats.CONFIGURE),
    "shmimage": (sanitize.damage, formats.SHMIMAGE),
    "wmname": (sanitize.title, formats.WMNAME),
    "wmclass": (sanitize.class_name, formats.WMCLASS),
    "hints": (sanitize.size_hints, formats.WINDOW_HINTS),
    "flags": (sanitize.flag_change, formats.WINDOW_FLAGS),
    "cursor": (sanitize.cursor, formats.CURSOR),
}


@pytest.mark.parametrize("name", FIXED)
@given(data=st.data())
def test_any_body_of_the_right_length_gives_a_value_or_a_violation(name: str, data: st.DataObject) -> None:
    check, layout = FIXED[name]
    words = layout.size // 4
    body = data.draw(st.one_of(st.binary(min_size=layout.size, max_size=layout.size), packed(words)))
    try:
        value = check(untrusted_body=body)
    except RemoteProtocolError as error:
        assert error.violation is Violation.BAD_VALUE
        assert str(error).isascii()
    else:
        hash(value)


def packed(words: int) -> st.SearchStrategy[bytes]:
    return st.lists(U32, min_size=words, max_size=words).map(lambda numbers: struct.pack(f"<{words}I", *numbers))


@given(
    head=st.tuples(st.sampled_from([0, 1, 2**32 - 1]), st.one_of(st.integers(0, 80), U32), st.integers(0, 80), U32),
    refs=st.lists(st.one_of(st.integers(0, POOL_PAGES + 1), U32), max_size=12),
)
def test_any_dump_gives_an_image_inside_the_pool_or_a_violation(
    head: tuple[int, int, int, int], refs: list[int]
) -> None:
    body = formats.WINDOW_DUMP.pack(*head) + struct.pack(f"<{len(refs)}I", *refs)
    try:
        image = sanitize.image(untrusted_body=body, pool_pages=POOL_PAGES)
    except RemoteProtocolError as error:
        assert error.violation in (Violation.BAD_VALUE, Violation.BAD_REFS)
        return
    assert 1 <= image.width <= W
    assert 1 <= image.height <= H
    assert all(run.pages > 0 and run.first_page + run.pages <= POOL_PAGES for run in image.runs)
    assert sum(run.pages for run in image.runs) * 4096 >= image.width * image.height * 4
