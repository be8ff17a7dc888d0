"""What the settings of a guid.conf mean for one qube, and which of several holds; must not know any file.

KEYS says of each setting what may be written and what the C daemon does with it. What is written in `global` holds for
all qubes, what is written in `VM: { NAME: {...} }` goes before it, and the command line before both.
Source: qubes-gui-daemon 4.3, guid.conf and xside.c; Qubes OS documentation, "Config files" (the sections for one VM).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from guid.core.badoption import BadOption
from guid.core.libconfig import Setting, Value
from guid.core.options import COLOR, DEFAULT_OPTIONS, RULES, color, number

GLOBAL, VM = "global", "VM"
GROUPS: Final = (GLOBAL, VM)

MAX_STARTUP_S: Final = 24 * 3600
DEFAULT_STARTUP_S: Final = 45
DEFAULT_LOG_LEVEL: Final = 1
MAX_LOG_LEVEL: Final = 2
"""0: what went wrong. 1: what happens. 2: everything. Source: the C daemon, log_level."""

STARTUP, LOG_LEVEL, TRAY_MODE, BACKGROUND = "startup_timeout", "log_level", "trayicon_mode", "window_background_color"

ColorNamed = Callable[[str], int]
"""The colour of that name as 0xRRGGBB. Raises BadOption."""


class Key(NamedTuple):
    """One setting. default: what holds if nobody writes it. c: what the C daemon does without it, or with it."""

    rule: Callable[[object], object]
    default: object
    c: str


def color_or_name(value: object) -> int | str:
    """ "0xRRGGBB" or "#RRGGBB" as a number, another text as the name of a colour. Raises BadOption."""
    if isinstance(value, str) and value and not COLOR.fullmatch(value):
        return value
    return color(value)


def _option(name: str, c: str) -> tuple[str, Key]:
    return name, Key(RULES[name], getattr(DEFAULT_OPTIONS, name), c)


OURS: Final = "has no such setting"

KEYS: Final[dict[str, Key]] = dict(
    (
        _option("allow_fullscreen", "false"),
        _option("allow_utf8_titles", "false; here titles are held to a list of letters"),
        _option("secure_copy_sequence", '"Ctrl-Shift-c"'),
        _option("secure_paste_sequence", '"Ctrl-Shift-v"'),
        _option("override_redirect", '"allow"'),
        _option("override_redirect_protection", "true"),
        _option("windows_count_limit", "documented, and never looked at"),
        _option("events_max_delay", "0"),
        _option("max_clipboard_size", "64000; a number out of range is told of and not taken"),
        (BACKGROUND, Key(color_or_name, DEFAULT_OPTIONS.window_background_color, '"white"')),
        (
            STARTUP,
            Key(partial(number, least=-MAX_STARTUP_S, most=MAX_STARTUP_S), DEFAULT_STARTUP_S, "45; 0 or less: no wait"),
        ),
        (
            LOG_LEVEL,
            Key(
                partial(number, least=0, most=MAX_LOG_LEVEL),
                DEFAULT_LOG_LEVEL,
                "read, and then forgotten: the level is always 1, with -v and -q",
            ),
        ),
        _option(TRAY_MODE, '"tint"; has no "inset", and no edge around the others'),
        _option("leave_fullscreen_sequence", OURS),
        ("title_name", Key(RULES["title_name"], default=False, c="only as -T")),
        _option("name_tag", OURS),
        _option("high_contrast", OURS),
        _option("tint_unfocused", OURS),
        _option("screensaver_name", 'only as --screensaver-name; "xscreensaver"'),
        _option("scale", OURS),
        _option("frame", OURS),
        _option("clipboard_keep", OURS),
        _option("clipboard_clear_seconds", OURS),
        _option("clipboard_forget_seconds", OURS),
    )
)
"""Setting → what it may be. Every option of a qube is one too, under the same name."""

WITHOUT_EFFECT: Final = {
    "subwindows": "no window of a qube lies in another here",
    "audio_low_latency": "this is the sound's, and read by no daemon of windows",
}
"""Settings that the C daemon's documents know, and neither daemon has. → why."""


class InForce(NamedTuple):
    """A value, and who said so: "default", the file's place, or the option's name."""

    value: object
    origin: str


class Remark(NamedTuple):
    """What is to be said of a file. at: its place in it. fault: nothing may start like this."""

    line: int
    column: int
    text: str
    fault: bool


