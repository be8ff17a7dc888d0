"""What a machine that cannot run qubes is told, through the engine's own check."""

import os
import stat
from pathlib import Path

import pytest

from guid.engines import interpreter
from guid.engines.bubblewrap import find_bubblewrap, parse_version, refusal
from guid.engines.errors import (
    BubblewrapMissing,
    EngineError,
    InterpreterUnsuitable,
    SandboxRefused,
    UserNamespacesForbidden,
)
from guid.engines.interpreter import system_interpreter
from guid.engines.local import LocalEngine


def program(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    for folder in file.parents:
        if folder.stat().st_uid == os.geteuid() and not folder.stat().st_mode & stat.S_IXOTH:
            folder.chmod(folder.stat().st_mode | 0o011)
    return file


@pytest.fixture
def fake_bwrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only bwrap on PATH; says 0.8.0 and then whatever the test writes into `complaint`."""
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "bwrap"
    return program(file, f'[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit\n. {tmp_path}/complaint')


def test_check_this_machine_runs_qubes() -> None:
    LocalEngine(bundle=lambda _: b"").check()


def test_check_without_bwrap_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BubblewrapMissing, match="apt install bubblewrap"):
        LocalEngine().check()


def test_check_old_bwrap_says_which_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bwrap", "echo bubblewrap 0.4.1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BubblewrapMissing, match=r"0\.4\.1.*0\.8\.0 or newer"):
        find_bubblewrap()


@pytest.mark.parametrize(
    ("complaint", "error", "advice"),
    [
        ("bwrap: No permissions to creating new namespace, likely ...", UserNamespacesForbidden, "sysctl"),
        ("bwrap: Creating new namespace failed: Operation not permitted", UserNamespacesForbidden, "sysctl"),
        ("bwrap: setting up uid map: Permission denied", UserNamespacesForbidden, "apparmor"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", SandboxRefused, "container"),
    ],
)
def test_check_probe_refused_says_what_to_do(
    fake_bwrap: Path, complaint: str, error: type[EngineError], advice: str
) -> None:
    (fake_bwrap.parent / "complaint").write_text(f'echo "{complaint}" >&2; exit 1\n')
    (fake_bwrap.parent / "complaint").chmod(0o755)
    with pytest.raises(error, match=f"{advice}.*says: vitrail doctor$"):
        LocalEngine(bundle=lambda _: b"").check()


def test_refusal_escapes_what_was_said() -> None:
    assert "\x1b" not in str(refusal("\x1b[31mboo"))


@pytest.mark.parametrize(
    ("said", "version"), [("bubblewrap 0.8.0", (0, 8, 0)), ("bubblewrap 0.11", (0, 11)), ("nonsense", ())]
)
def test_parse_version(said: str, version: tuple[int, ...]) -> None:
    assert parse_version(said) == version


def test_system_interpreter_here_is_new_enough() -> None:
    found = system_interpreter()
    assert found.version >= (3, 11)
    assert len(found.magic) == 4


@pytest.mark.parametrize(
    ("script", "advice"),
    [("echo 3 9 610d0d0a", "Python 3.9.*needs 3.11"), ("exit 1", "reinstall"), ("echo what", "reinstall")],
)
def test_system_interpreter_unsuitable_says_why(tmp_path: Path, script: str, advice: str) -> None:
    file = program(tmp_path / "python3", script)
    with pytest.raises(InterpreterUnsuitable, match=advice):
        system_interpreter(str(file))


def test_system_interpreter_missing_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(InterpreterUnsuitable, match="apt install python3"):
        system_interpreter(str(tmp_path / "none"))


def test_system_interpreter_is_one_that_exists_inside() -> None:
    assert interpreter.SYSTEM_PYTHON.startswith("/usr/")
