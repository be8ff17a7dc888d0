"""Two Xen domains with the real agent, the real daemons in dom0: what one person's desktop needs, and who attacks it.

The tests share one machine and go in the order of this file; each says what it needs of the others.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from colors.labels import STANDARD
from tests.vm.grant_checks import check_limit, check_pages
from tests.vm.xen_world import EVENT_TIMEOUT_S, LABELS, XEN_DEADLINE_S, Qube, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(XEN_DEADLINE_S)]

VIOLATION, AGENT_GONE = 3, 5


@pytest.fixture(autouse=True)
def told(request: pytest.FixtureRequest, world: World) -> Iterator[None]:
    """A failure shows what the machines wrote."""
    yield
    report = getattr(request.node, "report_call", None)
    if report is not None and report.failed:
        print(world.tell())


def test_vector_registers_survive(world: World) -> None:
    """If not, the emulator is the wrong one, and no picture below means anything."""
    copies, bad = world.host.dom0("simd:corrupted_copies", seconds=3.0)
    assert copies > 0
    assert bad == 0


def test_agent_is_a_service_under_systemd(world: World) -> None:
    """Started by the unit that we give out, from the zip file, with the limit of grants that we give out."""
    told = world.work.domain("agent:service")
    assert (told["first"], told["ActiveState"], told["SubState"], told["NRestarts"]) == (
        "systemd",
        "active",
        "running",
        "0",
    )
    assert "vitrail-guiagent.pyz" in told["command"]
    assert told["limit"] == "65536"


def test_channel_carries_calls_of_any_size(world: World) -> None:
    """Calls go over a libxenvchan channel of ours, beside the agent's."""
    for length in (1, 5_000, 300_000):
        assert world.untrusted.domain("grants:echo", text="x" * length) == "x" * length


def test_grants_are_shared_and_given_back(world: World) -> None:
    check_pages(world.work.domain)
    check_limit(world.untrusted.domain)


def test_pictures_are_equal_in_both_domains(world: World) -> None:
    world.work.program("show", window="one", seed=1, rect=[40, 40, 301, 203])
    world.untrusted.program("show", window="two", seed=2, rect=[500, 300, 260, 180])
    for qube, title in ((world.work, "one"), (world.untrusted, "two")):
        qube.shows(title)
        assert qube.desktop("frame_colours", title=title) == [STANDARD[LABELS[qube.name]].rgb]


def test_new_picture_in_the_same_pages_is_shown(world: World) -> None:
    before = world.work.shows("one")
    world.work.program("repaint", window="one", seed=3)
    assert world.work.shows("one")["remote_wid"] == before["remote_wid"]


def test_key_arrives_in_the_focused_domain_only(world: World) -> None:
    world.work.desktop("focus", title="one")
    typed = world.host.dom0("desktop:press", text="ab")
    for code in typed:
        world.work.wait_event(key=code, window="one")
    world.untrusted.desktop("focus", title="two")
    other = world.host.dom0("desktop:press", text="xyz")
    for code in other:
        world.untrusted.wait_event(key=code, window="two")
    assert world.work.keys("one") == typed
    assert world.untrusted.keys("two") == other


def test_resize_on_the_desktop_is_painted_anew(world: World) -> None:
    shown = world.work.shows("one")
    frame = shown["outer"][2] - shown["content"][2]
    world.work.desktop("resize", title="one", width=420 + frame, height=260 + frame)
    world.work.wait_event(resized="one", size=[420, 260])
    assert world.work.shows("one")["content"][2:] == [420, 260]


def test_menu_is_a_framed_popup_and_takes_clicks(world: World) -> None:
    world.untrusted.program("show", window="menu", seed=9, rect=[540, 340, 120, 90], popup=True)
    shown = world.untrusted.shows("menu")
    assert shown["override_redirect"]
    assert shown["frame_px"] == 2
    assert world.untrusted.desktop("frame_colours", title="menu") == [STANDARD["red"].rgb]
    x, y, _width, _height = shown["content"]
    world.host.dom0("desktop:point", x=x + 30, y=y + 20, button=1)
    assert world.untrusted.wait_event(button=1, window="menu")["x"] == 30
    world.untrusted.program("close", window="menu")
    world.untrusted.desktop("wait_gone", title="menu")


def test_close_on_the_desktop_asks_the_program(world: World) -> None:
    world.work.program("show", window="closing", seed=5, rect=[100, 100, 150, 100])
    world.work.shows("closing")
    world.work.desktop("ask_close", title="closing")
    world.work.wait_event(closed="closing")
    world.work.program("close", window="closing")
    world.work.desktop("wait_gone", title="closing")


def test_daemon_that_starts_anew_finds_the_windows(world: World) -> None:
    """Also by a kill: the agent learns of it by the event channel, and the old ring serves nobody."""
    for number in (15, 9):
        world.work.desktop("stop", number=number)
        world.work.desktop("serve", label="blue", domain=world.work.domain.number)
        world.work.shows("one")
    world.work.desktop("focus", title="one")
    (typed,) = world.host.dom0("desktop:press", text="q")
    world.work.wait_event(key=typed, window="one")
    world.untrusted.shows("two")


