"""shm/x11/mitshm.py with a pool on a real server: pixels that never pass through a socket."""

import os
import random
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, error

from protocol.limits import MAX_POOL_BYTES, PAGE_BYTES
from shm.errors import ShmError
from shm.pool import Pool
from shm.runs import bands, pieces, runs_of
from shm.x11.connection import XConnection
from shm.x11.mitshm import MitShm
from shm.x11.requests import copy_area

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 101, 67


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool.create(1 << 20)
    yield made
    made.close()


@pytest.fixture
def target(connection: XConnection) -> Any:
    screen = connection.display.screen()
    return screen.root.create_pixmap(WIDTH, HEIGHT, screen.root_depth)


@pytest.fixture
def gc(target: Any) -> Any:
    return target.create_gc(graphics_exposures=False, foreground=0)


def attach_read_only(shm: MitShm, pool: Pool) -> int:
    fd = pool.open_read_only()
    try:
        return shm.attach_fd(fd, read_only=True)
    finally:
        os.close(fd)


def colours(count: int, seed: int = 1) -> bytes:
    rng = random.Random(seed)
    return b"".join(struct.pack("=I", rng.getrandbits(24)) for _ in range(count))


def shown(drawable: Any, width: int = WIDTH, height: int = HEIGHT) -> bytes:
    return bytes(drawable.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF).data)


def test_put_image_shows_what_another_process_wrote(connection: XConnection, pool: Pool, target: Any, gc: Any) -> None:
    shm = MitShm(connection)
    segment = attach_read_only(shm, pool)
    picture = colours(WIDTH * HEIGHT)
    os.pwrite(pool.fd, picture, 3 * PAGE_BYTES)
    put = shm.put_image(
        target.id, gc.id, WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT, 0, 0, target.get_geometry().depth, segment, 3 * PAGE_BYTES
    )
    connection.send(put, 1)
    assert shown(target) == picture
    # Only the rectangle that was put changes.
    os.pwrite(pool.fd, bytes(len(picture)), 3 * PAGE_BYTES)
    connection.send(shm.put_image(target.id, gc.id, WIDTH, HEIGHT, 5, 6, 7, 8, 5, 6, 24, segment, 3 * PAGE_BYTES), 1)
    expected = bytearray(picture)
    for row in range(6, 14):
        start = 4 * (row * WIDTH + 5)
        expected[start : start + 28] = bytes(28)
    assert shown(target) == expected


