"""The demo, as `make demo` runs it: its report is true of its picture, and nothing is left behind."""

import json
import re
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import cairo
import numpy as np
import pytest
from Xlib import X

from guid.engines.uids import CLAIMS
from scripts.demo_desktop import Found
from scripts.demo_report import Scene, check_frames
from scripts.demo_session import DemoError
from tests.harness.frames import lay, wearing
from tests.harness.pixels import Pixels, region
from tests.harness.processes import Child, clean_environment
from tests.harness.wait import wait_until
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]

MARK = "VITRAIL_DEMO_TEST"
TITLE_BAR_PX = 40
LETTERS_SHADES = 3
"""A window manager's decoration lies within this above an outer, and within a few px beside it."""

Report = dict[str, Any]


class Run:
    """One run of the demo with a mark in its environment by which its processes are found."""

    def __init__(self, folder: Path, display: str = "") -> None:
        self.mark = f"{MARK}={uuid.uuid4()}"
        name, value = self.mark.split("=")
        extra = {name: value, **({"DISPLAY": display} if display else {})}
        argv: list[str | Path] = [sys.executable, "-I", "-m", "scripts.demo", "--output", folder]
        self.child = Child(argv, env=clean_environment(**extra), log=folder.with_suffix(".log"))

    def says(self, text: str) -> None:
        """Wait for a line with `text`."""
        wait_until(lambda: text in self.child.output() or not self.child.alive, 60, f"the demo to say {text!r}")
        assert text in self.child.output(), self.child.output()

    def processes(self) -> dict[tuple[int, str], str]:
        """Every process of the run but the demo itself: (pid, start time) → command line.

        Those in the qubes do not carry the mark; they are descendants of some that do.
        """
        parents = {pid: stat[1] for pid, stat in all_processes()}
        marked = {pid for pid in parents if self._is_marked(pid)}
        ours = {pid for pid in parents if marked & set(ancestry(pid, parents))} - {self.child.pid}
        return {(pid, start): command_line(pid) for pid, (_, _, start) in all_processes() if pid in ours}

    def own_folder(self) -> Path:
        """The folder that it has made for itself."""
        for pid, _ in all_processes():
            with suppress(OSError):
                words = (Path(f"/proc/{pid}") / "environ").read_bytes().decode(errors="replace").split("\0")
                if self.mark in words:
                    for word in words:
                        if found := re.match(r"XDG_RUNTIME_DIR=(/tmp/vitrail-demo-[^/]+)/run$", word):
                            return Path(found[1])
        raise AssertionError("no process of the demo names its folder")

    def _is_marked(self, pid: int) -> bool:
        with suppress(OSError):
            return self.mark.encode() in (Path(f"/proc/{pid}") / "environ").read_bytes().split(b"\0")
        return False


