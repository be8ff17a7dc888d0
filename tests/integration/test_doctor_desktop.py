"""`vitrail doctor` on desktops that will not do, and after its own commands have been run; root only."""

import itertools
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.harness.hidden import ROOT_ONLY, SOCKETS, Hidden, lacking
from tests.harness.processes import Child
from tests.harness.wait import wait_until
from tests.harness.xserver import xorg_conf

pytestmark = [
    pytest.mark.desktop,
    ROOT_ONLY,
]

NOBODY = 65_534
NUMBERS = itertools.count(50_000 + os.getpid() % 400 * 20)
"""Above those that tests/harness/xserver.py gives: the abstract sockets of all are in one network namespace."""
REST = ("admission", "depth", "shared-memory", "descriptors", "xkb", "randr", "oracle", "manager", "frames")
XORG = "/usr/lib/xorg/Xorg"


@pytest.fixture(scope="module")
def machine() -> Iterator[Hidden]:
    """A machine with no display but those of the test."""
    with Hidden(SOCKETS) as made:
        yield made


def test_what_is_printed_is_for_reading(machine: Hidden) -> None:
    with server(machine) as good, machine.child(["openbox"], machine.folder / "wm", machine.environment(DISPLAY=good)):
        machine.mended("", "desktop", need="manager", DISPLAY=good)  # once it runs
        said = machine.shell("vitrail doctor desktop", machine.environment(DISPLAY=good)).splitlines()
        assert said[0] == "the desktop:"
        assert f"  ok    DISPLAY names the desktop's X server: {good}" in said
        assert said[-1] == "all is well"
        said = machine.shell("! vitrail doctor desktop", machine.environment(DISPLAY=":49999")).splitlines()
        assert said[-5:] == [
            "  NO    server: no X server answers at display :49999",
            "        so: there is no desktop to show windows on",
            f"        to mend: export DISPLAY={good}",
            f"  ?     cannot be told before the rest is mended: {', '.join(REST)}",
            "qubes cannot be used until this is mended: server",
        ]


@contextmanager
def server(machine: Hidden, *arguments: str, screen: str = "640x480x24") -> Iterator[str]:
    """An X server, seen inside alone. Its name."""
    name = f":{next(NUMBERS)}"
    argv = list(arguments) if arguments[:1] == (XORG,) else ["Xvfb", "-screen", "0", screen, *arguments]
    with machine.child([*argv, name, "-noreset"], machine.folder / f"log{name}") as process:
        wait_for(name, process)
        yield name


def wait_for(name: str, process: Child) -> None:
    def there() -> bool:
        assert process.alive, process.output()
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(f"\0/tmp/.X11-unix/X{name[1:]}") == 0

    wait_until(there, 30, f"the display {name}")


BAD_SERVERS = (
    pytest.param("depth", (), "640x480x16", id="16 bits", marks=pytest.mark.mends("depth: export DISPLAY")),
    pytest.param("depth", (), "640x480x8", id="8 bits"),
    pytest.param(
        *("shared-memory", ("-extension", "MIT-SHM"), "640x480x24"),
        id="no MIT-SHM",
        marks=pytest.mark.mends("shared-memory: export DISPLAY"),
    ),
    pytest.param(
        *("randr", ("-extension", "RANDR"), "640x480x24"),
        id="no RANDR",
        marks=pytest.mark.mends("randr: export DISPLAY"),
    ),
    pytest.param(
        *("oracle", ("-extension", "X-Resource"), "640x480x24"),
        id="no X-Resource",
        marks=pytest.mark.mends("oracle: export DISPLAY"),
    ),
)


@pytest.mark.parametrize(("need", "arguments", "screen"), BAD_SERVERS)
def test_unfit_display_is_told_and_a_fit_one_named(
    machine: Hidden, need: str, arguments: tuple[str, ...], screen: str
) -> None:
    with server(machine, *arguments, screen=screen) as bad, server(machine) as good:
        found = machine.doctor("desktop", DISPLAY=bad)
        assert found[need]["state"] == "lacks"
        assert found[""]["well"] is (need in {"randr", "oracle"})
        assert lacking(found)[need] == f"export DISPLAY={good}"
        mended = machine.mended(f"export DISPLAY={good}", "desktop", DISPLAY=bad)
        assert mended[need]["state"] == "good"


@pytest.mark.mends("display: export DISPLAY")
def test_display_that_is_not_named_is_found(machine: Hidden) -> None:
    with server(machine) as good:
        found = machine.doctor("desktop")
        assert lacking(found) == {"display": f"export DISPLAY={good}"}
        assert found["depth"]["state"] == "unknown"
        mended = machine.mended(f"export DISPLAY={good}", "desktop")
        assert set(lacking(mended)) == {"manager"}
        assert mended["display"]["remark"] == good


