"""What the fields of a request to the supervisor may be, whatever is asked for; must not know who asks, nor how.

A command of another version, or a program of the person's own, may send anything: what has another type than is
reckoned with ends here, in words, and nowhere deeper in the supervisor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from guid.core.definition import ENGINES, Net


class Kind(NamedTuple):
    """words: what such a value is; fits: whether a value is one."""

    words: str
    fits: Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    """A text that can be a file's name or an argument: without NUL, and of letters that there are."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


def _is_object_of(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, dict) and all(fits(each) for each in value.values())


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _or_null(kind: Kind) -> Kind:
    return Kind(f"{kind.words}, or null", lambda value: value is None or kind.fits(value))


def _one_of(*words: str) -> Kind:
    return Kind(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)


TEXT: Final = Kind("a text", _is_text)
BOOLEAN: Final = Kind("true or false", _is_boolean)

FIELDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "argv": Kind("a list of texts", _is_texts),
        "display": TEXT,
        "do": TEXT,
        "engine": _or_null(_one_of(*ENGINES)),
        "folders": Kind("an object of texts", _is_object_of(_is_text)),
        "label": _or_null(TEXT),
        "net": _or_null(_one_of(*(each.value for each in Net))),
        "now": BOOLEAN,
        "qube": TEXT,
        "template": _or_null(TEXT),
        "until": _one_of("started", "exit", "end"),
        "wait": BOOLEAN,
        "wanted": Kind("an object of true and false", _is_object_of(_is_boolean)),
    }
)
"""A field means the same in every request that has it."""


def misfit(request: Mapping[str, Any]) -> str:
    """What is wrong with the first field that is not of its kind, in words; "" if all are."""
    wrong = (name for name, kind in FIELDS.items() if name in request and not kind.fits(request[name]))
    return next((f"{name!r} in a request must be {FIELDS[name].words}" for name in wrong), "")
