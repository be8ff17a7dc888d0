"""`vitrail doctor` on folders, settings and supervisors that are not as they should be, and after its own commands."""

import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.hidden import ROOT_ONLY, Hidden, Needs, lacking
from tests.harness.wait import wait_until

pytestmark = ROOT_ONLY

UID = 7_000_000 + os.getpid()
"""Nobody's: what it leaves in /tmp is found by its name."""
EDITOR = '#!/bin/sh\nsed -i "${1#+}d" "$2"\n'
"""A person who takes the line away on which the editor is opened."""

FILES = {
    "vitrail.toml": "# mine\n[defaults]\nscale = 99\n",
    "labels.toml": '[teal]\ncolor = "0x008080"\npattern = "dots"\n\n[red]\n',
    "qubes/work.toml": 'label = "blue"\n\ncolour = "red"\n',
    "qubes/mail.toml": "label = [\n",
    "clipboard.toml": '[[rule]]\nsource = "*"\ntarget = "*"\naction = "allow"\n\n[[rule]]\n# none\n',
    "policy.d/30-mine.policy": "# mine\nqubes.ClipboardPaste * vault\n",
}
LINES = {
    "vitrail.toml": 3,
    "labels.toml": 5,
    "qubes/work.toml": 3,
    "qubes/mail.toml": 1,
    "clipboard.toml": 6,
    "policy.d/30-mine.policy": 2,
}


@pytest.fixture
def machine() -> Iterator[Hidden]:
    """A machine of an ordinary user."""
    with Hidden() as made:
        for path in (made.folder, made.folder / "run"):
            os.chown(path, UID, UID)
        yield made
    for path in (Path(f"/tmp/runtime-{UID}"), Path(f"/tmp/vitrail-{UID}")):
        if path.exists():
            path.rmdir()


def owned(path: Path, mode: int = 0o700) -> Path:
    path.mkdir(mode=mode)
    os.chown(path, UID, UID)
    return path


def words(needs: Needs, name: str) -> list[str]:
    return [finding["words"] for finding in needs[name]["findings"]]


@pytest.mark.mends("settings: EDITOR")
def test_settings_are_mended_in_the_line_that_is_named(machine: Hidden) -> None:
    folder = machine.folder / "config" / "vitrail"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        os.chown(folder / name, UID, UID)
        os.chown((folder / name).parent, UID, UID)
    editor = machine.folder / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    found = machine.doctor("files", uid=UID)
    assert not found[""]["well"]
    assert [finding["mend"] for finding in found["settings"]["findings"]] == [
        f"${{EDITOR:-nano}} +{LINES[name]} {folder / name}"
        for name in ("vitrail.toml", "labels.toml", "clipboard.toml", "policy.d/30-mine.policy")
    ], "a qube's own file is not judged while those of all are broken"
    asked = 0
    while found["settings"]["findings"]:
        mends = [str(finding["mend"]) for finding in found["settings"]["findings"]]
        found = machine.mended("\n".join(mends), "files", uid=UID, EDITOR=str(editor))
        asked += len(mends)
    assert found[""]["well"]
    assert asked >= len(FILES)
    assert (folder / "qubes" / "work.toml").read_text() == 'label = "blue"\n\n'


def test_qubes_file_is_named_with_its_line(machine: Hidden) -> None:
    folder = machine.folder / "config" / "vitrail" / "qubes"
    folder.mkdir(parents=True)
    for name in ("work", "mail"):
        (folder / f"{name}.toml").write_text(FILES[f"qubes/{name}.toml"])
    said = words(machine.doctor("files", uid=UID), "settings")
    assert len(said) == 2
    assert said[1].startswith(f"{folder / 'work.toml'}: line 3: ")


@pytest.mark.mends("readable: chown")
def test_file_of_somebody_else_is_given_back(machine: Hidden) -> None:
    path = machine.folder / "config" / "vitrail" / "qubes" / "work.toml"
    path.parent.mkdir(parents=True)
    path.write_text('label = "blue"\n')
    path.chmod(0o600)
    found = machine.doctor("files", uid=UID)
    assert words(found, "readable") == [f"{path} cannot be read"]
    assert found["settings"]["state"] == "good"
    machine.shell(str(lacking(found)["readable"]))
    assert lacking(machine.doctor("files", uid=UID)) == {}


@pytest.mark.parametrize("name", ["", "qubes", "policy.d"])
def test_folder_of_settings_of_somebody_else_is_given_back(machine: Hidden, name: str) -> None:
    folder = machine.folder / "config" / "vitrail" / name
    folder.mkdir(parents=True)
    (folder / "30-mine.policy").write_text("# nothing\n")
    folder.chmod(0)
    found = machine.doctor("files", uid=UID)
    assert words(found, "readable") == [f"{folder} cannot be read"]
    machine.shell(str(lacking(found)["readable"]))
    assert lacking(machine.doctor("files", uid=UID)) == {}


