"""docs/limits.md says every limit, and each that a qube can run into has a test of what happens then."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final, NamedTuple

import pytest

from guid import requests
from protocol import limits
from tests.harness.processes import ROOMS_IN, ROOT

PAGE: Final = ROOT / "docs" / "limits.md"
SOURCE: Final = ROOMS_IN / "protocol" / "limits.py"


class Limit(NamedTuple):
    """One constant of protocol/limits.py. why: the remark above it, or that of the constant that it belongs to."""

    section: str
    name: str
    why: str

    @property
    def value(self) -> int | float:
        number: int | float = getattr(limits, self.name)
        return number

    @property
    def unit(self) -> str:
        return next((unit for suffix, unit in UNITS.items() if suffix in f"{self.name}_"), "")


UNITS: Final = {
    "_BYTES_PER_PIXEL_": "bytes a pixel",
    "_BYTES_": "bytes",
    "_PX_": "px",
    "_S_": "s",
    "_SHARE_": "s a second",
}


class Guard(NamedTuple):
    """What a qube can use up, or the commands. outcome: what happens above it; shown_by: file::test."""

    what: str
    names: tuple[str, ...]
    outcome: str
    shown_by: str
    source: ModuleType = limits

    @property
    def row(self) -> str:
        numbers = ", ".join(f"{getattr(self.source, name):,}" for name in self.names)
        test = self.shown_by.rpartition("::")[2]
        return f"| {self.what} | {numbers}<br>`{'`, `'.join(self.names)}` | {self.outcome} | `{test}` |"


FLOODS, MESSAGES, PICTURES, START = (
    f"tests/integration/test_hostile_{part}.py" for part in ("floods", "messages", "pictures", "start")
)
TRAY: Final = "tests/integration/test_tray_icons.py"
ENDS: Final = "the qube's session ends with one line in the log"
SLOWER: Final = "the qube is read from more slowly; no other qube waits"

GUARDS: Final = (
    Guard("windows", ("MAX_WINDOWS_PER_QUBE",), ENDS, f"{FLOODS}::test_windows_beyond_the_limit_end_the_qube"),
    Guard(
        "windows' size and place",
        ("MAX_WINDOW_WIDTH_PX", "MAX_WINDOW_HEIGHT_PX", "MAX_X_PX", "MAX_Y_PX"),
        "clamped, as in the C daemon",
        "tests/guid/core/test_sanitize.py::test_any_body_of_the_right_length_gives_a_value_or_a_violation",
    ),
    Guard(
        "bytes of a message",
        ("MAX_BODY_BYTES", "MAX_GRANT_REFS", "MAX_MFNS"),
        f"{ENDS}, before the body has come",
        f"{MESSAGES}::test_ninety_eight_thousand_references_too_many_end_the_qube_before_they_arrive",
    ),
    Guard(
        "time for a message, and for the first one",
        ("HALF_MESSAGE_TIMEOUT_S", "HANDSHAKE_TIMEOUT_S"),
        ENDS,
        f"{MESSAGES}::test_half_a_message_then_silence_ends_the_qube_after_the_timeout",
    ),
    Guard(
        "messages a turn", ("READ_BYTES",), "the rest waits for the next turn", f"{FLOODS}::test_flood_delays_nobody"
    ),
    Guard(
        "titles, cursors, hints, classes, states, maps",
        ("DESKTOP_WORK_CREDIT_S", "DESKTOP_WORK_SHARE"),
        SLOWER,
        f"{FLOODS}::test_flood_delays_nobody",
    ),
    Guard(
        "bytes of a title",
        ("TITLE_BYTES",),
        "the rest is not read",
        "tests/qsb/test_qsb_009_message_bodies.py::test_title_without_an_end_ends_with_its_field",
    ),
    Guard(
        "bytes of a class",
        ("CLASS_BYTES",),
        "the rest is not read",
        "tests/qsb/test_qsb_009_message_bodies.py::test_class_without_an_end_ends_with_its_field",
    ),
    Guard(
        "cursors",
        ("CURSOR_X11", "CURSOR_X11_END"),
        f"{ENDS}; there are 77 glyphs, each is made once",
        f"{MESSAGES}::test_bad_values_end_the_qube",
    ),
    Guard(
        "images of cursors",
        ("MAX_CURSOR_SIDE_PX", "MAX_CURSOR_PIXELS"),
        ENDS,
        f"{MESSAGES}::test_bad_cursor_images_end_the_qube",
    ),
    Guard(
        "cursors that can hardly be seen",
        ("MIN_CURSOR_VISIBLE_PIXELS", "CURSOR_VISIBLE_ALPHA"),
        "a dot is shown instead",
        "tests/integration/test_daemon_cursors.py::test_cursor_that_cannot_be_seen_is_a_dot",
    ),
    Guard(
        "cursors of images",
        ("MAX_CURSOR_IMAGES",),
        "the longest unused one is freed, and made again if it is shown again",
        "tests/integration/test_daemon_cursors.py::test_many_images_leave_few_cursors_in_the_x_server",
    ),
    Guard(
        "images of icons",
        ("MAX_ICON_SIDE_PX", "MAX_ICON_IMAGES", "MAX_ICON_WORDS"),
        ENDS,
        f"{MESSAGES}::test_bad_icons_end_the_qube",
    ),
    Guard(
        "images in the icon service's stream",
        ("MAX_STREAMED_ICON_SIDE_PX",),
        "the stream ends with one line in the log",
        "tests/guid/core/test_iconstream.py::test_what_makes_no_sense_ends_the_stream_and_not_what_came_before",
    ),
    Guard(
        "icons of all windows",
        ("MAX_ICON_PIXELS_PER_QUBE",),
        "the windows beyond have the label's icon",
        "tests/guid/core/test_icons.py::test_icons_beyond_the_limit_are_the_labels",
    ),
    Guard(
        "tray icons",
        ("MAX_TRAY_ICONS_PER_QUBE",),
        "one more stays a window that nobody has mapped",
        f"{TRAY}::test_flood_of_icons_fills_no_panel",
    ),
    Guard(
        "size of a tray icon",
        ("MIN_TRAY_ICON_PX", "COMMON_TRAY_ICON_PX", "MAX_TRAY_ICON_PX", "MAX_TRAY_DRAWN_PX"),
        "what it asks for is clamped; the tray decides",
        f"{TRAY}::test_agent_cannot_make_its_icon_large_or_a_window",
    ),
    Guard(
        "bytes of the pool",
        ("MIN_POOL_BYTES", "MAX_POOL_BYTES"),
        "the daemon does not start",
        f"{START}::test_pool_of_a_wrong_size_is_refused",
    ),
    Guard(
        "pages outside the pool",
        ("PAGE_BYTES",),
        ENDS,
        f"{START}::test_pool_of_one_page_is_enough_and_its_second_page_is_outside",
    ),
    Guard(
        "runs of a picture",
        ("MAX_RUNS_DRAWN", "MAX_STAGED_BYTES_PER_TURN"),
        "it is copied, 8 MiB a turn, and shown then",
        f"{PICTURES}::test_picture_in_98304_runs_is_shown_and_delays_nobody",
    ),
    Guard(
        "runs of all pictures",
        ("MAX_RUNS_PER_QUBE",),
        ENDS,
        f"{PICTURES}::test_pictures_in_many_runs_beyond_the_limit_end_the_qube",
    ),
    Guard(
        "bytes of copies",
        ("DEFAULT_POOL_BYTES",),
        "no more than the pool has: a picture beyond is not shown",
        f"{PICTURES}::test_many_scattered_pictures_do_not_end_the_daemon",
    ),
    Guard(
        "copies of pictures",
        ("MAX_STAGED_PICTURES",),
        "the one that was longest not drawn is let go, and made again when it is",
        f"{PICTURES}::test_copies_take_few_descriptors_and_each_picture_is_shown_when_it_is_drawn",
    ),
    Guard(
        "bytes that wait for the agent",
        ("MAX_OUTPUT_QUEUE_BYTES",),
        ENDS,
        f"{FLOODS}::test_agent_that_never_reads_its_input_ends",
    ),
    Guard(
        "bytes of a clipboard answer",
        ("MAX_CLIPBOARD_BYTES", "CLIPBOARD_TOO_BIG_BYTES"),
        f"{ENDS}, before the body has come",
        "tests/qsb/test_qsb_089_lengths.py::test_length_off_by_one_ends_the_session_before_any_body",
    ),
    Guard(
        "connections",
        ("RECONNECT_INTERVAL_S", "MAX_RECONNECT_INTERVAL_S", "RECONNECT_LASTING_S"),
        "the agent is looked for ever more slowly",
        f"{FLOODS}::test_agent_that_connects_and_goes_again_and_again_costs_little",
    ),
)


REQUESTS: Final = "tests/guid/test_requests.py"
COMMANDS: Final = (
    Guard(
        "commands at a time",
        ("MAX_CLIENTS",),
        "refused in words; those before are served",
        f"{REQUESTS}::test_commands_beyond_the_limit_are_refused_and_those_before_served",
        requests,
    ),
    Guard(
        "seconds until a command has asked",
        ("REQUEST_TIMEOUT_S",),
        "it is left",
        f"{REQUESTS}::test_command_that_asks_for_nothing_is_left_after_a_while",
        requests,
    ),
    Guard(
        "bytes of a request",
        ("MAX_REQUEST_BYTES",),
        "it is left",
        f"{REQUESTS}::test_command_that_asks_for_too_much_is_left",
        requests,
    ),
)


def read_limits() -> list[Limit]:
    """The constants of protocol/limits.py with the remarks above them, in its order."""
    found: list[Limit] = []
    section, remark, fresh = "", "", True
    for line in SOURCE.read_text().splitlines():
        if line.startswith("# --- "):
            section, _, remark = line.removeprefix("# --- ").partition(". ")
            fresh = False
        elif line.startswith("# "):
            remark = line.removeprefix("# ") if fresh else f"{remark} {line.removeprefix('# ')}"
            fresh = False
        elif match := re.match(r"([A-Z][A-Z0-9_]*): Final = ", line):
            found.append(Limit(section.rstrip("."), match[1], remark.strip()))
            fresh = True
    return found


TABLE: Final = ("| of what | limit | above it | shown by |", "|---|---|---|---|")


def page() -> str:
    """docs/limits.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield from [
        "# Limits",
        "",
        "Written by `python -m tests.protocol.test_limits` from `protocol/limits.py`, which both sides run with,",
        "and from the supervisor's own.",
        "",
        "## What a qube can run into",
        "",
        *TABLE,
    ]
    yield from (guard.row for guard in GUARDS)
    yield from ["", "## What commands can run into", "", *TABLE, *(guard.row for guard in COMMANDS)]
    section = ""
    for limit in read_limits():
        if limit.section != section:
            section = limit.section
            yield from ["", f"## {section}", "", "| name | value | unit | source and arithmetic |", "|---|---|---|---|"]
        yield f"| `{limit.name}` | {limit.value:,} | {limit.unit} | {limit.why} |"
    yield ""