@dataclass(slots=True)
class Decided:
    """What holds for a qube, by key in the order of KEYS, and what is to be said of the file."""

    values: dict[str, InForce] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def faults(self) -> list[Remark]:
        """Those that nothing may start with."""
        return [remark for remark in self.remarks if remark.fault]

    def options(self) -> dict[str, object]:
        """The values that are fields of Options, as they stand there."""
        return {key: held.value for key, held in self.values.items() if key in RULES}


def decide(
    tree: Mapping[str, Setting], name: str | None, given: Mapping[str, InForce], color_named: ColorNamed
) -> Decided:
    """What holds for qube `name` by a file's settings and what is `given` on the command line, which goes first.

    name: None for a qube without a section of its own. Whatever is wrong is among the remarks, and has no effect.
    """
    decided = Decided({key: InForce(row.default, "default") for key, row in KEYS.items()})
    for group in tree:
        if group not in GROUPS:
            _remark(decided, tree[group], f"there is no group {group}; there are {' and '.join(GROUPS)}", fault=False)
    for title, section in _sections(tree, name, decided):
        written = _read(section, title, decided, color_named)
        decided.values.update(written)
    decided.values.update(given)
    return decided


def all_remarks(tree: Mapping[str, Setting], color_named: ColorNamed) -> list[Remark]:
    """What is to be said of a whole file: of every section in it."""
    machines = tree.get(VM)
    names = list(machines.value) if machines is not None and isinstance(machines.value, dict) else []
    found: dict[Remark, None] = {}
    for name in (None, *names):
        found |= dict.fromkeys(decide(tree, name, {}, color_named).remarks)
    return sorted(found)


def _sections(
    tree: Mapping[str, Setting], name: str | None, decided: Decided
) -> Iterator[tuple[str, Mapping[str, Setting]]]:
    """Those that count for a qube, the first least. Title → settings."""
    yield from _group(tree, GLOBAL, GLOBAL, decided)
    for _, machines in _group(tree, VM, VM, decided):
        if name is not None:
            yield from _group(machines, name, f"{VM}.{name}", decided)


def _group(
    parent: Mapping[str, Setting], name: str, title: str, decided: Decided
) -> Iterator[tuple[str, Mapping[str, Setting]]]:
    setting = parent.get(name)
    if setting is None:
        return
    if isinstance(setting.value, dict):
        yield title, setting.value
    else:
        _remark(decided, setting, f"{title} must be a group: {{ ... }}", fault=True)


def _read(
    section: Mapping[str, Setting], title: str, decided: Decided, color_named: ColorNamed
) -> Iterator[tuple[str, InForce]]:
    for key, setting in section.items():
        if key in WITHOUT_EFFECT:
            _remark(decided, setting, f"{title}.{key} has no effect: {WITHOUT_EFFECT[key]}", fault=False)
        elif key not in KEYS:
            _remark(decided, setting, f"{title}.{key} is no setting; there are {', '.join(KEYS)}", fault=False)
        else:
            try:
                yield key, InForce(meant(key, _plain(setting.value), color_named), f"line {setting.line}")
            except BadOption as error:
                _remark(decided, setting, f"{title}.{key} {error}", fault=True)


def meant(key: str, value: object, color_named: ColorNamed) -> object:
    """The value of a setting as it is used. Raises BadOption, which says what it must be."""
    found = KEYS[key].rule(value)
    return color_named(found) if key == BACKGROUND and isinstance(found, str) else found


def in_words(key: str, value: object) -> str:
    """A value as the file has it."""
    if isinstance(value, tuple):
        return json.dumps(list(value))
    return json.dumps(WORDS[key](value) if key in WORDS else value)


WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "override_redirect": lambda allowed: "allow" if allowed else "disabled",
    BACKGROUND: lambda rgb: f"0x{rgb:06x}",
    "frame": lambda mode: mode.value,
}
"""Setting → its word, where the value is another thing."""


def _plain(value: Value) -> object:
    """Without places; a group is no value of any setting."""
    return [_plain(each.value) for each in value] if isinstance(value, tuple) else value


def _remark(decided: Decided, setting: Setting, text: str, *, fault: bool) -> None:
    decided.remarks.append(Remark(setting.line, setting.column, text, fault))