@pytest.mark.mends("homes: chown")
def test_home_of_somebody_else_is_given_back(machine: Hidden) -> None:
    data = machine.folder / "data"
    data.mkdir(mode=0o755)
    found = machine.doctor("files", uid=UID)
    assert f"{data} is not writable" in words(found, "homes")[0]
    machine.shell(str(lacking(found)["homes"]))
    assert lacking(machine.doctor("files", uid=UID)) == {}


def test_home_of_somebody_who_is_not_the_person_is_left_to_them(machine: Hidden) -> None:
    other = machine.folder / "other"
    other.mkdir(mode=0o755)
    found = machine.doctor("files", uid=UID, HOME=str(other), XDG_DATA_HOME="", XDG_CONFIG_HOME="")
    assert f"{other} is not writable" in words(found, "homes")[0]
    assert lacking(found)["homes"] is None


@pytest.mark.mends("private: chmod 700")
def test_folder_that_others_can_enter_is_closed(machine: Hidden) -> None:
    folder = owned(machine.folder / "run" / "vitrail", 0o755)
    folder.chmod(0o755)
    found = machine.doctor("files", uid=UID)
    assert lacking(found) == {"private": f"chmod 700 {folder}"}
    assert lacking(machine.mended(str(lacking(found)["private"]), "files", uid=UID)) == {}


@pytest.mark.mends("runtime: mkdir", "sockets: mkdir")
def test_folder_for_sockets_of_somebody_else_is_not_used(machine: Hidden) -> None:
    Path(f"/tmp/vitrail-{UID}").mkdir(mode=0o755)
    found = machine.doctor("files", uid=UID, XDG_RUNTIME_DIR="/root")
    folder = f"/tmp/runtime-{UID}"
    mend = f"mkdir -p -m 700 {folder} && test -O {folder} && export XDG_RUNTIME_DIR={folder}"
    assert lacking(found) == {"runtime": mend, "sockets": mend}
    assert "somebody else's folder" in words(found, "runtime")[0]
    assert lacking(machine.mended(mend, "files", uid=UID, XDG_RUNTIME_DIR="/root")) == {}
    os.chown(folder, 0, 0)
    used = machine.shell(f"if {mend}; then echo taken; fi", machine.environment(), uid=UID)
    assert "taken" not in used
    found = machine.doctor("files", uid=UID, XDG_RUNTIME_DIR="")
    assert "is not set" in words(found, "runtime")[0]


@pytest.mark.mends("runtime: export", "sockets: export")
def test_folder_of_the_login_is_used_where_there_is_one() -> None:
    with Hidden("mount -t tmpfs -o mode=755 hidden /run\nmkdir -p /run/user") as machine:
        machine.shell(f"install -d -m 700 -o {UID} /run/user/{UID} && ln -s /root /tmp/vitrail-{UID}")
        try:
            found = machine.doctor("files", uid=UID, XDG_RUNTIME_DIR="", HOME="/nowhere")
            mend = f"export XDG_RUNTIME_DIR=/run/user/{UID}"
            assert {name: lacking(found)[name] for name in ("runtime", "sockets")} == {"runtime": mend, "sockets": mend}
            mended = machine.mended(mend, "files", uid=UID, XDG_RUNTIME_DIR="")
            assert mended["runtime"]["state"] == mended["sockets"]["state"] == "good"
        finally:
            machine.shell(f"rm /tmp/vitrail-{UID}")


@pytest.mark.mends("passage: chmod")
def test_home_of_roots_qubes_is_made_passable(machine: Hidden) -> None:
    private = machine.folder / "private"
    private.mkdir(mode=0o700)
    os.chown(machine.folder / "run", 0, 0)
    found = machine.doctor("files", XDG_DATA_HOME=str(private / "data"))
    assert lacking(found) == {"passage": f"chmod o+x {private}"}
    assert lacking(machine.mended(f"chmod o+x {private}", "files", XDG_DATA_HOME=str(private / "data"))) == {}


