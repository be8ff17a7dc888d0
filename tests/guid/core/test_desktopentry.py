"""Desktop entries, ours and others': what is understood, what is refused, what a person gets to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.desktopentry import MAX_EXEC_CHARACTERS, BadEntry, Program, entry_text, exec_line, program_in

HEAD = "[Desktop Entry]\nType=Application\nName=Pad\n"


def parsed(text: str, languages: tuple[str, ...] = ()) -> Program | None:
    return program_in(untrusted_text=text, untrusted_id="org.example.pad", languages=languages)


def argv(line: str) -> tuple[str, ...]:
    program = parsed(f"{HEAD}Exec={line}\n")
    assert program is not None
    return program.argv


def test_entry_of_a_program_is_understood() -> None:
    text = (
        "# comment\n[Desktop Entry]\r\nType=Application\nName=Text Pad\nName[de]=Notizen\nIcon=org.example.pad\n"
        "Exec=pad --new %U\nTerminal=false\nStartupWMClass=Pad\nTryExec=/usr/bin/pad\nCategories=Utility;GTK;\n"
        "[Desktop Action other]\nName=Other\nExec=evil\n"
    )
    program = parsed(text)
    expected = Program("org.example.pad", "Text Pad", ("pad", "--new"), "org.example.pad", window_class="Pad")
    assert program is not None
    assert (program.needs, program.settings) == ("/usr/bin/pad", False)
    assert (program.id, program.name, program.argv, program.icon, program.window_class) == (
        *(expected.id, expected.name, expected.argv),
        *(expected.icon, expected.window_class),
    )
    german = parsed(text, ("de_DE", "de"))
    assert german is not None
    assert german.name == "Notizen"


@pytest.mark.parametrize(
    "more",
    ["NoDisplay=true\n", "Hidden=true\n", "Type=Link\n", "OnlyShowIn=XFCE;\n"],
)
def test_entry_that_no_menu_shows_is_none(more: str) -> None:
    assert parsed(f"[Desktop Entry]\n{more}Type=Application\nName=a\nExec=a\n") is None
    assert parsed("[Desktop Entry]\nType=Application\nName=a\nDBusActivatable=true\n") is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pad", ("pad",)),
        ("pad  --new   x ", ("pad", "--new", "x")),
        ('"/usr/bin/my pad" "a \\\\"b\\\\" c"', ("/usr/bin/my pad", 'a "b" c')),
        ('pad "\\\\$HOME" "\\\\`id\\\\`" "a\\\\\\\\b"', ("pad", "$HOME", "`id`", "a\\b")),
        ("pad %f", ("pad",)),
        ("pad --file=%F -- %u", ("pad", "--")),
        ("pad %i %k --title %c", ("pad", "--title", "Pad")),
        ("pad 100%%", ("pad", "100%")),
        ('pad ""', ("pad", "")),
    ],
)
def test_command_line_is_read_as_the_specification_says(line: str, words: tuple[str, ...]) -> None:
    assert argv(line) == words


@pytest.mark.parametrize(
    "line",
    [
        "",
        "%f",
        "%f pad",
        '""',
        '"pad',
        'pad"x"',
        "pad $HOME",
        "pad 'a b'",
        "pad; rm",
        "pad `id`",
        'pad "$HOME"',
        "pad %q",
        "pad %",
        "pad a\\nb",
        "pad a\x07b",
        "pad a\u202eb",
        "pad " + "x" * MAX_EXEC_CHARACTERS,
        "pad " + "x " * 100,
    ],
)
def test_command_line_that_is_wrong_is_refused(line: str) -> None:
    with pytest.raises(BadEntry):
        argv(line)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Pad", "Pad"),
        ("  a   b ", "a b"),
        ("Pad\\nPassword:", "Pad_Password:"),
        ("\u202ePad\u2066", "_Pad_"),
        ("a\x1b[31mb", "a_[31mb"),
        ("Z" + "\u0301" * 50, "Z\u0301\u0301"),
        ("x" * 500, "x" * 64),
        ("", "pad"),
        ("\u202e\u200b", "pad"),
    ],
)
def test_name_is_made_safe_to_read(raw: str, shown: str) -> None:
    program = parsed(f"[Desktop Entry]\nType=Application\nName={raw}\nExec=a\n")
    assert program is not None
    assert program.name == shown


@pytest.mark.parametrize("icon", ["/etc/passwd", "../x", "a/b", "a\\nb", "", "x" * 200, ".x", "-x"])
def test_icon_is_a_name_or_none(icon: str) -> None:
    program = parsed(f"{HEAD}Exec=a\nIcon={icon}\n")
    assert program is not None
    assert program.icon == ""


@pytest.mark.parametrize("id_", ["", "../x", "a/b", "a b", ".x", "a\n", "x" * 200, "\u202ea"])
def test_entry_with_an_odd_file_name_is_refused(id_: str) -> None:
    with pytest.raises(BadEntry):
        program_in(untrusted_text=f"{HEAD}Exec=a\n", untrusted_id=id_)


def test_file_without_the_group_is_refused() -> None:
    with pytest.raises(BadEntry):
        parsed("Type=Application\nExec=a\n")


@given(st.text(max_size=300))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for whole in (text, f"{HEAD}Exec={text}", f"[Desktop Entry]\nType=Application\nExec=a\nName={text}"):
        try:
            program = parsed(whole)
        except BadEntry:
            continue
        assert program is None or all(each.isprintable() for each in (program.name, program.icon, *program.argv))


words = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF).filter(str.isprintable), max_size=20)


@given(st.lists(words, max_size=6))
def test_command_line_that_we_write_is_read_back(more: list[str]) -> None:
    written = ("/usr/bin/vitrail", *more)
    text = entry_text({"Type": "Application", "Name": "n", "Exec": exec_line(written)})
    program = parsed(text)
    assert program is not None
    assert program.argv == written


def test_values_are_escaped() -> None:
    text = entry_text({"Name": " a\\b\nc", "Keywords": ("x;y", "z")})
    assert text == "[Desktop Entry]\nName=\\sa\\\\b\\nc\nKeywords=x\\;y;z;\n"
