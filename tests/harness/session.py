"""A person's session beside a test: a desktop, the command `vitrail`, real qubes; knows only what a person can see.

Programs for the qubes are in tests/harness/programs.py: they are copied into a qube's home and run there.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from Xlib import X
from Xlib import display as xdisplay
from Xlib.error import ConnectionClosedError
from Xlib.ext import xtest

from tests.harness import schema
from tests.harness.pixels import Pixels, region, screenshot
from tests.harness.processes import ROOT, Child, as_person, clean_environment
from tests.harness.wait import TimedOut, time_scale, wait_until

PROGRAMS = Path(__file__).with_name("programs.py")
COMMAND_TIMEOUT_S = 60.0

Window = dict[str, Any]


class Session:
    """Everything of one person on one display. A context manager; at its end nothing of it runs or lies about.

    extra: more environment for the command. config: $XDG_CONFIG_HOME, with settings that do without the qube's name on
    frames and in titles, unless tagged: most tests are about something else.
    uid: who the person is, if not whoever runs the tests (who must be root then).
    """

    def __init__(
        self,
        display: str,
        *,
        command_timeout_s: float = COMMAND_TIMEOUT_S,
        extra: Mapping[str, str] | None = None,
        uid: int | None = None,
        tagged: bool = False,
    ) -> None:
        self.display = display
        self._command_timeout_s = command_timeout_s
        # Not below pytest's private folders: a qube's uid must be able to pass through to its home.
        self._folder = Path(tempfile.mkdtemp(prefix="vitrail-test-", dir="/var/tmp"))
        self._folder.chmod(0o711)
        self.runtime = self._folder / "run"
        self.runtime.mkdir(mode=0o700)
        self.data = self._folder / "data"
        self.config = self._folder / "config"
        (self.config / "vitrail").mkdir(parents=True)
        if not tagged:
            (self.config / "vitrail" / "vitrail.toml").write_text("[defaults]\nname_tag = false\ntitle_name = false\n")
        self.extra = dict(extra or {})
        self._identity: dict[str, Any] = {}
        self._uid = uid
        if uid is not None:
            self._identity = {"user": uid, "group": uid, "extra_groups": ()}
            self.extra["HOME"] = str(self._folder)
            for each in (self._folder, self.runtime, self.config, *self.config.rglob("*")):
                os.chown(each, uid, uid)
        self.x = xdisplay.Display(display)

    # The command

    def vitrail(self, *arguments: str, display: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `vitrail` as a person would; never raises for its exit code, but for JSON that is not as promised."""
        done = subprocess.run(
            self.argv(*arguments),
            env=self.environment(display),
            capture_output=True,
            text=True,
            timeout=self._command_timeout_s * time_scale(),
            check=False,
            cwd="/",
            **self._identity,
        )
        schema.check(arguments, done.returncode, done.stdout)
        return done

    def start(self, *arguments: str, log: Path) -> Child:
        """Start a command that goes on, as the person."""
        return Child(self.argv(*arguments), env=self.environment(), log=log, cwd=Path("/"), **self._identity)

    def argv(self, *arguments: str) -> list[str]:
        """The command as a process is started with it."""
        return [sys.executable, "-m", "guid", *arguments]

    def environment(self, display: str | None = None) -> dict[str, str]:
        """What the command is given; display: another one than the person's."""
        return clean_environment(
            DISPLAY=self.display if display is None else display,
            XDG_RUNTIME_DIR=str(self.runtime),
            XDG_DATA_HOME=str(self.data),
            XDG_CONFIG_HOME=str(self.config),
            PYTHONPATH=str(ROOT),
            **self.extra,
        )

    def started(self, *arguments: str, log: Path, **environment: str) -> Child:
        """The command as a process that goes on. log: what it prints."""
        argv = [*as_person(self._uid), *self.argv(*arguments)]
        return Child(argv, env={**self.environment(), **environment}, log=log, cwd=Path("/"))

    @contextmanager
    def service(self, **environment: str) -> Iterator[Child]:
        """`vitrail supervise` in the foreground, as a service manager runs it; what it says is in Child.output().

        It is lent when it is ready: its socket is there before it has read all that it may want later.
        """
        log = self.runtime / "service.log"
        with self.started("supervise", log=log, **environment) as child:
            wait_until((self.runtime / "vitrail" / "control.sock").exists, 20, "the supervisor")
            self.qubes()  # answered only after that
            yield child

    def run(self, qube: str, label: str, *command: str) -> None:
        """`vitrail run`; the command must have started."""
        done = self.vitrail("run", "--qube", qube, "--label", label, "--", *command)
        assert done.returncode == 0, f"{done.stderr}\n{self.log()}"

    def run_program(self, qube: str, label: str, name: str, *arguments: str) -> None:
        """Run one of the programs of tests/harness/programs.py in a qube (which must have been started before)."""
        self.run(qube, label, *self.program(qube, name, *arguments))

    def program(self, qube: str, name: str, *arguments: str) -> tuple[str, ...]:
        """The command of such a program; its code is copied into the qube's home."""
        target = self.home(qube) / "programs.py"
        if not target.exists():
            shutil.copyfile(PROGRAMS, target)
            target.chmod(0o644)
        return ("/usr/bin/python3", "-I", "programs.py", name, *arguments)

    def home(self, qube: str) -> Path:
        """A qube's home as the person's side sees it."""
        return self.data / "vitrail" / "qubes" / qube / "home"

    def log(self) -> str:
        """What the supervisor, its daemons and the qubes have written."""
        logs = [self.runtime / "vitrail" / "supervisor.log", *(self.runtime / "vitrail" / "qubes").glob("*/qube.log")]
        return "\n".join(f"--- {path.name} {path.parent.name}\n{path.read_text()}" for path in logs if path.exists())

    def qubes(self) -> dict[str, dict[str, Any]]:
        """`vitrail ls --json`, by name."""
        done = self.vitrail("ls", "--json")
        assert done.returncode == 0, done.stderr
        return {qube["name"]: qube for qube in json.loads(done.stdout)["qubes"]}

    def windows(self, qube: str) -> list[Window]:
        """The mapped windows of a qube."""
        found = self.qubes().get(qube, {"windows": []})
        return [window for window in found["windows"] if window["mapped"]]

    def window(self, qube: str, matches: Callable[[Window], bool] = lambda _window: True) -> Window:
        """A mapped window of a qube; waits until there is one that `matches`."""

        def look() -> Window | None:
            return next((window for window in self.windows(qube) if matches(window)), None)

        try:
            return wait_until(look, 20, f"a window of {qube}") or {}
        except TimedOut as error:
            raise TimedOut(f"{error}\n{self.windows(qube)}\n{self.log()}") from error

    def daemon_pid(self, qube: str) -> int:
        """The daemon's process: the X client that owns the qube's windows (_NET_WM_PID)."""
        outer = self.x.create_resource_object("window", self.window(qube)["local_xid"])
        found = outer.get_full_property(self.x.intern_atom("_NET_WM_PID"), X.AnyPropertyType)
        assert found is not None
        return int(found.value[0])

    # The desktop

    def look_again(self) -> None:
        """Connect to the display anew: its server is another one."""
        self._leave()
        self.x = xdisplay.Display(self.display)

    def _leave(self) -> None:
        with suppress(ConnectionClosedError):  # a test may have ended the display
            self.x.close()

    def picture(self) -> Pixels:
        """The whole screen."""
        return screenshot(self.x)

    def content(self, window: Window) -> Pixels:
        """What the screen shows of a window's content."""
        return region(self.picture(), tuple(window["content"]))

    def point(self, x: int, y: int) -> None:
        """Move the pointer."""
        xtest.fake_input(self.x, X.MotionNotify, x=x, y=y)
        self.x.sync()

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the pointer and click."""
        self.point(x, y)
        xtest.fake_input(self.x, X.ButtonPress, button)
        xtest.fake_input(self.x, X.ButtonRelease, button)
        self.x.sync()

    def focus(self, window: Window) -> None:
        """Click into the middle of a window, once it is shown and wherever it goes, until its outer has the focus."""
        outer = self.x.create_resource_object("window", window["local_xid"])
        clicked: set[tuple[int, int]] = set()

        def has_it() -> bool:
            if outer.get_attributes().map_state == X.IsViewable:
                size = outer.get_geometry()
                middle = self.x.screen().root.translate_coords(outer, size.width // 2, size.height // 2)
                if (middle.x, middle.y) not in clicked:
                    clicked.add((middle.x, middle.y))
                    self.click(middle.x, middle.y)
            return self.focused() == int(window["local_xid"])

        wait_until(has_it, what="the focus")

    def focused(self) -> int:
        """X id of the window that has the focus, 0 for none."""
        return int(getattr(self.x.get_input_focus().focus, "id", 0))

    def press(self, keycode: int) -> None:
        """Press and release one key."""
        xtest.fake_input(self.x, X.KeyPress, keycode)
        xtest.fake_input(self.x, X.KeyRelease, keycode)
        self.x.sync()

    def type_text(self, text: str) -> None:
        """Type lower-case letters, digits, space and newline on the us layout."""
        from Xlib import XK

        names = {" ": "space", "\n": "Return", "-": "minus", "/": "slash", ".": "period"}
        for character in text:
            self.press(self.x.keysym_to_keycode(XK.string_to_keysym(names.get(character, character))))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pid_path = self.runtime / "vitrail" / "control.sock"
        if pid_path.exists():
            for name in self.qubes():
                self.vitrail("stop", name)
            wait_until(lambda: not pid_path.exists(), 20, "the supervisor's end")
        self._leave()
        shutil.rmtree(self._folder, ignore_errors=os.geteuid() != 0)
