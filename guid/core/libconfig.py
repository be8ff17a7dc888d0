"""The part of libconfig's file format that guid.conf uses, as text to values; must not know what any setting means.

Groups, settings, strings, numbers, booleans, arrays, lists and the three kinds of comment. No @include: a file that
reaches for one is told so. What libconfig
refuses is refused here too, and every refusal names line and column and what could be there.
Source: libconfig 1.7 manual, "Configuration Files" and "Configuration File Grammar".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

MAX_TEXT_CHARACTERS: Final = 1 << 18
"""As for the other files of a person: more is not written by hand, nor by a launcher."""
MAX_DEPTH: Final = 8
"""guid.conf has groups two deep; libconfig itself recurses without a bound."""
MAX_NAME_CHARACTERS: Final = 64
MAX_STRING_CHARACTERS: Final = 4_096
MAX_NUMBER_CHARACTERS: Final = 20
"""Of a 64-bit number, with its sign."""

INT_BITS, LONG_BITS = 32, 64
"""A number is of 32 bits, with an L of 64; hexadecimal ones may fill them without a sign."""

TAB: Final = "\t"


class BadConfig(ValueError):
    """Text that is no configuration. The person's fault.

    line, column: from 1; a tab is one column. why: what is wrong, and what could be there.
    """

    def __init__(self, line: int, column: int, why: str) -> None:
        super().__init__(f"{line}:{column}: {why}")
        self.line = line
        self.column = column
        self.why = why


@dataclass(frozen=True, slots=True)
class Setting:
    """A value with its place. line, column: of the setting's name; of the value itself in a list."""

    value: Value
    line: int
    column: int


