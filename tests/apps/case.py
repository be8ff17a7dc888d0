"""One program of docs/apps.md: how it is started, and what is tried with it. Knows no other program."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from tests.apps.seat import Seat

Probe = Callable[[Seat], str | None]
"""Tries one thing as a person would. Returns a figure worth telling, or None. Raises AssertionError."""


class Column(Enum):
    """What is tried with every program that has it."""

    OPENS = "opens"
    """its window comes, painted, framed on all sides, and shows what the program drew"""
    MENUS = "menus"
    """a menu opens, and what is chosen in it happens"""
    DIALOGS = "dialogs"
    """a dialog opens, belongs to its window, takes an answer and closes"""
    TYPING = "typing"
    """what is typed arrives, capitals and signs too"""
    RESIZE = "resize"
    """pulled larger and smaller by the window manager's grip, it draws all of its window anew"""
    CLIPBOARD = "clipboard"
    """text goes to another qube and comes from it, by the program's keys and the person's chords"""


@dataclass(frozen=True)
class App:
    """One row. title: found in the title of its window. probes: in the order in which they are tried; what it has none
    for does not apply to it.

    also: more that is tried, by its name. files: what its home has before it starts, or what makes it. light: `make
    test` runs it too. note: what a person should know; Markdown.
    """

    name: str
    packages: tuple[str, ...]
    argv: tuple[str, ...]
    title: str
    probes: Mapping[Column, Probe]
    also: Mapping[str, Probe] = field(default_factory=dict)
    files: Mapping[str, str | bytes | Callable[[], bytes]] = field(default_factory=dict)
    light: bool = False
    note: str = ""

    @property
    def slug(self) -> str:
        """The name as a file and a qube may have it."""
        return "".join(letter if letter.isalnum() else "-" for letter in self.name.lower()).strip("-")
