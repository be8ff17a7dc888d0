"""docs/terminal-tour.md says what the commands say: all of them are run, in order, in an empty home."""

from collections.abc import Iterator

import pytest

from scripts.terminal_tour import PAGE, said, steps, without_named
from tests.harness.session import Session
from tests.harness.wm import WindowManager
from tests.harness.xserver import XServer

pytestmark = [pytest.mark.desktop, pytest.mark.sandbox]


@pytest.fixture
def session() -> Iterator[Session]:
    """A person who has a desktop with a window manager, and nothing else yet."""
    with XServer(1280, 800) as server, WindowManager("openbox", server.name), Session(server.name) as person:
        yield person


@pytest.mark.timeout(400)  # some forty commands, each a process; a busy machine takes seconds for each
def test_tour_says_what_the_commands_say(session: Session) -> None:
    for step in steps(PAGE.read_text(encoding="utf-8")):
        output = said(step.command, session.environment(), step.output)
        assert without_named(output) == without_named(step.output), f"{step.command}: make tour records it anew"


def test_page_is_read_as_it_is_written() -> None:
    page = "text\n```console\n$ vitrail ls\na\nb\n$ vitrail stop\n```\n$ not this\n"
    assert [(each.command, each.output, each.line, each.lines) for each in steps(page)] == [
        ("vitrail ls", "a\nb\n", 3, 2),
        ("vitrail stop", "", 6, 0),
    ]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("disp1234 is\n", "disp5678 is\n", True),
        ("disp12 is\n", "disp5678 is\n", False),
        ("vitrail 0.1.0\n", "vitrail 2.0\n", True),
        ("vitrail: no\n", "vitrail: yes\n", False),
        ("in /a/vitrail/qubes/work?", "in /b/c/vitrail/qubes/work?", True),
        ("in /a/vitrail/qubes/work?", "in /a/vitrail/qubes/home?", False),
        ("  ok  a\n  NO  b\nc\n", "  ok  x\nc\n", True),
        ("  ok  a\nall is well\n", "  note  b\nnothing lacks that is needed; 1 note above\n", True),
        ("all is well\n", "qubes cannot be used until this is mended: sandbox\n", False),
        ("guiagent: a\nb\n", "b\nxterm: c\n", True),
        ("work  blue  running\n", "work  blue  stopped\n", False),
    ],
)
def test_only_what_is_named_may_differ(one: str, other: str, alike: bool) -> None:  # noqa: FBT001
    assert (without_named(one) == without_named(other)) is alike
