"""guid/core/opening.py: a file's type by its name, the program for it, and the command line that is made of that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.opening import candidates, changed_name, globs, groups, program, types_of, with_parents

GLOBS = """\
# comment
50:application/pdf:*.pdf
50:application/x-tar:*.tar
50:application/gzip:*.gz
50:application/x-compressed-tar:*.tar.gz
60:text/x-c++src:*.C:cs
50:text/x-csrc:*.c
80:text/x-copying:copying
not a line
"""


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("report.pdf", ["application/pdf"]),
        ("REPORT.PDF", ["application/pdf"]),
        ("x.tar.gz", ["application/x-compressed-tar", "application/gzip"]),
        ("a.C", ["text/x-c++src", "text/x-csrc"]),
        ("a.c", ["text/x-csrc"]),
        ("copying", ["text/x-copying"]),
        ("nothing", []),
        ("*.pdf\n", []),
    ],
)
def test_type_is_known_by_the_name(name: str, types: list[str]) -> None:
    assert types_of(name, list(globs(GLOBS))) == types


def test_parents_follow_their_children_and_end() -> None:
    subclasses = "text/x-csrc text/plain\ntext/x-c++src text/x-csrc\na b\nb a\n"
    assert with_parents(["text/x-c++src"], subclasses) == ["text/x-c++src", "text/x-csrc", "text/plain"]
    assert with_parents(["text/odd"], "") == ["text/odd", "text/plain"]
    assert with_parents(["a"], subclasses) == ["a", "b"]
    assert with_parents([], subclasses) == []


def test_chosen_default_goes_before_what_programs_say_of_themselves() -> None:
    mine = "[Default Applications]\na/pdf=mine.desktop;second.desktop;\n[Removed Associations]\na/pdf=bad.desktop\n"
    system = "[Default Applications]\na/pdf=system.desktop\n[Added Associations]\na/pdf=added.desktop;bad.desktop\n"
    claims = {"bad.desktop": ["a/pdf"], "other.desktop": ["text/plain"], "viewer.desktop": ["a/pdf"]}
    found = list(candidates("a/pdf", [mine, system], claims))
    assert found == ["mine.desktop", "second.desktop", "system.desktop", "added.desktop", "viewer.desktop"]


def entry(exec_: str, more: str = "") -> str:
    return f"[Desktop Entry]\nType=Application\nName=A Viewer\nExec={exec_}\n{more}\n[Desktop Action x]\nExec=no\n"


@pytest.mark.parametrize(
    ("exec_", "command"),
    [
        ("view %f", ["view", "/h/a b.pdf"]),
        ("view", ["view", "/h/a b.pdf"]),
        ("view --new %U", ["view", "--new", "/h/a b.pdf"]),
        ("view --file=%u 100%%", ["view", "--file=/h/a b.pdf", "100%"]),
        ('"/opt/my view/view" %i %c %k %F', ["/opt/my view/view", "A Viewer", "/h/a b.pdf"]),
        (r'view "a \\"b\\" \\$c" %f', ["view", 'a "b" $c', "/h/a b.pdf"]),
        ("view %q%f", ["view", "/h/a b.pdf"]),
        ("view; rm -rf $HOME `x` %f", ["view;", "rm", "-rf", "$HOME", "`x`", "/h/a b.pdf"]),
    ],
)
def test_command_line_is_words_and_never_a_shells(exec_: str, command: list[str]) -> None:
    found = program(entry(exec_))
    assert found is not None
    assert found.command("/h/a b.pdf") == command


def test_program_for_a_terminal_gets_one() -> None:
    found = program(entry("less %f", "Terminal=true\nMimeType=text/plain;text/x-log;"))
    assert found is not None
    assert found.command("/h/x") == ["xterm", "-e", "less", "/h/x"]
    assert found.types == ("text/plain", "text/x-log")


@pytest.mark.parametrize("text", ["", "[Desktop Entry]\nType=Link\nExec=x\n", entry("x", "Hidden=true"), entry("")])
def test_entry_without_a_program_is_none(text: str) -> None:
    assert program(text) is None


def test_quote_that_is_not_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="not closed"):
        program(entry('view "x'))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    groups(text)
    list(globs(text))
    try:
        program(entry(text.replace("\n", " ")))
    except ValueError:
        return


@pytest.mark.parametrize(
    ("name", "number", "changed"),
    [
        ("report.pdf", 1, "report.changed.pdf"),
        ("report.pdf", 2, "report.changed-2.pdf"),
        ("README", 1, "README.changed"),
        (".profile", 1, ".profile.changed"),
        ("a.tar.gz", 3, "a.tar.changed-3.gz"),
    ],
)
def test_changed_copy_keeps_its_ending(name: str, number: int, changed: str) -> None:
    assert changed_name(name, number) == changed
