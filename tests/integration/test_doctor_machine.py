"""`vitrail doctor` where something of the machine is hidden, and after its own commands have been run; root only."""

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from guid.core.needs.mending import MANAGERS
from tests.harness.hidden import ROOT_ONLY, SOCKETS, Hidden, lacking
from tests.harness.mends import together
from tests.harness.wait import wait_until
from tests.harness.xserver import XServer

pytestmark = [
    pytest.mark.sandbox,
    ROOT_ONLY,
]

UID = 7777
NUMBER = f":{40_000 + os.getpid() % 9_000}"
APT = """
echo 'Dir::Cache { pkgcache "pkgcache.bin"; srcpkgcache "srcpkgcache.bin"; }' >/etc/apt/apt.conf.d/zz-vitrail
echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/zz-vitrail
apt-cache gencaches -qq
"""
"""What is installed a dozen times is read once: containers keep no caches of apt's."""
BARE = f"""
{SOCKETS}
rm -f /var/lib/man-db/auto-update  # its index would take longer than the rest
dpkg --remove --force-depends bubblewrap
rm -r /usr/share/fonts /usr/lib/python3/dist-packages/PIL /usr/lib/python3/dist-packages/gi
rm /usr/lib/*/girepository-1.0/Gtk-3.0.typelib
rm /usr/bin/python3 /usr/bin/setxkbmap /usr/bin/slirp4netns /usr/bin/mmdebstrap /usr/bin/newuidmap /usr/bin/Xvfb
rm /usr/bin/xvfb-run /usr/bin/xauth /usr/bin/Xwayland /usr/lib/xorg/modules/drivers/dummy_drv.so
rm /usr/bin/qemu-system-x86_64 /usr/bin/busybox /usr/sbin/mke2fs
rm -f $(type -P {" ".join(MANAGERS)})
mkdir -p /boot /lib/modules/9/kernel && touch /boot/vmlinuz-9 && chmod 600 /boot/vmlinuz-9
useradd --uid {UID} kim
rm -f /usr/bin/sudo  # or commands begin with it
sed -i /^kim:/d /etc/subuid /etc/subgid
test -n "$(apt-cache policy bubblewrap | grep -s http)" || apt-get update -qq
{APT}
"""
AGAIN = "apt-get install -y --reinstall"
PACKAGES = {
    "xserver": "xserver-xorg-core xserver-xorg-video-dummy",
    "setxkbmap": "x11-xkb-utils",
    "fonts": "fonts-dejavu-core",
    "pictures": "python3-pil",
    "toolkit": "python3-gi gir1.2-gtk-3.0",
    "network": "slirp4netns",
    "mmdebstrap": "mmdebstrap",
    "uidmap": "uidmap",
    "machines": "qemu-system-x86 e2fsprogs busybox-static",
}
"""Need → what is installed for it, by a command for each."""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.mends(
    *("python: apt-get install", "bubblewrap: apt-get install", "xserver: apt-get install"),
    *("setxkbmap: apt-get install", "fonts: apt-get install", "pictures: apt-get install", "toolkit: apt-get install"),
    *("network: apt-get install", "mmdebstrap: apt-get install", "uidmap: apt-get install"),
    *("machines: apt-get install", "subordinate: usermod", "kernel: chmod", "display: apt-get install"),
    *("xwayland: apt-get install", "manager: apt-get install", "manager: openbox", "xorg: apt-get install"),
)
def test_missing_programs_are_there_after_the_commands_have_run() -> None:
    with Hidden(BARE, files=True) as machine:
        machine.folder.chmod(0o711)
        found = machine.doctor()
        mends = lacking(found)
        assert not found[""]["well"]
        assert {name: mends.get(name) for name in ("python", "bubblewrap", "xserver", "setxkbmap", "fonts")} == {
            "python": f"{AGAIN} python3-minimal python3",
            "bubblewrap": "apt-get install -y bubblewrap",
            "xserver": f"{AGAIN} xserver-xorg-core xserver-xorg-video-dummy",
            "setxkbmap": f"{AGAIN} x11-xkb-utils",
            "fonts": f"{AGAIN} fonts-dejavu-core",
        }
        assert found["pictures"]["state"] == found["sandbox"]["state"] == "unknown"

        machine.shell(f"{mends['python']} || (apt-get update -qq && {mends['python']})\n{mends['bubblewrap']}")
        found = machine.doctor("sandbox")
        assert (found["sandbox"]["state"], found[""]["well"]) == ("good", True)

        (machine.folder / "run").chmod(0o711)
        found = machine.doctor(
            uid=UID, HOME="/nowhere", XDG_DATA_HOME="", XDG_CONFIG_HOME="", WAYLAND_DISPLAY="hidden-0"
        )
        mends = lacking(found)
        assert "bubblewrap" not in mends
        assert {name: mends[name] for name in PACKAGES} == {
            name: f"su -c '{AGAIN} {packages}'" for name, packages in PACKAGES.items()
        }
        assert mends["xwayland"] == f"su -c '{AGAIN} xwayland xauth'"
        assert found["machines"]["findings"][0]["words"].endswith(
            ": qemu-system-x86_64, mke2fs, busybox without shared libraries"
        )
        assert "qemu-system-x86" in str(found[""]["packages"])
        machine.shell(str(mends["xserver"]))
        machine.shell(together(str(mends[name]) for name in (*PACKAGES, "xwayland") if name != "xserver"))
        machine.shell(str(mends["subordinate"]))
        assert "Xwayland :7 " in str(
            lacking(machine.doctor("desktop", uid=UID, WAYLAND_DISPLAY="hidden-0"))["xwayland"]
        )
        found = machine.doctor("extras", uid=UID)
        assert lacking(found) == {"kernel": "su -c 'chmod a+r /boot/vmlinuz-9'"}
        machine.shell(str(lacking(found)["kernel"]))
        left = lacking(machine.doctor("programs", uid=UID)) | lacking(machine.doctor("extras", uid=UID))
        assert left == {}

        machine.shell("rm /usr/lib/xorg/modules/drivers/dummy_drv.so; touch /usr/bin/Xvfb; chmod +x /usr/bin/Xvfb")
        mend = str(lacking(machine.doctor("programs"))["xorg"])
        assert lacking(machine.mended(mend, "programs")) == {}
        machine.shell("rm /usr/bin/Xvfb")
        mend = str(lacking(machine.doctor("desktop"))["display"])
        assert mend == f"{AGAIN} xvfb xauth"
        machine.shell(mend)
        with machine.child(["Xvfb", NUMBER, "-noreset"], machine.folder / "Xvfb.log") as server:
            wait_until(lambda: machine.doctor("desktop", DISPLAY=NUMBER)["server"]["state"] == "good", 30, "Xvfb")
            mend = str(lacking(machine.doctor("desktop", DISPLAY=NUMBER))["manager"])
            assert (mend, server.alive) == (f"{AGAIN} openbox", True)
            mended = machine.mended(mend, "desktop", DISPLAY=NUMBER)
            mend = str(lacking(mended)["manager"])
            assert mend == "openbox >/dev/null 2>&1 &"
            assert machine.mended(mend, "desktop", need="manager", DISPLAY=NUMBER)["manager"]["state"] == "good"


