"""guid/qubelog.py: what a qube prints comes into its log, and a qube that never stops printing holds nobody up."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from colors.labels import DEFAULT
from guid.engines.engine import Traits
from guid.qube import Qube
from guid.qubelog import LOG_READ_BYTES

MIB = 1 << 20


@pytest.fixture
def qube(tmp_path: Path) -> Iterator[Qube]:
    made = Qube.create(
        *("work", DEFAULT, tmp_path),
        engine="local",
        traits=Traits(),
        options={},
        pool_bytes=64 * MIB,
        already_granted=[],
    )
    yield made
    made.close()


def test_output_is_read_to_its_present_end_and_no_further(qube: Qube) -> None:
    def print_more(_message: dict[str, Any]) -> bool:
        os.write(qube.log.write_fd, b"more\n" * 1000)
        return True

    os.write(qube.log.write_fd, b"first\n" + b"x" * (LOG_READ_BYTES - 12) + b"\nlast\n")
    qube.log.followers.append(print_more)
    qube.log.read_whole()
    lines = qube.log.path.read_text().split()
    assert (lines[0], lines[2]) == ("first", "last")
    assert lines.count("more") <= 1000


def test_nothing_to_read_is_nothing(qube: Qube) -> None:
    qube.log.read_whole()
    assert not qube.log.path.exists()
