"""Completion for zsh as a text: an _arguments call for each command, made from the tree."""

from __future__ import annotations

from scripts.command_tree import Argument, Command, Kind

ACTIONS = {
    Kind.NOTHING: "( )",
    Kind.QUBE: "_vitrail_qubes",
    Kind.RUNNING: "_vitrail_running",
    Kind.TEMPLATE: "_vitrail_templates",
    Kind.FILE: "_files",
    Kind.FOLDER: "_files -/",
    Kind.PROGRAM: "_command_names -e",
    Kind.COMMAND: "_vitrail_command",
}

HELPERS = r"""
_vitrail_command() {  # what another command's line offers
  if [[ $words[1] == -- ]]; then
    shift words
    (( CURRENT-- ))
  fi
  _normal
}

_vitrail_qubes() {
  local folder=${XDG_CONFIG_HOME:-$HOME/.config}/vitrail
  (( EUID == 0 )) && [[ -z $XDG_CONFIG_HOME ]] && folder=/etc/vitrail
  local -a names=( $folder/qubes/[A-Za-z]*.toml(N:t:r) )
  _describe -t qubes qube names
}

_vitrail_running() {
  local folder=${XDG_RUNTIME_DIR:-/tmp/vitrail-$EUID}
  [[ -n $XDG_RUNTIME_DIR ]] && folder+=/vitrail
  (( EUID == 0 )) && [[ -z $XDG_RUNTIME_DIR ]] && folder=/run/vitrail
  local -a names=( $folder/qubes/[A-Za-z]*(N:t) )
  _describe -t qubes qube names
}

_vitrail_templates() {
  local folder=${XDG_DATA_HOME:-$HOME/.local/share}/vitrail
  (( EUID == 0 )) && [[ -z $XDG_DATA_HOME ]] && folder=/var/lib/vitrail
  local -a names=( $folder/templates/[A-Za-z]*(N:t) )
  _alternative "templates:template:($names)" 'folders:folder:_files -/'
}
"""


def zsh_completion(tree: Command) -> str:
    """The whole file, whose name must be that of the program after a "_"."""
    functions = "".join(_function(each) for each in (*tree.below(), tree))
    head = f"#compdef {tree.program}\n# Made from its parser by python -m scripts.share\n"
    return f'{head}{HELPERS}{functions}\n_{tree.function} "$@"\n'


def _function(command: Command) -> str:
    specs = ["'(- *)'{-h,--help}'[say what there is]'", *(_option(each) for each in command.options)]
    name = "_".join((f"_{command.function}", *command.path))
    if not command.commands:
        specs += [_place(each) for each in command.places]
        return f"\n{name}() {{\n  _arguments -s -S {_lines(specs)}\n}}\n"
    specs += ["':command:->command'", "'*::argument:->argument'"]
    offered = "\n".join(f"        {_quoted(_said(each))}" for each in command.commands)
    cases = "\n".join(f"        {each.path[-1]}) {name}_{each.path[-1]} ;;" for each in command.commands)
    return f"""
{name}() {{
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C {_lines(specs)}
  case $state in
    command)
      local -a commands=(
{offered}
      )
      _describe -t commands command commands
      ;;
    argument)
      case $words[1] in
{cases}
      esac
      ;;
  esac
}}
"""


def _lines(specs: list[str]) -> str:
    return "".join(f"\\\n    {each} " for each in specs).rstrip()


def _said(command: Command) -> str:
    return f"{command.path[-1]}:{command.help.replace(':', chr(92) + ':')}"


def _option(argument: Argument) -> str:
    told = _escaped(argument.help.split("; ")[0])
    value = f":{argument.metavar}:{_action(argument)}" if argument.metavar else ""
    excluded = "" if argument.many else " ".join((*argument.names, *argument.others))
    first = "'*'" if argument.many else _quoted(f"({excluded})")
    sign = ["+" if len(name) == 2 and value else "=" if value else "" for name in argument.names]
    names = [f"{name}{each}" for name, each in zip(argument.names, sign, strict=True)]
    spelled = f"{{{','.join(names)}}}" if len(names) > 1 else names[0]
    return f"{first}{spelled}{_quoted(f'[{told}]{value}')}"


def _place(argument: Argument) -> str:
    colons = "*::" if argument.many else ":"
    return _quoted(f"{colons}{_escaped(argument.metavar)}:{_action(argument)}")


def _action(argument: Argument) -> str:
    if argument.kind is not Kind.WORDS:
        return ACTIONS[argument.kind]
    if argument.words[0].endswith("="):
        begun = " ".join(each.removesuffix("=") for each in argument.words)
        return f"{{compadd -S = -- {begun}}}"
    return f"({' '.join(argument.words)})"


def _escaped(text: str) -> str:
    for each in ("\\", "[", "]", ":"):
        text = text.replace(each, f"\\{each}")
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
