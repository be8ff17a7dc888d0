"""A desktop with a window manager, a person at it, and one qube with a daemon; asserts nothing."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer
from tests.integration.daemon_desk import Person, Qube


class Scene(NamedTuple):
    person: Person
    qube: Qube


@contextmanager
def managed_scene(width: int, height: int, *, name: str = "work", label: str = "blue") -> Iterator[Scene]:
    """One under openbox, of that size (px)."""
    with ExitStack() as stack:
        server = stack.enter_context(XServer(width, height))
        stack.enter_context(WindowManager("openbox", server.name))
        person = Person(server.name)
        stack.callback(person.close)
        yield Scene(person, stack.enter_context(Qube(server.name, name=name, label=label)))
