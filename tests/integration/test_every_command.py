"""Every command of the command line in one story, by an ordinary user whoever runs the tests.

A command that has no part in it fails the first test. What each does in every case is tested elsewhere, by whoever runs
the tests.
"""

import json
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from colors.labels import STANDARD
from scripts.command_tree import command_tree
from tests.harness.agent import ScriptedAgent
from tests.harness.attention import AttentionPanel
from tests.harness.daemon import DaemonProcess
from tests.harness.frames import framed as wears
from tests.harness.session import Session
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.test_ordinary import person_uid

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.timeout(240)]

ELSEWHERE = frozenset({"manager"})
"""Has tests of its own by an ordinary user: tests/integration/test_manager.py."""
RULE = 'label = "yellow"\n'
BLUE = STANDARD["blue"].rgb


class Story:
    """One person, on a desktop of their own, whose supervisor is a service. uid: as in Session."""

    def __init__(self, session: Session, uid: int | None) -> None:
        self.session = session
        self.uid = uid
        self.panel = AttentionPanel(session.x)

    def done(self, *arguments: str) -> str:
        found = self.session.vitrail(*arguments)
        assert (found.returncode, found.stderr) == (0, ""), f"{arguments}: {found.stderr}\n{self.session.log()}"
        return found.stdout

    def refused(self, *arguments: str) -> str:
        found = self.session.vitrail(*arguments)
        assert (found.returncode, found.stdout) == (1, ""), arguments
        return found.stderr

    def own(self, path: Path, text: str = "") -> Path:
        """A file of this person's, in folders of theirs."""
        for folder in (*reversed(path.parents), path.parent):
            if not folder.exists():
                folder.mkdir()
                self._give(folder)
        path.write_text(text)
        self._give(path)
        return path

    def _give(self, path: Path) -> None:
        if self.uid is not None:
            os.chown(path, self.uid, self.uid)

    def says(self, *arguments: str, until: str, after: Callable[[], object]) -> None:
        """A command that goes on says something after something was done."""
        log = self.session.runtime / f"{'-'.join(arguments)}.log"
        with self.session.started(*arguments, log=log) as child:
            wait_until(lambda: log.read_text() != "" or not child.alive, 20, f"a word of {arguments}")
            after()
            wait_until(lambda: until in log.read_text(), 20, f"{until!r} of {arguments}")

    def shows_blue(self) -> bool:
        return bool((self.session.picture() == BLUE).any())


def create(story: Story) -> None:
    story.done("create", "mail", "--label", "green")
    story.done("create", "work", "--label", "blue")


def list_all(story: Story) -> None:
    found = {each["name"]: each for each in json.loads(story.done("ls", "--all", "--json"))["qubes"]}
    assert {name: each["label"] for name, each in found.items()} == {"mail": "green", "work": "blue"}


def change(story: Story) -> None:
    story.done("set", "mail", "--label", "yellow")
    assert (story.session.config / "vitrail" / "qubes" / "mail.toml").read_text() == RULE


def run(story: Story) -> None:
    assert story.done("run", "--qube", "work", "--", "xterm") == "started qube work (blue)\n"
    window = story.session.window("work")

    def framed() -> bool:
        return wears(story.session.picture(), tuple(window["outer"]), window["frame_px"], BLUE)

    wait_until(framed, 20, "a blue frame")
    assert story.session.vitrail("run", "--qube", "work", "--wait", "--", "sh", "-c", "id; exit 7").returncode == 7


def logs(story: Story) -> None:
    wait_until(lambda: "uid=1000(user)" in story.done("logs", "work"), what="what the program said")


def watch(story: Story) -> None:
    story.says("watch", until="mail", after=lambda: story.done("run", "--qube", "mail", "--", "true"))


def doctor(story: Story) -> None:
    assert json.loads(story.done("doctor", "--json", "sandbox"))["well"]
    assert story.done("doctor", "--oracle").startswith("every frame is right: 1 window,")


def hide(story: Story) -> None:
    story.done("hide", "work")
    wait_until(lambda: not story.shows_blue(), what="nothing blue")


def show(story: Story) -> None:
    story.done("show", "work")
    wait_until(story.shows_blue, what="the blue frame")


def pause(story: Story) -> None:
    story.done("pause", "work")
    assert "running, paused" in story.done("ls")


def resume(story: Story) -> None:
    story.done("resume", "work")
    assert story.session.qubes()["work"]["paused"] is False


def attention(story: Story) -> None:
    """By the command, and by the chord."""
    story.session.focus(story.session.window("work"))
    for call in (lambda: story.done("attention"), story.panel.chord):
        call()
        story.panel.wait_for_qube("work", "blue")
        story.panel.press("Escape")
        story.panel.wait_gone()


def status(story: Story) -> None:
    assert story.done("clipboard", "status") == "the clipboard is empty\n"


def contents(story: Story) -> None:
    assert "the clipboard is empty" in story.refused("clipboard", "show", "--escaped")


def watch_copies(story: Story) -> None:
    log = story.session.runtime / "copies.log"
    with story.session.started("clipboard", "watch", "--json", log=log) as child:

        def heard() -> bool:
            assert child.alive, log.read_text()
            story.done("clipboard", "clear")
            return "clear" in log.read_text()

        wait_until(heard, 20, "a word of the clipboard")