Scalar: TypeAlias = bool | int | float | str
Value: TypeAlias = "Scalar | tuple[Setting, ...] | dict[str, Setting]"
"""A tuple is an array or a list; a dict is a group, in the order of the file."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKENS: Final = re.compile(
    r"""
    (?P<blank>[ \t\r\n\f]+)
  | (?P<comment>(?:\#|//)[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*\*/)
  | (?P<open>/\*)
  | (?P<name>[A-Za-z*][A-Za-z0-9_*-]*)
  | (?P<decimal>[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?(?![\w.]))
  | (?P<number>[-+]?(?:0[xX][0-9A-Fa-f]+|[0-9]+)(?:L{1,2})?(?![\w.]))
  | (?P<digits>[-+]?\.?[0-9][\w.]*)
  | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*")
  | (?P<quote>")
  | (?P<include>@include)
  | (?P<mark>[{}()\[\]=:;,])
    """,
    re.ASCII | re.VERBOSE | re.DOTALL,
)
"""Each alternative takes a character at least and none can be split in two ways, so the time is that of the length."""

_ESCAPES: Final = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": TAB, "f": "\f", "a": "\a", "b": "\b", "v": "\v"}
_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))", re.ASCII | re.DOTALL)

_BOOLEANS: Final = {"true": True, "false": False}
_FAULTS: Final = {
    "open": "this comment has no end; it needs */",
    "quote": 'this text has no end; it needs "',
    "digits": "this is no number: digits, hexadecimal ones after 0x, or a decimal point among them",
    "include": "@include is not supported: write the settings here",
}
_A_VALUE: Final = "a value: true, false, a number, a text in quotes, or {, [ or ("


def parse(text: str) -> dict[str, Setting]:
    """The settings of a whole file. Raises BadConfig; takes time in proportion to the text."""
    return _Parser(text).whole()


class _Parser:
    """Goes once over the text; `_next` is the token that has not been used."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line, self._line_at, self._counted = 1, 0, 0
        self._depth = 0
        if len(text) > MAX_TEXT_CHARACTERS:
            raise BadConfig(1, 1, f"longer than {MAX_TEXT_CHARACTERS} characters")
        self._next = self._token()

    def whole(self) -> dict[str, Setting]:
        """All settings up to the end."""
        found = self._settings()
        if self._next.kind != "end":
            raise self._expected("a setting's name or the end of the file")
        return found

    # Grammar

    def _settings(self) -> dict[str, Setting]:
        found: dict[str, Setting] = {}
        while self._next.kind == "name":
            name, line, column = self._next.text, *self._place(self._next.at)
            if len(name) > MAX_NAME_CHARACTERS:
                raise BadConfig(line, column, f"a name has at most {MAX_NAME_CHARACTERS} characters")
            if name in found:
                raise BadConfig(line, column, f"{name} was set in line {found[name].line} already")
            self._advance()
            self._take("=:", f"= or : after {name}")
            found[name] = Setting(self._value(), line, column)
            if self._next.text in (";", ",") and self._next.kind == "mark":
                self._advance()
        return found

    def _value(self) -> Value:
        token = self._next
        if token.kind == "string":
            return self._strings()
        if token.kind == "decimal":
            self._advance()
            return self._decimal(token)
        if token.kind == "number":
            self._advance()
            return self._number(token)
        if token.kind == "name" and token.text.lower() in _BOOLEANS:
            self._advance()
            return _BOOLEANS[token.text.lower()]
        if token.kind == "mark" and token.text in "{[(":
            return self._nested(token)
        raise self._expected(_A_VALUE)

    def _nested(self, token: _Token) -> Value:
        if self._depth == MAX_DEPTH:
            raise BadConfig(*self._place(token.at), f"at most {MAX_DEPTH} groups or lists may lie in each other")
        self._depth += 1
        self._advance()
        found: Value
        if token.text == "{":
            found = self._settings()
            self._take("}", "a setting's name, or } for the end of the group")
        else:
            end = "]" if token.text == "[" else ")"
            found = self._elements(end, scalars_only=end == "]")
            self._take(end, f", or {end} after a value of the list")
        self._depth -= 1
        return found

    def _elements(self, end: str, *, scalars_only: bool) -> tuple[Setting, ...]:
        found: list[Setting] = []
        while not self._is(end):
            line, column = self._place(self._next.at)
            value = self._value()
            if scalars_only and (
                isinstance(value, tuple | dict) or (found and type(found[0].value) is not type(value))
            ):
                raise BadConfig(line, column, "the values between [ and ] must be scalars of one type; use ( and )")
            found.append(Setting(value, line, column))
            if not self._is(","):
                break
            self._advance()
        return tuple(found)

    def _strings(self) -> str:
        """Texts one after another are one."""
        parts: list[str] = []
        length, first = 0, self._next
        while self._next.kind == "string":
            parts.append(self._unescaped(self._next))
            length += len(parts[-1])
            if length > MAX_STRING_CHARACTERS:
                raise BadConfig(*self._place(first.at), f"a text has at most {MAX_STRING_CHARACTERS} characters")
            self._advance()
        return "".join(parts)

    def _unescaped(self, token: _Token) -> str:
        def meant(found: re.Match[str]) -> str:
            hexadecimal, letter = found.groups()
            if hexadecimal is not None:
                return chr(int(hexadecimal, 16))
            if letter not in _ESCAPES:
                place = self._place(token.at + 1 + found.start())
                raise BadConfig(*place, f"after a backslash there may be {' '.join(_ESCAPES)} or x and two digits")
            return _ESCAPES[letter]

        return _ESCAPE.sub(meant, token.text[1:-1])

    def _number(self, token: _Token) -> int:
        digits = token.text.rstrip("L")
        bits = INT_BITS if digits == token.text else LONG_BITS
        is_hex = "x" in digits.lower()
        value = int(digits, 16 if is_hex else 10) if len(digits) <= MAX_NUMBER_CHARACTERS else 1 << LONG_BITS
        most = 1 << (bits if is_hex else bits - 1)
        if not -(1 << bits - 1) <= value < most:
            raise BadConfig(*self._place(token.at), f"a number of at most {bits} bits")
        return value

    def _decimal(self, token: _Token) -> float:
        if len(token.text) > MAX_NUMBER_CHARACTERS:
            raise BadConfig(*self._place(token.at), f"a number has at most {MAX_NUMBER_CHARACTERS} characters")
        return float(token.text)

    # Tokens

    def _is(self, mark: str) -> bool:
        return self._next.kind == "mark" and self._next.text == mark

    def _take(self, marks: str, wanted: str) -> None:
        if self._next.kind != "mark" or self._next.text not in marks:
            raise self._expected(wanted)
        self._advance()

    def _advance(self) -> None:
        self._next = self._token()

    def _token(self) -> _Token:
        """The next one that is neither blank nor comment."""
        while self._at < len(self._text):
            at, found = self._at, _TOKENS.match(self._text, self._at)
            kind = found.lastgroup if found is not None else None
            if found is None or kind is None:
                raise BadConfig(*self._place(at), f"{_shown(self._text[at])} means nothing here")
            if kind in _FAULTS:
                raise BadConfig(*self._place(at), _FAULTS[kind])
            self._at = found.end()
            if kind not in ("blank", "comment"):
                return _Token(kind, found.group(), at)
        return _Token("end", "", self._at)

    def _expected(self, wanted: str) -> BadConfig:
        there = "the end of the file" if self._next.kind == "end" else _shown(self._next.text)
        return BadConfig(*self._place(self._next.at), f"{there}, where there must be {wanted}")

    def _place(self, at: int) -> tuple[int, int]:
        """Line and column of a character; only the lines since the last one that was asked for are counted."""
        if at < self._counted:  # an escape inside a text that has been taken
            line = self._text.count("\n", 0, at) + 1
            return line, at - (self._text.rfind("\n", 0, at) + 1) + 1
        self._line += self._text.count("\n", self._counted, at)
        start = self._text.rfind("\n", self._counted, at)
        self._line_at = start + 1 if start >= 0 else self._line_at
        self._counted = at
        return self._line, at - self._line_at + 1


SHOWN_CHARACTERS: Final = 24


def _shown(text: str) -> str:
    cut = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."
    return ascii(cut)
