"""The agent's clipboard with programs that break every rule, on a real X server: each costs one copy at most."""

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from Xlib import X, display

from protocol.clipboard import NOTHING, text_offer
from protocol.messages import MessageType as T
from tests.guiagent.app import App
from tests.guiagent.clipboard import (
    copy_offered,
    copy_plain,
    copy_typed,
    name_types,
    owner_of,
    paste_plain,
    paste_typed,
    request,
    xclip_owns,
    xclip_reads,
)
from tests.guiagent.desk import agent, app, daemon
from tests.guiagent.owner import Increments, Owner, Reply, Silence, targets
from tests.guiagent.scripted import ScriptedDaemon
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

__all__ = ["agent", "app", "daemon"]
pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def server() -> Iterator[XServer]:
    with XServer(1280, 800) as started:
        yield started


@pytest.fixture
def typed(daemon: ScriptedDaemon) -> ScriptedDaemon:
    name_types(daemon)
    return daemon


def still_works(daemon: ScriptedDaemon, app: App, server: XServer, tmp_path: Path) -> None:
    """The next copy and the next paste go well."""
    path = tmp_path / "good"
    path.write_bytes(b"good text")
    with xclip_owns(app, server.name, path):
        assert copy_typed(daemon).data == b"good text"
    paste_plain(daemon, b"good paste")
    wait_until(lambda: xclip_reads(server.name) == b"good paste", what="the paste")


BAD_REPLIES: dict[str, dict[str, Reply | Increments | Silence]] = {
    "refuses all": {},
    "targets of 8 bits": {"TARGETS": Reply("ATOM", b"12345678", 8)},
    "targets of 16 bits": {"TARGETS": Reply("ATOM", b"12345678", 16)},
    "targets of no type that is known": {"TARGETS": Reply("STRING", b"12345678", 32)},
    "targets that are empty": {"TARGETS": Reply("ATOM", b"", 32)},
    "targets by increments": {"TARGETS": Increments((b"1234",))},
    "text of 16 bits": {"UTF8_STRING": Reply("UTF8_STRING", b"12345678", 16)},
    "text of 32 bits": {"UTF8_STRING": Reply("UTF8_STRING", b"12345678", 32)},
    "text that is empty": {"UTF8_STRING": Reply("UTF8_STRING", b"")},
    "text of NULs": {"UTF8_STRING": Reply("UTF8_STRING", bytes(100))},
    "increments that are none": {"UTF8_STRING": Increments(())},
}


@pytest.mark.parametrize("name", BAD_REPLIES)
def test_owner_that_answers_badly_has_nothing(
    name: str, server: XServer, typed: ScriptedDaemon, app: App, tmp_path: Path
) -> None:
    with Owner(server.name, BAD_REPLIES[name]):
        assert copy_offered(typed)[1] == NOTHING
        assert copy_plain(typed) == b""
    still_works(typed, app, server, tmp_path)


def test_owner_that_refuses_targets_but_has_text_is_heard(server: XServer, typed: ScriptedDaemon) -> None:
    with Owner(server.name, {"STRING": Reply("STRING", b"caf\xe9")}) as owner:
        assert copy_typed(typed).data == "café".encode()
        assert owner.asked == ["TARGETS", "UTF8_STRING", "STRING"]


def test_latin_1_by_every_name(server: XServer, typed: ScriptedDaemon, app: App) -> None:
    for target, kind in (("STRING", "STRING"), ("TEXT", "STRING"), ("TEXT", "COMPOUND_TEXT")):
        offered = targets(app.display, target, "TARGETS")
        with Owner(server.name, {"TARGETS": offered, target: Reply(kind, b"caf\xe9")}):
            assert copy_typed(typed).data == "café".encode()


@pytest.mark.parametrize("silent", ["TARGETS", "UTF8_STRING"])
def test_owner_that_never_answers_stalls_nothing_else(
    silent: str, server: XServer, typed: ScriptedDaemon, app: App
) -> None:
    """While the agent waits for it, windows are announced; in the end the daemon is told."""
    with Owner(server.name, {silent: Silence()}) as owner:
        before = len(typed.said)
        nonce = request(typed)
        owner.wait_for_question(silent)
        window = app.window(50, 50)
        app.map(window)
        typed.wait_for(T.MAP, window.id)

        def answered() -> Any:
            steps = [said.body for said in typed.said[before:] if said.type is T.CLIPBOARD_TYPED]
            return steps and steps[0]

        body = typed.until(answered, "the answer about an owner that is silent", 30.0)
        assert (body.nonce, body.kind) == (nonce, NOTHING.kind)


