"""What a template is made from, by which command, and what that command's words mean; must not run it nor know files.

Source of the command line and of its words: mmdebstrap(1), version 1.3.5; of those of apt: apt-get(8), version 2.6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

ALWAYS: Final = (
    "python3",  # runs the agent
    "xserver-xorg-core",
    "xserver-xorg-video-dummy",
    "x11-xkb-utils",
    "xkb-data",
    "fonts-dejavu-core",
    "dbus-daemon",  # the qube's session bus
    "python3-pil",  # pictures that are copied
)
"""Debian packages without which a qube does not start, or lacks what qubes with this machine's system have."""

BUILDER: Final = "mmdebstrap"
DEFAULT_SUITE: Final = "bookworm"
"""Where this machine does not say what it is itself."""
DERIVED: Final = ("", "-updates", "-security")
"""The suites that belong to one, by what their names end with."""
KEYRINGS: Final = {
    "Debian": "/usr/share/keyrings/debian-archive-keyring.gpg",
    "Ubuntu": "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
}
"""Whose packages templates are made from → the keys that sign them."""

PACKAGE: Final = re.compile(r"[a-z0-9][a-z0-9+.-]{0,127}(:[a-z0-9-]{1,20})?(=[A-Za-z0-9.+:~-]{1,128})?", re.ASCII)
SUITE: Final = re.compile(r"[a-z][a-z0-9.-]{0,63}", re.ASCII)
MIRROR: Final = re.compile(r"(?:https?|file|copy)://?[!-Z^-~]{1,1000}", re.ASCII)
"""No brackets and no blanks: those would be options of apt's."""
MAX_PACKAGES: Final = 1000

LEFT_OUT: Final = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/doc/*")
KEPT: Final = ("/usr/share/doc/*/copyright",)


class BadTemplate(ValueError):
    """What somebody wants a template to be, and what it cannot be. The person's fault."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a template is made from. packages: beside those of ALWAYS. mirror: whence; "": as this machine does."""

    suite: str
    packages: tuple[str, ...]
    mirror: str = ""

    def __post_init__(self) -> None:
        """Raises BadTemplate."""
        if SUITE.fullmatch(self.suite) is None:
            raise BadTemplate(f"{self.suite!r} cannot be a suite: write its code name, as {DEFAULT_SUITE}")
        for package in self.packages:
            if PACKAGE.fullmatch(package) is None:
                raise BadTemplate(f"{package!r} cannot be a Debian package: see `apt search`")
        if len(self.packages) > MAX_PACKAGES:
            raise BadTemplate(f"more than {MAX_PACKAGES} packages")
        if self.mirror and MIRROR.fullmatch(self.mirror) is None:
            raise BadTemplate(f"{self.mirror!r} cannot be a mirror: write its address, http://… or file:///…")


@dataclass(frozen=True, slots=True)
class Made:
    """What is written down beside a template. made: when, in UTC as ISO 8601. size_bytes: of its files."""

    suite: str
    packages: tuple[str, ...]
    mirror: str
    made: str
    vitrail: str
    builder: str
    size_bytes: int

    def text(self) -> str:
        """As a file has it."""
        return json.dumps(asdict(self), indent=2) + "\n"


def made_written(text: str) -> Made:
    """What such a file says. Raises BadTemplate."""
    try:
        contents = json.loads(text)
        found = Made(**{**contents, "packages": tuple(contents["packages"])})
        recipe = Recipe(found.suite, found.packages, found.mirror)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadTemplate("it does not say how it was built") from error
    words = (found.made, found.vitrail, found.builder)
    if not isinstance(found.size_bytes, int) or not all(isinstance(each, str) for each in words) or not recipe:
        raise BadTemplate("it does not say how it was built")
    return found


_LOOK_UP: Final = (
    'export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"; apt-get --quiet=2 --error-on=any update'
    " && apt-get --quiet=2 --simulate install"
)
"""What ends a build at its beginning if there is no such package; else it were found out after most of the work.
Nothing that a PACKAGE can be means anything to a shell."""


APART: Final = ("unshare", "--mount", "--propagation", "private", "--")
"""What the builder mounts in its folder as root (this machine's /dev/shm among it) is mounted for it alone: whoever
removes what a killed build has left does not find it there. In a user namespace that is so by itself."""


