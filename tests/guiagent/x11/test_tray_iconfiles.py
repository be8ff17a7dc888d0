"""guiagent/x11/tray/iconfiles.py: names that lead to files, looked for a little in each turn."""

import os
from pathlib import Path

import pytest

from guiagent.x11.tray import iconfiles
from guiagent.x11.tray.iconfiles import IconFiles, places
from tests.harness.processes import lives
from tests.harness.wait import wait_until


def best(name: str, theme: Path, side: int = 24) -> str | None:
    return next((file for file in places(name, str(theme), side) if file is not None), None)


def test_name_leads_to_the_best_size_of_the_programs_own_theme(tmp_path: Path) -> None:
    for folder in ("16x16/apps", "48x48/apps", "scalable/apps"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / ("vitrail-x.svg" if folder.startswith("s") else "vitrail-x.png")).touch()
    assert best("vitrail-x", tmp_path) == str(tmp_path / "48x48/apps/vitrail-x.png")
    assert best("vitrail-x-more", tmp_path) == str(tmp_path / "48x48/apps/vitrail-x.png")
    assert best("vitrail-none", tmp_path) is None
    assert best(str(tmp_path / "16x16/apps/vitrail-x.png"), tmp_path) == str(tmp_path / "16x16/apps/vitrail-x.png")


def test_name_that_leads_nowhere_takes_many_turns_and_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(iconfiles, "LOOK_S", 0.0)  # a turn in which nothing can be done
    files = IconFiles()
    told: list[object] = []
    files.load("vitrail-none", str(tmp_path), 24, told.append)
    assert told == []
    assert files.deadline() == float("-inf")
    monkeypatch.setattr(iconfiles, "LOOK_S", 60.0)
    files.settle()
    assert told == [None]
    assert files.deadline() is None
    monkeypatch.setattr(iconfiles, "LOOK_S", 0.0)
    files.load("vitrail-none", str(tmp_path), 24, told.append)
    assert told == [None, None], "it was not looked for again"
    files.close()


def test_drawing_that_is_under_way_ends_with_its_tray(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "rsvg-convert"
    program.write_text(
        f"#!/bin/sh\necho $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; exec sleep 1000\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "icon.svg").touch()
    files = IconFiles()
    files.load(str(tmp_path / "icon.svg"), "", 24, lambda _picture: None)
    assert files.rasterizer.deadline() is not None
    pid = int(wait_until((tmp_path / "pid").exists, what="the drawing") and (tmp_path / "pid").read_text())
    assert lives(pid)
    files.close()
    assert not lives(pid)