def all_processes() -> Iterator[tuple[int, tuple[str, int, str]]]:
    """Pid and (state, parent, start time) of every process that is no zombie. Source: proc(5), stat."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if fields[0] not in "ZX":
                yield int(stat.parent.name), (fields[0], int(fields[1]), fields[19])


def ancestry(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid in parents:
        yield pid
        pid = parents[pid]


def command_line(pid: int) -> str:
    with suppress(OSError):
        return (Path(f"/proc/{pid}") / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def alive(processes: dict[tuple[int, str], str]) -> list[str]:
    there = {(pid, start) for pid, (_, _, start) in all_processes()}
    return [command for key, command in processes.items() if key in there]


def claimed(folder: Path) -> list[str]:
    """The uids that are still kept for homes in `folder`."""
    with suppress(OSError):
        return [file.name for file in CLAIMS.iterdir() if str(folder).encode() in file.read_bytes()]
    return []


def read_png(path: Path) -> Pixels:
    surface = cairo.ImageSurface.create_from_png(str(path))
    rows = np.frombuffer(surface.get_data(), "<u4").reshape(surface.get_height(), surface.get_stride() // 4)
    return (rows[:, : surface.get_width()] & np.uint32(0xFFFFFF)).copy()


def frame_errors(picture: Pixels, report: Report) -> list[str]:
    """Windows of the report whose frame, where no window of the report lies above it, has another colour."""
    errors = []
    windows = report["windows"]
    for number, window in enumerate(windows):
        (x, y, width, height), frame_px, tag_px = window["outer"], window["frame_px"], window["tag_px"]
        visible = np.zeros(picture.shape, bool)
        visible[y : y + height, x : x + width] = True
        visible[y + frame_px : y + height - frame_px, x + frame_px : x + width - frame_px] = False
        for above in windows[number + 1 :]:
            bar, side = (0, 0) if above["override_redirect"] else (TITLE_BAR_PX, 4)
            left, top, wide, high = above["outer"]
            visible[max(0, top - bar) : top + high + side, max(0, left - side) : left + wide + side] = False
        right = picture.copy()
        lay(right, wearing(int(window["rgb"], 16)), (x, y, width, height), (frame_px,) * 4)
        visible[y + frame_px : y + frame_px + tag_px, x + frame_px : x + width - frame_px] = False
        name = region(picture, (x + frame_px, y + frame_px, width - 2 * frame_px, tag_px))
        if tag_px and len(np.unique(name)) < LETTERS_SHADES:
            errors.append(f"the tag of {window['title']}")
        if not visible.any() or (picture[visible] != right[visible]).any():
            errors.append(window["title"])
    return errors


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A whole run without a display."""
    folder = tmp_path_factory.mktemp("demo") / "shown"
    run = Run(folder)
    assert run.child.wait(100) == 0, run.child.output()
    return run, folder


@pytest.fixture
def shown(run: tuple[Run, Path]) -> tuple[Pixels, Report]:
    _, folder = run
    return read_png(folder / "desktop.png"), json.loads((folder / "report.json").read_text())


def test_demo_shows_three_qubes_six_windows_and_a_menu(shown: tuple[Pixels, Report]) -> None:
    picture, report = shown
    windows = report["windows"]
    assert picture.shape == (report["desktop"]["height"], report["desktop"]["width"])
    assert len(windows) >= 6
    colours = {window["qube"]: (window["label"], window["rgb"]) for window in windows}
    assert colours == {
        "work": ("blue", "0x3465A4"),
        "personal": ("yellow", "0xEDD400"),
        "untrusted": ("red", "0xCC0000"),
    }
    assert any(window["override_redirect"] for window in windows)
    assert len({window["local_xid"] for window in windows}) == len(windows)
    assert 0 < report["seconds"] < 100


def test_demo_report_is_true_of_its_picture(shown: tuple[Pixels, Report]) -> None:
    picture, report = shown
    assert frame_errors(picture, report) == []
    for window in report["windows"]:
        frame_px = window["frame_px"]
        x, y, width, height = window["outer"]
        assert bool(window["tag_px"]) is not window["override_redirect"]
        top = frame_px + window["tag_px"]
        assert window["content"] == [x + frame_px, y + top, width - 2 * frame_px, height - top - frame_px]
        colours = np.unique(region(picture, tuple(window["content"])))
        assert len(colours) > 8, f"{window['title']} shows nothing"
    menus = [window["override_redirect"] for window in report["windows"]]
    assert menus == sorted(menus), "menus are above everything here"


def test_a_report_that_is_not_true_is_noticed(shown: tuple[Pixels, Report]) -> None:
    picture, report = shown
    for number, window in enumerate(report["windows"]):
        x, y, width, height = window["outer"]
        spoilt = picture.copy()
        spoilt[y + height - 1, x + width - 1] ^= 1
        assert frame_errors(spoilt, report) == [window["title"]]
        moved = json.loads(json.dumps(report))
        moved["windows"][number]["outer"][0] += 1
        assert window["title"] in frame_errors(picture, moved)