def test_put_image_of_scattered_pages_by_bands(connection: XConnection, pool: Pool, target: Any, gc: Any) -> None:
    shm = MitShm(connection)
    segment = attach_read_only(shm, pool)
    picture = colours(WIDTH * HEIGHT, seed=2)
    pages = -(-len(picture) // PAGE_BYTES)
    refs = random.Random(3).sample(range(pool.pages), pages)
    for number, ref in enumerate(refs):
        os.pwrite(pool.fd, picture[number * PAGE_BYTES : (number + 1) * PAGE_BYTES], ref * PAGE_BYTES)
    puts = [
        shm.put_image(
            target.id,
            gc.id,
            piece.total_width,
            piece.total_height,
            piece.source_x,
            piece.source_y,
            piece.width,
            piece.height,
            piece.target_x,
            piece.target_y,
            24,
            segment,
            piece.offset_bytes,
        )
        for piece in pieces(bands(runs_of(refs), WIDTH, HEIGHT), (0, 0, WIDTH, HEIGHT))
    ]
    connection.send(b"".join(puts), len(puts))
    assert shown(target) == picture


def test_pixmaps_in_the_pool_receive_copies_at_their_offsets(
    connection: XConnection, pool: Pool, target: Any, gc: Any
) -> None:
    shm = MitShm(connection)
    assert shm.shared_pixmaps
    segment = shm.attach_fd(pool.fd, read_only=False)
    rng = random.Random(8)
    expected = {}
    for first_page in range(0, pool.pages - 1, 2):
        colour = rng.getrandbits(24)
        gc.change(foreground=colour)
        target.fill_rectangle(gc, 0, 0, WIDTH, HEIGHT)
        pixmap = shm.create_pixmap(target.id, 20, 30, 24, segment, first_page * PAGE_BYTES)
        connection.send(copy_area(target.id, pixmap, gc.id, 0, 0, 0, 0, 20, 30), 1)
        expected[first_page] = colour
    connection.sync()
    for first_page, colour in expected.items():
        assert os.pread(pool.fd, 20 * 30 * 4, first_page * PAGE_BYTES) == struct.pack("=I", colour) * 600
        assert os.pread(pool.fd, 8, first_page * PAGE_BYTES + 2400) == bytes(8)


def test_put_image_reaches_the_4_gib_edge(connection: XConnection, target: Any, gc: Any) -> None:
    pool = Pool.create(MAX_POOL_BYTES)
    try:
        shm = MitShm(connection)
        segment = attach_read_only(shm, pool)
        picture = colours(1024, seed=4)
        os.pwrite(pool.fd, picture, MAX_POOL_BYTES - PAGE_BYTES)
        connection.send(
            shm.put_image(target.id, gc.id, 32, 32, 0, 0, 32, 32, 0, 0, 24, segment, MAX_POOL_BYTES - PAGE_BYTES), 1
        )
        assert shown(target, 32, 32) == picture
        shm.detach(segment)
        connection.sync()
    finally:
        pool.close()


def test_put_image_beyond_the_segment_is_an_error_and_draws_nothing(
    connection: XConnection, pool: Pool, target: Any, gc: Any
) -> None:
    shm = MitShm(connection)
    found: list[error.XError] = []
    connection.on_error(found.append)
    segment = attach_read_only(shm, pool)
    target.fill_rectangle(gc, 0, 0, WIDTH, HEIGHT)
    before = shown(target)
    connection.send(
        shm.put_image(target.id, gc.id, 64, 64, 0, 0, 64, 64, 0, 0, 24, segment, pool.size_bytes - PAGE_BYTES), 1
    )
    connection.sync()
    assert [type(failure) for failure in found] == [error.BadValue]
    assert shown(target) == before


def test_attach_fd_read_only_segment_cannot_be_written_through(
    connection: XConnection, pool: Pool, target: Any
) -> None:
    shm = MitShm(connection)
    segment = attach_read_only(shm, pool)
    with pytest.raises(error.BadAccess):
        shm.get_image(target.id, 0, 0, 8, 8, segment, 0)
    assert os.pread(pool.fd, 256, 0) == bytes(256)


def test_attach_fd_for_writing_of_a_read_only_descriptor_is_refused(connection: XConnection, pool: Pool) -> None:
    fd = pool.open_read_only()
    try:
        with pytest.raises(ShmError, match="BadAccess"):
            MitShm(connection).attach_fd(fd, read_only=False)
    finally:
        os.close(fd)


def test_attach_fd_of_what_is_no_memory_is_refused_and_the_next_one_works(connection: XConnection, pool: Pool) -> None:
    shm = MitShm(connection)
    reading, writing = os.pipe()
    try:
        with pytest.raises(ShmError, match="BadMatch"):
            shm.attach_fd(reading, read_only=True)
    finally:
        os.close(reading)
        os.close(writing)
    assert attach_read_only(shm, pool)


def test_attach_fd_behind_a_full_queue_rides_with_its_request(connection: XConnection, pool: Pool) -> None:
    shm = MitShm(connection)
    for _ in range(200):
        connection.send(b"\x7f\x00\x01\x00" * 5000, 5000)
    segment = attach_read_only(shm, pool)
    assert attach_read_only(shm, pool) != segment


def test_get_image_writes_the_rectangle_packed(connection: XConnection, pool: Pool, target: Any, gc: Any) -> None:
    shm = MitShm(connection)
    segment = shm.attach_fd(pool.fd, read_only=False)
    picture = colours(WIDTH * HEIGHT, seed=5)
    os.pwrite(pool.fd, picture, 0)
    connection.send(shm.put_image(target.id, gc.id, WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT, 0, 0, 24, segment, 0), 1)
    assert shm.get_image(target.id, 10, 20, 30, 2, segment, 65536) == 240
    start = 4 * (20 * WIDTH + 10)
    following = start + 4 * WIDTH
    assert os.pread(pool.fd, 240, 65536) == picture[start : start + 120] + picture[following : following + 120]


def test_detach_forgets_the_segment(connection: XConnection, pool: Pool, target: Any, gc: Any) -> None:
    shm = MitShm(connection)
    found: list[error.XError] = []
    connection.on_error(found.append)
    segment = attach_read_only(shm, pool)
    shm.detach(segment)
    connection.send(shm.put_image(target.id, gc.id, 8, 8, 0, 0, 8, 8, 0, 0, 24, segment, 0), 1)
    connection.sync()
    assert [failure.code for failure in found] == [shm.first_error]


def test_put_to_a_window_destroyed_in_between_is_one_error_and_the_fence_still_answers(
    connection: XConnection, pool: Pool, gc: Any
) -> None:
    """The reason for the fence: a completion event would never come."""
    shm = MitShm(connection)
    found: list[error.XError] = []
    connection.on_error(found.append)
    segment = attach_read_only(shm, pool)
    window = connection.display.screen().root.create_window(0, 0, 8, 8, 0, X.CopyFromParent)
    window.destroy()
    connection.send(shm.put_image(window.id, gc.id, 8, 8, 0, 0, 8, 8, 0, 0, 24, segment, 0), 1)
    answered: list[bytes] = []
    connection.fence(answered.append)
    connection.sync()
    assert len(answered) == 1
    assert [type(failure) for failure in found] == [error.BadDrawable]
