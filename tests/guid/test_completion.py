"""Completion in the real shells: a beginning is typed on a terminal, then TAB, and the whole line is run."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.share import write_shared
from tests.harness.processes import clean_environment
from tests.harness.terminal import Terminal
from tests.harness.wait import TimedOut, wait_until

STUB = f"""#!{sys.executable} -I
import json, os, sys
with open(os.environ["TOLD"], "a") as told:
    told.write(json.dumps(sys.argv[1:]) + chr(10))
"""
"""Stands for vitrail on the PATH: writes down what the shell has made of a line."""

FOLDERS = {
    "bash": "bash-completion/completions",
    "zsh": "zsh/vendor-completions",
    "fish": "fish/vendor_completions.d",
}
SHELLS = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i"),
}
BEGINNINGS = {
    "bash": "source '{0}/vitrail'; source '{0}/vitrail-guid'",
    "zsh": "fpath=('{}' $fpath); autoload -U compinit; compinit -u -D",
    "fish": "source '{0}/vitrail.fish'; source '{0}/vitrail-guid.fish'",
}

TYPED = (
    ("rest\t", ["restart"]),
    ("run --disp\t-- true", ["run", "--disposable", "--", "true"]),
    ("run --qube wo\t-- true", ["run", "--qube", "work", "--", "true"]),
    ("run --label=pur\t-- true", ["run", "--label", "purple", "--", "true"]),
    ("create --label yel\tnew", ["create", "--label", "yellow", "new"]),
    ("set work --la\tgree\t", ["set", "work", "--label", "green"]),
    ("rm pers\t", ["rm", "personal"]),
    ("stop disp\t", ["stop", "disp4242"]),
    ("clipboard stat\t--js\t", ["clipboard", "status", "--json"]),
    ("open --disposable rep\t", ["open", "--disposable", "report.txt"]),
    ("create --template sub\t", ["create", "--template", "subfolder"]),
    ("create --template bookw\t", ["create", "--template", "bookworm"]),
    ("template rm bookw\t", ["template", "rm", "bookworm"]),
    ("hide disp\t", ["hide", "disp4242"]),
    ("set work -o title_n\ttrue", ["set", "work", "-o", "title_name=true"]),
    ("run -- vitrail-st\t", ["run", "--", "vitrail-stands-for-a-program"]),
    ("run --qube work -- ls subf\t", ["run", "--qube", "work", "--", "ls", "subfolder"]),
    ("rm nobody\t", ["rm", "nobody"]),
)
"""What is typed after `vitrail`, and what its arguments are then."""
TYPED_FOR_THE_DROP_IN = (
    ("--trayicon-m\tbo\t1", ["--trayicon-mode", "border1"]),
    ("--override-redirect dis\t", ["--override-redirect", "disabled"]),
    ("-C rep\t", ["-C", "report.txt"]),
    ("--check-c\t--run-folder subf\t", ["--check-config", "--run-folder", "subfolder"]),
)
"""The same, after `vitrail-guid`."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's folders, with the files of completion and two programs."""
    folder = tmp_path_factory.mktemp("shells")
    write_shared(folder / "share")
    for name, text in {
        "bin/vitrail": STUB,
        "bin/vitrail-guid": STUB,
        "bin/vitrail-stands-for-a-program": STUB,
        "config/vitrail/qubes/work.toml": "",
        "config/vitrail/qubes/personal.toml": "",
        "run/vitrail/qubes/disp4242/qube.log": "",
        "data/vitrail/templates/bookworm/etc/os-release": "",
        "here/report.txt": "",
        "here/subfolder/file": "",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in (folder / "bin").iterdir():
        path.chmod(0o755)
    return folder


Completed = Callable[..., list[str]]


@pytest.fixture(params=list(SHELLS))
def completed(request: pytest.FixtureRequest, place: Path) -> Iterator[Completed]:
    """Type a line into a shell: what the program (`vitrail`) is given, without the slashes at the ends of folders."""
    told = place / f"told-{request.param}"
    told.write_text("")
    env = clean_environment(
        HOME=str(place / "here"),
        PATH=f"{place / 'bin'}:{'/usr/bin:/bin'}",
        TOLD=str(told),
        TERM="xterm",
        XDG_CONFIG_HOME=str(place / "config"),
        XDG_DATA_HOME=str(place / "data"),
        XDG_RUNTIME_DIR=str(place / "run"),
    )
    with Terminal(SHELLS[request.param], env=env, cwd=place / "here") as terminal:

        def typed(line: str, program: str = "vitrail") -> list[str]:
            before = len(told.read_text().splitlines())
            terminal.enter(f"{program} {line}\n")
            try:
                lines = wait_until(lambda: terminal.shown() and told.read_text().splitlines()[before:], 20, line)
            except TimedOut as error:
                raise TimedOut(f"{error}; the terminal shows {terminal.shown()!r}") from error
            return list(_words(json.loads(lines[0])))

        terminal.enter(BEGINNINGS[request.param].format(place / "share" / FOLDERS[request.param]) + "\n")
        assert typed("ready") == ["ready"]
        yield typed


def _words(arguments: list[str]) -> Iterator[str]:
    """As they mean the same to `vitrail`: shells differ in "--label=blue" and in the slash of a folder."""
    for each in arguments:
        yield from (each.split("=", 1) if each.startswith("--") else [each.rstrip("/")])


def test_what_is_begun_is_completed(completed: Completed) -> None:
    assert {line: completed(line) for line, _words in TYPED} == dict(TYPED)
    found = {line: completed(line, "vitrail-guid") for line, _words in TYPED_FOR_THE_DROP_IN}
    assert found == dict(TYPED_FOR_THE_DROP_IN)


def test_shells_of_the_suite_are_here() -> None:
    assert [name for name in SHELLS if shutil.which(name) is None] == []
