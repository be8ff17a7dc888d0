"""A person whose `vitrail` is an installed one: the session of the other tests but for that; knows no package."""

from collections.abc import Mapping
from pathlib import Path

from colors.labels import STANDARD
from tests.harness.frames import framed as wears
from tests.harness.session import Session
from tests.harness.wait import wait_until


class Owner(Session):
    """command: what is run for `vitrail`. Nothing of this tree is on its path."""

    def __init__(self, display: str, command: Path, extra: Mapping[str, str] | None = None) -> None:
        super().__init__(display, extra=extra)
        self.command = command

    def argv(self, *arguments: str) -> list[str]:
        return [str(self.command), *arguments]

    def environment(self, display: str | None = None) -> dict[str, str]:
        return {key: value for key, value in super().environment(display).items() if key != "PYTHONPATH"}

    def sees_framed_window(self, qube: str = "work", label: str = "blue") -> None:
        """Run xterm in a qube and look at its frame."""
        self.run(qube, label, "xterm")
        window = self.window(qube)

        def framed() -> bool:
            return wears(self.picture(), tuple(window["outer"]), window["frame_px"], STANDARD[label].rgb)

        wait_until(framed, 20, f"a {label} frame")


def listing(folder: Path) -> dict[str, str]:
    """Everything below a folder: its path, and what it is."""
    return {
        path.relative_to(folder).as_posix(): "->" + str(path.readlink())
        if path.is_symlink()
        else str(path.stat().st_mode)
        for path in folder.rglob("*")
    }
