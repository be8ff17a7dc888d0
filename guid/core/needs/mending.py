"""The commands that mend what lacks, as a person copies and pastes them; must not run one, nor know why."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from guid.core.needs.seen import Device, Person, Seen

SYSCTL_FOLDER: Final = "/etc/sysctl.d"
IN_VIRTUAL_SCREEN: Final = "xvfb-run -a -s '-screen 0 1920x1080x24' \"${SHELL:-sh}\""
"""A shell whose programs are shown on a screen that nobody sees."""
PROPOSED: Final = ("openbox", "xvfb", "xauth", "xwayland")
"""Packages that are proposed for want of something that is not one."""
MANAGERS: Final = ("openbox", "xfwm4", "marco", "metacity", "kwin_x11", "icewm", "fluxbox", "i3")
"""Window managers that are started by their name alone."""
NESTED_NUMBERS: Final = range(7, 60)
"""Display numbers for a server that we propose: desktops count from 0, ssh from 10."""


class Mending(Protocol):
    """Says how to mend one thing. item: what `Need.lacking` said about it."""

    def command(self, seen: Seen, item: Any) -> str:
        """Return the command, "" if there is none on this machine."""
        ...

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """Return the Debian packages that it installs."""
        ...


class _NoPackages:
    """For what installs nothing."""

    __slots__ = ()

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """See `Mending`."""
        del seen
        return ()


def as_root(person: Person, command: str) -> str:
    """The command, run as root. It is one for a shell."""
    if person.root:
        return command
    if person.sudo:
        return f"sudo {command}" if _is_plain(command) else f"sudo sh -c {shlex.quote(command)}"
    return f"su -c {shlex.quote(command)}"


def _is_plain(command: str) -> bool:
    """Whether it is one program with arguments, for which no shell is needed."""
    words = list(shlex.shlex(command, posix=False, punctuation_chars=True))
    return not any(word[0] in "&|<>;()" for word in words)


def install(seen: Seen, *packages: str) -> str:
    """Install Debian packages; again, if dpkg believes that one is there (the others are installed all the same)."""
    if not seen.programs.apt:
        return ""
    again = "--reinstall " if not seen.programs.believed.isdisjoint(packages) else ""
    return as_root(seen.person, f"apt-get install -y {again}{' '.join(packages)}")


@dataclass(frozen=True, slots=True)
class Install:
    """Install Debian packages."""

    names: tuple[str, ...]

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        return install(seen, *self.names)

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """See `Mending`."""
        del seen
        return self.names


@dataclass(frozen=True, slots=True)
class Sysctl(_NoPackages):
    """Change a setting of the kernel, now and for later starts."""

    key: str
    value: int

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        file = f"{SYSCTL_FOLDER}/60-vitrail-{self.key.rpartition('.')[2].replace('_', '-')}.conf"
        return as_root(
            seen.person, f"mkdir -p {SYSCTL_FOLDER} && echo {self.key}={self.value} >{file} && sysctl -p {file}"
        )


@dataclass(frozen=True, slots=True)
class Run(_NoPackages):
    """Run a line, with fields of `seen` and `item` in it, each quoted. root: as root. capable: only where root may."""

    line: str
    root: bool = False
    capable: bool = False

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        if self.capable and not seen.person.capable:
            return ""
        made = self.line.format(seen=_Quoted(seen), item=_quoted(item))
        return as_root(seen.person, made) if self.root else made


@dataclass(frozen=True, slots=True)
class GiveBack(_NoPackages):
    """Give a path to the person, if it is in their own home: what lies elsewhere may be somebody's, or the system's.

    path: which one. mode: what they may do with it.
    """

    path: Callable[[Seen, Any], str]
    mode: str

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        own, path = seen.places.own, self.path(seen, item)
        if not own or not f"{path}/".startswith(f"{own}/"):
            return ""
        word = shlex.quote(path)
        return as_root(seen.person, f"chown {seen.person.uid} {word} && chmod u+{self.mode} {word}")


@dataclass(frozen=True, slots=True)
class Nothing(_NoPackages):
    """No command mends it from within: what a container forbids, nothing in it can allow. The words say what does."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del seen, item
        return ""


@dataclass(frozen=True, slots=True)
class Tun(_NoPackages):
    """Make the device file, as udev would, or let everybody use it, as udev does, where devices may be."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`. item: a `Device`."""
        if not seen.person.capable:
            return ""
        line = {
            Device.MISSING: "mkdir -p /dev/net && mknod -m 666 /dev/net/tun c 10 200",
            Device.CLOSED: "chmod 666 /dev/net/tun",
            Device.WRONG: "rm -r /dev/net/tun && mknod -m 666 /dev/net/tun c 10 200",
            Device.BARRED: f"mount -o remount,dev {shlex.quote(seen.extras.tun_mount)}",
        }.get(item, "")
        return as_root(seen.person, line) if line else ""


