"""The templates that have a name: where they lie, who uses them, how they go; must not know how one is built.

templates/NAME holds `root`, the system, and `template.json`, how it was made. A folder whose name begins with a dot is
no template: it is being built, or about to be removed. Whoever uses or builds one holds a lock on its folder; who makes
or takes away a name holds one on the folder above.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from guid import definitions
from guid.core.definition import TEMPLATE_NAME
from guid.core.template import BUILDER, BadTemplate, Made, made_written
from guid.paths import PathsError, data_dir, make_folders, qube_home
from guid.removal import DISPOSABLES, remove_tree
from guid.settings import definition_of, read_text

ROOT, MADE, WORK = "root", "template.json", "work"
"""In a template's folder: the system, what is known of it; while it is built: the path of the builder's own folder."""
ASIDE: Final = ".removed-"
BUILDING: Final = ".building-"
PREFIX: Final = "vitrail-template-"
"""How the builder's folder is called, wherever it lies."""
HOMES: Final = (qube_home("any").parent.parent.name, DISPOSABLES)
"""In our folder: what qubes write in."""
CLEAN_TIMEOUT_S: Final = 300.0
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class TemplateError(PathsError):
    """A template is not there, is in use, or cannot be taken away; the message says what to do."""


def templates_dir() -> Path:
    """Where they lie, a path without links (not made here)."""
    return data_dir().resolve() / "templates"


def names() -> list[str]:
    """The templates that there are."""
    try:
        found = [each.name for each in templates_dir().iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(name for name in found if TEMPLATE_NAME.fullmatch(name))


def located(written: str) -> Path:
    """The folder with the system of a template, as a definition names it. Raises TemplateError if it is not there."""
    if written.startswith("/"):
        if not _is_folder(Path(written)):
            raise TemplateError(f"the template {written} is no folder, or none that can be looked at")
        if any(Path(written).resolve().is_relative_to(data_dir().resolve() / each) for each in HOMES):
            raise TemplateError(f"{written} is a qube's, which could change it meanwhile: copy it elsewhere first")
        return Path(written)
    root = templates_dir() / written / ROOT
    if TEMPLATE_NAME.fullmatch(written) is None or not _is_folder(root):
        there = ", ".join(names())
        raise TemplateError(
            f"there is no template {written} ({f'there are: {there}' if there else 'there is none yet'});"
            f" build it: vitrail template build {written} PACKAGE"
        )
    return root


def _is_folder(path: Path) -> bool:
    with suppress(OSError):
        return path.is_dir()
    return False


def made(name: str) -> Made | None:
    """How a template was made; None if that is not known."""
    with suppress(BadTemplate):
        return made_written(read_text(templates_dir() / name / MADE) or "")
    return None


def defined_by(name: str) -> list[str]:
    """The qubes whose definition names a template. Raises SettingsError if one cannot be understood."""
    folder = templates_dir() / name
    ways = (name, str(folder), str(folder / ROOT))
    found = ((qube, definition_of(qube)) for qube in definitions.names())
    return [qube for qube, definition in found if definition is not None and definition.template in ways]


def hold(root: Path) -> int:
    """A descriptor; as long as it is open, nobody removes the template with the system `root`. -1: it has no name.

    Raises TemplateError if it went a moment ago.
    """
    if root.parent.parent != templates_dir():
        return -1
    with names_locked(fcntl.LOCK_SH):
        try:
            descriptor = os.open(root.parent, _FOLDER)
        except OSError as error:
            raise TemplateError(f"there is no template {root.parent.name} any more") from error
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # whoever removes it has taken its name away first
    return descriptor


def begin(suffix: str) -> tuple[Path, int]:
    """Make the folder of a template that is to be, and return it with what holds it. Raises PathsError."""
    make_folders(templates_dir())
    folder = templates_dir() / f"{BUILDING}{suffix}"
    with names_locked():
        folder.mkdir(mode=0o700)
        descriptor = os.open(folder, _FOLDER)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return folder, descriptor


def commit(folder: Path, held: int, name: str) -> None:
    """Give what was built, and is held, its name; what had it before goes when no qube uses that any more."""
    folder.chmod(0o755 if os.geteuid() == 0 else 0o700)
    target = templates_dir() / name
    with names_locked():
        _set_aside(target)
        fcntl.flock(held, fcntl.LOCK_UN)
        folder.rename(target)


def remove(name: str) -> None:
    """Take a template away. Raises TemplateError if a qube uses it."""
    target = templates_dir() / name
    with names_locked(), _idle(target) as idle:
        if not idle:
            raise TemplateError(f"a qube that runs uses the template {name}; stop it first: vitrail ls")
        _set_aside(target)
    sweep()


def sweep() -> None:
    """Remove what nobody builds or uses any more: of builds that were cut short, and of templates without a name."""
    if not templates_dir().is_dir():
        return
    with ExitStack() as stack:
        with names_locked():
            nameless = [each for each in templates_dir().iterdir() if each.name.startswith((BUILDING, ASIDE))]
            gone = [folder for folder in nameless if stack.enter_context(_idle(folder))]
        for folder in gone:
            clean_work(folder)
            _check_no_mounts(folder)
            remove_tree(folder)


def clean_work(folder: Path) -> None:
    """Remove the builder's own folder, whoever owns what is in it. Raises PathsError."""
    work = read_text(folder / WORK)
    if work is None:
        return
    path = Path(work)
    with suppress(FileNotFoundError):
        found = path.lstat()
        if not path.name.startswith(PREFIX) or not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            return
        _check_no_mounts(path)
        if os.geteuid() != 0:
            _empty_as_its_owners(path)
        remove_tree(path)


def _check_no_mounts(folder: Path) -> None:
    """Raise TemplateError if a file system is mounted in `folder`: what is on it may be this machine's own."""
    for line in Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines():
        place = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), line.split()[4])
        if Path(place).is_relative_to(folder.resolve()):
            raise TemplateError(
                f"something is mounted in {folder}, which was to be removed: first run `umount {place}`"
            )


def _empty_as_its_owners(path: Path) -> None:
    """What a builder has left belongs to uids that are ours only in a namespace; then empty folders are left of it."""
    inside = [str(each) for each in path.iterdir()]
    if inside:
        argv = [BUILDER, "--unshare-helper", "rm", "-rf", "--", *inside]
        with suppress(OSError, subprocess.SubprocessError):
            subprocess.run(argv, capture_output=True, check=False, timeout=CLEAN_TIMEOUT_S, cwd="/")
    for each in path.iterdir():
        with suppress(OSError):
            each.rmdir()


def _set_aside(target: Path) -> None:
    if target.is_dir():
        target.rename(target.with_name(f"{ASIDE}{os.urandom(4).hex()}-{target.name}"))


@contextmanager
def names_locked(how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """While no name comes or goes."""
    descriptor = os.open(templates_dir(), _FOLDER)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _idle(folder: Path) -> Iterator[bool]:
    """Whether nobody uses a folder, and nobody begins to meanwhile."""
    try:
        descriptor = os.open(folder, _FOLDER)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
