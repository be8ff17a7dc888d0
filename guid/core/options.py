"""What the person may decide about one qube's windows; must not know where it is written down.

The keys are those of Qubes' guid.conf where it has one for the same thing. Every default is the careful choice.
Source: qubes-gui-daemon, guid.conf.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from guid.core.badoption import BadOption
from guid.core.chords import Chord
from guid.core.nearest import instead
from guid.core.sequence import BadSequence, KeySequence, sequence_of
from guid.core.thickness import Style
from guid.core.traywords import INSET, tray_mode
from protocol.limits import MAX_CLIPBOARD_BYTES, MAX_SCALE_DPI, MAX_WINDOWS_PER_QUBE, MIN_SCALE_DPI
from protocol.scale import PLAIN_DPI


class FrameMode(Enum):
    """Who paints the frames of managed windows."""

    OWN = "own"
    """the daemon"""
    WM = "wm"
    """the window manager, where it is seen to do so in the label's colour; the daemon everywhere else"""


class Options(NamedTuple):
    """How the windows of one qube are treated.

    allow_fullscreen: a window that asks for the whole screen gets it, frame and banner included; else it is maximised.
    allow_utf8_titles: titles may have other letters than ASCII.
    leave_fullscreen_sequence: ends fullscreen, whatever the qube does.
    secure_copy_sequence, secure_paste_sequence: move text out of the qube, and into it; keys that the qube never gets.
    title_name: titles begin with "[qube] ".
    name_tag: the qube's name stands on the frame of its managed windows.
    high_contrast: thicker frames with a border in black or white outside and inside, and a larger tag.
    override_redirect: windows that ask for it are popups; else every window is the window manager's.
    override_redirect_protection: what all popups together may cover is limited.
    tint_unfocused: percent of the label's colour over contents that do not have the focus; 0: they are as drawn.
    windows_count_limit: windows at a time; one more ends the qube's session.
    screensaver_name: instances of WM_CLASS by which screen lockers are known; no popup lies above one.
    events_max_delay: ms, the longest that a key, click or move of the pointer waits for a random while; 0: none does.
    window_background_color: 0xRRGGBB, what a window shows before its picture is there.
    scale: how large programs are to draw, as a multiple of 96 dots an inch; 0: as the desktop has it.
    frame: "own" draws it; "wm" leaves it to the window manager wherever that is seen to paint it in the label's colour.
    trayicon_mode: how tray icons are shown: "inset" in a frame like a popup's, or inside 1 px of the label's colour as
    the C daemon shows them: "bg", "border1", "border2", "tint", or tint with additions ("tint+border1+whitehack").
    max_clipboard_size: the longest text that may be copied from it, bytes.
    clipboard_keep: what was copied from it stays in the global clipboard when it was pasted.
    clipboard_clear_seconds: so long after the copy it leaves the global clipboard by itself; 0: never.
    clipboard_forget_seconds: so long after a paste into it, it is made to forget what was pasted; 0: never.
    """

    allow_fullscreen: bool = False
    allow_utf8_titles: bool = True
    leave_fullscreen_sequence: str = "Super-Shift-Escape"
    secure_copy_sequence: str = "Ctrl-Shift-c"
    secure_paste_sequence: str = "Ctrl-Shift-v"
    title_name: bool = True
    name_tag: bool = True
    high_contrast: bool = False
    tint_unfocused: int = 0
    override_redirect: bool = True
    override_redirect_protection: bool = True
    windows_count_limit: int = MAX_WINDOWS_PER_QUBE
    screensaver_name: tuple[str, ...] = ("xscreensaver", "xfce4-screensaver", "i3lock", "light-locker")
    events_max_delay: int = 0
    window_background_color: int = 0x808080
    scale: float = 0.0
    frame: FrameMode = FrameMode.OWN
    trayicon_mode: str = INSET
    max_clipboard_size: int = 64_000
    clipboard_keep: bool = False
    clipboard_clear_seconds: int = 0
    clipboard_forget_seconds: int = 0

    def style(self) -> Style:
        """What frames are to be like."""
        return Style(tag=self.name_tag, contrast=self.high_contrast)

    def sequences(self) -> dict[Chord, KeySequence]:
        """The chords that have keys."""
        texts = {
            Chord.COPY: self.secure_copy_sequence,
            Chord.PASTE: self.secure_paste_sequence,
            Chord.LEAVE_FULLSCREEN: self.leave_fullscreen_sequence,
        }
        return {chord: keys for chord, text in texts.items() if (keys := sequence_of(text)) is not None}


DEFAULT_OPTIONS = Options()

MAX_CLIPBOARD_SECONDS = 7 * 24 * 3600
"""A week, as in the clipboard's rules: more is a mistake in a file."""


def boolean(value: object) -> bool:
    """true or false, and nothing that merely looks like it. Raises BadOption."""
    if not isinstance(value, bool):
        raise BadOption("must be true or false")
    return value


