"""The agent's bundle: whole, reproducible, compiled, and free of what does not exist inside a qube."""

import ast
import importlib.util
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from guid.engines import bundle
from guid.engines.bundle import LEFT_OUT, Module, agent_bundle, pack
from guid.engines.errors import AgentIncomplete

MAGIC = importlib.util.MAGIC_NUMBER
NOT_INSIDE = {"construct", "numpy", "cairo", "cffi", "guid", "colors"}
OURS = ("guiagent/", "protocol/", "shm/")


def names(data: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(data)).namelist()


def test_bundle_holds_the_agents_packages_only() -> None:
    found = {name.split("/")[0].removesuffix(".py") for name in names(agent_bundle())}
    assert found == {"__main__", "guiagent", "protocol", "shm", "Xlib", "six", "jeepney"}


def test_bundle_is_the_same_twice() -> None:
    assert agent_bundle(MAGIC) == agent_bundle(MAGIC)


def test_bundle_matching_magic_has_each_module_compiled() -> None:
    with_compiled = names(agent_bundle(MAGIC))
    sources = {name for name in with_compiled if name.endswith(".py")}
    assert {f"{name}c" for name in sources} == set(with_compiled) - sources


def test_bundle_other_magic_has_sources_only() -> None:
    assert not [name for name in names(agent_bundle(b"\0\0\r\n")) if name.endswith(".pyc")]


def test_bundle_every_module_imports_only_what_exists_inside() -> None:
    archive = zipfile.ZipFile(io.BytesIO(agent_bundle()))
    present = set(archive.namelist())
    assert not present & LEFT_OUT
    for name in archive.namelist():
        if not name.startswith(OURS):
            continue
        for imported in imports_at_start(archive.read(name)):
            assert imported.split(".")[0] not in NOT_INSIDE, (name, imported)
            assert f"{imported.replace('.', '/')}.py" not in LEFT_OUT, (name, imported)


def imports_at_start(source: bytes) -> list[str]:
    """Modules that a module imports when it is imported itself."""
    found: list[str] = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def test_bundle_runs_isolated_with_its_arguments(tmp_path: Path) -> None:
    said = run_as_agent(tmp_path, "import sys; print(__name__, sys.argv[1:], sys.flags.isolated)")
    assert said == "__main__ ['--vchan-fd', '5'] 1"


def test_bundle_compiled_module_is_the_one_that_runs(tmp_path: Path) -> None:
    source = b"import sys; print(sys._getframe().f_code.co_filename)"
    data = pack([Module("__main__.py", source)], MAGIC)
    (tmp_path / "stale.pyz").write_bytes(data.replace(b"f_code.co_filename)", b"f_code.co_flags,,,)", 1))
    assert run(tmp_path / "stale.pyz") == "__main__.py"


def run_as_agent(folder: Path, source: str) -> str:
    modules = [
        Module("__main__.py", bundle._MAIN.encode()),
        Module("guiagent/__init__.py", b""),
        Module("guiagent/__main__.py", source.encode()),
    ]
    file = folder / "agent.pyz"
    file.write_bytes(pack(modules, MAGIC))
    return run(file)


def run(file: Path) -> str:
    argv = [sys.executable, "-I", str(file), "--vchan-fd", "5"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def test_bundle_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "PACKAGES", ("no_such_package",))
    with pytest.raises(AgentIncomplete, match=r"no_such_package.*make setup"):
        agent_bundle()
