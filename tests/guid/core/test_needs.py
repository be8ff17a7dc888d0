"""The table of needs: every row can lack, says so, and has the command that mends it, for root and for others."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from guid.core.needs.examination import NEEDS, Judged, State, all_packages, examine, is_well
from guid.core.needs.mending import as_root
from guid.core.needs.need import Weight
from guid.core.needs.seen import (
    BrokenTemplate,
    Device,
    Display,
    Extras,
    Fault,
    Folder,
    Kernel,
    Person,
    Places,
    Programs,
    Seen,
    Supervisor,
)
from scripts.doctor_page import PAGE, page_text
from tests.harness.mends import promises

NAMES = (
    *("Xorg", "dummy_drv.so", "Xvfb", "xvfb-run", "Xwayland", "xauth", "setxkbmap", "xkbcomp", "slirp4netns"),
    *("mmdebstrap", "newuidmap", "newgidmap", "openbox"),
)
USER = Person("kim", 1000, sudo=True)
HOME = Folder("/run/user/1000/vitrail", owner=1000)
WELL = Seen(
    person=USER,
    programs=Programs(
        dict.fromkeys(NAMES, "/usr/bin/x"),
        python=(3, 11),
        pictures=True,
        toolkit=True,
        bubblewrap=(0, 8, 0),
        fonts=True,
        subordinate=65_536,
    ),
    kernel=Kernel(max_user_namespaces=1, available_kib=1 << 20),
    display=Display(
        ":0",
        answers=True,
        admitted=True,
        depth=24,
        suits=True,
        shared_memory=(1, 2),
        descriptors=True,
        extensions=frozenset({"XKEYBOARD", "RANDR", "X-Resource", "SHAPE"}),
        manager=True,
    ),
    places=Places(
        Folder("/run/user/1000", owner=1000), HOME, named="/run/user/1000", own="/home/kim", data="/home/kim/qubes"
    ),
    supervisor=Supervisor("/run/user/1000/vitrail/control.sock"),
    extras=Extras(),
)


def but(part: str, **changes: Any) -> Seen:
    """All well but for some facts."""
    return replace(WELL, **{part: replace(getattr(WELL, part), **changes)})


def less(*names: str) -> Seen:
    """All well, but for programs that are not there."""
    return but("programs", paths={name: "/usr/bin/x" for name in NAMES if name not in names})


def judged(seen: Seen, name: str) -> Judged:
    return next(each for each in examine(seen) if each.need.name == name)


TESTS = Path(__file__).resolve().parent.parent.parent
INSTALL = "sudo apt-get install -y"
SYSCTL = "sudo sh -c 'mkdir -p /etc/sysctl.d && echo {0}={1} >{2} && sysctl -p {2}'"
COOKIES = '"${XAUTHORITY:-$HOME/.Xauthority}"'
CONTAINER = "--security-opt seccomp=unconfined"
LACKING = {
    "python": (but("programs", python=(3, 10)), f"{INSTALL} python3-minimal python3"),
    "bubblewrap": (but("programs", bubblewrap=(0, 7, 9)), f"{INSTALL} bubblewrap"),
    "xserver": (less("Xvfb", "Xorg"), f"{INSTALL} xserver-xorg-core xserver-xorg-video-dummy"),
    "xorg": (less("dummy_drv.so"), f"{INSTALL} xserver-xorg-core xserver-xorg-video-dummy"),
    "setxkbmap": (less("setxkbmap"), f"{INSTALL} x11-xkb-utils"),
    "fonts": (but("programs", fonts=False), f"{INSTALL} fonts-dejavu-core"),
    "pictures": (but("programs", pictures=False), f"{INSTALL} python3-pil"),
    "toolkit": (but("programs", toolkit=False), f"{INSTALL} python3-gi gir1.2-gtk-3.0"),
    "userns-clone": (
        but("kernel", userns_clone=0),
        SYSCTL.format("kernel.unprivileged_userns_clone", 1, "/etc/sysctl.d/60-vitrail-unprivileged-userns-clone.conf"),
    ),
    "max-userns": (
        but("kernel", max_user_namespaces=0),
        SYSCTL.format("user.max_user_namespaces", 15000, "/etc/sysctl.d/60-vitrail-max-user-namespaces.conf"),
    ),
    "apparmor-userns": (
        but("kernel", apparmor_userns=1, refused="UserNamespacesForbidden", said="(words)"),
        SYSCTL.format(
            "kernel.apparmor_restrict_unprivileged_userns",
            0,
            "/etc/sysctl.d/60-vitrail-apparmor-restrict-unprivileged-userns.conf",
        ),
    ),
    "proc": (
        but("kernel", masked=("/proc/a b", "/proc/keys"), refused="SandboxRefused", said="(words)"),
        "sudo umount '/proc/a b' /proc/keys",
    ),
    "seccomp": (but("kernel", filters=False), ""),
    "memfd": (but("kernel", sealed="Operation not permitted"), ""),
    "sandbox": (but("kernel", refused="SandboxRefused", said="(words)"), ""),
    "memory": (but("kernel", available_kib=1), "vitrail stop --all"),
    "xwayland": (
        but("display", name="", wayland="wayland-0", numbers=frozenset({7})),
        f'xauth -q -f {COOKIES} add :8 . "$(mcookie)"; Xwayland :8 -auth {COOKIES} & export DISPLAY=:8',
    ),
    "display": (but("display", name="", others=(":3", ":5")), "export DISPLAY=:3"),
    "local": (but("display", remote=True), "xvfb-run -a -s '-screen 0 1920x1080x24' \"${SHELL:-sh}\""),
    "server": (but("display", answers=False, others=(":3",)), "export DISPLAY=:3"),
    "admission": (but("display", admitted=False, said="(words)"), "xhost +si:localuser:kim"),
    "depth": (
        but("display", suits=False, depth=16, configured="/etc/X11/a b.conf"),
        "sudo sed -i -E 's/^([[:space:]]*DefaultDepth[[:space:]]+)[0-9]+/\\124/I' '/etc/X11/a b.conf'",
    ),
    "shared-memory": (but("display", shared_memory=(1, 1), others=(":3",)), "export DISPLAY=:3"),
    "descriptors": (but("display", descriptors=False, others=(":3",)), "export DISPLAY=:3"),
    "xkb": (
        but("display", extensions=frozenset({"RANDR", "X-Resource", "SHAPE"}), others=(":3",)),
        "export DISPLAY=:3",
    ),
    "randr": (but("display", extensions=frozenset({"XKEYBOARD"}), others=(":3",)), "export DISPLAY=:3"),
    "oracle": (but("display", extensions=frozenset({"SHAPE"}), others=(":3",)), "export DISPLAY=:3"),
    "manager": (but("display", manager=False), "openbox >/dev/null 2>&1 &"),
    "frames": (but("supervisor", unpainted=("work",)), "vitrail set work -o 'frame=\"own\"'"),
    "runtime": (but("places", named="", login="/run/user/1000"), "export XDG_RUNTIME_DIR=/run/user/1000"),
    "sockets": (
        but("places", runtime=Folder("/tmp/vitrail-1000", owner=1001)),
        "mkdir -p -m 700 /tmp/runtime-1000 && test -O /tmp/runtime-1000 && export XDG_RUNTIME_DIR=/tmp/runtime-1000",
    ),
    "private": (but("places", runtime=replace(HOME, private=False)), "chmod 700 /run/user/1000/vitrail"),
    "homes": (
        but("places", unwritable="/home/kim/a b"),
        """sudo sh -c 'chown 1000 '"'"'/home/kim/a b'"'"' && chmod u+rwx '"'"'/home/kim/a b'"'"''""",
    ),
    "passage": (but("places", blocked="/root"), "chmod o+x /root"),
    "readable": (
        but("places", unreadable=("/home/kim/y.toml",)),
        "sudo sh -c 'chown 1000 /home/kim/y.toml && chmod u+rX /home/kim/y.toml'",
    ),
    "settings": (but("places", faults=(Fault("/x/y.toml", 7, "(words)"),)), "${EDITOR:-nano} +7 /x/y.toml"),
    "supervisor": (but("supervisor", there=True, pid=77), "kill -KILL 77"),
    "version": (but("supervisor", there=True, pid=77, answers=True, version="0.0", ours="1.0"), "vitrail stop --all"),
    "stranger": (but("supervisor", there=True, pid=77, stranger=True), f"rm {HOME.path}/control.sock"),
    "leftover": (but("supervisor", there=True), f"rm {HOME.path}/control.sock"),
    "network": (less("slirp4netns"), f"{INSTALL} slirp4netns"),
    "tun": (
        but("extras", tun=Device.MISSING),
        "sudo sh -c 'mkdir -p /dev/net && mknod -m 666 /dev/net/tun c 10 200'",
    ),
    "templates": (
        but("extras", templates=(BrokenTemplate("(words)", name="games", known=True),)),
        "vitrail template build --rebuild games",
    ),
    "machines": (
        but("extras", machines=("qemu-system-x86_64",)),
        f"{INSTALL} qemu-system-x86 e2fsprogs busybox-static",
    ),
    "kernel": (but("extras", kernels=False), f"{INSTALL} linux-image-amd64"),
    "mmdebstrap": (less("mmdebstrap"), f"{INSTALL} mmdebstrap"),
    "uidmap": (less("newgidmap"), f"{INSTALL} uidmap"),
    "subordinate": (
        but("programs", subordinate=1, free_ids="300000-365535"),
        "sudo usermod --add-subuids 300000-365535 --add-subgids 300000-365535 kim",
    ),
}


def test_nothing_lacks_where_everything_is_there() -> None:
    found = examine(WELL)
    assert [each.need.name for each in found if each.state is not State.GOOD] == []
    assert is_well(found)
    assert all_packages(found, WELL) == ""


def test_every_need_is_tried_below() -> None:
    assert sorted(LACKING) == sorted(need.name for need in NEEDS)


@pytest.mark.parametrize("name", LACKING)
def test_lacking_need_is_told_with_its_command(name: str) -> None:
    seen, command = LACKING[name]
    found = judged(seen, name)
    assert [finding.mend for finding in found.findings] == [command]
    assert all(finding.words and "{" not in finding.words for finding in found.findings)
    assert is_well(examine(seen)) is (found.need.weight is Weight.WANTED)


OTHERWISE = (
    ({"templates": (BrokenTemplate("(words)", name="games"),)}, "vitrail template rm --yes games"),
    ({"templates": (BrokenTemplate("(words)", qube="work"),)}, "vitrail set work --template none"),
    ({"tun": Device.CLOSED}, "sudo chmod 666 /dev/net/tun"),
    ({"tun": Device.REFUSED}, ""),
    ({"tun": Device.WRONG}, "sudo sh -c 'rm -r /dev/net/tun && mknod -m 666 /dev/net/tun c 10 200'"),
    ({"tun": Device.BARRED, "tun_mount": "/dev"}, "sudo mount -o remount,dev /dev"),
    ({"kernels": False, "closed_kernel": "/boot/a b"}, "sudo chmod a+r '/boot/a b'"),
)


@pytest.mark.parametrize(("changes", "command"), OTHERWISE)
def test_what_lacks_in_another_way_is_mended_in_another(changes: dict[str, Any], command: str) -> None:
    (found,) = _lacking(changes)
    assert found.findings[0].mend == command


@pytest.mark.parametrize("name", ["seccomp", "memfd"])
def test_what_no_command_within_a_container_can_do_is_told_in_words(name: str) -> None:
    assert CONTAINER in judged(LACKING[name][0], name).findings[0].words


def test_what_rests_on_something_that_lacks_is_not_judged() -> None:
    found = {each.need.name: each.state for each in examine(but("display", name="", admitted=False))}
    assert found["display"] is State.LACKS
    assert {found[name] for name in ("local", "admission", "depth", "manager")} == {State.UNKNOWN}
    assert found["settings"] is State.GOOD


def test_several_findings_of_one_need_are_all_told() -> None:
    faults = (Fault("/x/a.toml", 1, "/x/a.toml: line 1"), Fault("/x/b.toml", 9, "/x/b.toml: \x1b[2J"))
    found = judged(but("places", faults=faults), "settings").findings
    assert [finding.words for finding in found] == ["/x/a.toml: line 1", "/x/b.toml: \\x1b[2J"]
    assert found[1].mend == "${EDITOR:-nano} +9 /x/b.toml"


def test_all_packages_come_by_one_command() -> None:
    seen = but("programs", bubblewrap=(), pictures=False)
    assert all_packages(examine(seen), seen) == f"{INSTALL} bubblewrap python3-pil"


@pytest.mark.parametrize(
    ("person", "command"),
    [
        (Person("root", 0), "apt-get install -y bubblewrap"),
        (Person("kim", 1000, sudo=True), "sudo apt-get install -y bubblewrap"),
        (Person("kim", 1000), "su -c 'apt-get install -y bubblewrap'"),
    ],
)
def test_command_of_root_is_as_the_person_becomes_root(person: Person, command: str) -> None:
    seen = replace(but("programs", bubblewrap=()), person=person)
    assert judged(seen, "bubblewrap").findings[0].mend == command


def test_line_for_a_shell_gets_one_as_root() -> None:
    assert as_root(USER, "a && b") == "sudo sh -c 'a && b'"
    assert as_root(USER, "a 'b && c' d") == "sudo a 'b && c' d"


def test_package_that_dpkg_believes_is_there_is_installed_again() -> None:
    seen = but("programs", bubblewrap=(), believed=frozenset({"bubblewrap"}))
    assert judged(seen, "bubblewrap").findings[0].mend == f"{INSTALL} --reinstall bubblewrap"


def test_no_command_is_given_where_it_would_not_work() -> None:
    assert judged(but("programs", bubblewrap=(), apt=False), "bubblewrap").findings[0].mend == ""
    container = replace(LACKING["proc"][0], person=Person("root", 0, capable=False))
    assert judged(container, "proc").findings[0].mend == ""
    broken = but("kernel", refused="AgentIncomplete", said="(words)")
    assert judged(broken, "sandbox").findings[0].mend == ""


@pytest.mark.parametrize("path", ["/", "/root", "/home", "/home/kimmy/.config", "/home/kim"])
@pytest.mark.parametrize("own", ["", "/home/kim/of"])
def test_nothing_is_taken_away_from_the_system_or_from_others(path: str, own: str) -> None:
    seen = but("places", own=own, unwritable=path, unreadable=(path,))
    assert [judged(seen, name).findings[0].mend for name in ("homes", "readable")] == ["", ""]


@pytest.mark.parametrize(
    ("changes", "command"),
    [
        ({"wayland": "wayland-0"}, "Xwayland :7"),
        ({}, "xvfb-run"),
        ({"others": (":9",), "wayland": "wayland-0"}, "export DISPLAY=:9"),
    ],
)
def test_another_display_is_what_is_at_hand(changes: dict[str, Any], command: str) -> None:
    assert command in judged(but("display", remote=True, **changes), "local").findings[0].mend


def test_missing_server_for_another_display_is_installed() -> None:
    seen = replace(less("xvfb-run"), display=Display())
    assert judged(seen, "display").findings[0].mend == f"{INSTALL} xvfb xauth"
    seen = replace(less("Xwayland"), display=Display(wayland="wayland-0"))
    assert judged(seen, "xwayland").findings[0].mend == f"{INSTALL} xwayland xauth"


def test_runtime_folder_of_somebody_else_is_told() -> None:
    seen = but("places", given=Folder("/run/user/1001", owner=1001), named="/run/user/1001")
    assert "somebody else's" in judged(seen, "runtime").findings[0].words


def test_supervisor_that_is_a_service_is_restarted_as_one() -> None:
    seen = but("supervisor", there=True, pid=77, answers=True, version="0.0", service=True)
    assert judged(seen, "version").findings[0].mend == "systemctl --user restart vitrail"


def test_every_command_is_run_by_a_test() -> None:
    """The tests named here hold themselves to it: see tests/harness/mends.py."""
    promised = [each.split(": ", 1) for each in promises(TESTS)]
    commands = [(name, command) for name, (_seen, command) in LACKING.items()]
    commands += [
        (each.need.name, each.findings[0].mend) for changes, _command in OTHERWISE for each in _lacking(changes)
    ]
    unrun = [
        (name, command)
        for name, command in commands
        if command and not any(need == name and words in command for need, words in promised)
    ]
    assert unrun == []


def _lacking(changes: dict[str, Any]) -> list[Judged]:
    return [each for each in examine(but("extras", **changes)) if each.findings]


def test_page_is_as_generated() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_text(), "run python -m scripts.doctor_page"