def test_agent_that_dies_takes_its_own_windows_along_only(world: World) -> None:
    """Nothing ever says goodbye for it: the event channel tells."""
    world.untrusted.shows("two")
    world.untrusted.domain("scripts.vm.inside.programs:end", pid=world.untrusted.agent, number=9)
    world.untrusted.desktop("wait_gone", title="two")
    assert "agent disconnected" in world.untrusted.desktop("log")
    assert world.untrusted.desktop("code") is None
    assert_unharmed(world)


# A hostile program takes the place of the agent in `untrusted`


@pytest.fixture(scope="module")
def hostile(world: World) -> Qube:
    """The domain whose agent has gone, and whose program speaks for itself."""
    world.untrusted.desktop("stop")
    world.untrusted.domain("hostile:listen")
    return world.untrusted


def meet(hostile: Qube) -> None:
    """A new daemon for the hostile domain."""
    hostile.desktop("serve", label="red", domain=hostile.domain.number)
    assert hostile.domain("hostile:meet") == 8


def assert_unharmed(world: World) -> None:
    """The other qube shows, and hears the person, by the daemon that it has had since `one` was mapped again."""
    assert world.work.desktop("code") is None
    world.work.shows("one")
    world.work.desktop("focus", title="one")
    heard = len(world.work.keys("one"))
    typed = world.host.dom0("desktop:press", text="k")
    deadline = time.monotonic() + EVENT_TIMEOUT_S
    while world.work.keys("one")[heard:] != typed:
        assert time.monotonic() < deadline, "the key did not arrive"


def test_honest_grants_of_the_hostile_program_are_shown(world: World, hostile: Qube) -> None:
    """So that what follows fails for the right reason. Written pages are seen at the next damage."""
    meet(hostile)
    hostile.domain("hostile:show")
    hostile.desktop("wait_window", title="hostile")
    assert hostile.desktop("wait_colour", title="hostile", colour=0x3366CC)
    hostile.domain("hostile:paint", colour=0x11AA44)
    assert hostile.desktop("wait_colour", title="hostile", colour=0x11AA44)
    assert_unharmed(world)


def test_revoked_grants_cost_the_window_its_picture_only(world: World, hostile: Qube) -> None:
    hostile.domain("hostile:revoke")
    hostile.domain("hostile:dump", refs=[7_000_000 + number for number in range(20)])
    hostile.desktop("wait_log", text="cannot be mapped")
    assert hostile.domain("hostile:is_open")
    assert_unharmed(world)


def test_flood_of_notifications_delays_nobody(world: World, hostile: Qube) -> None:
    assert hostile.domain("hostile:flood", seconds=3.0) > 1000
    assert hostile.domain("hostile:is_open")
    assert_unharmed(world)


def test_close_in_the_middle_of_a_message_ends_the_session(world: World, hostile: Qube) -> None:
    hostile.domain("hostile:close_in_the_middle")
    hostile.desktop("wait_gone", title="hostile")
    assert hostile.domain("hostile:meet") == 8  # the same daemon comes again
    hostile.domain("hostile:leave")
    assert hostile.desktop("stop") == 0
    assert_unharmed(world)


def test_too_few_pages_are_a_violation(world: World, hostile: Qube) -> None:
    meet(hostile)
    hostile.domain("hostile:show", pages=10)
    assert hostile.desktop("wait_exit") == VIOLATION
    assert "refs" in hostile.desktop("log")
    hostile.domain("hostile:leave")
    assert_unharmed(world)


@pytest.mark.parametrize("index", ["prod", "cons"])
def test_scribbled_ring_index_is_a_violation(world: World, hostile: Qube, index: str) -> None:
    meet(hostile)
    hostile.domain("hostile:scribble", index=index)
    assert hostile.desktop("wait_exit") == VIOLATION
    assert "apart" in hostile.desktop("log")
    hostile.domain("hostile:leave")
    assert_unharmed(world)


def test_noise_over_the_ring_ends_that_session_only(world: World, hostile: Qube) -> None:
    meet(hostile)
    hostile.domain("hostile:scribble_everything")
    code = hostile.desktop("code")
    assert code in (None, VIOLATION)  # noise may say by chance that the channel is closed: then a daemon looks again
    hostile.desktop("stop")
    hostile.domain("hostile:leave")
    assert_unharmed(world)


def test_domain_destroyed_under_load_leaves_the_other_and_no_page(world: World) -> None:
    """Its daemon ends, its windows vanish, and Xen can free the domain: nothing of it is mapped any more.

    The real agent again, and a program that paints without end in the domain that is destroyed.
    """
    ending = world.untrusted
    ending.domain("hostile:stop")
    ending.agent = ending.domain("agent:launch")
    ending.desktop("serve", label="red", domain=ending.domain.number)
    ending.program("load", screen=ending.screen())
    before = ending.desktop("wait_painting", title="load")
    ending.domain.destroy()
    assert ending.desktop("wait_exit") == AGENT_GONE
    assert before
    world.host.dom0("forget", domain=ending.domain.number)
    assert len(world.host.dom0("domains")) == 2, "dom0 and the other"
    assert_unharmed(world)
