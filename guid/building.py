"""Builds a template by mmdebstrap out of Debian's packages; must not know who will use it.

The builder writes a tar archive, of which everything becomes the file of whoever builds: so no file of a template
belongs to one of an ordinary user's other uids, none is a device, and none has privileges.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn

from guid import templates
from guid.core.template import (
    BUILDER,
    DEFAULT_SUITE,
    INDEX_FORMAT,
    KEYRINGS,
    Made,
    Recipe,
    build_argv,
    fault,
    sources_of,
    stage,
)
from guid.core.text import escaped
from guid.engines.errors import TemplateUnusable
from guid.engines.subordinate import SUBGIDS, SUBUIDS, own_ranges
from guid.engines.template import check_template
from guid.templates import MADE, PREFIX, ROOT, WORK, TemplateError
from guid.version import VERSION

LEAST_SUBORDINATE: Final = 65_536
"""Other uids that a Debian system takes. Source: mmdebstrap(1), --mode=unshare."""
SAID_LINES: Final = 200
SHOWN_LINES: Final = 8
"""Of the builder's words when nothing is known of what they mean."""
LINE_CHARACTERS: Final = 300
END_TIMEOUT_S: Final = 60.0
"""A builder that is told to end first removes what it has made."""
ASK_TIMEOUT_S: Final = 60.0
UNPACK: Final = (
    *("tar", "--extract", "--file=-", "--no-same-owner", "--no-same-permissions", "--delay-directory-restore"),
    *("--warning=no-timestamp", "--exclude=./dev/*"),
)
"""Without these permissions: the bits that make whoever runs a file somebody else. Source: tar(1)."""

Say = Callable[[str], None]


def build(name: str, recipe: Recipe, say: Say) -> Made:
    """Build a template and give it its name. say: is told what begins, and the builder's words if it fails.

    Raises TemplateError, PathsError; then, and when interrupted, nothing of it is left.
    """
    check_builder()
    templates.sweep()
    suffix = os.urandom(4).hex()
    folder, held = templates.begin(suffix)
    try:
        return _built(folder, held, name, recipe, say)
    finally:
        os.close(held)
        templates.sweep()


def check_builder() -> None:
    """Raise TemplateError, with what to do about it, if no template can be built here."""
    missing = [tool for tool in (BUILDER, "tar", "setpriv", "unshare") if shutil.which(tool) is None]
    if missing:
        raise TemplateError(f"templates are built by {missing[0]}, which is missing: apt install {missing[0]}")
    if os.geteuid() == 0:
        return
    if shutil.which("newuidmap") is None:
        raise TemplateError("an ordinary user needs newuidmap to build a template: apt install uidmap")
    if any(max((len(each) for each in own_ranges(file)), default=0) < LEAST_SUBORDINATE for file in (SUBUIDS, SUBGIDS)):
        raise TemplateError(f"no other uids are yours, and a system has files of many: {_subordinate()}")


def own_suite() -> str:
    """The suite that this machine is of."""
    with suppress(OSError):
        for line in Path("/etc/os-release").read_text(errors="replace").splitlines():
            key, _, value = line.partition("=")
            if key == "VERSION_CODENAME" and value.strip("\"'"):
                return value.strip("\"'")
    return DEFAULT_SUITE


def _subordinate() -> str:
    who = os.environ.get("USER", "") or str(os.geteuid())
    return f"as root, `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {escaped(who)}`"


def _built(folder: Path, held: int, name: str, recipe: Recipe, say: Say) -> Made:
    root = folder / ROOT
    root.mkdir()
    root.chmod(0o755)
    work = _work(folder)
    said: deque[str] = deque(maxlen=SAID_LINES)
    try:
        if not _run(build_argv(recipe, _mode(), _sources(recipe)), root, work, held, _heard(said, say)):
            _failed(said, recipe, folder, work, say)
    finally:
        templates.clean_work(folder)
    try:
        check_template(root, os.geteuid())
    except TemplateUnusable as error:
        raise TemplateError(f"what was built cannot be used: {error}") from error
    found = Made(
        suite=recipe.suite,
        packages=recipe.packages,
        mirror=recipe.mirror,
        made=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        vitrail=VERSION,
        builder=_version(),
        size_bytes=_size_bytes(root),
    )
    (folder / MADE).write_text(found.text(), encoding="utf-8")
    (folder / WORK).unlink()
    templates.commit(folder, held, name)
    return found


