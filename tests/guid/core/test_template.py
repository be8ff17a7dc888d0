"""What templates may be made from, the command that makes them, and what its words mean."""

import json

import pytest

from guid.core.template import (
    ALWAYS,
    BadTemplate,
    Made,
    Recipe,
    build_argv,
    fault,
    made_written,
    sources_of,
    stage,
)

RECIPE = Recipe("bookworm", ("xdemineur", "gimp=2.10.34-1"))
TARGETS = """\
Packages Debian http://mirror.example/debian/ bookworm main
Packages Debian http://mirror.example/debian/ bookworm contrib
Translations Debian http://mirror.example/debian/ bookworm main
Packages Debian http://mirror.example/debian/ bookworm-updates main
Packages Debian http://mirror.example/debian/ trixie main
Packages Elsewhere http://other.example/debian/ bookworm main
Packages $(ORIGIN) http://other.example/debian/ bookworm main
"""


@pytest.mark.parametrize(
    ("suite", "packages", "mirror", "words"),
    [
        ("--help", (), "", "cannot be a suite"),
        ("bookworm main", (), "", "cannot be a suite"),
        ("bookworm", ("--include",), "", "cannot be a Debian package"),
        ("bookworm", ("a,b",), "", "cannot be a Debian package"),
        ("bookworm", ("?essential",), "", "cannot be a Debian package"),
        ("bookworm", ("./local.deb",), "", "cannot be a Debian package"),
        ("bookworm", (), "--option", "cannot be a mirror"),
        ("bookworm", (), "deb [trusted=yes] http://mirror.example/", "cannot be a mirror"),
        ("bookworm", (), "http://mirror.example/[trusted=yes]", "cannot be a mirror"),
        ("bookworm", ("x",) * 1001, "", "more than 1000"),
    ],
)
def test_what_cannot_be_built_is_told(suite: str, packages: tuple[str, ...], mirror: str, words: str) -> None:
    with pytest.raises(BadTemplate, match=words):
        Recipe(suite, packages, mirror)


def test_every_template_has_what_qubes_need_and_each_package_once() -> None:
    argv = build_argv(Recipe("bookworm", ("python3", "gimp")), "root", ["deb http://mirror.example bookworm main"])
    included = next(word for word in argv if word.startswith("--include=")).removeprefix("--include=").split(",")
    assert included == [*ALWAYS, "gimp"]
    assert argv[-3:] == ["bookworm", "-", "deb http://mirror.example bookworm main"]


def test_what_the_builder_mounts_as_root_is_mounted_for_it_alone() -> None:
    argv = build_argv(RECIPE, "root", [])
    assert argv[argv.index("unshare") : argv.index("mmdebstrap")] == [
        *("unshare", "--mount", "--propagation", "private", "--")
    ]
    assert "unshare" not in build_argv(RECIPE, "unshare", [])


def test_mirror_that_was_named_is_the_only_one() -> None:
    recipe = Recipe("trixie", (), "file:///srv/debian")
    assert build_argv(recipe, "unshare", ["deb http://mirror.example trixie main"])[-2:] == ["-", "file:///srv/debian"]


def test_sources_are_this_machines_for_the_suite_with_their_key() -> None:
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert sources_of("bookworm", TARGETS, [key]) == [
        f"deb [signed-by={key}] http://mirror.example/debian/ bookworm main contrib",
        f"deb [signed-by={key}] http://mirror.example/debian/ bookworm-updates main",
    ]
    assert sources_of("trixie", TARGETS, []) == ["deb http://mirror.example/debian/ trixie main"]
    assert sources_of("sid", TARGETS, [key]) == []


def test_description_survives_being_written_and_read() -> None:
    made = Made("bookworm", ("xdemineur",), "", "2026-11-22T11:49:06Z", "0.1", "mmdebstrap 1.3.5", 1 << 29)
    assert made_written(made.text()) == made


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "[" * 100_000, '{"packages": 3}', json.dumps({"suite": "../x", "packages": []})]
)
def test_description_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadTemplate):
        made_written(text)


def test_stages_are_told_by_how_a_line_begins() -> None:
    assert stage("I: downloading packages with apt...") == "fetching the base packages"
    assert stage("W: I: downloading packages") == ""


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("E: Unable to locate package xdemineur", "there is no package xdemineur in bookworm"),
        ("E: Package 'xdemineur' has no installation candidate", "there is no package xdemineur"),
        ("E: Version '2.10.34-1' for 'gimp' was not found", "there is no package gimp=2.10.34-1"),
        ("E: Unable to locate package `rm -rf`", "there is no package of that name"),
        ("tar: ./usr/lib/x: Cannot write: No space left on device", "the disk is full: a build takes some GB in /work"),
        ("Err:1 http://m bookworm InRelease\n  Temporary failure resolving 'm'", "is this machine on the network"),
        ("E: The repository 'http://m sid Release' does not have a Release file.", "see `apt policy`"),
        ("W: GPG error: http://m InRelease: NO_PUBKEY 6ED0", "apt install debian-archive-keyring"),
        ("E: invalid: newuidmap failed", "make file systems: do this"),
        ("E: something", "the last it said is above"),
    ],
)
def test_complaint_is_told_as_what_to_do(said: str, words: str) -> None:
    found = fault(["I: running", *said.splitlines()], RECIPE, work="/work", folder="/data", subordinate="do this")
    assert words in found
