"""The desktop's menu: what is put there, what is left alone, and systems whose files would lead astray."""

import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from guid import definitions, menu
from guid.cli import main
from guid.core.desktopentry import MAX_ENTRY_BYTES
from guid.core.menu import languages
from guid.menu import Done, MenuError
from guid.settings import SettingsError
from guid.systemprograms import Found, system_programs

ENTRY = "[Desktop Entry]\nType=Application\nName={name}\nExec={program} %U\nIcon={program}\n"


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a person's folders; the language is English."""
    for variable, name in {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data"}.items():
        monkeypatch.setenv(variable, str(tmp_path / name))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


@pytest.fixture
def system(person: Path) -> Path:
    """A system with three programs, one of which is for terminals."""
    root = person / "template"
    for name in ("pad", "draw", "shell", "xterm"):
        put(root / "usr" / "bin" / name, "")
    put(root / "usr/share/applications/org.example.Pad.desktop", ENTRY.format(name="Pad", program="pad"))
    put(root / "usr/share/applications/draw.desktop", ENTRY.format(name="Draw", program="/usr/bin/draw"))
    put(root / "usr/share/applications/shell.desktop", ENTRY.format(name="Shell", program="shell") + "Terminal=true\n")
    return root


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def qube(name: str, label: str, system: Path, **more: str) -> None:
    definitions.make(name, {"label": f'"{label}"', "template": f'"{system}"', **more})


def entries(person: Path) -> list[str]:
    return sorted(path.name for path in (person / "data" / "applications").glob("*"))


def files(person: Path) -> set[Path]:
    """All files of the menu, without the definitions."""
    found = {path for path in person.rglob("*") if path.is_file()}
    return {each for each in found if "template" not in each.parts and "vitrail" not in each.parts}


def test_programs_with_windows_are_shown_and_say_their_qube(person: Path, system: Path) -> None:
    qube("work", "blue", system)
    assert menu.sync(menu.menus()).removed == 0
    assert entries(person) == ["vitrail-work.draw.desktop", "vitrail-work.org.example.Pad.desktop"]
    text = (person / "data" / "applications" / "vitrail-work.org.example.Pad.desktop").read_text()
    assert "\nName=work: Pad\n" in text
    assert text.count(" run --qube work -- pad\n") == 1
    assert "\nIcon=pad\n" in text
    assert menu.sync(menu.menus()) == Done(0, 0)


def test_chosen_programs_are_shown_alone_and_a_terminals_in_one(person: Path, system: Path) -> None:
    qube("work", "blue", system, menu='["pad", "SHELL", "gone"]')
    (found,) = menu.menus()
    menu.sync([found])
    assert entries(person) == ["vitrail-work.org.example.Pad.desktop", "vitrail-work.shell.desktop"]
    assert " -- xterm -e shell\n" in (person / "data/applications/vitrail-work.shell.desktop").read_text()
    assert found.problems == ["qube work has no program gone; it has: vitrail menu ls --all work"]


def test_what_is_gone_leaves_and_what_is_not_ours_stays(person: Path, system: Path) -> None:
    qube("work", "blue", system)
    qube("work-2", "red", system)
    applications = person / "data" / "applications"
    others = [
        put(applications / "vitrail-other.desktop", "[Desktop Entry]\nName=mine\n"),
        put(applications / "pad.desktop", "[Desktop Entry]\nX-Vitrail-Qube=work\n"),
        put(applications / "vitrail-work.draw.desktop", "[Desktop Entry]\nName=my own\n"),
        put(person / "config" / "menus" / "applications-merged" / "other.menu", "<Menu/>"),
    ]
    before = {path: path.read_text() for path in others}
    menu.sync(menu.menus())
    assert "vitrail-work-2.draw.desktop" in entries(person)
    definitions.remove("work-2")
    (system / "usr/share/applications/org.example.Pad.desktop").unlink()
    menu.sync(menu.menus())
    assert entries(person) == ["pad.desktop", "vitrail-other.desktop", "vitrail-work.draw.desktop"]
    menu.clear()
    assert {path: path.read_text() for path in others} == before
    assert files(person) == set(others)


def test_menu_is_kept_up_only_while_the_person_wants_it(person: Path, system: Path) -> None:
    qube("work", "blue", system)
    menu.keep_up()
    assert files(person) == set()
    menu.sync(menu.menus())
    assert menu.is_kept()
    definitions.remove("work")
    menu.keep_up()
    assert entries(person) == []
    assert menu.is_kept()
    menu.clear()
    assert not menu.is_kept()
    assert files(person) == set()


def test_files_are_as_the_specifications_have_them(person: Path, system: Path) -> None:
    qube("work", "blue", system)
    qube("personal", "yellow", Path("/usr/none"))
    definitions.make("host", {"label": '"red"'})
    menu.sync(menu.menus())
    made = [*(person / "data/applications").iterdir(), *(person / "data/desktop-directories").iterdir()]
    assert len(made) > 6
    told = subprocess.run(["desktop-file-validate", "--no-hints", *made], capture_output=True, text=True, check=False)
    assert (told.stdout, told.returncode) == ("", 0)
    tree = ElementTree.parse(person / "config/menus/applications-merged/vitrail.menu")  # noqa: S314 - our own
    names = [each.text for each in tree.iter("Directory")]
    assert names == ["vitrail.directory", "vitrail-host.directory", "vitrail-work.directory"]
    assert all((person / "data/desktop-directories" / str(name)).exists() for name in names)
    icons = person / "data/icons/hicolor/64x64/apps"
    assert sorted(path.name for path in icons.iterdir()) == ["vitrail-label-blue.png", "vitrail-label-red.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in icons.iterdir())


def test_definition_that_is_not_understood_is_told_and_the_rest_is_shown(person: Path, system: Path) -> None:
    qube("work", "blue", system)
    put(person / "config/vitrail/qubes/torn.toml", "menu = 3\n")
    torn, work = menu.menus()
    assert "torn.toml: line 1: menu = 3: must be a list" in torn.problems[0]
    assert [each.id for each in work.shown] == ["draw", "org.example.Pad"]


def test_menu_is_cleared_whatever_labels_there_are(person: Path, system: Path) -> None:
    labels = put(person / "config/vitrail/labels.toml", '[teal]\ncolor = "0x008080"\npattern = "dots"\n')
    qube("work", "teal", system)
    menu.sync(menu.menus())
    assert len(list(person.rglob("vitrail-label-teal.png"))) == 1
    labels.write_text("torn = [\n")
    with pytest.raises(SettingsError, match=r"labels\.toml"):
        menu.sync(menu.menus())
    menu.clear()
    assert files(person) == set()


def test_labels_that_are_not_understood_are_told_in_words(
    person: Path, system: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    qube("work", "blue", system)
    put(person / "config/vitrail/labels.toml", "torn = [\n")
    assert main(["menu", "sync"]) == 1
    assert "labels.toml" in capsys.readouterr().err


def test_program_cannot_take_the_picture_of_a_label(person: Path, system: Path) -> None:
    put(
        system / "usr/share/applications/draw.desktop",
        "[Desktop Entry]\nType=Application\nName=Draw\nExec=draw\nIcon=vitrail-label-black\n",
    )
    qube("work", "red", system)
    menu.sync(menu.menus())
    assert "\nIcon=vitrail-label-red\n" in (person / "data/applications/vitrail-work.draw.desktop").read_text()


def test_folder_that_cannot_be_written_is_told(person: Path, system: Path) -> None:
    qube("work", "blue", system)
    put(person / "data" / "applications", "a file in the way")
    with pytest.raises(MenuError, match="applications"):
        menu.sync(menu.menus())


def test_links_pipes_and_giants_of_a_system_are_passed_over(person: Path, system: Path) -> None:
    applications = system / "usr" / "share" / "applications"
    secret = put(person / "secret.desktop", ENTRY.format(name="Secret", program="pad"))
    (applications / "link.desktop").symlink_to(secret)
    (applications / "linked").symlink_to(person)
    os.mkfifo(applications / "pipe.desktop")
    put(applications / "giant.desktop", ENTRY.format(name="Giant", program="pad") + "#" * MAX_ENTRY_BYTES)
    put(applications / "a" / "b" / "c" / "d" / "deep.desktop", ENTRY.format(name="Deep", program="pad"))
    put(applications / "sub" / "in.desktop", ENTRY.format(name="In", program="pad"))
    put(applications / "bad name.desktop", ENTRY.format(name="Bad", program="pad"))
    put(applications / "broken.desktop", ENTRY.format(name="Broken", program="pad 'x'"))
    (applications / os.fsdecode(b"\xff\n.desktop")).write_text("")
    found = system_programs(system)
    assert [each.id for each in found.programs] == ["draw", "org.example.Pad", "shell", "sub-in"]
    assert len(found.refused) == 3
    assert all(id_.isprintable() for id_, _why in found.refused)


def test_folder_that_is_a_link_is_not_looked_into(person: Path, system: Path) -> None:
    (person / "other" / "usr").mkdir(parents=True)
    (person / "other" / "usr" / "share").symlink_to(system / "usr" / "share")
    (person / "other" / "usr" / "bin").symlink_to(system / "usr" / "bin")
    assert system_programs(person / "other") == Found([], [])
    assert system_programs(person / "nowhere") == Found([], [])


@pytest.mark.parametrize("program", ["gone", "/usr/bin/gone", "/opt/pad", "/usr/../usr/bin/pad", "bin/pad", "/pad"])
def test_program_that_a_qube_would_not_find_is_not_offered(system: Path, program: str) -> None:
    put(system / "usr/share/applications/gone.desktop", ENTRY.format(name="Gone", program=program))
    assert "gone" not in [each.id for each in system_programs(system).programs]


def test_terminals_program_needs_one(system: Path) -> None:
    (system / "usr/bin/xterm").unlink()
    assert [each.id for each in system_programs(system).programs] == ["draw", "org.example.Pad"]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "de_DE.UTF-8"}, ("de_DE", "de")),
        ({"LANG": "sr_RS@latin", "LC_ALL": ""}, ("sr_RS@latin", "sr_RS", "sr@latin", "sr")),
        ({"LANG": "de_DE", "LC_MESSAGES": "fr"}, ("fr",)),
        ({"LC_ALL": "C.UTF-8"}, ()),
        ({}, ()),
    ],
)
def test_languages_are_those_of_the_person(environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert languages(environment) == expected