def number(value: object, *, least: int, most: int) -> int:
    """A whole number between the two. Raises BadOption."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadOption(f"must be a whole number from {least} to {most}")
    return value


def ratio(value: object) -> float:
    """How many times as large, or 0. Raises BadOption."""
    if (
        not isinstance(value, int | float)
        or isinstance(value, bool)
        or not (value == 0 or LEAST_RATIO <= value <= MOST_RATIO)
    ):
        raise BadOption(f"must be 0 or a number from {LEAST_RATIO:g} to {MOST_RATIO:g}")
    return float(value)


LEAST_RATIO, MOST_RATIO = MIN_SCALE_DPI / PLAIN_DPI, MAX_SCALE_DPI / PLAIN_DPI


def allowed(value: object) -> bool:
    """ "allow" or "disabled", the words of guid.conf. Raises BadOption."""
    if value not in ("allow", "disabled"):
        raise BadOption('must be "allow" or "disabled"')
    return value == "allow"


def frame_mode(value: object) -> FrameMode:
    """ "own" or "wm". Raises BadOption."""
    found = next((mode for mode in FrameMode if mode.value == value), None)
    if found is None:
        raise BadOption('must be "own" or "wm"')
    return found


def names(value: object) -> tuple[str, ...]:
    """One name or a list of them, at most MAX_NAMES. Raises BadOption."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or len(listed) > MAX_NAMES:
        raise BadOption(f"must be a name or a list of at most {MAX_NAMES} names")
    for name in listed:
        if not isinstance(name, str) or not name or not name.isascii() or not name.isprintable():
            raise BadOption("a name must be printable ASCII")
    return tuple(listed)


def color(value: object) -> int:
    """ "0xRRGGBB" or "#RRGGBB" as 0xRRGGBB. Raises BadOption."""
    if isinstance(value, str) and COLOR.fullmatch(value):
        return int(value[-6:], 16)
    raise BadOption('must be a colour as "0xRRGGBB"')


MAX_NAMES = 32

MAX_EVENTS_DELAY_MS = 5_000
"""Source: guid.conf."""

MAX_TINT_PERCENT = 60
"""With it black letters on white, or white ones on black, stand out by 3 to 1 under every standard label, the least
that WCAG 2.1 (1.4.3) has for large letters."""

COLOR = re.compile(r"(0x|#)[0-9A-Fa-f]{6}", re.ASCII)


def sequence(value: object) -> str:
    """A key sequence as Qubes writes it, or "none". Raises BadOption."""
    if not isinstance(value, str):
        raise BadOption("must be a key sequence in quotes")
    try:
        sequence_of(value)
    except BadSequence as error:
        raise BadOption(str(error)) from None
    return value


RULES: dict[str, Callable[[object], object]] = {
    "allow_fullscreen": boolean,
    "allow_utf8_titles": boolean,
    "leave_fullscreen_sequence": sequence,
    "secure_copy_sequence": sequence,
    "secure_paste_sequence": sequence,
    "title_name": boolean,
    "name_tag": boolean,
    "high_contrast": boolean,
    "tint_unfocused": partial(number, least=0, most=MAX_TINT_PERCENT),
    "override_redirect": allowed,
    "override_redirect_protection": boolean,
    "windows_count_limit": partial(number, least=1, most=MAX_WINDOWS_PER_QUBE),
    "screensaver_name": names,
    "events_max_delay": partial(number, least=0, most=MAX_EVENTS_DELAY_MS),
    "window_background_color": color,
    "scale": ratio,
    "frame": frame_mode,
    "trayicon_mode": tray_mode,
    "max_clipboard_size": partial(number, least=256, most=MAX_CLIPBOARD_BYTES),
    "clipboard_keep": boolean,
    "clipboard_clear_seconds": partial(number, least=0, most=MAX_CLIPBOARD_SECONDS),
    "clipboard_forget_seconds": partial(number, least=0, most=MAX_CLIPBOARD_SECONDS),
}
"""Key → what turns a value as written into the value of the field of that name; raises BadOption."""


def changed(options: Options, written: Mapping[str, object]) -> Options:
    """Return `options` with what is written instead. Raises BadOption."""
    values: dict[str, object] = {}
    for key, value in written.items():
        rule = RULES.get(key)
        if rule is None:
            raise BadOption(f"there is no option {key!r}; {instead(key, RULES)}")
        try:
            values[key] = rule(value)
        except BadOption as error:
            raise BadOption(f"{key} = {value!r}: {error}") from None
    return options._replace(**values)  # type: ignore[arg-type]  # each rule returns its field's type


def told(options: Options) -> dict[str, Any]:
    """Options for the other end of a socket between two processes of ours; `options_told` makes them such again."""
    return {**options._asdict(), "frame": options.frame.value}


def options_told(message: Mapping[str, Any]) -> Options:
    """What `told` made of options."""
    names = tuple(message["screensaver_name"])
    return Options(**{**message, "frame": FrameMode(message["frame"]), "screensaver_name": names})


def options_written(written: Mapping[str, object]) -> Options:
    """The options that are written, and the defaults for the rest. Raises BadOption."""
    return changed(DEFAULT_OPTIONS, written)
