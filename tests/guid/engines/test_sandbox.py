"""The bubblewrap command line: an allow list, complete and nothing more."""

import itertools

import pytest

from guid.engines.sandbox import (
    ETC_ENTRIES,
    SYSTEM_FOLDERS,
    Contents,
    DataFile,
    HostPath,
    bubblewrap_argv,
)

HOST = [HostPath("/usr"), HostPath("/bin", link="usr/bin"), HostPath("/etc/fonts")]
CONTENTS = Contents(
    hostname="work",
    home="/srv/homes/work",
    files=[DataFile("/etc/passwd", 11), DataFile("/run/vitrail/agent.pyz", 12)],
    filter_fd=13,
    command=["/usr/bin/python3", "-I", "/run/vitrail/agent.pyz"],
)

OPTIONS_WITH_A_SOURCE = {"--bind", "--ro-bind", "--dev-bind", "--bind-try", "--ro-bind-try", "--dev-bind-try"}


def argv() -> list[str]:
    return bubblewrap_argv("/usr/bin/bwrap", HOST, CONTENTS)


def pairs(words: list[str]) -> list[tuple[str, ...]]:
    return list(itertools.pairwise(words))


def triples(words: list[str]) -> list[tuple[str, ...]]:
    return [tuple(words[index : index + 3]) for index in range(len(words) - 2)]


@pytest.mark.parametrize("namespace", ["user", "ipc", "pid", "net", "uts", "cgroup"])
def test_argv_always_unshares(namespace: str) -> None:
    assert f"--unshare-{namespace}" in argv()


@pytest.mark.parametrize("option", ["--disable-userns", "--new-session", "--die-with-parent", "--clearenv"])
def test_argv_always_restricts(option: str) -> None:
    assert option in argv()


def test_argv_inside_identity_is_an_ordinary_user_without_capabilities() -> None:
    words = pairs(argv())
    assert ("--uid", "1000") in words
    assert ("--gid", "1000") in words
    assert ("--cap-drop", "ALL") in words
    assert ("--seccomp", "13") in words


def test_argv_binds_only_the_allow_list_and_the_home() -> None:
    sources = [(option, source) for option, source, _ in triples(argv()) if option in OPTIONS_WITH_A_SOURCE]
    assert sources == [("--ro-bind", "/usr"), ("--ro-bind", "/etc/fonts"), ("--bind", "/srv/homes/work")]


def test_argv_keeps_links_as_links() -> None:
    assert ("--symlink", "usr/bin", "/bin") in triples(argv())


def test_argv_data_files_are_read_only_and_world_readable() -> None:
    words = argv()
    at = words.index("--ro-bind-data")
    assert words[at - 2 : at + 3] == ["--perms", "0444", "--ro-bind-data", "11", "/etc/passwd"]


def test_argv_root_is_read_only_after_everything_is_in_place() -> None:
    words = argv()
    end = words.index("--")
    last_mount = max(index for index, word in enumerate(words[:end]) if word in {*OPTIONS_WITH_A_SOURCE, "--tmpfs"})
    assert words.index("--remount-ro") > last_mount
    assert ("--remount-ro", "/") in pairs(words[:end])


def test_argv_command_comes_last_after_the_separator() -> None:
    words = argv()
    assert words[words.index("--") + 1 :] == list(CONTENTS.command)


@pytest.mark.parametrize("path", ["/etc", "/etc/shadow", "/root", "/home", "/", "/var", "/etc/ssl", "/etc/X11"])
def test_argv_path_outside_the_allow_list_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="allow list"):
        bubblewrap_argv("bwrap", [HostPath(path)], CONTENTS)


SECRETS = [
    "shadow",
    "gshadow",
    "passwd",
    "group",
    "ssh",
    "ssl",
    "ssl/private",
    "sudoers",
    "machine-id",
    "resolv.conf",
    "hosts",
    "environment",
    "profile",
    "profile.d",
    "X11",
    "X11/xorg.conf.d",
    "xdg",
    "xdg/pip",
    "pip.conf",
    "NetworkManager",
    "dbus-1",
    "cups",
    "krb5.keytab",
    "pki",
    "pki/tls/private",
    "hostname",
    "fstab",
    "crypttab",
    "apt",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_allow_list_has_no_file_that_can_hold_a_secret_or_names_the_host(secret: str) -> None:
    assert f"/etc/{secret}" not in ETC_ENTRIES


def test_allow_list_names_no_path_above_another() -> None:
    paths = [*SYSTEM_FOLDERS, *ETC_ENTRIES]
    assert not [(one, two) for one in paths for two in paths if two.startswith(f"{one}/")]


def test_allow_list_says_why_for_each_entry() -> None:
    assert all(reason.strip() for reason in ETC_ENTRIES.values())
