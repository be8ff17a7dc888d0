"""The initial file system of a machine: loads modules, mounts, and hands over to the first program. Pure.

Source of the format: Linux, Documentation/driver-api/early-userspace/buffer-format.rst ("newc").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from guid.engines.qemu.names import FIRST_PROGRAM, ROOT_TAG, USR_TAG
from guid.engines.sandbox import DEV_SHM_BYTES, INSIDE_HOME, RUN_BYTES

_FOLDER, _FILE, _PROGRAM = 0o40755, 0o100644, 0o100755
_DEVICES: Final = (("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9))
"""Memory devices by minor number. Source: Linux, admin-guide/devices.txt. No consoles: X would try to take one."""

_INIT: Final = """\
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
for module in {modules}; do $b insmod /modules/$module.ko; done
$b mount -t 9p -o {options} {root_tag} /root || $b poweroff -f
$b mount -t 9p -o {options} {usr_tag} /root/usr || $b poweroff -f
$b mount -t tmpfs -o nosuid,mode=0755,size={run_bytes} run /run
$b cp -r /root/run/vitrail /run/
$b mount --move /run /root/run
$b mount -t tmpfs -o nosuid,mode=0755,size=1m dev /root/dev
{nodes}
$b mknod -m 666 /root/dev/tty c 5 0
$b mknod -m 600 /root/dev/console c 5 1
$b ln -s pts/ptmx /root/dev/ptmx
$b ln -s /proc/self/fd /root/dev/fd
$b ln -s fd/0 /root/dev/stdin
$b ln -s fd/1 /root/dev/stdout
$b ln -s fd/2 /root/dev/stderr
$b mkdir /root/dev/pts /root/dev/shm
$b mount -t devpts -o nosuid,noexec,ptmxmode=0666,mode=0620,gid=5 devpts /root/dev/pts
$b mount -t tmpfs -o nosuid,nodev,size={shm_bytes} shm /root/dev/shm
$b mount -t tmpfs -o nosuid,nodev tmp /root/tmp
$b mount -t sysfs -o nosuid,nodev,noexec sys /root/sys
$b mount -t devtmpfs devices /dev
$b mount -t ext4 -o nosuid,nodev /dev/vda /root{home} || echo "no home image: what is kept there is lost"
$b mount --move /proc /root/proc
exec $b switch_root -c /dev/console /root /usr/bin/python3 -I {first}
"""


def initial_file_system(busybox: bytes, modules: Mapping[str, bytes], *, message_bytes: int) -> bytes:
    """Return the archive, not compressed: unpacking costs an emulated processor more than copying.

    busybox: a static one. message_bytes: longest 9p message.
    """
    script = _INIT.format(
        modules=" ".join(modules),
        options=f"trans=virtio,version=9p2000.L,msize={message_bytes},cache=loose,ro,nosuid,nodev",
        root_tag=ROOT_TAG,
        usr_tag=USR_TAG,
        run_bytes=RUN_BYTES,
        shm_bytes=DEV_SHM_BYTES,
        nodes="\n".join(f"$b mknod -m 666 /root/dev/{name} c 1 {minor}" for name, minor in _DEVICES),
        home=INSIDE_HOME,
        first=FIRST_PROGRAM,
    )
    folders = [(name, _FOLDER, b"") for name in ("bin", "dev", "modules", "proc", "root", "run")]
    return archive(
        [
            *folders,
            ("bin/busybox", _PROGRAM, busybox),
            ("init", _PROGRAM, script.encode("ascii")),
            *((f"modules/{name}.ko", _FILE, content) for name, content in modules.items()),
        ]
    )


def archive(entries: Iterable[tuple[str, int, bytes]]) -> bytes:
    """Return entries (name, mode, content) as a cpio archive of the "newc" kind, all of them root's."""
    out = bytearray()
    for number, (name, mode, content) in enumerate((*entries, ("TRAILER!!!", 0, b"")), 1):
        path = name.encode("ascii") + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + path
        out += bytes(-len(out) % 4)
        out += content
        out += bytes(-len(out) % 4)
    return bytes(out)


def is_static(program: bytes) -> bool:
    """Whether an ELF program needs no dynamic linker: nothing else is in the archive. Source: elf(5), PT_INTERP."""
    if program[:5] != b"\x7fELF\x02":
        return False
    start, size, count = (
        int.from_bytes(program[at : at + width], "little") for at, width in ((32, 8), (54, 2), (56, 2))
    )
    interpreter = 3
    kinds = (int.from_bytes(program[at : at + 4], "little") for at in range(start, start + size * count, size))
    return interpreter not in kinds
