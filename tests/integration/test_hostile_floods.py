"""An agent that keeps to the protocol and does nothing but that: it may starve itself, and nobody else."""

from collections.abc import Iterator
from contextlib import suppress
from statistics import median
from typing import Final

import pytest
from Xlib import X
from Xlib.ext import res

from protocol.codec import encode
from protocol.extensions import EXT_VERSION, Feature
from protocol.limits import (
    MAX_OUTPUT_QUEUE_BYTES,
    MAX_RECONNECT_INTERVAL_S,
    MAX_WINDOWS_PER_QUBE,
)
from shm.x11.connection import XConnection
from shm.x11.requests import fake_input
from tests.harness.icons import argb_words, drawn
from tests.harness.wait import holds_for, wait_until
from tests.harness.xserver import XServer
from tests.integration.hostile_scene import (
    Attacker,
    Flood,
    Scene,
    Stage,
    new_scene,
    resident_kib,
    round_trip_s,
)
from tests.integration.hostile_talk import LARGE, WINDOW, M, create, dump, flood, many, shown

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with new_scene() as made:
        yield made


FLOODS: Final[dict[str, tuple[bytes, bytes]]] = {
    "damage": (shown(), many(400, lambda n: encode(M.SHMIMAGE, WINDOW, n % 100, n % 90, 10, 10))),
    "titles": (shown(), many(200, lambda n: encode(M.WMNAME, WINDOW, b"title %d" % n))),
    "classes": (create(), many(200, lambda n: encode(M.WMCLASS, WINDOW, b"c%d" % n, b"n"))),
    "hints": (shown(), many(200, lambda n: encode(M.WINDOW_HINTS, WINDOW, 16, 9 + n % 90, 9, 0, 0, 0, 0, 0, 0))),
    "cursors": (shown(), many(200, lambda n: encode(M.CURSOR, WINDOW, 0x100 + 2 * (n % 77)))),
    "icons": (
        encode(M.EXT_HELLO, 0, EXT_VERSION, Feature.ICON) + shown(),
        many(10, lambda n: encode(M.ICON, WINDOW, tail=argb_words([drawn(128, 128, n)]))),
    ),
    "flags": (shown(), many(50, lambda n: encode(M.WINDOW_FLAGS, WINDOW, *((1, 0) if n % 2 else (0, 1))))),
    "places": (shown(), many(200, lambda n: encode(M.CONFIGURE, WINDOW, 20 + n % 7, 20, 200 + n % 50, 150, 0))),
    "popup places": (
        shown(popup=True),
        many(200, lambda n: encode(M.CONFIGURE, WINDOW, 20 + n % 7, 20, 200 + n % 50, 150, 0)),
    ),
    "maps": (create(), many(50, lambda _: encode(M.MAP, WINDOW, 0, 0) + encode(M.UNMAP, WINDOW))),
    "popup maps": (create(popup=True), many(50, lambda _: encode(M.MAP, WINDOW, 0, 1) + encode(M.UNMAP, WINDOW))),
    "windows made": (b"", many(50, lambda _: create() + encode(M.DESTROY, WINDOW))),
    "windows mapped": (b"", many(20, lambda _: shown() + encode(M.DESTROY, WINDOW))),
    "kinds": (
        create(),
        many(50, lambda n: encode(M.MAP, WINDOW, 0, n % 2) + encode(M.UNMAP, WINDOW)),
    ),
    "docks": (create(), many(400, lambda _: encode(M.DOCK, WINDOW))),
    "clipboards": (b"", many(20, lambda n: encode(M.CLIPBOARD_DATA, n, tail=b"PEER\x1b" * 200))),
    "hellos": (b"", many(400, lambda n: encode(M.EXT_HELLO, 0, n, n))),
}


@pytest.mark.parametrize("name", FLOODS)
def test_flood_delays_nobody(scene: Scene, name: str) -> None:
    flood(scene, *FLOODS[name], pointer=name != "flags")  # a maximised window is over everything


