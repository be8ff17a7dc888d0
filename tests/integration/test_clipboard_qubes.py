"""The clipboard as a person has it: real qubes, their programs' selections, keys of several layouts, the command."""

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.ext import xtest

from tests.harness.bus import Recorder, SessionBus
from tests.harness.processes import clean_environment
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

CTRL, SHIFT = 37, 50
US_C, US_V, NEO_C, NEO_V = 54, 55, 27, 25
"""Keycodes. Where the layout has no Latin letters, the places of a us keyboard count."""

LABELS = {"work": "green", "play": "red", "mail": "blue"}

EVERY_PLANE = "".join(chr(plane << 16 | 0x2345) for plane in range(17))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with XServer(1000, 700) as desktop, WindowManager("openbox", desktop.name), Session(desktop.name) as made:
        for qube, label in LABELS.items():
            made.run(qube, label, "xterm", "-T", qube, "-geometry", "20x6")
            made.window(qube)
        yield made


def chord(session: Session, qube: str, keycode: int) -> None:
    """The person presses Ctrl, Shift and a key in a window of the qube, and lets go."""
    session.focus(session.window(qube))
    for kind, codes in ((X.KeyPress, (CTRL, SHIFT, keycode)), (X.KeyRelease, (keycode, SHIFT, CTRL))):
        for code in codes:
            xtest.fake_input(session.x, kind, code)
    session.x.sync()


def in_qube(session: Session, qube: str, line: str) -> None:
    """A command line of the qube's own shell; it must end well."""
    done = session.vitrail("run", "--qube", qube, "--wait", "--", "/bin/sh", "-c", line)
    assert done.returncode == 0, f"{done.stderr}\n{session.log()}"


def own(session: Session, qube: str, text: bytes) -> None:
    """A program of the qube owns its clipboard from now on."""
    path = session.home(qube) / "text"
    path.write_bytes(text)
    path.chmod(0o644)
    in_qube(session, qube, "xclip -selection clipboard -in text")


def found(session: Session, qube: str) -> bytes:
    """What a program of the qube finds in its clipboard."""
    in_qube(session, qube, "rm -f found; timeout 5 xclip -selection clipboard -out -target UTF8_STRING > found || true")
    return (session.home(qube) / "found").read_bytes()


