"""Installs Vitrail below a prefix, and removes it again: `make install`, `make uninstall`; knows no package format.

All that is imported goes into PREFIX/lib/vitrail: the rooms, and the libraries that requirements.lock names, as they
lie in `.venv`. A list of all files lies there too; removing goes by it. What a person has made with
Vitrail (homes, definitions, settings) is nobody's here.

`install.py stage` lays out what the Debian package holds: libraries are its dependencies there.
"""

from __future__ import annotations

import argparse
import compileall
import os
import py_compile
import shutil
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
OWN: Final = "lib/vitrail"
"""The folder that is ours alone, below the prefix."""
LIST: Final = "installed.txt"
COMMANDS: Final = "bin"
MARK: Final = b"# Of Vitrail "
"""How the second line of each command begins. Source: scripts/layout.py, LAUNCHER."""


class InstallError(Exception):
    """Something the person has to mend; the text says how."""


def libraries() -> list[tuple[str, Path]]:
    """Every file of the libraries that the lock names: its path below a folder of modules, and where it lies."""
    from scripts.lock import ENTRY  # noqa: PLC0415 - removing needs nothing of this tree

    found: list[tuple[str, Path]] = []
    for match in ENTRY.finditer((ROOT / "requirements.lock").read_text()):
        found += _files_of(distribution(match["name"]))
    return found


def _files_of(library: Distribution) -> list[tuple[str, Path]]:
    named = [path for path in library.files or () if path.parts[0] != ".." and path.suffix != ".pyc"]
    return [(path.as_posix(), Path(str(path.locate()))) for path in named]