def test_flood_of_large_popups_leaves_the_x_server_to_others(scene: Scene) -> None:
    """The X server serves first who gets Expose events: without pacing, a client that was idle waits for seconds."""
    maps = many(25, lambda _: encode(M.MAP, WINDOW, 0, 1) + encode(M.UNMAP, WINDOW))

    def attack(stage: Stage) -> None:
        connection = XConnection(scene.server.name)
        try:
            with scene.attacker() as evil:
                evil.agent.send_raw(create(rect=LARGE, popup=True))
                taken: list[float] = []
                with Flood(evil.agent, maps) as running:
                    wait_until(lambda: running.rounds > 10, what="the flood")
                    for _ in range(6):
                        before = running.rounds
                        wait_until(lambda: running.rounds > before + 7, what="more of it")  # noqa: B023
                        taken.append(round_trip_s(connection))
                    stage.under_way.set()
                    stage.enough.wait()
                print(f"\n  round trip median {1e3 * median(taken):.1f} ms, worst {1e3 * max(taken):.1f} ms", end="")
                assert median(taken) < 0.25
                assert max(taken) < 2.0
                evil.goes_on()
        finally:
            connection.close()

    scene.check(attack, pointer=False)


def test_flood_leaves_the_window_manager_to_others(scene: Scene) -> None:
    """Without pacing, the window manager does nothing else for as long as the agent likes."""
    round_ = many(10, lambda n: encode(M.WINDOW_FLAGS, WINDOW, *((1, 0) if n % 2 else (0, 1))))

    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            evil.agent.send_raw(shown())
            with Flood(evil.agent, round_) as running:
                wait_until(lambda: running.rounds > 100, what="the flood")  # most of it waits in the channel
                stage.under_way.set()
                taken = [scene.ask_window_manager() for _ in range(9)]
            print(f"\n  window manager median {1e3 * median(taken):.1f} ms, worst {1e3 * max(taken):.1f} ms", end="")
            assert median(taken) < 0.25
            evil.goes_on()

    scene.check(attack, pointer=False)


