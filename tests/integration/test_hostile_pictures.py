"""An agent whose pictures are large, scattered, many, or gone: drawing them costs itself, and nobody else."""

import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from protocol.codec import encode
from protocol.limits import MAX_GRANT_REFS, MAX_RUNS_PER_QUBE, MAX_STAGED_PICTURES, PAGE_BYTES
from tests.harness.pixels import pseudo_random, region, screenshot
from tests.harness.wait import wait_until
from tests.integration.hostile_scene import Attacker, Flood, Scene, Stage, new_scene
from tests.integration.hostile_talk import WINDOW, M, Rect, create, dump, flood, many, shown

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with new_scene() as made:
        yield made


def test_picture_in_98304_runs_is_shown_and_delays_nobody(scene: Scene) -> None:
    """The largest picture there is, of two pages in turn: legal, and it ends and stalls nobody."""

    def attack(stage: Stage) -> None:
        with scene.attacker(pool_bytes=1 << 29) as evil:
            pages = pseudo_random(1024, 2)
            evil.agent.write([0, 2], pages.astype("<u4").tobytes())
            refs = [0, 2] * (MAX_GRANT_REFS // 2)
            evil.agent.send_raw(shown(popup=True) + dump(WINDOW, 16384, 6144, refs))
            damage = many(20, lambda n: encode(M.SHMIMAGE, WINDOW, 0, n, 200, 100))
            with Flood(evil.agent, damage) as running:
                stage.under_way.set()
                stage.enough.wait()
            assert running.rounds
            wait_until(lambda: _shows(scene, evil, pages), timeout_s=60.0, what="the picture")
            evil.goes_on()

    scene.check(attack)


def _shows(scene: Scene, evil: Attacker, pages: np.ndarray[tuple[int, int], np.dtype[np.uint32]]) -> bool:
    """Row 0 begins with page 0; 16 pages are one row, so every row begins with it."""
    content = evil.daemon.window(WINDOW)["content"]
    rows = region(screenshot(scene.server.name), tuple(content))
    return bool((rows[0] == pages[0, : rows.shape[1]]).all() and (rows[-20] == pages[0, : rows.shape[1]]).all())


def test_pictures_with_a_page_that_was_never_written_keep_no_popup_over_a_locker(scene: Scene) -> None:
    """As much as may be looked at, all the time: one page at the end of 16 pictures of 98,304 is missing."""
    windows, places = range(100, 116), [(100 * x, 60 * y, 1, 1) for x in range(16) for y in range(16)]
    with scene.locker() as locker, scene.attacker(pool_bytes=64 << 20) as evil:
        last = evil.agent.pool.pages - 1
        evil.agent.write(range(last), b"x" * (last * PAGE_BYTES))
        refs = [number % last for number in range(MAX_GRANT_REFS - 1)] + [last]
        for window in windows:
            place = (50 if window == windows[0] else -9000, 20, 1650, 1000)
            evil.agent.send_raw(shown(window, place, popup=True) + dump(window, 16384, 6144, refs))
        outer = evil.daemon.window(windows[0])["local_xid"]
        damage = b"".join(encode(M.SHMIMAGE, window, *place) for window in windows for place in places)
        with Flood(evil.agent, damage) as running:
            wait_until(lambda: running.rounds > 1, timeout_s=60.0, what="the flood")
            locker.map()
            wait_until(lambda: scene.is_above(locker.id, outer), timeout_s=2.0, what="the popup under the locker")
        evil.goes_on()


def test_picture_behind_many_of_which_nothing_was_written_is_shown(scene: Scene) -> None:
    """They take several batches of which none has anything to draw; nobody but ourselves begins the next."""
    windows, places = range(100, 116), [(100 * x, 60 * y, 1, 1) for x in range(16) for y in range(16)]
    with scene.attacker(pool_bytes=64 << 20) as evil:
        for window in windows:
            place = (-9000, 20, 1650, 1000)
            evil.agent.send_raw(shown(window, place, popup=True) + dump(window, 1650, 1000, [*range(1612)]))
        picture = pseudo_random(300, 200)
        evil.agent.send_raw(shown(popup=True) + dump(WINDOW, 300, 200, [*range(2000, 2059)]))
        wait_until(lambda: len(evil.daemon.windows()) == len(windows) + 1, what="all windows")
        evil.until_idle(scene.server)
        content = next(each["content"] for each in evil.daemon.windows() if each["remote_wid"] == WINDOW)
        evil.agent.write(range(2000, 2059), picture.astype("<u4").tobytes())
        damage = b"".join(encode(M.SHMIMAGE, window, *place) for window in windows for place in places)
        evil.agent.send_raw(damage + encode(M.SHMIMAGE, WINDOW, 0, 0, 300, 200))

        def drawn() -> bool:
            shown_px = region(screenshot(scene.server.name), tuple(content))
            height, width = shown_px.shape
            return bool((shown_px == picture[:height, :width] & 0xFFFFFF).all())

        wait_until(drawn, what="the picture")
        evil.goes_on()


def test_pictures_in_many_runs_beyond_the_limit_end_the_qube(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            refs = [0, 2] * (MAX_GRANT_REFS // 2)
            for window in range(MAX_RUNS_PER_QUBE // MAX_GRANT_REFS + 1):
                evil.agent.send_raw(create(window) + dump(window, 16384, 6144, refs))
            evil.ends(r"over a limit in WINDOW_DUMP \(147\), window 0x2: runs")

    scene.check(attack)


def test_flood_of_scattered_pictures_delays_nobody(scene: Scene) -> None:
    """Each dump wants a copy and an attachment of its own."""
    refs = [0, 2] * 40
    round_ = many(20, lambda n: dump(WINDOW, 280, 290, refs) + encode(M.SHMIMAGE, WINDOW, 0, 0, 280, 290 - n))
    flood(scene, shown(rect=(20, 20, 280, 290), popup=True), round_)


def test_many_scattered_pictures_do_not_end_the_daemon(scene: Scene) -> None:
    """More of them than the daemon may have files open: what cannot be copied is not shown."""

    def attack(stage: Stage) -> None:
        with scene.attacker(pool_bytes=1 << 30) as evil:
            stage.under_way.set()
            refs = [0, 2] * 33
            resource.prlimit(evil.daemon.child.pid, resource.RLIMIT_NOFILE, (64, 64))
            evil.agent.write(refs[:2], bytes(8192))
            for window in range(100):
                evil.agent.send_raw(shown(window, (20, 20, 256, 257), popup=True) + dump(window, 256, 257, refs))
                evil.agent.send_raw(encode(M.SHMIMAGE, window, 0, 0, 256, 257))
                evil.agent.unread_bytes()
            wait_until(lambda: len(evil.daemon.windows()) == 100, timeout_s=30.0, what="the windows")
            evil.goes_on()

    scene.check(attack)


def test_copies_take_few_descriptors_and_each_picture_is_shown_when_it_is_drawn(scene: Scene) -> None:
    """A window of which the copy was let go is drawn from another one."""
    count, refs = 3 * MAX_STAGED_PICTURES, [0, 2] * 33
    with scene.attacker(pool_bytes=1 << 29) as evil:
        opened = Path(f"/proc/{evil.daemon.child.pid}/fd")
        before = len(list(opened.iterdir()))
        for window in range(1, count + 1):
            place = (500 if window == 1 else -9000, 300, 256, 257)
            evil.agent.send_raw(shown(window, place, popup=True) + dump(window, 256, 257, refs))
        wait_until(lambda: len(evil.daemon.windows()) == count, timeout_s=30.0, what="the windows")
        content = tuple(evil.daemon.window(1)["content"])
        damage = many(count, lambda number: encode(M.SHMIMAGE, number + 1, 0, 0, 256, 257))
        for _ in range(3):
            pages = pseudo_random(1024, 2, seed=len(damage))
            evil.agent.write([0, 2], pages.astype("<u4").tobytes())
            evil.agent.send_raw(damage)
            wait_until(lambda pages=pages: _shows_rows(scene, content, pages), timeout_s=30.0, what="the first picture")  # type: ignore[misc]
            evil.until_idle(scene.server)
            assert len(list(opened.iterdir())) <= before + MAX_STAGED_PICTURES
            damage += encode(M.SHMIMAGE, 1, 0, 0, 256, 257)
        row = pseudo_random(256, 1, seed=count)
        evil.agent.write([0], row.astype("<u4").tobytes())
        evil.agent.send_raw(many(count, lambda number: encode(M.SHMIMAGE, number + 1, 0, 0, 256, 1)))
        place = (*content[:2], 256, 1)
        wait_until(lambda: bool((region(screenshot(scene.server.name), place) == row).all()), what="a row of each")
        evil.goes_on()


def _shows_rows(scene: Scene, content: Rect, pages: np.ndarray[tuple[int, int], np.dtype[np.uint32]]) -> bool:
    """Four rows are a page, and there are two pages in turn."""
    rows = region(screenshot(scene.server.name), content)[:256]
    return bool((rows.reshape(32, 2, 1024) == pages & 0xFFFFFF).all())


def test_windows_destroyed_with_draws_in_flight_are_no_error_to_anybody(scene: Scene) -> None:
    """Thousands of puts and the end of their window in one write, again and again."""
    rect = (20, 20, 400, 400)
    body = many(2500, lambda n: encode(M.SHMIMAGE, WINDOW, n % 390, (7 * n) % 390, 3, 3))
    refs = list(range(157))
    round_ = shown(rect=rect, popup=True) + dump(WINDOW, 400, 400, refs) + body + encode(M.DESTROY, WINDOW)

    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            evil.agent.write(refs, pseudo_random(400, 402).astype("<u4").tobytes())
            with Flood(evil.agent, round_) as running:
                wait_until(lambda: running.rounds > 3, what="the flood")
                stage.under_way.set()
                stage.enough.wait()
                wait_until(lambda: running.rounds > 20, what="more of it")
            evil.goes_on()
            assert "refused a request" not in evil.log()

    scene.check(attack)
