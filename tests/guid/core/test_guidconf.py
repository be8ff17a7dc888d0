"""Which of several settings holds, for whom, and what is said of the ones that mean nothing."""

import pytest

from guid.core.badoption import BadOption
from guid.core.guidconf import KEYS, InForce, all_remarks, decide
from guid.core.libconfig import parse
from guid.core.options import DEFAULT_OPTIONS, Options
from guid.core.traywords import tray_mode


def named(name: str) -> int:
    if name != "white":
        raise BadOption(f"{name} is no colour")
    return 0xFFFFFF


def held(text: str, name: str | None = "work", **given: object) -> dict[str, object]:
    options = {key: InForce(value, "given") for key, value in given.items()}
    decided = decide(parse(text), name, options, named)
    assert decided.remarks == []
    return {key: each.value for key, each in decided.values.items() if each.origin != "default"}


def remarks(text: str, name: str | None = "work") -> list[tuple[int, int, bool]]:
    found = decide(parse(text), name, {}, named).remarks
    return [(each.line, each.column, each.fault) for each in found]


def test_every_option_of_a_qube_is_a_setting_with_its_default() -> None:
    assert set(Options._fields) <= set(KEYS)
    values = decide({}, None, {}, named).options()
    as_in_c = DEFAULT_OPTIONS._replace(title_name=False)
    assert Options(**values) == as_in_c  # type: ignore[arg-type]


def test_section_of_the_qube_goes_before_the_one_for_all_and_the_command_line_before_both() -> None:
    text = """
    VM: { work: { windows_count_limit = 7; events_max_delay = 20; }; other: { windows_count_limit = 9; } };
    global: { windows_count_limit = 5; events_max_delay = 10; allow_fullscreen = true; max_clipboard_size = 300; };
    """
    for_all = {"windows_count_limit": 5, "events_max_delay": 10, "allow_fullscreen": True, "max_clipboard_size": 300}
    assert held(text, None) == for_all
    assert held(text, "third") == for_all
    assert held(text, "other") == {**for_all, "windows_count_limit": 9}
    assert held(text, "work") == {**for_all, "windows_count_limit": 7, "events_max_delay": 20}
    assert held(text, "work", events_max_delay=30)["events_max_delay"] == 30


def test_who_said_so_is_known() -> None:
    decided = decide(
        parse("global: {\n log_level = 0;\n scale = 2; }"), "work", {"scale": InForce(1.5, "--scale")}, named
    )
    origins = {key: each.origin for key, each in decided.values.items()}
    assert (origins["log_level"], origins["scale"], origins["title_name"]) == ("line 2", "--scale", "default")


def test_colour_may_have_a_name() -> None:
    assert held('global: { window_background_color = "white"; }') == {"window_background_color": 0xFFFFFF}
    assert held('global: { window_background_color = "0x102030"; }') == {"window_background_color": 0x102030}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("global: {\n  windows_limit = 5; }", [(2, 3, False)]),
        ('global: {\n  subwindows = "forbid"; }', [(2, 3, False)]),
        ("others: { }", [(1, 1, False)]),
        ("global: { windows_count_limit = 0; }", [(1, 11, True)]),
        ("global: { allow_fullscreen = 1; }", [(1, 11, True)]),
        ('global: { override_redirect = "disable"; }', [(1, 11, True)]),
        ('global: { window_background_color = "blurple"; }', [(1, 11, True)]),
        ("global: { scale = { a = 1; }; }", [(1, 11, True)]),
        ("global = 5;", [(1, 1, True)]),
        ("VM = 5;", [(1, 1, True)]),
        ("VM: { work = 5; other = 5; }", [(1, 7, True)]),
        ("VM: {\n work: { log_level = 3; };\n other: { log_level = 4; }; }", [(2, 10, True)]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(text: str, expected: list[tuple[int, int, bool]]) -> None:
    assert remarks(text) == expected


def test_whole_file_is_looked_through_with_the_sections_of_all_qubes() -> None:
    text = "global: { a = 1; };\nVM: {\n work: { log_level = 3; };\n other: { log_level = 4; }; third = 1; }"
    assert [(each.line, each.fault) for each in all_remarks(parse(text), named)] == [
        (1, False),
        (3, True),
        (4, True),
        (4, True),
    ]


@pytest.mark.parametrize("mode", ["bg", "border1", "border2", "tint", "tint+border2", "tint+saturation50+whitehack"])
def test_tray_mode_is_taken(mode: str) -> None:
    assert tray_mode(mode) == mode


@pytest.mark.parametrize("mode", ["", "tin", "border3", "bg+border1", "tint+", "tint+border1+border2", "tint+bg", 1])
def test_tray_mode_that_is_none_is_refused(mode: object) -> None:
    with pytest.raises(BadOption):
        tray_mode(mode)
