"""The command line of `qubes-guid`, option by option; must not know what is done about any of them.

As getopt_long has it: long options may be cut short, and everything ends at the first word that is no option.
Source: qubes-gui-daemon 4.3, xside.c, its options; `--help` of qubes-guid(1).
"""

from __future__ import annotations

import getopt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from guid.core.badoption import BadOption
from guid.core.extras import MAX_PROPERTIES, BadExtra, ExtraProperty, extra_property
from guid.core.guidconf import KEYS, TRAY_MODE, InForce
from guid.core.names import qube_name

MAX_DOMAIN: Final = 0x7FEF
"""Source: xen.h, DOMID_FIRST_RESERVED is the first that no domain has."""
MAX_LABEL: Final = 0xFF
"""_QUBES_LABEL has eight bits; of a larger number the lower ones count."""
MAX_LOCKERS: Final = 10
MAX_FD: Final = 1 << 16
MAX_PID: Final = 1 << 22
"""Source: proc(5), pid_max."""

DEFAULT_CONFIG: Final = Path("/etc/qubes/guid.conf")
DEFAULT_COLOR: Final = "red"


class BadUsage(ValueError):
    """A command line that means nothing; the message says why. The person's fault."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a command line says.

    domain: runs the agent; target: the qube behind a stub domain, None for the same. color: a number or a name.
    label: the number in _QUBES_LABEL. icon: a PNG's path or a name, as given. louder: levels of the log above the one
    that is set. settings: by the name they have in guid.conf. kill_pid: gets SIGUSR1 once the agent is there.
    folder, logs: where the files of the C daemon are. policy: where the rules for pasting are, None for Qubes' own.
    vchan_socket, pool_fd: instead of a Xen domain's channel.
    """

    help: bool = False
    version: bool = False
    check_config: bool = False
    config: Path | None = None
    domain: int | None = None
    target: int | None = None
    name: str | None = None
    color: str = DEFAULT_COLOR
    label: int = 0
    icon: str = ""
    louder: int = 0
    qrexec_clipboard: bool = False
    background: bool = False
    foreground: bool = False
    invisible: bool = False
    kill_pid: int | None = None
    properties: tuple[ExtraProperty, ...] = ()
    settings: dict[str, InForce] = field(default_factory=dict)
    folder: Path = Path("/run/qubes")
    logs: Path = Path("/var/log/qubes")
    policy: Path | None = None
    vchan_socket: Path | None = None
    pool_fd: int | None = None
    qrexec_client: str | None = None


Take = Callable[[Request, str], Request]
"""Return the request with what an option says. Raises BadUsage, BadOption, BadExtra or ValueError."""


class Argument(NamedTuple):
    """One option. metavar: "" if it takes no value. ours: the C daemon has no such option."""

    short: str
    long: str
    metavar: str
    about: str
    take: Take
    ours: bool = False


def _flag(name: str) -> Take:
    return lambda request, _value: replace(request, **_fields({name: True}))


def _text(name: str, made: Callable[[str], object] = str) -> Take:
    return lambda request, value: replace(request, **_fields({name: made(value)}))


def _absolute(value: str) -> Path:
    """A path from where the command is given: the daemon itself goes elsewhere."""
    return Path(value).absolute()


def _program(value: str) -> str:
    """A program by its path, or by a name that is looked for."""
    return str(_absolute(value)) if "/" in value else value


def _fields(values: dict[str, object]) -> dict[str, Any]:
    return values


def _once(name: str, made: Callable[[str], object]) -> Take:
    """A value that may be said once."""

    def take(request: Request, value: str) -> Request:
        if getattr(request, name) is not None:
            raise BadUsage("is there twice")
        return replace(request, **_fields({name: made(value)}))

    return take


def _number(value: str, *, least: int, most: int, base: int = 10) -> int:
    plain = value.isascii() and "_" not in value
    found = int(value, base) if plain else least - 1
    if not least <= found <= most:
        raise BadUsage(f"must be a number from {least} to {most}")
    return found


def _whole(least: int, most: int) -> Callable[[str], int]:
    return partial(_number, least=least, most=most)


def _label(value: str) -> int:
    return _number(value, least=0, most=(1 << 32) - 1, base=0) & MAX_LABEL


def _louder(step: int) -> Take:
    return lambda request, _value: replace(request, louder=request.louder + step)


def _setting(key: str, option: str, made: Callable[[str], object]) -> Take:
    """A value for a setting of guid.conf, held to the same rule."""

    def take(request: Request, value: str) -> Request:
        held = InForce(KEYS[key].rule(made(value)), option)
        return replace(request, settings={**request.settings, key: held})

    return take


def _locker(request: Request, value: str) -> Request:
    """One more name; the first one takes the place of the default."""
    before = request.settings.get("screensaver_name")
    names = [*before.value, value] if before is not None and isinstance(before.value, tuple) else [value]
    if len(names) > MAX_LOCKERS:
        raise BadUsage(f"may be there {MAX_LOCKERS} times")
    return _setting("screensaver_name", "--screensaver-name", lambda _value: names)(request, value)


def _property(request: Request, value: str) -> Request:
    if len(request.properties) == MAX_PROPERTIES:
        raise BadUsage(f"may be there {MAX_PROPERTIES} times")
    return replace(request, properties=(*request.properties, extra_property(value)))


