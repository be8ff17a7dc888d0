"""Rules of the clipboard in the two forms of Qubes OS; must not know which files they come from.

Current form, a line: `SERVICE ARGUMENT SOURCE TARGET ACTION [KEY=VALUE ...]`. Older form, one file for each service, a
line: `SOURCE TARGET ACTION[,KEY=VALUE ...]`, with `$` where the current form has `@`. Lines for other services are
passed over, but a line that is not understood makes the whole file worthless.
Source: Qubes OS documentation, "RPC policies", and the notes on the older format (R4.0).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from guid.clipboard.policy_toml import PATTERN, BadPolicy
from guid.clipboard.verdict import Action, Pattern, Rule, Verdict

SERVICE = "qubes.ClipboardPaste"
MAX_INCLUDES = 64
TARGETS_FOR_OTHERS = frozenset({"@adminvm", "@default", "@dispvm"})
"""Words that are legal and can mean no qube that has windows here."""
WORD = re.compile(r"[*]|@?[A-Za-z][A-Za-z0-9_.:@-]*|\+[A-Za-z0-9_.+-]*", re.ASCII)


class Around(NamedTuple):
    """What a file may reach for. Each raises BadPolicy if it cannot be read.

    include: reads an included file. include_all: the names of the policy files in an included folder, in their order.
    compat: the rules of Qubes OS 4.0.
    """

    include: Callable[[str], str]
    include_all: Callable[[str], list[str]]
    compat: Callable[[], list[Rule]]


def rules(text: str, around: Around) -> list[Rule]:
    """The rules for pasting in a file of the current form. Raises BadPolicy."""
    found: list[Rule] = []
    budget = [MAX_INCLUDES]
    for where, line in _lines(text):
        found += _current(where, line, around, budget)
    return found


def _current(where: str, line: str, around: Around, budget: list[int]) -> Iterable[Rule]:
    if line.startswith("!"):
        yield from _directive(where, line, around, budget)
        return
    fields = line.split()
    if len(fields) < 5:
        raise BadPolicy(f"{where}: needs SERVICE ARGUMENT SOURCE TARGET ACTION")
    service, argument, source, target, action, *parameters = fields
    for word in (service, argument, source, target):
        if WORD.fullmatch(word) is None:
            raise BadPolicy(f"{where}: {word!r} is not understood")
    if service in (SERVICE, "*") and argument in ("*", "+"):
        yield from _rule(where, source, target, action, parameters)
    elif action not in {each.value for each in Action}:
        raise BadPolicy(f"{where}: there is no action {action!r}")


def _directive(where: str, line: str, around: Around, budget: list[int]) -> Iterable[Rule]:
    word, *arguments = line.split()
    if word == "!include" and len(arguments) == 1:
        paths, older = arguments, False
    elif word == "!include-dir" and len(arguments) == 1:
        paths, older = around.include_all(arguments[0]), False
    elif word == "!include-service" and len(arguments) == 3:
        concerns = arguments[0] in (SERVICE, "*") and arguments[1] in ("*", "+")
        paths, older = (arguments[2:] if concerns else []), True
    elif word == "!compat-4.0" and not arguments:
        yield from around.compat()
        return
    else:
        raise BadPolicy(f"{where}: {word} is not understood")
    for path in paths:
        budget[0] -= 1
        if budget[0] < 0:
            raise BadPolicy(f"{where}: more than {MAX_INCLUDES} files are included")
        text = around.include(path)
        if older:
            yield from older_rules(text, name=path)
            continue
        for inner, included in _lines(text):
            yield from _current(f"{path}, {inner}", included, around, budget)


def older_rules(text: str, *, name: str = "") -> list[Rule]:
    """The rules in a file of the older form, which is for this service alone. Raises BadPolicy."""
    found: list[Rule] = []
    for line_number, line in _lines(text):
        where = f"{name}, {line_number}" if name else line_number
        fields = line.replace("$", "@").replace(",", " ").split()
        if len(fields) < 3:
            raise BadPolicy(f"{where}: needs SOURCE TARGET ACTION")
        source, target, action, *parameters = fields
        found += _rule(where, source, target, action, parameters)
    return found


def _rule(where: str, source: str, target: str, action: str, parameters: list[str]) -> Iterable[Rule]:
    try:
        what = Action(action)
    except ValueError:
        raise BadPolicy(f"{where}: there is no action {action!r}") from None
    notify = what is not Action.ALLOW
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if not equals or key not in ("notify", "target", "default_target", "user", "autostart"):
            raise BadPolicy(f"{where}: {parameter!r} is not understood")
        if key == "target":
            raise BadPolicy(f"{where}: a paste goes where the person pastes it, it has no other target")
        if key == "notify":
            if value not in ("yes", "no"):
                raise BadPolicy(f"{where}: notify must be yes or no")
            notify = value == "yes"
    if source in TARGETS_FOR_OTHERS or target in TARGETS_FOR_OTHERS or target.startswith("@dispvm:"):
        return
    for word in (source, target):
        if PATTERN.fullmatch(word) is None:
            raise BadPolicy(f"{where}: {word!r} is not understood")
    yield Rule(Pattern(source), Pattern(target), Verdict(what, notify, why=where))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Lines that say something, with their places. A comment begins a line."""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield f"line {number}", stripped
