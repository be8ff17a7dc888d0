"""What the command line may add to every window of a qube, besides its options; must not know X's numbers.

Source: qubes-gui-daemon 4.3, options -p, -I and -i.
"""

from enum import Enum
from typing import Final, NamedTuple

MAX_PROPERTIES: Final = 10
"""As in the C daemon."""
MAX_NAME_CHARACTERS: Final = 128
MAX_VALUE_CHARACTERS: Final = 4_096
CARDINAL_BITS: Final = 32


class BadExtra(ValueError):
    """Words that are no property; the message says what they must be. The person's fault."""


class PropertyKind(Enum):
    """The letter by which a property's type is said."""

    STRING = "s"
    """a text, of bytes"""
    ATOM = "a"
    """the name of an atom"""
    CARDINAL = "c"
    """whole numbers of 32 bits with commas between them, decimal, octal or hexadecimal as in C"""


class ExtraProperty(NamedTuple):
    """One property on every window. value: text, of an atom its name; or numbers."""

    name: str
    kind: PropertyKind
    value: str | tuple[int, ...]


class Extras(NamedTuple):
    """properties: on every window. invisible: no window is ever shown. class_name: of windows that have said none.

    picture: a PNG that stands for the label, checked; b"" for the label's own icon.
    """

    properties: tuple[ExtraProperty, ...] = ()
    invisible: bool = False
    class_name: str = ""
    picture: bytes = b""

    def atoms(self) -> list[str]:
        """The names of all atoms that are needed."""
        values = [each.value for each in self.properties if each.kind is PropertyKind.ATOM]
        return [*(each.name for each in self.properties), *(value for value in values if isinstance(value, str))]


NO_EXTRAS: Final = Extras()


def extra_property(text: str) -> ExtraProperty:
    """NAME=T:VALUE as a property. Raises BadExtra."""
    name, equals, rest = text.partition("=")
    letter, colon, value = rest.partition(":")
    kinds = {kind.value: kind for kind in PropertyKind}
    if not equals or not colon or letter not in kinds:
        raise BadExtra(f"{text!r} must be NAME=T:VALUE, where T is one of {', '.join(kinds)}")
    _check_name(name)
    if len(value) > MAX_VALUE_CHARACTERS or "\0" in value:
        raise BadExtra(f"a property's value has at most {MAX_VALUE_CHARACTERS} characters, none of them NUL")
    kind = kinds[letter]
    if kind is PropertyKind.CARDINAL:
        return ExtraProperty(name, kind, tuple(_cardinal(each) for each in value.split(",")))
    if kind is PropertyKind.ATOM:
        _check_name(value)
    return ExtraProperty(name, kind, value)


def _check_name(name: str) -> None:
    if not 0 < len(name) <= MAX_NAME_CHARACTERS or not name.isascii() or not name.isprintable():
        raise BadExtra(f"an atom's name has 1 to {MAX_NAME_CHARACTERS} printable characters of ASCII, not {name!r}")


def _cardinal(text: str) -> int:
    """A number as strtoul reads it with base 0."""
    word = text.strip()
    is_octal = len(word) > 1 and word[0] == "0" and word.isdecimal() and word.isascii()
    try:
        found = int(word, 8 if is_octal else 0) if word.isascii() and "_" not in word else -1
    except ValueError:
        found = -1
    if not 0 <= found < 1 << CARDINAL_BITS:
        raise BadExtra(f"{text!r} must be a whole number of {CARDINAL_BITS} bits")
    return found
