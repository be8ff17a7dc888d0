#!/usr/bin/python3
"""Run by mmdebstrap on a tree whose packages were only unpacked: does what their scripts would do; knows no room.

The argument is the tree. Nothing here is needed for correctness but the first step; the others save time at each start.
"""

import os
import subprocess
import sys
from pathlib import Path


def main(root: str) -> int:
    tree = Path(root)
    shell = tree / "bin" / "sh"
    shell.unlink(missing_ok=True)
    shell.symlink_to("busybox")
    for name in ("blas", "lapack"):  # numpy's, and otherwise an alternative that a package's script chooses
        for library in tree.glob(f"usr/lib/*/{name}/lib{name}.so.3"):
            (library.parent.parent / library.name).symlink_to(f"{name}/{library.name}")
    python = next(Path(root, "usr/bin").glob("python3.[0-9]*")).name
    for argv in (
        ["/sbin/ldconfig"],
        [
            *(f"/usr/bin/{python}", "-m", "compileall", "-q", "-j2", "--invalidation-mode", "unchecked-hash"),
            *("-x", "/(test|tests|idlelib|lib2to3|distutils|pydoc_data|ensurepip)/"),
            *(f"/usr/lib/{python}", "/usr/lib/python3"),
        ],
    ):
        done = subprocess.run(["/usr/sbin/chroot", root, *argv], stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0 and argv[0] == "/sbin/ldconfig":
            return done.returncode
    return 0


if __name__ == "__main__":
    os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
    sys.exit(main(sys.argv[1]))
