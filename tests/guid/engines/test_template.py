"""What a qube sees of a folder that somebody else has made, and of which folders it sees nothing at all."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from guid.engines import subordinate
from guid.engines import template as module
from guid.engines.errors import TemplateUnusable
from guid.engines.sandbox import ETC_FOLDERS, TemplatePath, template_arguments
from guid.engines.template import changeable_by_others, check_template, python_version, template_paths, within

PROGRAMS = ("usr/bin/python3.11", "usr/lib/xorg/Xorg", "usr/bin/xkbcomp", "usr/share/X11/xkb/rules/evdev")
UID = os.geteuid()


@pytest.fixture
def root() -> Iterator[Path]:
    """The least that a qube can have as its system; not below pytest's folders, which others may not pass through."""
    with TemporaryDirectory(prefix="vitrail-template-test-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        made = Path(folder) / "root"
        for name in PROGRAMS:
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text("")
        (made / "usr/bin/python3").symlink_to("python3.11")
        (made / "bin").symlink_to("usr/bin")
        (made / "etc" / "fonts").mkdir(parents=True)
        yield made


def shown(root: Path) -> dict[str, TemplatePath]:
    return {each.path: each for each in template_paths(root)}


def test_folders_and_files_are_shown_and_links_are_made_anew(root: Path) -> None:
    (root / "etc" / "magic").write_text("")
    (root / "etc" / "os-release").symlink_to("../usr/lib/os-release")
    (root / "var" / "lib").mkdir(parents=True)
    (root / "opt").mkdir()
    found = shown(root)
    assert {path: each.source or each.link for path, each in found.items()} == {
        "/usr": f"{root}/usr",
        "/bin": "usr/bin",
        "/opt": f"{root}/opt",
        "/var/lib": f"{root}/var/lib",
        "/etc/fonts": f"{root}/etc/fonts",
        "/etc/magic": f"{root}/etc/magic",
        "/etc/os-release": "../usr/lib/os-release",
    }
    words = template_arguments(found.values())
    assert words[words.index("/bin") - 2 : words.index("/bin")] == ["--symlink", "usr/bin"]
    assert words[words.index("/etc/fonts") - 2] == "--ro-bind"


@pytest.mark.parametrize("path", ["usr", "opt", "lib64", "etc/shadow", "etc/fonts"])
def test_no_link_of_a_template_is_a_source(root: Path, path: str) -> None:
    place = root / path
    if place.is_dir():
        place.rename(root / "elsewhere")
    place.symlink_to("/etc")
    found = shown(root)[f"/{path}"]
    assert (found.source, found.link) == ("", "/etc")
    assert all(not Path(each.source).is_symlink() for each in template_paths(root) if each.source)


@pytest.mark.parametrize(("path", "below"), [("etc", "/etc/"), ("var", "/var/")])
def test_nothing_is_shown_of_a_folder_below_a_link(root: Path, path: str, below: str) -> None:
    if (root / path).exists():
        (root / path).rename(root / "elsewhere")
    (root / path).symlink_to("/etc" if path == "etc" else "/var")
    assert not [each for each in shown(root) if each.startswith(below)]


def test_only_folders_stand_where_a_qube_has_folders_of_its_own(root: Path) -> None:
    for number, path in enumerate(ETC_FOLDERS):
        (root / path[1:]).symlink_to("/tmp") if number % 2 else (root / path[1:]).write_text("")
    assert not set(ETC_FOLDERS) & set(shown(root))


def test_what_is_written_for_each_qube_is_not_taken_from_the_template(root: Path) -> None:
    for name in module.IN_ETC_LEFT_OUT:
        (root / "etc" / name).write_text("hostile")
    os.mkfifo(root / "etc" / "pipe")
    assert {path for path in shown(root) if path.startswith("/etc/")} == {"/etc/fonts"}


def test_path_is_followed_as_programs_inside_would(root: Path) -> None:
    (root / "etc" / "absolute").symlink_to("/usr/bin/python3")
    (root / "etc" / "out").symlink_to("../../../../../usr/bin/xkbcomp")
    (root / "etc" / "host").symlink_to("/proc/self/exe")
    (root / "etc" / "loop").symlink_to("loop")
    (root / "etc" / "past").symlink_to("/usr/bin/xkbcomp/more")
    assert within(root, "/etc/absolute") == root / "usr/bin/python3.11"
    assert within(root, "/etc/out") == root / "usr/bin/xkbcomp"
    assert within(root, "/bin/xkbcomp") == root / "usr/bin/xkbcomp"
    assert [within(root, f"/etc/{name}") for name in ("host", "loop", "past", "nothing")] == [None] * 4


def test_template_with_everything_is_usable_and_its_python_known_by_name(root: Path) -> None:
    check_template(root, UID)
    assert python_version(root) == (3, 11)


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("usr/bin/python3.11", "lacks Python: in it, install python3"),
        ("usr/lib/xorg/Xorg", "lacks an X server: in it, install xserver-xorg-core"),
        ("usr/share/X11/xkb/rules/evdev", "lacks keyboard layouts: in it, install xkb-data"),
    ],
)
def test_need_that_a_template_lacks_is_told_with_the_package_that_has_it(root: Path, gone: str, words: str) -> None:
    (root / gone).unlink()
    with pytest.raises(TemplateUnusable) as caught:
        check_template(root, UID)
    assert words in str(caught.value)