def build_argv(recipe: Recipe, mode: str, sources: Iterable[str]) -> list[str]:
    """Return the command line that writes a template as a tar archive to standard output.

    mode: how it becomes root. sources: lines as in sources.list; none: the builder's own choice.
    """
    packages = list(dict.fromkeys((*ALWAYS, *recipe.packages)))
    return [
        *("setpriv", "--pdeathsig", "TERM", "--"),  # should we be killed, it ends too, and cleans up
        *(APART if mode == "root" else ()),
        *(BUILDER, f"--mode={mode}", "--variant=essential", "--format=tar"),
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT),
        *(f"--dpkgopt=path-include={pattern}" for pattern in KEPT),
        "--dpkgopt=force-unsafe-io",  # what a crash leaves half made is thrown away whole
        f"--setup-hook={_LOOK_UP} {' '.join(packages)}",
        f"--include={','.join(packages)}",
        *(recipe.suite, "-"),
        *([recipe.mirror] if recipe.mirror else sources),
    ]


INDEX_FORMAT: Final = "$(CREATED_BY) $(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)"
"""For `apt-get indextargets --format`."""


def sources_of(suite: str, targets: str, keyrings: Iterable[str]) -> list[str]:
    """Return the lines of sources.list by which this machine gets packages of `suite`; empty if it does not.

    targets: what apt-get indextargets says in INDEX_FORMAT. keyrings: those of KEYRINGS that are there.
    """
    there = set(keyrings)
    wanted = [f"{suite}{end}" for end in DERIVED]
    lines: dict[tuple[str, str, str], list[str]] = {}
    for line in targets.splitlines():
        kind, _, rest = line.partition(" ")
        words = rest.split(" ")
        if kind == "Packages" and len(words) == 4 and words[0] in KEYRINGS and words[2] in wanted:
            origin, uri, release, component = words
            components = lines.setdefault((origin, uri, release), [])
            components += [component] if component not in components else []
    if not any(release == suite for _, _, release in lines):
        return []
    found = []
    for (origin, uri, release), components in lines.items():
        key = KEYRINGS[origin]
        signed = f"[signed-by={key}] " if key in there else ""
        found.append(f"deb {signed}{uri} {release} {' '.join(components)}")
    return found


STAGES: Final = (
    ("I: running --setup-hook", "reading what packages there are"),
    ("I: downloading packages", "fetching the base packages"),
    ("I: extracting archives", "unpacking them"),
    ("I: installing essential packages", "setting up the base"),
    ("I: installing remaining packages", "fetching and setting up the programs (this takes longest)"),
    ("I: creating tarball", "storing it"),
)
"""How a line of the builder begins → what it does from then on."""


def stage(line: str) -> str:
    """What begins with this line of the builder, "" for nothing that a person would want to know."""
    return next((words for begin, words in STAGES if line.startswith(begin)), "")


_FAULTS: Final = (
    (
        r"E: Unable to locate package (\S+)|E: Package '([^']+)' has no inst|E: Version '[^']*' for '([^']+)' was",
        "there is no package {name} in {suite}: see `apt search`",
    ),
    (
        r"No space left on device|not have enough free space|[Dd]isk quota exceeded",
        "the disk is full: a build takes some GB in {work} and in {folder}; make room, or set TMPDIR and XDG_DATA_HOME",
    ),
    (
        r"Temporary failure resol|Could not (resol|conn)|Unable to connect|unreachable|Connection (fail|timed|refus)",
        "the packages cannot be fetched: is this machine on the network? Otherwise name another mirror: --mirror URL",
    ),
    (
        r"does not have a Release file|404 +Not Found",
        "nothing of {suite} is where the packages come from: see `apt policy` for this machine's, or use --mirror URL",
    ),
    (
        r"NO_PUBKEY|is not signed|signatures couldn't be verified|public key is not available",
        "the packages of {suite} are not signed by a key that this machine has: apt install debian-archive-keyring",
    ),
    (
        r"newuidmap|newgidmap|/etc/sub[ug]id|unshare.*(?:failed|not permitted)|cannot unshare|user namespaces?",
        "this machine does not let an ordinary user make file systems: {subordinate}",
    ),
)
"""What the builder's complaints mean, the surest first."""


def fault(said: Sequence[str], recipe: Recipe, *, work: str, folder: str, subordinate: str) -> str:
    """What to do about a build that failed; said: the builder's lines. Only what the person asked for is repeated.

    work, folder: where it is built, and where templates are kept. subordinate: what gives a person more uids.
    """
    text = "\n".join(said)
    for pattern, words in _FAULTS:
        found = re.search(pattern, text)
        if found is None:
            continue
        name = next((each for each in found.groups() if each), "")
        asked = next(
            (each for each in (*recipe.packages, *ALWAYS) if re.split("[:=]", each)[0] == name), "of that name"
        )
        return words.format(name=asked, suite=recipe.suite, work=work, folder=folder, subordinate=subordinate)
    return "mmdebstrap did not get to the end; the last it said is above"
