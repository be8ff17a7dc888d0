"""The files written for a qube's /etc."""

import re

from hypothesis import given
from hypothesis import strategies as st

from guid.engines.generated import etc_files, machine_id
from guid.paths import QUBE_NAME

NAMES = st.from_regex(QUBE_NAME, fullmatch=True)


def test_etc_files_hold_one_ordinary_account() -> None:
    accounts = [line.split(":") for line in etc_files("work", b"x")["/etc/passwd"].decode().splitlines()]
    assert [each[0] for each in accounts] == ["root", "user", "nobody"]
    assert accounts[1][2:] == ["1000", "1000", "work", "/home/user", "/bin/bash"]
    assert accounts[0][6].endswith("nologin")


def test_etc_files_name_services_that_need_no_network() -> None:
    for line in etc_files("work", b"x")["/etc/nsswitch.conf"].decode().splitlines():
        assert line.split(":")[1].split() == ["files"]


@given(NAMES)
def test_etc_files_any_name_every_line_keeps_its_fields(name: str) -> None:
    files = etc_files(name, b"x")
    assert all(line.count(":") == 6 for line in files["/etc/passwd"].decode().splitlines())
    assert files["/etc/hosts"].decode().splitlines()[1] == f"127.0.1.1 {name}"


@given(NAMES, NAMES, st.binary(), st.binary())
def test_machine_id_differs_by_qube_and_host_and_is_never_the_hosts(
    one: str, two: str, host: bytes, other: bytes
) -> None:
    found = machine_id(one, host)
    assert re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{19}", found)
    assert found == machine_id(one, host + b"\n")
    assert found.encode() != host.strip()
    if one != two:
        assert found != machine_id(two, host)
    if host.strip() and other.strip() and host.strip() != other.strip():
        assert found != machine_id(one, other)