@pytest.mark.mends("templates: vitrail set", "templates: vitrail template rm")
def test_template_that_no_qube_can_have_is_told_and_taken_away(machine: Hidden) -> None:
    templates = machine.folder / "data" / "vitrail" / "templates"
    (templates / "old" / "root" / "etc").mkdir(parents=True)
    for path in (machine.folder / "data").rglob("*"):
        os.chown(path, UID, UID)
    os.chown(machine.folder / "data", UID, UID)
    folder = machine.folder / "system"
    folder.mkdir()
    definitions = machine.folder / "config" / "vitrail" / "qubes"
    definitions.mkdir(parents=True)
    for name, template in {"mail": "old", "work": str(folder), "web": "gone"}.items():
        (definitions / f"{name}.toml").write_text(f'label = "blue"\ntemplate = "{template}"\n')
    for path in (definitions, *definitions.iterdir(), definitions.parent):
        os.chown(path, UID, UID)
    found = machine.doctor("extras", uid=UID)
    assert found[""]["well"]
    mends = [each["mend"] for each in found["templates"]["findings"]]
    assert mends == [f"vitrail set {name} --template none" for name in ("mail", "web", "work")]
    said = words(found, "templates")
    assert said[0].startswith("template old: the template ")
    assert "there is no template gone" in said[1]
    assert said[2].startswith(f"template of the qube work: the template {folder} lacks Python, an X server")
    found = machine.mended("\n".join(mends), "extras", uid=UID)
    mends = [each["mend"] for each in found["templates"]["findings"]]
    assert mends == ["vitrail template rm --yes old"], "no qube has it any more"
    assert machine.mended(mends[0], "extras", uid=UID)["templates"]["state"] == "good"


@pytest.mark.mends("leftover: rm")
def test_what_is_left_of_a_supervisor_is_taken_away(machine: Hidden) -> None:
    path = owned(machine.folder / "run" / "vitrail") / "control.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    found = machine.doctor("files", uid=UID)
    assert (lacking(found), found[""]["well"]) == ({"leftover": f"rm {path}"}, True)
    assert lacking(machine.mended(f"rm {path}", "files", uid=UID)) == {}


@pytest.mark.mends("stranger: rm")
def test_stranger_who_listens_is_told(machine: Hidden) -> None:
    path = owned(machine.folder / "run" / "vitrail") / "control.sock"
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(path))
        path.chmod(0o666)
        stranger.listen()
        found = machine.doctor("files", uid=UID)
        assert lacking(found) == {"stranger": f"rm {path}"}
        assert not found[""]["well"]
        assert lacking(machine.mended(f"rm {path}", "files", uid=UID)) == {}


def test_supervisor_of_root_in_ones_own_folder_is_no_leftover(machine: Hidden) -> None:
    """As after sudo that has kept the environment."""
    folder = owned(machine.folder / "run" / "vitrail")
    path, lock = folder / "control.sock", folder / "supervisor.lock"
    with socket.socket(socket.AF_UNIX) as stranger, lock.open("w") as held:
        stranger.bind(str(path))
        path.chmod(0o600)
        stranger.listen()
        fcntl.flock(held, fcntl.LOCK_EX)
        found = machine.doctor("files", uid=UID)
        assert lacking(found) == {"stranger": f"rm {path}"}
        assert f"({os.getpid()})" in words(found, "stranger")[0]


def test_supervisor_that_takes_nobody_in_is_no_leftover(machine: Hidden) -> None:
    folder = owned(machine.folder / "run" / "vitrail")
    path, lock = folder / "control.sock", folder / "supervisor.lock"
    with socket.socket(socket.AF_UNIX) as busy, socket.socket(socket.AF_UNIX) as first, lock.open("w") as held:
        busy.bind(str(path))
        path.chmod(0o666)
        busy.listen(0)
        first.connect(str(path))  # all that the queue holds
        fcntl.flock(held, fcntl.LOCK_EX)
        assert lacking(machine.doctor("files", uid=UID)) == {"supervisor": f"kill -KILL {os.getpid()}"}


@pytest.mark.mends("supervisor: kill")
def test_supervisor_that_does_not_answer_is_ended(machine: Hidden) -> None:
    path = owned(machine.folder / "run" / "vitrail") / "control.sock"
    script = (
        f"import socket; s = socket.socket(socket.AF_UNIX); s.bind({str(path)!r}); s.listen(); print('on', flush=True)"
    )
    log = machine.folder / "log"
    argv = [
        "setpriv",
        f"--reuid={UID}",
        f"--regid={UID}",
        "--clear-groups",
        "python3",
        "-c",
        f"{script}; s.accept(); input()",
    ]
    with machine.child(argv, log) as process:
        wait_until(lambda: "on" in process.output(), 20, "the socket")
        process.freeze()
        found = machine.doctor("files", uid=UID)
        assert lacking(found) == {"supervisor": f"kill -KILL {process.pid}"}
        mended = machine.mended(str(lacking(found)["supervisor"]), "files", uid=UID)
        assert set(lacking(mended)) == {"leftover"}
