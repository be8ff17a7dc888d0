"""A program as its desktop entry tells it, and an entry of our own as a text; must not know where they lie.

The entry may be a template's, whose files anybody may have made: what is not as the specification has it is refused,
and what the person will read is made safe to read. Source: Desktop Entry Specification 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from guid.core.text import safe_title

MAX_ENTRY_BYTES: Final = 128 << 10
"""The largest of Debian's, with names in a hundred languages, have 30 KiB."""
MAX_EXEC_CHARACTERS: Final = 4096
MAX_WORDS: Final = 64
MAX_NAME_CHARACTERS: Final = 64
MAX_ID_CHARACTERS: Final = 128

GROUP: Final = "[Desktop Entry]"
ID: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,{MAX_ID_CHARACTERS - 1}}}", re.ASCII)
"""A desktop file's name without its end; what becomes part of a file's name of ours."""
ICON: Final = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,{MAX_ID_CHARACTERS - 1}}}", re.ASCII)
"""A name in an icon theme. Never a path: a picture of a template would be read by the person's own desktop."""
CLASS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,63}", re.ASCII)
WORD: Final = re.compile(r'\s*(?:"((?:[^"\\`$]|\\["\\`$])*)"|([^\s"\'\\<>~|&;$*?#()`]+))(?=\s|$)')
"""A word of Exec, in quotes or plain. Source: "The Exec key"."""
ESCAPES: Final[Mapping[str, str]] = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
FILES: Final = ("%f", "%F", "%u", "%U")
"""Stand for files of the desktop, which a qube does not see: a word with one is left out."""
NOTHING: Final = ("%i", "%k", "%d", "%D", "%n", "%N", "%v", "%m")
"""Stand for what has no meaning in a qube, or are deprecated: left out as a word."""
RESERVED: Final = re.compile(r"[\s\"'\\<>~|&;$*?#()`=]", re.ASCII)


class BadEntry(ValueError):
    """A desktop entry that is not as it should be; the message says what, in words of ours alone."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that a menu can have. id: of its desktop file, without the end. name: safe to show. argv: its words.

    icon: a name in an icon theme, "" for none. terminal: it needs one. window_class: of its windows, "" if unknown.
    needs: another program that must be there, a path or a name; "" for none. settings: it only sets up a desktop.
    """

    id: str
    name: str
    argv: tuple[str, ...]
    icon: str = ""
    terminal: bool = False
    window_class: str = ""
    needs: str = ""
    settings: bool = False


def program_in(*, untrusted_text: str, untrusted_id: str, languages: Sequence[str] = ()) -> Program | None:
    """The program of a desktop entry; None if no menu is to have it.

    languages: those of the person, the best first, as "de_DE" and "de". Raises BadEntry.
    """
    if ID.fullmatch(untrusted_id) is None:
        raise BadEntry("the name of the file")
    id_ = untrusted_id
    keys = _keys(untrusted_text=untrusted_text)
    if keys.get("Type") != "Application" or any(keys.get(each) == "true" for each in ("NoDisplay", "Hidden")):
        return None
    if "OnlyShowIn" in keys or "Exec" not in keys:  # a desktop's own tool; a service without a command line
        return None
    localized = [keys[name] for each in languages if (name := f"Name[{each}]") in keys]
    name = _shown([*localized, keys.get("Name", "")], id_.rpartition(".")[2])
    categories = keys.get("Categories", "").split(";")
    return Program(
        id=id_,
        name=name,
        argv=_words(keys["Exec"], name),
        icon=_matching(ICON, keys.get("Icon", "")),
        terminal=keys.get("Terminal") == "true",
        window_class=_matching(CLASS, keys.get("StartupWMClass", "")),
        needs=keys.get("TryExec", ""),
        settings="Settings" in categories or "Screensaver" in categories,
    )


def entry_text(values: Mapping[str, str | Iterable[str]]) -> str:
    """A desktop entry with these keys. A value of several texts is a list."""
    lines = [GROUP]
    for key, value in values.items():
        several = [] if isinstance(value, str) else [f"{_escaped(each).replace(';', chr(92) + ';')};" for each in value]
        lines.append(f"{key}={_escaped(value) if isinstance(value, str) else ''.join(several)}")
    return "\n".join(lines) + "\n"


def exec_line(argv: Iterable[str]) -> str:
    """The command line as a value of Exec, before it is written down as a string."""
    return " ".join(_quoted(word.replace("%", "%%")) for word in argv)


def _keys(*, untrusted_text: str) -> dict[str, str]:
    """Key → value of the entry's first group, as strings; the first of two equal keys counts."""
    keys: dict[str, str] = {}
    group = ""
    for line in untrusted_text.split("\n"):
        stripped = line.strip(" \t\r")
        if stripped.startswith("["):
            if group == GROUP:
                break
            group = stripped
        elif group == GROUP and "=" in stripped and not stripped.startswith("#"):
            key, _, value = stripped.partition("=")
            keys.setdefault(key.rstrip(" \t"), _unescaped(value.lstrip(" \t")))
    if group != GROUP and not keys:
        raise BadEntry("no group [Desktop Entry]")
    return keys


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), value)


def _shown(candidates: Iterable[str], otherwise: str) -> str:
    for each in candidates:
        safe = " ".join(safe_title(each[: 4 * MAX_NAME_CHARACTERS].encode("utf-8", "replace")).split())
        if safe.strip("_ "):
            return safe[:MAX_NAME_CHARACTERS].rstrip()
    return otherwise


def _matching(pattern: re.Pattern[str], value: str) -> str:
    return value if pattern.fullmatch(value) else ""


def _words(line: str, name: str) -> tuple[str, ...]:
    """The words of an Exec line without files. Raises BadEntry."""
    if len(line) > MAX_EXEC_CHARACTERS or not line.isprintable():
        raise BadEntry("Exec has characters that no command line has, or too many")
    words: list[str] = []
    at, end = 0, len(line.rstrip(" "))
    while at < end:
        found = WORD.match(line, at, end)
        if found is None or len(words) == MAX_WORDS:
            raise BadEntry("Exec is not quoted as it should be, or too long")
        at = found.end()
        words.append(re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2])
    filled = [each for word in words if (each := _filled(word, name)) is not None]
    if not filled or not filled[0] or filled[0] != words[0]:
        raise BadEntry("Exec names no program")
    return tuple(filled)


def _filled(word: str, name: str) -> str | None:
    """A word without field codes; None if it stands for what a qube does not have."""
    codes = re.findall(r"%.?", word)
    if any(code in (*FILES, *NOTHING) for code in codes):
        return None
    if any(code not in ("%%", "%c") for code in codes):
        raise BadEntry("Exec has a field code that does not exist")
    return re.sub(r"%.", lambda found: "%" if found[0] == "%%" else name, word)


def _quoted(word: str) -> str:
    if word and not RESERVED.search(word):
        return word
    return '"' + re.sub(r'(["\\`$])', r"\\\1", word) + '"'


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f"\\s{escaped[1:]}" if escaped.startswith(" ") else escaped