CLOSED = """
mount -t tmpfs hidden /etc/sysctl.d
cp -r --parents /proc/sys/kernel/overflow?id /proc/sys/kernel/cap_last_cap /proc/sys/kernel/seccomp /etc/sysctl.d
mount -t tmpfs hidden /proc/sys/kernel
cp -r /etc/sysctl.d/proc/sys/kernel/* /proc/sys/kernel
echo 0 >/proc/sys/kernel/unprivileged_userns_clone
echo 1 >/proc/sys/kernel/apparmor_restrict_unprivileged_userns
echo 0 >/proc/sys/user/max_user_namespaces
"""
"""What this kernel has no setting for is a file; the limit that is 0 is the kernel's own, of a user namespace."""


@pytest.mark.mends("userns-clone: sysctl", "max-userns: sysctl", "proc: umount")
def test_forbidden_namespaces_are_allowed_one_by_one() -> None:
    with Hidden(CLOSED, users=True) as machine:
        mends = lacking(machine.doctor("sandbox"))
        assert set(mends) == {"userns-clone", "max-userns"}
        mended = machine.mended(f"{mends['userns-clone']}", "sandbox")
        assert set(lacking(mended)) == {"max-userns"}
        mended = machine.mended(f"{mends['max-userns']}", "sandbox")
        assert lacking(mended) == {"proc": "umount /proc/sys/kernel"}
        assert "sysctl.d" in str(mends["max-userns"])
        assert machine.shell("cat /etc/sysctl.d/60-vitrail-*").split() == [
            "user.max_user_namespaces=15000",
            "kernel.unprivileged_userns_clone=1",
        ]
        mended = machine.mended(str(lacking(mended)["proc"]), "sandbox")
        assert (lacking(mended), mended["sandbox"]["state"]) == ({}, "good")


