"""What holds for one start: the settings' file, the command line over it, and colours by name; starts nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from guid.core.badoption import BadOption
from guid.core.guidconf import GLOBAL, LOG_LEVEL, MAX_LOG_LEVEL, STARTUP, Decided, Remark, all_remarks, decide, in_words
from guid.core.libconfig import BadConfig, Setting, parse
from guid.core.options import COLOR, Options, color
from guid.dropin.arguments import DEFAULT_CONFIG, Request
from guid.settings import SettingsError, read_text
from guid.x11.colornames import NoColorNames, color_named


class BadStart(Exception):
    """Nothing can be started like this; each line of the message says a reason. The person's fault."""


@dataclass(frozen=True, slots=True)
class Start:
    """path: of the settings that were read, None for none. decided: what they and the command line say."""

    path: Path | None
    decided: Decided

    def number(self, key: str) -> int:
        """The value of a setting that is a whole number."""
        value = self.decided.values[key].value
        return value if isinstance(value, int) else 0

    def options(self) -> Options:
        """For the windows."""
        return Options(**self.decided.options())  # type: ignore[arg-type]  # each was made by its field's rule

    def log_level(self, request: Request) -> int:
        """0, 1 or 2: what is set, and -v and -q from there."""
        return min(max(self.number(LOG_LEVEL) + request.louder, 0), MAX_LOG_LEVEL)

    def startup_s(self, request: Request) -> int:
        """How long to wait for the agent; 0 or less: not."""
        return 0 if request.background else self.number(STARTUP)


def start_of(request: Request) -> Start:
    """What a request means together with its file. Raises BadStart for a file that cannot be read, or parsed."""
    path, tree = _tree(request)
    return Start(path, decide(tree, request.name, request.settings, _color_named))


def told(path: Path | None, remarks: Iterable[Remark]) -> list[str]:
    """Remarks as lines that begin with the file's name and the place in it."""
    return [f"{path}:{each.line}:{each.column}: {each.text}" for each in remarks]


def rgb_of(text: str) -> int:
    """-c as 0xRRGGBB. Raises BadStart."""
    try:
        return color(text) if COLOR.fullmatch(text) else _color_named(text)
    except BadOption as error:
        raise BadStart(f"-c {text}: {error}") from error


def report(request: Request) -> tuple[list[str], list[str]]:
    """For --check-config: what would be in effect as a file of settings, and what is wrong. Raises BadStart."""
    path, tree = _tree(request)
    decided = decide(tree, request.name, request.settings, _color_named)
    remarks = all_remarks(tree, _color_named)
    lines = [f"# {path if path is not None else 'no file of settings'}", f"{GLOBAL}: {{"]
    lines += [f"  {key} = {in_words(key, held.value)};  # {held.origin}" for key, held in decided.values.items()]
    remarked = (each for each in remarks if not each.fault)
    faults = told(path, (each for each in remarks if each.fault))
    return [*lines, "};", *(f"# {line}" for line in told(path, remarked))], faults


def _tree(request: Request) -> tuple[Path | None, dict[str, Setting]]:
    path = request.config if request.config is not None else DEFAULT_CONFIG
    try:
        text = read_text(path)
        return (path, parse(text)) if text is not None else (None, {})
    except SettingsError as error:
        raise BadStart(str(error)) from error
    except BadConfig as error:
        raise BadStart(f"{path}:{error}") from error


def _color_named(name: str) -> int:
    """Raises BadOption."""
    try:
        found = color_named(name)
    except NoColorNames as error:
        raise BadOption(f"{name!r} is a name, which only an X server knows: {error}") from error
    if found is None:
        raise BadOption(f"the X server knows no colour {name!r}; 0xRRGGBB is one everywhere")
    return found