def clear(story: Story) -> None:
    story.done("clipboard", "clear")


def open_file(story: Story) -> None:
    note = story.own(story.session.data / "note.txt", "before\n")
    answer = json.loads(story.done("open", "--disposable", "--bring-back", "--json", "--with", "shred", str(note)))
    brought = note.with_name("note.changed.txt")
    assert answer["brought_back"] == str(brought)
    assert brought.stat().st_uid == note.stat().st_uid


def restart(story: Story) -> None:
    assert story.done("restart", "work", "--", "xterm") == "started qube work (blue)\n"
    assert story.session.window("work")


def kill(story: Story) -> None:
    story.done("kill", "work")
    wait_until(lambda: not story.shows_blue(), what="nothing blue")


def stop(story: Story) -> None:
    story.done("stop", "--all")
    assert story.session.qubes() == {}


def sync(story: Story) -> None:
    story.done("set", "work", "--menu", "xterm")
    story.done("menu", "sync")
    assert (story.session.data / "applications" / "vitrail-work.debian-xterm.desktop").exists()


def menu(story: Story) -> None:
    assert "work  debian-xterm  XTerm" in story.done("menu", "ls", "work")


def clear_menu(story: Story) -> None:
    story.done("menu", "clear")
    assert list((story.session.data / "applications").iterdir()) == []


def labels(story: Story) -> None:
    assert "purple" in story.done("labels")


def build(story: Story) -> None:
    """As far as a mirror that is not there lets it; tests/integration/test_template_of_a_person.py builds one."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        mirror = f"http://127.0.0.1:{closed.getsockname()[1]}/debian"
    said = story.refused("template", "build", "games", "--mirror", mirror)
    assert "usermod --add-subuids" in said or "the packages cannot be fetched" in said, said


def templates(story: Story) -> None:
    story.own(story.session.data / "vitrail" / "templates" / "small" / "root" / "etc" / "hostname")
    found = json.loads(story.done("template", "ls", "--json"))["templates"]
    assert [each["name"] for each in found] == ["small"]


def remove_template(story: Story) -> None:
    story.done("template", "rm", "--yes", "small")
    assert list((story.session.data / "vitrail" / "templates").iterdir()) == []


def export(story: Story) -> None:
    kernel = story.session.data / "kernel"
    story.own(kernel / "boot" / "vmlinuz-1", "kernel")
    story.own(kernel / "lib" / "modules" / "1" / "kernel" / "none", "")
    story.own(story.session.data / "vitrail" / "qubes" / "mail" / "home.img")
    story.session.extra["VITRAIL_KERNEL"] = str(kernel)
    assert "<name>vitrail-mail</name>" in story.done("export", "--libvirt", "mail")


def supervise(story: Story) -> None:
    """One runs in all of this; as a unit it names this very command."""
    assert "ExecStart=" in story.done("supervise", "--unit")


def daemon(story: Story) -> None:
    with tempfile.TemporaryDirectory(prefix="vitrail-daemon-", dir="/var/tmp") as name:
        folder = Path(name)
        with ScriptedAgent(folder) as agent:
            for whose in (folder, agent.path, agent.pool.fd):
                if story.uid is not None:
                    os.chown(whose, story.uid, story.uid)
            with DaemonProcess(story.session.display, agent.path, agent.pool, uid=story.uid) as served:
                agent.accept()
                agent.shake_hands()
                assert served.windows() == []


def receive_icons(story: Story) -> None:
    """A stream that ends before it begins."""
    assert story.done("icon-receiver", "--name", "work") == ""


def remove(story: Story) -> None:
    for name in ("work", "mail"):
        assert story.done("rm", "--yes", name) == f"removed qube {name}\n"
    assert json.loads(story.done("ls", "--all", "--json"))["qubes"] == []


STORY: MappingProxyType[str, Callable[[Story], None]] = MappingProxyType(
    {
        "labels": labels,
        "create": create,
        "ls": list_all,
        "set": change,
        "run": run,
        "logs": logs,
        "doctor": doctor,
        "watch": watch,
        "hide": hide,
        "show": show,
        "pause": pause,
        "resume": resume,
        "attention": attention,
        "clipboard status": status,
        "clipboard show": contents,
        "clipboard watch": watch_copies,
        "clipboard clear": clear,
        "open": open_file,
        "restart": restart,
        "kill": kill,
        "stop": stop,
        "menu sync": sync,
        "menu ls": menu,
        "menu clear": clear_menu,
        "template build": build,
        "template ls": templates,
        "template rm": remove_template,
        "export": export,
        "supervise": supervise,
        "daemon": daemon,
        "icon-receiver": receive_icons,
        "rm": remove,
    }
)
"""Command → its part, in order."""


def test_every_command_has_its_part() -> None:
    commands = {" ".join(each.path) for each in command_tree().below() if not each.commands}
    assert commands - ELSEWHERE == set(STORY)


@pytest.fixture
def story() -> Iterator[Story]:
    uid = person_uid()
    with (
        XServer(1000, 700) as server,
        WindowManager("openbox", server.name),
        Session(server.name, uid=uid) as session,
        session.service(),
    ):
        yield Story(session, uid)


def test_every_command_does_its_part(story: Story) -> None:
    for command, part in STORY.items():
        print(command)  # shown with a failure
        part(story)
    assert "Traceback" not in story.session.log()