def test_storm_of_new_windows_delays_nobody(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            evil.agent.send_raw(many(60, shown))
            wait_until(lambda: sum(each["mapped"] for each in evil.daemon.windows()) == 60, what="60 windows")
            stage.enough.wait()
            evil.agent.send_raw(many(60, lambda number: encode(M.DESTROY, number)))
            wait_until(lambda: not evil.daemon.windows(), what="their end")
            evil.goes_on()

    scene.check(attack, pointer=False)


def test_windows_beyond_the_limit_end_the_qube(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            evil.agent.send_raw(many(MAX_WINDOWS_PER_QUBE, create))
            evil.agent.send_raw(
                many(MAX_WINDOWS_PER_QUBE, lambda n: encode(M.WMNAME, n, "\N{GRINNING FACE}".encode() * 31))
            )
            wait_until(lambda: evil.daemon.windows() and evil.daemon.status[-1].get("omitted"), what="a cut list")
            last = evil.daemon.status[-1]
            assert len(last["windows"]) + last["omitted"] <= MAX_WINDOWS_PER_QUBE
            evil.goes_on()
            evil.agent.send_raw(create(MAX_WINDOWS_PER_QUBE))
            evil.ends(r"over a limit in CREATE \(130\), window 0x400: windows")

    scene.check(attack)


# Agents that do not read, and servers that do not


def test_agent_that_never_reads_its_input_ends(scene: Scene) -> None:
    """The person clicks on its window, until more waits for it than may."""

    def attack(stage: Stage) -> None:
        pointer = XConnection(scene.server.name)
        opcode = pointer.display.display.get_extension_major("XTEST")
        clicks = [fake_input(opcode, kind, 1) for _ in range(250) for kind in (X.ButtonPress, X.ButtonRelease)]
        try:
            with scene.attacker() as evil:
                evil.agent.send_raw(shown(popup=True))
                wait_until(lambda: evil.daemon.window(WINDOW)["mapped"], what="the window")
                stage.under_way.set()
                pointer.send(fake_input(opcode, X.MotionNotify, 0, x=100, y=100), 1)
                while evil.daemon.child.alive:
                    pointer.send(b"".join(clicks), len(clicks))
                    pointer.sync()
                evil.ends(rf"the agent does not read: {MAX_OUTPUT_QUEUE_BYTES} bytes wait for it")
        finally:
            pointer.close()

    scene.check(attack, pointer=False)


def test_flood_while_the_x_server_stands_still_is_left_with_its_sender() -> None:
    """What the X server does not take is not read from the agent either: the daemon stays small."""
    with XServer(640, 480) as server, new_scene() as elsewhere:

        def attack(stage: Stage) -> None:
            with elsewhere.attacker(display=server.name) as evil:
                evil.agent.send_raw(create())
                evil.daemon.window(WINDOW)
                before = resident_kib(evil.daemon.child.pid)
                server.freeze()
                with Flood(evil.agent, FLOODS["cursors"][1] + FLOODS["titles"][1]) as running:
                    stage.under_way.set()
                    stage.enough.wait()
                    taken = running.rounds
                    holds_for(lambda: running.rounds == taken, 0.3, what="reading nothing more")
                    grown = resident_kib(evil.daemon.child.pid) - before
                    server.thaw()
                    wait_until(lambda: running.rounds > taken, timeout_s=20.0, what="the flood going on")
                assert grown < 4096, f"{grown} KiB more"
                evil.goes_on()

        elsewhere.check(attack)


def test_pictures_that_come_while_the_x_server_stands_still_are_left_with_their_sender() -> None:
    """Each is acknowledged once nothing is being drawn any more: that is a while, and the daemon stays small."""
    with XServer(640, 480) as server, new_scene() as elsewhere, elsewhere.attacker(display=server.name) as evil:
        evil.agent.write([0], bytes(256))
        evil.agent.send_raw(shown() + dump(WINDOW, 8, 8, [0]))
        evil.agent.expect(M.WINDOW_DUMP_ACK)
        server.freeze()
        pictures = encode(M.SHMIMAGE, WINDOW, 0, 0, 8, 8) + dump(WINDOW, 8, 8, [0]) * 500
        with Flood(evil.agent, pictures) as running:

            def left() -> bool:
                taken = running.rounds
                with suppress(AssertionError):
                    holds_for(lambda: running.rounds == taken, 0.5)
                    return taken > 0
                return False

            wait_until(left, what="reading nothing more")
            taken = running.rounds
            server.thaw()
            wait_until(lambda: running.rounds > taken + 20, timeout_s=20.0, what="the flood going on")
        evil.goes_on()


def test_work_for_the_x_server_waits_until_it_has_done_the_work_before() -> None:
    with XServer(640, 480) as server, new_scene() as elsewhere:

        def attack(stage: Stage) -> None:
            with elsewhere.attacker(display=server.name) as evil:
                evil.agent.send_raw(create())
                evil.daemon.window(WINDOW)
                evil.until_idle(server)
                server.freeze()
                stage.under_way.set()
                evil.agent.send_raw(encode(M.WMNAME, WINDOW, b"first"))
                wait_until(lambda: evil.daemon.window(WINDOW)["title"] == "first", what="the first title")
                evil.agent.send_raw(encode(M.WMNAME, WINDOW, b"second"))
                holds_for(lambda: evil.daemon.window(WINDOW)["title"] == "first", 0.3, what="waiting")
                server.thaw()
                wait_until(lambda: evil.daemon.window(WINDOW)["title"] == "second", what="the second title")

        elsewhere.check(attack)


# Agents that come and go


def test_agent_that_connects_and_goes_again_and_again_costs_little(scene: Scene) -> None:
    """Looked for ever more slowly; each time it leaves nothing behind on the X server."""

    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            resources: list[int] = []
            for _ in range(4):
                evil.agent.send_raw(shown() + FLOODS["cursors"][1] + many(9, lambda n: create(100 + n)))
                wait_until(lambda: len(evil.daemon.windows()) == 10, what="its windows")
                evil.agent.hang_up()
                wait_until(lambda: not evil.daemon.windows(), what="their end")
                resources.append(_resources(scene, evil))
                evil.agent.shake_hands()
            assert resources[-1] == resources[0], f"X resources grow: {resources}"
            evil.goes_on()
            assert evil.log().count("connected") <= 9

    scene.check(attack)


def test_agent_that_accepts_and_hangs_up_is_not_answered_at_full_speed(scene: Scene) -> None:
    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            count = 0
            evil.agent.hang_up()
            while not stage.enough.is_set():
                evil.agent.accept(timeout_s=MAX_RECONNECT_INTERVAL_S + 5)
                evil.agent.hang_up()
                count += 1
            evil.goes_on()
            assert 2 <= count <= 6
            assert len(evil.log().splitlines()) <= 2 + 2 * count

    scene.check(attack)


def _resources(scene: Scene, evil: Attacker) -> int:
    """How many things the daemon has on the X server."""
    connection = scene.server.connect()
    try:
        pid = evil.daemon.child.pid
        spec = [{"client": 0, "mask": res.LocalClientPIDMask}]
        for each in connection.res_query_client_ids(spec).ids:
            if list(each.value) == [pid]:
                kinds = connection.res_query_client_resources(each.spec.client).types
                return sum(int(kind.count) for kind in kinds)
        raise AssertionError("the daemon is not a client of the X server")
    finally:
        connection.close()


# What is said of them


def test_titles_that_mislead_are_clean_in_properties_and_nowhere_in_the_log(scene: Scene) -> None:
    titles = {
        b"\x1b]0;PEER\x07\x1b[31m": "_]0;PEER__[31m",
        "PEER \N{RIGHT-TO-LEFT OVERRIDE}exe.txt".encode(): "PEER _exe.txt",
        b"PEER\r\nERROR evil: forged": "PEER__ERROR evil: forged",
        b"PEER \xff\xc0\xaf\xed\xa0\x80": "PEER " + "_" * 6,
        "PEER \N{ZERO WIDTH SPACE}\N{LEFT-TO-RIGHT ISOLATE}\N{BYTE ORDER MARK}\x9b".encode(): "PEER ____",
    }

    def attack(stage: Stage) -> None:
        with scene.attacker() as evil:
            stage.under_way.set()
            evil.agent.send_raw(shown())
            for raw, safe in titles.items():
                evil.agent.send_raw(encode(M.WMNAME, WINDOW, raw))
                wait_until(lambda: evil.daemon.window(WINDOW)["title"] == safe, what=ascii(safe))  # noqa: B023
                for name in ("_NET_WM_NAME", "WM_NAME", "WM_ICON_NAME", "_NET_WM_ICON_NAME"):
                    assert _property(scene, evil, name).decode() == safe
            evil.agent.send_raw(create(9) + encode(M.WMCLASS, 9, b"PEER\x1b[31m\xff", b"\r\nPEER\x9b"))
            wait_until(lambda: b"PEER" in _property(scene, evil, "WM_CLASS", 9), what="the class")
            assert _property(scene, evil, "WM_CLASS", 9) == b"evil:__PEER_\0evil:PEER_[31m_\0"
            evil.goes_on()
            assert "PEER" not in evil.log()

    scene.check(attack)


def _property(scene: Scene, evil: Attacker, name: str, window: int = WINDOW) -> bytes:
    connection = scene.server.connect()
    try:
        outer = connection.create_resource_object("window", evil.daemon.window(window)["local_xid"])
        found = outer.get_full_property(connection.intern_atom(name), X.AnyPropertyType)
        value = found.value if found is not None else b""
        return value if isinstance(value, bytes) else value.encode("latin-1")
    finally:
        connection.close()
