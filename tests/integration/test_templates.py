"""A qube with a template has its programs instead of this machine's, and nothing that the template points at.

All these tests share one template (tests/harness/templates.py), which takes a minute to build when there is none yet.
"""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from guid.core.template import Made
from guid.templates import PREFIX
from tests.harness.processes import Child
from tests.harness.session import Session
from tests.harness.templates import PACKAGE
from tests.harness.wait import time_scale, wait_until
from tests.harness.xserver import XServer
from tests.integration.test_ordinary import person_uid

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox, pytest.mark.timeout(900)]

PYTHON = ("/usr/bin/python3", "-I", "-c")
KNOWN = Made("bookworm", ("gimp",), "", "2026-11-22T11:49:06Z", "0.1", "mmdebstrap 1.3.5", 3 << 20)
YELLOW = 0xFFFF00
LOOK = """\
import json, sys
from pathlib import Path

def contents(path):
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None

Path("seen.json").write_text(json.dumps({path: contents(path) for path in sys.argv[1:]}))
"""


@pytest.fixture
def session(desktop: XServer) -> Iterator[Session]:
    with Session(desktop.name) as person:
        yield person


@pytest.fixture
def named(session: Session) -> Path:
    """A template with a name, in which there is nothing to run."""
    folder = session.data / "vitrail" / "templates" / "small"
    (folder / "root" / "etc").mkdir(parents=True)
    (folder / "template.json").write_text(KNOWN.text())
    return folder


@pytest.fixture(scope="module")
def hostile(template: Path) -> Iterator[tuple[Path, Path]]:
    """The template with links of every kind to a file of this machine, and that file."""
    base = template.parent.parent.parent.parent / f"hostile-{os.getpid()}"
    root, canary = base / "root", base / "canary"
    base.mkdir(mode=0o711)
    base.chmod(0o711)
    subprocess.run(["cp", "--archive", "--link", str(template), str(root)], check=True)
    canary.write_text("this machine's")
    canary.chmod(0o644)
    (root / "opt").rmdir()
    shutil.rmtree(root / "var" / "cache")
    up = "../" * 16
    links: dict[str, str | Path] = dict.fromkeys(("etc/canary", "usr/local/canary", "etc/resolv.conf"), canary)
    links |= dict.fromkeys(("etc/passwd", "etc/hosts"), canary) | {"etc/shadow": "/etc/shadow"}
    links |= dict.fromkeys(("opt", "var/cache", "usr/local/folder", "lib32", "etc/folder"), base)
    links |= {"etc/magic": f"{up}{canary}"}
    for name, target in links.items():
        (root / name).unlink(missing_ok=True)
        (root / name).symlink_to(target)
    yield root, canary
    shutil.rmtree(base)


def done(session: Session, *arguments: str) -> str:
    found = session.vitrail(*arguments)
    assert (found.returncode, found.stderr) == (0, ""), f"{arguments}: {found.stderr}\n{session.log()}"
    return found.stdout


def refused(session: Session, *arguments: str) -> str:
    found = session.vitrail(*arguments)
    assert found.returncode == 1, f"{arguments}: {found.stdout}{found.stderr}"
    assert "Traceback" not in found.stderr
    return found.stderr


def seen(session: Session, qube: str, *paths: str) -> dict[str, str]:
    """The contents of those files that a program in the qube can read."""
    done(session, "run", "--qube", qube, "--wait", "--", *PYTHON, LOOK, *paths)
    found: dict[str, str | None] = json.loads((session.home(qube) / "seen.json").read_text())
    return {path: text for path, text in found.items() if text is not None}


def test_program_that_this_machine_lacks_is_framed_and_one_of_this_machine_is_not_there(
    session: Session, template: Path
) -> None:
    assert shutil.which(PACKAGE) is None, "choose another program for this test"
    done(session, "create", "play", "--label", "green", "--template", str(template))
    listed = json.loads(done(session, "ls", "--all", "--json"))["qubes"]
    assert [(each["name"], each["template"]) for each in listed] == [("play", str(template))]
    done(session, "run", "--qube", "play", "--", PACKAGE)
    window = session.window("play", lambda each: "mineur" in each["title"])
    wait_until(lambda: bool((session.content(window) == YELLOW).any()), 20, "the yellow face of the game")
    wait_until(lambda: session.vitrail("doctor", "--oracle").returncode == 0, 20, "every window framed")
    assert session.qubes()["play"]["template"] == str(template)
    assert shutil.which("xterm") is not None
    assert "could not start it" in refused(session, "run", "--qube", "play", "--", "xterm")


