"""What exists inside a local qube, as a bubblewrap command line. Pure: must not look at the host, only at values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

INSIDE_UID: Final = 1000
INSIDE_GID: Final = 1000
INSIDE_USER: Final = "user"
INSIDE_HOME: Final = "/home/user"
INSIDE_RUNTIME: Final = "/run/user/1000"
INSIDE_AGENT: Final = "/run/vitrail/agent.pyz"

TMP_BYTES: Final = 1 << 30
"""Most that /tmp holds. tmpfs is memory: unbounded it would take half of the host's RAM, the kernel's default."""
DEV_SHM_BYTES: Final = 1 << 29
"""Most that /dev/shm holds; browsers keep one shared segment a tab there."""
RUN_BYTES: Final = 1 << 26
"""Most that /run holds: sockets and the agent's bundle (about 1 MiB)."""

SYSTEM_FOLDERS: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
"""Shown read-only; on a merged-/usr system all but the first are links, and stay links."""

ETC_ENTRIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/etc/ld.so.cache": "the dynamic linker's index",
        "/etc/ld.so.conf": "the dynamic linker's folders",
        "/etc/ld.so.conf.d": "the same",
        "/etc/alternatives": "links from /usr/bin into /usr on Debian",
        "/etc/localtime": "the local time zone",
        "/etc/timezone": "its name, for toolkits that want one",
        "/etc/locale.alias": "locale names",
        "/etc/os-release": "which distribution's files /usr holds",
        "/etc/fonts": "fontconfig",
        "/etc/X11/app-defaults": "resources of Xt programs (xterm)",
        "/etc/X11/fonts": "aliases of core fonts",
        "/etc/X11/xkb": "keyboard rules, where the distribution keeps them here",
        "/etc/X11/Xresources": "resource defaults",
        "/etc/X11/rgb.txt": "colour names",
        "/etc/gtk-2.0": "GTK 2 settings and input modules",
        "/etc/gtk-3.0": "GTK 3 settings",
        "/etc/gtk-4.0": "GTK 4 settings",
        "/etc/xdg/gtk-3.0": "GTK 3 settings",
        "/etc/xdg/gtk-4.0": "GTK 4 settings",
        "/etc/xdg/menus": "application menus",
        "/etc/xdg/mimeapps.list": "default programs for file types",
        "/etc/xdg/user-dirs.conf": "names of the folders in a home",
        "/etc/xdg/user-dirs.defaults": "the same",
        "/etc/xdg/QtProject": "Qt settings",
        "/etc/xdg/QtProject.conf": "the same",
        "/etc/xdg/Trolltech.conf": "Qt 4 and 5 settings",
        "/etc/glvnd": "which OpenGL library to load",
        "/etc/vulkan": "which Vulkan driver to load",
        "/etc/mime.types": "file types by extension",
        "/etc/magic": "file types by content",
        "/etc/mailcap": "viewers by file type",
        "/etc/papersize": "default paper size",
        "/etc/protocols": "names of IP protocols",
        "/etc/services": "names of ports",
        "/etc/terminfo": "terminal descriptions",
        "/etc/inputrc": "Home, End and Delete keys in shells",
        "/etc/ImageMagick-6": "security policy of the image tools",
        "/etc/ImageMagick-7": "the same",
        "/etc/libreoffice": "start-up files that /usr links to",
        "/etc/firefox": "preferences that /usr links to",
        "/etc/firefox-esr": "the same",
        "/etc/chromium": "first preferences",
        "/etc/chromium.d": "what its start script reads, and ends without",
        "/etc/java-11-openjdk": "settings that /usr links to, without which Java does not start",
        "/etc/java-17-openjdk": "the same",
        "/etc/java-21-openjdk": "the same",
        "/etc/java-25-openjdk": "the same",
        "/etc/emacs": "start-up files",
        "/etc/mpv": "encoding profiles",
        "/etc/ssl/certs": "public certificate authorities (never /etc/ssl/private)",
        "/etc/ssl/openssl.cnf": "OpenSSL's defaults",
        "/etc/pki/tls/certs": "public certificate authorities, Fedora's place",
        "/etc/pki/ca-trust/extracted": "the same",
        "/etc/crypto-policies": "which ciphers are allowed, Fedora's place",
    }
)
"""What of the host's /etc is shown, each with why. Left out on purpose, though programs look for them:
/etc/X11/xorg.conf* (the host's video card), the rest of /etc/xdg (pip.conf there can hold passwords; autostart is the
host's), /etc/environment and /etc/profile* (proxy passwords), /etc/resolv.conf (no network), /etc/dbus-1, /etc/dconf
and /etc/pulse (no such service inside; the session bus reads /usr/share/dbus-1 alone)."""

ENVIRONMENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "HOME": INSIDE_HOME,
        "USER": INSIDE_USER,
        "LOGNAME": INSIDE_USER,
        "SHELL": "/bin/bash",
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": INSIDE_RUNTIME,
        "XDG_SESSION_TYPE": "x11",
        "GDK_BACKEND": "x11",
        "QT_QPA_PLATFORM": "xcb",
        "GSETTINGS_BACKEND": "keyfile",  # dconf needs a service; this keeps settings in the home without one
        "NO_AT_BRIDGE": "1",  # no accessibility bus inside: GTK 3 would wait for it
    }
)


