"""Which programs a qube has in the person's menu, and the files that put them there, as texts; must not know folders.

Every file is called vitrail-… and says for which qube it is, so that ours can be told from anybody else's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from guid.core.desktopentry import Program, entry_text, exec_line

MAX_PROGRAMS: Final = 300
"""Of one qube. A desktop with everything installed shows some 150."""
TERMINAL: Final = ("xterm", "-e")
"""In which a program without windows runs."""
OURS: Final = re.compile(r"^X-Vitrail-Qube=(.*)$", re.MULTILINE)
MENU: Final = "vitrail.menu"
ALL: Final = "*"
"""Stands for every qube, in the file of the menu that holds theirs."""

NAMES: Final[Sequence[Callable[[Program], str]]] = (
    lambda program: program.id,
    lambda program: program.id.rpartition(".")[2],
    lambda program: program.argv[0].rpartition("/")[2],
)
"""How the person may call a program, the clearest first."""

HEAD: Final = """\
<!DOCTYPE Menu PUBLIC "-//freedesktop//DTD Menu 1.0//EN" "http://www.freedesktop.org/standards/menu-spec/menu-1.0.dtd">
<!-- Made by vitrail menu sync.
X-Vitrail-Qube=*
-->
"""


def chosen(programs: Iterable[Program], menu: Sequence[str] | None) -> tuple[list[Program], list[str]]:
    """The programs that a menu shows, and the words of `menu` for which there is none.

    menu: what the person has chosen, by one of NAMES; None: every program with windows, without what only
    sets up a desktop.
    """
    there = list(programs)
    if menu is None:
        shown = [each for each in there if not each.terminal and not each.settings]
        return sorted(shown, key=lambda each: (each.name.casefold(), each.id))[:MAX_PROGRAMS], []
    found: list[Program] = []
    missing: list[str] = []
    for word in menu:
        match = next((each for how in NAMES for each in there if how(each).lower() == word.lower()), None)
        if match is None:
            missing.append(word)
        elif match not in found:
            found.append(match)
    return found, missing


def file_name(qube: str, program: Program) -> str:
    """Of a program's entry. A qube's name has no dot, so the first one ends it."""
    return f"vitrail-{qube}.{program.id}.desktop"


def entry(command: Sequence[str], qube: str, label: str, program: Program) -> str:
    """The entry that starts a program in a qube. command: what `vitrail` is started by."""
    argv = (*TERMINAL, *program.argv) if program.terminal else program.argv
    values: dict[str, str | Iterable[str]] = {
        "Type": "Application",
        "Version": "1.4",
        "Name": f"{qube}: {program.name}",
        "Comment": f"{program.name} in the {label} qube {qube}",
        "Exec": exec_line((*command, "run", "--qube", qube, "--", *argv)),
        "Icon": program.icon if program.icon and not program.icon.startswith(icon_name("")) else icon_name(label),
        "Terminal": "false",
        "Categories": ("X-Vitrail", f"X-Vitrail-{qube}"),
        "Keywords": (qube, "vitrail"),
    }
    if program.window_class:
        values["StartupWMClass"] = f"{qube}:{program.window_class}"
    return entry_text({**values, "X-Vitrail-Qube": qube})


def directory_name(qube: str) -> str:
    """Of the file that says what a qube's menu is called."""
    return f"vitrail-{qube}.directory" if qube != ALL else "vitrail.directory"


def directory(qube: str, label: str | None) -> str:
    """What the menu of a qube, or of ALL, is called, and its picture."""
    name = qube if qube != ALL else "Vitrail"
    icon = icon_name(label) if label is not None else "applications-other"
    return entry_text({"Type": "Directory", "Name": name, "Icon": icon, "X-Vitrail-Qube": qube})


def menu(qubes: Iterable[str]) -> str:
    """The menus of these qubes, as the desktop merges them into its own. Source: Desktop Menu Specification 1.1."""
    inner = "".join(
        f"    <Menu>\n      <Name>vitrail-{each}</Name>\n      <Directory>{directory_name(each)}</Directory>\n"
        f"      <Include><Category>X-Vitrail-{each}</Category></Include>\n    </Menu>\n"
        for each in qubes
    )
    whole = f"  <Menu>\n    <Name>Vitrail</Name>\n    <Directory>{directory_name(ALL)}</Directory>\n{inner}  </Menu>\n"
    return f"{HEAD}<Menu>\n  <Name>Applications</Name>\n{whole}</Menu>\n"


def icon_name(label: str) -> str:
    """Of the picture of a label in the icon theme."""
    return f"vitrail-label-{label}"


def is_ours(text: str) -> bool:
    """Whether a file of such a name is one that we have made."""
    return OURS.search(text) is not None


def languages(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Those of the person, as desktop entries name them, the best first. Source: Desktop Entry 1.5, "Localized"."""
    value = next((environment[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(key)), "")
    found = re.fullmatch(r"([a-z]{2,3})(_[A-Z]{2})?(?:\.[A-Za-z0-9-]+)?(@[a-z]+)?", value, re.ASCII)
    if found is None:
        return ()
    language, country, modifier = found[1], found[2] or "", found[3] or ""
    several = (f"{language}{country}{modifier}", f"{language}{country}", f"{language}{modifier}", language)
    return tuple(dict.fromkeys(several))