def test_qube_with_a_template_is_shut_in_as_any_other(session: Session, template: Path) -> None:
    done(session, "create", "work", "--template", str(template))
    host = [shutil.which(name) or "" for name in ("bwrap", "mmdebstrap")]
    assert all(host)
    found = seen(session, "work", "/proc/self/status", "/etc/os-release", "/proc/self/mountinfo", *host)
    assert not set(found) & set(host)
    assert found["/etc/os-release"] == (template / "usr/lib/os-release").read_text()
    status = dict(line.split(":\t", 1) for line in found["/proc/self/status"].splitlines() if ":\t" in line)
    assert (status["Seccomp"], status["NoNewPrivs"], int(status["CapBnd"], 16)) == ("2", "1", 0)
    mounts = [line.split() for line in found["/proc/self/mountinfo"].splitlines()]
    system = [words for words in mounts if words[4].startswith(("/usr", "/etc", "/var", "/opt"))]
    assert len(system) > 10
    assert all("ro" in words[5].split(",") for words in system)
    bound = [words[3] for words in system if words[4].split("/")[1] != "etc"]
    assert all("/games/root/" in source for source in bound), bound


def test_links_of_a_template_lead_to_nothing_of_this_machine(session: Session, hostile: tuple[Path, Path]) -> None:
    root, canary = hostile
    inner = {
        *("/etc/canary", "/etc/magic", "/opt/canary", "/var/cache/canary", "/usr/local/canary"),
        *("/usr/local/folder/canary", "/lib32/canary", "/etc/folder/canary", "/etc/resolv.conf"),
    }
    for path in inner:  # out here each of them leads there
        assert (root / path[1:]).read_text() == "this machine's", path
    done(session, "create", "work", "--template", str(root))
    found = seen(session, "work", *inner, str(canary), "/etc/shadow", "/etc/passwd", "/etc/hosts")
    assert set(found) == {"/etc/passwd", "/etc/hosts"}
    assert found["/etc/passwd"].startswith("root:x:0:0:root:/root:/usr/sbin/nologin\nuser:x:1000:")


def test_template_that_is_not_there_or_lacks_what_qubes_need_is_told(session: Session, named: Path) -> None:
    assert "there is no template nothing (there are: small)" in refused(session, "create", "x", "--template", "nothing")
    assert "is no folder" in refused(session, "create", "x", "--template", "/nowhere/at/all")
    assert "cannot have a template" in refused(session, "create", "x", "--template", "small", "--engine", "qemu")
    assert json.loads(done(session, "ls", "--all", "--json"))["qubes"] == []
    done(session, "create", "work", "--template", "small")
    words = "lacks Python, an X server, xkbcomp, keyboard layouts: in it, install python3 xserver-xorg-core"
    assert words in refused(session, "run", "--qube", "work", "--", "true")
    done(session, "set", "work", "--template", "none")
    done(session, "run", "--qube", "work", "--", "true")
    shutil.rmtree(named)
    assert "there is no template small" in refused(session, "run", "--disposable", "--template", "small", "--", "true")
    assert "vitrail set work --template x" in refused(session, "run", "--qube", "work", "--template", "x", "--", "true")


def test_disposable_qubes_have_a_template_for_the_asking(session: Session, template: Path, tmp_path: Path) -> None:
    code = "import sys; sys.exit(open('/etc/hostname').read().startswith('disp') and 7)"
    run = session.vitrail("run", "--disposable", "--template", str(template), "--wait", "--", *PYTHON, code)
    assert run.returncode == 7, run.stderr
    note = tmp_path / "note.txt"
    note.write_text("before")
    where = ("open", "--disposable", "--bring-back", "--json", "--template", str(template))
    answer = json.loads(done(session, *where, "--with", "pydoc3.11", str(note)))
    assert (answer["program"][0], answer["changed"]) == ("pydoc3.11", False)