@dataclass(frozen=True, slots=True)
class HostPath:
    """One path of the allow list that exists on the host. link: where it points, if it is to stay a link."""

    path: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class TemplatePath:
    """One path of a template. source: its place on the trusted side; without one it is a link to `link`."""

    path: str
    source: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A read-only file that exists only inside; its content is read from an inherited descriptor.

    The descriptor is closed before any program of the qube runs.
    """

    path: str
    fd: int


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that differs from one qube to another.

    home: the trusted side's path of the qube's home. filter_fd: a compiled system call filter. network: what bubblewrap
    is told for a qube that has one. template: what it sees of its template.
    """

    hostname: str
    home: str
    files: Sequence[DataFile]
    filter_fd: int
    command: Sequence[str]
    network: Sequence[str] = ()
    template: Sequence[TemplatePath] = ()


def bubblewrap_argv(bubblewrap: str, host: Iterable[HostPath], contents: Contents) -> list[str]:
    """Return the command line that runs `contents.command` with nothing of the host's but `host`.

    host: nothing, if the qube has a template.

    Whatever is not named here does not exist inside: this is an allow list, nothing is hidden after the fact.
    Source: bwrap(1), version 0.8.0.
    """
    return [
        bubblewrap,
        *PRIVILEGES,
        *("--hostname", contents.hostname),
        *_environment(),
        *_SKELETON,
        *host_arguments(host),
        *template_arguments(contents.template),
        *file_arguments(contents.files),
        *("--bind", contents.home, INSIDE_HOME, "--chdir", INSIDE_HOME),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--seccomp", str(contents.filter_fd)),
        *contents.network,
        "--",
        *contents.command,
    ]


PRIVILEGES: Final = (
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-net",
    "--unshare-uts",
    "--unshare-cgroup",
    "--disable-userns",  # else a program could become root of a namespace of its own and reach far more of the kernel
    *("--uid", str(INSIDE_UID), "--gid", str(INSIDE_GID)),
    *("--cap-drop", "ALL"),
    "--new-session",  # no controlling terminal: nothing can be typed into the one that started us
    "--die-with-parent",
)

ETC_FOLDERS: Final = ("/etc/X11", "/etc/xdg", "/etc/ssl")
"""Folders that are there in any qube."""

_SKELETON: Final = (
    *("--perms", "0755", "--dir", "/etc"),
    *(word for path in ETC_FOLDERS for word in ("--perms", "0755", "--dir", path)),
    *("--perms", "0755", "--dir", "/home"),
    *("--perms", "0755", "--dir", "/var"),
    *("--symlink", "../tmp", "/var/tmp"),  # noqa: S108 - a path inside the qube
    *("--symlink", "../run", "/var/run"),
    *("--proc", "/proc"),
    *("--dev", "/dev"),
    *("--perms", "1777", "--size", str(DEV_SHM_BYTES), "--tmpfs", "/dev/shm"),  # noqa: S108 - a path inside the qube
    *("--perms", "1777", "--size", str(TMP_BYTES), "--tmpfs", "/tmp"),  # noqa: S108 - a path inside the qube
    *("--perms", "1777", "--dir", "/tmp/.X11-unix"),  # noqa: S108 - a path inside the qube
    *("--perms", "0755", "--size", str(RUN_BYTES), "--tmpfs", "/run"),
    *("--perms", "0755", "--dir", "/run/user"),
    *("--perms", "0700", "--dir", INSIDE_RUNTIME),
    *("--perms", "0755", "--dir", "/run/vitrail"),
)


def _environment() -> list[str]:
    argv = ["--clearenv"]
    for name, value in ENVIRONMENT.items():
        argv += ["--setenv", name, value]
    return argv


def host_arguments(host: Iterable[HostPath], under: str = "") -> list[str]:
    """Return the arguments that show `host` read-only, `under` another folder. Raises ValueError outside the list."""
    argv: list[str] = []
    for entry in host:
        if entry.path not in SYSTEM_FOLDERS and entry.path not in ETC_ENTRIES:
            raise ValueError(f"{entry.path} is not in the allow list")
        if entry.link is None:
            argv += ["--ro-bind", entry.path, f"{under}{entry.path}"]
        else:
            argv += ["--symlink", entry.link, f"{under}{entry.path}"]
    return argv


def template_arguments(template: Iterable[TemplatePath]) -> list[str]:
    """Return the arguments that show a template read-only."""
    argv: list[str] = []
    for entry in template:
        argv += ["--ro-bind", entry.source, entry.path] if entry.source else ["--symlink", entry.link, entry.path]
    return argv


def file_arguments(files: Iterable[DataFile]) -> list[str]:
    """Return the arguments that make files which exist only inside."""
    argv: list[str] = []
    for file in files:
        argv += ["--perms", "0444", "--ro-bind-data", str(file.fd), file.path]
    return argv
