"""Rules of the clipboard as the person writes them in TOML; must not know which file they come from.

[[rule]]
source = "vault"       # a name, "*", or "@label:red", "@tag:T"
target = "*"
action = "deny"        # "allow", "ask" or "deny"
notify = true          # tell of each paste
times = 3              # what was copied may be pasted so often (default: once)
seconds = 600          # ... and for so long
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from guid.clipboard.verdict import MAX_SECONDS, MAX_TIMES, Action, Pattern, Rule, Verdict

KEYS = ("source", "target", "action", "notify", "times", "seconds")
PATTERN = re.compile(r"\*|@anyvm|@(?:tag|type|label):[A-Za-z0-9_.-]{1,64}|[A-Za-z][A-Za-z0-9_.-]{0,30}", re.ASCII)


class BadPolicy(ValueError):
    """A rule that is not understood; the message says which and why. The person's fault."""


def rules(contents: Mapping[str, Any]) -> list[Rule]:
    """The rules of a whole file. Raises BadPolicy: one bad rule makes all of them worthless."""
    written = contents.get("rule", [])
    others = set(contents) - {"rule"}
    if others or not isinstance(written, list):
        raise BadPolicy(f"only [[rule]] is known here, not {', '.join(sorted(others)) or 'rule as anything else'}")
    return [_rule(number, entry) for number, entry in enumerate(written, 1)]


def _rule(number: int, entry: object) -> Rule:
    where = f"rule {number}"
    if not isinstance(entry, dict):
        raise BadPolicy(f"{where} must be a table")
    unknown = sorted(set(entry) - set(KEYS))
    if unknown:
        raise BadPolicy(f"{where}: there is no key {', '.join(unknown)}; there are {', '.join(KEYS)}")
    source, target = (_pattern(where, key, entry.get(key)) for key in ("source", "target"))
    try:
        action = Action(entry.get("action"))
    except ValueError:
        raise BadPolicy(f"{where}: action must be one of {', '.join(each.value for each in Action)}") from None
    notify = entry.get("notify", True)
    if not isinstance(notify, bool):
        raise BadPolicy(f"{where}: notify must be true or false")
    times, seconds = (
        _number(where, key, entry.get(key), most) for key, most in (("times", MAX_TIMES), ("seconds", MAX_SECONDS))
    )
    if times is None and seconds is None:
        times = 1
    return Rule(
        source, target, Verdict(action, notify, times=None if times is None else int(times), seconds=seconds, why=where)
    )


def _pattern(where: str, key: str, value: object) -> Pattern:
    if not isinstance(value, str) or PATTERN.fullmatch(value) is None:
        raise BadPolicy(f'{where}: {key} must be a qube\'s name, "*", or "@label:", "@tag:" with a word')
    return Pattern(value)


def _number(where: str, key: str, value: object, most: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadPolicy(f"{where}: {key} must be a whole number from 1 to {most:.0f}")
    return value
