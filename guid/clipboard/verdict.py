"""What may be pasted where, as rules of which the first that fits counts; must not know where they are written.

The person's two chords are the consent: without any rule everything is allowed, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple, NewType

MAX_TIMES = 10_000
MAX_SECONDS = 7 * 24 * 3600.0
"""A clipboard that is kept for longer than a week is a mistake in a file."""

Pattern = NewType("Pattern", str)
"""A qube's name, or a word with an @: see `fits`."""

ANY = Pattern("@anyvm")


class Action(Enum):
    """What is done with a paste."""

    ALLOW = "allow"
    ASK = "ask"
    """the person is asked once more"""
    DENY = "deny"


class Verdict(NamedTuple):
    """What a rule says.

    notify: the person is told of the paste. times, seconds: what was copied stays in the clipboard for so many pastes
    in all, and for so long after the copy; None: no such limit. The default empties it with the first paste.
    why: which rule it was, for the log and the person.
    """

    action: Action
    notify: bool = True
    times: int | None = 1
    seconds: float | None = None
    why: str = ""

    def keeps(self, pastes: int, age_s: float) -> bool:
        """Whether what was copied stays after its paste number `pastes`, `age_s` seconds after the copy."""
        if self.times is not None and pastes >= self.times:
            return False
        return self.seconds is None or age_s < self.seconds

    def answered(self, said: Verdict) -> Verdict:
        """What the person said when this rule made them be asked: they decide, it says for how long."""
        return self._replace(action=said.action, why=said.why or self.why)


class Rule(NamedTuple):
    """One line: the verdict for pastes from a qube that fits `source` into one that fits `target`."""

    source: Pattern
    target: Pattern
    verdict: Verdict


class Traits(NamedTuple):
    """What a pattern may ask about a qube besides its name. known: False where nobody can say."""

    tags: frozenset[str] = frozenset()
    type: str = ""
    label: str = ""
    known: bool = True


class UnknownTrait(ValueError):
    """A rule asks for something that nobody here knows of a qube: whether it fits cannot be said."""


TraitsOf = Callable[[str], Traits]

NO_RULES = Verdict(Action.ALLOW, why="no rules are written: the person's two key presses are the consent")
NO_RULE_FITS = Verdict(Action.DENY, why="no rule fits")


def fits(pattern: Pattern, qube: str, traits: Traits) -> bool:
    """Whether a qube is meant: by `@anyvm` or `*`, `@tag:T`, `@type:T`, `@label:L`, or its name.

    `@adminvm` and `@default` never fit a qube that has windows here. Source: Qubes OS, qrexec policy format.
    Raises UnknownTrait.
    """
    word, _, value = pattern.partition(":")
    if word in ("@tag", "@type", "@label") and not traits.known:
        raise UnknownTrait(f"{pattern} asks what is not known here of {qube}")
    if word == "@tag":
        return value in traits.tags
    if word == "@type":
        return bool(value) and value == traits.type
    if word == "@label":
        return bool(value) and value == traits.label
    return pattern in (ANY, "*", qube)


def verdict(rules: Sequence[Rule] | None, source: str, target: str, traits_of: TraitsOf) -> Verdict:
    """The first rule that fits; None stands for no file at all, an empty list for files in which nothing is allowed.

    Raises UnknownTrait.
    """
    if rules is None:
        return NO_RULES
    of_source, of_target = traits_of(source), traits_of(target)
    for rule in rules:
        if fits(rule.source, source, of_source) and fits(rule.target, target, of_target):
            return rule.verdict
    return NO_RULE_FITS
