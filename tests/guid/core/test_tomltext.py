"""guid/core/tomltext.py: where a key stands, and files that keep what a person wrote around it."""

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guid.core.tomltext import CannotEdit, changed, line_of, quoted, statements

TEXT = """\
# my browser
label = "red"   # for now

memory = \"\"\"
4G\"\"\"
list = [
  1,

  2,
]

[options]
# titles
title_name = true
[options.deep]
title_name = 3
"""


@pytest.mark.parametrize(
    ("key", "table", "line"),
    [
        ("label", (), 2),
        ("memory", (), 4),
        ("list", (), 6),
        ("options", (), 12),
        ("title_name", ("options",), 14),
        ("title_name", ("options", "deep"), 16),
        ("nowhere", (), 1),
    ],
)
def test_line_of_a_key_is_where_it_begins(key: str, table: tuple[str, ...], line: int) -> None:
    assert line_of(TEXT, key, table) == line


def test_changed_keeps_every_other_line() -> None:
    assert changed(TEXT, "label", '"blue"') == TEXT.replace('label = "red"   # for now', 'label = "blue"')
    assert changed(TEXT, "memory", '"1G"') == TEXT.replace('memory = """\n4G"""', 'memory = "1G"')
    assert changed(TEXT, "memory", None) == TEXT.replace('memory = """\n4G"""\n', "")
    assert changed(TEXT, "title_name", "false", ("options",)) == TEXT.replace("title_name = true", "title_name = false")


TRICKY = """\
a = "no ] end # here"  # but [ here, and \u2028 is no line's end
b = 'nor [ here'
c = '''
[in a string]
it's = "none"'''''
d = \"\"\"\\\"\"\"
e = 1\"\"\"\"
f = { x = [
  1, # ]
], y = "}" }
[[g]] # [
h = [
]"""


def test_every_statement_of_a_text_ends_where_it_ends() -> None:
    assert tomllib.loads(TRICKY)
    found = [(each.first, each.end, each.table, each.key) for each in statements(TRICKY)]
    assert found == [
        (0, 1, (), "a"),
        (1, 2, (), "b"),
        (2, 5, (), "c"),
        (5, 7, (), "d"),
        (7, 10, (), "f"),
        (10, 11, ("g",), ""),
        (11, 13, ("g",), "h"),
    ]
    assert [each[:2] for each in statements(TRICKY.replace("\n", "\r\n"))] == [each[:2] for each in found]


def test_long_statement_is_read_once_and_not_again_with_every_line() -> None:
    """Read again with each, that would be fifty million lines."""
    text = "list = [\n" + '  "one of many",\n' * 10_000 + "]\nlast = 1\n"
    began = time.process_time()
    assert line_of(text, "last") == 10_003
    assert time.process_time() - began < 5.0


def test_changed_puts_a_new_key_where_it_belongs() -> None:
    assert changed("", "label", '"blue"') == 'label = "blue"\n'
    assert changed("[options]\n", "label", '"blue"') == 'label = "blue"\n\n[options]\n'
    assert changed('label = "red"\n', "net", '"none"') == 'label = "red"\nnet = "none"\n'
    assert changed('label = "red"', "net", '"none"') == 'label = "red"\nnet = "none"'
    assert changed('label = "red"\n', "x", "1", ("options",)) == 'label = "red"\n\n[options]\nx = 1\n'
    assert changed("", "x", "1", ("options",)) == "[options]\nx = 1\n"
    assert changed("", "x", None, ("options",)) == ""


@pytest.mark.parametrize(
    ("text", "key", "table"),
    [
        ("options = {x = 1}\n", "x", ("options",)),
        ("options.x = 1\n", "x", ("options",)),
        ("options = 3\n", "x", ("options",)),
    ],
)
def test_what_is_written_in_another_form_is_left_to_the_person(text: str, key: str, table: tuple[str, ...]) -> None:
    with pytest.raises(CannotEdit):
        changed(text, key, "2", table)


def test_literal_that_is_no_value_is_refused() -> None:
    with pytest.raises(CannotEdit):
        changed("", "x", "1\ny = 2")
    with pytest.raises(tomllib.TOMLDecodeError):
        changed("", "x", "what?")


@given(st.text(st.characters(exclude_categories=("C", "Z")), max_size=20))
def test_quoted_text_is_read_again(text: str) -> None:
    assert tomllib.loads(f"x = {quoted(text)}") == {"x": text}


KEYS = st.sampled_from(["label", "net", "pool"])
VALUES = st.sampled_from(['"a"', "1", "[1,\n2]", '"""\n[options]\nlabel = 3\n"""', "{a = 1}"])
LINES = st.sampled_from(["", "# label = 3", "   "])


@given(
    st.dictionaries(KEYS, VALUES),
    st.lists(LINES),
    KEYS,
    st.none() | VALUES,
    st.sampled_from(["", "[options]\nlabel = 7\n"]),
)
def test_changed_changes_the_one_value_alone(
    before: dict[str, str], more: list[str], key: str, literal: str | None, options: str
) -> None:
    text = "\n".join([*more, *(f"{name} = {value}" for name, value in before.items()), *more, ""])
    text += options
    wanted = tomllib.loads(text)
    if literal is None:
        wanted.pop(key, None)
    else:
        wanted[key] = tomllib.loads(f"x = {literal}")["x"]
    edited = changed(text, key, literal)
    assert tomllib.loads(edited) == wanted
    assert [line for line in edited.split("\n") if line.startswith("#")] == [
        line for line in text.split("\n") if line.startswith("#")
    ]
