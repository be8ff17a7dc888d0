"""guid.conf's file format: what is read, what is refused and where, and that hostile text takes no time."""

import time
from contextlib import suppress
from statistics import median

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from guid.core.libconfig import MAX_DEPTH, MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS, BadConfig, Setting, Value, parse

Plain = bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def plain(value: Value) -> Plain:
    """A value without its places."""
    if isinstance(value, dict):
        return {name: plain(setting.value) for name, setting in value.items()}
    if isinstance(value, tuple):
        return [plain(setting.value) for setting in value]
    return value


SHIPPED = """
# Default configuration file
global: {
  # allow_fullscreen = false;
  secure_copy_sequence = "Ctrl-Shift-c";   // the C comment
  windows_count_limit = 500; /* not
                                a setting = 1; */
  override_redirect_protection = TRUE
  max_clipboard_size = 64000
};
VM: { work: { trayicon_mode = "border1", }; personal = { allow_utf8_titles: true } }
"""


def test_file_as_qubes_ships_it_is_read() -> None:
    assert plain(parse(SHIPPED)) == {
        "global": {
            "secure_copy_sequence": "Ctrl-Shift-c",
            "windows_count_limit": 500,
            "override_redirect_protection": True,
            "max_clipboard_size": 64000,
        },
        "VM": {"work": {"trayicon_mode": "border1"}, "personal": {"allow_utf8_titles": True}},
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-7", -7),
        ("+7", 7),
        ("007", 7),
        ("0x7fFF", 0x7FFF),
        ("0xFFFFFFFF", 0xFFFFFFFF),
        ("4294967296L", 1 << 32),
        ("1.5", 1.5),
        ("-.5e1", -5.0),
        ("fAlSe", False),
        ('""', ""),
        (r'"a\\b\"c\n\x41"', 'a\\b"c\nA'),
        ('"one " "two"', "one two"),
        ('"# no // comment /* "', "# no // comment /* "),
        ("[ ]", []),
        ('["a", "b",]', ["a", "b"]),
        ('(1, "a", [true], { b = 2; })', [1, "a", [True], {"b": 2}]),
    ],
)
def test_value_reads_as(text: str, value: Plain) -> None:
    assert plain(parse(f"it = {text};")) == {"it": value}


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("a = ;", (1, 5), "a value"),
        ("a", (1, 2), "= or :"),
        ("\n\n  a = 1.5.5;", (3, 7), "no number"),
        ("a = 12abc;", (1, 5), "no number"),
        ("a = 1." + "0" * 20, (1, 5), "characters"),
        ("a = yes;", (1, 5), "true, false"),
        ("a = 2147483648;", (1, 5), "32 bits"),
        ("a = 0x100000000;", (1, 5), "32 bits"),
        ("a = 9223372036854775808L;", (1, 5), "64 bits"),
        ('a = "\n', (1, 5), "no end"),
        ("a = 1; /* never", (1, 8), "no end"),
        ('a = "x\ny\\q";', (2, 2), "backslash"),
        ("g: {\n  b = 1;\n", (3, 1), "}"),
        ("g: { b = 1; ]", (1, 13), "}"),
        ("a = [1, true];", (1, 9), "one type"),
        ("a = [[1]];", (1, 6), "scalars"),
        ("a = (1 2);", (1, 8), ")"),
        ("a = 1;;", (1, 7), "name"),
        ("a = 1;\nb = 2;\na = 3;", (3, 1), "line 1"),
        ("1 = a;", (1, 1), "name"),
        ('@include "x"', (1, 1), "@include"),
        ("a = 1; é = 2;", (1, 8), "'\\xe9'"),
        ("a" * (MAX_NAME_CHARACTERS + 1) + " = 1;", (1, 1), "characters"),
        ("a = " + "(" * (MAX_DEPTH + 1), (1, 5 + MAX_DEPTH), "each other"),
    ],
)
def test_text_that_is_no_configuration_is_refused_where_it_goes_wrong(
    text: str, place: tuple[int, int], word: str
) -> None:
    with pytest.raises(BadConfig) as refused:
        parse(text)
    assert (refused.value.line, refused.value.column) == place
    assert word in refused.value.why