def test_page_is_as_written() -> None:
    assert PAGE.read_text() == page(), "write it anew: python -m tests.protocol.test_limits"


def test_every_limit_is_read_with_its_source() -> None:
    names = {
        node.target.id
        for node in ast.parse(SOURCE.read_text()).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    found = read_limits()
    assert {limit.name for limit in found} == names
    assert [limit.name for limit in found if not limit.section] == []
    assert [limit.name for limit in found if not limit.why and limit.section not in PLAIN] == []


PLAIN: Final = frozenset({"Messages"})
"""Sections with a name that says all of a limit without a remark."""


@pytest.mark.parametrize("guard", [*GUARDS, *COMMANDS], ids=lambda guard: guard.what)
def test_limit_that_can_be_run_into_has_a_test_of_what_happens_then(guard: Guard) -> None:
    path, _, name = guard.shown_by.partition("::")
    tree = ast.parse((ROOT / path).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert all(hasattr(guard.source, each) for each in guard.names)


def test_every_limit_of_what_a_qube_uses_has_a_row() -> None:
    guarded = {name for guard in GUARDS for name in guard.names}
    unguarded = {limit.name for limit in read_limits() if limit.section in OF_QUBES} - guarded - FACTS
    assert unguarded == set(), "what happens above these?"


OF_QUBES: Final = frozenset({"Windows", "The pool", "Pixels", "Geometry", "Cursors", "Fixed strings", "Messages"})
FACTS: Final = frozenset(
    {
        "BYTES_PER_PIXEL",
        "HEADER_BYTES",
        "KEYMAP_BYTES",  # the daemon sends it
        "MAX_ROOT_PX",  # of the desktop
        "MAX_SKIPPED_BODY_BYTES",  # of what the agent skips
        "MAX_WINDOW_BYTES",
        "REF_BYTES",
    }
)
"""Sizes that follow from the format, or that bind the trusted side."""


if __name__ == "__main__":
    Path(PAGE).write_text(page())