def install(prefix: Path, staging: Path) -> Path:
    """Lay everything out below staging + prefix; returns where. What only an older version had there goes.

    Raises InstallError if our folder, or a command of our name, is somebody else's.
    """
    from scripts import layout  # noqa: PLC0415 - removing needs nothing of this tree

    below = _below(staging, prefix)
    own = below / OWN
    if own.is_dir() and any(own.iterdir()) and not (own / LIST).exists():
        raise InstallError(f"{own} is not what `make install` brought: move it away, or choose another PREFIX")
    before = _listed(own)
    python = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    outside = [
        *layout.launchers(python, (sys.version_info.major, sys.version_info.minor), str(prefix / OWN)),
        layout.unit("share/systemd/user", [str(prefix / "bin" / "vitrail")]),
        *layout.shared(),
        *layout.documents("share/doc/vitrail"),
    ]
    _check_commands(below, [each.path for each in outside])
    made = _made_folders(below, [each.path for each in outside])
    new = own.with_name("vitrail.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for name, path in libraries():
        _copy(path, new / name)
    for each in layout.modules():
        _write(new / each.path, each.content, each.mode)
    _compile(new, prefix / OWN)
    _write(
        new / LIST, "\n".join([*sorted(each.path for each in outside), *(f"{name}/" for name in made)]).encode(), 0o644
    )
    _replace(own, new)
    for each in outside:
        _write(below / each.path, each.content, each.mode)
    _remove(below, [name for name in before if name not in {each.path for each in outside} and name not in made])
    return below


def uninstall(prefix: Path, staging: Path) -> Path:
    """Remove exactly what `install` brought; a command that something else has put there since stays.

    Raises InstallError if there is nothing.
    """
    below = _below(staging, prefix)
    own = below / OWN
    if not (own / LIST).exists():
        raise InstallError(f"nothing that `make install` brought is in {below} (another place? PREFIX=…)")
    listed = [name for name in _listed(own) if not _is_foreign(below, name)]
    shutil.rmtree(own)
    _remove(below, listed)
    return below


def stage(staging: Path) -> None:
    """What the Debian package holds: modules and command below /usr, for any Python of the distribution."""
    from scripts import layout  # noqa: PLC0415 - removing needs nothing of this tree

    usr = staging / "usr"
    for each in layout.modules():
        _write(usr / "share" / "vitrail" / each.path, each.content, each.mode)
    outside = [
        *layout.launchers("/usr/bin/python3", None, "/usr/share/vitrail"),
        layout.unit("lib/systemd/user", ["/usr/bin/vitrail"]),
        *layout.shared(),
    ]
    for each in outside:
        _write(usr / each.path.replace(layout.ZSH_ELSEWHERE, layout.ZSH_OF_DEBIAN), each.content, each.mode)


def _below(staging: Path, prefix: Path) -> Path:
    return staging / prefix.relative_to("/") if staging != Path("/") else prefix


def _listed(own: Path) -> list[str]:
    """What lies outside our folder: files, then the folders that were made for them, the deepest first, with a "/"."""
    path = own / LIST
    return path.read_text().splitlines() if path.exists() else []


def _check_commands(below: Path, names: list[str]) -> None:
    """Raise InstallError if a command of our name is there that is neither ours nor an older one of ours."""
    foreign = next((below / name for name in names if _is_foreign(below, name)), None)
    if foreign is not None:
        raise InstallError(
            f"{foreign} is not what `make install` brought{_of_pipx(foreign)}: move it away, or choose another PREFIX"
        )


def _is_foreign(below: Path, name: str) -> bool:
    """Whether something lies in a command's place that is none of ours: those say so in their second line."""
    path = below / name
    if path.parent != below / COMMANDS or name.endswith("/") or not os.path.lexists(path):
        return False
    if path.is_symlink() or not path.is_file():
        return True
    return not path.read_bytes().partition(b"\n")[2].startswith(MARK)


def _of_pipx(path: Path) -> str:
    return " (pipx did: `pipx uninstall vitrail`)" if path.is_symlink() and "pipx" in path.readlink().parts else ""


def _made_folders(below: Path, names: list[str]) -> list[str]:
    """The folders that are not there yet, and those that an earlier installation had made; the deepest first."""
    wanted = {parent.as_posix() for name in [*names, OWN] for parent in Path(name).parents}
    earlier = {name.rstrip("/") for name in _listed(below / OWN) if name.endswith("/")}
    made = [name for name in wanted if name in earlier or not (below / name).exists()]
    return sorted(made, key=lambda name: (-len(Path(name).parts), name))


def _remove(below: Path, names: list[str]) -> None:
    for name in names:
        path = below / name
        if not name.endswith("/"):
            path.unlink(missing_ok=True)
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _replace(own: Path, new: Path) -> None:
    """Put `new` where `own` is. Whoever runs the old one has loaded what it needs."""
    old = own.with_name("vitrail.old")
    shutil.rmtree(old, ignore_errors=True)
    if own.exists():
        own.rename(old)
    new.rename(own)
    shutil.rmtree(old, ignore_errors=True)


def _compile(folder: Path, named: Path) -> None:
    """Compile all modules, so that nobody who runs them writes there. named: where they will lie."""
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, stripdir=folder, prependdir=named, quiet=2, invalidation_mode=unchecked)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file; a running program keeps the one that it has open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    fresh.chmod(mode)
    fresh.rename(path)


def default_prefix() -> Path:
    return Path("/usr/local") if os.geteuid() == 0 else Path.home() / ".local"


def main() -> int:
    parser = argparse.ArgumentParser(description="install Vitrail below a prefix, or remove it")
    parser.add_argument("what", choices=("install", "uninstall", "stage"))
    parser.add_argument("--prefix", type=Path, default=default_prefix())
    parser.add_argument("--destdir", type=Path, default=Path("/"))
    options = parser.parse_args()
    os.umask(0o022)
    try:
        if options.what == "stage":
            stage(options.destdir)
        elif options.what == "install":
            below = install(options.prefix, options.destdir)
            print(f"installed: {below / 'bin' / 'vitrail'}; to start it with your desktop:")
            print("  systemctl --user daemon-reload && systemctl --user enable --now vitrail")
        else:
            print(f"removed from {uninstall(options.prefix, options.destdir)}")
            print("homes of qubes and their definitions are kept; `vitrail rm` would have removed them")
            print("entries of qubes in a desktop's menu too; `vitrail menu clear` would have taken them out")
    except InstallError as error:
        print(f"install: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
