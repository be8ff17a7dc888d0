"""The programs that run in a machine or keep one, as zip files out of this package. Must not import any of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files as package_files
from typing import Final

from guid.engines.bundle import Module, pack

_PACKAGES: Final = ("guid", "guid.engines", "guid.engines.qemu")
PROGRAMS: Final = {"first": ("names", "packets"), "keeper": ("packets",)}
"""Main module → the modules that it imports."""


def program_bundle(main: str, magic: bytes) -> bytes:
    """Return one of the programs as a zip file, with the modules that it imports and nothing else."""
    start = f"from guid.engines.qemu.{main} import main\nraise SystemExit(main())\n"
    return pack(
        [
            Module("__main__.py", start.encode()),
            *(Module(f"{package.replace('.', '/')}/__init__.py", b"") for package in _PACKAGES),
            *(Module(f"guid/engines/qemu/{name}.py", _source(name)) for name in _modules(main)),
        ],
        magic,
    )


def load_sources() -> None:
    """Read them all now, for the files may be another version's when a machine starts."""
    for main in PROGRAMS:
        for name in _modules(main):
            _source(name)


def _modules(main: str) -> Sequence[str]:
    return (main, *PROGRAMS[main])


@cache
def _source(name: str) -> bytes:
    return package_files("guid.engines.qemu").joinpath(f"{name}.py").read_bytes()
