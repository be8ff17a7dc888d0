"""What goes into a machine beside its image at each start: our code, compiled, and the first program. Knows no package.

An overlay is an archive of its own that follows the image's: the kernel unpacks both.
"""

from __future__ import annotations

import importlib.util
import io
import marshal
from collections.abc import Iterable, Iterator, Mapping
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

from scripts.vm.cpio import Archive
from scripts.vm.fetch import ROOT, ImageError

INSIDE: Final = "vitrail"
"""The folder inside a machine that holds the program."""
INIT: Final = """\
#!/usr/bin/python3 -I
import sys
sys.path.insert(0, "/vitrail")
from {module} import main
main()
"""
_UNCHECKED_HASH: Final = 1


def overlay(
    packages: Iterable[str],
    *,
    main: str,
    files: Mapping[str, bytes] | None = None,
    links: Mapping[str, str] | None = None,
) -> bytes:
    """Return an archive with Python packages under /vitrail, other files, and an /init that calls `main` of a module.

    packages: importable names, dots allowed, found as this interpreter finds them. main: the module inside.
    files: path inside → content; links: path inside → target. Raises ImageError for a package that is not installed.
    """
    out = io.BytesIO()
    made = Archive(out)
    made.file("init", INIT.format(module=main).encode(), 0o755)
    made.device("dev/urandom", 1, 9)  # Python does not start without, and nothing is mounted yet
    sources = {path: source for name in packages for path, source in _sources(name)}
    for path, source in sources.items():
        made.file(f"{INSIDE}/{path}", source)
        folder, _, file = path.rpartition("/")
        cached = f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-311.pyc"
        made.file(f"{INSIDE}/{cached.removeprefix('/')}", _compiled(f"/{INSIDE}/{path}", source))
    for path, data in (files or {}).items():
        made.file(path, data)
    for path, target in (links or {}).items():
        made.link(path, target)
    made.close()
    return out.getvalue()


def _sources(package: str) -> Iterator[tuple[str, bytes]]:
    """Path inside and content of each module of a package, and of the packages above it."""
    top, *rest = package.split(".")
    spec = PathFinder.find_spec(top, [str(ROOT)]) or PathFinder.find_spec(top)
    if spec is None:
        raise ImageError(f"the package {package} is not installed: run `make setup`")
    if spec.submodule_search_locations is None:
        yield f"{package}.py", Path(str(spec.origin)).read_bytes()
        return
    folder = Path(next(iter(spec.submodule_search_locations)))
    above = folder
    for name in rest:
        yield f"{above.relative_to(folder.parent)}/__init__.py", (above / "__init__.py").read_bytes()
        above = above / name
    for file in sorted(above.rglob("*.py")):
        yield file.relative_to(folder.parent).as_posix(), file.read_bytes()


def _compiled(name: str, source: bytes) -> bytes:
    """A .pyc that is never checked against its source: emulated machines take seconds to compile."""
    code = compile(source, name, "exec", dont_inherit=True)
    flags = _UNCHECKED_HASH.to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source) + marshal.dumps(code)
