"""What an agent wrote into the pool is on the screen, byte for byte, and nothing else of the pool is."""

from collections.abc import Iterator

import numpy as np
import pytest

from protocol.messages import MessageType
from tests.harness.pixels import Pixels, first_difference, pseudo_random, region
from tests.harness.wait import wait_until
from tests.integration.daemon_desk import Four, Framed, Person, wait_framed, wait_shown
from tests.integration.daemon_scene import Scene, managed_scene

pytestmark = pytest.mark.desktop

WIDTH, HEIGHT = 1000, 700
PAGE_PX = 1024
NEUTRAL_RGB = 0x808080


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with managed_scene(WIDTH, HEIGHT) as started:
        yield started


def kind_name(popup: object) -> str:
    return "popup" if popup else "managed"


def size_name(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


def shown(scene: Scene, remote: int) -> Pixels:
    return region(scene.person.picture(), scene.qube.content(remote))


def fence(scene: Scene) -> None:
    """A damage of another window is drawn: then all that was damaged before is drawn too."""
    person, qube = scene
    number = int(person.picture()[0, 0]) + 1 & 0xFFFFFF
    mark = np.full((1, 1), number, np.uint32)
    window = qube.show((960, 660, 1, 1), mark, popup=True)
    wait_shown(qube, person, window.remote, mark)
    qube.destroy(window)


def runs_of_refs(pages: int, runs: int, first: int) -> list[int]:
    """References to `pages` pages in `runs` runs, with a hole after each."""
    each, more = divmod(pages, runs)
    refs: list[int] = []
    for number in range(runs):
        count = each + (number < more)
        refs += range(first, first + count)
        first += count + 1
    return refs


@pytest.mark.parametrize("popup", [False, True], ids=kind_name)
@pytest.mark.parametrize(
    "size",
    [(1, 1), (2, 3), (7, 1), (1, 9), (301, 203), (640, 480), (1023, 33)],
    ids=size_name,
)
def test_picture_of_any_size_is_shown(scene: Scene, size: tuple[int, int], *, popup: bool) -> None:
    person, qube = scene
    picture = pseudo_random(*size, seed=size[0])
    window = qube.show((20, 40, *size), picture, popup=popup)
    visible = WIDTH - 30
    wait_shown(qube, person, window.remote, picture[:, :visible])
    qube.destroy(window)


@pytest.mark.parametrize("runs", [1, 2, 5, 64, 65, 148])
def test_picture_in_runs_is_shown(scene: Scene, runs: int) -> None:
    """301x503 are 148 pages; up to 64 runs are drawn where they are, more are copied first."""
    person, qube = scene
    picture = pseudo_random(301, 503, seed=runs)
    qube.agent.create(remote := qube.new_id(), (50, 60, 301, 503))
    qube.agent.map(remote)
    qube.agent.dump(remote, picture, refs=runs_of_refs(148, runs, first=4000))
    qube.agent.damage(remote, (0, 0, 301, 503))
    wait_shown(qube, person, remote, picture)
    qube.destroy(Framed(0, remote))


@pytest.mark.parametrize("refs", [[9, 9, 9, 9], [9, 10, 9, 10], [10, 9, 9, 10]])
def test_repeated_refs_are_shown_again(scene: Scene, refs: list[int]) -> None:
    person, qube = scene
    pages = pseudo_random(PAGE_PX, 2, seed=5)
    for number in (0, 1):
        qube.agent.write([9 + number], pages[number].astype("<u4").tobytes())
    picture = np.concatenate([pages[ref - 9] for ref in refs]).reshape(64, 64)
    remote = qube.new_id()
    qube.agent.create(remote, (50, 60, 64, 64))
    qube.agent.map(remote)
    tail = np.array(refs, "<u4").tobytes()
    qube.agent.send(MessageType.WINDOW_DUMP, remote, 0, 64, 64, 24, tail=tail)
    qube.agent.damage(remote, (0, 0, 64, 64))
    wait_shown(qube, person, remote, picture)
    qube.destroy(Framed(0, remote))


@pytest.mark.parametrize("runs", [1, 5, 70])
def test_damage_shows_its_rectangles_and_no_more(scene: Scene, runs: int) -> None:
    person, qube = scene
    width, height = 303, 301
    pages = -(-width * height // PAGE_PX)
    old, new = pseudo_random(width, height, seed=1), pseudo_random(width, height, seed=2)
    remote = qube.new_id()
    qube.agent.create(remote, (50, 60, width, height))
    qube.agent.map(remote)
    refs = qube.agent.dump(remote, old, refs=runs_of_refs(pages, runs, first=5000))
    qube.agent.damage(remote, (0, 0, width, height))
    wait_shown(qube, person, remote, old)
    qube.agent.write(refs, new.astype("<u4").tobytes())
    rects: list[Four] = [(0, 0, 1, 1), (302, 300, 1, 1), (10, 250, 33, 7), (200, 11, 90, 3), (150, 150, 2, 60)]
    for rect in rects:
        qube.agent.damage(remote, rect)
    qube.agent.damage(remote, (290, 290, 5000, 2))
    fence(scene)
    # Coalescing may draw the box around all damage: every damaged pixel is new, and every other is old or new.
    found = shown(scene, remote)
    assert ((found == old) | (found == new)).all(), "a pixel that was never in the picture"
    for x, y, w, h in rects:
        assert (found[y : y + h, x : x + w] == new[y : y + h, x : x + w]).all(), "a damaged pixel is not drawn"
    qube.destroy(Framed(0, remote))


def test_damage_far_apart_leaves_the_rest(scene: Scene) -> None:
    person, qube = scene
    old, new = pseudo_random(800, 500, seed=1), pseudo_random(800, 500, seed=2)
    window = qube.show((50, 60, 800, 500), old)
    wait_shown(qube, person, window.remote, old)
    refs = qube.agent.dump(window.remote, old)
    qube.agent.write(refs, new.astype("<u4").tobytes())
    expected = old.copy()
    for x, y, w, h in ((3, 4, 20, 10), (770, 480, 20, 10)):
        qube.agent.damage(window.remote, (x, y, w, h))
        expected[y : y + h, x : x + w] = new[y : y + h, x : x + w]
    wait_shown(qube, person, window.remote, expected)
    fence(scene)
    wait_shown(qube, person, window.remote, expected)
    qube.destroy(window)


def test_exposure_is_drawn_without_a_word_of_the_agent(scene: Scene) -> None:
    person, qube = scene
    picture = pseudo_random(301, 203)
    window = qube.show((100, 120, 301, 203), picture)
    wait_shown(qube, person, window.remote, picture)
    for rect in ((0, 0, WIDTH, HEIGHT), (150, 150, 40, 30), (90, 100, 60, 400)):
        cover = person.cover(rect)
        assert first_difference(shown(scene, window.remote), picture)
        person.uncover(cover)
        wait_shown(qube, person, window.remote, picture)
    qube.destroy(window)


def test_exposure_while_the_daemon_stands_is_drawn_when_it_goes_on(scene: Scene) -> None:
    person, qube = scene
    picture = pseudo_random(301, 203)
    window = qube.show((100, 120, 301, 203), picture)
    wait_shown(qube, person, window.remote, picture)
    with qube.frozen():
        person.uncover(person.cover((0, 0, WIDTH, HEIGHT)))
        wait_until(lambda: is_neutral(person, (100, 120, 301, 203)), what="a neutral content")
    wait_shown(qube, person, window.remote, picture)
    qube.destroy(window)


def is_neutral(person: Person, rect: Four) -> bool:
    return bool((region(person.picture(), rect) == NEUTRAL_RGB).all())


def test_person_resizes_the_agent_follows(scene: Scene) -> None:
    person, qube = scene
    window = qube.show((100, 120, 301, 203), pseudo_random(301, 203))
    for outer in ((100, 120, 407, 309), (60, 80, 208, 107), (60, 80, 513, 411)):
        after = len(qube.agent.received)
        qube.agree()
        person.managed_place(window.xid, outer)
        content = (outer[0] + 3, outer[1] + 3, outer[2] - 6, outer[3] - 6)
        wait_until(lambda content=content: qube.content(window.remote) == content, what="the daemon knows")  # type: ignore[misc]
        qube.agree()
        told = [each for each in qube.agent.received[after:] if each.type == MessageType.CONFIGURE]
        assert told[-1].body == (*content, 0)
        picture = pseudo_random(content[2], content[3], seed=content[2])
        qube.agent.dump(window.remote, picture)
        qube.agent.damage(window.remote, (0, 0, content[2], content[3]))
        wait_shown(qube, person, window.remote, picture)
        wait_framed(person, window.xid, 3, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("popup", [False, True], ids=kind_name)
def test_agent_resizes_the_outer_follows(scene: Scene, *, popup: bool) -> None:
    person, qube = scene
    px = 2 if popup else 3
    window = qube.show((100, 120, 301, 203), pseudo_random(301, 203), popup=popup)
    for content in ((100, 120, 407, 309), (160, 180, 77, 55), (160, 180, 513, 311)):
        qube.agree()
        qube.agent.configure(window.remote, content)
        picture = pseudo_random(content[2], content[3], seed=content[2])
        qube.agent.dump(window.remote, picture)
        qube.agent.damage(window.remote, (0, 0, content[2], content[3]))
        x, y, width, height = content
        outer = (x - px, y - px, width + 2 * px, height + 2 * px)
        wait_until(lambda outer=outer: person.outer(window.xid) == outer, what="the outer")  # type: ignore[misc]
        wait_shown(qube, person, window.remote, picture)
        wait_framed(person, window.xid, px, qube.rgb)
    qube.destroy(window)


@pytest.mark.parametrize("picture_size", [(100, 50), (400, 300)], ids=["smaller", "larger"])
def test_picture_of_another_size_is_cropped_never_stretched(scene: Scene, picture_size: tuple[int, int]) -> None:
    person, qube = scene
    picture = pseudo_random(*picture_size)
    window = qube.show((100, 120, 201, 103), picture)
    expected = np.full((103, 201), NEUTRAL_RGB, np.uint32)
    height, width = min(103, picture_size[1]), min(201, picture_size[0])
    expected[:height, :width] = picture[:height, :width]
    qube.agent.damage(window.remote, (0, 0, 16_384, 6_144))
    wait_shown(qube, person, window.remote, expected)
    qube.destroy(window)


@pytest.mark.parametrize("popup", [False, True], ids=kind_name)
def test_unmapped_window_shows_its_old_picture_to_nobody(scene: Scene, *, popup: bool) -> None:
    person, qube = scene
    picture = pseudo_random(301, 203)
    window = qube.show((100, 120, 301, 203), picture, popup=popup)
    wait_shown(qube, person, window.remote, picture)
    qube.agent.send(MessageType.UNMAP, window.remote)
    wait_until(
        lambda: person.window(window.xid).get_attributes().map_state == 0, what="the window is gone from the screen"
    )
    qube.agent.map(window.remote, popup=popup)
    window = qube.mapped(window.remote)
    wait_framed(person, window.xid, 2 if popup else 3, qube.rgb)
    fence(scene)
    assert (shown(scene, window.remote) == NEUTRAL_RGB).all()
    later = pseudo_random(301, 203, seed=9)
    qube.agent.dump(window.remote, later)
    qube.agent.damage(window.remote, (0, 0, 301, 203))
    wait_shown(qube, person, window.remote, later)
    qube.destroy(window)


def test_pages_that_were_never_written_are_not_shown(scene: Scene) -> None:
    person, qube = scene
    remote = qube.new_id()
    qube.agent.create(remote, (100, 120, 64, 64))
    qube.agent.map(remote)
    holes = np.arange(12_000, 12_004, dtype="<u4").tobytes()
    qube.agent.send(MessageType.WINDOW_DUMP, remote, 0, 64, 64, 24, tail=holes)
    qube.agent.damage(remote, (0, 0, 64, 64))
    window = qube.mapped(remote)
    wait_framed(person, window.xid, 3, qube.rgb)
    fence(scene)
    assert (shown(scene, remote) == NEUTRAL_RGB).all()
    picture = pseudo_random(64, 64)
    qube.agent.write(range(12_000, 12_004), picture.astype("<u4").tobytes())
    qube.agent.damage(remote, (0, 0, 64, 64))
    wait_shown(qube, person, remote, picture)
    qube.destroy(window)


def test_windows_in_one_batch_each_get_their_own_picture(scene: Scene) -> None:
    person, qube = scene
    pictures = [pseudo_random(91, 87, seed=number) for number in range(12)]
    windows = [
        qube.show((10 + number % 6 * 110, 40 + number // 6 * 110, 91, 87), picture, popup=True)
        for number, picture in enumerate(pictures)
    ]
    with qube.frozen():
        for window in windows:
            qube.agent.damage(window.remote, (0, 0, 91, 87))
    for window, picture in zip(windows, pictures, strict=True):
        wait_shown(qube, person, window.remote, picture)
    qube.destroy(*windows)


def test_window_destroyed_inside_a_batch_leaves_the_others(scene: Scene) -> None:
    person, qube = scene
    first, second = pseudo_random(91, 87, seed=1), pseudo_random(91, 87, seed=2)
    gone = qube.show((10, 40, 91, 87), first, popup=True)
    stays = qube.show((210, 40, 91, 87), first, popup=True)
    with qube.frozen():
        for _ in range(50):
            qube.agent.damage(gone.remote, (0, 0, 91, 87))
        qube.agent.dump(stays.remote, second)
        qube.agent.damage(stays.remote, (0, 0, 91, 87))
        qube.agent.send(MessageType.DESTROY, gone.remote)
    wait_shown(qube, person, stays.remote, second)
    qube.destroy(stays)