def _mode() -> str:
    return "root" if os.geteuid() == 0 else "unshare"


def _work(folder: Path) -> Path:
    """A folder for the builder, on a disk, where uids that are not ours may pass through; whose it is, is noted."""
    path = Path(os.environ.get("TMPDIR", "") or "/var/tmp", f"{PREFIX}{folder.name.rpartition('-')[2]}")  # noqa: S108
    (folder / WORK).write_text(str(path))
    path.mkdir(mode=0o711)  # fails if it is there
    path.chmod(0o711)
    return path


def _sources(recipe: Recipe) -> list[str]:
    """Whence this machine gets packages of that suite; nothing if it does not, or is no Debian."""
    if recipe.mirror or shutil.which("apt-get") is None:
        return []
    said = _said(["apt-get", "indextargets", "--format", INDEX_FORMAT])
    return sources_of(recipe.suite, said, [each for each in KEYRINGS.values() if Path(each).exists()])


def _version() -> str:
    return escaped(_said([BUILDER, "--version"]).strip())


def _said(argv: list[str]) -> str:
    try:
        return subprocess.run(
            argv, capture_output=True, text=True, errors="replace", check=True, timeout=ASK_TIMEOUT_S, cwd="/"
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def _environment(work: Path) -> Mapping[str, str]:
    """A proxy of apt's is the builder's too. Given this way it is not written down in the template."""
    found = {**os.environ, "TMPDIR": str(work), "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    for scheme in ("http", "https"):
        proxy = _said(["apt-config", "shell", "proxy", f"Acquire::{scheme}::Proxy"]).strip()
        if proxy.startswith("proxy='") and proxy.endswith("'"):
            found.setdefault(f"{scheme}_proxy", proxy[7:-1])
    return found


def _run(argv: list[str], root: Path, work: Path, held: int, hear: Callable[[Iterable[bytes]], None]) -> bool:
    """Run the builder into tar; whether both got to the end. held: stays held as long as one of them runs."""
    builder = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
        env=_environment(work),
        umask=0o022,
        pass_fds=(held,),
        process_group=0,
    )
    assert builder.stdout is not None and builder.stderr is not None  # noqa: S101 - pipes, as asked
    with builder, tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(
            [*UNPACK, f"--directory={root}"],
            stdin=builder.stdout,
            stderr=complaints,
            cwd="/",
            umask=0o022,
            pass_fds=(held,),
        ) as unpack:
            wanted = False
            try:
                builder.stdout.close()
                hear(builder.stderr)
                wanted = True
            finally:
                if not wanted:
                    _end(builder)
        complaints.seek(0)
        hear(complaints)
    return builder.returncode == 0 and unpack.returncode == 0


def _end(builder: subprocess.Popen[bytes]) -> None:
    """End the builder with all that it has started: it removes what it has made."""
    os.killpg(builder.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        builder.wait(END_TIMEOUT_S)
        return
    os.killpg(builder.pid, signal.SIGKILL)


def _heard(said: deque[str], say: Say) -> Callable[[Iterable[bytes]], None]:
    def hear(lines: Iterable[bytes]) -> None:
        for raw in lines:
            line = escaped(raw.decode("utf-8", "replace").rstrip("\n"))[:LINE_CHARACTERS]
            said.append(line)
            if words := stage(line):
                say(f"{words} …")

    return hear


def _failed(said: deque[str], recipe: Recipe, folder: Path, work: Path, say: Say) -> NoReturn:
    for line in list(said)[-SHOWN_LINES:]:
        say(f"  {line}")
    raise TemplateError(
        fault(said, recipe, work=str(work.parent), folder=str(folder.parent), subordinate=_subordinate())
    )


def _size_bytes(root: Path) -> int:
    """What its files take on the disk, each once."""
    found = (each.lstat() for each in root.rglob("*"))
    return sum({each.st_ino: each.st_blocks * 512 for each in found}.values())