def test_demo_refuses_a_picture_with_a_wrong_or_hidden_frame() -> None:
    window: dict[str, Any] = {"qube": "q", "title": "t", "rgb": "0xCC0000", "frame_px": 2, "tag_px": 0}
    window |= {"outer": [2, 3, 20, 10], "content": [4, 5, 16, 6]}
    picture = np.full((30, 40), 0xCC0000, np.uint32)
    picture[5:11, 4:20] = 0xFFFFFF
    alone = Scene([window], [0], [Found(1, (2, 3, 20, 10))])
    check_frames(alone, picture)
    picture[12, 21] = 0x00FF00
    with pytest.raises(DemoError, match="0x00FF00 at x=21 y=12"):
        check_frames(alone, picture)
    check_frames(Scene([window], [0], [*alone.stack, Found(2, (21, 12, 1, 1))]), picture)
    with pytest.raises(DemoError, match="cannot be seen"):
        check_frames(Scene([window], [0], [*alone.stack, Found(2, (0, 0, 40, 30))]), picture)


def test_typed_text_arrives_in_its_qube_alone(shown: tuple[Pixels, Report]) -> None:
    _, report = shown
    typed = report["typed"]
    assert typed["qube"] == "work"
    assert typed["text"]
    assert typed["arrived"] is True
    assert typed["elsewhere"] is False
    assert typed["window"] in {window["local_xid"] for window in report["windows"] if window["qube"] == typed["qube"]}


def test_demo_without_a_display_leaves_only_its_two_files(run: tuple[Run, Path]) -> None:
    demo, folder = run
    assert sorted(file.name for file in folder.iterdir()) == ["desktop.png", "report.json"]
    assert demo.processes() == {}


@pytest.fixture
def person() -> Iterator[XServer]:
    """A person's desktop, smaller than the demo's own."""
    with XServer(1280, 900) as server, WindowManager("openbox", server.name):
        yield server


def qubes_on(server: XServer) -> list[tuple[str, bool]]:
    """The qube of each mapped outer on a desktop, and whether the window manager leaves it alone."""
    x = server.connect()
    try:
        name = x.intern_atom("_QUBES_VMNAME")
        found = []
        todo = [x.screen().root]
        while todo:
            window = todo.pop()
            attributes = window.get_attributes()
            owner = window.get_full_property(name, X.AnyPropertyType)
            if owner is not None and attributes.map_state == X.IsViewable:
                found.append((owner.value.decode(), bool(attributes.override_redirect)))
            elif owner is None:
                todo += window.query_tree().children
        return found
    finally:
        x.close()


def test_demo_on_a_desktop_stays_until_interrupted_and_leaves_nothing(person: XServer, tmp_path: Path) -> None:
    run = Run(tmp_path / "shown", person.name)
    with run.child:
        run.says("Ctrl-C")
        windows = qubes_on(person)
        assert {qube for qube, _ in windows} == {"work", "personal", "untrusted"}
        assert len(windows) >= 6
        assert ("untrusted", True) in windows
        processes, own_folder = run.processes(), run.own_folder()
        assert any("xterm" in command for command in processes.values())
        assert any("Xorg" in command or "Xvfb" in command for command in processes.values())
        run.child.signal(signal.SIGINT)
        assert run.child.wait(30) == 0, run.child.output()
        assert alive(processes) == []
        assert not own_folder.exists()
        assert claimed(own_folder) == []
        assert not (tmp_path / "shown").exists()
        assert qubes_on(person) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_demo_interrupted_while_it_starts_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    run = Run(tmp_path / "shown")
    with run.child:
        run.says("starting qube personal")
        processes, own_folder = run.processes(), run.own_folder()
        assert any("Xvfb" in command for command in processes.values())
        run.child.signal(number)
        assert run.child.wait(30) == 130, run.child.output()
        assert alive(processes) == []
        assert run.processes() == {}
        assert not own_folder.exists()
        assert claimed(own_folder) == []


def test_demo_on_a_display_that_is_not_there_says_so(tmp_path: Path) -> None:
    run = Run(tmp_path / "shown", ":987")
    with run.child:
        assert run.child.wait(30) == 1
        assert ":987" in run.child.output()
        assert "Traceback" not in run.child.output()
        assert run.processes() == {}
