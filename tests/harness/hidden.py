"""This machine, but for something that is hidden: namespaces over its files, in which real commands run; root only.

Nothing that is done in it, or to it, is left when it ends.
"""

import json
import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pytest

from guid.looks.person import look_at_person
from tests.harness import mends, schema
from tests.harness.processes import ROOT, Child, clean_environment
from tests.harness.wait import time_scale, wait_until

PYTHON: Final = str(Path(sys.executable).resolve())
"""Not by the link /usr/bin/python3, which may be hidden."""
TIMEOUT_S: Final = 600.0
"""Debian packages are installed meanwhile, and downloaded before; or a template is built of them."""
MAX_TRIES: Final = 40
EVERY_ID: Final = f"0 0 {2**32 - 1}"
SOCKETS: Final = "mount -t tmpfs -o mode=1777 hidden /tmp/.X11-unix"
"""No X server of this machine is seen."""
OWN_FILES: Final = """
mount -t tmpfs hidden {0} && mkdir {0}/upper {0}/work {0}/root
mount -t overlay -o lowerdir=/,upperdir={0}/upper,workdir={0}/work hidden {0}/root
cd {0}/root
for folder in /proc /dev /sys; do mount --rbind $folder .$folder; done
for folder in {1}; do mkdir -p .$folder && mount --bind $folder .$folder; done
mkdir -p .hidden && pivot_root . .hidden && umount -l /.hidden
"""
"""A root whose files can be removed and written: what changes is in memory."""

ROOT_ONLY = pytest.mark.skipif(
    os.geteuid() != 0 or not look_at_person().capable, reason="hides parts of the machine, which only root may"
)

Needs = dict[str, dict[str, Any]]
"""By name; "" is the whole report."""


def lacking(needs: Needs) -> dict[str, str | None]:
    """Need → the command that mends the first finding."""
    return {name: each["findings"][0]["mend"] for name, each in needs.items() if name and each["findings"]}


class Hidden:
    """A context manager. folder: for files of the test, seen inside too.

    files: the whole root may be written to. users: a user namespace of its own, with every id of this machine, whose
    limits are its own. hide: lines for a shell, run inside first, as root.
    """

    def __init__(self, hide: str = "", *, files: bool = False, users: bool = False) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="vitrail-hidden-", dir="/var/tmp")
        self.folder = Path(self._temporary.name)
        self.folder.chmod(0o711)
        self._hide, self._files, self._users = hide, files, users
        self._process: subprocess.Popen[bytes] | None = None

    def enter(self, uid: int = 0) -> list[str]:
        """What is put before a command, to run it inside."""
        assert self._process is not None, "not started"
        users = ["--user", "--setuid=0", "--setgid=0"] if self._users else []
        person = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"] if uid else []
        return ["nsenter", f"--target={self._process.pid}", "--mount", *users, "--", *person]

    def environment(self, **extra: str) -> dict[str, str]:
        """What the person has: folders of their own, and nothing of the tester's desktop."""
        own = {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "DEBIAN_FRONTEND": "noninteractive",
            "PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        return clean_environment(**{**own, **extra})

    def shell(self, script: str, env: Mapping[str, str] | None = None, uid: int = 0) -> str:
        """Run lines in a shell that reads them as if they were typed; returns what was printed. They must succeed."""
        done = subprocess.run(
            [*self.enter(uid), "bash", "-e"],
            input=script,
            env=self.environment() if env is None else env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S * time_scale(),
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}"
        mends.ran(script)
        return done.stdout

    def child(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Child:
        """A process inside; stop it by `Child`."""
        return Child([*self.enter(), *argv], env=self.environment() if env is None else env, log=log)

    def doctor(self, group: str = "", *, uid: int = 0, within: Sequence[str] = (), **env: str) -> Needs:
        """`vitrail doctor --json`, by need; its exit code fits what it says. within: what is put before it."""
        return self.mended("", group, uid=uid, within=within, **env)

    def mended(
        self, mend: str, group: str = "", *, need: str = "", uid: int = 0, within: Sequence[str] = (), **env: str
    ) -> Needs:
        """The same after a line that mends, in the same shell. need: to be waited for, if the line starts something."""
        found = self.folder / f"doctor-{uid}.json"
        found.touch()
        os.chown(found, uid, uid)
        arguments = ["doctor", "--json", *([group] if group else [])]
        look = shlex.join([*within, PYTHON, "-m", "guid", *arguments])
        until = shlex.join([PYTHON, "-c", IS_GOOD, str(found), need])
        tries = MAX_TRIES if need else 1
        ends = "kill $(jobs -p) 2>/dev/null || :"
        loop = f"for each in $(seq {tries}); do code=0; {look} >{found} || code=$?; {until} && break; done; echo $code"
        said = self.shell(f"{mend}\n{loop}\n{ends}\n", self.environment(**env), uid)
        code, text = int(said.split()[-1]), found.read_text()
        schema.check(arguments, code, text)
        report = json.loads(text)
        mends.given(report)
        assert report["well"] is (code == 0), said
        return {each["name"]: each for each in report["needs"]} | {"": report}

    def __enter__(self) -> Self:
        users = ["--user"] if self._users else []
        self._process = subprocess.Popen(
            ["unshare", *users, "--mount", "--propagation=private", "cat"], stdin=subprocess.PIPE
        )
        proc = Path(f"/proc/{self._process.pid}")
        own = Path("/proc/self/ns/mnt").readlink()
        wait_until(lambda: (proc / "ns/mnt").readlink() != own, 20, "the namespaces")
        if self._users:
            (proc / "uid_map").write_text(EVERY_ID)
            (proc / "gid_map").write_text(EVERY_ID)
        (self.folder / "run").mkdir(mode=0o700)
        if self._files:
            (self.folder / "root").mkdir()
            seen = shlex.join(map(str, (self.folder, ROOT, sys.prefix)))
            self.shell(OWN_FILES.format(shlex.quote(str(self.folder / "root")), seen))
        if self._hide:
            self.shell(self._hide)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._temporary.cleanup()


IS_GOOD: Final = """
import json, sys
needs = {each["name"]: each["state"] for each in json.load(open(sys.argv[1]))["needs"]}
sys.exit(needs.get(sys.argv[2], "good") != "good")
"""