def status(session: Session) -> dict[str, Any]:
    done = session.vitrail("clipboard", "status", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def copy(session: Session, qube: str, size_bytes: int, keycode: int = US_C) -> None:
    chord(session, qube, keycode)
    wait_until(
        lambda: (status(session).get("source"), status(session).get("bytes")) == (qube, size_bytes),
        20,
        f"the copy of {size_bytes} bytes from {qube}",
    )


def paste(session: Session, qube: str, text: bytes, keycode: int = US_V) -> None:
    chord(session, qube, keycode)
    wait_until(lambda: status(session)["empty"], 20, "the paste")
    wait_until(lambda: found(session, qube) == text, 20, f"the paste in {qube}")


@pytest.mark.parametrize(
    ("layout", "copy_key", "paste_key"),
    [
        (("us",), US_C, US_V),
        (("ru",), US_C, US_V),
        (("us,de", "-variant", ",neo"), US_C, US_V),
        (("de", "neo"), NEO_C, NEO_V),
    ],
    ids=["us", "ru", "us+neo", "neo"],
)
def test_text_goes_from_qube_to_qube_by_the_persons_keys(
    session: Session, layout: tuple[str, ...], copy_key: int, paste_key: int
) -> None:
    environment = clean_environment(DISPLAY=session.display)
    subprocess.run(["setxkbmap", *layout], env=environment, check=True, timeout=20)
    try:
        text = f"в раскладке {layout[0]}\n{EVERY_PLANE}".encode()
        own(session, "work", text)
        copy(session, "work", len(text), copy_key)
        paste(session, "play", text, paste_key)
    finally:
        subprocess.run(["setxkbmap", "us"], env=environment, check=True, timeout=20)


def test_three_qubes_copy_and_paste_in_turn_and_the_last_copy_counts(session: Session) -> None:
    own(session, "work", b"from work")
    own(session, "mail", b"from mail, and longer")
    copy(session, "work", 9)
    copy(session, "mail", 21)
    paste(session, "play", b"from mail, and longer")
    copy(session, "work", 9)
    paste(session, "mail", b"from work")
    chord(session, "play", US_C)  # what was pasted there is its own clipboard now
    wait_until(lambda: status(session).get("source") == "play", 20, "a copy of what was pasted")


def has_socket(pid: int) -> bool:
    ends = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            ends.append(str(descriptor.readlink()))
    return any(end.startswith("socket:") for end in ends)


def test_command_shows_watches_and_clears(session: Session) -> None:
    text = b"one\x1b[31m\ntwo \xd1\x8f"
    own(session, "work", text)
    with subprocess.Popen(
        session.argv("clipboard", "watch", "--json"), env=session.environment(), stdout=subprocess.PIPE, cwd="/"
    ) as watching:
        assert watching.stdout is not None
        wait_until(lambda: has_socket(watching.pid), what="the watcher")
        assert session.vitrail("clipboard", "status").returncode == 0  # by now the watcher has been heard
        copy(session, "work", len(text))
        said = json.loads(watching.stdout.readline())
        while said["what"] != "copied":  # what came of an earlier test
            said = json.loads(watching.stdout.readline())
        assert (said["qube"], said["bytes"], said["kind"]) == ("work", len(text), "text")
        assert session.vitrail("clipboard", "show", "--escaped").stdout == "one\\x1b[31m\ntwo \\u044f\n"
        assert "from work (green), copied" in session.vitrail("clipboard", "status").stdout
        shown = json.loads(session.vitrail("clipboard", "show", "--escaped", "--json").stdout)
        assert base64.b64decode(shown["base64"]) == text
        assert json.loads(session.vitrail("clipboard", "clear", "--json").stdout) == {"version": 1, "cleared": True}
        assert json.loads(watching.stdout.readline())["what"] == "cleared"
        watching.terminate()
    assert session.vitrail("clipboard", "status").stdout == "the clipboard is empty\n"
    assert session.vitrail("clipboard", "show", "--escaped").returncode == 1
    audit = (session.data / "vitrail" / "clipboard.log").read_text()
    assert "one" not in audit
    assert [json.loads(line)["what"] for line in audit.splitlines()][-2:] == ["copied", "cleared"]


def test_person_is_told_of_copy_and_paste_with_name_colour_size_and_keys() -> None:
    with (
        XServer(900, 600) as desktop,
        WindowManager("openbox", desktop.name),
        SessionBus() as bus,
        Recorder(bus) as recorder,
        Session(desktop.name, extra={"DBUS_SESSION_BUS_ADDRESS": bus.address}) as told,
    ):
        for qube in ("work", "play"):
            told.run(qube, LABELS[qube], "xterm", "-geometry", "20x6")
            told.window(qube)
        own(told, "work", b"twelve bytes")
        copy(told, "work", 12)
        copied = recorder.wait_for("Copied from work (green)")
        assert copied.body == "12 bytes of text. Paste it with Ctrl-Shift-v."
        assert bytes(copied.hints["image-data"][6][:3]) == b"\x73\xd2\x16"
        paste(told, "play", b"twelve bytes")
        assert "12 bytes of text from work (green)" in recorder.wait_for("Pasted into play (red)").body
        chord(told, "play", US_V)
        recorder.wait_for("Nothing to paste")


def test_end_of_the_supervisor_leaves_nothing_of_the_contents() -> None:
    with XServer(600, 400) as desktop, WindowManager("openbox", desktop.name), Session(desktop.name) as brief:
        brief.run("work", "green", "xterm", "-geometry", "20x6")
        brief.window("work")
        own(brief, "work", b"gone soon")
        copy(brief, "work", 9)
        folder = brief.runtime / "vitrail" / "clipboard"
        assert (folder / "qubes-clipboard.bin").read_bytes() == b"gone soon"
        brief.vitrail("stop", "work")
        wait_until(lambda: not (brief.runtime / "vitrail" / "control.sock").exists(), 20, "the supervisor's end")
        assert list(folder.glob("qubes-clipboard*")) == []
