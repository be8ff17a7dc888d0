"""What the virtual machines are made from: Debian packages, and what of them stays out; knows no way to fetch them."""

from typing import Final

SUITE: Final = "bookworm"

QUBE: Final = (
    "busybox-static",
    "libc-bin",
    "python3-minimal",
    "python3",
    "python3-cffi-backend",
    "xvfb",
    "xserver-xorg-core",
    "xserver-xorg-video-dummy",
    "x11-xkb-utils",
    "xkb-data",
    "xterm",
    "libxenmisc4.17",
    "libxengnttab1",
    "libxenstore4",
    "kmod",
)
"""A guest with an X server, an interpreter that can load C libraries, and Xen's libraries (which wait to be used)."""

DESKTOP: Final = (
    "xen-utils-4.17",
    "xen-utils-common",
    "xenstore-utils",
    "openbox",
    "python3-numpy",
)
"""What dom0 has beside all of that."""

INIT: Final = ("systemd",)
"""What a qube has beside that if its first program is systemd."""

XEN: Final = "xen-hypervisor-4.17-amd64"
KERNEL: Final = "linux-image-amd64"
"""A package that stands for the newest kernel; which one that is, apt is asked (old ones leave the archive)."""

KERNEL_PARTS: Final = (
    *("drivers/virtio/", "drivers/char/virtio_console", "drivers/block/virtio_blk", "net/9p/", "fs/9p/", "fs/netfs/"),
    *("fs/fscache/", "fs/ext4/", "fs/jbd2/", "fs/mbcache", "lib/crc16", "lib/libcrc32c", "crypto/crc32c"),
    *("drivers/xen/xen-", "drivers/xen/xenfs/"),
)
"""Beginnings of modules' paths below kernel/: what the qemu engine and Xen's machines ask for, and what that needs."""

MODULES: Final = (
    *("xen-privcmd", "xenfs", "xen-evtchn", "xen-gntdev", "xen-gntalloc"),
    *("virtio_ring", "virtio", "virtio_pci_modern_dev", "virtio_pci_legacy_dev", "virtio_pci"),
    *("virtio_console", "virtio_blk"),
)
"""Kernel modules of Xen's machines, under /modules. A machine loads those that it needs, in an order of its own."""

LEFT_OUT: Final = (
    "usr/share/doc/",
    "usr/share/man/",
    "usr/share/locale/",
    "usr/share/info/",
    "usr/share/perl",
    "usr/share/bug/",
    "usr/share/lintian/",
    "usr/share/bash-completion/",
    "usr/share/zoneinfo/",
    "usr/share/icons/",
    "usr/share/pixmaps/",
    "usr/share/poppler/",
    "usr/share/mime/",
    "usr/share/fonts/type1/",
    "usr/share/fonts/opentype/",
    "usr/share/fonts/X11/",
    "usr/share/gcc",
    "usr/share/gdb",
    "usr/share/ghostscript",
    "usr/lib/gcc",
    "lib/modules/",
    "usr/lib/python3.11/test/",
    "usr/lib/python3.11/idlelib/",
    "usr/lib/python3.11/lib2to3/",
    "usr/lib/python3.11/pydoc_data/",
    "usr/lib/python3.11/distutils/",
    "usr/lib/python3.11/ensurepip/",
    "usr/lib/python3.11/tkinter/",
    "usr/lib/x86_64-linux-gnu/libLLVM",
    "usr/lib/x86_64-linux-gnu/dri/",
    "usr/lib/x86_64-linux-gnu/libz3",
    "usr/lib/x86_64-linux-gnu/gconv/",
    "usr/lib/x86_64-linux-gnu/perl",
    "usr/lib/x86_64-linux-gnu/libgs.",
    "usr/lib/x86_64-linux-gnu/libx265",
    "usr/lib/x86_64-linux-gnu/libaom",
    "usr/lib/x86_64-linux-gnu/libjxl",
    "usr/lib/x86_64-linux-gnu/libdav1d",
    "usr/lib/x86_64-linux-gnu/libhwy",
    "usr/lib/x86_64-linux-gnu/libheif",
    "usr/lib/x86_64-linux-gnu/libmvec",
    "lib/x86_64-linux-gnu/libmvec",
    "usr/lib/x86_64-linux-gnu/libde265",
    "usr/lib/python3/dist-packages/pkg_resources/",
    "usr/lib/python3/dist-packages/setuptools/",
    "usr/lib/python3/dist-packages/numpy/f2py/",
    "usr/lib/python3/dist-packages/numpy/distutils/",
    "usr/lib/python3.11/dist-packages/numpy/",
    "usr/lib/python3.11/asyncio/",
    "usr/lib/python3.11/turtledemo/",
    "usr/lib/xen-4.17/boot/",
    "usr/lib/xen-4.17/bin/oxenstored",
    "usr/bin/dpkg",
    "lib/udev/",
    "usr/lib/udev/",
    "bin/udevadm",
    "usr/bin/udevadm",
    "bin/tar",
    "usr/lib/llvm",
    "usr/bin/perl",
    "usr/bin/cpp",
    "usr/bin/x86_64-linux-gnu-cpp",
    "var/lib/apt/",
    "var/lib/dpkg/",
    "var/cache/",
    "var/log/",
    "etc/apt/",
    "boot/",
    "dev/",
)
"""Beginnings of paths that no machine needs: they would be copied into memory at each start."""

