"""What was looked at for `vitrail doctor`, as plain facts; must not judge them, and must not know how to look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever asks. sudo: the program is there. capable: root may do what root may (in a container, often not)."""

    name: str
    uid: int
    sudo: bool = False
    capable: bool = True

    @property
    def root(self) -> bool:
        """Whether nothing more is needed to change the system."""
        return self.uid == 0


@dataclass(frozen=True, slots=True)
class Programs:
    """What is installed. paths: program → where it is, of those that are there. apt: Debian's packages are used here.

    believed: packages that dpkg says are there. python: the system's, () if it does not run; pictures: it has PIL;
    toolkit: it has GTK 3.
    bubblewrap: its version, () for none that runs. fonts: a file of an outline font is there. subordinate: ids that
    templates may use; free_ids: a range that nobody has.
    """

    paths: Mapping[str, str]
    apt: bool = True
    believed: frozenset[str] = frozenset()
    python: tuple[int, ...] = ()
    pictures: bool = False
    toolkit: bool = False
    bubblewrap: tuple[int, ...] = ()
    fonts: bool = False
    subordinate: int = 0
    free_ids: str = "100000-165535"


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the kernel allows. A setting that this kernel does not have is None.

    masked: what is mounted over parts of /proc. sealed: why there is no sealed memory, "" if there is. filters: system
    call filters can be used. refused: kind of the error with which a sandbox could not be built, "" if it could; said:
    its words. available_kib: memory that can be had.
    """

    userns_clone: int | None = None
    max_user_namespaces: int | None = None
    apparmor_userns: int | None = None
    masked: tuple[str, ...] = ()
    sealed: str = ""
    filters: bool = True
    refused: str = ""
    said: str = ""
    available_kib: int = 0


@dataclass(frozen=True, slots=True)
class Display:
    """The desktop's X server. name: $DISPLAY. wayland: $WAYLAND_DISPLAY. remote: by its name it is another machine's.

    answers: a server takes connections there. admitted: it let us in; said: else, why. depth: of its screen. suits: it
    has depth-24 TrueColor as little-endian 32 bits. shared_memory: version of MIT-SHM, () for none. descriptors: it
    took memory by descriptor. extensions: those that it has. manager: a window manager is there. authority: file with
    the server's cookies, if we can read it. configured: a file that gives the server another depth.
    others: displays of this machine that would do. numbers: those of this machine that are taken.
    """

    name: str = ""
    wayland: str = ""
    remote: bool = False
    answers: bool = False
    admitted: bool = False
    said: str = ""
    depth: int = 0
    suits: bool = False
    shared_memory: tuple[int, ...] = ()
    descriptors: bool = False
    extensions: frozenset[str] = frozenset()
    manager: bool = False
    authority: str = ""
    configured: str = ""
    others: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it is. owner: uid, None if it is not there. plain: no link. private: nobody else can enter it."""

    path: str
    owner: int | None = None
    plain: bool = True
    private: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """A file that is not understood. line: 1 if it is not known."""

    path: str
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Places:
    """Folders and files.

    named: $XDG_RUNTIME_DIR. given: that folder. runtime: ours for sockets. login: the folder that the login made for
    us, "" if it did not. own: the person's home folder, "" if $HOME is somebody else's. data: where homes go.
    unwritable: the folder in its way, "" for none. blocked: a folder that qubes of root cannot pass, "". faults:
    settings that are not understood. unreadable: files that cannot be read.
    """

    given: Folder
    runtime: Folder
    named: str = ""
    login: str = ""
    own: str = ""
    data: str = ""
    unwritable: str = ""
    blocked: str = ""
    faults: tuple[Fault, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The process that keeps the qubes. socket: its path. there: the file exists. pid: who listens, 0 for nobody.

    answers: it did in time. stranger: the process is somebody else's.
    ours: version of this command. version: the supervisor's, if it is another one. service: systemd keeps it.
    unpainted: qubes with a definition whose frames are left to the window manager, which paints none of them.
    """

    socket: str
    there: bool = False
    pid: int = 0
    answers: bool = False
    stranger: bool = False
    ours: str = ""
    version: str = ""
    service: bool = False
    unpainted: tuple[str, ...] = ()


class Device(Enum):
    """How it is with a device file."""

    GOOD = "good"
    MISSING = "missing"
    CLOSED = "closed"
    """It is there, and whoever needs it may not open it."""
    WRONG = "something else than the device"
    """Something else has its name."""
    BARRED = "on a file system without devices"
    """It lies on a file system that is mounted with nodev."""
    REFUSED = "refused"
    """It cannot be opened by anybody here: the kernel lacks it, or a container does."""


@dataclass(frozen=True, slots=True)
class BrokenTemplate:
    """A template that no qube can have. name: its own, "" if only qubes name it. qube: one of those, "" for none.

    words: why it cannot be one. known: it is written down what it was built from.
    """

    words: str
    name: str = ""
    qube: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class Extras:
    """What only some qubes use. machines: the programs of virtual machines that are missing, in words.

    kernels: there is one for them that can be read. closed_kernel: one that only root may read, "" for none.
    tun_mount: where the file system with the network's device is mounted.
    """

    machines: tuple[str, ...] = ()
    kernels: bool = True
    closed_kernel: str = ""
    tun: Device = Device.GOOD
    tun_mount: str = ""
    templates: tuple[BrokenTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything, at one moment."""

    person: Person
    programs: Programs
    kernel: Kernel
    display: Display
    places: Places
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(""))
    extras: Extras = field(default_factory=Extras)