MEMFD_CREATE, SECCOMP, PRCTL, CLONE = 319, 317, 157, 56
PR_SET_SECCOMP, CLONE_NEWUSER = 22, 1 << 28


def refusing(*steps: tuple[int, int, int, int]) -> bytes:
    """A filter that begins with the number of the call; a step jumps to its end, where EPERM is, or on."""
    done = [(0x20, 0, 0, 0), *steps, (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)]
    return b"".join(struct.pack("=HBBI", *step) for step in done)


X86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of the calls are those of x86-64")


@X86_64
@pytest.mark.mends("apparmor-userns: sysctl")
def test_restriction_by_apparmor_is_named_where_it_is_what_refuses() -> None:
    no_namespaces = refusing((0x15, 0, 2, CLONE), (0x20, 0, 0, 16), (0x45, 1, 0, CLONE_NEWUSER))
    with (
        Hidden(CLOSED.replace("echo 0", "echo 9999"), users=True) as machine,
        filter_file(machine, no_namespaces) as path,
    ):
        found = machine.doctor("sandbox", within=confined(path))
        assert set(lacking(found)) == {"apparmor-userns"}
        machine.shell(str(lacking(found)["apparmor-userns"]))
        assert machine.shell("cat /proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "0\n"
        found = machine.doctor("sandbox", within=confined(path))
        assert (found["apparmor-userns"]["state"], found["sandbox"]["state"]) == ("good", "lacks")


@contextmanager
def filter_file(machine: Hidden, program: bytes) -> Iterator[str]:
    path = machine.folder / "filter"
    path.write_bytes(program)
    yield str(path)


@X86_64
@pytest.mark.parametrize(
    ("program", "need"),
    [
        (refusing((0x15, 1, 0, MEMFD_CREATE)), "memfd"),
        (
            refusing((0x15, 4, 0, SECCOMP), (0x15, 0, 2, PRCTL), (0x20, 0, 0, 16), (0x15, 1, 0, PR_SET_SECCOMP)),
            "seccomp",
        ),
    ],
    ids=["memfd", "seccomp"],
)
def test_container_that_forbids_a_call_is_told_of_it(program: bytes, need: str) -> None:
    with Hidden() as machine, filter_file(machine, program) as path:
        found = machine.doctor("sandbox", within=confined(path))
        assert found[need]["state"] == "lacks"
        assert not found[""]["well"]
        assert lacking(found)[need] is None, "no command within takes a filter away"
        assert "--security-opt seccomp=unconfined" in found[need]["findings"][0]["words"]
        assert "Traceback" not in str(found)
        assert machine.doctor("sandbox")[need]["state"] == "good", "started without it"


def confined(filter_path: str) -> Sequence[str]:
    """What is put before a command so that a filter of system calls is over it."""
    return ["bash", "-c", f'exec bwrap --dev-bind / / --seccomp 9 -- "$@" 9<{filter_path}', "--"]


@pytest.mark.desktop
@pytest.mark.mends("memory: vitrail stop --all")
def test_little_memory_is_told_and_qubes_that_have_it_are_stopped(desktop: XServer) -> None:
    with Hidden() as machine:
        person = machine.environment(DISPLAY=desktop.name)
        machine.shell("vitrail run --qube work --label blue -- sleep 600", person)
        path = machine.folder / "meminfo"
        path.write_text("MemTotal: 8000000 kB\nMemAvailable: 1000 kB\n")
        machine.shell(f"mount --bind {path} /proc/meminfo")
        mend = str(lacking(machine.doctor("sandbox"))["memory"])
        assert mend == "vitrail stop --all"
        machine.shell(mend, person)
        assert '"qubes": []' in machine.shell("vitrail ls --json", person)
        machine.shell("umount /proc/meminfo")  # what is given back is not seen in a file
        assert lacking(machine.doctor("sandbox")) == {}


@pytest.mark.mends("tun: mknod", "tun: chmod")
def test_device_of_the_network_is_made_and_opened() -> None:
    with Hidden("mount -t tmpfs -o mode=755 hidden /dev/net") as machine:
        machine.folder.chmod(0o711)
        (machine.folder / "run").chmod(0o711)
        found = machine.doctor("extras")
        assert lacking(found)["tun"] == "mkdir -p /dev/net && mknod -m 666 /dev/net/tun c 10 200"
        assert machine.mended(str(lacking(found)["tun"]), "extras")["tun"]["state"] == "good"
        machine.shell("chmod 600 /dev/net/tun")
        assert lacking(machine.doctor("extras"))["tun"] == "chmod 666 /dev/net/tun", "qubes of root are others"
        found = machine.doctor("extras", uid=UID)
        assert found["tun"]["findings"][0]["words"].startswith("/dev/net/tun is closed")
        machine.shell(str(lacking(machine.doctor("extras"))["tun"]))
        assert machine.doctor("extras", uid=UID)["tun"]["state"] == "good"


@pytest.mark.mends("tun: rm", "tun: mount")
def test_what_is_no_device_of_the_network_or_lies_where_devices_count_for_nothing_is_mended() -> None:
    anew = "rm -r /dev/net/tun && mknod -m 666 /dev/net/tun c 10 200"
    steps = (
        ("ln -s nowhere /dev/net/tun", anew),
        ("rm /dev/net/tun; mknod -m 666 /dev/net/tun c 1 3", anew),
        ("mount -o remount,nodev /dev/net", "mount -o remount,dev /dev/net"),
    )
    with Hidden("mount -t tmpfs -o mode=755 hidden /dev/net") as machine:
        mend = ":"
        for spoil, wanted in steps:
            mend = str(lacking(machine.mended(f"{mend}\n{spoil}", "extras"))["tun"])
            assert mend == wanted, spoil
        assert machine.mended(mend, "extras")["tun"]["state"] == "good"


DEVICES = Path("/sys/fs/cgroup/devices")
"""Where the first version of control groups says who may open which device, as containers are kept from some."""


@pytest.mark.skipif(not os.access(DEVICES / "cgroup.procs", os.W_OK), reason="no such control groups here")
def test_device_that_a_container_forbids_is_told_and_no_command_proposed() -> None:
    group = DEVICES / f"vitrail-test-{os.getpid()}"
    group.mkdir()
    try:
        (group / "devices.deny").write_text("c 10:200 rwm")
        confine = ["sh", "-c", f'echo $$ >{group}/cgroup.procs; exec "$@"', "--"]
        with Hidden() as machine:
            found = machine.doctor("extras", within=confine)["tun"]
            assert [each["mend"] for each in found["findings"]] == [None], "nothing within it can allow it"
            assert "/dev/net/tun is refused" in found["findings"][0]["words"]
            assert "--device /dev/net/tun" in found["findings"][0]["words"]
            assert machine.doctor("extras")["tun"]["state"] == "good", "started without that"
    finally:
        group.rmdir()


QUICK = f"""
test -n "$(apt-cache policy bubblewrap | grep -s http)" || apt-get update -qq
rm -f /var/lib/man-db/auto-update
mkdir -p /etc/initramfs-tools/conf.d && printf 'MODULES=list\\nCOMPRESS=gzip\\n' >/etc/initramfs-tools/conf.d/small
echo 'path-exclude=/lib/modules/*/kernel/drivers/[a-u]*' >/etc/dpkg/dpkg.cfg.d/small
rm -rf /boot/* /lib/modules
{APT}
"""
"""A system whose first file system for the start of a kernel is small, as is what it has of drivers."""


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.mends("kernel: apt-get install -y linux-image-amd64")
def test_kernel_for_machines_is_installed() -> None:
    with Hidden(QUICK, files=True) as machine:
        machine.shell('dpkg --remove --force-depends $(dpkg-query -W -f "${Package} " "linux-image*") 2>/dev/null || :')
        mend = str(lacking(machine.doctor("extras"))["kernel"])
        assert mend == "apt-get install -y linux-image-amd64"
        assert machine.mended(mend, "extras")["kernel"]["state"] == "good"
        assert "/boot/vmlinuz-" in machine.shell("echo /boot/vmlinuz-*-amd64")
