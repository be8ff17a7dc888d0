"""What the person may decide about one qube's windows; must not know where it is written down.

The keys are those of Qubes' guid.conf where it has one for the same thing. Every default is the careful choice.
Source: qubes-gui-daemon, guid.conf.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace


class BadOption(ValueError):
    """A key that does not exist, or a value that it cannot have; the message names both. The person's fault."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the windows of one qube are treated.

    allow_fullscreen: a window that asks for the whole screen gets it, frame and banner included; else it is maximised.
    allow_utf8_titles: titles may have other letters than ASCII.
    title_name: titles begin with "[qube] ".
    """

    allow_fullscreen: bool = False
    allow_utf8_titles: bool = True
    title_name: bool = False


DEFAULT_OPTIONS = Options()


def boolean(value: object) -> bool:
    """true or false, and nothing that merely looks like it. Raises BadOption."""
    if not isinstance(value, bool):
        raise BadOption("must be true or false")
    return value


RULES: dict[str, Callable[[object], object]] = {
    "allow_fullscreen": boolean,
    "allow_utf8_titles": boolean,
    "title_name": boolean,
}
"""Key → what turns a value as written into the value of the field of that name; raises BadOption."""


def changed(options: Options, written: Mapping[str, object]) -> Options:
    """Return `options` with what is written instead. Raises BadOption."""
    values: dict[str, object] = {}
    for key, value in written.items():
        rule = RULES.get(key)
        if rule is None:
            raise BadOption(f"there is no option {key!r}; there are {', '.join(RULES)}")
        try:
            values[key] = rule(value)
        except BadOption as error:
            raise BadOption(f"{key} = {value!r}: {error}") from None
    return replace(options, **values)  # type: ignore[arg-type]  # each rule returns its field's type