def test_template_whose_usr_is_this_machines_lacks_everything(root: Path) -> None:
    (root / "usr").rename(root / "elsewhere")
    (root / "usr").symlink_to("/usr")
    with pytest.raises(TemplateUnusable, match="lacks Python, an X server, xkbcomp, keyboard layouts"):
        check_template(root, UID)


def test_old_python_is_told(root: Path) -> None:
    (root / "usr/bin/python3").unlink()
    (root / "usr/bin/python3").symlink_to("python3.9")
    (root / "usr/bin/python3.9").write_text("")
    with pytest.raises(TemplateUnusable, match=r"has Python 3\.9, .* needs 3\.11"):
        check_template(root, UID)


def test_root_of_this_machine_and_what_is_no_folder_are_refused(root: Path) -> None:
    (root.parent / "link").symlink_to(root)
    for path, words in ((Path("/"), "own root"), (root / "none", "no folder"), (root.parent / "link", "no folder")):
        with pytest.raises(TemplateUnusable, match=words):
            check_template(path, UID)
    with pytest.raises(TemplateUnusable, match="could lead elsewhere"):
        (root.parent / "way").symlink_to(root.parent)
        check_template(root.parent / "way" / "root", UID)


@pytest.mark.parametrize("folder", [".", "etc", ".."])
def test_template_that_others_can_change_is_refused(root: Path, folder: str) -> None:
    changeable = (root / folder).resolve()
    changeable.chmod(0o757)
    with pytest.raises(TemplateUnusable, match="another user of this machine can change"):
        check_template(root, UID)
    changeable.chmod(0o1777)  # there, nobody renames what is somebody else's, but may bring and exchange their own
    assert changeable_by_others(root) == (None if folder == ".." else changeable)


@pytest.mark.skipif(UID != 0, reason="gives a folder away")
def test_template_of_another_user_is_refused(root: Path) -> None:
    os.chown(root / "etc", 66_001, 0)
    assert changeable_by_others(root) == root / "etc"


def test_template_where_the_qube_cannot_go_is_refused(root: Path) -> None:
    root.chmod(0o700)
    with pytest.raises(TemplateUnusable, match="cannot enter"):
        check_template(root, UID + 1)


def test_too_many_entries_are_no_system(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ETC_ENTRIES", 3)
    for number in range(4):
        (root / "etc" / str(number)).write_text("")
    with pytest.raises(TemplateUnusable, match="no system's"):
        template_paths(root)


def test_other_uids_are_read_by_name_and_by_number(tmp_path: Path) -> None:
    file = tmp_path / "subuid"
    file.write_text(f"somebody:100000:65536\n{UID}:200000:65536\nbroken\n{UID}:x:1\n")
    assert subordinate.own_ranges(file) == (range(200_000, 265_536),)
    assert subordinate.own_ranges(tmp_path / "none") == ()
