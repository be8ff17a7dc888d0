"""The manual pages as texts, made from the command line's tree; must not know where they are installed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import partial

from guid.commands.parsers import EXIT_CODES
from scripts.command_tree import Argument, Command, Kind

WIDTH = 76
"""Characters of a line of a page's source, as its own checkers have it."""

QUBES = (
    "A qube is a sandbox, or a virtual machine, with an X server, a home and programs of its own. Its windows appear on"
    " the desktop in a frame of the colour that the person has chosen for it. The first thing to try is"
)

FILES: Mapping[str, str] = {
    "$XDG_CONFIG_HOME/vitrail/qubes/NAME.toml": "what a qube is (~/.config/vitrail; root: /etc/vitrail)",
    "$XDG_CONFIG_HOME/vitrail/vitrail.toml": "options of all qubes",
    "$XDG_DATA_HOME/vitrail/qubes/NAME/home": "a qube's home (~/.local/share/vitrail; root: /var/lib/vitrail)",
    "$XDG_RUNTIME_DIR/vitrail": "sockets and logs of what runs",
}
ENVIRONMENT: Mapping[str, str] = {
    "DISPLAY": "the X server that shows the windows of the qubes, and that belongs to this machine",
    "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_RUNTIME_DIR": "where files lie, as the XDG base directory specification says",
}

DROPIN_CODES: Mapping[str, str] = {
    "0": "the agent is connected, or an earlier daemon serves it; with -f, it was told to end",
    "1": "wrong usage, a fault in the settings, or the agent did not connect in time",
    **{str(code): f"with -f, {EXIT_CODES[code].removeprefix('`daemon`: ')}" for code in (3, 4, 5)},
}
DROPIN_FILES: Mapping[str, str] = {
    "/etc/qubes/guid.conf": "settings, where -C names no other file",
    "/run/qubes/guid-running.ID": "the pid of the daemon of a domain, as long as its agent is connected",
    "/var/log/qubes/guid.NAME.log": "what a daemon says that is not in the foreground",
}


def man_pages(tree: Command, version: str, date: str) -> dict[str, str]:
    """File name → text. date: YYYY-MM-DD, of what is described."""
    pages = {"vitrail.1": _page(tree, _of_all(tree), version, date)}
    for each in tree.commands:
        pages[f"vitrail-{each.path[0]}.1"] = _page(each, _of_one(each), version, date)
    return pages


def dropin_page(tree: Command, version: str, date: str) -> str:
    """The page of `vitrail-guid`. tree: of scripts/dropin_tree.py."""
    return _page(tree, _of_dropin(tree), version, date)


def _page(command: Command, body: Iterator[str], version: str, date: str) -> str:
    title = "-".join((command.program, *command.path))
    head = [
        '.\\" Made from the parser by python -m scripts.share',
        f'.TH {title.upper()} 1 {date} "Vitrail {version}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        _plain(f"{title} -- {command.help.rstrip('.')}").replace(" \\-\\- ", " \\- ", 1),
    ]
    return "\n".join([*head, *body]) + "\n"


def _of_all(tree: Command) -> Iterator[str]:
    yield from (".SH SYNOPSIS", ".B vitrail", ".I COMMAND", "\\&...")
    yield from (".SH DESCRIPTION", f"{_plain(tree.help)}")
    yield from (".PP", _plain(QUBES), ".PP", ".RS 4", ".B vitrail run \\-\\- xterm", ".RE")
    yield ".SH COMMANDS"
    for each in tree.commands:
        yield from (".TP", f".BR vitrail\\-{_plain(each.path[0])} (1)", _plain(each.help))
    yield from _arguments(tree, ".SH OPTIONS")
    yield from _named(".SH EXIT STATUS", {str(code): meaning for code, meaning in EXIT_CODES.items()})
    yield from _named(".SH ENVIRONMENT", ENVIRONMENT)
    yield from _named(".SH FILES", FILES)


def _of_one(command: Command) -> Iterator[str]:
    yield ".SH SYNOPSIS"
    for each in _leaves(command):
        yield from (_usage(each), ".br") if each.commands else (_usage(each),)
        if each is not _leaves(command)[-1]:
            yield ".br"
    yield from (".SH DESCRIPTION", f"{_sentence(command.help)}")
    if command.epilog:
        yield from (".PP", _plain(command.epilog))
    yield from _arguments(command, ".SH OPTIONS")
    for each in command.below():
        yield f".SH {_plain(' '.join(each.path[1:]).upper())}"
        yield _sentence(each.help)
        if each.epilog:
            yield from (".PP", _plain(each.epilog))
        yield from _arguments(each, None)
    yield from (".SH EXIT STATUS", "As in", ".BR vitrail (1).", ".SH SEE ALSO", ".BR vitrail (1)")


def _of_dropin(tree: Command) -> Iterator[str]:
    yield from (".SH SYNOPSIS", _usage(tree), ".SH DESCRIPTION", _sentence(tree.help), ".PP", _plain(tree.epilog))
    yield from _arguments(tree, ".SH OPTIONS")
    yield from _named(".SH EXIT STATUS", DROPIN_CODES)
    yield from _named(".SH FILES", DROPIN_FILES)
    yield from (".SH SEE ALSO", ".BR vitrail (1)")


def _leaves(command: Command) -> list[Command]:
    return [each for each in (command, *command.below()) if not each.commands]


def _usage(command: Command) -> str:
    words = " ".join(command.usage.split()).removeprefix(command.name).strip()
    return f".B {_plain(command.name)}\n{_plain(words)}" if words else f".B {_plain(command.name)}"


def _arguments(command: Command, heading: str | None) -> Iterator[str]:
    if command.arguments and heading:
        yield heading
    for each in command.arguments:
        told = _plain(_sentence(each.help, escape=False))
        if each.kind is Kind.WORDS:
            told += "\n" + _plain(f"One of: {', '.join(each.words)}.")
        yield from (".TP", _name(each), told)


def _name(argument: Argument) -> str:
    if not argument.names:
        return f".I {_plain(argument.metavar)}"
    value = f" \\fI{_plain(argument.metavar)}\\fR" if argument.metavar else ""
    return ", ".join(f"\\fB{_plain(each)}\\fR" for each in argument.names) + value


def _named(heading: str, meanings: Mapping[str, str]) -> Iterator[str]:
    yield heading
    for name, meaning in meanings.items():
        yield from (".TP", f".B {_plain(name)}", _plain(meaning.replace("`", "")))


def _sentence(words: str, *, escape: bool = True) -> str:
    text = f"{words[:1].upper()}{words[1:]}".rstrip(".") + "."
    return _plain(text) if escape else text


def _plain(text: str) -> str:
    """Text as roff prints it: a line for each sentence, nothing of it a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "")
    sentences = re.sub(r"(?<=[a-z)]{2}[.;]) (?=[A-Z])", "\n", escaped).split("\n")
    wrap = partial(textwrap.wrap, width=WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = [line for each in sentences for line in wrap(each)]
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)