def _in_foreground(request: Request, _value: str) -> Request:
    return replace(request, foreground=True, kill_pid=None)


_PID: Final = _whole(2, MAX_PID)
_TRAY_MODE: Final = _setting(TRAY_MODE, "--trayicon-mode", str)
OURS: Final = True
"""An option that the C daemon has not."""

TABLE: Final[tuple[Argument, ...]] = (
    Argument("C", "config", "PATH", f"settings, instead of {DEFAULT_CONFIG}", _text("config", _absolute)),
    Argument("d", "domid", "ID", "the Xen domain that runs the agent", _once("domain", _whole(1, MAX_DOMAIN))),
    Argument(
        "t",
        "target-domid",
        "ID",
        "the qube, if its agent is in a stub domain: for qrexec",
        _once("target", _whole(1, MAX_DOMAIN)),
    ),
    Argument("N", "name", "NAME", "the qube's name", _once("name", qube_name)),
    Argument("c", "color", "COLOR", "of its frames: 0xRRGGBB, or a name that X knows (red)", _text("color")),
    Argument("l", "label", "N", "the label's number, for window managers (0)", _text("label", _label)),
    Argument("i", "icon", "ICON", "a PNG file by its absolute path, or what windows' class is", _text("icon")),
    Argument("v", "verbose", "", "log more", _louder(1)),
    Argument("q", "quiet", "", "log less", _louder(-1)),
    Argument("Q", "qrexec-for-clipboard", "", "copy and paste by qrexec services", _flag("qrexec_clipboard")),
    Argument("n", "background", "", "do not wait for the agent", _flag("background")),
    Argument("f", "foreground", "", "stay in the foreground, and log there", _in_foreground),
    Argument("I", "invisible", "", "show no window", _flag("invisible")),
    Argument("K", "kill-on-connect", "PID", "send it SIGUSR1 when the agent is connected", _text("kill_pid", _PID)),
    Argument("p", "prop", "NAME=T:VALUE", "one more property on every window; T: s text, a atom, c numbers", _property),
    Argument("T", "title-name", "", 'begin titles with "[NAME] "', _setting("title_name", "-T", lambda _value: True)),
    Argument("", "trayicon-mode", "MODE", "how tray icons are shown (inset)", _TRAY_MODE),
    Argument("", "screensaver-name", "CLASS", "no popup lies above windows of this class", _locker),
    Argument(
        "",
        "override-redirect",
        "WORD",
        "allow, or disabled: every window is the window manager's",
        _setting("override_redirect", "--override-redirect", str),
    ),
    Argument(
        "",
        "max-clipboard-size",
        "BYTES",
        "the longest text that may be copied, 256 to 256000 (64000)",
        _setting("max_clipboard_size", "--max-clipboard-size", int),
    ),
    Argument(
        "",
        "frame",
        "WHOSE",
        "own, or wm: the window manager's where it has the colour (own)",
        _setting("frame", "--frame", str),
        OURS,
    ),
    Argument("h", "help", "", "say this", _flag("help")),
    Argument("", "version", "", "say the protocol's version", _flag("version")),
    Argument("", "check-config", "", "say what would hold, and why", _flag("check_config"), OURS),
    Argument("", "run-folder", "PATH", "of running and booting files (/run/qubes)", _text("folder", _absolute), OURS),
    Argument("", "log-folder", "PATH", "of the log (/var/log/qubes)", _text("logs", _absolute), OURS),
    Argument("", "policy-folder", "PATH", "of the rules for pasting (/etc/qubes)", _text("policy", _absolute), OURS),
    Argument(
        *("", "qrexec-client", "PATH", "calls services, if not Qubes' client"), _text("qrexec_client", _program), OURS
    ),
    Argument("", "vchan-socket", "PATH", "an agent behind a socket", _text("vchan_socket", _absolute), OURS),
    Argument("", "pool-fd", "FD", "the pool that it draws in", _text("pool_fd", _whole(0, MAX_FD)), OURS),
)  # fmt: skip


def request_of(words: Sequence[str]) -> Request:
    """What the words after the program's name say. Raises BadUsage."""
    short = "".join(row.short + ":" * bool(row.metavar) for row in TABLE if row.short)
    long = [row.long + "=" * bool(row.metavar) for row in TABLE]
    try:
        found, rest = getopt.getopt(list(words), short, long)
    except getopt.GetoptError as error:
        raise BadUsage(str(error)) from None
    used = len(words) - len(rest)
    if rest or (used and words[used - 1] == "--"):
        raise BadUsage(f"{words[used] if rest else '--'!r} is no option")
    rows = {f"-{row.short}": row for row in TABLE if row.short} | {f"--{row.long}": row for row in TABLE}
    request = Request()
    for option, value in found:
        try:
            request = rows[option].take(request, value)
        except (BadUsage, BadOption, BadExtra, ValueError) as error:
            raise BadUsage(f"{option}: {error}") from None
    return request


def usage(program: str) -> str:
    """All options, a line each."""
    lines = [f"usage: {program} -d ID -N NAME [options]", ""]
    for row in TABLE:
        names = f"-{row.short}, --{row.long}" if row.short else f"    --{row.long}"
        lines.append(f"  {f'{names} {row.metavar}'.rstrip():38} {row.about}")
    return "\n".join(lines)