@pytest.mark.mends("server: xvfb-run", "local: xvfb-run")
def test_machine_without_any_display_gets_one_that_nobody_sees(machine: Hidden) -> None:
    found = machine.doctor("desktop", DISPLAY=":49999")
    assert found["server"]["findings"][0]["words"] == "no X server answers at display :49999"
    mend = str(lacking(found)["server"])
    assert mend.startswith("xvfb-run")
    assert lacking(machine.doctor("desktop", DISPLAY="elsewhere:0")) == {"local": mend}
    mended = machine.mended(mend, "desktop")
    assert mended[""]["well"], lacking(mended)


def test_display_of_somebody_else_is_not_proposed(machine: Hidden) -> None:
    name = f":{next(NUMBERS)}"
    person = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    with machine.child([*person, "Xvfb", name, "-noreset"], machine.folder / "somebody") as process:
        wait_for(name, process)
        assert machine.doctor("desktop", DISPLAY=name)["depth"]["state"] == "good"
        assert str(lacking(machine.doctor("desktop"))["display"]).startswith("xvfb-run")


@pytest.mark.mends("manager: openbox")
def test_window_manager_is_started(machine: Hidden) -> None:
    with server(machine) as name:
        found = machine.doctor("desktop", DISPLAY=name)
        assert found[""]["well"]
        assert lacking(found) == {"manager": "openbox >/dev/null 2>&1 &"}
        mended = machine.mended(str(lacking(found)["manager"]), "desktop", need="manager", DISPLAY=name)
        assert lacking(mended) == {}


@pytest.mark.mends("local: export DISPLAY")
def test_remote_display_is_refused(machine: Hidden) -> None:
    with server(machine, "-listen", "tcp", "-ac") as near:
        found = machine.doctor("desktop", DISPLAY=f"localhost{near}.0")
        assert lacking(found) == {"local": f"export DISPLAY={near}"}
        assert "remote" in found["local"]["findings"][0]["words"]
        mended = machine.mended(f"export DISPLAY={near}", "desktop", DISPLAY=f"localhost{near}.0")
        assert mended["local"]["state"] == mended["descriptors"]["state"] == "good"


@pytest.mark.mends("descriptors: export DISPLAY", "xkb: export DISPLAY")
def test_relayed_display_takes_no_descriptors(machine: Hidden) -> None:
    with server(machine) as name:
        relayed = f":{next(NUMBERS)}"
        ends = [f"/tmp/.X11-unix/X{each[1:]}" for each in (relayed, name)]
        argv = [sys.executable, "-m", "tests.harness.relay", *ends, "XKEYBOARD"]
        with machine.child(argv, machine.folder / "relay") as process:
            wait_for(relayed, process)
            found = machine.doctor("desktop", DISPLAY=relayed)
            assert found["shared-memory"]["state"] == "good"
            assert lacking(found)["descriptors"] == lacking(found)["xkb"] == f"export DISPLAY={name}"
            assert not found[""]["well"]
            mended = machine.mended(f"export DISPLAY={name}", "desktop", DISPLAY=relayed)
            assert mended["descriptors"]["state"] == mended["xkb"]["state"] == "good"


@contextmanager
def guarded(machine: Hidden) -> Iterator[tuple[str, Path]]:
    """An X server with cookies, and their file."""
    cookies = machine.folder / f"cookies{next(NUMBERS)}"
    machine.shell(f'touch {cookies}; xauth -q -f {cookies} add :0 . "$(mcookie)"')
    with server(machine, "-auth", str(cookies)) as name:
        machine.shell(
            f'cookie=$(xauth -f {cookies} list | head -1 | sed "s/.* //"); xauth -q -f {cookies} add {name} . $cookie'
        )
        yield name, cookies


@pytest.mark.mends("admission: export XAUTHORITY")
def test_cookies_of_the_server_are_named(machine: Hidden) -> None:
    with guarded(machine) as (name, cookies):
        found = machine.doctor("desktop", DISPLAY=name, XAUTHORITY="/nowhere")
        assert lacking(found) == {"admission": f"export XAUTHORITY={cookies}"}
        mended = machine.mended(f"export XAUTHORITY={cookies}", "desktop", DISPLAY=name, XAUTHORITY="/nowhere")
        assert mended["admission"]["state"] == mended["descriptors"]["state"] == "good"


@pytest.mark.mends("admission: xhost")
def test_owner_of_the_desktop_lets_somebody_in(machine: Hidden) -> None:
    with guarded(machine) as (name, cookies):
        found = machine.doctor("desktop", uid=NOBODY, DISPLAY=name)
        mend = str(lacking(found)["admission"])
        assert mend == "xhost +si:localuser:nobody"
        machine.shell(mend, machine.environment(DISPLAY=name, XAUTHORITY=str(cookies)))
        found = machine.doctor("desktop", uid=NOBODY, DISPLAY=name)
        assert found["admission"]["state"] == found["descriptors"]["state"] == "good"


