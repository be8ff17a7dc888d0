"""A source tree as parsed modules and their imports; knows no rule."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("protocol", "shm", "colors", "guid", "guiagent")
WORKSHOPS = ("tests", "bench", "scripts")


class Finding(NamedTuple):
    """One place that breaks a rule."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class Import(NamedTuple):
    """One imported name: `from a.b import c` gives "a.b.c", for c may be a module too."""

    name: str
    line: int

    def is_of(self, package: str) -> bool:
        return self.name == package or self.name.startswith(package + ".")


class Module(NamedTuple):
    """One parsed file. name: dotted, "guid.core.window"; a package's __init__ has the package's name."""

    name: str
    path: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @property
    def unit(self) -> str:
        """The part of its room: "core", "loop", "__main__"; "" for the room's own __init__."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    def is_in(self, *packages: str) -> bool:
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)

    def imports(self) -> Iterator[Import]:
        """All imports at any depth, those for type checking included, and import_module("a literal")."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._base_of(node)
                yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)
            elif isinstance(node, ast.Call) and called(node) in (
                "importlib.import_module",
                "import_module",
                "__import__",
            ):
                first = node.args[0] if node.args else None
                known = isinstance(first, ast.Constant) and isinstance(first.value, str)
                yield Import(first.value if known else "?", node.lineno)  # type: ignore[union-attr]

    def finding(self, node: ast.AST | Import, text: str) -> Finding:
        line = node.line if isinstance(node, Import) else getattr(node, "lineno", 1)
        return Finding(self.path, line, text)

    def _base_of(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".")
        if not self.path.endswith("__init__.py"):
            package = package[:-1]
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a Name or Attribute chain; "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def called(node: ast.Call) -> str:
    return dotted(node.func)


def modules(root: Path, *folders: str) -> list[Module]:
    """The parsed modules of these folders of a tree, in order of their paths. A folder that is not there has none."""
    found: list[Module] = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root)
            parts = relative.with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, str(relative), ast.parse(path.read_text(), str(relative))))
    return found


def write_sample(root: Path, files: Mapping[str, str]) -> Path:
    """Lay out a small tree for a test that shows a rule failing. Returns `root`."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root