def test_template_is_listed_with_its_qubes_and_removed_when_none_has_it(session: Session, named: Path) -> None:
    done(session, "create", "work", "--template", "small")
    printed = done(session, "template", "ls")
    assert printed.splitlines()[1].split() == ["small", "bookworm", "3", "MiB", "2026-11-22", "work", "gimp"]
    listed = json.loads(done(session, "template", "ls", "--json"))["templates"]
    assert [(each["name"], each["packages"], each["qubes"]) for each in listed] == [("small", ["gimp"], ["work"])]
    assert "vitrail set work --template none" in refused(session, "template", "rm", "--yes", "small")
    done(session, "set", "work", "--template", "none")
    assert "add --yes" in refused(session, "template", "rm", "small")
    assert named.exists()
    leader, follower = pty.openpty()
    argv = session.argv("template", "rm", "small")
    with subprocess.Popen(argv, stdin=follower, stdout=subprocess.DEVNULL, env=session.environment(), cwd="/") as asked:
        os.write(leader, b"y\n")
        assert asked.wait(60 * time_scale()) == 0
    os.close(leader)
    os.close(follower)
    assert list(named.parent.iterdir()) == []
    assert json.loads(done(session, "template", "ls", "--json"))["templates"] == []


def test_template_of_a_qube_that_runs_is_not_removed(session: Session, template: Path) -> None:
    home = template.parent.parent.parent.parent
    session.data = home  # where the template has its name
    run = ("run", "--disposable", "--template", template.parent.name, "--", "sleep", "600")
    done(session, *run)
    try:
        assert "a qube that runs uses the template" in refused(session, "template", "rm", "--yes", template.parent.name)
        (listed,) = json.loads(done(session, "template", "ls", "--json"))["templates"]
        assert (listed["packages"], listed["qubes"]) == ([PACKAGE], list(session.qubes()))
    finally:
        done(session, "stop", "--all")
    assert template.is_dir()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none",), "cannot be a template's name"),
        (("../x",), "cannot be a template's name"),
        (("small",), "vitrail template build small --rebuild"),
        (("new", "a,b"), "cannot be a Debian package"),
        (("new", "--suite", "a b"), "cannot be a suite"),
        (("new", "--mirror", "x"), "cannot be a mirror"),
    ],
)
def test_build_that_cannot_be_is_told_in_words(
    session: Session, named: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in refused(session, "template", "build", *arguments)
    assert [each.name for each in named.parent.iterdir()] == ["small"]


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A mirror that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user may have no other uids")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_build_that_is_cut_short_leaves_nothing(
    session: Session, silent: socket.socket, number: signal.Signals
) -> None:
    work, templates = session.runtime / "work", session.data / "vitrail" / "templates"
    work.mkdir()
    log = session.runtime / "build.log"
    mirror = f"http://127.0.0.1:{silent.getsockname()[1]}/debian"
    argv = session.argv("template", "build", "half", "--mirror", mirror)
    with Child(argv, env={**session.environment(), "TMPDIR": str(work)}, log=log) as child:
        wait_until(lambda: "reading what packages there are" in log.read_text(), 180, "the build's beginning")
        assert [each.name[:10] for each in templates.iterdir()] == [".building-"]
        assert list(work.glob(f"{PREFIX}*/*"))
        child.signal(number)
        child.wait(180)
    silent.close()  # what was killed cannot end the builder: it hears of it when its apt-get ends
    assert number is signal.SIGKILL or (list(templates.iterdir()), list(work.iterdir())) == ([], [])

    def swept() -> bool:
        assert json.loads(done(session, "template", "ls", "--json"))["templates"] == []
        return not list(templates.iterdir()) and not list(work.iterdir())

    wait_until(swept, 180, "the end of what a killed build has left")


def test_package_that_does_not_exist_is_told_by_its_name(desktop: XServer, template: Path) -> None:
    """template: this machine is known to be able to build one."""
    with Session(desktop.name, command_timeout_s=300) as session:
        said = refused(session, "template", "build", "half", PACKAGE, "no-such-package-anywhere")
        assert "fetching" not in said, "it was looked up late"
        assert "there is no package no-such-package-anywhere in" in said
        assert list((session.data / "vitrail" / "templates").iterdir()) == []
    assert template.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever runs the tests is an ordinary user already")
def test_person_without_privileges_has_a_template_that_root_has_made(desktop: XServer, template: Path) -> None:
    with Session(desktop.name, uid=person_uid()) as session:
        done(session, "create", "play", "--label", "blue", "--template", str(template))
        done(session, "run", "--qube", "play", "--", PACKAGE)
        session.window("play", lambda each: "mineur" in each["title"])
