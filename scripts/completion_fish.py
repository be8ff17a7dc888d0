"""Completion for fish as a text: a `complete` line for each thing that may be typed, made from the tree."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.command_tree import Argument, Command, Kind

VALUES = {
    Kind.NOTHING: "-x",
    Kind.QUBE: "-x -a '(__vitrail_qubes)'",
    Kind.RUNNING: "-x -a '(__vitrail_running)'",
    Kind.TEMPLATE: "-x -a '(__vitrail_templates)'",
    Kind.FILE: "-r -F",
    Kind.FOLDER: "-x -a '(__fish_complete_directories)'",
    Kind.PROGRAM: "-x -a '(__fish_complete_command)'",
    Kind.COMMAND: "-x -a '(__vitrail_command)'",
}

HELPERS = r"""
function __vitrail_at  # whether the line begins with these words; with --end, whether they are all so far
    set -l words (commandline -opc)
    set -e words[1]
    set -l end 0
    if test "$argv[1]" = --end
        set end 1
        set -e argv[1]
    end
    set -l count (count $argv)
    test $count -gt 0; and test "$words[1..$count]" != "$argv"; and return 1
    test $end -eq 1; and test (count $words) -gt $count; and return 1
    if set -l dashes (contains -i -- -- $words)
        return 1
    end
    return 0
end

function __vitrail_folder  # config, data or runtime
    set -l root (test (id -u) -eq 0; and echo 1; or echo 0)
    switch $argv[1]$root
        case 'config*'
            set -q XDG_CONFIG_HOME; and test -n "$XDG_CONFIG_HOME"; and echo $XDG_CONFIG_HOME/vitrail; and return
            test $root = 1; and echo /etc/vitrail; or echo ~/.config/vitrail
        case 'data*'
            set -q XDG_DATA_HOME; and test -n "$XDG_DATA_HOME"; and echo $XDG_DATA_HOME/vitrail; and return
            test $root = 1; and echo /var/lib/vitrail; or echo ~/.local/share/vitrail
        case 'runtime*'
            set -q XDG_RUNTIME_DIR; and test -n "$XDG_RUNTIME_DIR"; and echo $XDG_RUNTIME_DIR/vitrail; and return
            test $root = 1; and echo /run/vitrail; or echo /tmp/vitrail-(id -u)
    end
end

function __vitrail_qubes
    for path in (__vitrail_folder config)/qubes/*.toml
        string replace -r '\.toml$' '' (path basename $path)
    end
end

function __vitrail_running
    for path in (__vitrail_folder runtime)/qubes/*
        path basename $path
    end
end

function __vitrail_templates
    for path in (__vitrail_folder data)/templates/*
        path basename $path
    end
    __fish_complete_directories
end

function __vitrail_after_dashes
    contains -- -- (commandline -opc)
end

function __vitrail_command  # what another command's line offers, the one after --
    set -l words (commandline -opc)
    if set -l at (contains -i -- -- $words)
        set -e words[1..$at]
    else
        set words
    end
    complete -C (string join ' ' -- (string escape -- $words) (commandline -ct))
end
"""
"""The same for every program of ours."""
AFTER_DASHES = "-n __vitrail_after_dashes -x -a '(__vitrail_command)'"


def fish_completion(tree: Command) -> str:
    """The whole file."""
    head = f"# fish completion for {tree.program}. Made from its parser by python -m scripts.share\n"
    first = [f"complete -c {tree.program} {words}" for words in ("-f", *([AFTER_DASHES] if tree.commands else []))]
    lines = [line for each in (tree, *tree.below()) for line in _lines(each)]
    return head + HELPERS + "\n" + "\n".join([*first, *lines]) + "\n"


def _lines(command: Command) -> Iterator[str]:
    here = f"complete -c {command.program} -n {_quoted(' '.join(('__vitrail_at', *command.path)))}"
    if command.commands:
        first = f"complete -c {command.program} -n {_quoted(' '.join(('__vitrail_at --end', *command.path)))}"
        yield from (f"{first} -a {each.path[-1]} -d {_quoted(each.help)}" for each in command.commands)
    yield f"{here} -s h -l help -d 'say what there is'"
    for each in command.options:
        names = " ".join(f"-s {name[1:]}" if not name.startswith("--") else f"-l {name[2:]}" for name in each.names)
        value = f" {_value(each)}" if each.metavar else ""
        yield f"{here} {names}{value} -d {_quoted(each.help.split('; ')[0])}"
    for each in command.places:
        yield f"{here} {_value(each)}".replace(" -x ", " ").replace(" -r ", " ")


def _value(argument: Argument) -> str:
    if argument.kind is Kind.WORDS:
        return f"-x -a {_quoted(' '.join(argument.words))}"
    return VALUES[argument.kind]


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
