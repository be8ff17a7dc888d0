"""guid/clipboard/desk.py: what is shown of what is in it."""

from pathlib import Path

import pytest

from guid.clipboard.folders import STORE_NAME
from guid.clipboard.parcel import parcel_of
from guid.clipboard.store import Store
from guid.core.contents import ContentKind, Contents
from tests.harness.clipboard import PlayedDesk

SIDE_PX = 1000
IMAGE = Contents(ContentKind.IMAGE, 4 * SIDE_PX * SIDE_PX, SIDE_PX, SIDE_PX)


def read_bytes() -> int:
    """How many bytes this process has asked the kernel for so far. Source: proc_pid_io(5), rchar."""
    return int(Path("/proc/self/io").read_text().split()[1])


@pytest.mark.parametrize(
    ("contents", "data", "shown"),
    [(IMAGE, bytes(IMAGE.size_bytes), b""), (Contents(ContentKind.TEXT, 5), b"words", b"words")],
    ids=["image", "text"],
)
def test_text_is_shown_and_no_byte_of_an_image_is_read(
    tmp_path: Path, contents: Contents, data: bytes, shown: bytes
) -> None:
    played = PlayedDesk(tmp_path)
    Store(played.folders.runtime / STORE_NAME).put("work", contents, 7, parcel_of([data]))
    assert played.desk.status()["bytes"] == len(data)  # the desk has found it
    before = read_bytes()
    assert played.desk.contents() == ("work", contents, shown)
    assert read_bytes() - before < 100_000
    played.desk.close()
