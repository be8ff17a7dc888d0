"""The tour of docs/terminal-tour.md: reads its commands, runs them, and writes what they say: `make tour`.

The page shows what was really printed when it was recorded. What differs from one run to the next is NAMED; with that
set aside, a test runs the commands again and compares (tests/integration/test_terminal_tour.py).
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from scripts.demo_screen import PrivateScreen
from scripts.demo_session import DemoError, wait_until

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "terminal-tour.md"
BEGIN, END, PROMPT = "```console", "```", "$ "

NAMED: Final[Mapping[str, re.Pattern[str]]] = {
    "disposable": re.compile(r"\bdisp\d{4}\b"),
    "version": re.compile(r"(?<=^vitrail )\S+$", re.MULTILINE),
    "folder": re.compile(r"(?<=in )/\S*/vitrail\b"),
    "health": re.compile(
        r"^(all packages at once: .*\n)?(all is well|nothing lacks that is needed; .*)$", re.MULTILINE
    ),
    "finding": re.compile(r"(^  .*\n?)+", re.MULTILINE),
    "pixels": re.compile(r"\d[\d,]* visible pixels"),
}
"""What is another thing on another day or machine: its name → what it looks like."""

ASIDE: Final = re.compile(r"^(guiagent|xterm): .*\n", re.MULTILINE)
"""What an agent and an X program say of this machine's X server and fonts, whenever they do."""

LOOKS: Final = (("ls",), ("clipboard", "status"), ("doctor", "--oracle"), ("logs",))
"""Commands that only look, and so may be asked again until everything that was started is there."""
USUAL_DATA: Final = "/home/you/.local/share"
"""What the page shows in place of the folder for data that it is recorded in."""
LOOK_TIMEOUT_S: Final = 30.0
COMMAND_TIMEOUT_S: Final = 120.0


class Step(NamedTuple):
    """One command of the page and what it prints. line: where its output begins, and how many lines that has."""

    command: str
    output: str
    line: int
    lines: int


def steps(page: str) -> Iterator[Step]:
    """The commands of a page, in order."""
    lines = page.split("\n")
    inside = False
    for number, line in enumerate(lines):
        if line in (BEGIN, END):
            inside = line == BEGIN
        elif inside and line.startswith(PROMPT):
            rest = lines[number + 1 :]
            count = next(at for at, each in enumerate(rest) if each == END or each.startswith(PROMPT))
            output = "".join(f"{each}\n" for each in rest[:count])
            yield Step(line.removeprefix(PROMPT), output, number + 1, count)


def without_named(text: str) -> str:
    """The same text with the name in place of what differs."""
    text = ASIDE.sub("", text)
    for name, pattern in NAMED.items():
        text = pattern.sub(f"<{name}>", text)
    return text


def said(command: str, environment: Mapping[str, str], expected: str = "") -> str:
    """What a command prints, and its exit code if that is not 0; one that only looks is repeated for `expected`."""
    words = shlex.split(command, comments=True)
    if words[0] != "vitrail":
        raise DemoError(f"the tour knows only vitrail, not {words[0]}")
    latest = ""

    def as_expected() -> bool:
        nonlocal latest
        latest = _run(words[1:], environment)
        return without_named(latest) == without_named(expected)

    if not any(tuple(words[1 : 1 + len(look)]) == look for look in LOOKS):
        return _run(words[1:], environment)
    try:
        wait_until(as_expected, command, LOOK_TIMEOUT_S)
    except DemoError:
        return latest
    return latest


def recorded(page: str, environment: Mapping[str, str]) -> str:
    """The page with what its commands print now."""
    lines = page.split("\n")
    outputs = [(step, said(step.command, environment, step.output)) for step in steps(page)]
    data = environment["XDG_DATA_HOME"]
    for step, output in reversed(outputs):
        lines[step.line : step.line + step.lines] = output.replace(data, USUAL_DATA).splitlines()
    return "\n".join(lines)


def _run(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "guid", *arguments],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMMAND_TIMEOUT_S,
        check=False,
        cwd="/",
    )
    code = f"[exit code {done.returncode}]\n" if done.returncode else ""
    return done.stdout + code


def main() -> None:
    """Record the page anew, on a screen and in folders of its own."""
    folder = Path(tempfile.mkdtemp(prefix="vitrail-tour-", dir="/var/tmp"))
    folder.chmod(0o711)
    names = {"XDG_RUNTIME_DIR": "run", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config"}
    (folder / "run").mkdir(mode=0o700)
    with PrivateScreen(folder, 1280, 800) as screen:
        screen.start()
        environment = {**os.environ, **{name: str(folder / path) for name, path in names.items()}, "LC_ALL": "C.UTF-8"}
        page = PAGE.read_text(encoding="utf-8")
        try:
            PAGE.write_text(recorded(page, environment), encoding="utf-8")
        finally:
            _run(["stop", "--all"], environment)
            wait_until(lambda: not (folder / "run" / "vitrail" / "control.sock").exists(), "the supervisor's end")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
