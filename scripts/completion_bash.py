"""Completion for bash as a text: a table of what may stand where, made from the tree, and what looks into it."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.command_tree import Argument, Command, Kind

ENGINE = r"""
_vitrail_names() {  # the entries of folder $1 that end in $2, without that, beginning with $cur
    local entry
    for entry in "$1"/*"$2"; do
        [[ -e $entry ]] || continue
        entry=${entry##*/}
        entry=${entry%"$2"}
        [[ $entry == "$cur"* && $entry == [A-Za-z]* ]] && COMPREPLY+=("$entry")
    done
}

_vitrail_folder() {  # sets REPLY to Vitrail's folder for $1: config, data, runtime
    local root=$((EUID == 0))
    case $1 in
    config) REPLY=${XDG_CONFIG_HOME:+$XDG_CONFIG_HOME/vitrail} ;;
    data) REPLY=${XDG_DATA_HOME:+$XDG_DATA_HOME/vitrail} ;;
    runtime) REPLY=${XDG_RUNTIME_DIR:+$XDG_RUNTIME_DIR/vitrail} ;;
    esac
    [[ -n $REPLY ]] && return
    case $1$root in
    config0) REPLY=$HOME/.config/vitrail ;;
    config1) REPLY=/etc/vitrail ;;
    data0) REPLY=$HOME/.local/share/vitrail ;;
    data1) REPLY=/var/lib/vitrail ;;
    runtime0) REPLY=/tmp/vitrail-$EUID ;;
    runtime1) REPLY=/run/vitrail ;;
    esac
}

_vitrail_offer() {  # what may stand here, by its kind
    local kind=$1 word REPLY
    case $kind in
    words\ *)
        for word in ${kind#words }; do
            [[ $word == "$cur"* ]] && COMPREPLY+=("$word")
        done
        [[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null
        ;;
    qubes) _vitrail_folder config; _vitrail_names "$REPLY/qubes" .toml ;;
    running) _vitrail_folder runtime; _vitrail_names "$REPLY/qubes" '' ;;
    templates)
        _vitrail_folder data; _vitrail_names "$REPLY/templates" ''
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur")
        compopt -o filenames 2>/dev/null
        ;;
    files) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); compopt -o filenames 2>/dev/null ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); compopt -o filenames 2>/dev/null ;;
    programs|command) mapfile -t COMPREPLY < <(compgen -c -- "$cur" | sort -u) ;;
    esac
}

_vitrail() {
    local cur=${COMP_WORDS[COMP_CWORD]} path='' value='' word place=0 i kind
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == = && -n $value ]]; then
            continue
        elif [[ -n $value ]]; then
            value=
        elif [[ $word == -- || (${_vitrail_table["$path $place"]} == command && $word != -*) ]]; then
            [[ $word == -- ]] && ((i++))
            _vitrail_rest "$i"
            return
        elif [[ $word == -* ]]; then
            value=${_vitrail_table["$path $word"]}
        elif [[ " ${_vitrail_table["$path commands"]} " == *" $word "* ]]; then
            path+="${path:+ }$word"
        elif [[ ${_vitrail_table["$path $((place + 1))"]} || ! ${_vitrail_table["$path $place many"]} ]]; then
            ((place++))
        fi
    done
    [[ $cur == = && -n $value ]] && cur=
    if [[ -n $value ]]; then
        kind=$value
    elif [[ $cur == -* ]]; then
        kind="words ${_vitrail_table["$path options"]} --help"
    elif [[ ${_vitrail_table["$path commands"]} ]]; then
        kind="words ${_vitrail_table["$path commands"]}"
    else
        kind=${_vitrail_table["$path $place"]}
    fi
    _vitrail_offer "$kind"
}

_vitrail_rest() {  # from word $1 on it is another command's line
    if ((COMP_CWORD == $1)); then
        _vitrail_offer command
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    else
        _vitrail_offer files
    fi
}
"""
"""Of the functions and the table, _vitrail stands for the program."""


def bash_completion(tree: Command) -> str:
    """The whole file."""
    rows = [f"    [{_quoted(key)}]={_quoted(value)}" for each in (tree, *tree.below()) for key, value in _rows(each)]
    head = f"# bash completion for {tree.program}. Made from its parser by python -m scripts.share\n"
    engine = ENGINE.replace("_vitrail", f"_{tree.function}")
    last = f"\ncomplete -F _{tree.function} {tree.program}\n"
    return head + f"\ndeclare -gA _{tree.function}_table=(\n" + "\n".join(rows) + "\n)\n" + engine + last


def _rows(command: Command) -> Iterator[tuple[str, str]]:
    path = " ".join(command.path)
    if command.commands:
        yield f"{path} commands", " ".join(each.path[-1] for each in command.commands)
    yield f"{path} options", " ".join(each.names[-1] for each in command.options)
    for each in command.options:
        if each.metavar:
            yield from ((f"{path} {name}", _kind(each)) for name in each.names)
    for place, each in enumerate(command.places):
        yield f"{path} {place}", _kind(each)
        if each.many:
            yield f"{path} {place} many", "yes"


def _kind(argument: Argument) -> str:
    if argument.kind is Kind.WORDS:
        return f"words {' '.join(argument.words)}"
    return str(argument.kind.value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
