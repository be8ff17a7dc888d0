"""The agent's code as one zip file that an interpreter inside a qube runs. Must not import any of that code."""

from __future__ import annotations

import importlib.util
import io
import marshal
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final, NamedTuple

from guid.engines.errors import AgentIncomplete

PACKAGES: Final = ("guiagent", "protocol", "shm", "Xlib", "six", "jeepney")
"""What the agent imports beyond the standard library: our rooms of its side, python-xlib, six for python-xlib, and for
the tray's process jeepney."""

LEFT_OUT: Final = frozenset(
    (*(f"protocol/{name}.py" for name in ("wire", "derive", "generate", "page")), "shm/xen/generate.py")
)
"""Modules that need construct or cffi, which are not there inside; what is generated from them is."""

LEFT_OUT_FOLDERS: Final = ("jeepney/io/", "jeepney/tests/")
"""What of a package nobody here imports."""

_MAIN: Final = """\
import sys
if sys.version_info < (3, 11):
    raise SystemExit("vitrail's agent needs Python 3.11 or newer; this is " + sys.version.split()[0])
import runpy
runpy.run_module("guiagent", run_name="__main__", alter_sys=True)
"""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_HASHED_UNCHECKED: Final = 1
"""Flags word of a .pyc that names its source by hash and is not to be checked against it. Source: PEP 552."""


class Module(NamedTuple):
    """One source file: its path inside the bundle, and its bytes."""

    name: str
    source: bytes


def agent_bundle(magic: bytes = b"") -> bytes:
    """Return the bundle, the same bytes for the same code.

    magic: the interpreter's; if it is also ours, compiled modules go in beside the sources and no start compiles any.
    Raises AgentIncomplete if a package is not installed beside us.
    """
    return pack(_agent_modules(), magic)


@cache
def kept_bundle(magic: bytes) -> bytes:
    """Return `agent_bundle` as it was when this process first asked: later another version's files may lie there."""
    return agent_bundle(magic)


def pack(modules: Iterable[Module], magic: bytes = b"") -> bytes:
    """Return `modules` as a zip file, compiled too if `magic` is that of this interpreter."""
    compiled = magic == importlib.util.MAGIC_NUMBER
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, source in modules:
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), source)
            if compiled:
                archive.writestr(zipfile.ZipInfo(f"{name}c", _EPOCH), _compiled(name, source))
    return buffer.getvalue()


def _agent_modules() -> Iterator[Module]:
    yield Module("__main__.py", _MAIN.encode())
    for package in PACKAGES:
        yield from _package_modules(package)


def _package_modules(package: str) -> Iterator[Module]:
    spec = PathFinder.find_spec(package)
    if spec is None:
        raise AgentIncomplete(
            f"the package {package} is not installed beside vitrail: run `make setup`, or reinstall vitrail"
        )
    if spec.submodule_search_locations is None:
        yield Module(f"{package}.py", Path(str(spec.origin)).read_bytes())
        return
    folder = Path(next(iter(spec.submodule_search_locations)))
    for file in sorted(folder.rglob("*.py")):
        name = f"{package}/{file.relative_to(folder).as_posix()}"
        if name not in LEFT_OUT and not name.startswith(LEFT_OUT_FOLDERS):
            yield Module(name, file.read_bytes())


def _compiled(name: str, source: bytes) -> bytes:
    code = compile(source, name, "exec", dont_inherit=True)
    header = importlib.util.MAGIC_NUMBER + _HASHED_UNCHECKED.to_bytes(4, "little") + importlib.util.source_hash(source)
    return header + marshal.dumps(code)