ONLY_DESKTOP: Final = (
    "usr/lib/xen-4.17/",
    "usr/lib/xen-common/",
    "etc/xen/",
    "usr/sbin/xen",
    "usr/sbin/xl",
    "usr/bin/xenstore",
    "usr/lib/python3/dist-packages/numpy/",
    "usr/lib/python3.11/dist-packages/numpy/",
    "usr/lib/x86_64-linux-gnu/librsvg",
    "usr/lib/x86_64-linux-gnu/libicu",
    "usr/lib/x86_64-linux-gnu/libxml2",
    "usr/lib/x86_64-linux-gnu/libImlib2",
    "usr/lib/x86_64-linux-gnu/imlib2/",
    "usr/lib/x86_64-linux-gnu/libdb-5",
    "usr/lib/x86_64-linux-gnu/libcups",
    "usr/lib/x86_64-linux-gnu/libkrb5",
    "usr/lib/x86_64-linux-gnu/blas/",
    "usr/lib/x86_64-linux-gnu/lapack/",
    "usr/lib/x86_64-linux-gnu/libgfortran",
    "usr/bin/openbox",
    "usr/share/themes/",
    "etc/xdg/openbox/",
)
"""Beginnings of paths that a qube does without."""

ONLY_INIT: Final = (
    "lib/systemd/",
    "usr/lib/systemd/",
    "usr/lib/x86_64-linux-gnu/systemd/",
    "bin/systemctl",
    "bin/journalctl",
    "bin/systemd-",
    "bin/loginctl",
    "usr/bin/systemd-",
    "usr/bin/bootctl",
    "usr/bin/busctl",
    "usr/bin/hostnamectl",
    "usr/bin/localectl",
    "usr/bin/timedatectl",
    "sbin/init",
    "usr/lib/tmpfiles.d/",
    "usr/lib/sysctl.d/",
    "usr/lib/modules-load.d/",
    "etc/systemd/",
    "usr/lib/x86_64-linux-gnu/libcryptsetup",
    "usr/lib/x86_64-linux-gnu/libfdisk",
    "usr/lib/x86_64-linux-gnu/libip4tc",
    "usr/lib/x86_64-linux-gnu/libdevmapper",
    "usr/lib/x86_64-linux-gnu/libjson-c",
    "usr/lib/x86_64-linux-gnu/libargon2",
    "lib/x86_64-linux-gnu/libdevmapper",
    "bin/mount",
)
"""Beginnings of paths that only a qube with systemd has; they are an archive of their own."""
