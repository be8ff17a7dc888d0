"""The icon of a real GTK and a real Qt program in a qube, as the desktop has it: both ends, two real X servers."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from colors.iconimage import IconImage
from colors.labels import STANDARD, told
from tests.harness import iconed
from tests.harness.icons import icons_of, in_label, of_label
from tests.harness.processes import clean_environment
from tests.harness.toolkit import SYSTEM_PYTHON
from tests.harness.wait import wait_until
from tests.integration.both_ends import BothEnds

pytestmark = pytest.mark.desktop

SIDES = (64, 48, 32, 16)
"""What is told of the program's 16, 32, 48 and 64 px."""


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothEnds]:
    with BothEnds(tmp_path_factory.mktemp("icons")) as made:
        yield made


class Program:
    """One in the qube, with a square of one colour as its icon."""

    def __init__(self, ends: BothEnds, kind: str, folder: Path) -> None:
        self._ends, self._title = ends, f"iconed {kind}"
        environment = clean_environment(
            DISPLAY=ends.qube.name,
            GDK_BACKEND="x11",
            QT_QPA_PLATFORM="xcb",
            NO_AT_BRIDGE="1",
            XDG_RUNTIME_DIR=str(folder),
        )
        self.process = subprocess.Popen(
            [SYSTEM_PYTHON, iconed.__file__, kind], env=environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def outer(self) -> Any:
        """The desktop's window."""

        def found() -> int | None:
            shown = (each for each in self._ends.daemon.windows() if each["title"] == self._title and each["mapped"])
            return next((each["local_xid"] for each in shown), None)

        return self._ends.desk.create_resource_object("window", wait_until(found, 30.0, f"the {self._title}"))

    def colour(self, rgb: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"%06x\n" % rgb)
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()  # type: ignore[union-attr]


def square(side: int, rgb: int) -> IconImage:
    """As tests/harness/iconed.py draws it."""
    clear, full, quarter = bytes(4), rgb.to_bytes(3, "little") + b"\xff", side // 4
    line = clear * quarter + full * (side // 2) + clear * quarter
    empty = clear * side * quarter
    return IconImage(side, side, empty + line * (side // 2) + empty)


@pytest.mark.parametrize("kind", ["gtk", "qt"])
def test_icon_of_a_real_program_is_on_the_desktop_in_its_labels_hue(ends: BothEnds, kind: str, tmp_path: Path) -> None:
    """At first, and when the program gives it another colour."""
    program = Program(ends, kind, tmp_path)
    try:
        outer = program.outer()
        for rgb in (0xFF0000, 0x00C020):
            expected = in_label([square(side, rgb) for side in SIDES], STANDARD["blue"])
            wait_until(lambda expected=expected: icons_of(outer) == expected, what=f"the icon in {rgb:06x}")  # type: ignore[misc]
            program.colour(0x00C020)
    finally:
        program.end()


def test_window_of_a_program_without_an_icon_has_the_labels(ends: BothEnds) -> None:
    window = ends.app.window(200, 100)
    ends.app.map(window)
    outer = ends.outer(window)
    label = STANDARD["green"]
    ends.daemon.tell({"label": told(label)})
    wait_until(lambda: icons_of(outer) == of_label(label, "work"), what="the label's icon")