def test_setting_knows_its_place() -> None:
    group = parse("\nVM: {\n  work: { a = 1; }; }")["VM"].value
    assert isinstance(group, dict)
    assert group["work"] == Setting({"a": Setting(1, 3, 11)}, 3, 3)


def test_text_that_is_too_long_is_refused() -> None:
    assert parse("#" * MAX_TEXT_CHARACTERS) == {}
    with pytest.raises(BadConfig, match="longer"):
        parse("#" * (MAX_TEXT_CHARACTERS + 1))


# Whatever is written is read back

NAMES = st.from_regex(r"[A-Za-z*][A-Za-z0-9_*-]{0,8}", fullmatch=True)
SCALARS = st.booleans() | st.integers(-(1 << 31), (1 << 31) - 1) | st.text(max_size=12)
PLAIN: st.SearchStrategy[Plain] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
BLANKS = st.sampled_from(["", " ", "\n", "\t", " # hi\n", "// } ]\n", "/* ; */", "/***/"])


def written(value: Plain, blank: str) -> str:
    """A value as text, `blank` between everything."""
    if isinstance(value, bool):
        return f"{blank}{str(value).lower()}{blank}"
    if isinstance(value, int):
        return f"{blank}{value}{blank}"
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{blank}"{quoted}"{blank}'
    if isinstance(value, list):
        return f"{blank}(" + ",".join(written(each, blank) for each in value) + f"){blank}"
    if isinstance(value, dict):
        return f"{blank}{{{settings(value, blank)}}}{blank}"
    raise TypeError(value)


def settings(group: dict[str, Plain], blank: str) -> str:
    return blank + ";".join(f"{blank}{name}{blank}={written(each, blank)}" for name, each in group.items()) + blank


def depth(value: Plain) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@settings_of(max_examples=60)
@given(st.dictionaries(NAMES, PLAIN.filter(lambda value: depth(value) <= MAX_DEPTH), max_size=4), BLANKS)
def test_anything_that_is_written_is_read_back(group: dict[str, Plain], blank: str) -> None:
    assert plain(dict(parse(settings(group, blank)))) == group


@settings_of(max_examples=60)
@given(st.text(alphabet='ab1 \n"\\/*#{}[]()=:;,.-Lx@é', max_size=60) | st.text(max_size=30))
def test_any_text_is_read_or_refused_at_a_place_inside_it(text: str) -> None:
    try:
        parse(text)
    except BadConfig as refused:
        lines = text.split("\n")
        assert 1 <= refused.line <= len(lines)
        assert 1 <= refused.column <= len(lines[refused.line - 1]) + 1


# Time in proportion to the length

HOSTILE = {
    "open comments": "/* " * 10_000,
    "stars": "/*" + "*" * 30_000,
    "backslashes": 'a = "' + "\\" * 30_000,
    "escapes": 'a = "' + "\\n" * 15_000 + '";',
    "lines": "\n" * 30_000 + "a = 1;",
    "names": "".join(f"a{number} = 1;\n" for number in range(3_000)),
    "texts": "a = " + '"" ' * 10_000,
    "digits": "a = " + "1" * 30_000,
    "signs": "a = " + "-" * 30_000,
    "brackets": "(" * 30_000,
    "list": "a = (" + "1," * 12_000 + ");",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_twice_the_text_takes_about_twice_the_time(kind: str) -> None:
    text = HOSTILE[kind]

    def seconds(some: str) -> float:
        began = time.process_time()
        with suppress(BadConfig):
            parse(some)
        return time.process_time() - began

    half = median(seconds(text[: len(text) // 2]) for _ in range(3))
    whole = median(seconds(text) for _ in range(3))
    assert whole < 8 * half + 0.1  # quadratic time would be many seconds