@dataclass(frozen=True, slots=True)
class KernelImage:
    """Let everybody read a kernel that is there, which is no secret; else install one."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        if seen.extras.closed_kernel:
            return as_root(seen.person, f"chmod a+r {shlex.quote(seen.extras.closed_kernel)}")
        return install(seen, *self.packages(seen))

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """See `Mending`."""
        return () if seen.extras.closed_kernel else ("linux-image-amd64",)


@dataclass(frozen=True, slots=True)
class Rebuilt(_NoPackages):
    """Build a template anew; if it is not known from what, do without it."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`. item: a `BrokenTemplate`."""
        del seen
        if item.name and item.known:
            return f"vitrail template build --rebuild {shlex.quote(item.name)}"
        if item.qube:
            return f"vitrail set {shlex.quote(item.qube)} --template none"
        return f"vitrail template rm --yes {shlex.quote(item.name)}"


@dataclass(frozen=True, slots=True)
class Manager:
    """Start a window manager: one that is there, or a small one."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        there = next((name for name in MANAGERS if name in seen.programs.paths), "")
        return f"{there} >/dev/null 2>&1 &" if there else install(seen, *self.packages(seen))

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """See `Mending`."""
        return () if seen.programs.paths.keys() & set(MANAGERS) else ("openbox",)


@dataclass(frozen=True, slots=True)
class AnotherDisplay:
    """Use a display that will do: one that is there, one in a window of a Wayland session, one that nobody sees."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        if seen.display.others:
            return f"export DISPLAY={seen.display.others[0]}"
        packages = self.packages(seen)
        if packages:
            return install(seen, *packages)
        return nested(seen) if seen.display.wayland else IN_VIRTUAL_SCREEN

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """See `Mending`."""
        server, package = ("Xwayland", "xwayland") if seen.display.wayland else ("xvfb-run", "xvfb")
        return () if seen.display.others or {server, "xauth"} <= seen.programs.paths.keys() else (package, "xauth")


@dataclass(frozen=True, slots=True)
class OtherDisplay(_NoPackages):
    """Use another display that is there, and lacks nothing."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        return f"export DISPLAY={seen.display.others[0]}" if seen.display.others else ""


def nested(seen: Seen) -> str:
    """An X server in one window of a Wayland session, for this person alone."""
    number = next(each for each in NESTED_NUMBERS if each not in seen.display.numbers)
    cookies = '"${XAUTHORITY:-$HOME/.Xauthority}"'
    add = f'xauth -q -f {cookies} add :{number} . "$(mcookie)"'
    return f"{add}; Xwayland :{number} -auth {cookies} & export DISPLAY=:{number}"


@dataclass(frozen=True, slots=True)
class Depth:
    """Let the server have 24 bits: where its file says another number, there; else another server."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        if not seen.display.configured:
            return AnotherDisplay().command(seen, item)
        file = shlex.quote(seen.display.configured)
        return as_root(seen.person, f"sed -i -E 's/^([[:space:]]*DefaultDepth[[:space:]]+)[0-9]+/\\124/I' {file}")

    def packages(self, seen: Seen) -> tuple[str, ...]:
        """See `Mending`."""
        return () if seen.display.configured else AnotherDisplay().packages(seen)


@dataclass(frozen=True, slots=True)
class Admission(_NoPackages):
    """Be let in: by the server's cookies, if we may read them; else by the desktop's owner, in a terminal of it."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        if seen.display.authority:
            return f"export XAUTHORITY={shlex.quote(seen.display.authority)}"
        return f"xhost +si:localuser:{seen.person.name}"


@dataclass(frozen=True, slots=True)
class Changeover(_NoPackages):
    """End the supervisor, so that the next one is of this version."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        return "systemctl --user restart vitrail" if seen.supervisor.service else "vitrail stop --all"


@dataclass(frozen=True, slots=True)
class Runtime(_NoPackages):
    """A private folder for sockets: the login's, if there is one."""

    def command(self, seen: Seen, item: Any) -> str:
        """See `Mending`."""
        del item
        if seen.places.login:
            return f"export XDG_RUNTIME_DIR={seen.places.login}"
        folder = f"/tmp/runtime-{seen.person.uid}"  # noqa: S108 - whoever may have made it, its owner is asked
        return f"mkdir -p -m 700 {folder} && test -O {folder} && export XDG_RUNTIME_DIR={folder}"


class _Quoted:
    """The attributes of a value, each as a word for a shell."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getattr__(self, name: str) -> Any:
        return _quoted(getattr(self._value, name))


def _quoted(value: Any) -> Any:
    if isinstance(value, int):
        return value
    if isinstance(value, tuple):
        return shlex.join(str(each) for each in value)
    return shlex.quote(value) if isinstance(value, str) else _Quoted(value)
