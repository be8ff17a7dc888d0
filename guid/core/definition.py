"""What the person decides about a qube before it starts: label, engine, template, network, sizes; must not know files.

`Definition` is what `$XDG_CONFIG_HOME/vitrail/qubes/NAME.toml` says; RULES has a line for every key that may be in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import Final

from colors.labels import STANDARD, Label, UnknownLabel, label_named
from guid.core.desktopentry import ID
from guid.core.nearest import instead
from protocol.limits import DEFAULT_POOL_BYTES, MAX_POOL_BYTES

LEAST_POOL_BYTES: Final = 16 << 20
"""One window of 2,560 x 1,440 px takes 14.1 MiB."""
LEAST_MEMORY_BYTES: Final = 128 << 20
"""An X server, an agent and one small program take 90 MiB."""
MOST_MEMORY_BYTES: Final = 1 << 42
"""4 TiB: more is a mistake in a file."""
MAX_TEMPLATE_CHARACTERS: Final = 4095
"""The longest path that the kernel takes."""

MAX_MENU_PROGRAMS: Final = 100

SIZE: Final = re.compile(r"([1-9][0-9]{0,12})([KMGT]?)(?:i?B)?", re.ASCII)
TEMPLATE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,30}", re.ASCII)
ENGINES: Final = ("local", "qemu")
"""The first one is the default."""


class BadDefinition(ValueError):
    """A key that does not exist, or a value that it cannot have. key: which. The person's fault."""

    def __init__(self, key: str, words: str) -> None:
        super().__init__(words)
        self.key = key


class Net(Enum):
    """What a qube reaches of the network."""

    NONE = "none"
    """nothing but itself"""
    USER = "user"
    """what the person's own programs reach, but nothing of this machine itself"""


@dataclass(frozen=True, slots=True)
class Definition:
    """One qube, before it is started.

    label: None if nobody has chosen one. engine: None if nobody has. template: an absolute path, or the name of a
    template, whose system the qube sees; None: the host's. pool_bytes: the page memory of its windows, a power of two.
    memory_bytes: most that its programs have together; None: no limit of its own. menu: the programs that the desktop's
    menu has of it, by their ids; None: those with windows. options: as written.
    """

    label: Label | None = None
    engine: str | None = None
    template: str | None = None
    net: Net = Net.NONE
    pool_bytes: int = DEFAULT_POOL_BYTES
    memory_bytes: int | None = None
    menu: tuple[str, ...] | None = None
    options: Mapping[str, object] = field(default_factory=dict)


def text(value: object) -> str:
    """A string. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError("must be a word in quotes")
    return value


def label(value: object, labels: Mapping[str, Label] = STANDARD) -> Label:
    """A label by its name. labels: those there are. Raises ValueError."""
    try:
        return label_named(text(value), labels)
    except UnknownLabel as error:
        raise ValueError(str(error)) from None


def engine(value: object) -> str:
    """One of the engines. Raises ValueError."""
    if value not in ENGINES:
        raise ValueError(f"must be one of {', '.join(ENGINES)}")
    return text(value)


def net(value: object) -> Net:
    """One of the networks. Raises ValueError."""
    if value not in [each.value for each in Net]:
        raise ValueError(f"must be one of {', '.join(each.value for each in Net)}")
    return Net(value)


def template(value: object) -> str:
    """An absolute path, or a template's name. Raises ValueError."""
    written = text(value)
    if TEMPLATE_NAME.fullmatch(written):
        return written
    if not written.startswith("/") or not written.isprintable() or len(written) > MAX_TEMPLATE_CHARACTERS:
        raise ValueError("must be the absolute path of a folder, or the name of a template")
    return written


def size_bytes(value: object, *, least: int, most: int) -> int:
    """A size as "512M" or "2G", powers of 1024. Raises ValueError."""
    found = SIZE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('must be a size as "512M" or "2G"')
    number = int(found[1]) << 10 * (" KMGT".index(found[2]) if found[2] else 0)
    if not least <= number <= most:
        raise ValueError(f"must be from {size_text(least)} to {size_text(most)}")
    return number


def pool(value: object) -> int:
    """A size that is a power of two. Raises ValueError. Source: DESIGN, "The pool"."""
    number = size_bytes(value, least=LEAST_POOL_BYTES, most=MAX_POOL_BYTES)
    if number & (number - 1):
        raise ValueError(f"must be a power of two: {size_text(1 << number.bit_length() - 1)}, for one")
    return number


def menu(value: object) -> tuple[str, ...]:
    """A list of programs, by their ids. Raises ValueError."""
    if not isinstance(value, list) or len(value) > MAX_MENU_PROGRAMS:
        raise ValueError(f"must be a list of at most {MAX_MENU_PROGRAMS} programs")
    if any(not isinstance(each, str) or ID.fullmatch(each) is None for each in value):
        raise ValueError('a program is named as its desktop file, without .desktop: "org.xfce.mousepad"')
    return tuple(value)


def size_text(number: int) -> str:
    """Bytes as `size_bytes` reads them, in the largest unit that divides them."""
    for power, unit in ((40, "T"), (30, "G"), (20, "M"), (10, "K")):
        if number and number % (1 << power) == 0:
            return f"{number >> power}{unit}"
    return str(number)


def as_listed(definition: Definition) -> dict[str, str | int | None]:
    """What is said of a qube that does not run, as `ls --json` has it."""
    return {
        "label": definition.label.name if definition.label is not None else None,
        "rgb": f"0x{definition.label.rgb:06X}" if definition.label is not None else None,
        "pattern": definition.label.pattern.name if definition.label is not None else None,
        "engine": definition.engine or ENGINES[0],
        "template": definition.template,
        "net": definition.net.value,
        "pool_bytes": definition.pool_bytes,
        "memory_bytes": definition.memory_bytes,
    }


RULES: Final[Mapping[str, tuple[str, Callable[[object], object]]]] = {
    "label": ("label", label),
    "engine": ("engine", engine),
    "template": ("template", template),
    "net": ("net", net),
    "pool": ("pool_bytes", pool),
    "memory": ("memory_bytes", partial(size_bytes, least=LEAST_MEMORY_BYTES, most=MOST_MEMORY_BYTES)),
    "menu": ("menu", menu),
}
"""Key of the file → field of a Definition, and what turns the value as written into its value; raises ValueError."""

OPTIONS: Final = "options"
"""The one table; what is in it, guid/core/options.py knows."""


def definition_written(contents: Mapping[str, object], labels: Mapping[str, Label] = STANDARD) -> Definition:
    """What a file says; its options are not looked into. labels: those there are. Raises BadDefinition."""
    values: dict[str, object] = {}
    for key, value in contents.items():
        if key == OPTIONS:
            if not isinstance(value, dict):
                raise BadDefinition(key, "options must be a table")
            values[key] = value
            continue
        if key not in RULES:
            raise BadDefinition(key, f"there is no key {key!r}; {instead(key, (*RULES, f'[{OPTIONS}]'))}")
        name, rule = RULES[key]
        try:
            values[name] = label(value, labels) if rule is label else rule(value)
        except ValueError as error:
            raise BadDefinition(key, f"{key} = {value!r}: {error}") from None
    return Definition(**values)  # type: ignore[arg-type]  # each rule returns its field's type