@pytest.mark.mends("depth: sed")
def test_file_that_gives_an_x_server_few_colours_is_changed(machine: Hidden) -> None:
    conf = machine.folder / "16 bits.conf"
    conf.write_text(xorg_conf(800, 600, 16))
    argv = (XORG, "-config", str(conf), "-logfile", "/dev/null", "-novtswitch", "-sharevts")
    with server(machine, *argv) as name:
        mend = str(lacking(machine.doctor("desktop", DISPLAY=name))["depth"])
    assert f"'{conf}'" in mend
    machine.shell(mend)
    with server(machine, *argv) as name:
        assert machine.doctor("desktop", DISPLAY=name)["depth"]["state"] == "good"


@pytest.mark.mends("server: export DISPLAY")
def test_stopped_server_does_not_stop_the_doctor(machine: Hidden) -> None:
    with server(machine) as good, ExitStack() as stack:
        name = f":{next(NUMBERS)}"
        process = stack.enter_context(machine.child(["Xvfb", name], machine.folder / "stopped"))
        wait_for(name, process)
        process.freeze()
        try:
            found = machine.doctor("desktop", DISPLAY=name)
        finally:
            process.thaw()
        assert lacking(found) == {"server": f"export DISPLAY={good}"}
        mended = machine.mended(str(lacking(found)["server"]), "desktop", DISPLAY=name)
        assert mended["server"]["state"] == "good"


@pytest.fixture
def wayland(machine: Hidden) -> Iterator[str]:
    """A Wayland session without an X server; its $WAYLAND_DISPLAY."""
    argv = ["weston", "--backend=headless-backend.so", "--socket=hidden-wayland", "--no-config", "--idle-time=0"]
    with machine.child(argv, machine.folder / "weston.log") as process:
        path = machine.folder / "run" / "hidden-wayland"

        def there() -> bool:
            assert process.alive, process.output()
            return path.exists()

        wait_until(there, 30, "the compositor")
        yield path.name


@pytest.mark.mends("xwayland: Xwayland")
def test_wayland_session_without_an_x_server_gets_one(machine: Hidden, wayland: str) -> None:
    found = machine.doctor("desktop", WAYLAND_DISPLAY=wayland)
    mend = str(lacking(found)["xwayland"])
    assert found["display"]["state"] == "good"
    assert "Xwayland :7 " in mend
    mended = machine.mended(mend, "desktop", need="server", WAYLAND_DISPLAY=wayland)
    assert mended[""]["well"], lacking(mended)
    assert mended["xwayland"]["remark"] == "windows are shown through Xwayland"
    assert set(lacking(mended)) <= {"manager"}


@pytest.mark.sandbox
def test_qubes_window_is_framed_in_a_wayland_session(machine: Hidden, wayland: str) -> None:
    name = f":{next(NUMBERS)}"
    env = machine.environment(WAYLAND_DISPLAY=wayland)
    with machine.child(["Xwayland", name, "-ac"], machine.folder / "xwayland.log", env) as process:
        wait_for(name, process)
        person = machine.environment(DISPLAY=name)
        machine.shell("vitrail run --qube mail --label red -- xterm", person)
        try:
            wait_until(lambda: '"mapped": true' in machine.shell("vitrail ls --json", person), 30, "the window")
            said = machine.shell("vitrail doctor --oracle", person)
            assert said.startswith("every frame is right: 1 window, ")
        finally:
            machine.shell("vitrail stop mail", person)


@pytest.mark.sandbox
@pytest.mark.mends("frames: vitrail set work -o")
def test_window_manager_that_does_not_paint_frames_is_told_and_not_relied_on(machine: Hidden) -> None:
    with server(machine) as name, machine.child(["openbox"], machine.folder / "wm", machine.environment(DISPLAY=name)):
        machine.mended("", "desktop", need="manager", DISPLAY=name)
        person = machine.environment(DISPLAY=name)
        try:
            machine.shell(
                "vitrail create work --label blue -o 'frame=\"wm\"' && vitrail run --qube work -- xterm", person
            )

            def told() -> str | None:
                found = machine.doctor("desktop", DISPLAY=name)
                assert found[""]["well"]
                return lacking(found).get("frames")

            mend = wait_until(told, 60, "a window that nobody else frames")
            assert mend == "vitrail set work -o 'frame=\"own\"'"
            machine.shell(str(mend), person)
            assert told() is None
        finally:
            machine.shell("vitrail stop --all", person)