def test_increments_that_stop_have_nothing(server: XServer, typed: ScriptedDaemon) -> None:
    with Owner(server.name, {"UTF8_STRING": Increments((b"begun",), then_silent=True)}):
        assert copy_offered(typed)[1] == NOTHING


@pytest.mark.parametrize("hint", [0, 10, 0x7FFFFFFF])
def test_gigantic_increments_end_at_the_limit(hint: int, server: XServer, typed: ScriptedDaemon) -> None:
    with Owner(server.name, {"UTF8_STRING": Increments((b"x" * 50_000,) * 1000, hint)}) as owner:
        _, offer = copy_offered(typed)
        assert not offer.fits
        assert offer == text_offer(max(hint, offer.total_bytes))
        assert len(copy_plain(typed)) == 256_001
        assert owner.asked.count("UTF8_STRING") == 2


def test_gigantic_property_is_told_with_its_size(server: XServer, typed: ScriptedDaemon) -> None:
    with Owner(server.name, {"UTF8_STRING": Reply("UTF8_STRING", b"x" * 262_000)}):
        assert copy_typed(typed) == (text_offer(262_000), b"")
        assert copy_plain(typed) == b"x" * 256_001


def test_owner_that_dies_while_it_is_asked_has_nothing_at_once(server: XServer, typed: ScriptedDaemon) -> None:
    with Owner(server.name, {"UTF8_STRING": Silence()}) as owner:
        before = len(typed.said)
        request(typed)
        owner.wait_for_question("UTF8_STRING")
    said = typed.wait_for(T.CLIPBOARD_TYPED, after=before)
    assert said.body.kind == NOTHING.kind


def test_new_owner_is_asked_while_the_old_one_is_silent(server: XServer, typed: ScriptedDaemon) -> None:
    before = len(typed.said)
    with Owner(server.name, {"UTF8_STRING": Silence()}) as silent:
        request(typed)
        silent.wait_for_question("UTF8_STRING")
        with Owner(server.name, {"UTF8_STRING": Reply("UTF8_STRING", b"heir")}):
            said = typed.wait_for(T.CLIPBOARD_TYPED, after=before)
    assert (said.body.kind, said.body.total_bytes) == (text_offer(4).kind, 4)


def test_property_deleted_in_the_middle_is_nothing(server: XServer, typed: ScriptedDaemon) -> None:
    """The owner says that it has written, and has not."""
    with Owner(server.name, {"UTF8_STRING": Increments((), then_silent=True)}):
        assert copy_offered(typed)[1] == NOTHING


def test_programs_that_claim_in_a_loop_cost_one_claim_each(
    server: XServer, typed: ScriptedDaemon, app: App, tmp_path: Path
) -> None:
    enough = threading.Event()

    def claim() -> None:
        client = display.Display(server.name)
        window = client.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        selections = [client.intern_atom(name) for name in ("CLIPBOARD", "PRIMARY")]
        for turn in itertools.count():
            if enough.is_set():
                break
            window.set_selection_owner(selections[turn % 2], X.CurrentTime)
            client.sync()
        client.close()

    claimer = threading.Thread(target=claim)
    claimer.start()
    try:
        for number in range(20):
            paste_plain(typed, b"%d" % number)
            paste_typed(typed, text_offer(5), b"typed")
        window = app.window(50, 50)
        app.map(window)
        typed.wait_for(T.MAP, window.id)
    finally:
        enough.set()
        claimer.join()
    still_works(typed, app, server, tmp_path)


def test_programs_that_die_while_they_are_served_are_forgotten(
    server: XServer, typed: ScriptedDaemon, app: App, tmp_path: Path
) -> None:
    paste_plain(typed, b"x" * 200_000)
    wait_until(lambda: owner_of(app), what="the paste")
    for _ in range(20):
        client: Any = display.Display(server.name)
        window = client.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        clipboard, utf8, atom = (client.intern_atom(name) for name in ("CLIPBOARD", "UTF8_STRING", "HERE"))
        for selection in (clipboard, client.intern_atom("PRIMARY")):
            window.convert_selection(selection, utf8, atom, X.CurrentTime)
        client.sync()
        client.close()
    wait_until(lambda: xclip_reads(server.name) == b"x" * 200_000, what="the text")
    still_works(typed, app, server, tmp_path)
